"""Activations of neural networks; σ and softplus stand with the logistic functions, tanh with the hyperbolic ones."""

from __future__ import annotations

from fractions import Fraction
from math import inf

from wrt.expr.build import PI, cases, compare, logic, number, power, where
from wrt.expr.function import Cut, Function, Interval, Kink, Points
from wrt.expr.node import Expr
from wrt.functions.declare import NONNEGATIVE, POSITIVE, REALS, function
from wrt.functions.exponential import exp, expm1
from wrt.functions.hyperbolic import sech, tanh
from wrt.functions.normal import normcdf, normpdf
from wrt.functions.piecewise import abs_, clip, maximum, minimum
from wrt.functions.sigmoids import sigmoid, softplus

_ODD_MULTIPLES_OF_PI = Points(PI, 2 * PI)


def _between_slopes(left: Expr, right: int) -> tuple[Kink, ...]:
    """A corner at 0 with these slopes beside it, and that of the parameter 0; none where they are equal."""
    if left is number(right):
        return ()
    return (Kink(0, Interval(minimum(left, right), maximum(left, right)), Interval(0, 0)),)


def _inside(lower: object, x: Expr, upper: object) -> Expr:
    return where(logic("and", compare("<", lower, x), compare("<", x, upper)), 1, 0)


relu: Function = function(
    "relu",
    "the rectified linear unit: x where it is positive, else 0",
    aliases=("ReLU",),
    symbols={"unicode": "ReLU", "latex": r"\operatorname{ReLU}", "typst": 'op("ReLU")'},
    definition=lambda x: where(x > 0, x, 0),
    derivative=lambda x: where(x > 0, 1, 0),
    antiderivative=lambda x: where(x > 0, x**2 / 2, 0),
    range=NONNEGATIVE,
    limits={-inf: 0, inf: inf},
    kinks=lambda x: (Kink(0, Interval(0, 1)),),
    values={0: 0},
    engines={
        "numpy": "numpy.maximum({0}, 0)",
        "scalar": "max({0}, 0)",
        "jax": "jax.nn.relu",
        "torch": "torch.relu",
    },
    source="Fukushima 1969; Nair, Hinton 2010",
)

leaky_relu: Function = function(
    "leaky_relu",
    "ReLU with a slope on the left",
    arguments="x, slope",
    defaults={"slope": Fraction(1, 100)},
    aliases=("LeakyReLU", "prelu", "PReLU"),
    symbols={"unicode": "LeakyReLU", "latex": r"\operatorname{LeakyReLU}", "typst": 'op("LeakyReLU")'},
    definition=lambda x, slope: where(x > 0, x, slope * x),
    derivative=(lambda x, slope: where(x > 0, 1, slope), lambda x, slope: minimum(x, 0)),
    antiderivative=lambda x, slope: where(x > 0, x**2 / 2, slope * x**2 / 2),
    domain=(REALS, NONNEGATIVE),
    range=REALS,
    kinks=lambda x, slope: _between_slopes(slope, 1),
    engines={"jax": "jax.nn.leaky_relu", "torch": "torch.nn.functional.leaky_relu"},
    source="Maas, Hannun, Ng 2013",
)

elu: Function = function(
    "elu",
    "the exponential linear unit",
    arguments="x, alpha",
    defaults={"alpha": 1},
    aliases=("ELU",),
    symbols={"unicode": "ELU", "latex": r"\operatorname{ELU}", "typst": 'op("ELU")'},
    definition=lambda x, alpha: where(x > 0, x, alpha * (exp(x) - 1)),
    derivative=(lambda x, alpha: where(x > 0, 1, alpha * exp(x)), lambda x, alpha: where(x > 0, 0, expm1(x))),
    antiderivative=lambda x, alpha: where(x > 0, x**2 / 2, alpha * (expm1(x) - x)),
    domain=(REALS, POSITIVE),
    range=lambda x, alpha: Interval(-alpha, inf, "()"),
    limits=lambda x, alpha: {-inf: -alpha, inf: inf},
    kinks=lambda x, alpha: _between_slopes(alpha, 1),
    engines=dict.fromkeys(("numpy", "scalar"), lambda x, alpha: where(x > 0, x, alpha * expm1(minimum(x, 0))))
    | {"jax": "jax.nn.elu", "torch": "torch.nn.functional.elu"},
    source="Clevert, Unterthiner, Hochreiter 2016",
)

