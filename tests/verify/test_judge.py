"""What a person is told of an answer: right, or a counterexample and the likely mistake, never "wrong" alone."""

from __future__ import annotations

import pytest

import wrt
from wrt import functions as fn
from wrt.expr.build import diag, symbol, total, trace
from wrt.verify.judge import judge

x, y = symbol("x"), symbol("y")
n, d = (symbol(name, facts=["dimension"]) for name in "nd")
X, w, z, b = symbol("X", (n, d)), symbol("w", (d,)), symbol("z", (n,)), symbol("b", (d,))
A, S, G = symbol("A", (n, n)), symbol("S", (n, n), ["symmetric"]), symbol("G", (n, d))
lam = symbol("lam", facts=["positive"])
loss = total((X @ w - z) ** 2) / n + lam * total(w**2)
gradient = 2 / n * X.T @ (X @ w - z) + 2 * lam * w

# f, variable, claim, words that the hint must have
MISTAKES = {
    "chain rule forgotten": (fn.sin(x**2), x, fn.cos(x**2), "of x**2 is missing: the chain rule"),
    "chain rule forgotten in a power": (
        (x**2 + 1) ** 3,
        x,
        3 * (x**2 + 1) ** 2,
        "of 1 + x**2 is missing",
    ),
    "chain rule forgotten in one term": (
        fn.sin(x**2) + x**3,
        x,
        fn.cos(x**2) + 3 * x**2,
        "of x**2 is missing: the chain rule",
    ),
    "chain rule forgotten in a named function": (
        fn.sigmoid(2 * x),
        x,
        fn.sigmoid(2 * x) * (1 - fn.sigmoid(2 * x)),
        "of 2*x is missing: the chain rule",
    ),
    "outer derivative at the inner derivative": (fn.sin(x**2), x, fn.cos(2 * x), "but it belongs at x**2"),
    "outer derivative at x": (fn.sin(x**2), x, 2 * x * fn.cos(x), "taken at x"),
    "sign of a table entry": (fn.cos(x), x, fn.sin(x), "sign of the derivative of cos"),
    "not differentiated": (fn.sin(x) * 3, x, 3 * fn.sin(x), "sin itself is not differentiated"),
    "product of derivatives": (x**2 * fn.sin(x), x, 2 * x * fn.cos(x), "not the product of the derivatives"),
    "one factor only": (x**2 * fn.sin(x), x, 2 * x * fn.sin(x), "treated as a constant"),
    "sign in the product rule": (
        x**2 * fn.sin(x),
        x,
        2 * x * fn.sin(x) - x**2 * fn.cos(x),
        "sign in the product rule",
    ),
    "quotient's order": (fn.sin(x) / x, x, (fn.sin(x) - x * fn.cos(x)) / x**2, "wrong order"),
    "quotient's square": (fn.sin(x) / x, x, (x * fn.cos(x) - fn.sin(x)) / x, "squared"),
    "quotient's plus": (fn.sin(x) / x, x, (x * fn.cos(x) + fn.sin(x)) / x**2, "minus sign"),
    "quotient of derivatives": (fn.sin(x) / x, x, fn.cos(x), "not the quotient of the derivatives"),
    "exponent not lowered": (x**3, x, 3 * x**3, "not lowered"),
    "exponent not in front": (x**3, x, x**2, "does not come to the front"),
    "integrated": (x**3, x, x**4 / 4, "integrated"),
    "negative exponent raised": (x**-2, x, -2 / x, "goes up"),
    "exponential without logarithm": (2**x, x, 2**x, "log(2) is missing"),
    "exponential by the power rule": (2**x, x, x * 2 ** (x - 1), "power rule does not hold"),
    "a constant kept": (x**3 + 5, x, 3 * x**2 + 5, "derivative of a constant is 0"),
    "a term not differentiated": (x**3 + 7 * x, x, 3 * x**2 + 7 * x, "is not differentiated"),
    "a term forgotten": (x**3 + fn.sin(x), x, 3 * x**2, "derivative of the term sin(x) is missing"),
    "another variable": (x**3 * y + y**2, x, x**3 + 2 * y, "with respect to y, not x"),
    "another order": (x**4, x, 12 * x**2, "second derivative"),
    "a factor": (x**3 + x, x, 6 * x**2 + 2, "2 times the derivative"),
    "a branch": (fn.abs(x), x, 1 + 0 * x, "right only if x is positive"),
    "the function": (x**3 + 1, x, x**3 + 1, "function itself"),
    "missing 1/n": (total((X @ w - z) ** 2) / n, w, 2 * X.T @ (X @ w - z), "1/n is missing"),
    "a sign inside": (
        total((X @ w - z) ** 2),
        w,
        2 * X.T @ (X @ w + z),
        "the sign of z",
    ),
    "one path of two": (z @ A @ z, z, A @ z, "path through z is missing"),
    "taken as symmetric": (z @ A @ z, z, 2 * A @ z, "right only if A is symmetric"),
    "taken as probabilities": (
        -total(b * fn.log(fn.softmax(w))),
        w,
        fn.softmax(w) - b,
        "entries of b along its last axis sum to 1",
    ),
    "taken as signs": (fn.exp(y * x), x, 1 / y * fn.exp(y * x), "if y is 1 or -1"),
    "taken as a mask": (total((z * (X @ w)) ** 2), w, 2 * X.T @ (z * (X @ w)), "if z is 0 or 1"),
    "transposed": (trace(A @ A @ A), A, 3 * A @ A, "transposed"),
    "symmetric convention": (total(S * A), S, A + A.T - diag(diag(A)), "entries are independent"),
    "sign of the penalty": (loss, w, gradient - 4 * lam * w, "sign"),
    "half of the penalty": (loss, w, gradient - lam * w, "1/2 times the derivative"),
    "transposed Jacobian": (X @ w, w, X.T, "transposed"),
    "unsummed broadcast": (total(G * (X + b)), b, G, "sum over axis 0 is missing"),
    "only the diagonal": (fn.exp(w), w, fn.exp(w), "diagonal entries"),
    "one number for all": (total(w), w, 1 + 0 * x, "multiply by ones"),
    "summed too much": (total(fn.exp(w)), w, total(fn.exp(w)), "one sum too many"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_the_likely_mistake_is_named(name: str) -> None:
    f, variable, claim, words = MISTAKES[name]
    verdict = judge(f, variable, claim)
    assert not verdict
    assert words in verdict.hint, str(verdict)
    assert {"claimed", "found"} <= set(verdict.counterexample)
    assert verdict.counterexample["claimed"] != verdict.counterexample["found"]
    assert str(verdict).startswith("wrong: ")


@pytest.mark.parametrize(
    ("f", "variable", "claim"),
    [
        (fn.sin(x**2), x, 2 * x * fn.cos(x**2)),
        (loss, w, gradient),
        (fn.sigmoid(x), x, fn.sigmoid(x) * fn.sigmoid(-x)),
        (X @ w, w, X),
    ],
)
def test_right_answers_are_right_in_any_form(f, variable, claim) -> None:
    verdict = judge(f, variable, claim)
    assert verdict
    assert verdict.certificate is not None
    assert str(verdict).startswith("right: equal at ")


def test_the_counterexample_has_simple_numbers() -> None:
    verdict = judge(x**2 * y, x, 2 * x)
    assert verdict.counterexample["x"] in (1, 2)
    assert verdict.counterexample["found"] == verdict.counterexample["x"] * verdict.counterexample["y"] * 2
    assert "at x = " in str(verdict)


def test_in_a_sum_the_right_terms_are_named() -> None:
    verdict = judge(x**3 + fn.sin(x) + fn.exp(x), x, 3 * x**2 + fn.cos(x) + fn.exp(x) * fn.sin(x))
    assert not verdict
    assert "are right" in verdict.where
    assert "exp(x)" in verdict.where


def test_the_engine_may_write_out_what_is_missing() -> None:
    verdict = judge(fn.sin(x**2), x, fn.cos(x**2), differentiate=lambda f, by: 2 * x)
    assert verdict.hint == "the inner derivative 2*x of x**2 is missing: the chain rule is f(u)′ = f′(u)·u′"


def test_second_order_with_the_first_derivative_at_hand() -> None:
    verdict = judge(fn.sin(x**2), x, 2 * fn.cos(x**2), order=2, differentiate=lambda f, by: 2 * x * fn.cos(x**2))
    assert not verdict
    assert "cos(x**2) is treated as a constant" in verdict.hint
    assert judge(x**4, x, 12 * x**2, order=2)


INTEGRALS = {
    "factor": (fn.exp(2 * x), fn.exp(2 * x), "divide by 2"),
    "derivative instead": (x * fn.exp(x), fn.exp(x) + x * fn.exp(x), "derivative of the integrand"),
    "sign": (fn.sin(x), fn.cos(x), "the sign is wrong"),
    "one term": (x**2 + fn.sin(x), x**3 / 3 + fn.cos(x), "the sign is wrong"),
    "product of integrals": (x * fn.exp(x), x**2 / 2 * fn.exp(x), "not the product of the integrals"),
    "power not divided": (x**3, x**4, "divide by 4"),
}


@pytest.mark.parametrize("name", INTEGRALS)
def test_antiderivatives_are_judged_by_their_derivative(name: str) -> None:
    f, claim, words = INTEGRALS[name]
    verdict = judge(f, x, claim, of="integral")
    assert not verdict
    assert words in verdict.hint, str(verdict)
    assert "its derivative is" in str(verdict)


def test_right_antiderivatives_may_differ_by_a_constant_and_be_narrow() -> None:
    assert judge(fn.cos(x), x, fn.sin(x) + 42, of="integral")
    assert judge(fn.cos(x), x, fn.sin(x), of="integral").hint is None
    narrow = judge(1 / x, x, fn.log(x), of="integral")
    assert narrow
    assert "no value at x = -" in narrow.hint
    assert judge(1 / x, x, fn.log(fn.abs(x)), of="integral").hint is None


@pytest.mark.parametrize(
    ("f", "claim", "shapes", "hint"),
    [
        ("tan(x)", "sec(x)", {}, "the exponent 2 of sec(x)**2 is missing"),
        ("tanh(x)", "1 - tanh(x)", {}, "the exponent 2 of tanh(x)**2 is missing"),
        ("norm(x)", "x", {"x": "n"}, "the factor 1/norm(x) is missing"),
        ("softmax(x)", "diag(softmax(x))", {"x": "k"}, "the term -outer(softmax(x), softmax(x)) is missing"),
        ("exp(-x)", "exp(-x)", {}, "the inner derivative -1 of -x is missing"),
        ("sin(x)", "-sin(x)", {}, "this is the second derivative"),
    ],
)
def test_what_was_left_out_is_named(f: str, claim: str, shapes: dict[str, str], hint: str) -> None:
    verdict = wrt.check(f, "x", claim=claim, **shapes)
    assert not verdict
    assert (verdict.hint or "").startswith(hint)


def test_values_that_differ_late_are_told_apart() -> None:
    text = str(wrt.check("x**2", "x", claim="2*x + 1e-9"))
    assert "it is 4.000000001, but the derivative is 4" in text
