"""Formulas as people see them, in three notations; markup that compiles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wrt import functions
from wrt.expr.build import symbol
from wrt.read import read
from wrt.show import latex, typst, unicode

CASES = Path(__file__).parents[1] / "cases"
SHAPES = {"X": "n d", "w": "d", "y": "n", "A": "n n", "B": "n n", "x": "n", "z": "k", "V": "m d", "s": "d"}

GOLDEN = [
    ("x**2*sin(x)", {}, "x²·sin(x)", r"x^{2} \, \sin\left(x\right)", "x^(2) dot sin(x)"),
    ("2*x", {}, "2x", "2 x", "2 x"),
    ("1 - tanh(x)**2", {}, "1 − tanh²(x)", r"1 - \tanh^{2}\left(x\right)", "1 - tanh(x)^(2)"),
    (
        "sigmoid(x)*(1 - sigmoid(x))",
        {},
        "σ(x)(1 − σ(x))",
        r"\sigma\left(x\right) \left(1 - \sigma\left(x\right)\right)",
        "sigma(x) dot (1 - sigma(x))",
    ),
    ("-x/sqrt(1 - x**2)", {}, "−x/√(1 − x²)", r"-\frac{x}{\sqrt{1 - x^{2}}}", "-frac(x, sqrt(1 - x^(2)))"),
    ("x1**(3/2) + exp(-x1)", {}, "x₁^(3/2) + exp(−x₁)", r"x_{1}^{\frac{3}{2}} + \mathrm{e}^{-x_{1}}", None),
    ("alpha*beta_1*theta**2", {}, "α·β₁·θ²", r"\alpha \, \beta_{1} \, \theta^{2}", "alpha dot beta_1 dot theta^(2)"),
    (
        "where(-1 < x < 1, 1, 0)",
        {},
        "{1 if −1 < x < 1, else 0}",
        r"\begin{cases} 1 & \text{if } -1 < x < 1 \\ 0 & \text{otherwise} \end{cases}",
        'cases(1 &"if " -1 < x < 1, 0 &"otherwise")',
    ),
    ("integrate(exp(-t**2), t, 0, x)", {}, "∫₀ˣ exp(−t²) dt", None, "integral_(0)^(x) e^(-t^(2)) dif t"),
    (
        "2/n * X.T @ (X @ w - y) + 2*lam*w",
        SHAPES,
        "2/n · Xᵀ(X w − y) + 2λ w",
        r"\frac{2}{n} X^{\top}\left(X w - y\right) + 2 \lambda w",
        "frac(2, n) X^top (X w - y) + 2 lambda w",
    ),
    ("-X.T @ (y*sigmoid(-y*(X @ w)))", SHAPES, "−Xᵀ(y ⊙ σ(−y ⊙ (X w)))", None, None),
    ("x @ A @ x/(x @ x)", SHAPES, "xᵀ A x / (xᵀ x)", r"\frac{x^{\top} A x}{x^{\top} x}", None),
    ("x/norm(x) + norm(x, 1)*x", SHAPES, "‖x‖₁ x + x/‖x‖", None, None),
    ("det(A)*inv(A).T", SHAPES, "det(A) A⁻ᵀ", r"\det\left(A\right) A^{-\top}", "det(A) A^(-top)"),
    ("eye(n) - outer(x, x)", SHAPES, "I − x xᵀ", r"I - x x^{\top}", "I - x x^top"),
    ("eye(n)[0] + x", SHAPES, "x + e₀", "x + e_{0}", None),
    (
        "einsum('ik,jl->ijkl', eye(n), V.T @ V)",
        {"V": "m d", "n": "dimension"},
        "δᵢₖ (Vᵀ V)ⱼₗ",
        r"\delta_{ik} \left(V^{\top} V\right)_{jl}",
        "delta_(i k) (V^top V)_(j l)",
    ),
    ("kron(A, B)", SHAPES, "A ⊗ B", r"A \otimes B", "A times.o B"),
    (
        "p = softmax(z); diag(p) - outer(p, p)",
        SHAPES,
        "diag(p) − p pᵀ   where p = softmax(z)",
        None,
        None,
    ),
]


@pytest.mark.parametrize(("typed", "shapes", "terminal", "tex", "markup"), GOLDEN, ids=[row[0] for row in GOLDEN])
def test_golden(typed, shapes, terminal, tex, markup):
    formula = read(typed, shapes=shapes)
    assert unicode(formula) == terminal
    assert tex is None or latex(formula) == tex
    assert markup is None or typst(formula) == markup


def everything():
    """Every formula of the cases, and a call of every elementwise function."""
    for name in ("scalar", "matrix"):
        for line in (CASES / f"{name}.jsonl").read_text().splitlines():
            row = json.loads(line)
            shapes = row.get("shapes") or dict.fromkeys(row.get("params", {}), "")
            yield read(row["text"], shapes=shapes)
            yield read(row["expected"], shapes=shapes)
    for function in functions.TABLE.values():
        if function.kind == "elementwise":
            yield function(*(symbol(name) for name in function.arguments))


def test_latex_has_its_braces_and_brackets_in_pairs():
    for node in everything():
        markup = latex(node)
        depth = 0
        for sign in markup.replace(r"\{", "").replace(r"\}", ""):
            depth += (sign == "{") - (sign == "}")
            assert depth >= 0, markup
        assert depth == 0, markup
        assert markup.count(r"\left") == markup.count(r"\right"), markup


def test_typst_compiles(tmp_path):
    compiler = pytest.importorskip("typst")
    source = tmp_path / "formulas.typ"
    source.write_text("\n\n".join(f"$ {typst(node)} $" for node in everything()), encoding="utf-8")
    assert compiler.compile(str(source)).startswith(b"%PDF")


def test_every_formula_has_a_line_of_unicode():
    for node in everything():
        line = unicode(node)
        assert line
        assert "\n" not in line
        assert "**" not in line
