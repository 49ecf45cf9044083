"""The rules for limits, the ones that people know first: each says what it found and on which limits that rests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wrt.derive.engine import differentiate
from wrt.expr.build import INFINITY, ONE, ZERO, add, mul
from wrt.expr.coerce import as_expr
from wrt.expr.function import Function, Interval, Kink, Points
from wrt.expr.node import Add, Call, Cases, Constant, Expr, Mul, Power, Symbol
from wrt.expr.walk import is_larger, is_minus, nodes, rebuild, substitute
from wrt.functions import TABLE
from wrt.functions.declare import function
from wrt.limits import values
from wrt.limits.coefficients import LOG, NoLimitError, OutsideError, UndecidedError, exact, has_log, is_zero, simpler
from wrt.limits.germ import contains, exp_of, is_among, is_finite
from wrt.limits.problem import Found, Problem, Rule
from wrt.limits.values import MINUS_INFINITY, Between, IndeterminateError, Value
from wrt.simplify import simplify

ROUNDS: Final = 5  # times that l'Hôpital's rule is used in a row
LARGEST: Final = 40  # nodes of a quotient of derivatives
SHOWN: Final = 3  # terms of a series in a step
_exp, _log = TABLE["exp"], TABLE["log"]
FRACTION: Final = function(
    "frac",
    "what is left of a number without its whole part",
    definition=lambda x: x - TABLE["floor"](x),
    range=Interval(0, 1, "[)"),
    period=1,
    kinks=lambda x: (Kink(Points(0, 1), kind="jump"),),
)


def constant(problem: Problem, f: Expr) -> Found | None:
    """What does not depend on the variable is its own limit."""
    return Found(f, "constant") if problem.variable not in f.free else None


def variable(problem: Problem, f: Expr) -> Found | None:
    """The variable goes to the point."""
    return Found(problem.point, "variable") if f is problem.variable else None


# Where an expression is continuous, its limit is its value.


def substitution(problem: Problem, f: Expr) -> Found | None:
    """The value at the point, where every part is continuous there."""
    if not is_finite(problem.point):
        return None
    found: dict[Expr, Expr] = {problem.variable: problem.point}
    for node in nodes(f):
        if problem.variable not in node.free:
            found[node] = node
        elif node is not problem.variable:
            found[node] = _continued(node, tuple(found[each] for each in node.operands))
    statement = (problem.variable, " = ", problem.point, ", where it is continuous")
    return Found(simplify(found[f]), "direct substitution", statement)


def _continued(node: Expr, operands: tuple[Expr, ...]) -> Expr:
    """The value of a node at values of its operands where it is continuous. Raises UndecidedError if it is not."""
    match node:
        case Add() | Mul():
            return node.rebuilt(operands)
        case Power():
            return values.finite_power(*operands)
        case Call() if node.function.kind == "elementwise":
            return value_of(node.function, operands)
    raise UndecidedError("continuity")


def value_of(function: Function, places: Sequence[Expr]) -> Expr:
    """The value of a function where it is continuous. Raises UndecidedError where it is not known to be."""
    jumps = function.kinks is not None and any(kink.kind == "jump" for kink in function.kinks(*places))
    if jumps or function.condition is not None or not all(map(contains, function.domain, places)):
        raise UndecidedError("continuity")
    value = function.apply(tuple(places))
    if not is_finite(value):
        raise UndecidedError("continuity")
    return value


# Pieces: which one holds near the point.


def piece(problem: Problem, f: Expr) -> Found | None:
    """The expression with each piecewise part as the piece of it that holds near the point."""
    parts = [node for node in nodes(f) if problem.variable in node.free and _is_piecewise(node)]
    if not parts:
        return None
    first = parts[0]
    try:
        chosen = _chosen(problem, first)
    except UndecidedError:
        if problem.is_two_sided:
            return both_sides(problem, f)
        raise
    plain = substitute(f, {first: chosen})
    statement = (first, " = ", chosen, " near the point")
    try:
        return Found(problem.value(plain), "one piece", statement, children=[(problem, plain)])
    except NoLimitError as error:
        raise NoLimitError(str(error)) from error


def _is_piecewise(node: Expr) -> bool:
    return isinstance(node, Cases) or (
        isinstance(node, Call)
        and node.function.kinks is not None
        and node.function.kind == "elementwise"
        and node.function is not FRACTION
    )


def _jumps(node: Expr) -> bool:
    return _is_piecewise(node) or (isinstance(node, Call) and node.function is FRACTION)


def _chosen(problem: Problem, node: Expr) -> Expr:
    if isinstance(node, Cases):
        pairs = zip(node.conditions, node.values, strict=True)
        return next((value for test, value in pairs if problem.holds(test)), node.otherwise)
    assert isinstance(node, Call)
    if node.function.name in ("floor", "ceil"):
        return _rounded(problem, node)
    if node.function.name == "abs":
        return problem.sign(node.args[0]) * node.args[0]
    if node.function.name == "cbrt":
        direction = problem.sign(node.args[0])
        return direction * (direction * node.args[0]) ** (ONE / 3)
    if node.function.definition is None:
        raise UndecidedError(f"the pieces of {node.function.name}")
    pieces = node.function.definition(*node.args)
    return _chosen(problem, pieces) if isinstance(pieces, Cases) else pieces


def _rounded(problem: Problem, node: Call) -> Expr:
    """The whole number beside an argument that has a limit; of one that grows, the argument less or more a fraction."""
    argument = node.args[0]
    value = problem.value(argument)
    if isinstance(value, Expr) and not is_finite(value):
        return argument - FRACTION(argument) if node.function.name == "floor" else argument + FRACTION(-argument)
    return as_expr(problem.germ.of(node)[0])


# Limit laws: the limit of a sum, product or power is that of the limits.


def laws(problem: Problem, f: Expr) -> Found | None:
    """The limit of a sum, product or power by those of its parts; what vanishes times what is bounded vanishes."""
    match f:
        case Add():
            value = values.total(map(problem.value, f.terms))
            return _by_law(problem, value, "sum of limits", "lim (u + v) = lim u + lim v", f.terms)
        case Mul():
            found = [_value_or_bounds(problem, each) for each in f.factors]
            value = values.product([mul(f.coefficient), *found])
            if any(isinstance(each, Between) for each in found) and value is ZERO:
                return _by_law(problem, value, "squeeze", "bounded times vanishing", f.factors)
            return _by_law(problem, value, "product of limits", "lim u·v = lim u · lim v", f.factors)
        case Power() if problem.variable not in f.exponent.free:
            base = problem.value(f.base)
            if isinstance(base, Expr) and is_finite(base) and is_zero(exact(base)) and values.is_negative(f.exponent):
                value = _reciprocal_of_zero(problem, f)
                return _by_law(problem, value, "reciprocal", "1/u is infinite where u vanishes", [f.base])
            value = values.raised(base, f.exponent)
            return _by_law(problem, value, "power of a limit", "lim uⁿ = (lim u)ⁿ", [f.base])
    return None


def _value_or_bounds(problem: Problem, f: Expr) -> Value:
    """The limit of an expression, or the bounds of a function whose argument has none that is known."""
    try:
        return problem.value(f)
    except OutsideError:
        raise
    except UndecidedError:
        if isinstance(f, Call) and f.function.kind == "elementwise":
            return _range(problem, f, False)
        raise


def _by_law(problem: Problem, value: Value, law: str, said: str, parts: Sequence[Expr]) -> Found:
    return Found(value, law, (said,), children=[(problem, each) for each in parts])


def _reciprocal_of_zero(problem: Problem, f: Power) -> Value:
    """A negative power of what vanishes, by its sign near the point."""
    whole = isinstance(f.exponent, Constant) and isinstance(f.exponent.value, int)
    if whole and f.exponent.value % 2 == 0:  # type: ignore[attr-defined]
        return INFINITY
    direction = problem.sign(f.base)
    if direction < 0 and not whole:
        raise OutsideError("a root of a negative number")
    return direction * INFINITY


def continuity(problem: Problem, f: Expr) -> Found | None:
    """The limit of g(u) is g of the limit of u, where g is continuous there or has a limit there."""
    if not isinstance(f, Call) or f.function.kind != "elementwise":
        return None
    inner = [problem.value(arg) for arg in f.args]
    children = [(problem, arg) for arg in f.args]
    numbers = [each for each in inner if isinstance(each, Expr)]
    if len(numbers) == len(inner) and all(map(is_finite, numbers)):
        value = _value_or_none(f.function, numbers)
        if value is not None:
            return Found(value, "continuity", (f.function, " is continuous"), children=children)
    if len(inner) > 1:
        return None
    if isinstance(inner[0], Between):
        return Found(_of_moving(problem, f, inner[0]), "continuity", children=children)
    if f.function.period is not None and not is_finite(inner[0]):
        whole = not any(map(_jumps, nodes(f.args[0])))  # what jumps may miss values
        said = (f.function, " is periodic")
        return Found(_range(problem, f, whole), "oscillation", said, children=children)
    value = _at_end(problem, f, inner[0])
    statement = (f.function, "(u) → ", value, " as ", "u → ", inner[0])
    return Found(value, "limit of a function", statement, children=children)


def _value_or_none(function: Function, places: Sequence[Expr]) -> Expr | None:
    try:
        return value_of(function, places)
    except UndecidedError:
        return None


def _of_moving(problem: Problem, f: Call, inner: Between) -> Value:
    """A function of what oscillates."""
    function = f.function
    ends = [function(inner.lower), function(inner.upper)]
    if function.monotone is not None and all(map(is_finite, ends)):
        lower, upper = ends if function.monotone == "increasing" else reversed(ends)
        return Between(lower, upper, inner.whole)
    return _range(problem, f, False)


def _range(problem: Problem, f: Call, whole: bool) -> Between:
    """The bounds of a function; `whole` says that it takes all values between them again and again."""
    if f.function.range is None:
        raise UndecidedError("the bounds of a function")
    intervals = f.function.range(*f.args).intervals
    lower, upper = intervals[0].lower, intervals[-1].upper
    if not (is_finite(lower) and is_finite(upper)) or problem.variable in lower.free | upper.free:
        if whole and lower is MINUS_INFINITY and upper is INFINITY:
            raise NoLimitError(f"{f.function.name} takes all its values again and again")
        raise UndecidedError("the bounds of a function")
    return Between(lower, upper, whole)


def _at_end(problem: Problem, f: Call, place: Expr) -> Expr:
    """The limit of a function at an end of its domain, as the table has it."""
    if f.function.limits is None:
        raise UndecidedError("the limit of a function")
    for (point, side), value in f.function.limits(*f.args).items():
        if point is not place and not (isinstance(point, Points) and is_among(place, point)):
            continue
        if not is_finite(place) or (problem.sign(f.args[0] - place) > 0) == (side == "+"):
            return value
    raise UndecidedError("the limit of a function")


def exponential(problem: Problem, f: Expr) -> Found | None:
    """A power whose base and exponent both change: u**v = exp(v·log u), for 1^∞, 0^0 and ∞^0."""
    if not isinstance(f, Power) or problem.variable not in f.exponent.free:
        return None
    exponent = f.exponent * _log(f.base)
    found = problem.value(exponent)
    if isinstance(found, Between):
        raise IndeterminateError
    value = INFINITY if found is INFINITY else ZERO if found is MINUS_INFINITY else simplify(exp_of(found))
    return Found(
        value, "exponential of a limit", ("uᵛ = exp(v·log u)",), {"u": f.base, "v": f.exponent}, [(problem, exponent)]
    )


# Quotients whose parts both vanish or both grow.


def hospital(problem: Problem, f: Expr) -> Found | None:
    """l'Hôpital's rule: the limit of u/v is that of u′/v′ where u and v both vanish or are both infinite."""
    if not isinstance(f, Mul) or _rounds(f) >= ROUNDS or any(map(_jumps, nodes(f))):
        return None
    top, bottom = _fraction(problem, f)
    form = _form(problem, top, bottom)
    slopes = [differentiate(each, problem.variable) for each in (top, bottom)]
    if is_larger(slopes[0] / slopes[1], LARGEST):
        return None
    ratio = simplify(simplify(slopes[0]) / simplify(slopes[1]))
    if is_larger(ratio, len(nodes(f)) + 3):
        return None
    if isinstance(ratio, Mul):
        ratio.remember("l'Hôpital", _rounds(f) + 1)
    found = problem.solve(ratio)
    value = found.value
    if isinstance(value, Between) or found.rule == "growth":
        return None
    statement = (f"{form}, so lim u/v = lim u′/v′",)
    named = {"u": top, "v": bottom}
    return Found(value, "l'Hôpital", statement, named, [(problem, ratio)])


def _rounds(f: Expr) -> int:
    known: int | None = f.recall("l'Hôpital")
    return known or 0


def _fraction(problem: Problem, f: Mul) -> tuple[Expr, Expr]:
    """Numerator and denominator; of a product without one, logarithms stay above."""
    top: list[Expr] = []
    bottom: list[Expr] = []
    for factor in f.factors:
        if isinstance(factor, Power) and values.is_negative(factor.exponent):
            bottom.append(1 / factor)
        elif isinstance(factor, Call) and factor.function is _exp and is_minus(factor.args[0]):
            bottom.append(_exp(-factor.args[0]))
        else:
            top.append(factor)
    if not bottom:
        low = [factor for factor in top if not _has_log(factor)]
        if len(low) == len(top):
            low = top[:1]
        top = [factor for factor in top if factor not in low]
        bottom = [1 / mul(*low)]
    return mul(f.coefficient, *top), mul(*bottom)


def _has_log(f: Expr) -> bool:
    return any(isinstance(node, Call) and node.function is _log for node in nodes(f))


def _form(problem: Problem, top: Expr, bottom: Expr) -> str:
    """The form 0/0 or ∞/∞. Raises IndeterminateError for others."""
    above, below = problem.value(top), problem.value(bottom)
    if isinstance(above, Between) or isinstance(below, Between):
        raise IndeterminateError
    if not is_finite(below) and not is_finite(above):
        return "∞/∞"
    if is_finite(above) and is_finite(below) and is_zero(exact(above)) and is_zero(exact(below)):
        return "0/0"
    raise IndeterminateError


# What decides in general: the leading term of a series, and rates of growth.


def dominant(problem: Problem, f: Expr) -> Found | None:
    """At infinity, the dominant terms of powers and roots."""
    if is_finite(problem.point) or not _is_algebraic(problem, f):
        return None
    value, terms = _leading(problem, f, 1)
    return Found(value, "dominant terms", (f, " ≈ ", terms))


def _is_algebraic(problem: Problem, f: Expr) -> bool:
    moving = [node for node in nodes(f) if problem.variable in node.free]
    return all(isinstance(node, Symbol | Add | Mul | Power) for node in moving) and not any(
        isinstance(node, Power) and problem.variable in node.exponent.free for node in moving
    )


def series(problem: Problem, f: Expr) -> Found | None:
    """The leading term of the series at the point."""
    value, terms = _leading(problem, f, SHOWN)
    return Found(value, "series", (f, " = ", terms, " + …"))


def _leading(problem: Problem, f: Expr, shown: int) -> tuple[Expr, Expr]:
    """The limit by the leading term of the series, and its first terms."""
    stream = problem.germ.of(f)
    place = stream.leading()
    lead = as_expr(stream[place])
    if place > 0:
        value: Expr = ZERO
    elif place < 0 or has_log(lead):
        value = problem.germ.direction(stream) * INFINITY
    else:
        value = simpler(lead)
    small = _small(problem)
    terms: list[Expr] = []
    for n in range(place, place + 2 * shown * stream.grid):
        coefficient = as_expr(stream[n])
        if len(terms) < shown and coefficient is not ZERO:
            scaled = coefficient if LOG not in coefficient.free else substitute(coefficient, {LOG: _log(small)})
            terms.append(simpler(scaled) * small ** (ONE * n / stream.grid))
    return value, add(*terms)


def _small(problem: Problem) -> Expr:
    """What vanishes at the point."""
    if not is_finite(problem.point):
        return 1 / problem.variable if problem.point is INFINITY else -1 / problem.variable
    return problem.point - problem.variable if problem.side == "-" else problem.variable - problem.point


def terms(problem: Problem, f: Expr) -> Found | None:
    """A product with a sum in it, term by term."""
    if not isinstance(f, Mul):
        return None
    first = next((factor for factor in f.factors if isinstance(factor, Add)), None)
    if first is None:
        return None
    plain = add(*(f / first * term for term in first.terms))
    return Found(problem.value(plain), "term by term", (f, " = ", plain), children=[(problem, plain)])


def growth(problem: Problem, f: Expr) -> Found | None:
    """The fastest growing part decides."""
    if problem.is_two_sided:
        return None
    value = problem.growth.limit(problem.far(f))
    shown = rebuild(simpler(value), _tidied) if is_finite(value) else value
    return Found(shown, "growth", ("exponentials outgrow powers, powers outgrow logarithms",))


def _tidied(node: Expr) -> Expr:
    """A number without logarithms in exponentials and of fractions: exp(log(x)/2) is √x, log(1/2) is -log(2)."""
    match node:
        case Call(function=function, args=(argument,)) if function is _exp:
            return exp_of(argument)
        case Call(function=function, args=(Constant(value=value),)) if function is _log and 0 < value < 1:
            return -_log(1 / node.operands[0])
    return node


def both_sides(problem: Problem, f: Expr) -> Found | None:
    """The limits from both sides, if they are equal; that from one side where the expression is defined on one only."""
    if not problem.is_two_sided:
        return None
    left, right = problem.from_side("-"), problem.from_side("+")
    found: list[tuple[Problem, Value]] = []
    for each in (left, right):
        try:
            found.append((each, each.value(f)))
        except OutsideError:
            continue
    if not found:
        raise OutsideError(f"{f} is not defined near {problem.variable} = {problem.point}")
    children = [(each, f) for each, _ in found]
    if len(found) == 1:
        words = "above" if found[0][0] is right else "below"
        return Found(found[0][1], "one side", (f"defined only {words} the point",), children=children)
    below, above = (value for _, value in found)
    return Found(_agreed(problem, f, below, above), "both sides", ("equal from both sides",), children=children)


def _agreed(problem: Problem, f: Expr, below: Value, above: Value) -> Value:
    if isinstance(below, Between) or isinstance(above, Between):
        if isinstance(below, Between) and isinstance(above, Between) and below == above:
            return below
        raise UndecidedError("what oscillates on one side")
    if below is above or (is_finite(below) and is_finite(above) and is_zero(exact(below - above))):
        return below
    error = NoLimitError(f"it is {below} from the left and {above} from the right")
    error.sides = below, above
    raise error


RULES: Final[Sequence[Rule]] = (
    constant,
    variable,
    substitution,
    piece,
    laws,
    continuity,
    exponential,
    dominant,
    hospital,
    series,
    terms,
    growth,
    both_sides,
)
