"""Laws that hold for every expression whatever: derivatives by two modes and an oracle, forms, text and code."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import numpy as np
import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from tests.oracle import operators
from tests.strategies import ALGEBRA, INNER, MATRIX_SYMBOLS, drawing, expressions
from wrt.derive.derivation import derive
from wrt.derive.engine import Pass, differentiate, evaluated
from wrt.engines import compile as compile_
from wrt.errors import DomainError, LimitError, Unsolved, WrtError
from wrt.expr.build import symbol
from wrt.expr.node import Expr, Symbol
from wrt.expr.walk import nodes
from wrt.notation import declarations, size, text
from wrt.read import read
from wrt.simplify import recognise, simplify, use_facts
from wrt.verify.evaluate import Plan
from wrt.verify.oracle import verify_derivative, verify_equal
from wrt.verify.sample import Sampler, draw_sizes, fixed_sizes, symbols_of
from wrt.verify.series import PointError, Series, UnsupportedError, is_defined, working
from wrt.verify.sizes import shape_of

MOST_SECONDS = 1.0  # for one derivative, simplified


@st.composite
def questions(draw: st.DrawFn, axes: int = 3) -> tuple[Expr, Symbol]:
    """A function and a variable that it depends on: of all kinds of nodes, or of sums of einsums."""
    every, algebra = expressions(axes=axes), expressions(MATRIX_SYMBOLS, ALGEBRA, axes=axes)
    f = draw(st.one_of(every, algebra).filter(lambda node: any(map(is_variable, node.free))))
    return f, draw(st.sampled_from(sorted(filter(is_variable, f.free), key=lambda each: each.name)))


def is_variable(each: Symbol) -> bool:
    return "dimension" not in each.facts


def holds(verify: Callable[..., object], *args: object, **options: object) -> bool:
    """Verify; false where nothing can be said: the values are too large or too sensitive, they are nowhere defined, or
    the formula needs the inverse of a matrix that is singular everywhere.
    """
    try:
        verify(*args, **options)
    except (Unsolved, DomainError):
        return False
    return True


# The laws.


def derivatives_are_right(question: tuple[Expr, Symbol]) -> None:
    """What the oracle says of the answer that a user gets, and how long that takes."""
    f, variable = question
    start = time.process_time()
    found = derive(f, [variable])[variable].expr
    assert time.process_time() - start < MOST_SECONDS
    holds(verify_derivative, f, variable, found, points=3)


def forward_is_reverse(question: tuple[Expr, Symbol]) -> None:
    f, variable = question
    forward, reverse = (Pass(f, [variable], forward=way).results[variable] for way in (True, False))
    assert forward.shape == reverse.shape == f.shape + variable.shape
    if forward is not reverse:
        holds(verify_equal, forward, reverse, points=2)


def second_derivatives_are_right(question: tuple[Expr, Symbol]) -> None:
    """The oracle compares every pair of mixed derivatives as well."""
    f, variable = question
    if f.ndim + 2 * variable.ndim > 5:
        return
    try:
        found = derive(f, [variable], 2)[variable].expr
    except LimitError:
        return
    holds(verify_derivative, f, variable, found, 2, points=2)


def simplifying_keeps_the_value(question: tuple[Expr, Symbol]) -> None:
    f, variable = question
    for node in (f, differentiate(f, variable)):
        for change in (recognise, simplify, use_facts):
            found = change(node)
            assert found.shape == node.shape
            if found is not node:
                holds(verify_equal, node, found, points=2)


def text_reads_back(question: tuple[Expr, Symbol]) -> None:
    f, variable = question
    for node in (f, derive(f, [variable])[variable].expr):
        written = text(node)
        assert read(written, shapes=declarations(node)).node is node, written
        assert size(node) == operators(written)


def code_computes_the_value(question: tuple[Expr, Symbol]) -> None:
    f, variable = question
    for node in (evaluated(f), derive(f, [variable])[variable].expr):
        agrees(node)


def agrees(node: Expr, engine: str = "numpy", seed: int = 0) -> None:
    """Compiled code against ball arithmetic at a point where no value on the way is huge."""
    rng = random.Random(seed)
    variables, dims = symbols_of([node])
    parts = [each for each in nodes(node) if INNER not in each.free and not each.is_condition]
    for attempt in range(12):
        sizes = draw_sizes(dims, fixed_sizes([node]), rng, growth=attempt // 6)
        drawn = Sampler(variables, sizes, rng).draw()
        exactly = {each: [arb(float(x)) for x in entries] for each, entries in drawn.items()}
        try:
            with working(128, 1):
                values = {each: [Series([x]) for x in entries] for each, entries in exactly.items()}
                found = Plan(parts, sizes)(values)
                if not all(is_moderate(entry) for entries in found for entry in entries):
                    continue
                expected = np.array([float(entry[0].mid()) for entry in found[-1]]).reshape(shape_of(node, sizes))
        except PointError:
            continue
        except UnsupportedError:
            return
        compiled = compile_(node, engine=engine)
        point = {
            each.name: np.array([float(x.mid()) for x in entries]).reshape(shape_of(each, sizes))
            for each, entries in exactly.items()
        } | {each.name: size for each, size in sizes.items()}
        result = np.asarray(compiled(**{name: point[name] for name in compiled.arguments}))
        assert result.shape == expected.shape
        scale = max(1, np.abs(expected).max(initial=0))
        assert np.abs(result - expected).max(initial=0) <= 1e-7 * scale, (point, result, expected)
        return


def is_moderate(entry: Series) -> bool:
    return is_defined(entry) and abs(entry[0]) < 1e8


LAWS = [
    derivatives_are_right,
    forward_is_reverse,
    second_derivatives_are_right,
    simplifying_keeps_the_value,
    text_reads_back,
    code_computes_the_value,
]


# What broke a law, as small as it could be made: text, shapes, and the variable.
FOUND = {
    "pieces that are scalars in every entry": ("-sum(where(det(A) < 1, v, -A))", {"A": "n n", "v": "n"}, "v"),
    "softmax over two axes": ("logsumexp(t*A @ A)*ones(1, 1)", {"A": "n n", "t": ""}, "t"),
    "joined conditions of different shapes": ("where(x > 0 and u > 1, x*u, u**2)", {"u": "n", "x": ""}, "u"),
    "exponents that cancel in every entry": ("tanh(exp((y**J)**(y**J)))", {"J": "k 1 m", "y": ""}, "J"),
    "an index that is a dimension of something else": ("sinc(J)[n - 1, 0]", {"J": "k 1 m", "n": "dimension"}, "J"),
    "alternatives within a condition": ("where(u < 1 and (u > t or t > 0), u**2, t)", {"u": "n", "t": ""}, "u"),
    "copies compared as one scalar": ("max(y*ones(k, 1), axis=1, keepdims=True)", {"y": "", "k": "dimension"}, "y"),
    "a power of a product with an axis of size 1": (
        "x/(x + outer(sum(1/c, axis=1), z))",
        {"c": "n 1", "x": "", "z": "2"},
        "x",
    ),
    "summed and free axes of size 1": ("relu6(max(abs(logsumexp(c, axis=1, keepdims=True))))", {"c": "n 1"}, "c"),
    "copies along an axis before one of size 1": ("2 * (A + c) @ sum(A + c, axis=1)", {"A": "n n", "c": "n 1"}, "c"),
    "the mean of n**2 - 1 entries": (
        "x*mean(reshape(A, n**2)[:-1] - reshape(A, n**2)[1:])*ones(1)",
        {"A": "n n", "x": ""},
        "x",
    ),
    "a factor that facts make 0 below the line": ("v/tr(Z)", {"v": "n", "Z": "n n, antisymmetric"}, "Z"),
    "the inverse of what facts make 0": ("inv(outer(v, diag(Z)))", {"v": "n", "Z": "n n, antisymmetric"}, "Z"),
    "a minus sign before a quotient in brackets": ("-(1/abs(S)) @ A", {"A": "n n", "S": "n n"}, "A"),
    "a product of many sums": ("sum(((w + eye(n)).T @ (w + eye(n)) @ (w + eye(n)))**2, axis=0)", {"w": "n"}, "w"),
    "many symmetric factors": (
        "tr(((B @ W)*((B @ W).T @ B @ W)) @ ((B @ W)*((B @ W).T @ B @ W)) @ W)",
        {"B": "n n", "W": "n n, positive definite"},
        "W",
    ),
    "entries that are 0/0": ("v + diag(Z)/diag(Z)", {"v": "n", "Z": "n n, antisymmetric"}, "v"),
    "a square of what is 0 up to rounding": (
        "exp(diag(entr(softmax(sum(r, axis=1, keepdims=True), axis=1))**2))",
        {"r": "1 m"},
        "r",
    ),
    "a diagonal beside a removable singularity": ("t**x*log(t)*diag(diag(A))", {"A": "n n", "x": "", "t": ", >0"}, "A"),
    "the logarithm of a base times a diagonal": (
        "x**y*(y*A + log(x)*diag(diag(A)))",
        {"A": "n n", "x": "", "y": ""},
        "x",
    ),
    "a series whose numbers overflow": ("erfcx(trigamma(x))", {"x": ""}, "x"),
    "a scalar reshaped": ("sum(reshape(x, 1, 1) * A)", {"A": "n n", "x": ""}, "x"),
    "pieces that are scalars, reshaped": ("abs(reshape(1/sqrt(elu(log_softmax(u), a)), n))", {"u": "n", "a": ""}, "a"),
}


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@pytest.mark.parametrize("name", FOUND)
def test_a_law_holds_where_it_did_not(name: str, law: Callable[[tuple[Expr, Symbol]], None]) -> None:
    written, shapes, variable = FOUND[name]
    f = read(written, shapes=shapes).node
    law((f, next(each for each in f.free if each.name == variable)))


def test_the_index_of_an_entry_is_no_variable() -> None:
    i, u = symbol("i"), symbol("u", (symbol("n", (), ["dimension"]),))
    with pytest.raises(WrtError, match="i is an index"):
        derive(u[i], [i])


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_a_law_holds(law: Callable[[tuple[Expr, Symbol]], None]) -> None:
    drawing(12, same=True)(given(questions())(law))()


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_a_law_holds_in_thousands_of_cases(law: Callable[[tuple[Expr, Symbol]], None]) -> None:
    drawing(500, same=False)(given(questions())(law))()