# The scale and the alpha for which mean 0 and variance 1 are a stable fixed point, as the double-precision numbers that
# every library computes with.
_SCALE = Fraction("1.0507009873554805")
_ALPHA = Fraction("1.6732632423543772")

selu: Function = function(
    "selu",
    "the scaled exponential linear unit",
    aliases=("SELU",),
    symbols={"unicode": "SELU", "latex": r"\operatorname{SELU}", "typst": 'op("SELU")'},
    definition=lambda x: _SCALE * where(x >= 0, x, _ALPHA * (exp(x) - 1)),
    derivative=lambda x: _SCALE * where(x >= 0, 1, _ALPHA * exp(x)),
    antiderivative=lambda x: _SCALE * where(x > 0, x**2 / 2, _ALPHA * (expm1(x) - x)),
    range=Interval.open(-_SCALE * _ALPHA, inf),
    limits={-inf: -_SCALE * _ALPHA, inf: inf},
    kinks=lambda x: (Kink(0, Interval(_SCALE, _SCALE * _ALPHA)),),
    values={0: 0},
    monotone="increasing",
    engines=dict.fromkeys(("numpy", "scalar"), lambda x: _SCALE * where(x > 0, x, _ALPHA * expm1(minimum(x, 0))))
    | {"jax": "jax.nn.selu", "torch": "torch.nn.functional.selu"},
    source="Klambauer et al. 2017",
)

celu: Function = function(
    "celu",
    "the continuously differentiable exponential linear unit",
    arguments="x, alpha",
    defaults={"alpha": 1},
    aliases=("CELU",),
    symbols={"unicode": "CELU", "latex": r"\operatorname{CELU}", "typst": 'op("CELU")'},
    definition=lambda x, alpha: where(x > 0, x, alpha * (exp(x / alpha) - 1)),
    derivative=(
        lambda x, alpha: where(x > 0, 1, exp(x / alpha)),
        lambda x, alpha: where(x > 0, 0, exp(x / alpha) * (1 - x / alpha) - 1),
    ),
    antiderivative=lambda x, alpha: where(x > 0, x**2 / 2, alpha * (alpha * expm1(x / alpha) - x)),
    domain=(REALS, POSITIVE),
    range=lambda x, alpha: Interval(-alpha, inf, "()"),
    limits=lambda x, alpha: {-inf: -alpha, inf: inf},
    engines=dict.fromkeys(("numpy", "scalar"), lambda x, alpha: where(x > 0, x, alpha * expm1(minimum(x, 0) / alpha)))
    | {"jax": "jax.nn.celu", "torch": "torch.nn.functional.celu"},
    source="Barron 2017",
)

gelu: Function = function(
    "gelu",
    "the Gaussian error linear unit, x·Φ(x)",
    aliases=("GELU",),
    symbols={"unicode": "GELU", "latex": r"\operatorname{GELU}", "typst": 'op("GELU")'},
    definition=lambda x: x * normcdf(x),
    derivative=lambda x: normcdf(x) + x * normpdf(x),
    antiderivative=lambda x: ((x**2 - 1) * normcdf(x) + x * normpdf(x)) / 2,
    range=Interval(Fraction("-0.17"), inf, "[)"),
    limits={-inf: 0, inf: inf},
    values={0: 0},
    engines={"jax": "jax.nn.gelu({0}, approximate=False)", "torch": "torch.nn.functional.gelu"},
    source="Hendrycks, Gimpel 2016",
)

_GELU_CUBIC = Fraction("0.044715")


def _gelu_argument(x: Expr) -> Expr:
    return power(2 / PI, Fraction(1, 2)) * (x + _GELU_CUBIC * x**3)


