"""The oracle accepts right derivatives to about 29 digits and refuses wrong ones, however little they are wrong."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest

import wrt
from wrt import functions as fn
from wrt.errors import DomainError, Unsolved, VerificationError
from wrt.expr.build import (
    INFINITY,
    derivative,
    diag,
    einsum,
    eye,
    integral,
    matmul,
    mean,
    number,
    ones,
    outer,
    symbol,
    total,
    trace,
    unit,
    where,
)
from wrt.verify.oracle import equal, verify_derivative, verify_equal

x, y, t = symbol("x"), symbol("y"), symbol("t")
n, d, k = (symbol(name, facts=["dimension"]) for name in "ndk")
X, w, z, b = symbol("X", (n, d)), symbol("w", (d,)), symbol("z", (n,)), symbol("b", (d,))
A, S = symbol("A", (n, n)), symbol("S", (n, n), ["symmetric"])
lam = symbol("lam", facts=["positive"])
loss = total((X @ w - z) ** 2) / n + lam * total(w**2)

RIGHT = {
    "product": (x**2 * fn.sin(x), x, 2 * x * fn.sin(x) + x**2 * fn.cos(x), 1),
    "second order": (fn.exp(2 * x), x, 4 * fn.exp(2 * x), 2),
    "fifth order": (x**7, x, 2520 * x**2, 5),
    "nested logarithms": (
        fn.log(fn.log(fn.log(x))),
        x,
        1 / (x * fn.log(x) * fn.log(fn.log(x))),
        1,
    ),
    "a narrow domain": (
        fn.sqrt(x - 10) * fn.sqrt(Fraction(21, 2) - x),
        x,
        (Fraction(41, 4) - x) / (fn.sqrt(x - 10) * fn.sqrt(Fraction(21, 2) - x)),
        1,
    ),
    "probabilities": (
        y * fn.log(x) + (1 - y) * fn.log(1 - x),
        x,
        y / x - (1 - y) / (1 - x),
        1,
    ),
    "zero by cancellation": (fn.sin(x) ** 2 + fn.cos(x) ** 2, x, 0 * x, 1),
    "no occurrence": (y**2, x, 0 * x, 1),
    "a kink": (fn.abs(x), x, fn.sign(x), 1),
    "a branch": (where(x > 0, fn.log(x), x**3), x, where(x > 0, 1 / x, 3 * x**2), 1),
    "least squares": (loss, w, 2 / n * X.T @ (X @ w - z) + 2 * lam * w, 1),
    "least squares, Hessian": (loss, w, 2 / n * X.T @ X + 2 * lam * eye(d), 2),
    "by a matrix": (total((X @ w - z) ** 2), X, 2 * outer(X @ w - z, w), 1),
    "Jacobian": (X @ w, w, X, 1),
    "Jacobian by a matrix": (X @ w, X, einsum("ij,k->ijk", eye(n), w), 1),
    "elementwise": (fn.tanh(w), w, diag(1 - fn.tanh(w) ** 2), 1),
    "third order": (total(w**3), w, 6 * einsum("ij,ik->ijk", eye(d), eye(d)), 3),
    "broadcast": (total((X + b) ** 2), b, 2 * total(X + b, axis=0), 1),
    "trace": (trace(A @ A @ A), A, 3 * (A @ A).T, 1),
    "a symmetric variable": (fn.logdet(S), S, fn.inv(S), 1),
    "its Hessian keeps entries independent": (
        fn.logdet(S),
        S,
        -einsum("jk,li->ijkl", fn.inv(S), fn.inv(S)),
        2,
    ),
    "a Gram matrix needs n >= d": (fn.logdet(X.T @ X), X, 2 * X @ fn.inv(X.T @ X), 1),
    "det": (fn.det(A), A, fn.det(A) * fn.inv(A).T, 1),
    "softmax": (fn.softmax(w), w, diag(fn.softmax(w)) - outer(fn.softmax(w), fn.softmax(w)), 1),
    "logsumexp": (fn.logsumexp(X @ w), w, X.T @ fn.softmax(X @ w), 1),
    "slices": (total((w[1:] - w[:-1]) ** 2), w, 2 * (eye(d)[1:] - eye(d)[:-1]).T @ (w[1:] - w[:-1]), 1),
    "a slice beyond small sizes": (total(w[3:6] ** 2), w, 2 * eye(d)[3:6].T @ w[3:6], 1),
    "an entry": (w[0] * w[1], w, w[1] * unit(d, 0) + w[0] * unit(d, 1), 1),
    "mean": (mean(w), w, ones(d) / d, 1),
    "limits that move": (integral(fn.exp(-(t**2)), t, 0, x), x, fn.exp(-(x**2)), 1),
    "under the integral": (
        integral(fn.sin(x * t), t, 0, 1),
        x,
        integral(t * fn.cos(x * t), t, 0, 1),
        1,
    ),
    "an infinite interval": (
        integral(fn.exp(-lam * t**2), t, -INFINITY, INFINITY),
        lam,
        -integral(t**2 * fn.exp(-lam * t**2), t, -INFINITY, INFINITY),
        1,
    ),
    "an unevaluated derivative": (derivative(x**3 * y, x), x, 6 * x * y, 1),
    "an unevaluated Hessian": (derivative(loss, w, 2) @ w, lam, 2 * w, 1),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_derivatives_are_confirmed(name: str) -> None:
    f, variable, result, order = RIGHT[name]
    certificate = verify_derivative(f, variable, result, order)
    assert certificate.points >= 3
    assert certificate.digits >= 25
    assert certificate.worst < 1e-25
    assert certificate.undefined is None
    assert len(certificate.shapes) in (0, 3)
    for sizes in certificate.shapes:
        assert len(set(sizes.values())) == len(sizes)


@pytest.mark.parametrize("name", [name for name, row in RIGHT.items() if name != "zero by cancellation"])
def test_a_relative_error_of_1e_25_is_refused(name: str) -> None:
    f, variable, result, order = RIGHT[name]
    wrong = result * (1 + Fraction(1, 10**25))
    if wrong is result:  # 0 stays 0
        wrong = result + Fraction(1, 10**25)
    if "integral" in type(f).__name__.lower():
        wrong = result * (1 + Fraction(1, 10**12))  # quadrature is trusted to fewer digits
    with pytest.raises(VerificationError) as error:
        verify_derivative(f, variable, wrong, order)
    assert {"claimed", "found"} <= set(error.value.evidence)


WRONG = {
    "sign": (fn.cos(x), x, fn.sin(x), 1),
    "factor": (x**3, x, 6 * x**2, 1),
    "chain rule": (fn.sin(x**2), x, fn.cos(x**2), 1),
    "off by a constant": (x**2, x, 2 * x + Fraction(1, 10**20), 1),
    "transposed": (trace(A @ A @ A), A, 3 * A @ A, 1),
    "transposed in general, right when symmetric": (z @ A @ z, z, 2 * A @ z, 1),
    "Hessian not symmetric": (z @ A @ z, z, 2 * A, 2),
    "Hessian transposed is symmetric and right only so": (z @ A @ z, z, A + A.T + (A - A.T), 2),
    "logdet's simplified gradient differentiated again": (
        fn.logdet(S),
        S,
        -einsum("ik,lj->ijkl", fn.inv(S), fn.inv(S)),
        2,
    ),
    "missing 1/n": (loss, w, 2 * X.T @ (X @ w - z) + 2 * lam * w, 1),
    "one entry wrong": (total(w**2), w, 2 * w + Fraction(1, 10**9) * unit(d, 1), 1),
    "wrong branch": (fn.abs(x), x, 1 + 0 * x, 1),
    "undefined": (x**2, x, 2 * x + fn.log(-(x**2)), 1),
    "wrong shape": (total(w**2), w, 2 * total(w), 1),
    "transposed shape": (X @ w, w, X.T, 1),
    "Leibniz without the limit": (integral(fn.exp(-t * x), t, 0, x), x, -integral(t * fn.exp(-t * x), t, 0, x), 1),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_derivatives_are_refused(name: str) -> None:
    f, variable, result, order = WRONG[name]
    with pytest.raises(VerificationError):
        verify_derivative(f, variable, result, order)


def test_nothing_is_certified_where_nothing_is_defined() -> None:
    with pytest.raises(Unsolved, match="no point was found"):
        verify_derivative(fn.log(-1 - x**2), x, 2 * x / (1 + x**2))


def test_what_is_defined_nowhere_is_named() -> None:
    Z = symbol("Z", (n, n), ["antisymmetric"])
    f = 1 / trace(Z)
    with pytest.raises(Unsolved, match=r"\(1/tr\(Z\) is undefined\)"):
        verify_derivative(f, Z, -eye(n) / trace(Z) ** 2)


def test_zero_times_what_is_undefined_is_undefined() -> None:
    Z = symbol("Z", (number(3), number(3)), ["antisymmetric"])
    with pytest.raises(DomainError, match=r"needs inv\(Z\), but the matrix was singular at every point"):
        verify_derivative(fn.det(Z), Z, -fn.det(Z) * fn.inv(Z))


def test_the_search_for_a_point_ends_by_the_work_done() -> None:
    start = time.process_time()
    with pytest.raises(Unsolved, match="no point was found"):
        verify_equal(fn.log(-(A**2)) @ A @ A.T, fn.log(-(A**2)) @ A @ A.T + 1)
    assert time.process_time() - start < 12


def test_evidence_names_the_entry_that_is_wrong() -> None:
    with pytest.raises(VerificationError) as error:
        verify_derivative(total(w**2), w, 2 * w + unit(d, 1))
    evidence = error.value.evidence
    assert evidence["entry"] == (1,)
    assert float(evidence["claimed"]) == pytest.approx(float(evidence["found"]) + 1, rel=1e-4)
    assert len(evidence["w"]) == evidence["d"]


def test_points_where_only_the_result_is_undefined_are_reported() -> None:
    certificate = verify_derivative(x**2, x, 2 * fn.exp(fn.log(x)))
    assert certificate.undefined is not None
    assert certificate.undefined["x"] < 0
    assert "undefined at x = -" in str(certificate)


def test_the_certificate_is_the_same_each_time() -> None:
    first, second = (verify_derivative(loss, w, RIGHT["least squares"][2]) for _ in range(2))
    assert first == second
    assert str(first).startswith("equal at 8 random points of 3 random shapes to ")
    assert first.as_json()["points"] == 8


def test_deep_formulas_need_no_recursion() -> None:
    f = x
    for _ in range(3000):
        f = fn.sin(f)
    assert verify_equal(f, f, points=1).points == 1


def test_equality_of_values_and_conditions() -> None:
    assert equal((x + 1) ** 2, x**2 + 2 * x + 1)
    assert equal(fn.log(x * y), fn.log(x) + fn.log(y))  # wherever both are defined
    assert equal(x > 1, x + 0 > 1)
    assert equal(matmul(X, w), einsum("ij,j->i", X, w))
    verdict = equal(x**2, x**3)
    assert not verdict
    assert verdict.counterexample["claimed"] != verdict.counterexample["found"]
    assert not equal(X @ w, w)
    with pytest.raises(VerificationError, match="shapes differ"):
        verify_equal(X, X.T)


def test_a_scalar_verification_takes_a_few_milliseconds_at_most() -> None:
    from time import perf_counter

    f, variable, result, order = RIGHT["product"]
    verify_derivative(f, variable, result, order)
    start = perf_counter()
    for _ in range(20):
        verify_derivative(f, variable, result, order)
    assert (perf_counter() - start) / 20 < 0.01


def test_tensors_of_many_axes_are_compared_with_small_dimensions() -> None:
    certificate = wrt.derive("x", "x", x="n n n n n").certificate
    assert certificate.points
    assert all(shape["n"] ** 10 <= 100_000 for shape in certificate.shapes)
