"""Taylor polynomials: exact coefficients from the series at the point, with the remainder in Lagrange's form."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from math import factorial
from typing import Final

from wrt.derive.engine import differentiate
from wrt.derive.step import Step
from wrt.derive.steps import Solution
from wrt.errors import DomainError, Unsolved, WrtError
from wrt.expr.arithmetic import is_zero
from wrt.expr.build import ZERO, add, zeros
from wrt.expr.node import Call, Cases, Derivative, Expr, Limit, Symbol, symbol
from wrt.expr.walk import fresh_symbol, is_larger, nodes, substitute
from wrt.functions.words import norm
from wrt.limits.known import known
from wrt.limits.places import is_finite
from wrt.limits.series import LOG, expand
from wrt.simplify import simplify

HIGHEST: Final = 60  # the order of a polynomial
LONGEST: Final = 60  # nodes of a derivative that is shown in a remainder
PRIMES: Final = ("", "′", "″")
WORDS: Final = ("value", "gradient along the line", "half the Hessian along the line")
STATEMENT: Final = "T(x) = f(a) + f′(a)·(x − a) + f″(a)/2!·(x − a)² + …"


class Polynomial(Solution):
    """The Taylor polynomial of an expression at a point, of some order; along a line through it for a tensor variable.

    `coefficients` are those of the powers of x - a; of a tensor variable, the terms of each degree in w - a. Raises
    DomainError where there is none of this order, Unsolved where that cannot be decided.
    """

    def __init__(self, node: Expr, variable: Symbol, point: Expr, order: int) -> None:
        if not 0 <= order <= HIGHEST:
            raise WrtError(f"the order of a Taylor polynomial is a whole number from 0 to {HIGHEST}, not {order}")
        if not is_finite(point):
            raise WrtError("a Taylor polynomial is one at a finite point", hint="wrt.limit goes to infinity")
        self.node = node
        self.variable = variable
        self.point = zeros(*variable.shape) if variable.shape and point is ZERO else point
        self.order = order
        self.step = simplify(variable - self.point)
        if variable.shape or node.shape:
            self.coefficients = _along_a_line(node, variable, self.point, self.step, order)
        else:
            self.coefficients = _coefficients(node, variable, point, order)

    @property
    def terms(self) -> tuple[Expr, ...]:
        """The terms that are not 0, by ascending degree."""
        if self.variable.shape:
            found = self.coefficients
        else:
            found = tuple(each * self.step**degree for degree, each in enumerate(self.coefficients))
        return tuple(each for each in found if not is_zero(each))

    @cached_property
    def expr(self) -> Expr:
        """The polynomial."""
        return add(*self.terms)

    @property
    def beyond(self) -> Expr:
        """What the remainder is of the order of: (x - a)**(n + 1)."""
        if self.variable.shape:
            return norm(self.step) ** (self.order + 1)
        return self.step ** (self.order + 1)

    @cached_property
    def between(self) -> Symbol:
        """The point between a and x in the remainder."""
        return unused(symbol("xi"), self.node.free | self.point.free)

    @cached_property
    def remainder(self) -> Expr:
        """What the polynomial lacks, in Lagrange's form: f⁽ⁿ⁺¹⁾(ξ)/(n + 1)!·(x - a)ⁿ⁺¹, with ξ between a and x.

        Raises WrtError for a tensor variable.
        """
        if self.variable.shape:
            raise WrtError("the remainder is in Lagrange's form for a variable that is a number only")
        derivative = simplify(differentiate(self.node, self.variable, self.order + 1))
        slope = substitute(derivative, {self.variable: self.between})
        return simplify(slope / factorial(self.order + 1)) * self.beyond

    @cached_property
    def root(self) -> Step:
        """The steps as a tree."""
        if self.variable.shape or self.node.shape:
            return self._along()
        step = Step("Taylor polynomial", self.node, self.expr, (STATEMENT,), {"a": self.point})
        named = known(self.node, self.variable, self.point)
        if named is not None:
            step.children.append(Step(named.name, self.node, self.expr, (named.says,), {"u": named.u}))
        else:
            step.children.extend(map(self._derivative, range(self.order + 1)))
        if not is_larger(self.remainder, LONGEST):
            said = ("Lagrange: ", self.between, " lies between ", self.point, " and ", self.variable)
            step.children.append(Step("remainder", self.node - self.expr, self.remainder, said))
        return step

    def _derivative(self, degree: int) -> Step:
        """The derivative of one order at the point, where the function may only have it as a limit."""
        before = Derivative.intern(self.node, self.variable, degree) if degree else self.node
        after = simplify(self.coefficients[degree] * factorial(degree))
        sought = Limit.intern(before, self.variable, self.point, None)
        if degree >= len(PRIMES):
            return Step(f"derivative of order {degree}", sought, after)
        return Step("derivative" if degree else "value", sought, after, (f"f{PRIMES[degree]}(", self.point, ")"))

    def _along(self) -> Step:
        """The terms by degree: value, gradient, Hessian."""
        said = (f"T is the polynomial of f along each line through {self.variable.name} = ", self.point)
        step = Step("Taylor polynomial", self.node, self.expr, said)
        for degree, term in enumerate(self.coefficients):
            rule = WORDS[degree] if degree < len(WORDS) else f"term of degree {degree}"
            step.children.append(Step(rule, term, term))
        return step

    def __repr__(self) -> str:
        return f"<Polynomial of {self.node} at {self.variable.name} = {self.point}>"


def _coefficients(node: Expr, variable: Symbol, point: Expr, order: int) -> tuple[Expr, ...]:
    """The coefficients of the powers of x - a. Raises DomainError where other terms stand among them."""
    series = expand(node, variable, point, order + 2)
    if series is None:
        if _has_tensors(node, variable):
            step = symbol("step")
            line = substitute(node, {variable: point + step})
            return tuple(_at_zero(line, step, degree) for degree in range(order + 1))
        raise _refusal(node, variable, point, order)
    found = {exponent: coefficient for coefficient, exponent in series.terms if exponent <= order + 1}
    if any(exponent < 0 or exponent.denominator > 1 or LOG in each.free for exponent, each in found.items()):
        raise not_smooth(node, variable, point, "infinite" if min(found) < 0 else "not smooth")
    return tuple(simplify(found.get(Fraction(degree), ZERO)) for degree in range(order + 1))


def not_smooth(node: Expr, variable: Symbol, point: Expr, what: str = "not smooth") -> DomainError:
    """The error of a function that has no Taylor polynomial at a point."""
    return DomainError(f"{node} has no Taylor polynomial at {variable.name} = {point}: it is {what} there")


def _refusal(node: Expr, variable: Symbol, point: Expr, order: int) -> WrtError:
    """Why there is no series from both sides."""
    sides = [expand(node, variable, point, order + 2, side) for side in ("-", "+")]
    if any(side is not None for side in sides):
        return not_smooth(node, variable, point)
    return Unsolved(f"no series of {node} was found at {variable.name} = {point}")


def _has_tensors(node: Expr, variable: Symbol) -> bool:
    """Whether tensors that depend on the variable, and nothing in pieces, stand in the expression."""
    moving = [each for each in nodes(node) if variable in each.free]
    pieces = any(isinstance(each, Cases) or (isinstance(each, Call) and each.function.kinks) for each in moving)
    return not pieces and any(each.shape for each in moving)


def _along_a_line(node: Expr, variable: Symbol, point: Expr, step: Expr, order: int) -> tuple[Expr, ...]:
    """The terms of each degree in w - a: those of s in f(a + s·(w - a)) at s = 0."""
    along = unused(symbol("s"), node.free | point.free | step.free)
    line = substitute(node, {variable: point + along * step})
    return tuple(_at_zero(line, along, degree) for degree in range(order + 1))


def _at_zero(line: Expr, along: Symbol, degree: int) -> Expr:
    derivative = differentiate(line, along, degree) if degree else line
    return simplify(substitute(derivative, {along: ZERO}) / factorial(degree))


def unused(like: Symbol, taken: frozenset[Symbol]) -> Symbol:
    """A symbol, under another name if one of that name is taken."""
    return fresh_symbol(like, taken) if like.name in {each.name for each in taken} else like
