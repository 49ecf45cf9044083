"""Reverse mode as plain autodiff does it: for each operation, what its adjoint gives to those of its operands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from wrt.doctor.lower import lowered
from wrt.doctor.program import Builder, Op, constant, in_order
from wrt.engines.guard import guarded
from wrt.expr.build import PI, cases, compare
from wrt.expr.function import Formula, Function
from wrt.expr.node import Cases, Expr, Symbol
from wrt.expr.walk import rebuild
from wrt.functions.exponential import exp, log, log1p
from wrt.functions.matrices import inv
from wrt.functions.normal import normlogcdf
from wrt.functions.powers import sqrt
from wrt.functions.reductions import softmax

Pull = Callable[[Builder, Op, Op], Sequence[Op | None]]


def gradient(b: Builder, root: Op, variable: Op) -> Op:
    """The adjoint of a variable for a root that is a scalar: one run in reverse."""
    order = in_order([root])
    moving = {variable}
    for op in order:
        if any(arg in moving for arg in op.args):
            moving.add(op)
    before = b.origin, b.backward
    b.backward = True
    adjoints: dict[Op, Op] = {root: b.number(1)}
    for op in reversed(order):
        if op not in adjoints or op not in moving or op is variable:
            continue
        b.origin = op.origin
        adjoint = b.broadcast(adjoints[op], op.shape)
        if op.kind not in PULLS:
            continue
        for arg, given in zip(op.args, PULLS[op.kind](b, op, adjoint), strict=True):
            if given is not None and arg in moving:
                b.origin = arg.origin  # what meets here is the adjoint of that operand
                known = adjoints.get(arg)
                adjoints[arg] = given if known is None else b.entrywise("add", (known, given))
    found = adjoints.get(variable)
    found = b.number(0) if found is None else found
    found = b.broadcast(found, variable.shape)
    b.origin, b.backward = before
    return found


def _mul(b: Builder, op: Op, g: Op) -> list[Op]:
    left, right = op.args
    return [b.entrywise("mul", (g, right)), b.entrywise("mul", (g, left))]


# d(a/b) = da/b − a·db/b².
def _div(b: Builder, op: Op, g: Op) -> list[Op]:
    top, bottom = op.args
    square = b.entrywise("mul", (bottom, bottom))
    below = b.entrywise("div", (b.entrywise("mul", (b.entrywise("neg", (g,)), top)), square))
    return [b.entrywise("div", (g, bottom)), below]


# d(xⁿ) = n·xⁿ⁻¹ dx; an exponent that moves gives log(x)·xⁿ dn, 0 at x = 0 as libraries have it.
def _pow(b: Builder, op: Op, g: Op) -> list[Op | None]:
    base, exponent = op.args
    slope = _power_slope(b, base, exponent)
    by_base = b.entrywise("mul", (g, slope))
    if constant(exponent) is not None:
        return [by_base, None]
    at_zero = b.entrywise("compare", (base, b.number(0)), "==")
    logarithm = b.entrywise("call", (b.entrywise("where", (at_zero, b.number(1), base)),), log)
    return [by_base, b.entrywise("mul", (g, b.entrywise("mul", (logarithm, op))))]


def _power_slope(b: Builder, base: Op, exponent: Op) -> Op:
    value = constant(exponent)
    if value is None:
        less = b.entrywise("sub", (exponent, b.number(1)))
        return b.entrywise("mul", (exponent, b.entrywise("pow", (base, less))))
    if value in (0, 1):
        return b.number(value)
    lower = base if value == 2 else b.entrywise("pow", (base, b.number(_whole(value - 1))))
    return b.entrywise("mul", (b.number(value), lower))


def _whole(value: Fraction | int) -> Fraction | int:
    return int(value) if value == int(value) else value


def _call(b: Builder, op: Op, g: Op) -> list[Op | None]:
    """The derivatives that stand in the table, computed as they are written."""
    function = op.params
    names = tuple(Symbol.intern(f" {place}", (), frozenset()) for place in range(len(op.args)))
    found: list[Op | None] = []
    for place in range(len(op.args)):
        if not function.derivative:
            raise AssertionError(f"{function.name} has no derivative in the table")
        slope = _slope(function, place, names)
        if slope is None:
            found.append(None)
            continue
        partial = lowered(b, slope, dict(zip(names, op.args, strict=True)), {})
        found.append(b.entrywise("mul", (g, b.broadcast(partial, op.shape))))
    return found


def _slope(function: Function, place: int, names: Sequence[Symbol]) -> Expr | None:
    """A derivative of the table, or as libraries have it; its own branches are safe."""
    derivative = LIBRARIES.get(function.name, function.derivative)[place]
    if derivative is None:
        return None
    return rebuild(derivative(*names), lambda node: guarded(node) if isinstance(node, Cases) else node)


def _shared(sign: str) -> Formula:
    """The slope of an extreme: where both arguments are equal, each has one half."""
    return lambda x, y: cases([(compare("==", x, y), Fraction(1, 2)), (compare(sign, x, y), 1)], 0)


# Derivatives that JAX and PyTorch do not compute as the table writes them.
LIBRARIES: Final[Mapping[str, tuple[Formula, ...]]] = {
    "maximum": (_shared(">"), _shared("<")),
    "minimum": (_shared("<"), _shared(">")),
    "xlogy": (lambda x, y: log(y), lambda x, y: x / y),
    "xlog1py": (lambda x, y: log1p(y), lambda x, y: x / (1 + y)),
    "normlogcdf": (lambda x: exp(-(x**2) / 2 - normlogcdf(x)) / sqrt(2 * PI),),
}


def _where(b: Builder, op: Op, g: Op) -> list[Op | None]:
    condition, nothing = op.args[0], b.broadcast(b.number(0), op.shape)
    return [None, b.entrywise("where", (condition, g, nothing)), b.entrywise("where", (condition, nothing, g))]


def _put_back(b: Builder, op: Op, g: Op) -> list[Op]:
    (arg,) = op.args
    return [b.make("put", (g,), op.params, arg.shape)]


def _einsum(b: Builder, op: Op, g: Op) -> list[Op]:
    subscripts, out, sizes = op.params
    found = []
    for place in range(len(op.args)):
        operands = [g, *op.args[:place], *op.args[place + 1 :]]
        theirs = [out, *subscripts[:place], *subscripts[place + 1 :]]
        found.append(b.einsum(operands, theirs, subscripts[place], sizes))
    return found


def _axes(b: Builder, op: Op, g: Op) -> list[Op]:
    function, axes = op.params
    return [ALONG[function.name](b, op, g, axes)]


def _kept(op: Op, axes: Sequence[int]) -> tuple[int, ...]:
    return tuple(1 if axis in axes else size for axis, size in enumerate(op.shape))


def _back(b: Builder, value: Op, like: Op, axes: Sequence[int]) -> Op:
    """A reduced value beside the entries that it was reduced from."""
    return b.broadcast(b.reshape(value, _kept(like, axes)), like.shape)


def _summed(b: Builder, value: Op, axes: Sequence[int]) -> Op:
    """Sums along axes, repeated."""
    return b.broadcast(b.sum_to(value, _kept(value, axes)), value.shape)


def _softmax_of(b: Builder, x: Op, axes: tuple[int, ...]) -> Op:
    return b.make("axes", (x,), (softmax, axes), x.shape)


def _extreme(b: Builder, op: Op, g: Op, axes: tuple[int, ...]) -> Op:
    (x,) = op.args
    at_it = b.entrywise("compare", (x, _back(b, op, x, axes)), "==")
    taken = b.entrywise("where", (at_it, b.number(1), b.number(0)))
    share = b.entrywise("div", (_back(b, g, x, axes), _summed(b, taken, axes)))
    return b.entrywise("mul", (taken, share))


def _softmax(b: Builder, op: Op, g: Op, axes: tuple[int, ...]) -> Op:
    mean = _summed(b, b.entrywise("mul", (op, g)), axes)
    return b.entrywise("mul", (op, b.entrywise("sub", (g, mean))))


def _log_softmax(b: Builder, op: Op, g: Op, axes: tuple[int, ...]) -> Op:
    p = _softmax_of(b, op.args[0], axes)
    return b.entrywise("sub", (g, b.entrywise("mul", (p, _summed(b, g, axes)))))


def _logsumexp(b: Builder, op: Op, g: Op, axes: tuple[int, ...]) -> Op:
    (x,) = op.args
    return b.entrywise("mul", (_back(b, g, x, axes), _softmax_of(b, x, axes)))


ALONG: Final[Mapping[str, Callable[[Builder, Op, Op, tuple[int, ...]], Op]]] = {
    "max": _extreme,
    "min": _extreme,
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "logsumexp": _logsumexp,
}


# d inv(A) = −V dA V; d det(A) = det(A)·tr(V dA); d log|det A| = tr(V dA), with V the inverse.
def _matrix(b: Builder, op: Op, g: Op) -> list[Op]:
    (a,) = op.args
    (n, _) = a.shape
    name = op.params.name
    inverse = op if name == "inv" else b.make("matrix", (a,), inv, a.shape)
    if name == "inv":
        product = b.einsum((inverse, g, inverse), ((0, 1), (0, 2), (3, 2)), (1, 3), (n, n, n, n))
        return [b.entrywise("neg", (product,))]
    flipped = b.einsum((inverse,), ((0, 1),), (1, 0), (n, n))
    weight = b.entrywise("mul", (g, op)) if name == "det" else g
    return [b.entrywise("mul", (b.broadcast(weight, a.shape), flipped))]


PULLS: Final[Mapping[str, Pull]] = {
    "add": lambda b, op, g: (g, g),
    "sub": lambda b, op, g: (g, b.entrywise("neg", (g,))),
    "neg": lambda b, op, g: (b.entrywise("neg", (g,)),),
    "mul": _mul,
    "div": _div,
    "pow": _pow,
    "call": _call,
    "where": _where,
    "broadcast": lambda b, op, g: (b.sum_to(g, op.args[0].shape),),
    "sum_to": lambda b, op, g: (b.broadcast(g, op.args[0].shape),),
    "reshape": lambda b, op, g: (b.reshape(g, op.args[0].shape),),
    "take": _put_back,
    "put": lambda b, op, g: (b.take(g, op.params, op.args[0].shape),),
    "einsum": _einsum,
    "axes": _axes,
    "matrix": _matrix,
}
