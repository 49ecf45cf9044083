"""What people type is the formula they mean: each pair of texts is one object."""

from __future__ import annotations

import pytest

from wrt.expr.build import INFINITY, PI, E
from wrt.expr.node import Constant
from wrt.read import read

SAME = [
    ("x^2 + 1", "x**2 + 1"),
    ("2x", "2*x"),
    ("2 x", "2*x"),
    ("3sin(x)", "3*sin(x)"),
    ("-2x^2", "-(2*x**2)"),
    ("2(x + 1)", "2*(x + 1)"),
    ("(a + b)(c + d)", "(a + b)*(c + d)"),
    ("(a + b)c", "(a + b)*c"),
    ("sin(x)cos(x)", "sin(x)*cos(x)"),
    ("x sin(x)", "x*sin(x)"),
    ("x^2 sin(x)", "x**2*sin(x)"),
    ("2 pi r", "2*pi*r"),
    ("2πr", "2*pi*r"),
    ("2e", "2*e"),
    ("1/2*x", "x/2"),
    ("½x", "x/2"),
    ("|x|", "abs(x)"),
    ("|x| + |y|", "abs(x) + abs(y)"),
    ("|x - |y||", "abs(x - abs(y))"),
    ("||x| - 1|", "abs(abs(x) - 1)"),
    ("2|x|", "2*abs(x)"),
    ("ln(x)", "log(x)"),
    ("ln|x|", "log(abs(x))"),
    ("2ln|x + 1|^2", "2*log(abs(x + 1))**2"),
    ("σ(x)", "sigmoid(x)"),
    ("λ*x", "lam*x"),
    ("λ₁ + x₂", "lam1 + x2"),
    ("x₁₂", "x12"),
    ("σ_max", "sigma_max"),
    ("ϕ + φ + µ", "2*phi + mu"),
    ("𝑥²", "x**2"),
    ("x²y", "x**2*y"),
    ("x⁻¹", "1/x"),
    ("xⁿ", "x**n"),
    ("a^b^c", "a**(b**c)"),
    ("e^-x", "e**(-x)"),
    ("e^(2x)(3)", "3*e**(2*x)"),
    ("√x", "sqrt(x)"),
    ("2√(x + 1)", "2*sqrt(x + 1)"),
    ("∛x", "cbrt(x)"),
    ("sin^2(x)", "sin(x)**2"),
    ("cos²(x)", "cos(x)**2"),
    ("−x × y · z", "-x*y*z"),
    ("x ÷ 2", "x/2"),
    ("x if 0 ≤ x ≤ 1 else 0", "where((0 <= x) & (x <= 1), x, 0)"),
    ("where(x > 0 ∧ ¬(y > 1), x, y)", "where((x > 0) and (y <= 1), x, y)"),
    ("where((x > 0) | (y > 0), 1, 0)", "where(x > 0 or y > 0, 1, 0)"),
    ("where(~(x > 0), 1, 0)", "where(x <= 0, 1, 0)"),
    ("x +\n y", "x + y"),
    ("(x\n + y)", "x + y"),
    ("x + y  # a remark\n", "x + y"),
    ("z = x + 1; z**2", "(x + 1)**2"),
    ("z = x + 1\nz**2", "(x + 1)**2"),
    ("z = x + 1", "x + 1"),
    ("1_000*x", "1000*x"),
    ("0.1*x", "x/10"),
    ("1e-3*x", "x/1000"),
    (".5x", "x/2"),
    ("+x", "x"),
    ("max(x, 0)", "maximum(x, 0)"),
    ("x**1.0", "x"),
]


@pytest.mark.parametrize(("typed", "meant"), SAME)
def test_typed_is_what_is_meant(typed: str, meant: str) -> None:
    assert read(typed) == read(meant)


