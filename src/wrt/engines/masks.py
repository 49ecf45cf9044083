"""Products with pieces that are 0: factors that are not defined there go into the pieces, so that none is 0/0."""

from __future__ import annotations

from collections.abc import Sequence

from wrt.engines.guard import safe_points
from wrt.expr.arithmetic import factors_of, is_zero
from wrt.expr.build import cases, mul
from wrt.expr.contract import contract
from wrt.expr.node import Cases, Contract, Expr, Mul
from wrt.simplify.sides import works_entrywise


def masked(node: Expr) -> Expr | None:
    """A product or einsum in which pieces have the factors that are defined only beside their zeros; None for others.

    >>> from wrt.expr.build import symbol, where
    >>> x = symbol("x")
    >>> print(masked(where(x > 0, 1, 0) / x))
    where(x > 0, 1/x, 0)
    """
    coefficient, factors = factors_of(node)
    if isinstance(node, Mul) or len(factors) > 1:
        entries = [factor for factor in factors if factor.shape == node.shape]
        joined = _joined(entries)
        others = (factor for factor in factors if factor.shape != node.shape)
        return None if joined is None else mul(coefficient, *others, *joined)
    return _in_groups(node) if isinstance(node, Contract) else None


def _in_groups(node: Contract) -> Expr | None:
    """An einsum whose operands with the same indices are joined where one of them has pieces that are 0."""
    groups: dict[tuple[int, ...], list[Expr]] = {}
    for operand, subscript in zip(node.operands, node.subscripts, strict=True):
        groups.setdefault(subscript, []).append(operand)
    joined = {subscript: _joined(members) for subscript, members in groups.items()}
    if all(each is None for each in joined.values()):
        return None
    operands = [(each, subscript) for subscript, members in groups.items() for each in joined[subscript] or members]
    return contract([each for each, _ in operands], [subscript for _, subscript in operands], node.out, node.sizes)


def _joined(factors: Sequence[Expr]) -> list[Expr] | None:
    """Factors of one shape, those that are not defined everywhere inside the first pieces that decide on them."""
    for place, pieces in enumerate(factors):
        if not isinstance(pieces, Cases) or not any(map(is_zero, (*pieces.values, pieces.otherwise))):
            continue
        decided = {symbol for condition in pieces.conditions for symbol in condition.free}
        others = [*factors[:place], *factors[place + 1 :]]
        inside = [each for each in others if not decided.isdisjoint(each.free) and _is_partial(each)]
        if inside:
            values = [mul(value, *inside) for value in (*pieces.values, pieces.otherwise)]
            whole = cases(list(zip(pieces.conditions, values[:-1], strict=True)), values[-1], pieces.shape)
            return [whole, *(each for each in others if each not in inside)]
    return None


def _is_partial(factor: Expr) -> bool:
    """Whether an entry of a factor may be undefined, or overflow, by what is done entry by entry."""
    seen = {factor}
    stack = [factor]
    while stack:
        node = stack.pop()
        if any(point is not None for point in safe_points(node)):
            return True
        if works_entrywise(node):
            stack.extend(operand for operand in node.operands if operand not in seen)
            seen.update(node.operands)
    return False
