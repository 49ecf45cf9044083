"""Values put better once all are known: systems of equations solved rather than inverted, products in one piece."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from wrt.engines.pairs import transposed
from wrt.engines.values import Graph, Value, in_order

PRODUCTS = frozenset({"matmul", "tensordot", "einsum"})


def tidy(graph: Graph, roots: Sequence[Value], labels: Mapping[Value, str]) -> tuple[list[Value], dict[Value, str]]:
    """The same values, and the labels of those that are still there."""
    order = in_order(roots)
    uses = Counter(arg for value in order for arg in value.args)
    uses.update(roots)
    uses.update(list(labels))
    done: dict[Value, Value] = {}
    for value in order:
        args = tuple(done[arg] for arg in value.args)
        rule = RULES.get(value.op)
        better = rule(graph, value, args, uses) if rule else None
        done[value] = better or (value if args == value.args else graph.make(value.op, args, value.params, value.shape))
    return [done[root] for root in roots], {done[value]: label for value, label in labels.items() if value in done}


def _is_inverse(value: Value) -> bool:
    return value.op == "call" and value.params[0].name == "inv"


def _solved(graph: Graph, value: Value, args: Sequence[Value], uses: Counter[Value]) -> Value | None:
    """An inverse that is used once, to multiply a vector or matrix: inv(A) @ b is solve(A, b)."""
    if value.ndim > 2:
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
        solution = graph.make("solve", (matrix, right), (), right.shape)
        return _transpose(graph, solution) if place and solution.ndim > 1 else solution
    return None


def _turned(graph: Graph, value: Value, args: Sequence[Value], uses: Counter[Value]) -> Value | None:
    """The transpose of a product that has no other use, if fewer transposes then are left: (A.T @ B).T is B.T @ A."""
    (inner,) = args
    if inner.op == "matmul" and uses[value.args[0]] == 1 and value.ndim == 2:
        left, right = inner.args
        if left.ndim == right.ndim == 2 and "transpose" in (left.op, right.op):
            return graph.make("matmul", (_transpose(graph, right), _transpose(graph, left)), (), value.shape)
    return transposed(graph, inner, value.params)


def _flat(graph: Graph, value: Value, args: Sequence[Value], uses: Counter[Value]) -> Value | None:
    """A product in one piece, with masks as its last factors: (x > 0) is 1 or 0, but has no negative on its own."""
    coefficient, count = value.params
    tops: list[Value] = []
    bottoms: list[Value] = list(args[count:])
    for old, factor in zip(value.args[:count], args[:count], strict=True):
        if factor.op == "product" and uses[old] == 1 and factor.shape in ((), value.shape):
            inner, above = factor.params
            coefficient *= inner
            tops += factor.args[:above]
            bottoms += factor.args[above:]
        else:
            tops.append(factor)
    if sum(bool(factor.ndim) for factor in tops) > 1:
        tops = list(map(_mask, tops))
    tops.sort(key=_is_condition)
    if tops and _is_condition(tops[0]) and abs(coefficient) == 1:
        one, zero = (graph.make("number", (), (number,), ()) for number in (1, 0))
        tops[0] = graph.make("where", (tops[0], one, zero), (1,), tops[0].shape)
    return graph.make("product", (*tops, *bottoms), (coefficient, len(tops)), value.shape)


def _masked(graph: Graph, value: Value, args: Sequence[Value], uses: Counter[Value]) -> Value | None:
    """A matrix product where a condition holds, else 0: the product with the mask, on which no processor branches."""
    if value.params == (1,) and value.args[2].op == "number" and value.args[2].params == (0,):
        condition, taken, _ = args
        if taken.op in PRODUCTS and condition.shape == taken.shape:
            return graph.make("product", (taken, condition), (1, 2), value.shape)
    return None


def _mask(factor: Value) -> Value:
    """The condition of a factor that is 1 where it holds, else 0."""
    if factor.op == "where" and factor.params == (1,):
        condition, one, zero = factor.args
        if one.op == zero.op == "number" and one.params == (1,) and zero.params == (0,) and condition.ndim:
            return condition
    return factor


def _is_condition(value: Value) -> bool:
    return value.op in ("compare", "logic")


def _transpose(graph: Graph, value: Value) -> Value:
    return transposed(graph, value, tuple(reversed(range(value.ndim))))


Rule = Callable[[Graph, Value, Sequence[Value], "Counter[Value]"], Value | None]

RULES: Mapping[str, Rule] = {"matmul": _solved, "transpose": _turned, "product": _flat, "where": _masked}
