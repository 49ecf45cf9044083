"""Every rule: its partial differentials against the oracle, pushed forward, pulled back, and as tensors."""

from __future__ import annotations

import pytest

from wrt import functions as fn
from wrt.derive.engine import Pass, differentiate
from wrt.expr.build import (
    compare,
    cumsum,
    derivative,
    diag,
    einsum,
    integral,
    kron,
    mul,
    outer,
    reshape,
    symbol,
    total,
    trace,
    where,
)
from wrt.expr.contract import contract
from wrt.expr.node import Cases
from wrt.expr.walk import nodes
from wrt.rules import RULES, rule_for
from wrt.rules.maps import pull, push, tensor
from wrt.verify.oracle import verify_derivative, verify_equal

n, d, k = (symbol(name, facts=["dimension"]) for name in "ndk")
X, A, W, Y = symbol("X", (n, d)), symbol("A", (n, n)), symbol("W", (d, k)), symbol("Y", (n, k))
w, y, z, b = symbol("w", (d,)), symbol("y", (n,)), symbol("z", (k,)), symbol("b", (k,))
x, t, a = symbol("x"), symbol("t"), symbol("a", facts=["positive"])
logits = X @ W + einsum("j->j", b)

SCALAR = {
    "sum": x**2 + fn.sin(x) + a,
    "constant multiple": 3 * a * fn.sin(x),
    "quotient": x * fn.sin(x) / (1 + x**2),
    "negative quotient": (1 - x) / (1 + x**2),
    "product": x * fn.sin(x) * fn.exp(x),
    "negative product": (1 - x) * fn.exp(x),
    "power": (1 + x**2) ** a,
    "exponential": a**x,
    "logarithmic": (1 + x**2) ** fn.sin(x),
    "table": fn.tanh(x),
    "two arguments": fn.atan2(x**2, fn.exp(x)),
    "one argument twice": fn.maximum(x**3, x),
    "piecewise": where(x > 0, x**2, where(x > -1, fn.sin(x), 3)),
    "filled point": where(compare("==", x, 0), 0, x) * x,
    "Leibniz": integral(fn.exp(-t * x), t, x, x**2),
    "limits only": integral(fn.cos(t**2), t, fn.sin(x), 2),
    "inner derivative": derivative(fn.sin(x) * x**2, x) * x,
    "derivative by another": derivative(fn.sin(x * t), t, 2) * x,
}
TENSOR = {
    "scalar times constant tensor": (x**2 * X, x),
    "scalar added to tensor": (X * fn.sin(x) + x, x),
    "sum": (w + total(w) + w**2, w),
    "scalar times tensor": (total(w) * w, w),
    "tensor over scalar": (w / total(w**2), w),
    "power of a tensor": (w ** total(w**2), w),
    "scalar to a tensor": ((2 + total(w**2)) ** w, w),
    "elementwise": (fn.tanh(X), X),
    "elementwise of both": (fn.logaddexp(w, total(w)), w),
    "matrix product": (X @ W, W),
    "the same operand twice": (w @ (X.T @ X) @ w, w),
    "three operands": (A @ A @ A, A),
    "trace": (trace(A @ A), A),
    "transpose": (X.T, X),
    "diagonal matrix": (diag(w), w),
    "diagonal": (diag(A), A),
    "outer": (outer(w, y), w),
    "Kronecker product": (kron(A, X), X),
    "reshape": (reshape(fn.sin(X), (n * d,)), X),
    "cumulative sum": (cumsum(w), w),
    "slices": (w[1:] * w[:-1], w),
    "row": (X[0], X),
    "piecewise": (where(w > 0, w**2, x) * total(w), w),
    "scalar condition": (where(x > 0, w**2, total(w)), w),
    "max": (fn.max(X, axis=1), X),
    "min": (fn.min(w), w),
    "prod": (fn.prod(X, axis=0), X),
    "logsumexp": (fn.logsumexp(X, axis=1), X),
    "softmax": (fn.softmax(z), z),
    "softmax of rows": (fn.softmax(X, axis=1), X),
    "softmax of columns": (fn.softmax(X, axis=0), X),
    "log_softmax": (fn.log_softmax(X, axis=1), X),
    "cross-entropy": (-total(Y * fn.log_softmax(logits, axis=1)), W),
    "cross-entropy by bias": (-total(Y * fn.log_softmax(logits, axis=1)), b),
    "inverse": (fn.inv(A), A),
    "determinant": (fn.det(A), A),
    "logdet": (fn.logdet(A), A),
    "integral of a tensor": (integral(w**2 * t, t, 0, x), w),
    "limit that moves": (integral(fn.sin(t * total(w)), t, 0, total(w**2)), w),
    "inner derivative": (derivative(total(w**3), w), w),
    "inner derivative by another": (derivative(fn.sin(x * total(w)), x), w),
}


