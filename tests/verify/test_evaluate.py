"""Evaluation of every node kind, against numbers worked out in another way."""

from __future__ import annotations

import itertools
import random

import pytest
from flint import arb, arb_mat

from wrt import functions as fn
from wrt.errors import ShapeError
from wrt.expr.build import (
    PI,
    Formula,
    cases,
    compare,
    cumsum,
    derivative,
    diag,
    integral,
    kron,
    logic,
    number,
    reshape,
    symbol,
    total,
    where,
)
from wrt.verify import linear
from wrt.verify.einsum import plan
from wrt.verify.evaluate import Plan, evaluate
from wrt.verify.numbers import error_at, flattened
from wrt.verify.oracle import verify_derivative
from wrt.verify.series import KinkError, OutsideDomainError, OutsideShapeError, Series, working
from wrt.verify.sizes import dimension, shape_of

x, y, t = symbol("x"), symbol("y"), symbol("t")
n, d = (symbol(name, facts=["dimension"]) for name in "nd")
X, w, A = symbol("X", (n, d)), symbol("w", (d,)), symbol("A", (n, n))
SIZES = {n: 3, d: 2}


def values(expression, **given):
    """The midpoints of the entries, at values given by name."""
    by_symbol = {}
    for free in expression.free:
        if free.name in given:
            flat, _ = flattened(given[free.name])
            by_symbol[free] = [Series([arb(value)]) for value in flat]
    with working(128, 1):
        return [float(entry[0].mid()) for entry in evaluate(expression, by_symbol, SIZES)]


M = [[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]]


@pytest.mark.parametrize(
    ("expression", "given", "expected"),
    [
        (x**2 * y / 3, {"x": 2, "y": 3}, [4]),
        (PI + 0 * x, {"x": 1}, [3.141592653589793]),
        (n * x, {"x": 2}, [6]),
        (X @ w, {"X": M, "w": [1, -1]}, [-1, -1, -2]),
        (X.T, {"X": M}, [1, 3, 5, 2, 4, 7]),
        (total(X, axis=0), {"X": M}, [9, 13]),
        (X[1], {"X": M}, [3, 4]),
        (X[1:, 0], {"X": M}, [3, 5]),
        (w[::-1], {"w": [1, 2]}, [2, 1]),
        (cumsum(w), {"w": [1, 2]}, [1, 3]),
        (diag(w), {"w": [1, 2]}, [1, 0, 0, 2]),
        (kron(diag(w), diag(w)), {"w": [1, 2]}, [1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 4]),
        (reshape(X, (d, n)), {"X": M}, [1, 2, 3, 4, 5, 7]),
        (fn.max(X, axis=1), {"X": M}, [2, 4, 7]),
        (fn.logsumexp(0 * w + x), {"w": [1, 2], "x": 5}, [5.693147180559945]),
        (fn.softmax(0 * w), {"w": [1, 2]}, [0.5, 0.5]),
        (where(w > x, w, -w), {"w": [1, 3], "x": 2}, [-1, 3]),
        (cases([(x < 0, -x), (x < 1, x**2)], number(7)), {"x": 3}, [7]),
        (where(x > 0, fn.log(x), 1), {"x": -1}, [1]),
        (where(logic("or", x > 0, fn.log(x) > 0), 1, 2), {"x": 3}, [1]),
        (integral(t**2 * y, t, 0, x), {"x": 3, "y": 2}, [18]),
        (derivative(x**3 * y, x, 2), {"x": 3, "y": 2}, [36]),
        (derivative(total(w**3), w, 2), {"w": [1, 2]}, [6, 0, 0, 12]),
        (fn.det(A), {"A": [[0, 2, 1], [1, 0, 0], [3, 0, 1]]}, [-2]),
        (fn.logdet(A), {"A": [[0, 2, 1], [1, 0, 0], [3, 0, 1]]}, [0.6931471805599453]),
    ],
)
def test_values(expression, given, expected) -> None:
    assert values(expression, **given) == pytest.approx(expected, rel=1e-15)


def test_conditions_are_truths_and_unknown_where_undefined() -> None:
    with working(128, 1):
        (truths,) = Plan([compare("<=", w, 1)], SIZES)({w: [Series([1]), Series([2])]})
        assert list(truths) == [True, False]
        (unknown,) = Plan([fn.log(x) > 0], {})({x: [Series([-1])]})
        assert unknown[0] is None


def test_a_value_that_does_not_exist_is_refused_not_nan() -> None:
    for expression in (fn.log(x), 1 / (x + 1), (x + 1) ** -2, x ** number(1) ** 0 * fn.sqrt(x)):
        with pytest.raises(OutsideDomainError):
            values(expression, x=-1)


def test_a_comparison_that_a_ball_leaves_open_is_refused() -> None:
    with working(128, 2), pytest.raises(KinkError):
        evaluate(where(x > 0, x, 0), {x: [Series([0, 1])]}, {})


