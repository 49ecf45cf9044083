"""Sums of einsums entry by entry: what hangs on some axes is one factor, so 2/u - u/u² is 1/u for u = A @ x too."""

from __future__ import annotations

from collections.abc import Iterator

from wrt.expr.arithmetic import add, mul, power
from wrt.expr.contract import contract_used
from wrt.expr.facts import is_positive
from wrt.expr.node import Add, Contract, Expr, Mul, Power, Shape, Symbol, number
from wrt.expr.walk import is_larger, substitute
from wrt.notation.embed import groups
from wrt.simplify.forms import elementwise_forms

MOST_NODES = 200


def branch_forms(node: Expr) -> Iterator[Expr]:
    """The forms of a sum of tensors in which every product that is summed within, and every copy along an axis, is one
    symbol; nothing where there is none.
    """
    if not (isinstance(node, Add) and node.shape) or is_larger(node, MOST_NODES):
        return
    entries = _Entries(node.shape)
    opened = entries.of(node)
    if entries.meanings:
        for form in elementwise_forms(opened):
            yield substitute(form, entries.meanings)


class _Entries:
    """Expressions of one shape, written with symbols for what they are made of entry by entry."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.meanings: dict[Expr, Expr] = {}
        self._symbols: dict[Expr, Expr] = {}

    def of(self, node: Expr) -> Expr:
        """The expression with a symbol for each part that arithmetic does not see through."""
        match node:
            case Add() if node.shape:
                return add(*map(self.of, node.terms))
            case Mul() if node.shape:
                return mul(number(node.coefficient), *map(self.of, node.factors))
            case Power() if node.shape and not node.exponent.shape:
                return power(self.of(node.base), node.exponent)
            case Contract() if len(set(node.out)) == len(node.out) and node.operands:
                closed = set(node.out)
                parts = groups(node.subscripts, range(len(node.operands)), closed)
                return mul(*(self._part(node, places) for places in parts))
            case Contract():
                return self._symbol(node)
        return node

    def _part(self, node: Contract, places: list[int]) -> Expr:
        """What some operands of an einsum contribute to each entry."""
        subscripts = [node.subscripts[place] for place in places]
        operands = [node.operands[place] for place in places]
        if len(places) > 1 or not set(subscripts[0]) <= set(node.out) or len(set(subscripts[0])) < len(subscripts[0]):
            return self._symbol(contract_used(operands, subscripts, node.out, node.sizes))
        (operand,), (subscript,) = operands, subscripts
        if subscript == node.out:
            return self.of(operand)
        return self._spread(operand, node, subscript)

    def _spread(self, operand: Expr, node: Contract, subscript: tuple[int, ...]) -> Expr:
        """A tensor whose axes are some of those of an einsum, copied along the others."""
        match operand:
            case Power() if not operand.exponent.shape:
                return power(self._spread(operand.base, node, subscript), operand.exponent)
            case Add():
                return add(*(self._spread(each, node, subscript) if each.shape else each for each in operand.terms))
            case Mul():
                return mul(
                    number(operand.coefficient),
                    *operand.factors[:-1],
                    self._spread(operand.factors[-1], node, subscript),
                )
        spread = contract_used([operand], [subscript], node.out, node.sizes)
        if isinstance(operand, Contract) and spread.operands != (operand,):  # a very long one stays a part
            return self.of(spread)
        return self._symbol(spread)

    def _symbol(self, node: Expr) -> Expr:
        """The symbol that stands for a tensor."""
        known = self._symbols.get(node)
        if known is None:
            facts = frozenset(["positive"]) if is_positive(node) else frozenset()
            known = self._symbols[node] = Symbol.intern(f"[{len(self._symbols)}]", node.shape, facts)
            self.meanings[known] = node
        return known
