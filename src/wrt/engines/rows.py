"""Sums over rows: what adds up over a dimension is computed in blocks of rows that stay in the processor's cache.

A loss is often a sum over the rows of its data, and so are its gradient and its Hessian, as X.T @ r(X @ w). Every node
is judged by how it depends on a dimension n: not at all, row by row, or only through sums over n. Sums over n of what
is computed row by row are added up block by block, and the rest of the expression is computed from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from wrt.engines.engine import Engine
from wrt.engines.source import Source, write
from wrt.expr.node import Add, Call, Cases, Compare, Contract, Expr, Formula, Logic, Mul, Power, Symbol
from wrt.expr.walk import nodes, substitute

BLOCK = 400_000  # bytes of the data of one block: with what is computed from it, it fits into a cache of 1 MiB
LARGE = 8 * BLOCK  # bytes of data from which on blocks pay
FEWEST = 32  # rows of a block
MOST_SUMMED = BLOCK  # bytes of the sums: larger ones fill the cache, and are not added up for every block

FREE, SUMMED, MIXED = -1, -2, -3  # how a node depends on a dimension; from 0 on: the axis along which it has its rows


@dataclass(frozen=True)
class RowSums:
    """Expressions as functions of sums over a dimension: `rest` has the symbols `totals` in the place of `sums`."""

    dimension: Symbol
    rows: frozenset[str]  # the variables that have rows
    sums: tuple[Expr, ...]
    totals: tuple[Symbol, ...]
    rest: tuple[Expr, ...]


def row_sums(outputs: Sequence[Expr]) -> RowSums | None:
    """The outputs in sums over the rows of the widest data; None where they are no such sums.

    >>> from wrt import read
    >>> found = row_sums([read("sum((X @ w - y)**2)/n + sum(w**2)", X="n d")])
    >>> str(found.dimension), [str(each) for each in found.sums]
    ('n', ['norm(X @ w - y)**2'])
    """
    roots = [output.node if isinstance(output, Formula) else output for output in outputs]
    order = nodes(*roots)
    variables = [node for node in order if isinstance(node, Symbol) and node.shape]
    sizes = {size for each in variables for size in each.shape if isinstance(size, Symbol)}
    found = (each for size in sorted(sizes, key=lambda size: size.name) if (each := _split(roots, order, size)))
    return max(found, key=lambda each: _worth(each, variables), default=None)


def _worth(found: RowSums, variables: Iterable[Symbol]) -> tuple[int, int]:
    """Which dimension to take blocks of: of variables with more axes, of more of them."""
    having = [each for each in variables if each.name in found.rows]
    return max(each.ndim for each in having), len(having)


def _split(roots: Sequence[Expr], order: Sequence[Expr], dimension: Symbol) -> RowSums | None:
    kinds: dict[Expr, int] = {}
    sums: list[Expr] = []
    for node in order:
        kinds[node] = _kind(node, [kinds[operand] for operand in node.operands], dimension)
        if kinds[node] == SUMMED and isinstance(node, Contract) and SUMMED not in map(kinds.get, node.operands):
            sums.append(node)
    if not sums or any(kinds[root] not in (FREE, SUMMED) for root in roots):
        return None
    having = [node for node in order if isinstance(node, Symbol) and kinds[node] >= 0]
    if not having or any(kinds[node] > 0 for node in having):  # columns do not lie together
        return None
    rows = frozenset(node.name for node in having)
    taken = {node.name for node in order if isinstance(node, Symbol)}
    names = (name for place in range(len(sums) + len(taken)) if (name := f"total{place}") not in taken)
    totals = tuple(Symbol.intern(name, each.shape, frozenset()) for name, each in zip(names, sums, strict=False))
    mapping: dict[Expr, Expr] = dict(zip(sums, totals, strict=True))
    return RowSums(dimension, rows, tuple(sums), totals, tuple(substitute(root, mapping) for root in roots))


def _kind(node: Expr, operands: Sequence[int], dimension: Symbol) -> int:
    """How a node depends on a dimension, by how its operands do."""
    if node is dimension:
        return SUMMED
    times = node.shape.count(dimension)
    if MIXED in operands or times > 1:
        return MIXED
    axis = node.shape.index(dimension) if times else FREE
    if SUMMED in operands:
        return MIXED if times or any(kind >= 0 for kind in operands) else SUMMED
    if isinstance(node, Contract):
        return _kind_of_einsum(node, axis, dimension)
    if all(kind == FREE for kind in operands):
        return axis if axis == FREE or isinstance(node, Symbol) else MIXED
    if isinstance(node, Call) and node.function.kind in ("reduction", "axiswise"):
        return MIXED if operands[0] in node.axes else axis
    elementwise = isinstance(node, Call) and node.function.kind == "elementwise"
    return axis if elementwise or isinstance(node, Add | Mul | Power | Cases | Compare | Logic) else MIXED


def _kind_of_einsum(node: Contract, axis: int, dimension: Symbol) -> int:
    """An einsum has rows, or sums them, if all its rows have one index, and no operand has it twice."""
    held = [index for subscript in node.subscripts for index in dict.fromkeys(subscript)]
    indices = {index for index in (*held, *node.out) if node.sizes[index] is dimension}
    if not indices:
        return FREE
    (index, *others) = indices
    if others or any(subscript.count(index) > 1 for subscript in node.subscripts):
        return MIXED
    return axis if index in node.out else SUMMED


class RowFunction:
    """The expressions computed in blocks of rows: the sums block by block, then the rest from their totals."""

    def __init__(self, found: RowSums, engine: Engine, run: Callable[[Source], Any]) -> None:
        self._found = found
        self._sums = write(found.sums, engine, "sums", several=True)
        self._rest = write(found.rest, engine, "rest", several=True)
        self._sums_of, self._rest_of = run(self._sums), run(self._rest)

    def __call__(self, values: dict[str, Any], sizes: dict[str, int]) -> tuple[Any, ...]:
        """The values at these arrays, whose shapes were checked."""
        found = self._found
        count = sizes[found.dimension.name]
        data = sum(values[name].nbytes for name in found.rows)
        step = max(FEWEST, BLOCK * count // max(data, 1))
        known = {**sizes, **values}
        totals: list[Any] = []
        start, arguments = 0, self._sums.arguments
        while start < count or not totals:
            stop = start + step
            parts = self._sums_of(
                *(known[each.name][start:stop] if each.name in found.rows else known[each.name] for each in arguments)
            )
            totals = [total + part for total, part in zip(totals, parts, strict=True)] if totals else list(parts)
            start = stop
            if sum(total.nbytes for total in totals) > MOST_SUMMED:
                step = max(count - start, 1)
        known |= {each.name: total for each, total in zip(found.totals, totals, strict=True)}
        result: tuple[Any, ...] = self._rest_of(*(known[each.name] for each in self._rest.arguments))
        return result
