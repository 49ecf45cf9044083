"""The engine: any order, several variables in one pass, facts, absent variables, long chains in linear time."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wrt
from wrt import functions as fn
from wrt.derive.derivation import derive
from wrt.derive.engine import Pass, differentiate, run
from wrt.errors import LimitError, Unsolved, WrtError
from wrt.expr.build import add, derivative, integral, mul, symbol, total, where, zeros
from wrt.expr.node import Derivative
from wrt.expr.walk import nodes
from wrt.verify.oracle import verify_derivative, verify_equal

n, d, k = (symbol(name, facts=["dimension"]) for name in "ndk")
x, t, a = symbol("x"), symbol("t"), symbol("a", facts=["positive"])
w, v = symbol("w", (d,)), symbol("v", (d,))
X, y = symbol("X", (n, d)), symbol("y", (n,))
S = symbol("S", (n, n), ["symmetric"])


# Random expressions.

SAFE = [fn.sin, fn.cos, fn.tanh, fn.exp, fn.sigmoid, fn.softplus, fn.atan, fn.asinh]
KINKED = [fn.abs, fn.relu]


def scalars(leaves):
    return st.recursive(
        st.sampled_from(leaves) | st.integers(-3, 3).map(lambda value: x * 0 + value),
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda pair: add(*pair)),
            st.tuples(inner, inner).map(lambda pair: mul(*pair)),
            st.tuples(inner, st.integers(2, 4)).map(lambda pair: pair[0] ** pair[1]),
            st.tuples(inner, inner).map(lambda pair: pair[0] / (1 + pair[1] ** 2)),
            st.tuples(inner, inner).map(lambda pair: (1 + pair[0] ** 2) ** pair[1]),
            st.tuples(st.sampled_from(SAFE + KINKED), inner).map(lambda pair: pair[0](pair[1])),
            st.tuples(inner, inner, inner).map(lambda three: where(three[0] > 0, three[1], three[2])),
        ),
        max_leaves=8,
    )


def vectors(leaves):
    """Expressions of shape d."""
    return st.recursive(
        st.sampled_from(leaves),
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda pair: add(*pair)),
            st.tuples(inner, inner).map(lambda pair: mul(*pair)),
            st.tuples(st.sampled_from(SAFE), inner).map(lambda pair: pair[0](pair[1] / 2)),
            inner.map(lambda each: X.T @ fn.sin(X @ each)),
            inner.map(fn.softmax),
            inner.map(lambda each: each / (1 + total(each**2))),
            inner.map(lambda each: each * total(each * v)),
            st.tuples(inner, inner).map(lambda pair: where(pair[0] > 0, pair[1], v)),
            inner.map(lambda each: each + total(each)),
        ),
        max_leaves=5,
    )


def checked(verify, *args, **options):
    """Verify, unless the values are too large or too sensitive to say anything."""
    with suppress(Unsolved):
        verify(*args, **options)


@settings(max_examples=60, deadline=None)
@given(scalars([x, t, a]))
def test_random_scalars_against_the_oracle(f):
    checked(verify_derivative, f, x, differentiate(f, x), points=2)


@settings(max_examples=25, deadline=None)
@given(scalars([x, t, a]))
def test_random_steps_hold(f):
    found = derive(f, [x])[x]
    checked(verify_equal, found.raw, found.expr, points=2)
    for step in found:
        assert step.shape == ()
        if step.before is not step.after and not (isinstance(step.before, Derivative) and step.rule == "constant rule"):
            checked(verify_equal, step.before, step.after, points=1)


@settings(max_examples=40, deadline=None)
@given(vectors([w, v]))
def test_random_tensors_against_the_oracle_both_ways(f):
    reverse = differentiate(f, w)
    checked(verify_derivative, f, w, reverse, points=2)
    if w in f.free:
        forward = Pass(f, [w], forward=True).results[w]
        if forward is not reverse:
            checked(verify_equal, forward, reverse, points=2)


@settings(max_examples=15, deadline=None)
@given(vectors([w, v]))
def test_random_gradients_and_hessians(f):
    loss = total(f * v)
    checked(verify_derivative, loss, w, differentiate(loss, w), points=2)
    checked(verify_derivative, loss, w, differentiate(loss, w, 2), 2, points=1)


# Shapes, orders, variables.


def test_orders_repeat():
    f = fn.sin(x) * fn.exp(2 * x)
    for order in (1, 2, 3, 4):
        verify_derivative(f, x, differentiate(f, x, order), order, points=2)
    third = differentiate(total(w**3), w, 3)
    assert third.shape == (d, d, d)
    verify_derivative(total(w**3), w, third, 3, points=2)


def test_several_variables_share_one_reverse_pass():
    f = total((X @ w - y) ** 2)
    passes = run(f, [w, X, y])
    assert passes[w] is passes[X] is passes[y]
    for variable in (w, X, y):
        assert passes[variable].results[variable] is differentiate(f, variable)


def test_scalars_and_tensors_together():
    found = derive(a * total(fn.sin(w * x)), [w, x])
    for variable in (w, x):
        verify_derivative(found[variable].node, variable, found[variable].expr, points=3)


def test_a_variable_that_does_not_occur():
    assert differentiate(x**2, w) is zeros(d)
    assert differentiate(w, x) is zeros(d)
    assert differentiate(X @ w, y).shape == (n, n)
    assert derive(x**2, [w])[w].expr is zeros(d)
    assert [step.rule for step in derive(a**2, [x])[x]] == ["constant rule"]


def test_the_variable_itself():
    assert str(differentiate(x, x)) == "1"
    assert str(differentiate(w, w)) == "eye(d)"
    assert differentiate(X, X).shape == (n, d, n, d)


def test_a_dimension_is_no_variable():
    with pytest.raises(WrtError, match="n is a dimension"):
        derive(total(y) / n, [n])


def test_an_order_below_one_is_refused():
    with pytest.raises(WrtError, match="1 or more"):
        derive(x**2, [x], 0)


# Facts.


def test_symmetry_is_used_only_at_the_end():
    """The Hessian of logdet of a symmetric matrix: entries count as independent (Magnus & Neudecker, ch. 10)."""
    plain = symbol("S", (n, n))
    found = derive(fn.logdet(S), [S], 2)[S]
    verify_derivative(fn.logdet(S), S, found.raw, 2, points=2)
    verify_derivative(fn.logdet(S), S, found.expr, 2, points=2)
    verify_derivative(fn.logdet(plain), plain, differentiate(fn.logdet(plain), plain, 2), 2, points=2)
    assert derive(y @ S @ y, [y])[y].expr is 2 * (S @ y)


def test_signs_are_kept():
    assert str(differentiate((a**2) ** (x * 0 + 1) * abs(a), a)) == str(differentiate(a**3, a))
    assert str(derive((a**2 * x) ** 0.5 / x**0.5, [a])[a].expr) == "1"


# Integrals and derivatives inside.


def test_no_derivative_is_left_unevaluated():
    f = integral(fn.exp(-t * x**2), t, 0, x) + derivative(fn.sin(x) ** 2, x)
    for order in (1, 2):
        result = differentiate(f, x, order)
        assert not any(isinstance(node, Derivative) for node in nodes(result))
        verify_derivative(f, x, result, order, points=2)


# Long chains.


def chain(link, length, start):
    node = start
    for _ in range(length):
        node = link(node)
    return node


CHAINS = {
    "calls": (fn.sin, x),
    "powers": (lambda node: fn.sin(node) ** 2 + 1, x),
    "restarts": (lambda node: fn.sin(node) + x, x),
    "two paths": (lambda node: fn.sin(node) + fn.cos(node), x),
    "products": (lambda node: fn.sin(node) * fn.cos(node), x),
    "quotients": (lambda node: fn.sin(node) / (2 + node**2), x),
    "tensor calls": (fn.tanh, w),
    "tensor restarts": (lambda node: fn.sin(node) + w, w),
    "tensor products": (lambda node: fn.sin(node) * fn.cos(node), w),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CHAINS)
def test_time_grows_linearly_with_the_length_of_a_chain(name):
    link, variable = CHAINS[name]
    times = {}
    for length in (500, 1000):
        f = chain(link, length, variable)
        f = total(f) if f.shape else f
        runs = []
        for _ in range(3):
            start = time.process_time()
            result = differentiate(f, variable)
            runs.append(time.process_time() - start)
            del result
        times[length] = min(runs)
    assert times[1000] < 3.2 * times[500]


@pytest.mark.slow
def test_values_that_are_all_summed_share_their_products():
    """Every value of a chain is a term: forward, their tangents are products that share all but one factor."""

    def seconds(length):
        values = [x]
        for _ in range(length):
            values.append(fn.sin(values[-1]))
        start = time.process_time()
        result = differentiate(add(*values), x)
        return time.process_time() - start, result

    (short, _), (long, _) = seconds(400), seconds(800)
    assert long < 3.5 * short
    values = [x, fn.sin(x), fn.sin(fn.sin(x))]
    _, result = seconds(90)
    f = x
    terms = [x]
    for _ in range(90):
        f = fn.sin(f)
        terms.append(f)
    verify_equal(result, add(*(differentiate(term, x) for term in terms)), points=2)
    verify_derivative(add(*values), x, differentiate(add(*values), x), points=2)


def test_five_thousand_nested_calls():
    f = chain(fn.sin, 5000, x)
    result = differentiate(f, x)
    assert len(result.operands) == 5000
    steps = derive(chain(fn.sin, 300, x), [x])[x].steps
    assert len(steps) == 2 * 299 + 1


def test_derivatives_of_high_order_are_bounded() -> None:
    assert derive(fn.sin(x), [x], 401)[x].expr is fn.cos(x)
    with pytest.raises(LimitError, match="grow too large"):
        derive(fn.exp(fn.exp(x)), [x], 400)


def test_no_derivative_is_left_in_an_answer():
    assert str(wrt.derive("x*diff(x**3, x)", "x").expr) == "9*x**2"
    code = wrt.derive("2*max(diff(u**2, u))", "u", u="n").compile()
    assert code(u=[1, 3, 2]).tolist() == [0, 4, 0]