def test_dimensions_are_exact_and_positive() -> None:
    assert dimension(n * d - 1, SIZES) == 5
    assert shape_of(X[1:], SIZES) == (2, 2)
    with pytest.raises(OutsideShapeError):
        dimension(d - 2, SIZES)
    with pytest.raises(OutsideShapeError):
        dimension(n / 2, SIZES)


def brute_force(subscripts, out, sizes, operands):
    """The definition of an einsum: a sum over all values of all indices."""
    result = {}
    for assignment in itertools.product(*(range(size) for size in sizes)):
        at = tuple(assignment[index] for index in out)
        term = 1
        for subscript, operand in zip(subscripts, operands, strict=True):
            place = 0
            for index in subscript:
                place = place * sizes[index] + assignment[index]
            term *= operand[place]
        result[at] = result.get(at, 0) + term
    return [result.get(at, 0) for at in itertools.product(*(range(sizes[index]) for index in out))]


def test_einsum_plans_agree_with_the_definition() -> None:
    rng = random.Random(5)
    for _ in range(300):
        sizes = [rng.randint(1, 3) for _ in range(rng.randint(1, 4))]
        count = rng.randint(0, 4)
        subscripts = [tuple(rng.choices(range(len(sizes)), k=rng.randint(0, 3))) for _ in range(count)]
        out = tuple(rng.choices(range(len(sizes)), k=rng.randint(0, 3)))
        used = sorted({*out, *itertools.chain(*subscripts)})  # a sum over an index that nothing has is a scalar factor
        renamed = {index: place for place, index in enumerate(used)}
        sizes = [sizes[index] for index in used]
        subscripts = [tuple(renamed[index] for index in subscript) for subscript in subscripts]
        out = tuple(renamed[index] for index in out)
        operands = []
        for subscript in subscripts:
            length = 1
            for index in subscript:
                length *= sizes[index]
            operands.append([rng.randint(-3, 3) for _ in range(length)])
        run = plan(subscripts, out, sizes, lambda: 0, lambda: 1)
        assert run(operands) == brute_force(subscripts, out, sizes, operands)


def test_linear_algebra_agrees_with_flint() -> None:
    rng = random.Random(6)
    with working(128, 1):
        for size in (1, 2, 3, 5):
            entries = [arb(rng.randint(-4, 4)) for _ in range(size * size)]
            series = [Series([entry]) for entry in entries]
            matrix = arb_mat(size, size, entries)
            assert linear.determinant(series, size)[0].overlaps(matrix.det())
            if not matrix.det().contains(0):
                for mine, theirs in zip(linear.inverse(series, size), matrix.inv().entries(), strict=True):
                    assert mine[0].overlaps(theirs)


def test_a_singular_matrix_has_a_determinant_and_no_inverse() -> None:
    assert values(fn.det(A), A=[[1, 2, 3], [4, 5, 6], [7, 8, 9]]) == [0]
    for function in (fn.inv, fn.logdet):
        with pytest.raises(OutsideDomainError):
            values(function(A), A=[[1, 2, 3], [4, 5, 6], [7, 8, 9]])


def test_numbers_at_data() -> None:
    loss = total((X @ w) ** 2)
    data = {"X": M, "w": [0.5, -1.0]}
    gradient = [10.5, 14.5]
    residual = [sum(a * b for a, b in zip(row, data["w"], strict=True)) for row in M]
    gradient = [2 * sum(r * row[j] for r, row in zip(residual, M, strict=True)) for j in range(2)]
    assert error_at(loss, w, data, gradient) < 1e-15
    assert error_at(Formula(loss), w, data, [gradient[0], gradient[1] * 1.001]) > 1e-5
    with pytest.raises(ShapeError):
        error_at(loss, w, data, [1.0])
    with pytest.raises(ShapeError, match="3 entries where d is 2"):
        error_at(loss, w, {"X": M, "w": [1, 2, 3]}, gradient)


def test_differences_serve_where_only_a_library_knows_the_function() -> None:
    from wrt.expr.function import Function

    known = Function(name="only_in_scipy", meaning="J₀ by its library", engines={"numpy": "scipy.special.j0"})
    slope = Function(name="its_slope", meaning="J₁ by its library", engines={"numpy": "scipy.special.j1"})
    certificate = verify_derivative(known(x**2), x, -2 * x * slope(x**2))
    assert certificate.oracle == "differences in float64"
    assert certificate.digits >= 5
    with pytest.raises(Exception, match="wrong"):
        verify_derivative(known(x**2), x, -2 * x * slope(x**2) * (1 + 1e-4))
    second = verify_derivative(total(known(w)), w, -diag(known(w) - slope(w) / w), order=2)
    assert second.oracle == "differences in float64"
