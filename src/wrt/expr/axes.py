"""Which axes a reshaping splits and which it joins: (m·n, d) as (m, n, d) splits the first and keeps the second."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from wrt.expr.node import Constant, Expr, Mul, Power, Shape


class Block(NamedTuple):
    """Neighbouring axes of the old shape and those of the new shape that have as many entries."""

    old: tuple[int, ...]
    new: tuple[int, ...]


def blocks(old: Shape, new: Shape) -> list[Block]:
    """The axes of two shapes of as many entries in the smallest blocks that have as many each.

    >>> from wrt.expr.build import symbol
    >>> m, n, d = (symbol(name, facts=["dimension"]) for name in "mnd")
    >>> [tuple(block) for block in blocks((m * n, d), (m, n, d))]
    [((0,), (0, 1)), ((1,), (2,))]
    """
    found = list(_blocks([_factors(size) for size in old], [_factors(size) for size in new]))
    if len(found) > 1 and not (found[-1].old and found[-1].new):  # axes of size 1 at the end belong to the last block
        last, rest = found[-2:]
        found[-2:] = [Block(last.old + rest.old, last.new + rest.new)]
    return found


def _blocks(old: Sequence[Counter[Expr | int]], new: Sequence[Counter[Expr | int]]) -> Iterator[Block]:
    start = i = j = k = 0
    left: Counter[Expr | int] = Counter()
    right: Counter[Expr | int] = Counter()
    while i < len(old) or j < len(new):
        if i < len(old) and (left <= right or j == len(new)):
            left += old[i]
            i += 1
        else:
            right += new[j]
            j += 1
        if left == right and (i, j) != (start, k) and i > start and j > k:
            yield Block(tuple(range(start, i)), tuple(range(k, j)))
            start, k = i, j
            left, right = Counter(), Counter()
    if start < len(old) or k < len(new):
        yield Block(tuple(range(start, len(old))), tuple(range(k, len(new))))


def _factors(size: Expr) -> Counter[Expr | int]:
    """A size by its prime factors, and the symbols or sums that it is a product of, each with its multiplicity."""
    found: Counter[Expr | int] = Counter()
    for factor in (size.coefficient, *size.factors) if isinstance(size, Mul) else (size,):
        match factor:
            case Constant():
                found.update(_primes(int(factor.value)))
            case Power(base=base, exponent=Constant(value=int(times))) if times > 0:
                found[base] += times
            case Expr():
                found[factor] += 1
            case _:
                found.update(_primes(int(factor)))
    return found


def _primes(value: int) -> Iterator[int]:
    divisor = 2
    while value > 1:
        if divisor * divisor > value:
            divisor = value
        while value % divisor == 0:
            yield divisor
            value //= divisor
        divisor += 1
