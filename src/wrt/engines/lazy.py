"""For engines that evaluate only the branch they take: what only that branch uses needs no safe arguments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from wrt.engines.values import Graph, Value, in_order

LARGEST = 40  # values of a branch that may stand in one line
SHORT = 8  # values below one that is written twice


def without_guards(graph: Graph, roots: Sequence[Value]) -> tuple[list[Value], frozenset[Value]]:
    """The values with the safe arguments of branches dropped, and those that must stay inside their branch for it."""
    order = in_order(roots)
    uses = Counter(arg for value in order for arg in value.args)
    uses.update(roots)
    done: dict[Value, Value] = {}
    pinned: set[Value] = set()
    for value in order:
        args = [done[arg] for arg in value.args]
        if value.op == "where":
            (count,) = value.params
            conditions = value.args[:count]
            for place in range(count + 1):
                branch = _region(value.args[count + place], uses)
                if branch is not None and any(_chooses(each, conditions) for each in branch):
                    made = _taken(graph, branch, conditions, place, done)
                    args[count + place] = made[branch[-1]]
                    pinned.update(made.values())
        done[value] = graph.make(value.op, args, value.params, value.shape)
    return [done[root] for root in roots], frozenset(value for value in pinned if value.args)


def _region(root: Value, uses: Counter[Value]) -> list[Value] | None:
    """The values that only this branch uses, each after its arguments; None where they are too many, or where one that
    is long is used twice."""
    if uses[root] > 1:
        return []
    below = in_order([root])
    if len(below) > LARGEST:
        return None
    inside = {root}
    met: Counter[Value] = Counter()
    for value in reversed(below):
        if value in inside:
            for arg in value.args:
                met[arg] += 1
                if met[arg] == uses[arg] and arg.args:
                    inside.add(arg)
    if any(uses[value] > 1 and len(in_order([value])) > SHORT for value in inside):
        return None
    return [value for value in below if value in inside]


def _chooses(value: Value, conditions: tuple[Value, ...]) -> bool:
    return value.op == "where" and value.args[: len(conditions)] == conditions and value.params == (len(conditions),)


def _taken(
    graph: Graph, branch: list[Value], conditions: tuple[Value, ...], place: int, done: dict[Value, Value]
) -> dict[Value, Value]:
    """What the values of a branch become where choices by the same conditions are already made."""
    made: dict[Value, Value] = {}
    for value in branch:
        args = [made.get(arg, done[arg]) for arg in value.args]
        if _chooses(value, conditions):
            made[value] = args[len(conditions) + place]
        else:
            made[value] = graph.make(value.op, args, value.params, value.shape)
    return made
