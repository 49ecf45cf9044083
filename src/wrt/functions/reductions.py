"""Functions along axes: max, min, prod and logsumexp take axes away, softmax and its logarithm keep them."""

from __future__ import annotations

from math import inf

from wrt.expr.build import compare, contract, identity, sub, total, where
from wrt.expr.function import Function, Interval
from wrt.expr.node import Expr
from wrt.functions.declare import function
from wrt.functions.exponential import exp, log
from wrt.functions.piecewise import maximum, minimum

Axes = tuple[int, ...]


def _spread(weights: Expr, axes: Axes) -> Expr:
    """The derivative of a reduction that moves with each entry by these weights: 0 for entries it does not run over."""
    indices = tuple(range(weights.ndim))
    kept = tuple(index for index in indices if index not in axes)
    return contract([weights], [indices], kept + indices, weights.shape)


def _repeated(value: Expr, x: Expr, axes: Axes) -> Expr:
    """A reduced value, repeated along the axes that it was reduced over."""
    indices = tuple(range(x.ndim))
    kept = tuple(index for index in indices if index not in axes)
    return contract([value], [kept], indices, x.shape) if kept else value


# max x = xₖ moves with the largest entry; where m are equal, the subgradient of least norm gives each of them 1/m.
def _extreme(reduction: Function, x: Expr, axes: Axes) -> Expr:
    taken = where(compare("==", x, _repeated(reduction(x, axis=axes), x, axes)), 1, 0)
    return _spread(taken * _repeated(1 / total(taken, axes), x, axes), axes)


def _along(p: Expr, axes: Axes) -> tuple[Axes, Axes, tuple[Expr, ...]]:
    """Indices of the result and of the operand, which differ along the axes, and the sizes of all."""
    indices = tuple(range(p.ndim))
    fresh = {axis: p.ndim + place for place, axis in enumerate(axes)}
    others = tuple(fresh.get(index, index) for index in indices)
    return indices, others, (*p.shape, *(p.shape[axis] for axis in axes))


# dp = p ∘ (dz − Σ p dz), that is ∂pᵢ/∂zⱼ = pᵢ(δᵢⱼ − pⱼ).
def _softmax_jacobian(x: Expr, axes: Axes) -> Expr:
    p = softmax(x, axis=axes)
    indices, others, sizes = _along(p, axes)
    diagonal = contract([p], [indices], indices + indices, p.shape)
    return sub(diagonal, contract([p, p], [indices, others], indices + others, sizes))


# log p = z − logsumexp(z), that is ∂ log pᵢ/∂zⱼ = δᵢⱼ − pⱼ.
def _log_softmax_jacobian(x: Expr, axes: Axes) -> Expr:
    p = softmax(x, axis=axes)
    indices, others, sizes = _along(p, axes)
    return sub(identity(p.shape), contract([p], [others], indices + others, sizes))


max_: Function = function(
    "max",
    "the largest entry",
    kind="reduction",
    aliases=("amax",),
    symbols={"unicode": "max", "latex": r"\max", "typst": "max"},
    derivative=lambda x, axes: _extreme(max_, x, axes),
    more=lambda *operands: maximum(*operands),
    engines={"numpy": "numpy.max", "jax": "jax.numpy.max", "torch": "torch.amax"},
    source="subdifferential: Rockafellar 1970, § 23",
)

min_: Function = function(
    "min",
    "the smallest entry",
    kind="reduction",
    aliases=("amin",),
    symbols={"unicode": "min", "latex": r"\min", "typst": "min"},
    derivative=lambda x, axes: _extreme(min_, x, axes),
    more=lambda *operands: minimum(*operands),
    engines={"numpy": "numpy.min", "jax": "jax.numpy.min", "torch": "torch.amin"},
    source="subdifferential: Clarke 1983, § 2.3",
)

prod: Function = function(
    "prod",
    "the product of the entries",
    kind="reduction",
    symbols={"unicode": "∏", "latex": r"\prod", "typst": "product"},
    derivative=lambda x, axes: _spread(_repeated(prod(x, axis=axes), x, axes) / x, axes),
    engines={"numpy": "numpy.prod", "jax": "jax.numpy.prod", "torch": "torch.prod"},
    source="the product rule",
)

logsumexp: Function = function(
    "logsumexp",
    "log(Σ exp(xᵢ)), without overflow",
    kind="reduction",
    definition=lambda x, axes: log(total(exp(x), axes)),
    derivative=lambda x, axes: _spread(softmax(x, axis=axes), axes),
    stable={"exp": lambda x, axes: total(exp(x), axes)},
    engines={
        "numpy": "scipy.special.logsumexp",
        "jax": "jax.nn.logsumexp",
        "torch": "torch.logsumexp",
    },
    source="Blanchard, Higham, Higham 2021",
)

softmax: Function = function(
    "softmax",
    "probabilities proportional to exp(xᵢ)",
    kind="axiswise",
    symbols={"unicode": "softmax", "latex": r"\operatorname{softmax}", "typst": 'op("softmax")'},
    definition=lambda x, axes: exp(x) * _repeated(1 / total(exp(x), axes), x, axes),
    derivative=_softmax_jacobian,
    range=Interval(0, 1, "(]"),
    stable={"log": lambda x, axes: log_softmax(x, axis=axes)},
    engines={"numpy": "scipy.special.softmax", "jax": "jax.nn.softmax", "torch": "torch.softmax"},
    source="Bridle 1990",
)

log_softmax: Function = function(
    "log_softmax",
    "the logarithm of softmax",
    kind="axiswise",
    aliases=("logsoftmax",),
    symbols={"unicode": "log softmax", "latex": r"\log\operatorname{softmax}", "typst": 'log op("softmax")'},
    definition=lambda x, axes: x - _repeated(logsumexp(x, axis=axes), x, axes),
    derivative=_log_softmax_jacobian,
    range=Interval(-inf, 0, "(]"),
    stable={"exp": lambda x, axes: softmax(x, axis=axes)},
    engines={
        "numpy": "scipy.special.log_softmax",
        "jax": "jax.nn.log_softmax",
        "torch": "torch.log_softmax",
    },
    source="Bridle 1990",
)
