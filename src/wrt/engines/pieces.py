"""Very long sums and products in pieces, so that no expression of the source nests deeper than Python can compile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from wrt.engines.values import Graph, Value, in_order

MOST_ARGS = 40
T = TypeVar("T")


def in_pieces(
    graph: Graph, roots: Sequence[Value], labels: Mapping[Value, str]
) -> tuple[list[Value], dict[Value, str]]:
    """The same values, where no sum or product has more than a few dozen parts; and the labels of those still there."""
    order = in_order(roots)
    if all(len(value.args) <= MOST_ARGS for value in order):
        return list(roots), dict(labels)
    done: dict[Value, Value] = {}
    for value in order:
        args = tuple(done[arg] for arg in value.args)
        if len(args) > MOST_ARGS and value.op in SPLITS:
            done[value] = SPLITS[value.op](graph, value, args)
        else:
            done[value] = value if args == value.args else graph.make(value.op, args, value.params, value.shape)
    return [done[root] for root in roots], {done[value]: label for value, label in labels.items() if value in done}


def _chunks(parts: Sequence[T]) -> Iterator[Sequence[T]]:
    return (parts[start : start + MOST_ARGS] for start in range(0, len(parts), MOST_ARGS))


def _shape(args: Sequence[Value]) -> Any:
    return max((arg.shape for arg in args), key=len)


def _sum(graph: Graph, value: Value, args: Sequence[Value]) -> Value:
    """Sums of a few dozen terms, summed."""
    signed = list(zip(value.params, args, strict=True))
    while len(signed) > MOST_ARGS:
        signed = [(1, _part_of_sum(graph, chunk)) for chunk in _chunks(signed)]
    signs, terms = zip(*signed, strict=True)
    return graph.make("sum", terms, signs, value.shape)


def _part_of_sum(graph: Graph, signed: Sequence[tuple[int, Value]]) -> Value:
    signs, terms = zip(*signed, strict=True)
    return graph.make("sum", terms, signs, _shape(terms))


def _product(graph: Graph, value: Value, args: Sequence[Value]) -> Value:
    """Products of a few dozen factors, multiplied, over such products; numbers meet before arrays."""
    coefficient, count = value.params
    tops, bottoms = (_gathered(graph, side) for side in (args[:count], args[count:]))
    return graph.make("product", (*tops, *bottoms), (coefficient, len(tops)), value.shape)


def _gathered(graph: Graph, factors: Sequence[Value]) -> list[Value]:
    numbers = [each for each in factors if not each.ndim]
    arrays = [each for each in factors if each.ndim]
    return [*_multiplied(graph, numbers), *_multiplied(graph, arrays)]


def _multiplied(graph: Graph, factors: list[Value]) -> list[Value]:
    while len(factors) > MOST_ARGS // 2:
        factors = [graph.make("product", chunk, (1, len(chunk)), _shape(chunk)) for chunk in _chunks(factors)]
    return factors


SPLITS = {"sum": _sum, "product": _product}
