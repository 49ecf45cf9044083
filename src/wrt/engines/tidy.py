"""Values put better once all are known: systems of equations solved rather than inverted, products the right way around."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from wrt.engines.pairs import transposed
from wrt.engines.values import Graph, Value, in_order


def tidy(
    graph: Graph, roots: Sequence[Value], labels: Mapping[Value, str]
) -> tuple[list[Value], dict[Value, str]]:
    """The same values, and the labels of those that are still there."""
    order = in_order(roots)
    if not any(_is_inverse(value) or value.op == "transpose" for value in order):
        return list(roots), dict(labels)
    uses = Counter(arg for value in order for arg in value.args)
    uses.update(roots)
    done: dict[Value, Value] = {}
    for value in order:
        args = tuple(done[arg] for arg in value.args)
        better = _solved(graph, value, args, uses) or _turned(graph, value, args, uses)
        done[value] = better or (value if args == value.args else graph.make(value.op, args, value.params, value.shape))
    return [done[root] for root in roots], {done[value]: label for value, label in labels.items() if value in done}


def _is_inverse(value: Value) -> bool:
    return value.op == "call" and value.params[0].name == "inv"


def _solved(graph: Graph, value: Value, args: Sequence[Value], uses: Counter[Value]) -> Value | None:
    """An inverse that is used once, to multiply a vector or matrix: inv(A) @ b is solve(A, b)."""
    if value.op != "matmul" or value.ndim > 2:
        return None
    for place, other in ((0, 1), (1, 0)):
        factor = value.args[place]
        turned = factor.op == "transpose" and uses[factor] == 1
        inverse = factor.args[0] if turned else factor
        if not _is_inverse(inverse) or uses[inverse] > 1:
            continue
        (matrix,) = args[place].args[0].args if turned else args[place].args
        if turned != bool(place):
            matrix = _transpose(graph, matrix)
        right = args[other]
        if place and right.ndim > 1:
            right = _transpose(graph, right)
        shape = right.shape
        solution = graph.make("solve", (matrix, right), (), shape)
        return _transpose(graph, solution) if place and solution.ndim > 1 else solution
    return None


def _turned(graph: Graph, value: Value, args: Sequence[Value], uses: Counter[Value]) -> Value | None:
    """The transpose of a product that has no other use, if fewer transposes then are left: (A.T @ B).T is B.T @ A."""
    if value.op != "transpose" or args[0].op != "matmul" or uses[value.args[0]] > 1 or value.ndim != 2:
        return None
    left, right = args[0].args
    if left.ndim != 2 or right.ndim != 2 or not any(each.op == "transpose" for each in (left, right)):
        return None
    return graph.make("matmul", (_transpose(graph, right), _transpose(graph, left)), (), value.shape)


def _transpose(graph: Graph, value: Value) -> Value:
    return transposed(graph, value, tuple(reversed(range(value.ndim))))
