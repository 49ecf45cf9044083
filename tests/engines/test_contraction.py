"""Random einsums, with slices, indices, running sums, diagonals and copies, against NumPy's own einsum."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wrt.engines import compile as compile_
from wrt.engines import source
from wrt.expr.build import add, contract, mul, power, symbol
from wrt.expr.node import ONE, Delta, Expr, Triangle, Unit, number
from wrt.read import read

NAMES = ["n", "m", "k", "p"]
DIMENSIONS = [symbol(name, facts=["dimension"]) for name in NAMES]
SIZES = dict(zip(DIMENSIONS, (5, 4, 3, 2), strict=True))
SHORTER = {size: add(size, -1) for size in DIMENSIONS}


def axis_size(size: Expr) -> int:
    if size in SHORTER.values():
        return next(SIZES[whole] for whole, less in SHORTER.items() if less is size) - 1
    return 1 if size is ONE else SIZES[size]  # type: ignore[index]


@st.composite
def einsums(draw: st.DrawFn) -> tuple[list[Expr], list[tuple[int, ...]], tuple[int, ...], list[Expr]]:
    count = draw(st.integers(1, 5))
    sizes = [draw(st.sampled_from([*DIMENSIONS, ONE])) for _ in range(draw(st.integers(1, 5)))]
    operands: list[Expr] = []
    subscripts: list[tuple[int, ...]] = []
    for place in range(count):
        subscript = tuple(draw(st.lists(st.integers(0, len(sizes) - 1), min_size=0, max_size=3)))
        operand = symbol(f"A{place}", tuple(sizes[index] for index in subscript))
        if draw(st.booleans()) and subscript:
            operand = power(operand, draw(st.sampled_from([-1, 2, -2])))
        operands.append(operand)
        subscripts.append(subscript)
    for _ in range(draw(st.integers(0, 2))):
        index = draw(st.integers(0, len(sizes) - 1))
        size = sizes[index]
        kind = draw(st.sampled_from(["unit", "slice", "triangle", "reverse"]))
        if kind == "unit":
            operands.append(Unit.intern(size, number(draw(st.integers(0, axis_size(size) - 1)))))
            subscripts.append((index,))
            continue
        sizes.append(size)
        fresh = len(sizes) - 1
        if kind == "triangle":
            operands.append(Triangle.intern(size))
        elif kind == "reverse":
            operands.append(Delta.intern(size, size, add(size, -1), -1))
        elif size in SHORTER:
            sizes[-1] = SHORTER[size]
            operands.append(Delta.intern(SHORTER[size], size, number(draw(st.integers(0, 1))), 1))
        else:
            operands.append(Triangle.intern(size))
        subscripts.append((fresh, index))
    used = sorted({index for subscript in subscripts for index in subscript})
    out = tuple(draw(st.lists(st.sampled_from(used), max_size=4))) if used else ()
    return operands, subscripts, out, sizes


def array_of(node: Expr, values: dict[str, np.ndarray]) -> np.ndarray:
    if isinstance(node, Unit):
        return np.eye(axis_size(node.size))[int(str(node.position))]
    if isinstance(node, Triangle):
        return np.tri(axis_size(node.size))
    if isinstance(node, Delta):
        rows, columns = axis_size(node.rows), axis_size(node.columns)
        offset = columns - 1 if node.stride < 0 else int(str(node.offset))
        return np.array([[float(c == offset + node.stride * r) for c in range(columns)] for r in range(rows)])
    if node.operands:
        return np.asarray(array_of(node.operands[0], values) ** float(str(node.operands[1])))
    return values[node.name]  # type: ignore[attr-defined]


@settings(max_examples=300, deadline=None)
@given(einsums(), st.booleans())
def test_an_einsum_is_computed(
    case: tuple[list[Expr], list[tuple[int, ...]], tuple[int, ...], list[Expr]], deep: bool
) -> None:
    operands, subscripts, out, sizes = case
    generator = np.random.default_rng(5)
    symbols = {each.name: each for operand in operands for each in operand.free if each not in SIZES}
    values = {
        name: np.asarray(generator.uniform(0.5, 2, size=[axis_size(size) for size in each.shape]))
        for name, each in symbols.items()
    }
    node = contract(operands, subscripts, out, sizes)
    if deep:  # as a part of something else
        node = add(power(node, 2), mul(3, node))
    spare = [symbol(f"D{size}", (size,)) for size in DIMENSIONS]
    function = compile_(node, variables=spare)
    given_ = {f"D{size}": np.ones(SIZES[size]) for size in DIMENSIONS}
    found = function(**{name: values.get(name, given_.get(name)) for name in function.arguments})

    letters = "abcdefghij"
    distinct = tuple(dict.fromkeys(out))
    spelled = ",".join("".join(letters[index] for index in subscript) for subscript in subscripts)
    arrays = [array_of(operand, values) for operand in operands]
    have = {index for subscript in subscripts for index in subscript}
    dense = np.einsum(f"{spelled}->{''.join(letters[index] for index in distinct)}", *arrays)
    for index in range(len(sizes)):
        if index not in have and index not in out:
            dense = dense * axis_size(sizes[index])
    expected = np.zeros([axis_size(sizes[index]) for index in out])
    for place in np.ndindex(*expected.shape):
        chosen = dict(zip(out, place, strict=True))
        if all(chosen[index] == at for index, at in zip(out, place, strict=True)):
            expected[place] = dense[tuple(chosen[index] for index in distinct)]
    if deep:
        expected = expected**2 + 3 * expected
    assert np.shape(found) == expected.shape
    assert np.allclose(found, expected, rtol=1e-12, atol=1e-12)


def body(text: str, **shapes: str) -> str:
    lines = source(read(text, shapes)).splitlines()
    return "; ".join(line.strip() for line in lines if line.startswith("    ") and '"""' not in line)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("X.T @ X @ w", "return X.T @ (X @ w)"),
        ("A @ B @ w", "return A @ (B @ w)"),
        ("a @ A @ B @ b", "return a @ (A @ (B @ b))"),
        ("outer(x, x) @ x", "return (x @ x) * x"),
        ("tr(A @ B)", "return np.vdot(A, B.T)"),
        ("diag(x) @ A", "return A * x[:, None]"),
        ("A @ diag(x)", "return A * x"),
        ("sum(A * B, axis=1)", "return np.sum(A * B, axis=1)"),
        ("diag(A @ B)", "return np.sum(A * B.T, axis=1)"),
        ("x[1:] @ x[:-1]", "return x[:-1] @ x[1:]"),
        ("A[0] @ x", "return x @ A[0]"),
        ("cumsum(x)", "return np.cumsum(x)"),
        ("X.T @ X @ w + X @ w @ y * w", "z = X @ w; return (y @ z) * w + X.T @ z"),
        ("inv(A) @ x", "return np.linalg.solve(A, x)"),
        ("x @ inv(A)", "return np.linalg.solve(A.T, x)"),
        ("mean(X, axis=0)", "return np.mean(X, axis=0)"),
        ("kron(A, B)", "return np.kron(A, B)"),
    ],
)
def test_what_the_source_says(text: str, expected: str) -> None:
    shapes = {"X": "m n", "w": "n", "y": "m", "A": "n n", "B": "n n", "a": "n", "b": "n", "x": "n"}
    used = {
        name: shape
        for name, shape in shapes.items()
        if name
        in set(text.replace("(", " ").replace(")", " ").replace("[", " ").replace(",", " ").replace(".", " ").split())
    }
    assert body(text, **used) == expected
