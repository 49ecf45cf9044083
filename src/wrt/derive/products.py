"""Products with a Jacobian or a Hessian that is never formed: forward along a line, or in reverse from a weighted sum.

J v is the slope of f along the line x + t·v, u J the gradient of the sum of u·f, and H v the gradient of that slope.
On the way no value has more axes than f itself needs. Source: Griewank & Walther, Evaluating Derivatives, ch. 3 and 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

from wrt.derive.engine import Pass, bare_symbol, evaluated, run
from wrt.derive.kinks import Corner, kinks
from wrt.derive.step import Step
from wrt.derive.steps import FUNCTIONS, Derivation
from wrt.derive.tape import Tape
from wrt.derive.wording import names_in
from wrt.expr.build import add, mul, symbol, total
from wrt.expr.node import ZERO, Expr, Shape, Symbol
from wrt.expr.walk import dimensions, fresh_symbol, substitute
from wrt.simplify import recognise, simplify

Values: TypeAlias = Mapping[Expr, Expr]


class Claim(NamedTuple):
    """What an oracle is to confirm: the derivative of a function with respect to a variable."""

    function: Expr
    variable: Symbol
    derivative: Expr


class Law(NamedTuple):
    """A product by its name and its definition."""

    name: str
    statement: str


JVP: Final = Law("Jacobian times vector", "J·v = d/dt f(x + t·v) at t = 0")
VJP: Final = Law("vector times Jacobian", "u·J = ∇(Σ u·f)")
HVP: Final = Law("Hessian times vector", "H·v = ∇(d/dt f(x + t·v) at t = 0)")


class ProductDerivation(Derivation):
    """The derivation of a product: the pass that found it, after the product `first` where there is one before it.

    `claim` is what makes it right, `held` what the pass gives, and `values` what stands for symbols of it in the end;
    `tape` has the rules that differentiate f.
    """

    def __init__(
        self,
        law: Law,
        tape: Tape,
        done: Pass,
        claim: Claim,
        held: Expr,
        values: Values,
        first: ProductDerivation | None = None,
    ) -> None:
        super().__init__(claim.function, claim.variable, [done], {})
        self.law, self.tape, self.claim, self.held, self.first = law, tape, claim, held, first
        self.raw = substitute(held, values)
        self._values = values

    @cached_property
    def root(self) -> Step:
        """The steps as a tree: those of the product before this one, those of the pass, and what is put in then."""
        taken = names_in(self.node)
        told = self._told(self.passes[0], next(each for each in FUNCTIONS[1:] if each not in taken))
        root = Step(self.law.name, told.before, self.expr, (self.law.statement,))
        root.children = [*([self.first.root] if self.first else []), told]
        if self.raw is not self.held:
            put = [(", ", old, " = ", new) for old, new in self._values.items() if str(old) != str(new)]
            said = tuple(piece for each in put for piece in each)[1:]
            root.children.append(Step("put in", self.raw, self.expr, said))
        return root

    @property
    def meanings(self) -> Values:
        """What symbols in the steps stand for in the end; the point on the line is t = 0."""
        before = self.first.meanings if self.first else {}
        return {**before, **self._values, **({self.variable: ZERO} if self.law is JVP else {})}

    @property
    def code(self) -> Expr:
        """The product as it is computed."""
        return self.readable

    @property
    def expr(self) -> Expr:
        """The product in readable form."""
        return self.readable

    @cached_property
    def kinks(self) -> tuple[Corner, ...]:
        """Where f has kinks, and what the derivative takes there."""
        return kinks(self.tape)


def jvp(f: Expr, arrows: Mapping[Symbol, Symbol], values: Values | None = None) -> ProductDerivation:
    """The Jacobian times a direction, for which `arrows` has a symbol for each variable: of shape `f.shape`.

    `values` are put for these symbols in the end.

    >>> from wrt import functions
    >>> n = symbol("n", facts=["dimension"])
    >>> z, v = symbol("z", (n,)), symbol("v", (n,))
    >>> print(jvp(functions.softmax(z), {z: v}).expr)
    softmax(z)*(v - v @ softmax(z))
    """
    start, bare = _start(f, arrows)
    t = new_symbol("t", (), [f, *arrows.values()])
    line: dict[Expr, Expr] = {bare[each]: add(bare[each], mul(t, arrow)) for each, arrow in arrows.items()}
    done = run(substitute(start, line), [t])[t]
    slope = simplify(substitute(done.results[t], {t: ZERO}))
    claim = Claim(done.tape.root, t, substitute(slope, line))
    tape = Tape(start, frozenset(bare.values()), evaluated)
    return ProductDerivation(JVP, tape, done, claim, slope, _in_the_end(bare, values))


def vjp(
    f: Expr, variables: Iterable[Symbol], weight: Symbol, values: Values | None = None
) -> dict[Symbol, ProductDerivation]:
    """A symbol of the shape of `f` times the Jacobian, for each variable: of its shape.

    `values` are put for the symbol in the end.

    >>> n = symbol("n", facts=["dimension"])
    >>> A, x, u = symbol("A", (n, n)), symbol("x", (n,)), symbol("u", (n,))
    >>> print(vjp(A @ x, [x], u)[x].expr)
    A.T @ u
    """
    start, bare = _start(f, variables)
    return _gradients(VJP, total(mul(weight, start)), bare, _in_the_end(bare, values))


def hvp(f: Expr, arrows: Mapping[Symbol, Symbol], values: Values | None = None) -> dict[Symbol, ProductDerivation]:
    """The Hessian of a scalar times a direction, as `jvp` takes it, for each variable: of its shape.

    >>> n = symbol("n", facts=["dimension"])
    >>> A, x, v = symbol("A", (n, n)), symbol("x", (n,)), symbol("v", (n,))
    >>> print(hvp(x @ A @ x, {x: v})[x].expr)
    (A + A.T) @ v
    """
    slope = jvp(f, arrows)
    _, bare = _start(f, arrows)
    return _gradients(HVP, slope.held, bare, _in_the_end(bare, values), slope)


def _gradients(
    law: Law, function: Expr, bare: Mapping[Symbol, Symbol], values: Values, first: ProductDerivation | None = None
) -> dict[Symbol, ProductDerivation]:
    """The gradients of a scalar, as products."""
    passes = run(function, list(bare.values()))
    products = {}
    for variable, symbol_ in bare.items():
        done = passes[symbol_]
        gradient = simplify(done.results[symbol_])
        claim = Claim(function, symbol_, gradient)
        tape = first.tape if first else done.tape
        products[variable] = ProductDerivation(law, tape, done, claim, gradient, values, first)
    return products


def _start(f: Expr, variables: Iterable[Symbol]) -> tuple[Expr, dict[Symbol, Symbol]]:
    """What is differentiated, named parts recognised; and the variables without facts that tie their entries."""
    bare = {each: bare_symbol(each) for each in variables}
    changed: dict[Expr, Expr] = dict(bare.items())
    return recognise(substitute(f, changed)), bare


def _in_the_end(bare: Mapping[Symbol, Symbol], values: Values | None) -> Values:
    """What stands for the symbols of a pass in the end: variables with their facts, and the values given."""
    return {**{each: variable for variable, each in bare.items() if each is not variable}, **(values or {})}


def new_symbol(letter: str, shape: Shape, beside: Iterable[Expr]) -> Symbol:
    """A symbol under a letter, or a name like it, that no symbol or dimension of these expressions has."""
    taken = {each for node in beside for each in (*node.free, *dimensions(node))}
    wanted = symbol(letter, shape)
    return fresh_symbol(wanted, taken) if any(each.name == letter for each in taken) else wanted
