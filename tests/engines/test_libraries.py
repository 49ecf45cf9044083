"""JAX and PyTorch, where installed: the values of NumPy, and their own derivatives of the loss as one more witness."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wrt import functions
from wrt.engines import compile as compile_
from wrt.engines import source
from wrt.errors import WrtError
from wrt.expr.build import symbol
from wrt.expr.function import Function
from wrt.read import read

CASES = Path(__file__).parents[1] / "cases"
sys.path.append(str(CASES.parent))

from oracle import draw  # noqa: E402

ROWS = [json.loads(line) for line in (CASES / "matrix.jsonl").read_text(encoding="utf-8").splitlines()]
LIBRARIES = [name for name in ("jax", "torch") if find_spec(name)]


def library(name: str) -> Any:
    module = import_module(name)
    if name == "jax":
        module.config.update("jax_enable_x64", True)
    return module


@pytest.mark.parametrize(
    ("engine", "row"),
    [(each, row) for each in LIBRARIES for row in ROWS],
    ids=lambda case: case if isinstance(case, str) else case["id"],
)
def test_values_and_derivatives(engine: str, row: dict[str, Any]) -> None:
    module = library(engine)
    point = draw(row["shapes"], row["domain"], 7)
    function, answer = read(row["text"], row["shapes"]), read(row["expected"], row["shapes"])
    found = []
    for formula in (function, answer):
        compiled, reference = compile_(formula, engine=engine), compile_(formula)
        values = [point[name] for name in compiled.arguments]
        found.append(np.asarray(reference(*values)))
        assert np.asarray(compiled(*values)) == pytest.approx(found[-1], rel=1e-10, abs=1e-10)
    if row["order"] == 1 and not found[0].shape:
        compiled = compile_(function, engine=engine)
        gradient = derivative(module, compiled, [point[name] for name in compiled.arguments], row["wrt"])
        assert gradient == pytest.approx(found[1] + np.zeros(gradient.shape), rel=1e-8, abs=1e-8)


def derivative(module: Any, compiled: Any, values: list[Any], name: str) -> np.ndarray:
    """The library's own derivative."""
    place = compiled.arguments.index(name)
    if module.__name__ == "jax":
        return np.asarray(module.jit(module.grad(compiled, argnums=place))(*values))
    tensors = [module.tensor(value, requires_grad=at == place) for at, value in enumerate(values)]
    compiled(*tensors).backward()
    return np.asarray(tensors[place].grad)


@pytest.mark.parametrize(
    ("engine", "function"),
    [(each, f) for each in LIBRARIES for f in functions.TABLE.values() if f.kind == "elementwise"],
    ids=str,
)
def test_functions_of_the_table(engine: str, function: Function) -> None:
    library(engine)
    names = tuple(symbol(name, (symbol("n", facts=["dimension"]),)) for name in function.arguments)
    first = np.linspace(0.05, 0.95, 7)
    values = [np.full(7, 2.0) if name == "n" else first + place for place, name in enumerate(function.arguments)]
    try:
        compiled = compile_(function(*names), engine=engine)
    except WrtError as error:
        assert "not available" in str(error) or "computes no integrals" in str(error)
        return
    with np.errstate(all="ignore"):
        expected = compile_(function(*names))(*values)
    assert np.asarray(compiled(*values)) == pytest.approx(expected, rel=1e-6, abs=1e-7, nan_ok=True)


def test_a_torch_function_is_written_as_pytorch_users_do() -> None:
    text = source(read("X.T @ (sigmoid(X @ w)*y)/n + lam*eye(d)[0]", {"X": "n d", "w": "d", "y": "n"}), "torch")
    assert "import torch" in text and "torch.sigmoid(X @ w)" in text and "torch.eye(d)[0].to(X)" in text


def test_a_jax_function_is_written_as_jax_users_do() -> None:
    text = source(read("X.T @ (sigmoid(X @ w)*y)/n + sum(abs(w))", {"X": "n d", "w": "d", "y": "n"}), "jax")
    assert "import jax.numpy as jnp" in text and "from jax.nn import sigmoid" in text and "jnp.abs(w)" in text


@pytest.mark.parametrize("engine", [name for name in ("jax", "torch") if name not in LIBRARIES])
def test_a_library_that_is_not_installed_is_named(engine: str) -> None:
    with pytest.raises(WrtError, match=f"{engine} is not installed"):
        compile_(read("sin(x)"), engine=engine)
