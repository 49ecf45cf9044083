"""Random expressions: symbols of many shapes and facts, and a table of all that can be done to them, in any order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from wrt import functions
from wrt.errors import WrtError
from wrt.expr import build
from wrt.expr.build import symbol
from wrt.expr.function import Function, Interval
from wrt.expr.node import INFINITY, ONE, Constant, Expr, Integral
from wrt.expr.shape import count
from wrt.expr.walk import nodes, substitute
from wrt.read import read

Operands: TypeAlias = Callable[[], Expr]
Choice: TypeAlias = Callable[[Sequence[Any]], Any]
Operation: TypeAlias = Callable[[Operands, Choice], Expr]

N, M, K = (symbol(name, (), ["dimension"]) for name in "nmk")
TWO = build.number(2)

SCALARS = [symbol("x"), symbol("y"), symbol("t", (), ["positive"]), symbol("q", (), ["negative"])]
VECTORS = [symbol("u", (N,)), symbol("v", (N,)), symbol("w", (N,), ["positive"]), symbol("s", (M,))]
KNOWN = {"S": "symmetric", "W": "positive definite", "Z": "antisymmetric", "D": "diagonal", "Q": "orthogonal"}
SQUARE = [symbol("A", (N, N)), symbol("B", (N, N)), *(read(name, {name: f"n n, {KNOWN[name]}"}).node for name in KNOWN)]
MATRICES = [*SQUARE, symbol("X", (N, M)), symbol("Y", (M, N))]
NARROW = [symbol("r", (ONE, M)), symbol("c", (N, ONE)), symbol("o", (ONE,)), symbol("P", (N, TWO)), symbol("z", (TWO,))]
STACKS = [symbol("T", (K, N, M)), symbol("R", (K, M, N)), symbol("H", (N, N, N)), symbol("J", (K, ONE, M))]
SYMBOLS = [*SCALARS, *VECTORS, *MATRICES, *NARROW, *STACKS]
NUMBERS = [build.number(Fraction(*pair)) for pair in [(1, 1), (2, 1), (-1, 1), (1, 2), (-3, 2), (1, 10), (3, 1)]]
CONSTANTS = [*NUMBERS, N, M, build.PI, build.E, build.EULER_GAMMA]

MOST_AXES = 4
MOST_ENTRIES = 125  # of an expression, at these dimensions:
SMALL = {N: build.number(5), M: build.number(4), K: build.number(3)}
TRIES = 4  # for each operation that is wanted
INNER = symbol("h")  # what integrals run over
YES_OR_NO = (False, True)
AXES = (None, 0, -1, 1, (0, 1), (0, 2))
EXPONENTS = (2, 3, -1, -2, Fraction(1, 2), Fraction(-1, 2), Fraction(3, 2))
COMPARISONS = (">", "<", ">=", "<=", "==", "!=")
ELEMENTWISE = [each for each in functions.TABLE.values() if each.kind == "elementwise"]
REDUCTIONS = [each for each in functions.TABLE.values() if each.kind == "reduction"]
AXISWISE = [each for each in functions.TABLE.values() if each.kind == "axiswise"]
ITEMS = (0, -1, slice(1, None), slice(None, -1), slice(1, -1), slice(None, None, -1), slice(None, 2), (0, 0), N - 1)
EINSUMS = (
    *(("i->", "i->ii", "ii->", "ii->i", "ij->ji", "ij->i", "iij->j", "iij->ij", "ijk->kj", "iii->i", "iji->ij")),
    *("i,i->", "i,j->", "i,j->ij", "i,i->ii", "ij,i->ij", "ij,i->", "ii,i->i", "ij,jj->i", "ij,jk->ik", "ij,kj->ik"),
    *("ij,ij->i", "ij,ij->j", "ij,ji->", "ij,jk->", "ij,kl->ikjl", "ij,ik->ijk", "bij,bjk->bik", "bij,j->bi"),
    *("bij,bij->b", "bij,bij->ij", "ijk,i->jk", "iij,i->j", "bij,bkj->ik"),
    *("i,ij,j->", "i,i,i->i", "i,i,ij->j", "i,j,ij->ij", "ij,jk,kl->il", "ij,jk,ki->", "ij,jj,jk->ik", "bij,i,j->b"),
)


def inside(function: Function, place: int, operand: Expr) -> Expr:
    """An operand brought into the domain of an argument."""
    interval = function.domain[place].intervals[-1]
    if not isinstance(interval, Interval) or function.derivative[place] is None:
        return operand
    below, above = interval.lower is -INFINITY, interval.upper is INFINITY
    if below and above:
        return operand
    if above:
        return interval.lower + functions.softplus(operand)
    return interval.lower + (interval.upper - interval.lower) * functions.sigmoid(operand)


def called(function: Function, a: Operands, one: Choice) -> Expr:
    """A function of the table; arguments which it is not differentiated by are numbers."""
    least, most = function.arity
    narrowed = one(YES_OR_NO)
    args = []
    for place in range(one((least, most)) if least < most else least):
        if place < len(function.derivative) and function.derivative[place] is None:
            args.append(one((build.number(1), build.number(2))))
        else:
            args.append(inside(function, place, a()) if narrowed else a())
    return function(*args)


def condition(a: Operands, one: Choice) -> Expr:
    """A comparison, or two of them joined."""
    first = build.compare(one(COMPARISONS), a(), a())
    joint = one((None, "and", "or", "not"))
    if joint is None:
        return first
    return build.logic(joint, first, *([] if joint == "not" else [build.compare(one(COMPARISONS), a(), a())]))


def reshaped(operand: Expr, one: Choice) -> Expr:
    """The entries in the shape of a vector, or of a matrix."""
    whole = count(operand.shape)
    shapes = [(whole,), (ONE, whole), (whole, ONE), tuple(reversed(operand.shape))]
    return build.reshape(operand, one(shapes))


def integrated(first: Expr, second: Expr, limit: Expr) -> Expr:
    """A definite integral; of one inside another, evaluation takes too long."""
    if any(isinstance(each, Integral) for each in nodes(first, second, limit)):
        raise WrtError("an integral inside an integral")
    return build.integral(functions.exp(-(INNER**2)) * first + functions.sin(INNER * second), INNER, 0, limit)


OPERATIONS: Mapping[str, Operation] = {
    "sum": lambda a, one: a() + a(),
    "difference": lambda a, one: a() - a(),
    "product": lambda a, one: a() * a(),
    "quotient": lambda a, one: a() / a(),
    "negative": lambda a, one: -a(),
    "power": lambda a, one: build.power(a(), one(EXPONENTS)),
    "general power": lambda a, one: build.power(functions.exp(a()) if one(YES_OR_NO) else a(), a()),
    "matrix product": lambda a, one: a() @ a(),
    "product with a transpose": lambda a, one: a().T @ a(),
    "transpose": lambda a, one: a().T,
    "einsum": lambda a, one: (lambda text: build.einsum(text, *(a() for _ in text.split(","))))(one(EINSUMS)),
    "outer product": lambda a, one: build.outer(a(), a()),
    "Kronecker product": lambda a, one: build.kron(a(), a()),
    "diagonal": lambda a, one: build.diag(a()),
    "trace": lambda a, one: build.trace(a()),
    "total": lambda a, one: build.total(a(), one(AXES), one(YES_OR_NO)),
    "mean": lambda a, one: build.mean(a(), one(AXES), one(YES_OR_NO)),
    "variance": lambda a, one: functions.var(a(), one(AXES), one(YES_OR_NO)),
    "norm": lambda a, one: functions.norm(a(), one((2, 1, 3, INFINITY)), one(AXES), one(YES_OR_NO)),
    "cumulative sum": lambda a, one: build.cumsum(a(), one((None, 0, 1, -1))),
    "differences": lambda a, one: functions.diff(a()),
    "item": lambda a, one: a()[one(ITEMS)],
    "items": lambda a, one: a()[one(ITEMS), one(ITEMS)],
    "reshape": lambda a, one: reshaped(a(), one),
    "broadcast": lambda a, one: build.broadcast_to(a(), a().shape),
    "identity": lambda a, one: a() + build.eye(one((N, M))),
    "ones": lambda a, one: a() * build.ones(one((N, ONE, K)), M),
    "function": lambda a, one: called(one(ELEMENTWISE), a, one),
    "usual function": lambda a, one: one([functions.exp, functions.sigmoid, functions.tanh, functions.abs])(a()),
    "reduction": lambda a, one: one(REDUCTIONS)(a(), axis=one(AXES), keepdims=one(YES_OR_NO)),
    "along an axis": lambda a, one: one(AXISWISE)(a(), axis=one((None, 0, 1))),
    "inverse": lambda a, one: functions.inv(a() + one((0, 2)) * build.eye(N)),
    "determinant": lambda a, one: one([functions.det, functions.logdet])(a()),
    "solve": lambda a, one: functions.solve(a(), a()),
    "pieces": lambda a, one: build.where(condition(a, one), a(), a()),
    "three pieces": lambda a, one: build.cases([(condition(a, one), a()), (condition(a, one), a())], a()),
    "integral": lambda a, one: integrated(a(), a(), a()),
    "derivative": lambda a, one: build.derivative(a(), one([*SCALARS, *VECTORS])),
}


# What sums of einsums are made of.
ALGEBRA = (
    *("sum", "sum", "sum", "difference", "difference", "product", "quotient", "negative", "matrix product"),
    *("matrix product", "matrix product", "product with a transpose", "product with a transpose", "transpose"),
    *(
        "einsum",
        "diagonal",
        "trace",
        "total",
        "identity",
        "inverse",
        "inverse",
        "determinant",
        "power",
        "outer product",
    ),
)
MATRIX_SYMBOLS = [*VECTORS, *MATRICES, *NARROW[:2], *SCALARS[:1]]


def entries(node: Expr) -> int:
    """How many entries an expression has at small dimensions."""
    whole = substitute(count(node.shape), SMALL)
    return int(whole.value) if isinstance(whole, Constant) else 0


@st.composite
def expressions(
    draw: st.DrawFn,
    symbols: Sequence[Expr] = SYMBOLS,
    operations: Collection[str] = tuple(OPERATIONS),
    most: int = 8,
    axes: int = MOST_AXES,
) -> Expr:
    """An expression of a few operations on symbols and numbers; operations that do not fit are skipped."""
    made: list[Expr] = []
    pool = [*symbols, *CONSTANTS]

    def one(choices: Sequence[Any]) -> Any:
        return draw(st.sampled_from(choices))

    def operand() -> Expr:
        return one(made[-2:]) if made and draw(st.integers(0, 4)) else one(pool)

    wanted = draw(st.integers(1, most))
    for _ in range(TRIES * wanted):
        try:
            result = OPERATIONS[one(tuple(operations))](operand, one)
        except WrtError:
            continue
        if result.ndim <= axes and not result.is_condition and result.free and entries(result) <= MOST_ENTRIES:
            made.append(result)
            if len(made) == wanted:
                break
    return made[-1] if made else one(pool)


def drawing(examples: int, *, same: bool) -> settings:
    """Settings of a test on so many random expressions, the same ones each time or others; machines differ in the time
    that one takes, which has no limit.
    """
    return settings(max_examples=examples, deadline=None, derandomize=same, suppress_health_check=list(HealthCheck))
