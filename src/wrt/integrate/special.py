"""Integrals that are no elementary functions but have names: erf, Ei, Si, Ci, li, Fresnel's and the dilogarithm."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from wrt.expr.arithmetic import factors_of
from wrt.expr.build import ONE, PI, ZERO, add, mul, neg, number, power
from wrt.expr.facts import is_positive
from wrt.expr.node import Call, Expr, Power, Symbol
from wrt.functions.exponential import exp, log
from wrt.functions.integrals import Ci, Ei, Si, dilog, fresnelc, fresnels, li, uppergamma
from wrt.functions.normal import erf, erfi
from wrt.functions.piecewise import abs_
from wrt.functions.trigonometric import cos, sin
from wrt.integrate.linear import Line, line
from wrt.integrate.radicals import Quadratic, quadratic_of
from wrt.integrate.rule import Move, Problem, rule
from wrt.simplify import simplify

HALF = number(Fraction(1, 2))
COST = 8  # above that of the ways to an elementary antiderivative

# ∫ f(a·x + b)/(x + d) dx for the functions f that have such integrals, with y = x + d and c = b − a·d.
OVER_LINE: Mapping[str, Callable[[Expr, Expr, Expr], Expr]] = {
    "exp": lambda a, c, y: mul(exp(c), Ei(mul(a, y))),
    "sin": lambda a, c, y: add(mul(cos(c), Si(mul(a, y))), mul(sin(c), Ci(abs_(mul(a, y))))),
    "cos": lambda a, c, y: add(mul(cos(c), Ci(abs_(mul(a, y)))), neg(mul(sin(c), Si(mul(a, y))))),
}


@rule("exponential, sine and cosine integral", "∫ eˣ/x dx = Ei(x), ∫ sin(x)/x dx = Si(x)", source="DLMF 6.2", cost=COST)
def over_line(problem: Problem) -> Iterator[Move]:
    """The definitions of Ei, Si and Ci; the addition theorems take a shift out."""
    x = problem.variable
    found = _call_and_rest(problem, OVER_LINE)
    if found is None:
        return
    call, rest = found
    inner, below = line(call.args[0], x), line(simplify(power(rest, -1)), x)
    if inner is not None and below is not None:
        shift = mul(below.intercept, power(below.slope, -1))
        constant = simplify(add(inner.intercept, neg(mul(inner.slope, shift))))
        whole = OVER_LINE[call.function.name](inner.slope, constant, add(problem.variable, shift))
        yield Move(combine=lambda: mul(whole, power(below.slope, -1)))


def _call_and_rest(problem: Problem, names: Mapping[str, object]) -> tuple[Call, Expr] | None:
    """The one factor that is a call of such a function, and the product of the others."""
    _, factors = factors_of(problem.integrand)
    calls = [each for each in factors if isinstance(each, Call) and each.function.name in names]
    if len(calls) != 1 or problem.variable not in calls[0].free:
        return None
    return calls[0], mul(1, *(each for each in factors if each is not calls[0]))


# ∫ f(a·x² + b·x + c) dx, the square completed: r = c − b²/(4a), y = x + b/(2a).
def _gaussian(a: Expr, r: Expr, y: Expr) -> Expr:
    if is_positive(neg(a)):
        return mul(HALF, exp(r), power(PI / neg(a), HALF), erf(mul(power(neg(a), HALF), y)))
    return mul(HALF, exp(r), power(PI / a, HALF), erfi(mul(power(a, HALF), y)))


def _sine(a: Expr, r: Expr, y: Expr) -> Expr:
    scale = power(2 * a / PI, HALF)
    return (cos(r) * fresnels(scale * y) + sin(r) * fresnelc(scale * y)) / scale


def _cosine(a: Expr, r: Expr, y: Expr) -> Expr:
    scale = power(2 * a / PI, HALF)
    return (cos(r) * fresnelc(scale * y) - sin(r) * fresnels(scale * y)) / scale


OF_QUADRATIC: Mapping[str, Callable[[Expr, Expr, Expr], Expr]] = {"exp": _gaussian, "sin": _sine, "cos": _cosine}


@rule("error function and Fresnel integrals", "∫ exp(−x²) dx = √π/2·erf(x)", source="DLMF 7.2", cost=COST)
def of_quadratic(problem: Problem) -> Iterator[Move]:
    """The definitions of erf, erfi, S and C, after completing the square."""
    node = problem.integrand
    if not isinstance(node, Call) or node.function.name not in OF_QUADRATIC:
        return
    sign, quadratic = _leading_positive(node, problem.variable)
    if quadratic is None:
        return
    a, b, c = quadratic
    rest = simplify(add(c, neg(mul(b, b, power(mul(4, a), -1)))))
    y = add(problem.variable, mul(b, power(mul(2, a), -1)))
    whole = OF_QUADRATIC[node.function.name](a, rest, y)
    yield Move(combine=lambda: mul(sign, whole))


def _leading_positive(node: Call, x: Symbol) -> tuple[int, Quadratic | None]:
    """The quadratic argument; of sine and cosine with a positive square, and the sign that this takes out."""
    found = quadratic_of(node.args[0], x)
    if found is None or node.function is exp or not is_positive(neg(found.a)):
        return 1, found
    opposite = Quadratic(*(simplify(neg(each)) for each in found))
    return (-1 if node.function is sin else 1), opposite


@rule("logarithmic integral", "∫ dx/log(x) = li(x)", source="DLMF 6.2", cost=COST)
def over_logarithm(problem: Problem) -> Iterator[Move]:
    """The definition of li."""
    node = problem.integrand
    if isinstance(node, Power) and node.exponent is number(-1) and isinstance(node.base, Call):
        inner = line(node.base.args[0], problem.variable) if node.base.function is log else None
        if inner is not None:
            argument = node.base.args[0]
            yield Move(combine=lambda: mul(li(argument), power(inner.slope, -1)))


@rule("dilogarithm", "∫ log(1 + c·x)/x dx = −Li₂(−c·x)", source="DLMF 25.12", cost=COST)
def dilogarithm(problem: Problem) -> Iterator[Move]:
    """The definition of Li₂; log(b + a·x) is log(b) + log(1 + a·x/b) for b > 0, and x may be shifted."""
    x = problem.variable
    found = _call_and_rest(problem, {"log": None})
    if found is None:
        return
    call, rest = found
    inner, below = line(call.args[0], x), line(simplify(power(rest, -1)), x)
    if inner is None or below is None:
        return
    # log(p·y + q) over y, with y = x + d.
    y = add(x, mul(below.intercept, power(below.slope, -1)))
    shifted = Line(inner.slope, simplify(add(inner.intercept, neg(mul(inner.slope, add(y, neg(x)))))))
    constant, argument = _dilogarithm(shifted, y)
    if constant is not None:
        yield Move(combine=lambda: mul(add(constant, argument), power(below.slope, -1)))


def _dilogarithm(inner: Line, y: Expr) -> tuple[Expr | None, Expr]:
    """∫ log(p·y + q)/y dy in two terms."""
    p, q = inner
    if q is ZERO:
        return None, ZERO
    ratio = simplify(mul(p, power(q, -1)))
    if is_positive(q):
        first = ZERO if q is ONE else mul(log(q), log(abs_(y)))
        return first, neg(dilog(neg(mul(ratio, y))))
    # Where q < 0, the logarithm has values for y beyond −q/p: integrate by parts instead.
    inside = add(mul(p, y), q)
    return mul(log(inside), log(abs_(simplify(neg(mul(ratio, y)))))), dilog(simplify(add(1, mul(ratio, y))))


@rule("incomplete gamma function", "∫ xᵃ·e⁻ᶜˣ dx = −Γ(a + 1, c·x)/cᵃ⁺¹", source="DLMF 8.2", cost=COST + 1)
def incomplete_gamma(problem: Problem) -> Iterator[Move]:
    """The definition of the upper incomplete gamma function, for c > 0 and a > −1."""
    x = problem.variable
    found = _call_and_rest(problem, {"exp": None})
    if found is None:
        return
    call, rest = found
    inner = line(call.args[0], x)
    fits = isinstance(rest, Power) and rest.base is x and x not in rest.exponent.free
    if inner is None or not fits or not is_positive(neg(inner.slope)):
        return
    a, c = add(rest.exponent, 1), neg(inner.slope)  # type: ignore[attr-defined]
    if is_positive(a):
        yield Move(combine=lambda: neg(mul(exp(inner.intercept), uppergamma(a, mul(c, x)), power(c, neg(a)))))


SPECIAL = (over_line, of_quadratic, over_logarithm, dilogarithm, incomplete_gamma)
