"""Limits at infinity by rates of growth: everything is written in the fastest growing part, and expanded in it.

Source: Gruntz 1996, On computing limits in a symbolic manipulation system, ch. 3.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from wrt.errors import DomainError
from wrt.expr.arithmetic import factors_of
from wrt.expr.build import INFINITY, ONE, ZERO, add, as_expr
from wrt.expr.conditions import HOLDS
from wrt.expr.facts import is_positive
from wrt.expr.node import Add, Call, Cases, Compare, Constant, Expr, Logic, Power, Symbol
from wrt.expr.walk import is_larger, nodes, substitute
from wrt.functions import TABLE
from wrt.limits import special
from wrt.limits.coefficients import FAR, Coefficient, OutsideError, UndecidedError, exact, sign, simpler
from wrt.limits.germ import Germ
from wrt.limits.places import is_finite, is_regular, nearby
from wrt.simplify import simplify

LARGEST: Final = 250  # nodes of an expression
MOST: Final = 150  # expansions for one limit
OMEGA: Final = Symbol.intern("omega", (), frozenset(["positive"]))  # the part that vanishes fastest
_exp, _log = TABLE["exp"], TABLE["log"]
_UP: Final = _exp(FAR)


class Growth:
    """The limits and signs of expressions as FAR grows without bound."""

    def __init__(self) -> None:
        self._work = 0
        self._leading: dict[Expr, tuple[Expr, Fraction]] = {}
        self._prepared: dict[Expr, Expr] = {}

    def limit(self, f: Expr) -> Expr:
        """The limit, which may be inf or -inf. Raises UndecidedError."""
        if FAR not in f.free or f is FAR:
            return INFINITY if f is FAR else f
        f = self.prepared(f)
        if FAR not in f.free:
            return f
        coefficient, exponent = self.leading(f)
        if exponent > 0:
            return ZERO
        if exponent < 0:
            return self.sign(coefficient) * INFINITY
        return self.limit(coefficient)

    def sign(self, f: Expr) -> int:
        """The sign from some point on."""
        if is_positive(f):
            return 1
        if FAR not in f.free:
            return sign(exact(f))
        f = self.prepared(f)
        return self.sign(self.leading(f)[0] if FAR in f.free else f)

    def leading(self, f: Expr) -> tuple[Expr, Fraction]:
        """c and e where f is c·ω^e, up to what vanishes faster, and c is free of the fastest growing part 1/ω."""
        if f not in self._leading:
            self._leading[f] = self._expanded(f)
        return self._leading[f]

    def fastest(self, f: Expr) -> frozenset[Expr]:
        """The parts that grow or vanish fastest: FAR itself, or exponentials."""
        found: dict[Expr, frozenset[Expr]] = {}
        for node in nodes(f):
            if FAR not in node.free:
                found[node] = frozenset()
                continue
            if _is_moving_power(node):
                raise UndecidedError("a power that is not written as an exponential")
            below = [found[each] for each in node.operands]
            if _is_exp(node) and not is_finite(self.limit(node.operands[0])):
                below.append(frozenset([node]))
            found[node] = frozenset([FAR]) if node is FAR else self._faster(below)
        return found[f]

    def _faster(self, sets: list[frozenset[Expr]]) -> frozenset[Expr]:
        best: frozenset[Expr] = frozenset()
        for each in sets:
            if not each or each <= best:
                continue
            if not best or best <= each:
                best = each
                continue
            order = self._compared(_one(each), _one(best))
            best = each if order > 0 else best if order < 0 else each | best
        return best

    def _compared(self, one: Expr, other: Expr) -> int:
        """Whether one part grows or vanishes faster than another (1), more slowly (-1), or like a power of it (0)."""
        if one is FAR and _is_exponential(other):
            return -1
        if other is FAR and _is_exponential(one):
            return 1
        ratio = self.limit(_log_of(one) / _log_of(other))
        return -1 if ratio is ZERO else 0 if is_finite(ratio) else 1

    def _expanded(self, f: Expr) -> tuple[Expr, Fraction]:
        self._work += 1
        if self._work > MOST or is_larger(f, LARGEST):
            raise UndecidedError("a limit that takes too long")
        parts = self.fastest(f)
        if FAR in parts:
            return self._expanded(self.prepared(substitute(f, {FAR: _UP})))
        slow = _one(parts).operands[0]
        log = slow if self.sign(slow) < 0 else -slow
        stream = _InOmega(log, self).of(self._in_omega(f, parts, log))
        place = stream.leading()
        return as_expr(stream[place]), Fraction(place, stream.grid)

    def _in_omega(self, f: Expr, parts: frozenset[Expr], log: Expr) -> Expr:
        """The expression with each of the fastest parts as a power of ω = exp(log) times what grows more slowly."""
        done: dict[Expr, Expr] = {}
        for node in nodes(f):
            if node in parts:
                (exponent,) = node.operands
                power = self.limit(exponent / log)
                rest = simplify(exponent - power * log)
                done[node] = self._in_omega(_exp(rest), parts, log) * OMEGA**power
            else:
                operands = tuple(done[each] for each in node.operands)
                done[node] = node if operands == node.operands else node.rebuilt(operands)
        return done[f]

    # What is written in functions that grow or vanish in ways of their own is written in exponentials first.

    def prepared(self, f: Expr) -> Expr:
        """The expression with pieces decided, and functions written as they are far away."""
        for node in nodes(f):
            if node not in self._prepared:
                found = self._rewritten(node)
                again = any(_is_moving_power(each) for each in (found, *found.operands))
                self._prepared[node] = self.prepared(found) if again and found is not node else found
        return self._prepared[f]

    def _rewritten(self, node: Expr) -> Expr:
        if FAR not in node.free or isinstance(node, Compare | Logic):
            return node
        if isinstance(node, Cases):
            return self.prepared(self._piece(node))
        operands = tuple(self._prepared[each] for each in node.operands)
        plain = node if operands == node.operands else node.rebuilt(operands)
        match plain:
            case Power() if _is_moving_power(plain):
                return self.prepared(_exp(plain.exponent * _log(plain.base)))
            case Call() if FAR in plain.free:
                return self._called(plain)
            case Add():
                return self._dominated(plain)
        return plain

    def _piece(self, node: Cases) -> Expr:
        pairs = zip(node.conditions, node.values, strict=True)
        return next((value for test, value in pairs if self.holds(test)), node.otherwise)

    def holds(self, condition: Expr) -> bool:
        """Whether a condition holds from some point on."""
        match condition:
            case Compare():
                return bool(HOLDS[condition.op](self._sign_or_zero(condition.left - condition.right), 0))
            case Logic(op="not"):
                return not self.holds(condition.conditions[0])
            case Logic():
                return (all if condition.op == "and" else any)(map(self.holds, condition.conditions))
        raise UndecidedError("a condition")

    def _sign_or_zero(self, difference: Expr) -> int:
        return 0 if difference is ZERO else self.sign(difference)

    def _is_negative(self, f: Expr) -> bool:
        try:
            return self.sign(f) < 0
        except UndecidedError:
            return False

    def _dominated(self, f: Add) -> Expr:
        """A sum of exponentials that are no rational powers of each other, with the largest taken out."""
        exponents = {factor.operands[0] for term in f.terms for factor in factors_of(term)[1] if _is_exp(factor)}
        largest = min(exponents, key=lambda each: each.key, default=ZERO)
        mixed = False
        for each in exponents - {largest}:
            ratio = simplify(each / largest)
            if FAR not in ratio.free and not isinstance(ratio, Constant):
                mixed = True
                if self.limit(each - largest) is INFINITY:
                    largest = each
        return _exp(largest) * add(*(term * _exp(-largest) for term in f.terms)) if mixed else f

    def _called(self, node: Call) -> Expr:
        function, args = node.function, node.args
        if function is _exp:
            return node
        if function is _log:
            if self._is_negative(args[0]):
                raise OutsideError("a logarithm of what is negative")
            return _expanded_log(args[0])
        limits = [self.limit(each) for each in args]
        for formula in nearby(function, limits[-1]):
            return self.prepared(formula(*args))
        if (function.name, limits[0]) in special.COEFFICIENTS or function in special.TAILS or function.name == "atan":
            return node
        if is_regular(function, limits) and function.kinks is None:
            return node
        if function.name == "abs":
            return self.sign(args[0]) * args[0]
        if function.definition is not None:
            return self.prepared(function.definition(*args))
        if not all(map(is_finite, limits)):
            raise UndecidedError(f"{function.name} far away")
        return node


class _InOmega(Germ):
    """Expansions in ω whose coefficients are functions of FAR."""

    def __init__(self, log: Expr, growth: Growth) -> None:
        super().__init__(OMEGA, ZERO, "+")
        self.log = log
        self.growth = growth

    def sign(self, coefficient: Coefficient) -> int:
        return self.growth.sign(as_expr(coefficient))

    def log_of(self, coefficient: Coefficient) -> Expr:
        return _expanded_log(as_expr(coefficient))


def _expanded_log(argument: Expr) -> Expr:
    """log(argument), with exponentials and powers of FAR, which are positive, taken out of it."""
    coefficient, factors = factors_of(argument)
    outside: list[Expr] = []
    inside: list[Expr] = []
    for factor in factors:
        if _is_exp(factor):
            outside.append(factor.operands[0])
        elif factor is FAR:
            outside.append(_log(FAR))
        elif isinstance(factor, Power) and factor.base is FAR:
            outside.append(factor.exponent * _log(FAR))
        else:
            inside.append(factor)
    rest = coefficient * _product(inside)
    return add(*outside, _log(rest)) if rest is not ONE else add(*outside)


def _product(factors: list[Expr]) -> Expr:
    result: Expr = ONE
    for each in factors:
        result = result * each
    return result


def _is_moving_power(node: Expr) -> bool:
    """Whether this is a power that is written as an exponential: its exponent is no number."""
    return isinstance(node, Power) and not isinstance(node.exponent, Constant) and FAR in node.free


def _is_exp(node: Expr) -> bool:
    return isinstance(node, Call) and node.function is _exp


def _is_exponential(part: Expr) -> bool:
    """Whether the exponent of an exponential is like a power of FAR, which makes it faster than all powers."""
    try:
        return _is_exp(part) and Germ(FAR, INFINITY, None).of(part.operands[0]).leading() < 0
    except UndecidedError:
        return False


def _one(parts: frozenset[Expr]) -> Expr:
    """The first of the parts, in an order that does not change from run to run."""
    return min(parts, key=lambda part: (len(nodes(part)), part.key))


def _log_of(part: Expr) -> Expr:
    return part.operands[0] if _is_exp(part) else _log(part)


def far(f: Expr, variable: Symbol, point: Expr, side: str | None) -> Expr:
    """The expression in FAR, which goes to infinity as the variable goes to the point."""
    if point is INFINITY:
        moving: Expr = FAR
    elif point is -INFINITY:
        moving = -FAR
    else:
        moving = point - 1 / FAR if side == "-" else point + 1 / FAR
    return substitute(f, {variable: moving})


def limit(f: Expr, variable: Symbol, point: Expr, side: str | None) -> Expr | None:
    """The limit from one side or at infinity, or None where it cannot be decided.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> f = (_exp(1 / x - _exp(-x)) - _exp(1 / x)) * _exp(x)
    >>> print(limit(f, x, INFINITY, None))
    -1
    """
    try:
        return simpler(Growth().limit(far(f, variable, point, side)))
    except (UndecidedError, DomainError):
        return None
