"""What `wrt derive` prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

Run = Callable[..., Any]
FIT = "sum((X @ w - y)**2)/n + lam*sum(w**2)"
DATA = ("--data", "examples/diabetes.csv", "--target", "y")


def test_a_scalar_derivative_with_its_steps_and_check(run: Run) -> None:
    answer = run("derive", "x**2*sin(x)", "x")
    assert answer.status == 0
    assert answer.err == ""
    assert answer.out.splitlines()[0] == "d/dx  x²·sin(x)  =  x²·cos(x) + 2x·sin(x)"
    for word in ("product rule", "power rule", "→ 2x", "→ cos(x)", "✓ equal at 8 random points"):
        assert word in answer.out


def test_text_may_start_with_a_dash(run: Run) -> None:
    assert run("derive", "-x**2", "x").out.startswith("d/dx  (−x²)  =  −2x\n")
    assert "value at x = -3: -6\n" in run("derive", "x**2", "x", "--at", "x=-3").out


def test_several_variables_are_answered_one_by_one(run: Run) -> None:
    out = run("derive", "a*x**2", "x", "a", "--no-steps").out
    assert "∂/∂x  a·x²  =  2a·x" in out
    assert "∂/∂a  a·x²  =  x²" in out


@pytest.mark.parametrize(("order", "left"), [("1", "∇_x f"), ("2", "∇²_x f")], ids=["gradient", "Hessian"])
def test_orders_of_a_vector(run: Run, order: str, left: str) -> None:
    out = run("derive", "x @ A @ x", "x", "--shape", "A=n n, symmetric", "--order", order).out
    assert left in out
    assert out.startswith("f : scalar     A : n×n     x : n\n")


def test_a_variable_that_does_not_occur(run: Run) -> None:
    answer = run("derive", "c**2", "x")
    assert answer.status == 0
    assert answer.out.startswith("d/dx  c²  =  0\nx does not occur in the function: the derivative is 0\n")


def test_kinks_are_said(run: Run) -> None:
    out = run("derive", "relu(x)", "x").out
    assert "at x = 0: any slope in [0, 1]; the code takes 0" in out


@pytest.mark.parametrize(
    ("form", "first"),
    [
        ("text", "d/dx  x**2*sin(x)  =  x**2*cos(x) + 2*x*sin(x)"),
        ("latex", r"x^{2} \, \cos\left(x\right) + 2 x \, \sin\left(x\right)"),
        ("typst", "x^(2) dot cos(x) + 2 x dot sin(x)"),
        ("numpy", "import numpy as np"),
        ("json", "{"),
    ],
)
def test_forms(run: Run, form: str, first: str) -> None:
    answer = run("derive", "x**2*sin(x)", "x", "--as", form)
    assert answer.status == 0
    assert answer.out.splitlines()[0] == first
    assert answer.out.isascii() or form == "json"


def test_json(run: Run) -> None:
    found = json.loads(run("derive", "a*x**2", "x", "--as", "json", "--at", "x=2", "--at", "a=3").out)
    assert {key: found[key] for key in ("input", "wrt", "expr", "shape", "value")} == {
        "input": "a*x**2",
        "wrt": "x",
        "expr": "2*a*x",
        "shape": [],
        "value": 12.0,
    }
    assert found["steps"]
    assert found["certificate"]["points"] == 8
    assert found["latex"]
    several = json.loads(run("derive", "a*x**2", "x", "a", "--as", "json").out)
    assert [each["wrt"] for each in several] == ["x", "a"]


def test_numpy_source_computes_the_derivative(run: Run) -> None:
    source = run("derive", FIT, "w", *DATA, "--as", "numpy").out
    namespace: dict[str, Any] = {}
    exec(source, namespace)  # noqa: S102 - the source is what is tested
    X, y, w = np.eye(3), np.ones(3), np.arange(3.0)
    assert np.allclose(namespace["f"](X=X, y=y, w=w, lam=0.5), 2 / 3 * X.T @ (X @ w - y) + w)


def test_the_value_at_data(run: Run) -> None:
    answer = run("derive", FIT, "w", *DATA, "--at", "w=0", "--at", "lam=0.1", "--no-steps")
    assert answer.status == 0
    lines = answer.out.splitlines()
    assert lines[0].startswith("f : scalar     X : n×d")
    assert lines[0].endswith("(n = 442, d = 10 from the data)")
    assert lines[1] == "∇_w f  =  2/n · Xᵀ(X w − y) + 2λ w     shape d"
    assert lines[3].startswith("✓ equal at your data")
    assert lines[4].startswith("value at your data: [-15141.4 -450.072 -8423.88 ")


def test_data_alone_give_sizes_and_no_value(run: Run) -> None:
    out = run("derive", FIT, "w", *DATA, "--no-steps").out
    assert "n = 442" in out
    assert "value" not in out


def test_archives_give_arrays_by_name(run: Run, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", A=np.array([[2.0, 1], [0, 3]]), x=np.array([1.0, 2]))
    out = run("derive", "x @ A @ x", "x", "--data", str(tmp_path / "a.npz"), "--no-steps", "--as", "text").out
    assert "f : scalar     A : n x n     x : n     (n = 2 from the data)" in out.replace("nxn", "n x n")
    assert out.splitlines()[-1] == "value at your data: [6 13]"


def test_lists_give_shapes(run: Run) -> None:
    out = run("derive", "sum(x**3)", "x", "--at", "x=[1, 2, 3]", "--no-steps").out
    assert out.splitlines()[-1] == "value at your values: [3 12 27]"


def test_a_point_may_leave_variables_free(run: Run) -> None:
    out = run("derive", "a*x**2", "x", "--at", "x=2", "--no-steps").out
    assert out.splitlines()[-2:] == ["value at x = 2: 4a", "tangent line: 4a·(x − 1)"]


def test_at_a_kink_the_declared_slope_is_given_and_said_to_be_unchecked(run: Run) -> None:
    answer = run("derive", "relu(x)", "x", "--at", "x=0", "--no-steps")
    assert answer.status == 0
    assert "at x = 0: not checked: a comparison at its kink\nvalue at x = 0: 0\n" in answer.out
    assert "tangent" not in answer.out


def test_the_value_of_a_variable_that_does_not_occur_is_not_needed(run: Run) -> None:
    answer = run("derive", "c", "x", "--at", "x=0")
    assert answer.status == 0
    assert "value" not in answer.out


def test_sizes_may_be_given_by_name(run: Run) -> None:
    out = run("derive", "sum(X**2)", "X", "--shape", "X=n d", "--at", "X=1", "--at", "n=2", "--at", "d=3").out
    assert out.endswith("value at your values: [[2 2 2]\n [2 2 2]]\n")


def test_the_first_steps_of_a_long_derivation_are_shown_and_all_when_asked_for(run: Run) -> None:
    text = "*".join(f"sin({i}*x)" for i in range(2, 24))
    few, every = run("derive", text, "x").out, run("derive", text, "x", "--steps").out
    assert "… and 7 more steps (--steps shows all)\n" in few
    assert "more steps" not in every
    assert every.count("table") == 22 > few.count("table")
    assert "chain rule" not in run("derive", text, "x", "--no-steps").out


def test_one_row_is_one_row(run: Run, tmp_path: Path) -> None:
    """The n of the formula is the number of rows, also where there are as many rows as columns, or one."""
    for rows, value in (("1,2,3\n", "[-6 -12]"), ("1,2,3\n4,5,6\n", "[-27 -36]")):
        (tmp_path / "rows.csv").write_text("a,b,y\n" + rows)
        formula = "sum((X @ w - y)**2)/n"
        answer = run("derive", formula, "w", "--data", str(tmp_path / "rows.csv"), "--target", "y", "--at", "w=0")
        assert "X : n×d" in answer.out
        assert f"value at your data: {value}" in answer.out


def test_a_square_matrix_from_a_file_is_square(run: Run, tmp_path: Path) -> None:
    np.savez(tmp_path / "s.npz", S=np.eye(3), x=np.ones(3))
    answer = run("derive", "x.T @ inv(S) @ x", "x", "--data", str(tmp_path / "s.npz"))
    assert "value at your data: [2 2 2]" in answer.out


def test_the_structure_of_a_jacobian_is_said_and_that_of_a_gradient_is_not(run: Run) -> None:
    out = run("derive", "X @ B", "X", "--shape", "X=n p", "--shape", "B=p q").out
    assert "block-diagonal: n blocks of q×p, all Bᵀ\n" in out
    assert "low-rank" not in run("derive", "a @ X @ b", "X").out


def test_a_structure_longer_than_a_line_is_said_without_its_formulas(run: Run) -> None:
    answer = run("derive", "logsumexp(X @ w) + norm(w)**4", "w", "--order", "2", "--shape", "X=n d")
    assert "sum: scaled identity: …; plus product: …, rank at most n; plus low-rank: …, rank 1\n" in answer.out


def test_a_layout_that_transposes_says_so(run: Run) -> None:
    remark = "layout: the transpose of what is computed below"
    assert f"numerator {remark}" in run("derive", "norm(A @ x - b)**2", "A", "--layout", "numerator").out
    assert remark not in run("derive", "norm(A @ x - b)**2", "A", "--layout", "denominator").out
