"""The doctor: reads a function, gives its variables values, and examines its plain program there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from wrt.doctor.diagnosis import Diagnosis
from wrt.doctor.examine import LARGEST, PRECISIONS, Examination
from wrt.doctor.subject import Subject, symbols_of
from wrt.doctor.values import Bound, bind
from wrt.errors import WrtError
from wrt.expr.node import Formula


def diagnosed(formula: Formula, at: Mapping[str, Any] | None, wrt: Sequence[str], order: int, dtype: str) -> Diagnosis:
    """The diagnosis of a formula at a point, or (`at` is None) at hard points that are looked for.

    `wrt` are the names to differentiate by. Raises WrtError for values that are missing or do not fit.
    """
    if dtype not in PRECISIONS:
        raise WrtError(f"dtype={dtype!r}: the doctor knows {' and '.join(PRECISIONS)}")
    if order not in (1, 2):
        raise WrtError(f"order={order!r}: the doctor looks at first and second derivatives")
    if at is None:
        from wrt.doctor.scan import scanned

        return scanned(formula, wrt, order, dtype)
    bound = bind(formula, at)
    return at_point(subject_of(formula, wrt, order, bound), bound, dtype)


def subject_of(formula: Formula, wrt: Sequence[str], order: int, bound: Bound) -> Subject:
    """The programs of a formula for the sizes of some values."""
    shapes = {name: np.shape(value) for name, value in bound.values.items()}
    return Subject(formula, wrt or list(symbols_of(formula)), order, shapes, bound.sizes)


def at_point(subject: Subject, bound: Bound, dtype: str) -> Diagnosis:
    """The diagnosis at a point."""
    examination = Examination(subject, bound.values, dtype)
    notes = list(bound.notes)
    if subject.work > LARGEST:
        notes.append("too many entries for exact arithmetic: only NaN and infinities were looked for")
    found = tuple(examination.findings())
    return Diagnosis(subject.formula, subject.order, dtype, found, subject, examination, notes=tuple(notes))
