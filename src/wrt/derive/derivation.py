"""Derivatives of expressions with respect to one or several variables, of any order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wrt.derive.engine import Pass, bare_symbol, run
from wrt.derive.points import with_derivatives
from wrt.derive.steps import Derivation
from wrt.errors import LimitError, WrtError
from wrt.expr.node import Expr, Formula, Symbol
from wrt.expr.walk import nodes, positions, substitute
from wrt.simplify import recognise, simplify

MOST_WORK = 10_000  # nodes of all derivatives from the second order on


def derive(
    node: Expr, variables: Sequence[Symbol], order: int = 1, *, names: Mapping[str, Expr] | None = None
) -> dict[Symbol, Derivation]:
    """The derivatives of an expression with respect to some variables, each `order` times.

    Each has shape `node.shape + variable.shape * order`; tensor variables, or several where the user named parts
    (`names`), share one reverse pass. Raises WrtError for a dimension among the variables, and for what has no
    derivative.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> found = derive(x**3 / 3 + x + 1, [x])[x]
    >>> print(found.expr, [step.rule for step in found])
    1 + x**2 ['sum rule', 'power rule']
    """
    if isinstance(node, Formula):
        names = {**node.names, **(names or {})}
        node = node.node
    if order < 1:
        raise WrtError(f"the order of a derivative is 1 or more, not {order}")
    indices = positions(node)
    for variable in variables:
        if "dimension" in variable.facts:
            raise WrtError(f"{variable.name} is a dimension: a derivative with respect to it has no meaning")
        if variable in indices:
            raise WrtError(f"{variable.name} is an index, a whole number: there is no derivative with respect to it")
    bare = {variable: bare_symbol(variable) for variable in variables}
    changed: dict[Expr, Expr] = {old: new for old, new in bare.items() if old is not new}
    start = with_derivatives(recognise(substitute(node, changed) if changed else node), order)
    first = run(start, list(bare.values()), reverse=len(variables) > 1 and bool(names))
    return {
        variable: Derivation(node, variable, _repeated(first[symbol], symbol, order), names or {})
        for variable, symbol in bare.items()
    }


def _repeated(first: Pass, variable: Symbol, order: int) -> list[Pass]:
    """The passes of each order. A tensor's next derivative is taken of the raw one, a scalar's of its readable form.

    Raises LimitError where derivatives of high order grow beyond bounds.
    """
    passes = [first]
    work = 0
    while len(passes) < order:
        value = passes[-1].results[variable]
        work += len(nodes(value)) if len(passes) > 1 else 0
        if work > MOST_WORK:
            raise LimitError(
                f"the derivatives grow too large: of {order} orders, {len(passes)} were computed",
                hint="ask for a lower order",
            )
        passes.append(run(value if variable.shape else simplify(value), [variable])[variable])
    return passes
