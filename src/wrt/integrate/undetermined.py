"""Undetermined coefficients: an antiderivative as a quotient of unknown numerator plus unknown multiples of logarithms.

The parallel Risch algorithm: the integrand is a rational function of kernels (x, logarithms, exponentials, roots) whose
derivatives are rational functions of them too. What its denominator can come from bounds the denominator and the
logarithms of the antiderivative; a bound on the degree then leaves linear equations.
Source: Bronstein, Poor Man's Integrator; Symbolic Integration I, ch. 10.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import comb

from wrt import functions
from wrt.derive.engine import differentiate
from wrt.expr.build import ZERO, add, mul, power
from wrt.expr.node import Call, Expr, Symbol
from wrt.integrate.equations import Elimination, rational_solution
from wrt.integrate.rule import Move, Problem, rule
from wrt.simplify import simplify
from wrt.simplify.field import Field, Poly, TooLargeError

MOST_KERNELS = 6
MOST_UNKNOWNS = 400
MOST_TERMS = 4000
BRONSTEIN = "Bronstein, Symbolic Integration I, ch. 10"


@dataclass(frozen=True, slots=True)
class Tower:
    """A field of kernels that is closed under differentiation: `slopes` are the numerators of D over `below`."""

    field: Field
    variables: tuple[int, ...]  # the places of the kernels that depend on the variable
    slopes: tuple[Poly, ...]  # one for each kernel
    below: Poly
    squares: dict[int, Poly]  # what the square of a kernel is in terms of the others: of a cosine, of a square root

    def reduced(self, poly: Poly) -> Poly:
        """The polynomial with no kernel to a power above 1 whose square is known."""
        for place, square in self.squares.items():
            if poly.degrees()[place] > 1:
                found = self.field.one * 0
                for exponents, value in poly.to_dict().items():
                    times, left = divmod(int(exponents[place]), 2)
                    rest = self.field.context.from_dict({(*exponents[:place], left, *exponents[place + 1 :]): value})
                    found += rest * square**times
                poly = found
        return poly

    def derivative(self, poly: Poly) -> Poly:
        """`below` times the derivative of a polynomial."""
        terms = (poly.derivative(place) * self.slopes[place] for place in self.variables)
        return sum(terms, self.field.one * 0)


def tower(node: Expr, x: Symbol) -> Tower | None:
    """The kernels of an expression and of their derivatives; None if they are too many or not closed."""
    roots: list[Expr] = [node, x]
    for _ in range(4):
        field = Field(*roots)
        kernels = [kernel.power(1) for kernel in field.kernels]
        moving = [kernel for kernel in kernels if x in kernel.free]
        if len(moving) > MOST_KERNELS:
            return None
        slopes = [simplify(differentiate(kernel, x)) for kernel in moving]
        closed = Field(*roots, *slopes)
        if len(closed.kernels) == len(field.kernels):
            return _closed(closed, x)
        roots = [*roots, *slopes]
    return None


def _closed(field: Field, x: Symbol) -> Tower:
    variables: list[int] = []
    fractions: dict[int, tuple[Poly, Poly]] = {}
    below = field.one
    for place, kernel in enumerate(field.kernels):
        node = kernel.power(1)
        if x not in node.free:
            continue
        variables.append(place)
        fractions[place] = field.reduced(*field.fraction(simplify(differentiate(node, x))))
        bottom = fractions[place][1]
        below = below * bottom // below.gcd(bottom)
    zero = field.one * 0
    slopes = [
        fractions[place][0] * (below // fractions[place][1]) if place in fractions else zero
        for place in range(len(field.kernels))
    ]
    return Tower(field, tuple(variables), tuple(slopes), below, _squares(field, variables))


def _squares(field: Field, variables: Sequence[int]) -> dict[int, Poly]:
    """The squares of kernels that are polynomials in others."""
    found: dict[int, Poly] = {}
    places = {field.kernels[place].power(1): place for place in variables}
    for node, place in places.items():
        if field.kernels[place].root == 2:
            top, bottom = field.fraction(field.kernels[place].base)
            if bottom.is_one():
                found[place] = top
        elif isinstance(node, Call) and node.function.name == "cos":
            sine = places.get(functions.sin(node.args[0]))
            if sine is not None:
                found[place] = field.one - field.generators[sine] ** 2
    return found


def split(poly: Poly, tower: Tower) -> tuple[Poly, Poly]:
    """The special part of a polynomial, whose factors divide their own derivatives, and the normal part."""
    special, normal = tower.field.one, tower.field.one
    for factor, times in poly.factor()[1]:
        moving = tower.derivative(factor)
        if moving.is_zero():
            continue
        if (moving.gcd(factor)).is_constant():
            normal *= factor ** int(times)
        else:
            special *= factor ** int(times)
    return special, normal


def deflated(poly: Poly) -> Poly:
    """The product of the factors, each to a power lower by one."""
    found = poly.context().constant(1)
    for factor, times in poly.factor()[1]:
        found *= factor ** (int(times) - 1)
    return found


@rule(
    "undetermined coefficients",
    "∫ f dx = Σ aᵢ·mᵢ/d + Σ bⱼ·log pⱼ, with aᵢ and bⱼ from linear equations",
    source=BRONSTEIN,
    cost=10,
)
def undetermined(problem: Problem) -> Iterator[Move]:
    """Differentiating the form with unknown coefficients and comparing numerators gives linear equations for them."""
    try:
        whole = _solved(problem)
    except TooLargeError:
        return
    if whole is not None:
        yield Move(combine=lambda: whole)


def _solved(problem: Problem) -> Expr | None:
    found = tower(problem.integrand, problem.variable)
    if found is None or len(found.variables) < 2:
        return None
    field = found.field
    top, bottom = field.reduced(*field.fraction(problem.integrand))
    special, normal = split(bottom, found)
    below = special * deflated(normal)
    degree = 1 + _degree(special, found) + max(_degree(top, found), _degree(bottom, found))
    monomials = _monomials(found, degree)
    logarithms = [
        each for each, _ in (normal * special * found.below).factor()[1] if not found.derivative(each).is_zero()
    ]
    if monomials is None or len(monomials) + len(logarithms) > MOST_UNKNOWNS:
        return None
    # below·D(m/d) = (D m·d − m·D d)/d²  and  D log p = D p/p, over the common denominator d²·Π p·bottom
    slope_below = found.derivative(below)
    common = _lcm([below * below, bottom, *logarithms])
    over_square = common // (below * below)
    columns = [found.reduced((found.derivative(m) * below - m * slope_below) * over_square) for m in monomials]
    columns += [found.reduced(found.derivative(p) * (common // p)) for p in logarithms]
    target = found.reduced(top * (common // bottom) * found.below)
    if sum(map(len, columns)) > 40 * MOST_TERMS:
        return None
    values = solve(columns, target, found)
    if values is None:
        return None
    numerator = add(*(mul(value, field.expression(m)) for value, m in zip(values, monomials, strict=False)), 0)
    logs = [
        mul(value, functions.log(functions.abs(field.expression(p))))
        for value, p in zip(values[len(monomials) :], logarithms, strict=True)
        if value is not ZERO
    ]
    return add(mul(numerator, power(field.expression(below), -1)), *logs)


def _degree(poly: Poly, tower: Tower) -> int:
    degrees = [sum(int(exponents[place]) for place in tower.variables) for exponents in poly.to_dict()]
    return max(degrees, default=0)


def _monomials(tower: Tower, degree: int) -> list[Poly] | None:
    """All products of at most so many kernels."""
    count = len(tower.variables)
    if comb(count + degree, count) > MOST_UNKNOWNS:
        return None
    gens = [tower.field.generators[place] for place in tower.variables]
    found = []
    for size in range(degree + 1):
        for chosen in combinations_with_replacement(gens, size):
            product = tower.field.one
            for each in chosen:
                product = product * each
            degrees = product.degrees()
            if all(degrees[place] < 2 for place in tower.squares):
                found.append(product)
    return found


def _lcm(polys: Sequence[Poly]) -> Poly:
    found = polys[0]
    for each in polys[1:]:
        found = found * each // found.gcd(each)
    return found


def solve(columns: Sequence[Poly], target: Poly, tower: Tower) -> list[Expr] | None:
    """The numbers, which may have parameters in them, with Σ number·column = target; None if there are none."""
    rows: dict[tuple[int, ...], dict[int, Poly]] = {}
    for place, poly in enumerate((*columns, target)):
        for exponents, value in poly.to_dict().items():
            key = tuple(int(exponents[at]) for at in tower.variables)
            rest = tuple(0 if at in tower.variables else int(e) for at, e in enumerate(exponents))
            row = rows.setdefault(key, {})
            term = tower.field.context.from_dict({rest: value})
            row[place] = row[place] + term if place in row else term
    if all(each.is_constant() for row in rows.values() for each in row.values()):
        return rational_solution(list(rows.values()), len(columns))
    return Elimination(tower.field, len(columns)).solution(rows.values())
