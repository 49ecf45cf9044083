"""Sums that begin alike: of x + u + v and x + u + w, x + u is added up once, and each goes on from there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from wrt.expr.build import mul
from wrt.expr.node import Add, Constant, Expr, Mul, number

Signed: TypeAlias = tuple[int, Expr]
Path: TypeAlias = tuple[Signed, ...]


def signed(term: Expr) -> Signed:
    """The sign of a term, and the term without it."""
    if isinstance(term, Mul) and term.coefficient < 0:
        return -1, mul(-1, term)
    if isinstance(term, Constant) and term.value < 0:
        return -1, number(-term.value)
    return 1, term


class SharedSums:
    """The sums of arrays of a program as paths through a tree. Terms of shorter sums come first on a path, so that a
    sum that has grown, as the state of a residual network does, begins as it was."""

    def __init__(self, sums: Iterable[Add]) -> None:
        self.paths: dict[Add, Path] = {}
        self.passing: Counter[tuple[int, Signed]] = Counter()  # by the place that a step leaves
        self.place_after: dict[tuple[int, Signed], int] = {}
        age: dict[Expr, int] = {}
        for node in sorted(sums, key=lambda each: len(each.terms)):
            terms = [signed(term) for term in node.terms if term.shape]
            if len(terms) > 1:
                for _, term in terms:
                    age.setdefault(term, len(age))
                terms.sort(key=lambda pair: age[pair[1]])
                lead = terms[0][0]
                self.paths[node] = tuple((sign * lead, term) for sign, term in terms)
        for path in self.paths.values():
            self.passing.update(self._steps(path))

    def _steps(self, path: Path) -> list[tuple[int, Signed]]:
        steps, place = [], 0
        for each in path:
            steps.append((place, each))
            place = self.place_after.setdefault((place, each), len(self.place_after) + 1)
        return steps

    def begun(self, node: Add) -> list[Sequence[Signed]]:
        """The beginnings of a sum that other sums have too, each without the one before; the first term has a plus."""
        path = self.paths.get(node, ())
        often = [self.passing[step] for step in self._steps(path)]
        ends = [k for k in range(2, len(path)) if often[k - 1] > often[k]]
        return [path[start:end] for start, end in zip([0, *ends], ends, strict=False)]
