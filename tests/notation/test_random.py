"""Random expressions: whatever is built, its text reads back to the same object, and every notation can show it."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle import operators
from wrt import functions
from wrt.errors import WrtError
from wrt.expr import build
from wrt.expr.build import symbol
from wrt.expr.node import Expr
from wrt.notation import declarations, size, text
from wrt.read import read
from wrt.show import latex, typst, unicode

N, M = symbol("n", (), ["dimension"]), symbol("m", (), ["dimension"])
SCALARS = [symbol("x"), symbol("y"), symbol("t", (), ["positive"]), N]
VECTORS = [symbol("u", (N,)), symbol("v", (N,)), symbol("s", (M,))]
MATRICES = [symbol("A", (N, N)), symbol("B", (N, N)), symbol("X", (N, M)), symbol("Y", (M, N))]
NUMBERS = [build.number(Fraction(*pair)) for pair in [(1, 1), (2, 1), (-1, 1), (1, 2), (-3, 2), (1, 10), (-1, 1)]]

UNARY = [
    lambda a: -a,
    lambda a: a**2,
    lambda a: 1 / a,
    lambda a: build.power(a, Fraction(1, 2)),
    lambda a: build.power(a, Fraction(-3, 2)),
    lambda a: a.T,
    lambda a: build.total(a),
    lambda a: build.mean(a),
    lambda a: build.total(a, axis=0),
    lambda a: build.total(a, axis=1, keepdims=True),
    lambda a: build.mean(a, axis=-1, keepdims=True),
    lambda a: build.diag(a),
    lambda a: build.trace(a),
    lambda a: a[0],
    lambda a: a[1:],
    lambda a: build.cumsum(a, axis=0),
    lambda a: functions.sigmoid(a),
    lambda a: functions.exp(a),
    lambda a: functions.abs(a),
    lambda a: functions.inv(a),
    lambda a: functions.softmax(a),
    lambda a: functions.logsumexp(a, axis=0),
    lambda a: build.total(a * a),
]
BINARY = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / b,
    lambda a, b: a @ b,
    lambda a, b: a.T @ b,
    lambda a, b: build.outer(a, b),
    lambda a, b: functions.maximum(a, b),
    lambda a, b: build.where(a > b, a, 0),
    lambda a, b: build.kron(a, b),
]


@st.composite
def expressions(draw: st.DrawFn) -> Expr:
    """An expression of about eight operations on the symbols above; operations that do not fit are skipped."""
    pool: list[Expr] = [*SCALARS, *VECTORS, *MATRICES, *NUMBERS]
    made: list[Expr] = []
    for _ in range(draw(st.integers(1, 8))):
        source = made[-2:] * 4 + pool
        left = draw(st.sampled_from(source))
        try:
            if draw(st.booleans()):
                made.append(draw(st.sampled_from(UNARY))(left))
            else:
                made.append(draw(st.sampled_from(BINARY))(left, draw(st.sampled_from(source))))
        except WrtError:
            continue
    return made[-1] if made else pool[0]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(expressions())
def test_text_of_a_random_expression_reads_back(node):
    written = text(node)
    assert read(written, shapes=declarations(node)).node is node, written
    assert size(node) == operators(written)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(expressions())
def test_every_notation_shows_a_random_expression(node):
    assert unicode(node)
    assert typst(node)
    markup = latex(node)
    assert markup.count("{") == markup.count("}")
    assert markup.count(r"\left") == markup.count(r"\right")
