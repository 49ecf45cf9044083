"""Names that are no nodes of their own: each builds sums, products and contractions from its operands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from wrt.errors import ShapeError, WrtError
from wrt.expr import build
from wrt.expr.node import INFINITY, Constant, Expr
from wrt.functions.matrices import inv
from wrt.functions.piecewise import abs_
from wrt.functions.reductions import max_


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Word:
    """A name that builds an expression of other nodes; its definition and derivative are written in wrt's own language.

    In a derivative, dx stands for the differential of x where the result is no plain product with it.
    """

    name: str
    meaning: str
    arguments: tuple[str, ...]
    build: Callable[..., Expr]
    definition: str
    derivative: str
    aliases: tuple[str, ...] = ()
    source: str = ""

    def __repr__(self) -> str:
        return self.name

    def __call__(self, *operands: Any, **named: Any) -> Expr:
        """The expression for these operands."""
        return self.build(*operands, **named)

    @property
    def signature(self) -> str:
        """The arguments as they are written."""
        return ", ".join(self.arguments)


def norm(x: object, p: object = 2, axis: Any = None, keepdims: bool = False) -> Expr:
    """The p-norm over axes; of a matrix without an axis, the Frobenius norm."""
    x, p = build.as_expr(x), build.as_expr(p)
    order = p.value if isinstance(p, Constant) else None
    if x.ndim > 1 and axis is None and order != 2:
        raise ShapeError("the norm of a matrix has no order here", hint="norm(X) is the Frobenius norm")
    if p is INFINITY:
        return max_(abs_(x), axis=axis, keepdims=keepdims)
    if order == 1:
        return build.total(abs_(x), axis, keepdims)
    if order == 2:
        return build.power(build.total(build.power(x, 2), axis, keepdims), Fraction(1, 2))
    return build.power(build.total(build.power(abs_(x), p), axis, keepdims), build.power(p, -1))


def var(x: object, axis: Any = None, keepdims: bool = False) -> Expr:
    """The mean squared deviation from the mean, over axes."""
    x = build.as_expr(x)
    deviation = build.sub(x, build.mean(x, axis, True)) if x.shape else build.sub(x, x)
    return build.mean(build.power(deviation, 2), axis, keepdims)


def std(x: object, axis: Any = None, keepdims: bool = False) -> Expr:
    """The square root of the variance, over axes."""
    return build.power(var(x, axis, keepdims), Fraction(1, 2))


def solve(matrix: object, right: object) -> Expr:
    """The solution x of A x = b."""
    return build.matmul(inv(matrix), right)


def diff(operand: object, variable: Expr | None = None, order: object = 1) -> Expr:
    """The derivative, unevaluated; of one operand, the differences of a vector's neighbours."""
    operand = build.as_expr(operand)
    if variable is None:
        if operand.ndim != 1:
            raise ShapeError("diff of one argument needs a vector", hint="the derivative is diff(f, x)")
        return build.sub(build.getitem(operand, slice(1, None)), build.getitem(operand, slice(None, -1)))
    times = build.as_expr(order)
    if not isinstance(times, Constant) or not isinstance(times.value, int) or times.value < 0:
        raise WrtError("the order of a derivative is a whole number, 0 or more")
    return build.derivative(operand, variable, times.value)


def _reshape(x: object, *sizes: object) -> Expr:
    shape = sizes[0] if len(sizes) == 1 and isinstance(sizes[0], tuple) else sizes
    return build.reshape(x, tuple(map(build.as_dimension, shape)))


_AXES = ("x", "axis=None", "keepdims=False")

ALL: Final = (
    Word("sum", "the sum of the entries", _AXES, build.total, "einsum('i->', x)", "ones(n)"),
    Word("mean", "the mean of the entries", _AXES, build.mean, "sum(x)/n", "ones(n)/n"),
    Word("var", "the mean squared deviation", _AXES, var, "mean((x - mean(x))**2)", "2*(x - mean(x))/n"),
    Word("std", "the standard deviation", _AXES, std, "sqrt(var(x))", "(x - mean(x))/(n*std(x))"),
    Word(
        "norm",
        "the p-norm; of a matrix the Frobenius norm",
        ("x", "p=2", "axis=None", "keepdims=False"),
        norm,
        "sum(abs(x)**p)**(1/p)",
        "x/norm(x)",
        source="Magnus, Neudecker 2019",
    ),
    Word("cumsum", "the sums of the first entries", ("x", "axis=None"), build.cumsum, "sum_{j <= i} x_j", "cumsum(dx)"),
    Word("dot", "the inner product", ("x", "y"), build.dot, "x @ y", "dx @ y + x @ dy"),
    Word("matmul", "the matrix product", ("A", "B"), build.matmul, "A @ B", "dA @ B + A @ dB"),
    Word(
        "outer",
        "all products of entries",
        ("x", "y"),
        build.outer,
        "einsum('i,j->ij', x, y)",
        "outer(dx, y) + outer(x, dy)",
    ),
    Word("kron", "the Kronecker product", ("A", "B"), build.kron, "blocks A[i, j]*B", "kron(dA, B) + kron(A, dB)"),
    Word(
        "einsum",
        "a sum of products by indices",
        ("subscripts", "*operands"),
        build.einsum,
        "Einstein's notation",
        "the sum over operands, each replaced by its differential",
    ),
    Word("tr", "the trace", ("A",), build.trace, "sum(diag(A))", "eye(n)", ("trace",), "Matrix Cookbook, § 2.5"),
    Word(
        "diag", "a vector as a diagonal matrix, or the diagonal of a matrix", ("x",), build.diag, "x*eye(n)", "diag(dx)"
    ),
    Word("transpose", "the transpose", ("A",), build.transpose, "A.T", "dA.T"),
    Word(
        "solve",
        "the solution x of A x = b",
        ("A", "b"),
        solve,
        "inv(A) @ b",
        "inv(A) @ (db - dA @ x) with x = solve(A, b)",
    ),
    Word("eye", "the identity matrix", ("n",), build.eye, "1 where i = j", "0"),
    Word("ones", "ones", ("*shape",), build.ones, "1 everywhere", "0"),
    Word("zeros", "zeros", ("*shape",), build.zeros, "0 everywhere", "0"),
    Word(
        "reshape",
        "the entries in row-major order in another shape",
        ("x", "*shape"),
        _reshape,
        "NumPy's reshape",
        "reshape(dx, *shape)",
    ),
    Word(
        "where",
        "x where the condition holds, else y",
        ("condition", "x", "y"),
        build.where,
        "piecewise",
        "where(condition, dx, dy)",
    ),
    Word(
        "integrate",
        "the definite integral, unevaluated",
        ("f", "t", "lower", "upper"),
        build.integral,
        "the integral of f over t from lower to upper",
        "f(upper)*d(upper) - f(lower)*d(lower) + integrate(df, t, lower, upper)",
        source="Leibniz's rule; DLMF 1.5.22",
    ),
    Word(
        "diff",
        "the derivative, unevaluated",
        ("f", "x", "order=1"),
        diff,
        "the derivative of f with respect to x",
        "diff(df, x, order)",
    ),
)
