"""The gamma function, its logarithmic derivatives, and the beta function."""

from __future__ import annotations

import math
from fractions import Fraction
from math import inf

from wrt.expr.build import EULER_GAMMA, ONE, PI, ZERO, compare, power
from wrt.expr.function import Function, Interval, Points, RealSet
from wrt.expr.node import Constant, Expr, number
from wrt.functions.declare import NONNEGATIVE, POSITIVE, REALS, along, function, special
from wrt.functions.exponential import log
from wrt.functions.piecewise import abs_, floor

_HALF = Fraction(1, 2)
_POLES = Points(0, -1, one_sided=True)
_WITHOUT_POLES = RealSet((REALS,), without=_POLES)
_LARGEST_FACTORIAL = 100


def _gamma(x: Expr) -> Expr | None:
    """Γ at small whole and half numbers."""
    if not isinstance(x, Constant) or not 0 < x.value <= _LARGEST_FACTORIAL:
        return None
    if isinstance(x.value, int):
        return number(math.factorial(x.value - 1))
    if x.value.denominator == 2:
        below = math.floor(x.value)
        return power(PI, _HALF) * math.prod(_HALF + k for k in range(below))
    return None


def _polygamma(n: Expr, x: Expr) -> Expr | None:
    if n is ZERO:
        return digamma(x)
    return trigamma(x) if n is ONE else None


gamma: Function = function(
    "gamma",
    "Euler's gamma function: Γ(n + 1) = n!",
    aliases=("Gamma",),
    symbols={"unicode": "Γ", "latex": r"\Gamma", "typst": "Gamma"},
    derivative=lambda x: gamma(x) * digamma(x),
    domain=_WITHOUT_POLES,
    range=(Interval.open(-inf, 0), POSITIVE),
    limits={(0, "-"): -inf, (0, "+"): inf, inf: inf},
    evaluate=_gamma,
    engines=special("gamma", scalar="gamma"),
    source="DLMF 5.2",
)

lgamma: Function = function(
    "lgamma",
    "log|Γ(x)|",
    aliases=("gammaln", "loggamma"),
    symbols={"unicode": "log Γ", "latex": r"\log\Gamma", "typst": "log Gamma"},
    definition=lambda x: log(abs_(gamma(x))),
    derivative=lambda x: digamma(x),
    domain=_WITHOUT_POLES,
    range=REALS,
    limits={(_POLES, "-"): inf, (_POLES, "+"): inf, inf: inf},
    values={1: 0, 2: 0},
    cuts=(along(Interval(-inf, 0, "(]")),),
    stable={"exp": lambda x: abs_(gamma(x))},
    engines=special("gammaln", torch="gammaln", scalar="lgamma"),
    source="DLMF 5.2",
)

digamma: Function = function(
    "digamma",
    "the derivative of log|Γ(x)|",
    aliases=("psi",),
    symbols={"unicode": "ψ", "latex": r"\psi", "typst": "psi"},
    derivative=lambda x: trigamma(x),
    antiderivative=lambda x: lgamma(x),
    domain=_WITHOUT_POLES,
    range=REALS,
    limits={(_POLES, "-"): inf, (_POLES, "+"): -inf, inf: inf},
    values={1: -EULER_GAMMA, _HALF: -EULER_GAMMA - 2 * log(2)},
    engines=special("digamma", torch="digamma"),
    source="DLMF 5.2",
)

trigamma: Function = function(
    "trigamma",
    "the derivative of digamma",
    symbols={"unicode": "ψ₁", "latex": r"\psi_1", "typst": "psi_1"},
    derivative=lambda x: polygamma(2, x),
    antiderivative=lambda x: digamma(x),
    domain=_WITHOUT_POLES,
    range=POSITIVE,
    limits={(_POLES, "-"): inf, (_POLES, "+"): inf, inf: 0},
    values={1: PI**2 / 6, _HALF: PI**2 / 2},
    engines={
        "numpy": "scipy.special.polygamma(1, {0})",
        "jax": "jax.scipy.special.polygamma(1, {0})",
        "torch": "torch.special.polygamma(1, {0})",
    },
    source="DLMF 5.15",
)

polygamma: Function = function(
    "polygamma",
    "the n-th derivative of digamma",
    arguments="n, x",
    symbols={"unicode": "polygamma", "latex": r"\psi^{{({})}}\left({}\right)", "typst": "psi^(({}))({})"},
    derivative=(None, lambda n, x: polygamma(n + 1, x)),
    domain=(NONNEGATIVE, _WITHOUT_POLES),
    condition=lambda n, x: compare("==", n, floor(n)),
    range=REALS,
    evaluate=_polygamma,
    engines=special("polygamma", torch="polygamma"),
    source="DLMF 5.15",
)

beta: Function = function(
    "beta",
    "Euler's beta function: Γ(a)·Γ(b)/Γ(a + b)",
    arguments="a, b",
    aliases=("Beta",),
    symbols={"unicode": "B", "latex": r"\mathrm{B}", "typst": "Beta"},
    definition=lambda a, b: gamma(a) * gamma(b) / gamma(a + b),
    derivative=(
        lambda a, b: beta(a, b) * (digamma(a) - digamma(a + b)),
        lambda a, b: beta(a, b) * (digamma(b) - digamma(a + b)),
    ),
    domain=(_WITHOUT_POLES, _WITHOUT_POLES),
    range=REALS,
    limits={(0, "+"): inf},
    commutative=True,
    stable={"log": lambda a, b: betaln(a, b)},
    engines=special("beta"),
    source="DLMF 5.12",
)

betaln: Function = function(
    "betaln",
    "log|B(a, b)|",
    arguments="a, b",
    symbols={"unicode": "log B", "latex": r"\log\mathrm{B}", "typst": "log Beta"},
    definition=lambda a, b: lgamma(a) + lgamma(b) - lgamma(a + b),
    derivative=(lambda a, b: digamma(a) - digamma(a + b), lambda a, b: digamma(b) - digamma(a + b)),
    domain=(_WITHOUT_POLES, _WITHOUT_POLES),
    range=REALS,
    limits={(0, "+"): inf},
    commutative=True,
    stable={"exp": lambda a, b: abs_(beta(a, b))},
    engines=special("betaln"),
    source="DLMF 5.12",
)
