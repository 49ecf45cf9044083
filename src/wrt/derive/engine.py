"""Differentiation: forward along the tape for a scalar variable, in reverse for tensors; any order, by repetition."""

from __future__ import annotations

from collections.abc import Sequence

from wrt.derive.tape import Tape, settle
from wrt.expr.node import Derivative, Expr, Formula, Integral, Symbol
from wrt.expr.tensor import zeros
from wrt.expr.walk import rebuild, substitute

# What a variable keeps of its facts while it is differentiated: the entries of a matrix are independent.
KEPT_FACTS = frozenset(["positive", "nonnegative", "negative", "nonpositive", "nonzero", "integer"])


class Pass:
    """One differentiation of an expression with respect to some variables: its tapes, and what they gave.

    Scalar variables are differentiated forward, each on a tape of its own; tensor variables share one reverse pass.
    """

    def __init__(self, node: Expr, variables: Sequence[Symbol]) -> None:
        self.node = node
        self.variables = tuple(variables)
        self.tapes: dict[Symbol, Tape] = {}
        self.results: dict[Symbol, Expr] = {}
        shaped = [variable for variable in variables if variable.shape]
        for variable in variables:
            if not variable.shape:
                self._forward(variable)
        if shaped:
            self._reverse(shaped)

    def _forward(self, variable: Symbol) -> None:
        tape = self._tape(variable)
        self.tapes[variable] = tape
        tangent = tape.forward(variable).get(self.node)
        self.results[variable] = _finished(tape, zeros(*self.node.shape) if tangent is None else settle(tangent))

    def _reverse(self, variables: Sequence[Symbol]) -> None:
        tape = self._tape(*variables)
        adjoints = tape.reverse()
        for variable in variables:
            self.tapes[variable] = tape
            adjoint = adjoints.get(variable)
            value = zeros(*self.node.shape, *variable.shape) if adjoint is None else settle(adjoint)
            self.results[variable] = _finished(tape, value)

    def _tape(self, *variables: Symbol) -> Tape:
        return Tape(self.node, frozenset(variables), evaluated)


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
        value = Pass(value, [bare]).results[bare]
    return value if bare is variable else substitute(value, {bare: variable})


def evaluated(node: Derivative) -> Expr:
    """The value of a derivative that stands inside an expression."""
    return differentiate(evaluate_all(node.operand), node.variable, node.order)


def evaluate_all(node: Expr) -> Expr:
    """The expression with every derivative inside it evaluated."""
    return rebuild(
        node,
        lambda each: differentiate(each.operand, each.variable, each.order) if isinstance(each, Derivative) else each,
    )


def _finished(tape: Tape, value: Expr) -> Expr:
    """The result, with the derivatives of integrands evaluated that Leibniz's rule left."""
    return evaluate_all(value) if any(isinstance(node, Integral) for node in tape.entries) else value


def bare_symbol(variable: Symbol) -> Symbol:
    """The variable without the facts that tie its entries to each other, such as symmetry."""
    if not variable.shape or variable.facts <= KEPT_FACTS:
        return variable
    return Symbol.intern(variable.name, variable.shape, variable.facts & KEPT_FACTS)
