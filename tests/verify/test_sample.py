"""Random points keep to what is declared; dimensions are distinct; pieces and edges are found."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from flint import arb, arb_mat

from wrt import functions as fn
from wrt.errors import VerificationError
from wrt.expr.build import number, symbol, total, where
from wrt.verify.edges import Edges, switches
from wrt.verify.evaluate import Plan
from wrt.verify.oracle import verify_derivative
from wrt.verify.points import SIMPLE
from wrt.verify.sample import Sampler, draw_sizes, hints, nested, simple_entries, symbols_of
from wrt.verify.series import working

n, d = (symbol(name, facts=["dimension"]) for name in "nd")
x, y = symbol("x"), symbol("y")
SIZES = {n: 3, d: 2}


def draws(variable, count=60):
    sampler = Sampler([variable], SIZES, random.Random(0))
    for _ in range(count):
        yield sampler.draw()[variable]


@pytest.mark.parametrize(
    ("facts", "holds"),
    [
        (["positive"], lambda value: value > 0),
        (["nonnegative"], lambda value: value >= 0),
        (["negative"], lambda value: value < 0),
        (["nonzero"], lambda value: value != 0),
        (["integer"], lambda value: value.is_integer()),
        (["integer", "positive"], lambda value: value.is_integer() and value >= 1),
        (["in (0, 1)", "positive"], lambda value: 0 < value < 1),
        (["in [1/2, inf)", "positive"], lambda value: value >= arb(1) / 2),
        (["in (-inf, -3]", "negative"], lambda value: value <= -3),
    ],
)
def test_facts_of_numbers(facts, holds) -> None:
    scalar, vector = symbol("a", facts=facts), symbol("v", (n,), facts)
    for variable in (scalar, vector):
        assert all(holds(value) for entries in draws(variable) for value in entries)
    rng = random.Random(1)
    for attempt in range(20):
        assert all(holds(value) for value in simple_entries(scalar, SIZES, SIMPLE, rng, attempt))


def matrices(*facts):
    for entries in draws(symbol("A", (n, n), facts), 12):
        yield arb_mat(3, 3, entries)


def test_facts_of_matrices() -> None:
    with working(128, 1):
        for A in matrices("symmetric"):
            assert A.transpose() == A
        for A in matrices("symmetric", "positive definite"):
            assert A[0, 0] > 0
            assert A.det() > 0
        for A in matrices("diagonal"):
            assert A[0, 1] == 0 == A[2, 0]
        for A in matrices("orthogonal"):
            assert (A * A.transpose()).overlaps(arb_mat(3, 3, [1, 0, 0, 0, 1, 0, 0, 0, 1]))


def test_a_direction_is_not_symmetric_even_for_a_symmetric_variable() -> None:
    S = symbol("S", (n, n), ["symmetric"])
    sampler = Sampler([S], SIZES, random.Random(0))
    direction = sampler.direction(S)
    assert direction[1] != direction[3]


def test_dimensions_are_distinct_from_each_other_and_from_numbers() -> None:
    rng = random.Random(0)
    dims = [symbol(name, facts=["dimension"]) for name in "abcdef"]
    for count in range(len(dims) + 1):
        for growth in range(3):
            sizes = draw_sizes(dims[:count], {2, 3}, rng, growth)
            assert len({*sizes.values(), 2, 3}) == count + 2


def test_variables_and_dimensions_are_told_apart() -> None:
    X = symbol("X", (n, d))
    variables, dims = symbols_of([total(X) * x / n])
    assert variables == [X, x]
    assert dims == [d, n]


def test_numbers_in_the_formula_are_hints_for_its_domain() -> None:
    assert (20.0, 20.9) in hints([fn.log(x - 20)])
    certificate = verify_derivative(
        fn.sqrt(x - 7000) * fn.sqrt(7001 - x), x, (Fraction(14001, 2) - x) / (fn.sqrt(x - 7000) * fn.sqrt(7001 - x))
    )
    assert certificate.points == 8


def test_nested_lists() -> None:
    assert nested([1, 2, 3, 4, 5, 6], (2, 3)) == [[1, 2, 3], [4, 5, 6]]
    assert nested([1], ()) == 1


HUBER = where(fn.abs(x) <= y, x**2 / 2, y * fn.abs(x) - y**2 / 2)


def test_switches_include_those_of_definitions() -> None:
    with working(128, 1):
        found = switches(Plan([fn.relu(x) + fn.abs(y - 1)], {}).nodes)
    assert set(found) == {x, y - 1}


@pytest.mark.parametrize(
    "wrong",
    [
        where(fn.abs(x) <= y, x, y),  # wrong for x < -y only
        where(fn.abs(x) <= y * Fraction(1001, 1000), x, y * fn.sign(x)),  # the edge is a little off
        where(x <= y, x, y * fn.sign(x)),
        where(x > -y, where(x < y, x, y), where(x < number(-900), -y + 1, -y)),  # wrong far away only
    ],
)
def test_a_wrong_piece_or_edge_is_found(wrong) -> None:
    right = where(fn.abs(x) <= y, x, y * fn.sign(x))
    certificate = verify_derivative(HUBER, x, right)
    assert certificate.edges > 4
    assert "beside their edges" in str(certificate)
    for seed in range(5):
        with pytest.raises(VerificationError):
            verify_derivative(HUBER, x, wrong, seed=seed)


def test_points_beside_an_edge_lie_on_both_sides() -> None:
    with working(128, 1):
        sampler = Sampler([x], {}, random.Random(0))
        edges = Edges([x > 2], {}, sampler)
        points = [float(values[x][0]) for values in edges.points([{x: [arb(1)]}])]
    near = [value for value in points if abs(value - 2) < 1e-3]
    assert min(near) < 2 < max(near)
