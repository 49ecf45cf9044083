"""Integrals of circular and hyperbolic functions: products as sums, and rational functions of sine and cosine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import product
from typing import NamedTuple

from wrt import functions
from wrt.expr.arithmetic import factors_of, split_coefficient
from wrt.expr.build import ONE, ZERO, add, mul, neg, number, power, symbol
from wrt.expr.function import Function
from wrt.expr.node import Call, Constant, Expr, Power, Symbol
from wrt.expr.walk import nodes, rebuild, substitute
from wrt.integrate.forms import integrand
from wrt.integrate.linear import Line, line
from wrt.integrate.rule import Move, Problem, rule
from wrt.integrate.substitution import new_letter, substituted
from wrt.simplify import simplify

HALF = number(1) / 2
SINE, COSINE = symbol("the sine"), symbol("the cosine")
MOST_MULTIPLE = 8
MOST_WAVES = 12
BIOCHE = "Bioche's rules; Bronstein, Symbolic Integration I, sec. 5.10"


class Conic(NamedTuple):
    """The functions that parametrise c² + σ·s² = 1: circular for σ = 1, hyperbolic for σ = −1."""

    sign: int
    sine: Function
    cosine: Function
    tangent: Function
    ratios: Mapping[str, Expr]


CIRCLE = Conic(
    1,
    functions.TABLE["sin"],
    functions.TABLE["cos"],
    functions.TABLE["tan"],
    {
        "sin": SINE,
        "cos": COSINE,
        "tan": SINE / COSINE,
        "cot": COSINE / SINE,
        "sec": 1 / COSINE,
        "csc": 1 / SINE,
    },
)
HYPERBOLA = Conic(
    -1,
    functions.TABLE["sinh"],
    functions.TABLE["cosh"],
    functions.TABLE["tanh"],
    {
        "sinh": SINE,
        "cosh": COSINE,
        "tanh": SINE / COSINE,
        "coth": COSINE / SINE,
        "sech": 1 / COSINE,
        "csch": 1 / SINE,
    },
)


class Circular(NamedTuple):
    """An integrand as a function of the sine and the cosine of an angle, a line in the variable."""

    conic: Conic
    node: Expr
    angle: Expr
    slope: Expr


def in_sine_and_cosine(problem: Problem) -> Circular | None:
    """The integrand in terms of the sine and cosine of one angle, of which all others are multiples."""
    x = problem.variable
    calls = [each for each in nodes(problem.integrand) if isinstance(each, Call) and x in each.free]
    for conic in (CIRCLE, HYPERBOLA):
        arguments = dict.fromkeys(each.args[0] for each in calls if each.function.name in conic.ratios)
        lines = [line(argument, x) for argument in arguments]
        base = _common([each for each in lines if each is not None]) if lines and None not in lines else None
        if base is None:
            continue
        written = rebuild(problem.integrand, partial(_written, conic=conic, base=base, x=x))
        angle = add(mul(base.slope, x), base.intercept)
        return None if x in written.free else Circular(conic, simplify(written), angle, base.slope)
    return None


def _common(lines: list[Line]) -> Line | None:
    """The line of which all are whole multiples."""
    for divisor, each in product((1, 2, 3, 4, 6), lines):
        base = Line(mul(each.slope, number(1) / divisor), mul(each.intercept, number(1) / divisor))
        if all(0 < abs(_times(other, base)) <= MOST_MULTIPLE for other in lines):
            return base
    return None


def _times(one: Line, base: Line) -> int:
    """How many times a line is another; 0 if it is not a whole multiple."""
    ratio = simplify(mul(one.slope, power(base.slope, -1)))
    if not isinstance(ratio, Constant) or not isinstance(ratio.value, int):
        return 0
    rest = simplify(add(one.intercept, neg(mul(ratio, base.intercept))))
    return ratio.value if rest is ZERO else 0


def _written(node: Expr, conic: Conic, base: Line, x: Symbol) -> Expr:
    """A function of a multiple of the angle in terms of the sine and cosine of the angle; another node as it is."""
    if not (isinstance(node, Call) and node.function.name in conic.ratios and x in node.free):
        return node
    found = line(node.args[0], x)
    assert found is not None
    sine, cosine = _of_multiple(_times(found, base), conic.sign)
    return substitute(conic.ratios[node.function.name], {SINE: sine, COSINE: cosine})


def _of_multiple(times: int, sign: int) -> tuple[Expr, Expr]:
    """Sine and cosine of a multiple of the angle, by the addition theorems."""
    sine: Expr = SINE
    cosine: Expr = COSINE
    for _ in range(abs(times) - 1):
        sine, cosine = sine * COSINE + cosine * SINE, cosine * COSINE - sign * sine * SINE
    return (sine if times > 0 else neg(sine)), cosine


# What may be substituted. Each says what the integrand is in terms of u, or None: dx is there already.
def _cosine(node: Expr, sign: int, u: Symbol) -> Expr | None:
    """u = cos x, du = −σ·sin x dx, for an integrand that is odd in the sine: s² = σ·(1 − u²)."""
    rest = simplify(node / SINE)
    if not _is_even(rest, SINE):
        return None
    return -sign * substitute(rest, {SINE: power(sign * (1 - u**2), HALF), COSINE: u})


def _sine(node: Expr, sign: int, u: Symbol) -> Expr | None:
    """u = sin x, du = cos x dx, for an integrand that is odd in the cosine: c² = 1 − σ·u²."""
    rest = simplify(node / COSINE)
    return substitute(rest, {COSINE: power(1 - sign * u**2, HALF), SINE: u}) if _is_even(rest, COSINE) else None


def _tangent(node: Expr, sign: int, u: Symbol) -> Expr | None:
    """u = tan x, du = (1 + σ·u²) dx, for an integrand that keeps its sign if both change theirs: c² = 1/(1 + σ·u²)."""
    if simplify(substitute(node, {SINE: -SINE, COSINE: -COSINE})) is not simplify(node):
        return None
    square = 1 + sign * u**2
    return substitute(simplify(substitute(node, {SINE: u * COSINE})), {COSINE: power(square, -HALF)}) / square


def _half_angle(node: Expr, sign: int, u: Symbol) -> Expr | None:
    """u = tan(x/2), du = (1 + σ·u²)/2 dx, for any integrand."""
    square = sign * u**2
    return substitute(node, {SINE: 2 * u / (1 + square), COSINE: (1 - square) / (1 + square)}) * 2 / (1 + square)


def _is_even(node: Expr, letter: Symbol) -> bool:
    return simplify(substitute(node, {letter: -letter})) is simplify(node)


Change = Callable[[Expr, int, Symbol], Expr | None]


def _by(change: Change, part_of: Callable[[Conic, Expr], Expr]) -> Callable[[Problem], Iterator[Move]]:
    """The moves that substitute for a part."""

    def moves(problem: Problem) -> Iterator[Move]:
        found = in_sine_and_cosine(problem)
        if found is None:
            return
        part = part_of(found.conic, found.angle)
        letter = new_letter(problem, part)
        left = change(found.node, found.conic.sign, letter)
        if left is not None and left.free.isdisjoint({SINE, COSINE}):
            yield substituted(Problem(integrand(left / found.slope), letter), part)

    moves.__doc__ = change.__doc__
    return moves


to_cosine = rule("substitution of the cosine", "∫ f(cos x)·sin x dx = −∫ f(u) du, u = cos x", source=BIOCHE, cost=2)(
    _by(_cosine, lambda conic, angle: conic.cosine(angle))
)
to_sine = rule("substitution of the sine", "∫ f(sin x)·cos x dx = ∫ f(u) du, u = sin x", source=BIOCHE, cost=2)(
    _by(_sine, lambda conic, angle: conic.sine(angle))
)
to_tangent = rule(
    "substitution of the tangent", "∫ f(tan x) dx = ∫ f(u)/(1 + u²) du, u = tan x", source=BIOCHE, cost=4
)(_by(_tangent, lambda conic, angle: conic.tangent(angle)))
to_half_angle = rule(
    "substitution of the half angle",
    "sin x = 2u/(1 + u²), cos x = (1 − u²)/(1 + u²), dx = 2/(1 + u²) du, u = tan(x/2)",
    source="Weierstrass; Stewart, Calculus, sec. 7.4",
    cost=6,
)(_by(_half_angle, lambda conic, angle: conic.tangent(angle / 2)))


@rule("exponential form", "sinh x = (eˣ − e⁻ˣ)/2, cosh x = (eˣ + e⁻ˣ)/2", source="DLMF 4.28", cost=4)
def as_exponentials(problem: Problem) -> Iterator[Move]:
    """Hyperbolic functions are made of exponentials."""
    whole = integrand(rebuild(problem.integrand, _in_exponentials))
    if whole is not problem.integrand:
        yield Move(parts=(Problem(whole, problem.variable),), combine=lambda found: found)


def _in_exponentials(node: Expr) -> Expr:
    if not (isinstance(node, Call) and node.function.name in HYPERBOLA.ratios):
        return node
    up, down = functions.exp(node.args[0]), functions.exp(-node.args[0])
    return substitute(HYPERBOLA.ratios[node.function.name], {SINE: (up - down) / 2, COSINE: (up + down) / 2})


# 2·sin α·sin β = cos(α − β) − cos(α + β), and so on: for each pair, the function of α + β and of α − β, with signs;
# for hyperbolic functions the sign of a product of sines is the other.
SUMS: Mapping[tuple[bool, bool], tuple[tuple[bool, int], tuple[bool, int]]] = {
    (True, True): ((False, -1), (False, 1)),  # sine, sine: −cosine of the sum, cosine of the difference
    (False, False): ((False, 1), (False, 1)),
    (True, False): ((True, 1), (True, 1)),
    (False, True): ((True, 1), (True, -1)),
}


@rule("product to sum", "sin α·cos β = (sin(α + β) + sin(α − β))/2, and so on", source="DLMF 4.21, 4.35", cost=3)
def product_to_sum(problem: Problem) -> Iterator[Move]:
    """Products and whole powers of sines and cosines are sums of sines and cosines."""
    for conic in (CIRCLE, HYPERBOLA):
        whole = as_sum(problem, conic)
        if whole is not None:
            yield Move(parts=(Problem(whole, problem.variable),), combine=lambda found: found)


def as_sum(problem: Problem, conic: Conic) -> Expr | None:
    """A product of sines, cosines and others as a sum of single waves times the others; None if it is no product."""
    coefficient, factors = factors_of(problem.integrand)
    waves: list[Call] = []
    others: list[Expr] = [number(coefficient)]
    for factor in factors:
        base, times = (factor.base, factor.exponent) if isinstance(factor, Power) else (factor, ONE)
        if _is_wave(base, conic, problem.variable) and isinstance(times, Constant) and times.value in range(1, 13):
            waves += [base] * int(times.value)  # type: ignore[list-item]
        else:
            others.append(factor)
    if not 1 < len(waves) <= MOST_WAVES:
        return None
    total: Mapping[Expr, Expr] = {waves[0]: ONE}
    for wave in waves[1:]:
        total = _times_wave(total, wave, conic)
    return add(*(mul(*others, weight, piece) for piece, weight in total.items()), 0)


def _is_wave(node: Expr, conic: Conic, x: Symbol) -> bool:
    return isinstance(node, Call) and node.function in (conic.sine, conic.cosine) and x in node.free


def _times_wave(total: Mapping[Expr, Expr], wave: Call, conic: Conic) -> Mapping[Expr, Expr]:
    """A sum of waves, by their weights, times another."""
    found: dict[Expr, Expr] = {}
    for term, weight in total.items():
        for piece, part in _product(term, wave, conic) if isinstance(term, Call) else ((wave, term),):
            coefficient, core = split_coefficient(piece)
            found[core] = add(found.get(core, ZERO), mul(weight, part, coefficient))
    return found


def _product(one: Call, other: Call, conic: Conic) -> Iterator[tuple[Expr, Expr]]:
    """A product of two waves as two waves with their weights."""
    sines = (one.function is conic.sine, other.function is conic.sine)
    flip = conic.sign if all(sines) else 1
    a, b = one.args[0], other.args[0]
    for angle, (is_sine, sign) in zip((a + b, a - b), SUMS[sines], strict=True):
        yield (conic.sine if is_sine else conic.cosine)(angle), mul(HALF, sign * flip)