gelu_tanh: Function = function(
    "gelu_tanh",
    "GELU by a hyperbolic tangent",
    symbols={"unicode": "GELUₜ", "latex": r"\operatorname{GELU}_{\tanh}", "typst": 'op("GELU")_(tanh)'},
    definition=lambda x: x / 2 * (1 + tanh(_gelu_argument(x))),
    derivative=lambda x: (
        (1 + tanh(_gelu_argument(x))) / 2
        + x * sech(_gelu_argument(x)) ** 2 * (1 + 3 * _GELU_CUBIC * x**2) / power(2 * PI, Fraction(1, 2))
    ),
    range=Interval(Fraction("-0.171"), inf, "[)"),
    limits={-inf: 0, inf: inf},
    values={0: 0},
    engines={"jax": "jax.nn.gelu", "torch": 'torch.nn.functional.gelu({0}, approximate="tanh")'},
    source="Hendrycks, Gimpel 2016",
)

silu: Function = function(
    "silu",
    "the sigmoid linear unit (swish), x·σ(x)",
    aliases=("swish", "SiLU", "Swish"),
    symbols={"unicode": "SiLU", "latex": r"\operatorname{SiLU}", "typst": 'op("SiLU")'},
    definition=lambda x: x * sigmoid(x),
    derivative=lambda x: sigmoid(x) * (1 + x * (1 - sigmoid(x))),
    range=Interval(Fraction("-0.279"), inf, "[)"),
    limits={-inf: 0, inf: inf},
    values={0: 0},
    engines={"jax": "jax.nn.silu", "torch": "torch.nn.functional.silu"},
    source="Elfwing, Uchibe, Doya 2018; Ramachandran, Zoph, Le 2017",
)

mish: Function = function(
    "mish",
    "x·tanh(softplus(x))",
    aliases=("Mish",),
    symbols={"unicode": "Mish", "latex": r"\operatorname{Mish}", "typst": 'op("Mish")'},
    definition=lambda x: x * tanh(softplus(x)),
    derivative=lambda x: tanh(softplus(x)) + x * sigmoid(x) * sech(softplus(x)) ** 2,
    range=Interval(Fraction("-0.309"), inf, "[)"),
    limits={-inf: 0, inf: inf},
    values={0: 0},
    cuts=(Cut(NONNEGATIVE, _ODD_MULTIPLES_OF_PI),),
    engines={"jax": "jax.nn.mish", "torch": "torch.nn.functional.mish"},
    source="Misra 2020",
)

softsign: Function = function(
    "softsign",
    "x/(1 + |x|)",
    definition=lambda x: x / (1 + abs_(x)),
    derivative=lambda x: 1 / (1 + abs_(x)) ** 2,
    range=Interval.open(-1, 1),
    limits={-inf: -1, inf: 1},
    values={0: 0},
    parity="odd",
    monotone="increasing",
    engines={"jax": "jax.nn.soft_sign", "torch": "torch.nn.functional.softsign"},
    source="Bergstra et al. 2009",
)

hardtanh: Function = function(
    "hardtanh",
    "x cut off at -1 and 1",
    definition=lambda x: clip(x, -1, 1),
    derivative=lambda x: where(abs_(x) < 1, 1, 0),
    antiderivative=lambda x: where(abs_(x) < 1, (x**2 + 1) / 2, abs_(x)),
    range=Interval(-1, 1),
    limits={-inf: -1, inf: 1},
    kinks=lambda x: (Kink(-1, Interval(0, 1)), Kink(1, Interval(0, 1))),
    values={0: 0},
    parity="odd",
    engines={"jax": "jax.nn.hard_tanh", "torch": "torch.nn.functional.hardtanh"},
    source="Collobert 2004",
)

hardsigmoid: Function = function(
    "hardsigmoid",
    "the line x/6 + 1/2 cut off at 0 and 1",
    aliases=("hard_sigmoid",),
    definition=lambda x: clip(x / 6 + Fraction(1, 2), 0, 1),
    derivative=lambda x: where(abs_(x) < 3, Fraction(1, 6), 0),
    antiderivative=lambda x: where(abs_(x) < 3, (x + 3) ** 2 / 12, maximum(x, 0)),
    range=Interval(0, 1),
    limits={-inf: 0, inf: 1},
    kinks=lambda x: (Kink(-3, Interval(0, Fraction(1, 6))), Kink(3, Interval(0, Fraction(1, 6)))),
    values={0: Fraction(1, 2)},
    stable={"1-": lambda x: hardsigmoid(-x)},
    engines={"jax": "jax.nn.hard_sigmoid", "torch": "torch.nn.functional.hardsigmoid"},
    source="Courbariaux, Bengio, David 2015; Howard et al. 2019",
)

