"""The table of stable rewrites: what loses digits or overflows as it is written, and the equal form that does not.

Each row says where the two are equal, which is proved by ball arithmetic, and how many ulps the stable form may be off
(beside what a rounded argument changes), which is measured over the whole domain in double and single precision.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from inspect import signature

from wrt.expr.build import PI, TRUE, logic, symbol, where
from wrt.expr.facts import is_positive
from wrt.expr.node import Call, Constant, Expr, Symbol
from wrt.expr.walk import nodes
from wrt.functions.exponential import exp, expm1, log, log1p, xlogy
from wrt.functions.gammas import beta, betaln, digamma, gamma, lgamma, trigamma
from wrt.functions.hyperbolic import acosh, asinh, atanh, tanh
from wrt.functions.normal import erf, erfc, erfc_hazard, erfcx, i2erfcx, ierfcx, normcdf, normpdf
from wrt.functions.piecewise import abs_, maximum, minimum
from wrt.functions.powers import sqrt
from wrt.functions.registry import table
from wrt.functions.sigmoids import logit, sigmoid, softplus
from wrt.functions.stable import STABLE_FORMS
from wrt.functions.trigonometric import cos, sin


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """A row: `written` is read with letters for any expressions, and `stable` takes its place.

    `domain` is where the two are equal, as a condition on the letters; `when` is what must be known of the expressions
    that the letters stand for. A row for a `whole` sum is not looked for among more terms. `ulps` bounds the error.
    """

    name: str
    letters: tuple[Symbol, ...]
    written: Expr
    stable: Callable[..., Expr]
    source: str
    domain: Expr
    when: Callable[..., bool]
    whole: bool
    ulps: int


def row(
    name: str,
    written: Callable[..., Expr],
    stable: Callable[..., Expr],
    *,
    source: str,
    letters: Sequence[str] = (),
    domain: Callable[..., Expr] = lambda *letters: TRUE,
    when: Callable[..., bool] = lambda *letters: True,
    whole: bool = False,
    ulps: int = 8,
) -> Rewrite:
    """A row of the table; its letters are the parameters of `written`, unless they are given."""
    symbols = tuple(map(symbol, letters or signature(written).parameters))
    return Rewrite(
        name=name,
        letters=symbols,
        written=written(*symbols),
        stable=stable,
        source=source,
        domain=domain(*symbols),
        when=when,
        whole=whole,
        ulps=ulps,
    )


def _log1mexp(x: Expr) -> Expr:
    """log(1 - exp(x)) for x < 0 (Mächler 2012)."""
    return where(x > -log(2), log(-expm1(x)), log1p(-exp(x)))


def _signed_sigmoid(x: Expr, y: Expr) -> Expr:
    """σ(x) - y = (1 - y)·σ(x) - y·σ(-x), where σ(±x) = exp(min(±x, 0))/(1 + exp(-|x|))."""
    up, down = exp(minimum(x, 0)), exp(-maximum(x, 0))
    return ((1 - y) * up - y * down) / (up + down)


def _is_label(x: Expr, y: Expr) -> bool:
    """Whether y is data: nothing is computed in it."""
    return bool(y.free) and not any(isinstance(node, Call) for node in nodes(y))


def _are_positive(*letters: Expr) -> bool:
    return all(map(is_positive, letters))


def _steps(*letters: Expr) -> int:
    """The last letter as a small whole number; 0 where it is none."""
    step = letters[-1]
    small = isinstance(step, Constant) and isinstance(step.value, int) and 1 <= step.value <= MOST_STEPS
    return int(step.value) if isinstance(step, Constant) and small else 0


def _are_moderate(a: Expr, b: Expr) -> Expr:
    """Where SciPy's beta functions, which subtract logarithms of gammas, keep their digits."""
    return logic("and", a > Fraction(1, 4), b > Fraction(1, 4), a < 40, b < 40)


MOST_STEPS = 6  # of a recurrence that is written out

