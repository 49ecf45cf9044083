"""The logistic family: σ, its inverse and its integrals."""

from __future__ import annotations

from fractions import Fraction
from math import inf

from wrt.expr.build import PI, ZERO, where
from wrt.expr.function import Cut, Function, Interval, Points
from wrt.functions import exponential
from wrt.functions.declare import NONNEGATIVE, POSITIVE, REALS, along, function

_ODD_MULTIPLES_OF_PI = Points(PI, 2 * PI)

sigmoid: Function = function(
    "sigmoid",
    "the logistic function",
    aliases=("expit", "logistic", "sigma", "σ"),
    symbols={"unicode": "σ", "latex": r"\sigma", "typst": "sigma"},
    definition=lambda x: 1 / (1 + exponential.exp(-x)),
    derivative=lambda x: sigmoid(x) * (1 - sigmoid(x)),
    antiderivative=lambda x: softplus(x),
    range=Interval.open(0, 1),
    limits={-inf: 0, inf: 1},
    values={0: Fraction(1, 2)},
    monotone="increasing",
    inverse="logit",
    stable={
        "log": lambda x: log_sigmoid(x),
        "1-": lambda x: sigmoid(-x),
        "log1-": lambda x: log_sigmoid(-x),
        "1/": lambda x: 1 + exponential.exp(-x),
    },
    engines={
        "numpy": "scipy.special.expit",
        "scalar": lambda x: where(x >= 0, 1 / (1 + exponential.exp(-x)), exponential.exp(x) / (1 + exponential.exp(x))),
        "jax": "jax.nn.sigmoid",
        "torch": "torch.sigmoid",
    },
    source="Verhulst 1845",
)

logit: Function = function(
    "logit",
    "the log-odds of a probability",
    definition=lambda x: exponential.log(x / (1 - x)),
    derivative=lambda x: 1 / (x * (1 - x)),
    antiderivative=lambda x: x * exponential.log(x) + (1 - x) * exponential.log(1 - x),
    domain=Interval.open(0, 1),
    range=REALS,
    limits={(0, "+"): -inf, (1, "-"): inf},
    values={Fraction(1, 2): 0},
    monotone="increasing",
    inverse="sigmoid",
    cuts=(along(Interval(-inf, 0, "(]")), along(Interval(1, inf, "[)"))),
    stable={"exp": lambda x: x / (1 - x)},
    engines={
        "numpy": "scipy.special.logit",
        "scalar": lambda x: exponential.log(x) - exponential.log1p(-x),
        "jax": "jax.scipy.special.logit",
        "torch": "torch.logit",
    },
    source="Berkson 1944",
)

softplus: Function = function(
    "softplus",
    "log(1 + exp(x)), a smooth ReLU",
    definition=lambda x: exponential.log(1 + exponential.exp(x)),
    derivative=lambda x: sigmoid(x),
    range=POSITIVE,
    limits={-inf: 0, inf: inf},
    evaluate=lambda x: exponential.log(2) if x is ZERO else None,
    monotone="increasing",
    cuts=(Cut(NONNEGATIVE, _ODD_MULTIPLES_OF_PI),),
    stable={"exp": lambda x: 1 + exponential.exp(x)},
    engines={
        "numpy": "numpy.logaddexp(0, {0})",
        "scalar": lambda x: where(
            x > 0, x + exponential.log1p(exponential.exp(-x)), exponential.log1p(exponential.exp(x))
        ),
        "jax": "jax.nn.softplus",
        "torch": "torch.nn.functional.softplus",
    },
    source="Dugas et al. 2001",
)

log_sigmoid: Function = function(
    "log_sigmoid",
    "the logarithm of the logistic function",
    aliases=("logsigmoid",),
    symbols={"unicode": "log σ", "latex": r"\log\sigma", "typst": "log sigma"},
    definition=lambda x: -softplus(-x),
    derivative=lambda x: sigmoid(-x),
    range=Interval.open(-inf, 0),
    limits={-inf: -inf, inf: 0},
    evaluate=lambda x: -exponential.log(2) if x is ZERO else None,
    monotone="increasing",
    cuts=(Cut(Interval(-inf, 0, "(]"), _ODD_MULTIPLES_OF_PI),),
    stable={"exp": lambda x: sigmoid(x)},
    engines={
        "numpy": "scipy.special.log_expit",
        "scalar": lambda x: -softplus(-x),
        "jax": "jax.nn.log_sigmoid",
        "torch": "torch.nn.functional.logsigmoid",
    },
    source="the cross-entropy of one label",
)
