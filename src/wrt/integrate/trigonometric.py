"""Integrals of trigonometric functions: products as sums, powers, and rational functions of sine and cosine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from wrt import functions
from wrt.expr.build import mul, neg, number, power, symbol
from wrt.expr.node import Call, Expr, Symbol
from wrt.expr.walk import nodes, rebuild, substitute
from wrt.integrate.linear import Line, line
from wrt.integrate.forms import integrand as integrand_form
from wrt.integrate.rule import Move, Problem, rule
from wrt.integrate.substitution import new_letter, substituted
from wrt.simplify import simplify

SINE, COSINE = symbol("the sine"), symbol("the cosine")
CIRCULAR: dict[str, Expr] = {
    "sin": SINE,
    "cos": COSINE,
    "tan": SINE / COSINE,
    "cot": COSINE / SINE,
    "sec": 1 / COSINE,
    "csc": 1 / SINE,
}
MOST_MULTIPLE = 8


class Circular(NamedTuple):
    """An integrand as a function of the sine and the cosine of an angle, a line in the variable."""

    node: Expr
    angle: Expr
    slope: Expr


def in_sine_and_cosine(problem: Problem) -> Circular | None:
    """The integrand in terms of the sine and cosine of one angle, of which all others are multiples."""
    x = problem.variable
    calls = [each for each in nodes(problem.integrand) if isinstance(each, Call) and each.function.name in CIRCULAR]
    arguments = list(dict.fromkeys(each.args[0] for each in calls if x in each.free))
    lines = [line(argument, x) for argument in arguments]
    if not lines or any(each is None for each in lines):
        return None
    base = _common(lines)  # type: ignore[arg-type]
    if base is None:
        return None
    angle = simplify(base.slope * x + base.intercept)

    def replaced(node: Expr) -> Expr:
        if not (isinstance(node, Call) and node.function.name in CIRCULAR and x in node.free):
            return node
        times = _times(line(node.args[0], x), base)  # type: ignore[arg-type]
        sine, cosine = _multiple(times)
        return substitute(CIRCULAR[node.function.name], {SINE: sine, COSINE: cosine})

    written = rebuild(problem.integrand, replaced)
    return None if x in written.free else Circular(written, angle, base.slope)


def _common(lines: list[Line]) -> Line | None:
    """The line of which all are whole multiples."""
    for divisor in (1, 2, 3, 4, 6):
        for each in lines:
            base = Line(each.slope / divisor, each.intercept / divisor)
            if all(0 < abs(_times(other, base)) <= MOST_MULTIPLE for other in lines):
                return base
    return None


def _times(one: Line, base: Line) -> int:
    """How many times a line is another; 0 if it is not a whole multiple."""
    ratio = simplify(one.slope / base.slope)
    value = getattr(ratio, "value", None)
    if not isinstance(value, int) or simplify(one.intercept - ratio * base.intercept) is not number(0):
        return 0
    return value


def _multiple(times: int) -> tuple[Expr, Expr]:
    """Sine and cosine of a multiple of the angle: (cos + i·sin)ⁿ."""
    sine, cosine = SINE, COSINE
    for _ in range(abs(times) - 1):
        sine, cosine = sine * COSINE + cosine * SINE, cosine * COSINE - sine * SINE
    return (sine if times > 0 else neg(sine)), cosine


# What u may be: by what sign changes the integrand, as a function of sine and cosine, keeps or changes its sign.
def _cosine(node: Expr, u: Symbol) -> Expr | None:
    """u = cos: for an integrand that is odd in the sine."""
    rest = simplify(node / SINE)
    return None if not _is_even(rest, SINE) else neg(substitute(rest, {SINE: power(1 - u**2, HALF), COSINE: u}))


def _sine(node: Expr, u: Symbol) -> Expr | None:
    """u = sin: for an integrand that is odd in the cosine."""
    rest = simplify(node / COSINE)
    return None if not _is_even(rest, COSINE) else substitute(rest, {COSINE: power(1 - u**2, HALF), SINE: u})


def _tangent(node: Expr, u: Symbol) -> Expr | None:
    """u = tan: for an integrand that keeps its sign if both change theirs."""
    if simplify(substitute(node, {SINE: -SINE, COSINE: -COSINE})) is not simplify(node):
        return None
    return substitute(simplify(substitute(node, {SINE: u * COSINE})), {COSINE: power(1 + u**2, -HALF)}) / (1 + u**2)


def _half_angle(node: Expr, u: Symbol) -> Expr | None:
    """u = tan of half the angle, for any integrand: the substitution of Weierstrass."""
    square = u**2
    return substitute(node, {SINE: 2 * u / (1 + square), COSINE: (1 - square) / (1 + square)}) * 2 / (1 + square)


def _is_even(node: Expr, letter: Symbol) -> bool:
    return simplify(substitute(node, {letter: -letter})) is simplify(node)


HALF = number(1) / 2


def _by(change: Callable[[Expr, Symbol], Expr | None], of: Callable[[Expr], Expr]) -> Callable[[Problem], Iterator[Move]]:
    def moves(problem: Problem) -> Iterator[Move]:
        found = in_sine_and_cosine(problem)
        if found is None:
            return
        part = of(found.angle)
        letter = new_letter(problem, part)
        integrand = change(simplify(found.node), letter)
        if integrand is not None and not {SINE, COSINE} & integrand.free:
            yield substituted(Problem(integrand_form(integrand / found.slope), letter), part)

    moves.__doc__ = change.__doc__
    return moves


BIOCHE = "Bioche's rules; Bronstein, Symbolic Integration I, sec. 5.10"
to_cosine = rule("substitution of the cosine", "∫ f(cos x)·sin x dx = −∫ f(u) du, u = cos x", source=BIOCHE, cost=2)(
    _by(_cosine, functions.cos)
)
to_sine = rule("substitution of the sine", "∫ f(sin x)·cos x dx = ∫ f(u) du, u = sin x", source=BIOCHE, cost=2)(
    _by(_sine, functions.sin)
)
to_tangent = rule("substitution of the tangent", "∫ f(tan x) dx = ∫ f(u)/(1 + u²) du, u = tan x", source=BIOCHE, cost=4)(
    _by(_tangent, functions.tan)
)
to_half_angle = rule(
    "substitution of the half angle",
    "sin x = 2u/(1 + u²), cos x = (1 − u²)/(1 + u²), dx = 2/(1 + u²) du, u = tan(x/2)",
    source="Weierstrass; Stewart, Calculus, sec. 7.4",
    cost=6,
)(_by(_half_angle, lambda angle: functions.tan(angle / 2)))


@rule("product to sum", "sin α·cos β = (sin(α + β) + sin(α − β))/2, and so on", source="DLMF 4.21", cost=3)
def product_to_sum(problem: Problem) -> Iterator[Move]:
    """Products and whole powers of sines and cosines are sums of sines and cosines."""
    whole = as_sum(problem.integrand, problem.variable)
    if whole is not None and whole is not problem.integrand:
        yield Move(parts=(Problem(whole, problem.variable),), combine=lambda found: found)


def as_sum(node: Expr, x: Symbol) -> Expr | None:
    """A product of sines, cosines and others as a sum of single sines and cosines times the others."""
    from wrt.expr.arithmetic import factors_of
    from wrt.expr.node import Constant, Power

    coefficient, factors = factors_of(node)
    waves: list[Call] = []
    others: list[Expr] = [number(coefficient)]
    for factor in factors:
        base, times = (factor.base, factor.exponent) if isinstance(factor, Power) else (factor, number(1))
        whole = isinstance(times, Constant) and isinstance(times.value, int) and 0 < times.value <= 12
        if isinstance(base, Call) and base.function.name in ("sin", "cos") and whole and x in base.free:
            waves += [base] * times.value  # type: ignore[attr-defined]
        else:
            others.append(factor)
    if len(waves) < 2 or len(waves) > 12:
        return None
    total: dict[Expr, Expr] = {waves[0]: number(1)}
    for wave in waves[1:]:
        following: dict[Expr, Expr] = {}
        for term, weight in total.items():
            for piece, half in _product(term, wave):
                following[piece] = following.get(piece, number(0)) + weight * half
        total = following
    rest = mul(*others)
    return sum((rest * weight * piece for piece, weight in total.items()), number(0))


def _product(one: Expr, other: Call) -> Iterator[tuple[Expr, Expr]]:
    """A product of two waves as two waves with their weights, signs taken out."""
    if not isinstance(one, Call):
        yield other, one
        return
    (a,), (b,) = one.args, other.args
    kinds = one.function.name, other.function.name
    plus, minus = a + b, a - b
    pieces = {
        ("sin", "sin"): ((functions.cos(minus), HALF), (functions.cos(plus), -HALF)),
        ("cos", "cos"): ((functions.cos(minus), HALF), (functions.cos(plus), HALF)),
        ("sin", "cos"): ((functions.sin(plus), HALF), (functions.sin(minus), HALF)),
        ("cos", "sin"): ((functions.sin(plus), HALF), (functions.sin(minus), -HALF)),
    }[kinds]
    for piece, weight in pieces:
        yield from _signed(piece, weight)


def _signed(piece: Expr, weight: Expr) -> Iterator[tuple[Expr, Expr]]:
    from wrt.expr.arithmetic import split_coefficient

    coefficient, core = split_coefficient(piece)
    if core is number(1) or not isinstance(core, Call):
        yield number(1), piece * weight
    else:
        yield core, weight * coefficient
