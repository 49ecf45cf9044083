"""Every row of the table against the balls: what it says of values, limits, kinks, laws, inverses and stable forms."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise, product

import pytest
from flint import arb

from wrt import derive, functions
from wrt.errors import DomainError
from wrt.expr.build import TRUE, add, mul, number, symbol, where
from wrt.expr.function import Function, Interval, Points, RealSet
from wrt.expr.node import Call, Expr
from wrt.expr.walk import substitute
from wrt.functions.stable import naive
from wrt.verify.evaluate import evaluate
from wrt.verify.oracle import verify_derivative, verify_equal
from wrt.verify.series import PointError, constant, working

ELEMENTWISE = [function for function in functions.TABLE.values() if function.kind == "elementwise"]
UNARY = [function for function in ELEMENTWISE if len(function.arguments) == 1]
GRID = [Fraction(k, 7) + Fraction(1, 1000) for k in range(-40, 41)]
FEW = [Fraction(-21, 10), Fraction(-4, 5), Fraction(1, 3), Fraction(6, 5), Fraction(13, 5)]
HALVES = [Fraction(k, 2) for k in range(-12, 13)]
NEAR = Fraction(1, 10**12)
WHERE_IT_HAS_ITS_KINK = {"hypot": Fraction(0), "atan2": Fraction(-1)}  # the second argument
SUSPECTS = [number(half) for half in HALVES]


def declared(attribute: str, among: list[Function] = ELEMENTWISE) -> pytest.MarkDecorator:
    """The functions that declare this."""
    rows = [function for function in among if getattr(function, attribute)]
    return pytest.mark.parametrize("function", rows, ids=str)


def arguments(function: Function) -> tuple[Expr, ...]:
    return tuple(symbol(name) for name in function.arguments)


def value(node: Expr, at: dict[Expr, object] | None = None) -> arb:
    """The ball of a scalar expression, with values for its symbols. Raises PointError where it has none."""
    numbers = {name: (constant(ball(each)),) for name, each in (at or {}).items()}
    (entry,) = evaluate(node, numbers, {})
    return entry[0]


def ball(at: object) -> arb:
    if isinstance(at, Expr):
        return value(at)
    return arb(at.numerator) / at.denominator if isinstance(at, Fraction) else arb(at)


def is_infinite(node: Expr) -> bool:
    return str(node) in ("inf", "-inf")


def inside(values: RealSet, at: object) -> bool:
    """Whether a number certainly lies in the set, or on an end that belongs to it."""
    return any(_between(interval, ball(at)) for interval in values.intervals) and not _excluded(values.without, at)


def _between(interval: Interval, at: arb) -> bool:
    return _above(interval.lower, at, interval.has_lower) and _above(-interval.upper, -at, interval.has_upper)


def _above(end: Expr, at: arb, belongs: bool) -> bool:
    if is_infinite(end):
        return str(end) == "-inf"
    least = value(end)
    return bool(at > least or (belongs and not at < least))


def _excluded(points: Points | None, at: object) -> bool:
    if points is None:
        return False
    steps = (ball(at) - value(points.start)) / value(points.step)
    return bool(steps.contains_integer() and (not points.one_sided or steps > -0.5))


def samples(function: Function, grid: list[Fraction] = GRID) -> Iterator[dict[Expr, Fraction]]:
    """Arguments in the domain: the first along the grid, the others at a few values."""
    names = arguments(function)
    for place, *others in product(grid, *[FEW] * (len(names) - 1)):
        at = dict(zip(names, (place, *others), strict=True))
        if function.arguments[0] == "n":
            at[names[0]] = Fraction(int(abs(place)))
        if all(inside(values, at[name]) for name, values in zip(names, function.domain, strict=True)) and holds(
            function, at
        ):
            yield at


def holds(function: Function, at: dict[Expr, Fraction]) -> bool:
    if function.condition is None:
        return True
    condition = substitute(function.condition(*at), {name: number(each) for name, each in at.items()})
    return condition is TRUE


@pytest.fixture(autouse=True)
def precision() -> Iterator[None]:
    with working(200, 1):
        yield


@pytest.mark.parametrize("function", ELEMENTWISE, ids=str)
def test_it_has_a_value_everywhere_in_its_domain(function: Function) -> None:
    node = function(*arguments(function))
    tried = list(samples(function))
    assert len(tried) >= 5
    for at in tried:
        value(node, at)


@pytest.mark.parametrize("function", UNARY, ids=str)
def test_it_has_no_value_outside_its_domain(function: Function) -> None:
    (x,) = arguments(function)
    node = function(x)
    for place in GRID:
        if not inside(function.domain[0], place):
            with pytest.raises(PointError):
                value(node, {x: place})


@declared("range")
def test_its_values_lie_in_its_range(function: Function) -> None:
    names = arguments(function)
    node = function(*names)
    for at in samples(function):
        values = function.range(*(number(at[name]) for name in names))
        assert inside(values, value(node, at)), at


@declared("limits")
def test_it_tends_to_its_limits(function: Function) -> None:
    names = arguments(function)
    node = function(*names)
    others = next(samples(function))
    exact = tuple(number(others[name]) for name in names)
    for (point, side), limit in function.limits(*exact).items():
        place = add(point.start, mul(2, point.step)) if isinstance(point, Points) else point
        gaps = []
        for k in (3, 6, 14):
            step = arb(2) ** k if is_infinite(place) else arb(10) ** (-k)
            near = step if side == "+" else -step
            if is_infinite(place):
                near = -near
            else:
                near += value(place)
            found = value(node, {**others, names[0]: near})
            gaps.append(1 / found if is_infinite(limit) else found - value(limit))
        assert abs(gaps[-1]) < abs(gaps[0]) or gaps[-1] < 1e-40, (point, side, gaps)  # between them it may oscillate
        assert abs(gaps[-1]) < 0.3, (point, side, gaps)
        assert not is_infinite(limit) or (gaps[-1] > 0) == (str(limit) == "inf")


@declared("values", UNARY)
def test_its_exact_values_are_its_values(function: Function) -> None:
    for point, exact in function.values.items():
        try:
            found = value(Call.intern(function, (point,), ()))
        except PointError:  # a ball on the end of the domain: come near it from inside
            found = value(Call.intern(function, (point + Fraction(1, 10**30),), ())) + arb(0, 1e-10)
        assert found.overlaps(value(exact)), (point, exact)


@pytest.mark.parametrize("function", ELEMENTWISE, ids=str)
def test_what_it_gives_at_once_at_numbers_is_its_value(function: Function) -> None:
    for numbers in product(HALVES, *[[Fraction(1), Fraction(2)]] * (len(function.arguments) - 1)):
        try:
            exact = function.exactly(tuple(map(number, numbers)))
            found = value(Call.intern(function, tuple(map(number, numbers)), ()))
        except (DomainError, PointError):
            continue
        if exact is not None:
            assert found.overlaps(value(exact)), numbers


@declared("antiderivative")
def test_its_antiderivative_differentiates_back(function: Function) -> None:
    names = arguments(function)
    integral = function.antiderivative(*names)
    assert verify_derivative(integral, names[0], function(*names)).digits >= 25


@declared("antiderivative")
def test_its_antiderivative_has_no_jumps(function: Function) -> None:
    names = arguments(function)
    integral = function.antiderivative(*names)
    for at in samples(function, [Fraction(1, 3)]):
        exact = tuple(number(at[name]) for name in names)
        kinks = () if function.kinks is None else function.kinks(*exact)
        places = SUSPECTS + [kink.at for kink in kinks if isinstance(kink.at, Expr)]
        for place in places:
            sides = [ball(place) - ball(NEAR), ball(place) + ball(NEAR)]
            if all(inside(function.domain[0], side) for side in [*sides, place]):
                below, above = (value(integral, {**at, names[0]: side}) for side in sides)
                assert abs(below - above) < 1e-9 * (1 + abs(below)), place


@declared("stable")
def test_its_stable_forms_are_what_they_stand_for(function: Function) -> None:
    names = arguments(function)
    for form, build in function.stable.items():
        assert verify_equal(build(*names), naive(function, form, *names)).digits >= 25


@declared("parity", UNARY)
def test_its_parity_is_right(function: Function) -> None:
    (x,) = arguments(function)
    sign = 1 if function.parity == "even" else -1
    reflected = Call.intern(function, (-x,), ())
    for at in samples(function):
        assert value(reflected, at).overlaps(sign * value(function(x), at))


@declared("period", UNARY)
def test_its_period_is_right(function: Function) -> None:
    (x,) = arguments(function)
    assert verify_equal(function(x + function.period), function(x)).digits >= 25


@declared("monotone", UNARY)
def test_it_rises_or_falls_throughout(function: Function) -> None:
    (x,) = arguments(function)
    sign = 1 if function.monotone == "increasing" else -1
    found = [sign * value(function(x), at) for at in samples(function)]
    assert all(before < after for before, after in pairwise(found))


@declared("inverse")
def test_its_inverse_undoes_it(function: Function) -> None:
    (x,) = arguments(function)
    inverse = functions.lookup(function.inverse)
    for at in samples(function):
        if function.branch is None or _between(function.branch, ball(at[x])):
            assert abs(value(inverse(function(x)), at) - ball(at[x])) < 1e-30, at


@declared("commutative")
def test_its_arguments_may_change_places(function: Function) -> None:
    x, y = arguments(function)
    assert function(x, y) is function(y, x)
    for at in samples(function):
        swapped = {x: at[y], y: at[x]}
        assert value(function(x, y), at).overlaps(value(function(x, y), swapped))


def _slopes(function: Function, place: int, at: dict[Expr, object], first: Expr) -> list[arb]:
    """The declared partial derivative just below and just above a point in the first argument."""
    names = arguments(function)
    partial = function.derivative[place](*names)
    return [value(partial, {**at, names[0]: ball(first) + sign * ball(NEAR)}) for sign in (-1, 1)]


@declared("kinks")
def test_slopes_beside_a_kink_are_the_ends_of_its_subdifferential(function: Function) -> None:
    names = arguments(function)
    node = function(*names)
    for at in samples(function, [Fraction(1, 3)]):
        if function.name in WHERE_IT_HAS_ITS_KINK:
            at = {**at, names[1]: WHERE_IT_HAS_ITS_KINK[function.name]}
        exact = tuple(number(at[name]) for name in names)
        for kink in function.kinks(*exact):
            place = kink.at.start if isinstance(kink.at, Points) else kink.at
            below, above = (value(node, {**at, names[0]: ball(place) + sign * ball(NEAR)}) for sign in (-1, 1))
            if kink.kind == "jump":
                assert abs(below - above) > 0.1
                continue
            assert abs(below - above) < 1e-3
            if kink.kind == "vertical tangent":
                assert all(abs(slope) > 1e6 for slope in _slopes(function, 0, at, place))
                continue
            assert len(kink.slopes) == len(names)
            for k, interval in enumerate(kink.slopes):
                if interval is None or (k and kink.when is not None):
                    continue
                found = sorted(float(slope.mid()) for slope in _slopes(function, k, at, place))
                ends = [float(value(interval.lower).mid()), float(value(interval.upper).mid())]
                assert found == pytest.approx(ends, abs=1e-9), (k, kink.at)


@declared("kinks", UNARY)
def test_at_a_kink_the_slope_of_least_norm_is_taken(function: Function) -> None:
    (x,) = arguments(function)
    for kink in function.kinks(x):
        for interval in kink.slopes:
            taken = substitute(function.derivative[0](x), {x: kink.at})
            lower, upper = value(interval.lower), value(interval.upper)
            least = lower if lower > 0 else upper if upper < 0 else arb(0)
            assert abs(value(taken) - least) < 1e-30


@pytest.mark.parametrize("function", UNARY, ids=str)
def test_it_is_differentiable_wherever_no_kink_is_declared(function: Function) -> None:
    (x,) = arguments(function)
    kinks = () if function.kinks is None else function.kinks(x)
    steps = any(isinstance(kink.at, Points) for kink in kinks)
    for place in [] if steps else SUSPECTS:
        sides = [ball(place) - ball(NEAR), ball(place) + ball(NEAR)]
        if any(kink.at is place for kink in kinks) or not all(inside(function.domain[0], at) for at in [*sides, place]):
            continue
        below, above = _slopes(function, 0, {}, place)
        assert abs(below - above) < 1e-6 * (1 + abs(below)), place
        low, middle, high = (value(function(x), {x: at}) for at in (sides[0], ball(place), sides[1]))
        assert abs((high - low) / (2 * ball(NEAR)) - below) < 1e-6 * (1 + abs(below)), place
        assert low.overlaps(middle) or abs(low - middle) < 1e-6 * (1 + abs(below)), place


@declared("removable", UNARY)
def test_where_the_derivative_is_no_quotient_it_is_the_declared_limit(function: Function) -> None:
    (x,) = arguments(function)
    for point, limit in function.removable.items():
        with pytest.raises(DomainError, match="division by zero"):
            substitute(function.derivative[0](x), {x: point})
        for slope in _slopes(function, 0, {}, point):
            assert abs(slope - value(limit)) < 1e-9


def test_where_max_and_min_are_equal_their_slopes_are_subgradients_that_add_up() -> None:
    x, y = symbol("x"), symbol("y")
    tie = number(2)
    slopes = [[f.slope(place, (tie, tie)) for place in (0, 1)] for f in (functions.maximum, functions.minimum)]
    assert all(sum(each.value for each in pair) == 1 for pair in slopes)
    assert all(above.value + below.value == 1 for above, below in zip(*slopes, strict=True))
    for f in (functions.maximum, functions.minimum):
        for place in (0, 1):
            assert f.slope(place, (tie, tie), alone=True) is number(0)
            for at in ((1, 3), (3, 1)):
                args = tuple(map(number, at))
                assert f.slope(place, args, alone=True) is f.slope(place, args)
    assert functions.minimum.slope(0, (x, y), alone=True) is where(x < y, 1, 0)
    assert functions.maximum.slope(0, (x, y), alone=True) is where(x > y, 1, 0)


@declared("range", UNARY)
def test_its_range_is_no_larger_than_it_must_be(function: Function) -> None:
    (x,) = arguments(function)
    node = function(x)
    ends = [
        value(end) for each in function.domain[0].intervals for end in (each.lower, each.upper) if not is_infinite(end)
    ]
    tiny = arb(10) ** -12
    places = [ball(each) for each in (*GRID, Fraction(-41, 2), 10**4, -(10**4))] + [
        end + s * tiny for end in ends for s in (-1, 0, 1)
    ]
    places += [sign * tiny for sign in (-1, 1)]
    found = []
    for place in places:
        try:
            found.append(value(node, {x: place}))
        except PointError:
            continue
    for interval in function.range(x).intervals:
        for end in (interval.lower, interval.upper):
            if is_infinite(end):
                assert any((each > 2) if str(end) == "inf" else (each < -2) for each in found), end
            else:
                assert any(abs(each - value(end)) < 0.03 for each in found), end


@declared("stable", [function for function in functions.TABLE.values() if function.kind != "elementwise"])
def test_stable_forms_along_axes_and_of_matrices(function: Function) -> None:
    n, k = (symbol(name, facts=["dimension"]) for name in "nk")
    operand = symbol("A", (n, n)) if function.kind == "matrix" else symbol("X", (n, k))
    for form, build in function.stable.items():
        for axes in [()] if function.kind == "matrix" else [(0,), (1,)]:
            named = {"axis": axes} if axes else {}
            claimed = build(operand, *([axes] if axes else []))
            assert verify_equal(claimed, naive(function, form, operand, **named)).digits >= 25


def test_a_function_of_the_users_own_is_derived_from_its_definition() -> None:
    squash = functions.register("squash_for_test", lambda u, p=2: u / (1 + functions.abs(u) ** p))
    x = symbol("x")
    result = derive(squash(x), "x")
    assert "kinks" not in str(result.expr)
    assert verify_derivative(squash(x), x, result.expr).digits >= 25
