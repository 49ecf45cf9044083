"""Claims that are right under an assumption nobody declared: symmetric matrices, probabilities, signs, masks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from flint import arb

from wrt.expr.build import derivative
from wrt.expr.node import Symbol
from wrt.verify.patterns import Case, Numbers, View, same
from wrt.verify.series import Series
from wrt.verify.sizes import shape_of

Adapted = Callable[[Numbers, tuple[int, ...]], list[arb] | None]


def _symmetric(entries: Numbers, shape: tuple[int, ...]) -> list[arb] | None:
    if len(shape) != 2 or shape[0] != shape[1]:
        return None
    size = shape[0]
    return [entries[min(i, j) * size + max(i, j)] for i in range(size) for j in range(size)]


def _rows_sum_to_one(entries: Numbers, shape: tuple[int, ...]) -> list[arb] | None:
    if not shape:
        return None
    result: list[arb] = []
    for start in range(0, len(entries), shape[-1]):
        row = [abs(entry) for entry in entries[start : start + shape[-1]]]
        result += [entry / sum(row, arb(0)) for entry in row]
    return result


def _one_hot(entries: Numbers, shape: tuple[int, ...]) -> list[arb] | None:
    if not shape:
        return None
    result: list[arb] = []
    for start in range(0, len(entries), shape[-1]):
        row = entries[start : start + shape[-1]]
        largest = max(range(len(row)), key=lambda at: row[at].mid())
        result += [arb(int(at == largest)) for at in range(len(row))]
    return result


# Weakest first, as the first one that holds is named; the variable itself is not fixed to a few values.
OF_ANY: Final[Sequence[tuple[str, Adapted]]] = (
    ("if {} is positive", lambda entries, shape: [abs(entry) for entry in entries]),
    ("if {} is symmetric", _symmetric),
)
OF_OTHERS: Final[Sequence[tuple[str, Adapted]]] = (
    ("if the entries of {} along its last axis sum to 1", _rows_sum_to_one),
    ("if {} is 1 or -1", lambda entries, shape: [arb(1 if entry > 0 else -1) for entry in entries]),
    ("if {} is 0 or 1", lambda entries, shape: [arb(1 if entry > 0 else 0) for entry in entries]),
    ("if {} is one-hot along its last axis", _one_hot),
)


def assumed(case: Case) -> str | None:
    """The assumption on one symbol that makes the claim right."""
    for symbol in sorted(case.f.free, key=lambda symbol: symbol.name):
        if "dimension" in symbol.facts:
            continue
        for words, adapt in OF_ANY if symbol is case.variable else (*OF_ANY, *OF_OTHERS):
            if _holds(case, symbol, adapt):
                return f"it is right only {words.format(symbol.name)}, which is not declared"
    return None


def _holds(case: Case, symbol: Symbol, adapt: Adapted) -> bool:
    truth = derivative(case.f, case.variable, case.order)
    seen: list[arb] = []
    for view in case.views:
        entries = [entry[0] for entry in view.values[symbol]]
        adapted = adapt(entries, shape_of(symbol, view.sizes))
        if adapted is None:
            return False
        seen += adapted
        there: View = replace(view, values={**view.values, symbol: [Series([entry]) for entry in adapted]})
        claimed, found = there.at(case.claim), there.at(truth)
        if claimed is None or found is None or not same(claimed, found):
            return False
    return any(entry != seen[0] for entry in seen)
