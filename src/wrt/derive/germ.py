"""What an expression is beside a point, on one side of it: the pieces that hold there, and what they tend to."""

from __future__ import annotations

from wrt.derive.engine import differentiate
from wrt.errors import DomainError
from wrt.expr.arithmetic import factors_of, is_zero
from wrt.expr.build import ZERO, add, div, mul, power, sub
from wrt.expr.function import Interval, Points
from wrt.expr.node import INFINITY, Add, Call, Cases, Constant, Expr, Symbol
from wrt.expr.walk import nodes, rebuild, substitute
from wrt.simplify import simplify
from wrt.simplify.field import Field, TooLargeError
from wrt.simplify.order import near, sign_of
from wrt.simplify.sides import has_pieces, on_side

MOST_ORDER = 6  # derivatives after which the sign of a function beside its zero counts as unknown
MOST_NEAR = 1e-30


class Germ:
    """Signs and values beside a point: on its left (`side` -1), on its right (1), or at the point itself (0).

    In which direction a quantity crosses 0 may depend on other variables: `assumed` has the slope that was taken to be
    positive, and what was said then of left and right is said of the two sides in some order.
    """

    def __init__(self, x: Symbol, at: Expr, side: int) -> None:
        self.x = x
        self.at = at
        self.side = side
        self.assumed: list[Expr] = []
        self.is_crossed = False  # by a quantity whose direction is known
        self._signs: dict[Expr, int | None] = {}

    @property
    def is_ambiguous(self) -> bool:
        """Whether what was assumed decides more than which side is which."""
        return len(self.assumed) > 1 or bool(self.assumed and self.is_crossed)

    def sign(self, quantity: Expr) -> int | None:
        """The sign of a smooth expression there."""
        if quantity not in self._signs:
            self._signs[quantity] = self._found_sign(quantity)
        return self._signs[quantity]

    def _found_sign(self, quantity: Expr) -> int | None:
        if self.x not in quantity.free:
            return sign_of(simplify(quantity))
        for order in range(MOST_ORDER):
            value = value_at(quantity, self.x, self.at)
            if value is None:
                return None
            if not is_zero(value):
                return self._sign(value, order)
            quantity = simplify(differentiate(quantity, self.x))
            if self.side == 0 or is_zero(quantity):
                return 0
        return None

    def _sign(self, value: Expr, order: int) -> int | None:
        sign = sign_of(value)
        if order % 2 == 0:
            return sign
        if sign is None:
            return self._assumed(value) * self.side
        self.is_crossed = True
        return sign * self.side

    def _assumed(self, slope: Expr) -> int:
        """The sign of a slope, if that of another is positive; else it is taken to be positive."""
        for known in self.assumed:
            ratio = simplify(div(slope, known))
            if isinstance(ratio, Constant):
                return 1 if ratio.value > 0 else -1
        self.assumed.append(slope)
        return 1

    def is_infinite(self, node: Expr) -> bool:
        """Whether an expression is known to grow without bound there."""
        inverse = self.limit(power(node, -1))
        return inverse is not None and is_zero(inverse)

    def limit(self, node: Expr) -> Expr | None:
        """What an expression tends to, or at the point is; None where that is not known."""
        try:
            smooth = on_side(node, self.sign)
        except DomainError:
            return None
        if any(self.x in each.free for each in nodes(smooth) if isinstance(each, Cases) or has_pieces(each)):
            return None
        return self._limit(smooth)

    def _limit(self, smooth: Expr) -> Expr | None:
        found = value_at(smooth, self.x, self.at)
        if found is not None or self.side == 0:
            return found
        if isinstance(smooth, Add):
            terms = [self._limit(term) for term in smooth.terms]
            return None if None in terms else simplify(add(*terms))
        return ZERO if self._is_flat(smooth) else None

    def _is_flat(self, product: Expr) -> bool:
        """Whether a product is a rational function times exp(u), where u tends to -inf: it vanishes with all orders."""
        _, factors = factors_of(product)
        powers = [factor for factor in factors if isinstance(factor, Call) and factor.function.name == "exp"]
        if len(powers) != 1:
            return False
        inverse = power(powers[0].args[0], -1)
        tends = value_at(inverse, self.x, self.at)
        if tends is None or not is_zero(tends) or self.sign(inverse) != -1:
            return False
        others = mul(*(factor for factor in factors if factor is not powers[0]))
        try:
            return all(kernel.base is self.x or self.x not in kernel.power(1).free for kernel in Field(others).kernels)
        except TooLargeError:
            return False


def value_at(node: Expr, x: Symbol, at: Expr) -> Expr | None:
    """The value of a smooth expression at a point, or its limit where it is 0/0; None where neither is known.

    >>> from wrt.expr.build import number, symbol
    >>> from wrt.functions import sin
    >>> x = symbol("x")
    >>> print(value_at((sin(x) - x) / x**3, x, number(0)))
    -1/6
    """
    found = _inside_domain(node, x, at)
    return _of_quotient(node, x, at) if found is None else found


def _inside_domain(node: Expr, x: Symbol, at: Expr) -> Expr | None:
    """The value at a point inside the domain of every part."""
    try:
        if all(_inside(each, x, at) for each in nodes(node) if isinstance(each, Call) and x in each.free):
            return simplify(on_side(rebuild(substitute(node, {x: at}), _undone), sign_of))
    except DomainError:
        pass
    return None


def _undone(node: Expr) -> Expr:
    """u in the place of exp(log(u)): a function of its inverse."""
    if isinstance(node, Call) and len(node.args) == 1 and isinstance(node.args[0], Call):
        inner = node.args[0]
        if inner.function.inverse == node.function.name and inner.function.branch is None:
            return inner.args[0]
    return node


def _of_quotient(node: Expr, x: Symbol, at: Expr) -> Expr | None:
    """The limit of a quotient by the rule of de l'Hôpital, numerator and denominator being smooth at the point."""
    try:
        field = Field(node)
        top, bottom = map(field.expression, field.reduced(*field.fraction(node)))
    except TooLargeError:
        return None
    for _ in range(MOST_ORDER):
        above, below = _inside_domain(top, x, at), _inside_domain(bottom, x, at)
        if above is None or below is None:
            return None
        if not is_zero(below):
            return simplify(div(above, below)) if sign_of(below) else None
        if not is_zero(above):
            return None
        top, bottom = simplify(differentiate(top, x)), simplify(differentiate(bottom, x))
    return None


def _inside(call: Call, x: Symbol, at: Expr) -> bool:
    """Whether the arguments of a function lie in its domain, as far as they are numbers."""
    for argument, domain in zip(call.args, call.function.domain, strict=False):
        value = simplify(substitute(argument, {x: at}))
        if value.free:
            continue
        if domain.without is not None and _is_among(value, domain.without):
            return False
        if not any(_is_within(value, interval) for interval in domain.intervals):
            return False
    return True


def _is_among(value: Expr, points: Points) -> bool:
    place = near(div(sub(value, points.start), points.step))
    return place is None or abs(place - round(place)) < MOST_NEAR


def _is_within(value: Expr, interval: Interval) -> bool:
    ends = ((value, interval.lower, interval.has_lower), (interval.upper, value, interval.has_upper))
    return all(
        high is INFINITY or low is -INFINITY or sign_of(sub(high, low)) in ((0, 1) if included else (1,))
        for high, low, included in ends
    )
