"""Branch cuts against mpmath: the complex function jumps across each declared cut, and nowhere else on either axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import pytest

from wrt import functions
from wrt.expr.function import Interval
from wrt.verify.evaluate import evaluate
from wrt.verify.series import working

COMPLEX: dict[str, Callable[[Any], Any]] = {
    "log": mpmath.log,
    "log1p": lambda z: mpmath.log(1 + z),
    "log2": lambda z: mpmath.log(z, 2),
    "log10": mpmath.log10,
    "sqrt": mpmath.sqrt,
    "rsqrt": lambda z: 1 / mpmath.sqrt(z),
    "cbrt": lambda z: z ** (mpmath.mpf(1) / 3),
    "entr": lambda z: -z * mpmath.log(z),
    "lambertw": mpmath.lambertw,
    "logit": lambda z: mpmath.log(z / (1 - z)),
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "atan": mpmath.atan,
    "acot": lambda z: mpmath.pi / 2 - mpmath.atan(z),
    "asec": mpmath.asec,
    "acsc": mpmath.acsc,
    "asinh": mpmath.asinh,
    "acosh": mpmath.acosh,
    "atanh": mpmath.atanh,
    "acoth": mpmath.acoth,
    "asech": mpmath.asech,
    "acsch": mpmath.acsch,
    "lgamma": mpmath.loggamma,
    "sin": mpmath.sin,
    "tanh": mpmath.tanh,
    "erf": mpmath.erf,
    "j1": lambda z: mpmath.besselj(1, z),
    "i0": lambda z: mpmath.besseli(0, z),
    "digamma": mpmath.digamma,
}
STEP = mpmath.mpf(1) / 10**12
GRID = [mpmath.mpf(k) / 7 + mpmath.mpf(1) / 100 for k in range(-28, 29)]


def _end(end: object) -> float:
    if str(end) in ("inf", "-inf"):
        return float(str(end))
    with working(80, 1):
        return float(evaluate(end, {}, {})[0][0].mid())


def _holds(interval: Interval, place: float) -> bool:
    return _end(interval.lower) <= place <= _end(interval.upper)


def _jumps(f: Callable[[Any], Any], z: Any, across: Any) -> bool:
    return bool(abs(f(z + across * STEP) - f(z - across * STEP)) > 1e-3)


@pytest.mark.parametrize("name", COMPLEX)
def test_it_jumps_across_its_cuts_and_nowhere_else(name: str) -> None:
    cuts = functions.TABLE[name].cuts
    for place in GRID:
        on_real = any(_holds(cut.real, place) and _holds(cut.imaginary, 0) for cut in cuts)
        on_imaginary = any(_holds(cut.real, 0) and _holds(cut.imaginary, place) for cut in cuts)
        assert _jumps(COMPLEX[name], mpmath.mpc(place, 0), mpmath.mpc(0, 1)) == on_real, place
        assert _jumps(COMPLEX[name], mpmath.mpc(0, place), mpmath.mpc(1, 0)) == on_imaginary, place


@pytest.mark.parametrize(("name", "sign"), [("softplus", 1), ("log_sigmoid", -1)])
def test_softplus_is_cut_along_the_odd_multiples_of_pi(name: str, sign: int) -> None:
    (cut,) = functions.TABLE[name].cuts
    assert (str(cut.real), str(cut.imaginary)) == ("[0, inf)" if sign > 0 else "(-inf, 0]", "2*pi*k + pi")
    f = {"softplus": lambda z: mpmath.log(1 + mpmath.exp(z)), "log_sigmoid": lambda z: -mpmath.log(1 + mpmath.exp(-z))}
    for turns in (-1, 1, 3):
        for place in GRID:
            z = mpmath.mpc(place, turns * mpmath.pi)
            assert _jumps(f[name], z, mpmath.mpc(0, 1)) == (sign * place > 0)