@pytest.mark.parametrize("name", SCALAR)
def test_scalar_rule_against_the_oracle(name):
    f = SCALAR[name]
    verify_derivative(f, x, differentiate(f, x), points=4)


@pytest.mark.parametrize("name", TENSOR)
def test_tensor_rule_against_the_oracle(name):
    f, variable = TENSOR[name]
    verify_derivative(f, variable, differentiate(f, variable), points=4)


@pytest.mark.parametrize("name", TENSOR)
def test_forward_equals_reverse(name):
    f, variable = TENSOR[name]
    forward = Pass(f, [variable], forward=True).results[variable]
    reverse = Pass(f, [variable], forward=False).results[variable]
    if forward is not reverse:
        verify_equal(forward, reverse, points=3)


@pytest.mark.parametrize("name", TENSOR)
def test_push_and_pull_are_contractions_with_the_tensor(name):
    """L · tangent and adjoint · L, with a tangent and an adjoint of which nothing is known."""
    f, variable = TENSOR[name]
    for entry in Pass(f, [variable], forward=False).tape.entries.values():
        for place, part in enumerate(entry.parts):
            if variable not in part.free:
                continue
            node, partial = entry.node, entry.partial(place)
            value = tensor(partial, node, part)
            assert value.shape == node.shape + part.shape
            tangent, adjoint = symbol("T", (*part.shape, k)), symbol("D", (k, *node.shape))
            rows, columns = tuple(range(node.ndim)), tuple(range(node.ndim, node.ndim + part.ndim))
            last = node.ndim + part.ndim
            sizes = (*node.shape, *part.shape, k)
            pushed = _product([(value, rows + columns), (tangent, (*columns, last))], (*rows, last), sizes)
            pulled = _product([(adjoint, (last, *rows)), (value, rows + columns)], (last, *columns), sizes)
            for one, other in (
                (push(partial, node, part, tangent), pushed),
                (pull(partial, node, part, adjoint), pulled),
            ):
                assert one.shape == other.shape
                if one is not other:
                    verify_equal(one, other, points=2)


def _product(factors, out, sizes):
    shaped = [(node, axes) for node, axes in factors if node.shape]
    scalars = [node for node, _ in factors if not node.shape]
    return mul(*scalars, contract([node for node, _ in shaped], [axes for _, axes in shaped], out, sizes))


def test_every_rule_is_tried():
    """The tables above reach every rule there is, except the definition, which waits for functions without a row."""
    used = set()
    for f, variable in [*((f, x) for f in SCALAR.values()), *TENSOR.values()]:
        for entry in Pass(f, [variable], forward=not variable.shape).tape.entries.values():
            used.add(entry.rule.name)
    assert used == {rule.name for rules in RULES.values() for rule in rules} - {"definition"}


@pytest.mark.parametrize("rule", [rule for rules in RULES.values() for rule in rules], ids=str)
def test_rules_are_documented(rule):
    assert rule.name and rule.statement and rule.source and rule.proof


def test_conditions_are_not_differentiated():
    f = where(x > fn.sin(x), 1, 2)
    assert isinstance(f, Cases)
    _, parts = rule_for(f, frozenset([x]))
    assert not set(parts) & set(nodes(f.conditions[0]))
    assert differentiate(f, x) is differentiate(symbol("c"), x)


def test_a_point_with_the_value_of_its_surroundings_is_no_piece():
    """0 at x = 0 would be the derivative of the piece, and wrong."""
    assert str(differentiate(where(compare("==", x, 0), 0, x), x)) == "1"
    assert str(differentiate(where(compare("==", w, 0), 0, w), w)) == "eye(d)"
    jump = where(compare("==", x, 0), 1, x)
    assert isinstance(differentiate(jump, x), Cases)
    hole = where(compare("==", x, 0), 1, fn.sin(x) / x)
    assert isinstance(differentiate(hole, x), Cases)


def test_a_repeated_argument_moves_in_both_places():
    f = fn.atan2(fn.sin(x), fn.sin(x))
    verify_derivative(f * x, x, differentiate(f * x, x), points=3)


def test_the_order_of_a_function_is_not_differentiated():
    from wrt.errors import WrtError

    with pytest.raises(WrtError, match="cannot be differentiated"):
        differentiate(fn.polygamma(x, x), x)
