"""Emitted code of vector and matrix functions where the formula as written divides by zero or leaves the range of
floats: value, gradient and Hessian against ball arithmetic, beside the point where that alone decides nothing."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from flint import arb

from wrt.engines import compile as compile_
from wrt.engines import source
from wrt.errors import DomainError
from wrt.expr.node import Formula, Symbol
from wrt.face import derive
from wrt.read import read
from wrt.verify.evaluate import evaluate
from wrt.verify.series import constant, working

LIBRARIES = [name for name in ("jax", "torch") if find_spec(name)]
BITS = 6000
BESIDE = arb(2) ** -2500  # of the point: what an answer changes by there is below the precision of floats

Shapes = Mapping[str, str]
Point = Mapping[str, Any]


@cache
def formula(text: str, variable: str, order: int, shapes: tuple[tuple[str, str], ...]) -> Formula:
    if not order:
        return read(text, dict(shapes))
    return derive(text, variable, order=order, shapes=dict(shapes), verify=False).expr


def exactly(node: Formula, point: Point, beside: bool) -> np.ndarray:
    """The value by ball arithmetic at a point, or in a fixed direction beside it."""
    rng = np.random.default_rng(5)
    arrays = {name: np.asarray(value, dtype=float) for name, value in point.items()}
    sizes: dict[Symbol, int] = {}
    values: dict[Any, Any] = {}
    with working(BITS, 1):
        for symbol in node.node.free:
            if "dimension" in symbol.facts:
                continue
            array = arrays[symbol.name]
            sizes |= {size: axis for size, axis in zip(symbol.shape, array.shape, strict=True) if size.free}
            steps = rng.integers(1, 9, size=array.size) * beside
            entries = zip(array.ravel().tolist(), steps.tolist(), strict=True)
            values[symbol] = [constant(arb(entry) + BESIDE * step) for entry, step in entries]
        found = evaluate(node.node, values, sizes)
        return np.array([float(entry[0].mid()) for entry in found])


def computed(node: Formula, point: Point, engine: str = "numpy") -> np.ndarray:
    """What emitted code gives, without a warning, unless it is that something is as good as infinite."""
    function = compile_(node, engine=engine)
    arguments = {name: np.asarray(value, dtype=float) for name, value in point.items() if name in function.arguments}
    if engine != "numpy":
        module = import_module(engine)
        if engine == "jax":
            module.config.update("jax_enable_x64", True)
        return np.asarray(function(**arguments))
    with warnings.catch_warnings(), np.errstate(over="ignore"):
        warnings.simplefilter("error")
        return np.asarray(function(**arguments))


def assert_right(found: np.ndarray, expected: np.ndarray, scale: float = 0.0) -> None:
    """Right to ten digits of each entry, or to thirteen of the largest one or of the numbers that cancel in it."""
    largest = max(scale, np.max(np.abs(expected), initial=0))
    assert found.ravel() == pytest.approx(expected, rel=1e-10, abs=max(1e-13 * largest, 1e-307))


def rank(n: int, r: int) -> np.ndarray:
    rng = np.random.default_rng(10 * n + r)
    return rng.integers(-3, 4, (n, r)).astype(float) @ rng.integers(-3, 4, (r, n))


SINGULAR = [
    np.array([[1.0, 2.0], [2.0, 4.0]]),
    np.zeros((2, 2)),
    np.ones((3, 3)),
    np.arange(1.0, 10).reshape(3, 3),
    np.diag([2.0, 1.0, 0.0]),
    np.diag([1.0, 0.0, 0.0, 3.0]),
    rank(4, 3),
    rank(4, 2),
    rank(5, 4),
    rank(5, 2),
]
REGULAR = [np.array([[2.0, 1.0], [-1.0, 3.0]]), rank(4, 4), 1e-70 * rank(4, 4), rank(3, 2) + 1e-9 * np.eye(3)]
OF_DETERMINANTS = [  # with the degree in the entries of A, over n, and the highest order
    ("det(A)", 1, 2),
    ("det(A)**2", 2, 2),
    ("det(2*A)", 1, 2),
    ("det(A.T)*det(B)", 1, 2),
    ("det(A @ B)", 1, 2),
    ("det(A)*tr(A)", 2, 2),
    ("det(A.T @ A)", 2, 2),
    ("det(A)*tr(B @ inv(A))", 1, 1),
    ("sum((det(A)*inv(A))**2)", 2, 1),
    ("det(A - lam*eye(n))", 1, 2),
]
SHAPES = {"A": "n n", "B": "n n", "lam": ""}


@pytest.mark.parametrize(
    "matrix", [*SINGULAR, *REGULAR], ids=lambda A: f"{len(A)}x{len(A)} of rank {np.linalg.matrix_rank(A)}"
)
@pytest.mark.parametrize(("text", "degree", "orders"), OF_DETERMINANTS)
def test_determinants_have_cofactors(text: str, degree: int, orders: int, matrix: np.ndarray) -> None:
    n = len(matrix)
    point = {"A": matrix, "B": np.tri(n), "lam": 0.0}
    shapes = tuple((name, shape) for name, shape in SHAPES.items() if name in text)
    for order in range(orders + 1):
        node = formula(text, "A", order, shapes)
        scale = (2 * np.linalg.norm(matrix)) ** (degree * n - order)
        assert_right(computed(node, point), exactly(node, point, beside=True), scale)


@pytest.mark.parametrize("engine", LIBRARIES)
@pytest.mark.parametrize("text", ["det(A)", "det(A)*tr(B @ inv(A))"])
def test_determinants_in_other_libraries(text: str, engine: str) -> None:
    shapes = tuple((name, shape) for name, shape in SHAPES.items() if name in text)
    for matrix in (np.zeros((3, 3)), rank(3, 1), rank(3, 2)):
        point = {"A": matrix, "B": np.tri(len(matrix))}
        for order in range(3 - len(shapes)):
            node = formula(text, "A", order, shapes)
            scale = (2 * np.linalg.norm(matrix)) ** (len(matrix) - order)
            assert_right(computed(node, point, engine), exactly(node, point, beside=True), scale)


@pytest.mark.parametrize("engine", LIBRARIES)
def test_cofactors_can_be_traced_and_differentiated(engine: str) -> None:
    module = import_module(engine)
    vmap, jacobian = (module.vmap, module.jacrev) if engine == "jax" else (module.func.vmap, module.func.jacrev)
    first, second = (compile_(formula("det(A)", "A", order, (("A", "n n"),)), engine=engine) for order in (1, 2))
    asarray = module.numpy.asarray if engine == "jax" else module.from_numpy
    matrices = asarray(np.stack([np.eye(3), rank(3, 2)]))
    values, hessians = np.asarray(vmap(first)(matrices)), np.asarray(vmap(second)(matrices))
    for value, hessian, matrix in zip(values, hessians, np.asarray(matrices), strict=True):
        assert value == pytest.approx(np.asarray(first(asarray(matrix))), rel=1e-10, abs=1e-10)
        assert hessian == pytest.approx(np.asarray(second(asarray(matrix))), rel=1e-10, abs=1e-10)
    derived = np.asarray(jacobian(first)(matrices[0]))
    assert derived == pytest.approx(hessians[0], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("text", ["logdet(A)", "tr(inv(A))", "sqrt(det(A))"])
def test_what_a_singular_matrix_has_not_is_refused(text: str) -> None:
    function = compile_(formula(text, "A", 1, (("A", "n n"),)))
    with pytest.raises(DomainError, match="singular"):
        function(np.ones((2, 2)))


def test_cofactors_read_well() -> None:
    text = source(formula("det(A)", "A", 1, (("A", "n n"),)))
    assert text.startswith("import numpy as np\n\n\ndef cofactor(A):\n")
    assert text.endswith('def f(A):\n    """det(A)*inv(A).T"""\n    return cofactor(A)\n')


def scaled(values: Sequence[float], *scales: float) -> list[list[float]]:
    return [[scale * value for value in values] for scale in scales]


FAR = (1e-200, 1e200, 1e-160, 3e153, 1.0)
VECTORS = [*scaled([3.0, -4.0, 0.5], *FAR), [1e-200, 1e-10, 1.0], [1e200, 1e190, 1.0], [0.0, 1e-170, 0.0]]
PAIRS = [*scaled([3.0, -4.0], *FAR), [1e-200, 1e200], [1e200, 1e-200], [0.0, 1e-180], [1.0, 1e-180]]
NUMBERS = [1e-200, -1e200, 1e-9, -1e9, 1e160, 0.0, 1.0]
OF_LENGTHS = [  # with the variable, the highest order, and where
    ("norm(v)", {"v": "n"}, 2, VECTORS),
    ("v/norm(v)", {"v": "n"}, 1, VECTORS),
    ("v[0]/norm(v)", {"v": "n"}, 1, VECTORS[:6]),
    ("sum(v)/norm(v)", {"v": "n"}, 1, VECTORS),
    ("std(v)", {"v": "n"}, 1, VECTORS[:5]),
    ("v/(v @ v)", {"v": "n"}, 1, VECTORS[:6]),
    ("norm(v)**0.5", {"v": "n"}, 1, VECTORS),
    ("sqrt(1 + norm(v)**2)", {"v": "n"}, 1, VECTORS),
    ("v/sqrt(1 + v @ v)", {"v": "n"}, 1, VECTORS),
    ("norm(v)/(1 + norm(v))", {"v": "n"}, 1, VECTORS[:5]),
    ("sqrt(sum(v**2)/n)", {"v": "n"}, 1, VECTORS),
    ("sqrt(v[0]**2 + v[1]**2)", {"v": "2"}, 2, PAIRS),
    ("hypot(v[0], v[1])", {"v": "2"}, 1, PAIRS),
    ("atan2(v[0], v[1])", {"v": "2"}, 2, PAIRS),
    ("v[0]*v[1]/(v @ v)", {"v": "2"}, 1, PAIRS[:5]),
    ("v[0]**2/(v[0]**2 + v[1]**2)", {"v": "2"}, 1, PAIRS[:5]),
    ("x/sqrt(1 + x**2)", {"x": ""}, 1, NUMBERS),
    ("x**2/(1 + x**2)", {"x": ""}, 1, NUMBERS),
    ("sqrt(1 + x**2)", {"x": ""}, 2, NUMBERS),
    ("sqrt(4 + 3*x**2)", {"x": ""}, 1, NUMBERS),
    ("sqrt(v[0]*v[1])", {"v": "2"}, 2, [[1e-200, 3e-200], [-1e200, -1e200], [1e-200, 1e200], [-2.0, -3.0]]),
    ("sum(log(1 + v**2))", {"v": "n"}, 2, VECTORS),
    ("sum(sqrt(1 + v**2))", {"v": "n"}, 2, VECTORS),
    ("sum(v**2/(1 + v**2))", {"v": "n"}, 1, VECTORS),
    ("log(1 + x**2)", {"x": ""}, 2, NUMBERS),
    ("1/(1 + x**2)", {"x": ""}, 2, NUMBERS),
    ("atan(x)", {"x": ""}, 1, NUMBERS),
    ("asinh(x)", {"x": ""}, 1, NUMBERS),
]


@pytest.mark.parametrize(
    ("text", "shapes", "orders", "points"), OF_LENGTHS, ids=lambda each: each if isinstance(each, str) else ""
)
def test_lengths_are_right_far_from_one(text: str, shapes: Shapes, orders: int, points: list[Any]) -> None:
    (variable,) = shapes
    for order in range(orders + 1):
        node = formula(text, variable, order, tuple(shapes.items()))
        for value in points:
            expected = exactly(node, {variable: value}, beside=False)
            with np.errstate(all="ignore"):
                representable = np.all(np.abs(expected) < 1e300)
            if representable:
                assert_right(computed(node, {variable: value}), expected)
            if representable and not shapes[variable] and abs(value) < 1e100:  # Python's powers do not overflow to inf
                assert_right(np.asarray(compile_(node, engine="scalar")(value)), expected)


AT_ZERO = [  # with the variable, the order, the point, and the subgradient of least norm or the limit there
    ("norm(v)", {"v": "n"}, 1, np.zeros(3), np.zeros(3)),
    ("v/norm(v)", {"v": "n"}, 0, np.zeros(3), np.zeros(3)),
    ("norm(v)**1.5", {"v": "n"}, 1, np.zeros(3), np.zeros(3)),
    ("norm(v)**3", {"v": "n"}, 2, np.zeros(3), np.zeros((3, 3))),
    ("norm(v)**4", {"v": "n"}, 2, np.zeros(3), np.zeros((3, 3))),
    ("sqrt(v[0]**2 + v[1]**2)", {"v": "2"}, 1, np.zeros(2), np.zeros(2)),
    ("hypot(v[0], v[1])", {"v": "2"}, 1, np.zeros(2), np.zeros(2)),
    ("std(v)", {"v": "n"}, 1, np.full(3, 0.1), np.zeros(3)),
    ("norm(v - mean(v))", {"v": "n"}, 1, np.full(5, 1e8 / 3), np.zeros(5)),
    ("sum(std(X, axis=1))", {"X": "n d"}, 1, [[0.1] * 3, [1, 2, 3]], [[0] * 3, np.array([-1, 0, 1]) / 6**0.5]),
    ("norm(v - 1e8)", {"v": "n"}, 1, 1e8 + np.array([3e-8, 0, 0]), [1.0, 0, 0]),
    ("std(v)", {"v": "n"}, 1, 1e8 + np.array([-0.5, 0, 0.5]), np.array([-1, 0, 1]) / 6**0.5),
    ("sum(norm(X, axis=1))", {"X": "n d"}, 1, [[3.0, 4], [0, 0]], [[0.6, 0.8], [0, 0]]),
    ("sum(norm(X, axis=0))", {"X": "n d"}, 1, [[3.0, 0], [4, 0]], [[0.6, 0], [0.8, 0]]),
    ("norm(X)", {"X": "n d"}, 1, np.zeros((2, 3)), np.zeros((2, 3))),
    ("sum(norm(X, axis=1)**3)", {"X": "n d"}, 1, [[3.0, 4], [0, 0]], [[45.0, 60], [0, 0]]),
    ("X/norm(X, axis=1, keepdims=True)", {"X": "n d"}, 0, [[3e200, 4e200], [0, 0]], [[0.6, 0.8], [0, 0]]),
    ("sum(sqrt(sum(X**2, axis=1)))", {"X": "n d"}, 1, [[3e-200, 4e-200], [0, 0]], [[0.6, 0.8], [0, 0]]),
]


@pytest.mark.parametrize(("text", "shapes", "order", "value", "expected"), AT_ZERO)
def test_lengths_at_zero(text: str, shapes: Shapes, order: int, value: Any, expected: Any) -> None:
    (variable,) = shapes
    node = formula(text, variable, order, tuple(shapes.items()))
    for engine in ("numpy", *LIBRARIES):
        assert computed(node, {variable: value}, engine) == pytest.approx(np.asarray(expected), rel=1e-12, abs=1e-15)


def test_lengths_read_well() -> None:
    assert source(formula("norm(v)", "v", 1, (("v", "n"),))).endswith("    return v / (norm(v) or 1)\n")
    text = source(formula("sum(norm(X, axis=1))", "X", 1, (("X", "n d"),)))
    assert text.endswith("    r = norms(X, axis=1)\n    return X / np.where(r > 0, r, 1)[:, None]\n")
    assert "np.hypot(x, 1)" in source(formula("sqrt(1 + x**2)", "x", 0, (("x", ""),)))
    assert "np.sqrt" not in source(formula("norm(v)**2", "v", 1, (("v", "n"),)))


ZEROS = [
    [2.0, 0.0, -3.0, 0.5],
    [0.0, 0.0, 2.0, 3.0],
    [0.0, 0.0, 0.0, 1.0],
    [1.5, -2.0, 4.0, 1.0],
    [1e-60, 1e70, 1e-40, 7.0],
]
OF_ENTRIES = [
    ("prod(x)", {"x": "n"}),
    ("prod(x)**2", {"x": "n"}),
    ("prod(x)*sum(x)", {"x": "n"}),
    ("prod(2*x)", {"x": "n"}),
    ("x @ x + prod(x)", {"x": "n"}),
    ("1 - prod(1 - x)", {"x": "n"}),
    ("prod(1 - w*x)", {"x": "n", "w": "n"}),
    ("sum(w*x)*prod(x)", {"x": "n", "w": "n"}),
    ("sum(prod(X, axis=1))", {"X": "m n"}),
    ("sum(prod(X, axis=0)**2)", {"X": "n m"}),
]


@pytest.mark.parametrize(("text", "shapes"), OF_ENTRIES)
def test_products_with_zeros(text: str, shapes: Shapes) -> None:
    variable = next(iter(shapes))
    for order in range(3):
        node = formula(text, variable, order, tuple(shapes.items()))
        for value in ZEROS:
            entries: Any = value
            if variable == "X":
                entries = (
                    [value, [1.0, 2.0, 3.0, 0.0]] if shapes["X"] == "m n" else np.transpose([value, [1.0, 2, 3, 0]])
                )
            point = {variable: entries, "w": [1.0, 2.0, 0.5, -1.0]}
            expected = exactly(node, point, beside=True)
            if np.all(np.abs(expected) < 1e300):
                assert_right(computed(node, point), expected)


@pytest.mark.parametrize("engine", ["numpy", *LIBRARIES])
def test_the_product_of_all_entries(engine: str) -> None:
    node = formula("prod(X)", "X", 1, (("X", "m n"),))
    for value in ([[1.0, 0.0, 2.0], [3.0, -4.0, 0.5]], [[0.0, 0.0], [1.0, 2.0]], [[2.0, 3.0], [4.0, 5.0]]):
        assert_right(computed(node, {"X": value}, engine), exactly(node, {"X": value}, beside=True))


@pytest.mark.parametrize("engine", LIBRARIES)
def test_products_in_other_libraries(engine: str) -> None:
    for order in (1, 2):
        node = formula("sum(prod(X, axis=1))", "X", order, (("X", "m n"),))
        point = {"X": [*ZEROS[:3]]}
        assert_right(computed(node, point, engine), exactly(node, point, beside=True))


DISTANCES = [
    ("sum(i, sum(j, norm(X[i] - X[j])))", {"X": "n d"}),
    ("sum(i, sum(j, W[i, j]*norm(X[i] - X[j])))", {"X": "n d", "W": "n n"}),
    ("sum(i, sum(j, norm(X[i] - Y[j])))", {"X": "n d", "Y": "n d"}),
    ("sum(i, sum(j, norm(X[i] - X[j])**3))", {"X": "n d"}),
]


@pytest.mark.parametrize(("text", "shapes"), DISTANCES)
def test_distances_of_points_that_coincide(text: str, shapes: Shapes) -> None:
    points = np.array([[0.0, 0.0], [3.0, 4.0], [3.0, 4.0], [3.0, 4.0 + 1e-9]])
    weights = np.arange(16.0).reshape(4, 4)
    other = points if "Y" in shapes else None
    steps = points[:, None] - points if other is None else points[:, None] - other
    lengths = np.linalg.norm(steps, axis=2)
    times = np.where(lengths > 0, 3 * lengths if "**3" in text else 1 / np.where(lengths > 0, lengths, 1), 0)
    both = weights + weights.T if "W" in shapes else 1.0 if "Y" in shapes else 2.0
    expected = np.sum((both * times)[:, :, None] * steps, axis=1)
    node = formula(text, "X", 1, tuple(shapes.items()))
    for engine in ("numpy", *LIBRARIES):
        found = computed(node, {"X": points, "Y": points, "W": weights}, engine)
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("text", ["mean(v)", "var(v)", "max(v)", "sum(v**2)/n", "softmax(v)"])
def test_a_mean_of_nothing_is_refused(text: str) -> None:
    for order in (0, 1):
        with pytest.raises(DomainError, match="no value for n = 0"):
            compile_(formula(text, "v", order, (("v", "n"),)))(np.zeros(0))


def test_a_sum_of_nothing_is_there() -> None:
    assert compile_(formula("sum(v**2)", "v", 0, (("v", "n"),)))(np.zeros(0)) == 0.0
    assert compile_(formula("norm(v)", "v", 1, (("v", "n"),)))(np.zeros(0)).shape == (0,)


def test_entries_that_are_minus_infinity_are_left_out() -> None:
    z = np.array([1.0, -np.inf, 2.0])
    p = np.exp([-1.0, -np.inf, 0]) / (1 + np.exp(-1))
    for text, order, expected in (
        ("logsumexp(z)", 0, 2 + np.log1p(np.exp(-1))),
        ("logsumexp(z)", 1, p),
        ("logsumexp(z)", 2, np.diag(p) - np.outer(p, p)),
        ("log(sum(exp(z)))", 1, p),
        ("softmax(z)", 1, np.diag(p) - np.outer(p, p)),
        ("max(z)", 1, [0, 0, 1]),
    ):
        assert computed(formula(text, "z", order, (("z", "n"),)), {"z": z}) == pytest.approx(np.asarray(expected))