LOGARITHMS = (
    row(
        "log1p",
        lambda x: log(1 + x),
        lambda x: log1p(x),
        domain=lambda x: x > -1,
        source="Kahan 1987",
    ),
    row(
        "difference of logarithms",
        lambda a, x: log(a + x) - log(a),
        lambda a, x: log1p(x / a),
        domain=lambda a, x: logic("and", a > 0, x > 0),
        when=lambda a, x: is_positive(x),
        source="log(u) - log(v) = log(u/v)",
    ),
    row(
        "log1mexp",
        lambda x: log(1 - exp(x)),
        _log1mexp,
        domain=lambda x: x < 0,
        source="Mächler 2012",
    ),
    row(
        "inverse of softplus",
        lambda x: log(expm1(x)),
        lambda x: x + _log1mexp(-x),
        domain=lambda x: x > 0,
        source="Mächler 2012",
    ),
    row(
        "logdiffexp",
        lambda a, b: log(exp(a) - exp(b)),
        lambda a, b: a + _log1mexp(b - a),
        domain=lambda a, b: a > b,
        source="Mächler 2012",
    ),
    row(
        "area hyperbolic sine",
        lambda x: log(x + sqrt(x**2 + 1)),
        lambda x: asinh(x),
        source="DLMF 4.37.16",
    ),
    row(
        "area hyperbolic cosine",
        lambda x: log(x + sqrt(x**2 - 1)),
        lambda x: acosh(x),
        domain=lambda x: x > 1,
        source="DLMF 4.37.19",
    ),
    row(
        "area hyperbolic tangent",
        lambda x: log1p(x) - log1p(-x),
        lambda x: 2 * atanh(x),
        domain=lambda x: abs_(x) < 1,
        source="DLMF 4.37.24",
    ),
    row(
        "area hyperbolic tangent of a quotient",
        lambda x: log((1 + x) / (1 - x)),
        lambda x: 2 * atanh(x),
        domain=lambda x: abs_(x) < 1,
        source="DLMF 4.37.24",
    ),
    row(
        "log-odds",
        lambda x: log(x / (1 - x)),
        lambda x: logit(x),
        domain=lambda x: logic("and", x > 0, x < 1),
        source="Berkson 1944",
    ),
    row(
        "log-odds as a difference",
        lambda x: log(x) - log1p(-x),
        lambda x: logit(x),
        domain=lambda x: logic("and", x > 0, x < 1),
        source="Berkson 1944",
    ),
)

SIGMOIDS = (
    row(
        "softplus less its argument",
        lambda x: softplus(x) - x,
        lambda x: softplus(-x),
        source="log(1 + exp(x)) - x = log(exp(-x) + 1)",
    ),
    row(
        "softplus less its mirror image",
        lambda x: softplus(x) - softplus(-x),
        lambda x: x,
        source="log(1 + exp(x)) - x = log(exp(-x) + 1)",
    ),
    row(
        "centred sigmoid",
        lambda x: 2 * sigmoid(x) - 1,
        lambda x: tanh(x / 2),
        source="DLMF 4.28",
    ),
    row(
        "derivative of sigmoid",
        lambda x: sigmoid(x) * sigmoid(-x),
        lambda x: exp(-abs_(x)) / (1 + exp(-abs_(x))) ** 2,
        source="σ(x)·σ(-x) is even",
    ),
    row(
        "mirrored sigmoid",
        lambda x: sigmoid(x) * exp(-x),
        lambda x: sigmoid(-x),
        source="σ(x) = exp(x)·σ(-x)",
    ),
    row(
        "sigmoid less a label",
        lambda x, y: sigmoid(x) - y,
        _signed_sigmoid,
        domain=lambda x, y: logic("or", y <= 0, y >= 1),
        when=_is_label,
        whole=True,
        source="σ(x) + σ(-x) = 1",
    ),
)

POWERS = (
    row(
        "expm1 of a power",
        lambda x, y: y**x - 1,
        lambda x, y: expm1(xlogy(x, y)),
        domain=lambda x, y: y > 0,
        when=lambda x, y: is_positive(y) and not isinstance(x, Constant),
        source="y^x = exp(x·log(y))",
    ),
    row(
        "difference of roots",
        lambda a, x: sqrt(a + x) - sqrt(a),
        lambda a, x: x / (sqrt(a + x) + sqrt(a)),
        domain=lambda a, x: logic("and", a > 0, x >= -a),
        when=lambda a, x: is_positive(a) or isinstance(x, Constant),
        source="u - v = (u² - v²)/(u + v)",
    ),
    row(
        "root less 1",
        lambda x: sqrt(1 + x) - 1,
        lambda x: x / (sqrt(1 + x) + 1),
        domain=lambda x: x >= -1,
        source="u - 1 = (u² - 1)/(u + 1)",
    ),
    row(
        "difference of reciprocals",
        lambda x, n: 1 / x - 1 / (x + n),
        lambda x, n: n / (x * (x + n)),
        domain=lambda x, n: x > 0,
        when=lambda x, n: isinstance(n, Constant),
        whole=True,
        source="a common denominator",
    ),
    row(
        "difference of squares",
        lambda a, b: a**2 - b**2,
        lambda a, b: (a - b) * (a + b),
        whole=True,
        source="Goldberg 1991",
    ),
    row(
        "1 less a squared sine",
        lambda x: 1 - sin(x) ** 2,
        lambda x: cos(x) ** 2,
        source="DLMF 4.21.12",
    ),
    row(
        "1 less a squared cosine",
        lambda x: 1 - cos(x) ** 2,
        lambda x: sin(x) ** 2,
        source="DLMF 4.21.12",
    ),
    row(
        "1 less a square",
        lambda x: 1 - x**2,
        lambda x: (1 - x) * (1 + x),
        whole=True,
        source="Goldberg 1991",
    ),
)

