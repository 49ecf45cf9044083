"""A derivative with all that was done to get it: the tapes of each order, the simple form, the steps and the kinks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from wrt.derive.backpropagate import backpropagate, forward_names
from wrt.derive.engine import Pass, bare_symbol, run
from wrt.derive.kinks import Corner, kinks
from wrt.derive.narrate import narrate
from wrt.derive.steps import Derivation, Step
from wrt.errors import WrtError
from wrt.expr.node import Derivative, Expr, Formula, Symbol
from wrt.expr.walk import substitute
from wrt.simplify import simplify, use_symmetry

ORDINALS = ("", "first", "second", "third", "fourth", "fifth")
SYMMETRIC = {"symmetric", "positive definite", "diagonal"}


class Derived:
    """The derivative of an expression: `expr` in readable form, `raw` as the rules gave it."""

    def __init__(self, node: Expr, variable: Symbol, passes: Sequence[Pass], names: Mapping[str, Expr]) -> None:
        self.node = node
        self.variable = variable
        self.order = len(passes)
        self._bare = bare_symbol(variable)
        self._passes = tuple(passes)
        self._names = names
        self.raw = self._result(self._passes[-1])

    def _result(self, done: Pass) -> Expr:
        result = done.results[self._bare]
        return result if self._bare is self.variable else substitute(result, {self._bare: self.variable})

    @cached_property
    def expr(self) -> Expr:
        """The derivative in readable form."""
        return readable(self.raw)

    @cached_property
    def steps(self) -> Derivation:
        """How it was derived."""
        roots = [self._steps(done) for done in self._passes]
        for root, after in zip(roots[:-1], self._passes[1:], strict=True):
            _simplified(root, after.tape.root)
        if self.order == 1:
            root = roots[0]
        else:
            ordinal = ORDINALS[self.order] if self.order < len(ORDINALS) else f"{self.order}th"
            before = Derivative.intern(self._passes[0].tape.root, self._bare, self.order)
            root = Step(f"{ordinal} derivative", before, roots[-1].value, "f″ = (f′)′", children=roots)
        _simplified(root, self.expr)
        forward = forward_names(self._passes[0], self._names) if self.variable.shape else {}
        return Derivation(root, forward)

    def _steps(self, done: Pass) -> Step:
        tell = backpropagate if self.variable.shape else narrate
        return tell(done, self._bare)

    @cached_property
    def kinks(self) -> tuple[Corner, ...]:
        """Where the function has kinks, and what the derivative takes there."""
        return kinks(self._passes[0].tape)


def derive(
    node: Expr, variables: Sequence[Symbol], order: int = 1, *, names: Mapping[str, Expr] | None = None
) -> dict[Symbol, Derived]:
    """The derivatives of an expression with respect to some variables, each `order` times.

    Tensor variables of a first derivative share one reverse pass. `names` are the parts that the user named.
    Raises WrtError for a dimension among the variables, and for what has no derivative.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> derived = derive(x**3 / 3 + 1, [x])[x]
    >>> print(derived.expr, [step.rule for step in derived.steps])
    x**2 ['sum rule', 'constant multiple rule', 'power rule']
    """
    if isinstance(node, Formula):
        names = {**node.names, **(names or {})}
        node = node.node
    if order < 1:
        raise WrtError(f"the order of a derivative is 1 or more, not {order}")
    for variable in variables:
        if "dimension" in variable.facts:
            raise WrtError(f"{variable.name} is a dimension: a derivative with respect to it has no meaning")
    bare = {variable: bare_symbol(variable) for variable in variables}
    start = substitute(node, {old: new for old, new in bare.items() if old is not new})
    first = run(start, list(bare.values()))
    return {
        variable: Derived(node, variable, _repeated(first[symbol], symbol, order), names or {})
        for variable, symbol in bare.items()
    }


def _repeated(first: Pass, variable: Symbol, order: int) -> list[Pass]:
    """The passes of each order. A tensor's next derivative is taken of the raw one, a scalar's of its readable form."""
    passes = [first]
    while len(passes) < order:
        value = passes[-1].results[variable]
        passes.append(run(value if variable.shape else simplify(value), [variable])[variable])
    return passes


def readable(raw: Expr) -> Expr:
    """The simplest form, with the facts of symmetric symbols put to use."""
    if any(not SYMMETRIC.isdisjoint(symbol.facts) for symbol in raw.free):
        raw = use_symmetry(raw)
    return simplify(raw)


def _simplified(root: Step, expr: Expr) -> None:
    """Say that the result was simplified, where it was."""
    if root.after is not expr:
        root.children.append(Step("simplify", root.after, expr, "collect, cancel and factor"))