SHAPED = [
    ("x'", "x.T", {"x": "n m"}),
    ("x’", "x.T", {"x": "n m"}),
    ("(A + B)'", "(A + B).T", {"A": "n m", "B": "n m"}),
    ("x[0]'", "x[0].T", {"x": "n m"}),
    ("Aᵀ @ A", "A.T @ A", {"A": "n m"}),
    ("A⊤", "A.T", {"A": "n m"}),
    ("A⁻¹", "inv(A)", {"A": "n n"}),
    ("A⁻ᵀ", "inv(A.T)", {"A": "n n"}),
    ("2A", "2*A", {"A": "n n"}),
    ("λ w", "lam*w", {"λ": "", "w": "d"}),
    ("‖x‖", "norm(x)", {"x": "n"}),
    ("||x||", "norm(x)", {"x": "n"}),
    ("‖x‖_1", "norm(x, 1)", {"x": "n"}),
    ("‖x‖₂²", "norm(x)**2", {"x": "n"}),
    ("||x||_2^2", "norm(x)**2", {"x": "n"}),
    ("‖x‖_∞", "norm(x, inf)", {"x": "n"}),
    ("‖A‖_F", "norm(A)", {"A": "n m"}),
    ("½‖A @ x − b‖² + λ‖x‖_1", "norm(A @ x - b)**2/2 + lam*norm(x, 1)", {"A": "n d", "x": "d", "b": "n"}),
    ("2‖x‖", "2*norm(x)", {"x": "n"}),
    ("A ⊙ B", "A*B", {"A": "n m", "B": "n m"}),
    ("trace(A)", "tr(A)", {"A": "n n"}),
    ("einsum('ij,jk->ik', A, B)", "A @ B", {"A": "n m", "B": "m k"}),
    ("solve(A, b)", "inv(A) @ b", {"A": "n n", "b": "n"}),
    ("sum(X, axis=0)", "ones(n) @ X", {"X": "n d"}),
    ("sum(X, axis=(0, 1))", "sum(X)", {"X": "n d"}),
    ("mean(x)", "sum(x)/n", {"x": "n"}),
    ("diff(x)", "x[1:] - x[:-1]", {"x": "n"}),
    ("x[-1]", "x[n - 1]", {"x": "n"}),
    ("x[:, None]*A", "diag(x) @ A", {"x": "n", "A": "n m"}),
    ("x[None, :]*A", "x*A", {"x": "m", "A": "n m"}),
    ("x[None]*A", "x*A", {"x": "m", "A": "n m"}),
    ("x[:, None] - y", "outer(x, ones(m)) - outer(ones(n), y)", {"x": "n", "y": "m"}),
    ("x[1:, None]*A", "diag(x[1:]) @ A", {"x": "n", "A": "n-1 m"}),
    ("A[0, None]*B", "A[0]*B", {"A": "k m", "B": "n m"}),
    ("A[:, None] * B[None]", "einsum('ik,jk->ijk', A, B)", {"A": "n d", "B": "m d"}),
    ("A/norm(A, axis=1)[:, None]", "A/norm(A, axis=1, keepdims=True)", {"A": "n d"}),
    ("ones((n, 2))", "ones(n, 2)", {"x": "n"}),
    ("x(x @ x)", "x*(x @ x)", {"x": "n"}),
]


@pytest.mark.parametrize(("typed", "meant", "shapes"), SHAPED)
def test_typed_with_shapes_is_what_is_meant(typed: str, meant: str, shapes: dict[str, str]) -> None:
    assert read(typed, shapes) == read(meant, shapes)


def test_constants_are_numbers_unless_declared() -> None:
    assert read("pi") == PI
    assert read("e") == E
    assert read("oo") == read("∞") == INFINITY
    assert read("e + pi", e="", pi="").arguments == ("e", "pi")
    assert read("e = x - 1; e**2") == read("(x - 1)**2")


def test_numbers_are_exact() -> None:
    node = read("0.1 + 0.2").node
    assert isinstance(node, Constant)
    assert node.value * 10 == 3


def test_bracket_after_a_variable_is_a_product() -> None:
    assert read("a(b + 1)", a="", b="") == read("a*(b + 1)")
    assert read("σ(x)", σ="", x="") == read("sigma*x")
    assert read("z = x; z(x + 1)") == read("x*(x + 1)")


def test_variables_may_have_names_of_functions_if_declared() -> None:
    assert read("var + 1", var="").arguments == ("var",)
    assert read("norm = x; norm**2") == read("x**2")
    assert read("gamma*x + beta").arguments == ("gamma", "x", "beta")


def test_parts_are_kept_by_name() -> None:
    formula = read("z = X @ w; p = σ(z); -sum(y*log(p) + (1 - y)*log(1 - p))")
    assert list(formula.names) == ["z", "p"]
    assert formula.names["z"] == read("X @ w", X="n d", w="d")
    assert formula.arguments == ("X", "w", "y")


def test_arguments_are_in_declared_order_then_as_they_appear() -> None:
    assert read("a*x + b*y + c", b="", x="").arguments == ("b", "x", "a", "y", "c")
    assert read("x - x", unused="n").arguments == ("unused", "x")


def test_bound_variables_are_no_arguments() -> None:
    assert read("integrate(exp(-t**2), t, 0, x)").arguments == ("x",)
    assert read("integrate(exp(-t**2), t, 0, t)").arguments == ("t",)
    assert read("f = exp(-a*t); integrate(f, t, 0, x)").arguments == ("a", "x")
    assert read("diff(a*x**2, x)").arguments == ("a", "x")


def test_dimensions_are_numbers_and_no_arguments() -> None:
    formula = read("sum(x)/n", x="n")
    assert formula == read("mean(x)", x="n")
    assert formula.arguments == ("x",)
    assert read("sum(x)/n", x="n", n="").arguments == ("x", "n")


def test_expressions_pass_through() -> None:
    formula = read("x*y")
    assert read(formula) is formula
    assert read(formula.node).arguments == ("x", "y")
    assert read(2) == read("2")


def test_brackets_hold_sums_together() -> None:
    shapes = {"X": "n d", "b": "d", "c": "d"}
    assert read("(b + c) + X", shapes) == read("z = b + c; z + X", shapes)
