"""The functions of the language: those of the table, and the words that build other nodes (sum, tr, integrate...)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from wrt.errors import ShapeError, WrtError
from wrt.expr import build
from wrt.expr.node import INFINITY, Constant, Expr

if TYPE_CHECKING:
    from wrt.expr.function import Function

_AXES = ("axis", "keepdims")
_OPTIONS = {"reduction": _AXES, "axiswise": ("axis",)}


@dataclass(frozen=True, slots=True)
class Word:
    """A function as text calls it: how its arguments are written, and what builds it."""

    name: str
    apply: Callable[..., Expr]
    arguments: tuple[str, ...] = ("x",)
    required: int = 1
    options: tuple[str, ...] = ()
    shaped: bool = True  # whether a call is evidence of shapes
    variadic: bool = False  # whether the last argument may be repeated
    sizes_after: int = -1  # how many arguments come before sizes, which may be given as one tuple
    takes_text: bool = False
    aliases: tuple[str, ...] = ()
    function: Function | None = None

    def check(self, count: int) -> None:
        """Raise WrtError for a wrong number of arguments."""
        if count < self.required or (count > len(self.arguments) and not self.variadic):
            raise WrtError(f"{self.name} takes {self.signature}; {count} argument{'s' * (count != 1)} given")

    @property
    def signature(self) -> str:
        """The arguments as they are written, with those in brackets that may be left out."""
        needed, more = self.arguments[: self.required], self.arguments[self.required :]
        return ", ".join(needed) + "".join(f"[, {name}]" for name in more)


def of_function(function: Function) -> Word:
    """The word for a function of the table."""
    elementwise = function.kind == "elementwise"
    options = function.arguments if elementwise else _OPTIONS.get(function.kind, ())
    return Word(function.name, function, options=options, shaped=not elementwise, function=function)


def _norm(x: Expr, p: Expr | None = None, axis: Any = None, keepdims: bool = False) -> Expr:
    from wrt import functions

    order = Constant.intern(2) if p is None else p
    if x.ndim > 1 and axis is None and p is not None:
        raise ShapeError("the norm of a matrix has no order here", hint="norm(X) is the Frobenius norm")
    if order is INFINITY:
        return functions.max(functions.abs(x), axis=axis, keepdims=keepdims)
    if isinstance(order, Constant) and order.value == 1:
        return build.total(functions.abs(x), axis, keepdims)
    if isinstance(order, Constant) and order.value == 2:
        return build.power(build.total(build.power(x, 2), axis, keepdims), Fraction(1, 2))
    return build.power(build.total(build.power(functions.abs(x), order), axis, keepdims), build.power(order, -1))


def _var(x: Expr, axis: Any = None, keepdims: bool = False) -> Expr:
    deviation = build.sub(x, build.mean(x, axis, True)) if x.shape else build.sub(x, x)
    return build.mean(build.power(deviation, 2), axis, keepdims)


def _std(x: Expr, axis: Any = None, keepdims: bool = False) -> Expr:
    return build.power(_var(x, axis, keepdims), Fraction(1, 2))


def _solve(matrix: Expr, right: Expr) -> Expr:
    from wrt import functions

    return build.matmul(functions.inv(matrix), right)


def _diff(operand: Expr, variable: Expr | None = None, order: Expr | None = None) -> Expr:
    if variable is None:
        if operand.ndim != 1:
            raise ShapeError("diff of one argument needs a vector", hint="the derivative is diff(f, x)")
        return build.sub(build.getitem(operand, slice(1, None)), build.getitem(operand, slice(None, -1)))
    times = 1
    if order is not None:
        if not isinstance(order, Constant) or not isinstance(order.value, int) or order.value < 0:
            raise WrtError("the order of a derivative is a whole number, 0 or more")
        times = order.value
    return build.derivative(operand, variable, times)


def _reshape(x: Expr, *sizes: Expr) -> Expr:
    return build.reshape(x, sizes)


BINDERS = {"integrate": "integrate(exp(-t), t, 0, x)", "diff": "diff(x**2, x)"}

_ALL = (
    Word("sum", build.total, options=_AXES),
    Word("mean", build.mean, options=_AXES),
    Word("var", _var, options=_AXES),
    Word("std", _std, options=_AXES),
    Word("norm", _norm, ("x", "p"), options=("p", *_AXES)),
    Word("cumsum", build.cumsum, options=("axis",)),
    Word("tr", build.trace, ("A",), aliases=("trace",)),
    Word("diag", build.diag),
    Word("transpose", build.transpose, ("A",)),
    Word("outer", build.outer, ("x", "y"), 2),
    Word("kron", build.kron, ("A", "B"), 2),
    Word("dot", build.dot, ("x", "y"), 2),
    Word("matmul", build.matmul, ("A", "B"), 2),
    Word("solve", _solve, ("A", "b"), 2),
    Word("einsum", build.einsum, ("subscripts", "A"), 2, variadic=True, takes_text=True),
    Word("eye", build.eye, ("n",), sizes_after=0),
    Word("ones", build.ones, ("n",), variadic=True, sizes_after=0),
    Word("zeros", build.zeros, ("n",), variadic=True, sizes_after=0),
    Word("reshape", _reshape, ("x", "n"), 2, variadic=True, sizes_after=1),
    Word("where", build.where, ("condition", "x", "y"), 3, shaped=False),
    Word("integrate", build.integral, ("f", "t", "lower", "upper"), 4, shaped=False),
    Word("diff", _diff, ("f", "x", "order"), shaped=False),
)
WORDS = {name: word for word in _ALL for name in (word.name, *word.aliases)}


def nearest(name: str) -> str | None:
    """The known function that a name was most likely meant to be."""
    from wrt import functions

    near = get_close_matches(name, WORDS, 1, 0.7)
    return near[0] if near else functions.nearest(name)


def lookup(name: str) -> Word | None:
    """The function that goes by this name."""
    from wrt import functions

    word = WORDS.get(name)
    if word is not None:
        return word
    function = functions.lookup(name)
    return None if function is None else of_function(function)
