"""Differentiation: forward along the tape for a scalar variable, in reverse for tensors; any order, by repetition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wrt.derive.chain import Value, settle
from wrt.derive.tape import Tape
from wrt.expr.node import Derivative, Expr, Formula, Symbol
from wrt.expr.tensor import zeros
from wrt.expr.walk import rebuild, substitute

# What a variable keeps of its facts while it is differentiated: the entries of a matrix are independent.
KEPT_FACTS = frozenset(["positive", "nonnegative", "negative", "nonpositive", "nonzero", "integer"])


class Pass:
    """One run over a tape: the values it gave to the nodes, and the derivatives with respect to its variables.

    A scalar variable runs forward, and the values are tangents. Tensor variables, and scalars beside them, share one
    run in reverse, and the values are adjoints.
    """

    __slots__ = ("forward", "results", "tape", "values")

    def __init__(self, node: Expr, variables: Sequence[Symbol], forward: bool) -> None:
        self.forward = forward
        self.tape = Tape(node, frozenset(variables), evaluated)
        self.values: Mapping[Expr, Value] = self.tape.forward(variables[0]) if forward else self.tape.reverse()
        self.results = {each: self._result(each, node if forward else each) for each in variables}

    def _result(self, variable: Symbol, holder: Expr) -> Expr:
        value = self.values.get(holder)
        if value is None:
            return zeros(*self.tape.root.shape, *variable.shape)
        return settle(value)


def run(node: Expr, variables: Sequence[Symbol], reverse: bool = False) -> dict[Symbol, Pass]:
    """One differentiation by some variables: scalars each forward; all in reverse if asked, or if one has a shape."""
    if reverse or any(variable.shape for variable in variables):
        return dict.fromkeys(variables, Pass(node, variables, forward=False))
    return {each: Pass(node, [each], forward=True) for each in variables}


def differentiate(node: Expr, variable: Symbol, order: int = 1) -> Expr:
    """The derivative as the rules give it, not simplified: of shape `node.shape + variable.shape * order`.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> differentiate(x**3, x, 2) is 6 * x
    True
    """
    bare = bare_symbol(variable)
    value = node.node if isinstance(node, Formula) else node
    if bare is not variable:
        value = substitute(value, {variable: bare})
    for _ in range(order):
        value = run(value, [bare])[bare].results[bare]
    return value if bare is variable else substitute(value, {bare: variable})


def evaluated(node: Expr) -> Expr:
    """The expression with every derivative inside it evaluated."""
    return rebuild(node, _evaluated_once)


def _evaluated_once(node: Expr) -> Expr:
    return differentiate(node.operand, node.variable, node.order) if isinstance(node, Derivative) else node


def bare_symbol(variable: Symbol) -> Symbol:
    """The variable without the facts that tie its entries to each other, such as symmetry."""
    if not variable.shape or variable.facts <= KEPT_FACTS:
        return variable
    return Symbol.intern(variable.name, variable.shape, variable.facts & KEPT_FACTS)
