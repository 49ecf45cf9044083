"""Every row of the table of stable rewrites: equal by ball arithmetic, applied where it is written, few ulps off."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from flint import arb

from wrt.engines import compile as compile_
from wrt.engines.stable import stable
from wrt.expr.build import TRUE, number, symbol
from wrt.expr.node import Call, Expr, Symbol
from wrt.expr.walk import substitute
from wrt.functions.rewrites import Rewrite, rewrites
from wrt.verify.accuracy import DOUBLE, SINGLE, Format, exactly, ulps

ROWS = rewrites()
WHOLE = symbol("n")  # a letter of this name stands for a small whole number
STEPS = (1, 2, 5)
SMALL = [0.3, 0.75, 1.0, 1.5, 2.0, 5.0, 30.0]
QUICK = [10.0**k for k in (-300, -40, -20, -9, -5, -2, -1, 2, 3, 5, 20, 40, 300)]
LOSES = {  # where a row keeps fewer digits, with the reason
    "log(i0(x))": lambda at: abs(min(at.values())) < 1,  # near 0 no library has I₀ - 1
    "log(beta(x))": lambda at: True,  # SciPy's betaln subtracts logarithms of gammas
}
FULL = [10.0 ** (k / 3) for k in range(-920, 921)]


def variants(row: Rewrite) -> Iterator[tuple[Expr, Expr, Expr, tuple[Symbol, ...]]]:
    """What is written, its stable form, its domain and its letters, for each whole number where it has one."""
    free = tuple(letter for letter in row.letters if letter is not WHOLE)
    for step in STEPS if WHOLE in row.letters else (None,):
        args = tuple(number(step) if letter is WHOLE else letter for letter in row.letters)
        found = dict(zip(row.letters, args, strict=True))
        yield substitute(row.written, found), row.stable(*args), substitute(row.domain, found), free


def sweep(letters: tuple[Symbol, ...], domain: Expr, sizes: list[float], kind: Format) -> Iterator[dict[Symbol, float]]:
    """Floats of a format in the domain: both signs of each size, for all letters."""
    single = np.float32 if kind is SINGLE else np.float64
    floats = [float(single(s * size)) for size in sizes if kind.least <= size <= kind.largest for s in (1, -1)]
    for values in product(floats, repeat=len(letters)):
        at = dict(zip(letters, values, strict=True))
        if substitute(domain, {letter: number(Fraction(value)) for letter, value in at.items()}) is TRUE:
            yield at


def sizes_for(letters: tuple[Symbol, ...], full: bool) -> list[float]:
    if full:
        return sorted([*SMALL, *(FULL if len(letters) == 1 else FULL[::40])])
    return sorted([*SMALL, *QUICK]) if len(letters) == 1 else [1e-20, 1e-5, 0.3, 1.0, 30.0, 1e5]


def error(found: float, node: Expr, at: dict[Symbol, float], kind: Format) -> float | None:
    """The error in ulps, beside what half an ulp of each argument changes; None where there is no value."""
    allowed = arb(0)
    value = None
    for letter in at:
        exact = exactly(node, at, letter)
        if exact is None:
            return None
        value, slope = exact
        allowed += abs(slope * arb(at[letter]))
    assert value is not None
    return ulps(found, value, allowed, kind)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_both_sides_are_equal(row: Rewrite) -> None:
    tried = 0
    for written, form, domain, letters in variants(row):
        for at in sweep(letters, domain, sizes_for(letters, False), DOUBLE):
            if any(abs(value) > 1e30 or abs(value) < 1e-30 for value in at.values()):
                continue
            sides = [exactly(node, at, letters[0]) for node in (written, form)]
            if None not in sides:
                (left, slope), (right, other) = sides
                assert left.overlaps(right) and slope.overlaps(other), at
                tried += 1
    assert tried >= 6


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_it_is_applied_and_then_no_more(row: Rewrite) -> None:
    for written, form, _, letters in variants(row):
        known = {letter: symbol(f"{letter.name}_", facts=["positive"]) for letter in letters}
        given = known if not row.when(*row.letters) else {}
        node, goal = substitute(written, given), substitute(form, given)
        changed, seen = node, 0
        while (better := stable(changed)) is not None and changed is not goal:
            changed, seen = better, seen + 1
            assert seen < 10
        assert changed is goal


@pytest.mark.parametrize("row", [row for row in ROWS if row.when(*row.letters)], ids=lambda row: row.name)
def test_it_is_applied_to_arrays(row: Rewrite) -> None:
    size = symbol("n", facts=["dimension"])
    for written, form, _, letters in variants(row):
        entries = {letter: symbol(letter.name, (size,)) for letter in letters}
        node, goal = substitute(written, entries), substitute(form, entries)
        while (better := stable(node)) is not None and node is not goal:
            node = better
        assert node is goal


@pytest.mark.parametrize("kind", [DOUBLE, SINGLE], ids=lambda kind: kind.name)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_it_keeps_its_digits(row: Rewrite, kind: Format, full: bool = False) -> None:
    dtype = np.float32 if kind is SINGLE else np.float64
    tried = 0
    for written, form, domain, letters in variants(row):
        compiled = compile_(form, variables=letters)
        for at in sweep(letters, domain, sizes_for(letters, full), kind):
            with np.errstate(all="ignore"):
                found = compiled(**{letter.name: dtype(value) for letter, value in at.items()})
            off = error(float(found), written, at, kind)
            if off is not None:
                assert off <= row.ulps or LOSES.get(row.name, lambda at: False)(at), (at, float(found), off)
                tried += 1
    assert tried >= 5


@pytest.mark.parametrize("row", [row for row in ROWS if isinstance(row.written, Call)], ids=lambda row: row.name)
def test_a_call_has_its_form_before_its_arguments_have_theirs(row: Rewrite) -> None:
    letters = row.letters
    compiled = compile_(row.written, variables=letters)
    for at in sweep(letters, row.domain, sizes_for(letters, False), DOUBLE):
        with np.errstate(all="ignore"):
            found = compiled(**{letter.name: value for letter, value in at.items()})
        off = error(float(found), row.written, at, DOUBLE)
        assert off is None or off <= row.ulps or LOSES.get(row.name, lambda at: False)(at), (at, found, off)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [DOUBLE, SINGLE], ids=lambda kind: kind.name)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_it_keeps_its_digits_over_the_whole_domain(row: Rewrite, kind: Format) -> None:
    test_it_keeps_its_digits(row, kind, full=True)


def test_the_documentation_has_every_row() -> None:
    page = (Path(__file__).parent.parent.parent / "docs" / "rewrites.md").read_text(encoding="utf-8")
    assert page == documented(), "write it anew: python tests/engines/test_rewrites.py"


def documented() -> str:
    """The page of the documentation: the table as data says it."""
    lines = [
        "# Stable rewrites",
        "",
        "What code computes in the place of what loses digits or overflows as it is written. Letters stand for any",
        "expressions; a row is found also times a factor, and in longer sums. Both sides are proved equal by ball",
        "arithmetic, and the error of the right one is measured in double and single precision, over its domain",
        "(`tests/engines/test_rewrites.py`).",
        "`compile(stable=False)` leaves everything as it is written.",
        "",
        "| row | written | computed | where | at most ulps | source |",
        "| --- | --- | --- | --- | ---: | --- |",
    ]
    for row in ROWS:
        written, form, domain, _ = next(variants(row))
        where = "" if domain is TRUE else f"`{domain}`"
        lines.append(f"| {row.name} | `{written}` | `{form}` | {where} | {row.ulps} | {row.source} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    (Path(__file__).parent.parent.parent / "docs" / "rewrites.md").write_text(documented(), encoding="utf-8")
