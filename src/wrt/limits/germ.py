"""What an expression is near a point: a stream of coefficients for each node, of functions by their derivatives."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import Final, Literal

from wrt.expr.arithmetic import add, mul, split_coefficient, terms_of
from wrt.expr.coerce import as_expr
from wrt.expr.conditions import HOLDS
from wrt.expr.function import Function
from wrt.expr.node import (
    INFINITY,
    Add,
    Call,
    Cases,
    Compare,
    Constant,
    Expr,
    Logic,
    Mul,
    Power,
    Symbol,
)
from wrt.expr.walk import nodes
from wrt.functions import TABLE
from wrt.limits import special
from wrt.limits.balls import NoBallError, ball
from wrt.limits.coefficients import (
    BITS,
    LOG,
    Coefficient,
    OutsideError,
    UndecidedError,
    by_log,
    exact,
    has_log,
    is_zero,
    sign,
)
from wrt.limits.places import MINUS_INFINITY, declared, is_finite, is_near, is_regular, nearby, rests_on_itself
from wrt.limits.streams import (
    Stream,
    composed,
    exponential,
    integral,
    leading_term,
    logarithm,
    polynomial,
    product,
    quotient,
    real_power,
    scaled,
    shifted,
    since,
    stretched,
    theta,
    total,
    whole_power,
)
from wrt.simplify import simplify

Side = Literal["+", "-"]

SMALL_POWER: Final = 3  # whole powers up to this one are products
_exp, _log = TABLE["exp"], TABLE["log"]


class Germ:
    """The streams of expressions in t = variable - point (side "+" or None), point - variable ("-") or 1/|variable|.

    `log` stands for log t, and `sign` tells the signs of coefficients.
    """

    log: Expr = LOG

    def __init__(self, variable: Symbol, point: Expr, side: Side | None) -> None:
        self.variable = variable
        self.sided = side is not None or point in (INFINITY, MINUS_INFINITY)
        self.done: dict[Expr, Stream] = {variable: _start(point, side)}

    def of(self, root: Expr, terms: int = 0) -> Stream:
        """The stream of an expression. Raises UndecidedError where there is none.

        This many terms of each part are computed at once, operands first, so that depth costs no recursion.
        """
        stack = [root]
        while stack:
            node = stack[-1]
            if node in self.done:
                stack.pop()
                continue
            waiting = [part for part in self._parts(node) if part not in self.done]
            if waiting:
                stack.extend(waiting)
                continue
            stack.pop()
            stream = self._build(node)
            self.done[node] = stream
            stream.reach(stream.low + terms * stream.grid - 1)
        return self.done[root]

    def deepen(self, root: Expr, terms: int) -> None:
        """Compute this many terms of each part of an expression, operands first."""
        for node in nodes(root):
            if node in self.done:
                stream = self.done[node]
                stream.reach(stream.low + terms * stream.grid - 1)

    def _parts(self, node: Expr) -> tuple[Expr, ...]:
        """The operands whose streams are needed in any case."""
        if self.variable not in node.free or isinstance(node, Cases) or _is_log_of_abs(node):
            return ()
        return node.operands

    def _build(self, node: Expr) -> Stream:
        if self.variable not in node.free:
            return polynomial(0, node)
        if node.shape:
            raise UndecidedError("a series of tensors")
        match node:
            case Add():
                return total(self.done[term] for term in node.terms)
            case Mul():
                first, *rest = (self.done[factor] for factor in node.factors)
                for factor in rest:
                    first = product(first, factor)
                return scaled(first, Fraction(node.coefficient))
            case Power():
                return self._power(node)
            case Cases():
                taken = (value for test, value in zip(node.conditions, node.values, strict=True) if self.holds(test))
                return self.of(next(taken, node.otherwise))
            case Call() if node.function.kind == "elementwise":
                return self._call(node)
        raise UndecidedError(f"a series of {type(node).__name__}")

    # Powers, exponentials and logarithms: what makes and removes roots and logarithms of t.

    def _power(self, node: Power) -> Stream:
        base, exponent = self.done[node.base], node.exponent
        if self.variable in exponent.free:
            return self.of(_exp(exponent * _log(node.base)))
        if isinstance(exponent, Constant) and isinstance(exponent.value, int) and abs(exponent.value) <= SMALL_POWER:
            whole = whole_power(base, abs(exponent.value))
            return whole if exponent.value > 0 else quotient(polynomial(0, 1), whole)
        place, lead = leading_term(base)
        near_one = scaled(since(shifted(base, -place), 0), 1 / lead)
        self._check_root(lead, exponent)
        rest = scaled(real_power(near_one, exact(exponent)), exact(as_expr(lead) ** exponent))
        return self._times_power(rest, Fraction(place, base.grid), exponent)

    def _check_root(self, lead: Coefficient, exponent: Expr) -> None:
        whole = isinstance(exponent, Constant) and isinstance(exponent.value, int)
        if not whole and self._is_negative(lead):
            raise OutsideError("a root of a negative number")

    def _times_power(self, stream: Stream, place: Fraction, exponent: Expr) -> Stream:
        """The stream times t^(place·exponent)."""
        if place == 0:
            return stream
        if not isinstance(exponent, Constant):
            raise UndecidedError("a power of t that is not a number")
        power = place * exponent.value
        if not self.sided and Fraction(exponent.value).denominator > 1 and power % 2:
            raise UndecidedError("a root that depends on the side")
        grid = lcm(stream.grid, power.denominator)
        return shifted(stretched(stream, grid), int(power * grid))

    def _exponential(self, u: Stream) -> Stream:
        if not all(is_zero(u[n]) for n in range(u.low, 0)):
            raise UndecidedError("an exponential of what is infinite")
        constant, small = u[0], since(u, 1)
        power = by_log(constant)
        rest = simplify(as_expr(constant - power * LOG)) if has_log(constant) else constant
        if isinstance(power, Expr) or has_log(rest):
            raise UndecidedError("a power of t that is not a number")
        result = scaled(exponential(small), exact(exp_of(as_expr(rest))))
        return self._times_power(result, Fraction(power), as_expr(Fraction(1)))

    def _logarithm(self, u: Stream) -> Stream:
        place, lead = leading_term(u)
        if place % 2 and not self.sided:
            raise UndecidedError("a logarithm that depends on the side")
        if self._is_negative(lead):
            raise OutsideError("a logarithm of what is negative")
        near_one = scaled(since(shifted(u, -place), 0), 1 / lead)
        constant = self.log_of(lead) + Fraction(place, u.grid) * self.log
        return total([logarithm(near_one), polynomial(0, constant)])

    # Functions of the table.

    def _call(self, node: Call) -> Stream:
        function, args = node.function, node.args
        match function.name:
            case "exp":
                return self._exponential(self.done[args[0]])
            case "log" if _is_log_of_abs(node):
                return scaled(self.of(_log(args[0] ** 2)), Fraction(1, 2))
            case "log":
                return self._logarithm(self.done[args[0]])
            case "floor" | "ceil":
                return self._step(function, self.done[args[0]])
            case "cbrt":
                return self.of(special.cube_root(args[0], self.direction(self.done[args[0]])))
            case "atan2":
                return self.of(special.angle(*args))
        places = [self.place(self.done[arg]) for arg in args]
        if len(args) == 1 and (found := declared(function, places[0])):
            u = self.done[args[0]]
            return composed(found, since(quotient(polynomial(0, 1), u) if places[0] is INFINITY else u, 1))
        for formula in nearby(function, places[-1]):
            return self.of(formula(*args))
        if function.kinks is not None and function.definition is not None:
            return self.of(function.definition(*args))
        if is_regular(function, places):
            return self._solution(node, places, lcm(*(self.done[arg].grid for arg in args)))
        if function.definition is not None:
            return self.of(function.definition(*args))
        if all(map(is_finite, places)) and not all(map(is_near, function.domain, places)):
            raise OutsideError(f"{function.name} at {places[0]}")
        return self._steep(node, places)

    def _solution(self, node: Call, places: list[Expr], grid: int) -> Stream:
        """The y with θy = Σ ∂ₖg(u)·θuₖ, where each ∂ₖg may have y in it."""
        return integral(lambda: self._slope(node), exact(node.function.apply(tuple(places))), grid)

    def _slope(self, node: Call) -> Stream:
        parts = [
            product(self.of(self._partial(node, place)), theta(self._moving(arg)))
            for place, arg in enumerate(node.args)
            if self.variable in arg.free
        ]
        return total(parts)

    def _moving(self, arg: Expr) -> Stream:
        """The stream of an argument without the constant it tends to."""
        u = self.done[arg]
        return since(u, 1) if is_finite(self.place(u)) else u

    def _partial(self, node: Call, place: int) -> Expr:
        derivative = node.function.derivative[place]
        if derivative is None:
            raise UndecidedError(f"the derivative of {node.function.name} by its order")
        return derivative(*node.args)

    def _steep(self, node: Call, places: list[Expr]) -> Stream:
        """A function where its derivative as declared is infinite or 0/0; at infinity, if that is algebraic."""
        if len(places) > 1:
            raise UndecidedError(f"{node.function.name} where it is steep")
        (place,) = places
        partial = self._partial(node, 0)
        moving = [each for each in nodes(partial) if isinstance(each, Call) and each not in self.done]
        if moving and (not is_finite(place) or rests_on_itself(node.function)):
            raise UndecidedError(f"{node.function.name} at {place}")
        value = node.function.apply((place,))
        if not is_finite(value):
            raise UndecidedError(f"{node.function.name} at {place}")
        slope = self._slope(node)
        return integral(lambda: slope, exact(value), slope.grid)

    def _step(self, function: Function, u: Stream) -> Stream:
        """The whole number below or above."""
        place = self.place(u)
        try:
            value = ball(place, {}, BITS[1])
        except NoBallError as error:
            raise UndecidedError(f"{function.name} at {place}") from error
        below, above = int(float(value.floor().mid())), int(float(value.ceil().mid()))
        whole = above if is_zero(exact(place - above)) else below
        if not is_zero(exact(place - whole)):
            return polynomial(0, below if function.name == "floor" else above)
        direction = self.direction(total([u, polynomial(0, -whole)]))
        return polynomial(0, whole + (min(direction, 0) if function.name == "floor" else max(direction, 0)))

    # Where a stream starts, and on which side of 0 it is.

    def place(self, u: Stream) -> Expr:
        """What the stream tends to: a number, inf or -inf."""
        if all(is_zero(u[n]) for n in range(u.low, 0)):
            if has_log(u[0]):
                raise UndecidedError("a function of log t")
            return as_expr(u[0])
        return INFINITY if self.direction(u) > 0 else MINUS_INFINITY

    def direction(self, u: Stream) -> int:
        """The sign of the stream near 0, where log t is a large negative number."""
        place = u.leading()
        if place % (2 * u.grid) and not self.sided:
            raise UndecidedError("a sign that depends on the side")
        lead, turn = u[place], 1
        while has_log(lead):
            lead, turn = by_log(lead), -turn
        return self.sign(lead) * turn

    def sign(self, coefficient: Coefficient) -> int:
        """The sign of a coefficient."""
        return sign(coefficient)

    def log_of(self, coefficient: Coefficient) -> Expr:
        """The logarithm of a coefficient."""
        return _log(coefficient)

    def _is_negative(self, value: Coefficient) -> bool:
        try:
            return self.sign(value) < 0
        except UndecidedError:
            return False

    def holds(self, condition: Expr) -> bool:
        """Whether a condition holds near the point, the point itself left out."""
        match condition:
            case Compare():
                difference = condition.left - condition.right
                if self.variable not in difference.free:
                    return bool(HOLDS[condition.op](self.sign(exact(difference)), 0))
                stream = self.of(difference)
                if condition.op in ("==", "!="):
                    stream.leading()
                    return condition.op == "!="
                return bool(HOLDS[condition.op](self.direction(stream), 0))
            case Logic():
                if condition.op == "not":
                    return not self.holds(condition.conditions[0])
                return (all if condition.op == "and" else any)(map(self.holds, condition.conditions))
        raise UndecidedError("a condition")


def _start(point: Expr, side: Side | None) -> Stream:
    """The stream of the variable itself."""
    if point is INFINITY:
        return polynomial(-1, 1)
    if point is MINUS_INFINITY:
        return polynomial(-1, -1)
    return polynomial(0, point, -1 if side == "-" else 1)


def exp_of(exponent: Expr) -> Expr:
    """exp(exponent), with log(u) to a rational multiple as a power of u."""
    powers, rest = [], []
    times, inner = split_coefficient(exponent)
    for term in (times * each for each in terms_of(inner)):
        coefficient, factor = split_coefficient(term)
        if _is_call(factor, "log"):
            powers.append(factor.operands[0] ** coefficient)
        else:
            rest.append(term)
    return mul(_exp(add(*rest)), *powers)


def _is_log_of_abs(node: Expr) -> bool:
    """Whether this is log|u|, half the logarithm of u²: that needs no side."""
    return isinstance(node, Call) and node.function is _log and _is_call(node.args[0], "abs")


def _is_call(node: Expr, name: str) -> bool:
    return isinstance(node, Call) and node.function.name == name