TAILS = (
    row(
        "scaled tail",
        lambda x: exp(x**2) * erfc(x),
        lambda x: erfcx(x),
        source="DLMF 7.2",
    ),
    row(
        "hazard of the normal distribution",
        lambda x: normpdf(x) / normcdf(x),
        lambda x: sqrt(2 / PI) / erfcx(-x / sqrt(2)),
        source="DLMF 7.18; Mills 1926",
    ),
    row(
        "hazard above",
        lambda x: normpdf(x) / normcdf(-x),
        lambda x: sqrt(2 / PI) / erfcx(x / sqrt(2)),
        source="DLMF 7.18; Mills 1926",
    ),
    row(
        "derivative of erfcx",
        lambda x: 1 / sqrt(PI) - x * erfcx(x),
        lambda x: ierfcx(x),
        source="DLMF 7.18.4",
    ),
    row(
        "second derivative of erfcx",
        lambda x: erfcx(x) - 2 * x * ierfcx(x),
        lambda x: 4 * i2erfcx(x),
        source="DLMF 7.18.7",
    ),
    row(
        "hazard less its argument",
        lambda x: 1 / (sqrt(PI) * erfcx(x)) - x,
        lambda x: erfc_hazard(x),
        source="DLMF 7.18.7",
    ),
    row(
        "integral of erfc",
        lambda x: exp(-(x**2)) / sqrt(PI) - x * erfc(x),
        lambda x: erfc(x) * erfc_hazard(x),
        source="DLMF 7.18.7",
    ),
    row(
        "integral of the normal distribution",
        lambda x: normpdf(x) + x * normcdf(x),
        lambda x: normcdf(x) * sqrt(2) * erfc_hazard(-x / sqrt(2)),
        source="DLMF 7.18.7",
    ),
    row(
        "integral of the normal tail",
        lambda x: normpdf(x) - x * normcdf(-x),
        lambda x: normcdf(-x) * sqrt(2) * erfc_hazard(x / sqrt(2)),
        source="DLMF 7.18.7",
    ),
    row(
        "centred normal distribution",
        lambda x: 2 * normcdf(x) - 1,
        lambda x: erf(x / sqrt(2)),
        source="DLMF 7.18",
    ),
)

GAMMAS = (
    row(
        "difference of log-gammas",
        lambda x, n: lgamma(x + n) - lgamma(x),
        lambda x, n: _sum_of(lambda k: log(abs_(x + k)), n),
        domain=lambda x, n: x > 0,
        when=lambda x, n: _steps(n) > 0,
        source="DLMF 5.5.1",
    ),
    row(
        "difference of digammas",
        lambda x, n: digamma(x + n) - digamma(x),
        lambda x, n: _sum_of(lambda k: 1 / (x + k), n),
        domain=lambda x, n: x > 0,
        when=lambda x, n: _steps(n) > 0,
        source="DLMF 5.5.2",
    ),
    row(
        "difference of trigammas",
        lambda x, n: trigamma(x) - trigamma(x + n),
        lambda x, n: _sum_of(lambda k: 1 / (x + k) ** 2, n),
        domain=lambda x, n: x > 0,
        when=lambda x, n: _steps(n) > 0,
        source="DLMF 5.15.5",
    ),
    row(
        "quotient of gammas",
        lambda x, n: gamma(x + n) / gamma(x),
        lambda x, n: _product_of(lambda k: x + k, n),
        domain=lambda x, n: x > 0,
        when=lambda x, n: _steps(n) > 0,
        source="DLMF 5.5.1",
    ),
    row(
        "beta function",
        lambda a, b: gamma(a) * gamma(b) / gamma(a + b),
        lambda a, b: beta(a, b),
        domain=_are_moderate,
        ulps=20,
        source="DLMF 5.12.1",
    ),
    row(
        "logarithm of the beta function",
        lambda a, b: lgamma(a) + lgamma(b) - lgamma(a + b),
        lambda a, b: betaln(a, b),
        domain=_are_moderate,
        ulps=200,
        source="DLMF 5.12.1",
    ),
)


def _sum_of(term: Callable[[int], Expr], count: Expr) -> Expr:
    first, *more = map(term, range(_steps(count)))
    return sum(more, first)


def _product_of(factor: Callable[[int], Expr], count: Expr) -> Expr:
    product = factor(0)
    for k in range(1, _steps(count)):
        product = product * factor(k)
    return product


USED_FORMS = ("log", "log1-", "log1+", "log1-**2", "1-**2", "1-", "1+", "-1")  # those of `Function.stable`


@cache
def rewrites() -> tuple[Rewrite, ...]:
    """All rows: those that functions declare, then those of several functions."""
    declared = (
        _declared(function.name, form)
        for function in table().values()
        if function.kind == "elementwise"
        for form in USED_FORMS
        if form in function.stable
    )
    return (*declared, *LOGARITHMS, *SIGMOIDS, *POWERS, *TAILS, *GAMMAS)


def _declared(name: str, form: str) -> Rewrite:
    """The row of a function's own form: f(x) - 1, log(1 - f(x))..."""
    function = table()[name]
    return row(
        STABLE_FORMS[form].written.replace("f(", f"{name}("),
        lambda *args: STABLE_FORMS[form].build(function, *args),
        function.stable[form],
        letters=function.arguments,
        source=function.source,
    )
