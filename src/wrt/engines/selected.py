"""Series beside formulas, computed for those entries of arrays that are near the point, not for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from wrt.engines.values import Graph, Value, in_order
from wrt.expr.node import Symbol

FEWEST: Final = 8  # operations of a branch that are worth a choice of entries
NAME: Final = "h"


def with_series(
    graph: Graph, roots: Sequence[Value], labels: Mapping[Value, str]
) -> tuple[list[Value], dict[Value, str]]:
    """The values, where a branch that is made from one chosen array is a function of its chosen entries."""
    done: dict[Value, Value] = {}
    for value in in_order([*roots, *labels]):
        args = tuple(done[arg] for arg in value.args)
        made = _selected(graph, value, args) if value.op == "where" and value.ndim else None
        done[value] = made or (value if args == value.args else graph.make(value.op, args, value.params, value.shape))
    return [done[root] for root in roots], {done[value]: label for value, label in labels.items()}


def _selected(graph: Graph, value: Value, args: Sequence[Value]) -> Value | None:
    """A choice between branches as the last branch with the others in it, one after another."""
    (count,) = value.params
    result = args[-1]
    if result.shape != value.shape:
        return None
    for condition, branch in zip(reversed(args[:count]), reversed(args[count:-1]), strict=True):
        made = _in_distance(graph, condition, branch)
        if made is None or condition.shape != value.shape:
            return None
        variable, function, distance = made
        result = graph.make("series", (function, result, condition, distance), (variable,), value.shape)
    return result


def _in_distance(graph: Graph, condition: Value, branch: Value) -> tuple[Symbol, Value, Value] | None:
    """A branch as a function of a variable that stands for the entries of its only array, and that array; None where
    there is no such, or where the branch is short."""
    order = in_order([branch])
    chosen = [each for each in order if each.op == "where" and each.args[0] is condition and each.params == (1,)]
    if len(chosen) != 1 or len(order) < FEWEST or chosen[0].args[1].shape != condition.shape:
        return None
    (leaf,) = chosen
    variable = Symbol.intern(NAME, leaf.shape, frozenset())
    done = {leaf: graph.make("argument", (), (variable,), leaf.shape)}
    for each in order:
        if each in done:
            continue
        inside = [done.get(arg, arg) for arg in each.args]
        moved = any(arg in done and done[arg] is not arg for arg in each.args)
        if not moved:
            done[each] = each
        elif each.op in ("sum", "product", "power", "call"):
            done[each] = graph.make(each.op, inside, each.params, each.shape)
        else:
            return None
    return None if _has_arrays(done[branch], done[leaf]) else (variable, done[branch], leaf.args[1])


def _has_arrays(function: Value, variable: Value) -> bool:
    """Whether a function has arrays besides its variable."""
    stack, seen = [function], {function, variable}
    while stack:
        value = stack.pop()
        if value is not variable and value.ndim and not any(arg.ndim for arg in value.args):
            return True
        for arg in value.args:
            if arg not in seen:
                seen.add(arg)
                stack.append(arg)
    return False
