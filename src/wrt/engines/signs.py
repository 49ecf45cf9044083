"""Differences the right way around: -(X.T @ (y - p)) is X.T @ (p - y), wherever all uses of the difference allow it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from wrt.engines.values import Graph, Value, in_order

MOST_USES = 12  # of a sum that is turned around

LINEAR = frozenset(
    {
        *("product", "matmul", "vdot", "outer", "kron", "tensordot", "einsum", "solve"),
        *("total", "mean", "trace", "cumsum", "diag", "diagonal", "transpose", "expand", "tile", "full", "reshape"),
        *("index", "slice", "flip", "pad"),
    }
)
OF_ONE_OPERAND = frozenset({"index", "slice", "pad", "tile", "full", "reshape"})  # the others are positions and sizes


def turned(graph: Graph, roots: Sequence[Value], labels: Mapping[Value, str]) -> tuple[list[Value], dict[Value, str]]:
    """The same values with fewer minus signs, and the labels of those that are still there."""
    order = in_order(roots)
    if not any(_is_difference(value.params) for value in order if value.op == "sum"):
        return list(roots), dict(labels)
    signs = _Signs(order, {*roots, *labels})
    for value in order:
        if value.op == "sum" and _is_difference(signs.params[value]) and value not in labels:
            signs.turn(value)
    done: dict[Value, Value] = {}
    for value in order:
        args, params = [done[arg] for arg in value.args], signs.params[value]
        alone = value.op == "product" and params == (1, 1) and len(args) == 1
        done[value] = args[0] if alone else graph.make(value.op, args, params, value.shape)
    return [done[root] for root in roots], {done.get(value, value): label for value, label in labels.items()}


def _is_difference(signs: Sequence[int]) -> bool:
    return min(signs) < 0 < max(signs)


class _Signs:
    """The signs of all values, while sums are turned around one after another; those that are `fixed` stay."""

    def __init__(self, order: Sequence[Value], fixed: Collection[Value]) -> None:
        self.fixed = fixed
        self.params: dict[Value, tuple[Any, ...]] = {value: value.params for value in order}
        self.users: dict[Value, list[Value]] = {value: [] for value in order}
        for value in order:
            for arg in value.args:
                self.users[arg].append(value)

    def turn(self, value: Value) -> None:
        """Turn a sum around if that takes a minus sign away at each use that sees it; if no use does, so that the first
        term is positive."""
        takers = self.takers(value)
        if takers is None or not (takers or self.params[value][0] < 0):
            return
        self.params[value] = tuple(-sign for sign in self.params[value])
        for above, place in takers:
            params = list(self.params[above])
            params[place] = -params[place]
            self.params[above] = tuple(params)

    def takers(self, value: Value) -> list[tuple[Value, int]] | None:
        """The products and sums that take up the sign of a value, with the places of those signs; None where some use
        of it has no minus to give."""
        found: list[tuple[Value, int]] = []
        pending = [value]
        while pending:
            below = pending.pop()
            if below in self.fixed or len(found) + len(pending) > MOST_USES:
                return None
            for above in self.users[below]:
                if _is_even(above, below):
                    continue
                place = above.args.index(below)
                if above.args.count(below) != 1:
                    return None
                if above.op == "product" and self.params[above][0] < 0:
                    found.append((above, 0))
                elif above.op == "sum" and self.params[above][place] < 0:
                    found.append((above, place))
                elif above.op in LINEAR and not (place and above.op in OF_ONE_OPERAND):
                    pending.append(above)
                else:
                    return None
        return found


def _is_even(user: Value, value: Value) -> bool:
    """Whether a use does not see the sign."""
    if user.op == "vdot":
        return user.args == (value, value)
    if user.op == "power" and user.args[0] is value and user.args[1].op == "number":
        exponent = user.args[1].params[0]
        return isinstance(exponent, int) and exponent % 2 == 0
    return False