hardswish: Function = function(
    "hardswish",
    "x times the hard sigmoid",
    aliases=("hard_swish", "hardsilu"),
    definition=lambda x: x * hardsigmoid(x),
    derivative=lambda x: cases([(x <= -3, 0), (x < 3, x / 3 + Fraction(1, 2))], 1),
    antiderivative=lambda x: cases([(x <= -3, 0), (x < 3, x**3 / 18 + x**2 / 4 - Fraction(3, 4))], (x**2 - 3) / 2),
    range=Interval(Fraction(-3, 8), inf, "[)"),
    limits={-inf: 0, inf: inf},
    kinks=lambda x: (Kink(-3, Interval(-Fraction(1, 2), 0)), Kink(3, Interval(1, Fraction(3, 2)))),
    values={0: 0},
    engines={"jax": "jax.nn.hard_swish", "torch": "torch.nn.functional.hardswish"},
    source="Howard et al. 2019",
)

relu6: Function = function(
    "relu6",
    "ReLU cut off at 6",
    aliases=("ReLU6",),
    symbols={"unicode": "ReLU6", "latex": r"\operatorname{ReLU6}", "typst": 'op("ReLU6")'},
    definition=lambda x: clip(x, 0, 6),
    derivative=lambda x: _inside(0, x, 6),
    antiderivative=lambda x: cases([(x <= 0, 0), (x < 6, x**2 / 2)], 6 * x - 18),
    range=Interval(0, 6),
    limits={-inf: 0, inf: 6},
    kinks=lambda x: (Kink(0, Interval(0, 1)), Kink(6, Interval(0, 1))),
    values={0: 0},
    engines={"jax": "jax.nn.relu6", "torch": "torch.nn.functional.relu6"},
    source="Krizhevsky 2010",
)

tanhshrink: Function = function(
    "tanhshrink",
    "x - tanh(x)",
    definition=lambda x: x - tanh(x),
    derivative=lambda x: tanh(x) ** 2,
    range=REALS,
    limits={-inf: -inf, inf: inf},
    values={0: 0},
    parity="odd",
    monotone="increasing",
    engines={"torch": "torch.nn.functional.tanhshrink"},
    source="PyTorch",
)

softshrink: Function = function(
    "softshrink",
    "soft thresholding: x moved towards 0 by lam, and 0 in between",
    arguments="x, lam",
    defaults={"lam": Fraction(1, 2)},
    aliases=("soft_threshold",),
    definition=lambda x, lam: cases([(x > lam, x - lam), (x < -lam, x + lam)], 0),
    derivative=(
        lambda x, lam: where(abs_(x) > lam, 1, 0),
        lambda x, lam: cases([(x > lam, -1), (x < -lam, 1)], 0),
    ),
    antiderivative=lambda x, lam: maximum(abs_(x) - lam, 0) ** 2 / 2,
    domain=(REALS, POSITIVE),
    range=REALS,
    limits={-inf: -inf, inf: inf},
    kinks=lambda x, lam: (Kink(-lam, Interval(0, 1), Interval(0, 1)), Kink(lam, Interval(0, 1), Interval(-1, 0))),
    engines={"torch": "torch.nn.functional.softshrink"},
    source="the proximal operator of lam·|x|: Donoho, Johnstone 1994",
)

hardshrink: Function = function(
    "hardshrink",
    "hard thresholding: 0 where |x| is at most lam, else x",
    arguments="x, lam",
    defaults={"lam": Fraction(1, 2)},
    aliases=("hard_threshold",),
    definition=lambda x, lam: where(abs_(x) > lam, x, 0),
    derivative=(lambda x, lam: where(abs_(x) > lam, 1, 0), lambda x, lam: 0 * x),
    antiderivative=lambda x, lam: where(abs_(x) > lam, (x**2 - lam**2) / 2, 0),
    domain=(REALS, POSITIVE),
    range=REALS,
    limits={-inf: -inf, inf: inf},
    kinks=lambda x, lam: (Kink(-lam, kind="jump"), Kink(lam, kind="jump")),
    engines={"torch": "torch.nn.functional.hardshrink"},
    source="Donoho, Johnstone 1994",
)
