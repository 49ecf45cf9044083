"""What no word of linear algebra says, entry by entry: as it is written, and that it is right."""

from __future__ import annotations

import numpy as np
import pytest

import wrt
from wrt import show
from wrt.expr.arithmetic import factors_of
from wrt.expr.shape import core_of
from wrt.expr.walk import dimensions
from wrt.notation import tree
from wrt.notation.plain import write
from wrt.show.entries import in_indices

SIZES = {"n": 2, "m": 3, "k": 4, "d": 2, "p": 3, "q": 2}
WRITTEN = {
    "A @ X @ B": ("X", 1, {"A": "m n", "X": "n p", "B": "p q"}, "∂fᵢⱼ/∂Xₖₗ = Aᵢₖ Bₗⱼ"),
    "X @ A @ X": ("X", 1, {"A": "n n", "X": "n n"}, "∂fᵢⱼ/∂Xₖₗ = (X A)ᵢₖ δⱼₗ + δᵢₖ (A X)ₗⱼ"),
    "inv(X)": ("X", 1, {"X": "n n"}, "∂fᵢⱼ/∂Xₖₗ = −Vᵢₖ Vₗⱼ   where V = X⁻¹"),
    "X @ X.T": ("X", 1, {"X": "n d"}, "∂fᵢⱼ/∂Xₖₗ = δᵢₖ Xⱼₗ + Xᵢₗ δⱼₖ"),
    "X*X": ("X", 1, {"X": "n d"}, "∂fᵢⱼ/∂Xₖₗ = 2Xᵢⱼ δᵢₖ δⱼₗ"),
    "softmax(W @ x)": ("W", 1, {"W": "k d", "x": "d"}, "∂fᵢ/∂Wⱼₖ = pᵢ xₖ(δᵢⱼ − pⱼ)   where p = softmax(W x)"),
    "softmax(X, axis=1)": (
        "X",
        1,
        {"X": "n k"},
        "∂fᵢⱼ/∂Xₖₗ = Pᵢⱼ δᵢₖ(δⱼₗ − Pᵢₗ)   where P = softmax(X, axis=1)",
    ),
    "softmax(z)": (
        "z",
        2,
        {"z": "k"},
        "∂²fᵢ/∂zⱼ∂zₖ = pᵢ(δᵢⱼ δᵢₖ − δᵢⱼ pₖ − δᵢₖ pⱼ − pⱼ δⱼₖ + 2pⱼ pₖ)   where p = softmax(z)",
    ),
    "sum((M - U @ V.T)**2)": ("U", 2, {"M": "n m", "U": "n k"}, "∂²f/∂Uᵢⱼ∂Uₖₗ = 2δᵢₖ (Vᵀ V)ⱼₗ"),
    "logdet(X)": ("X", 2, {"X": "n n"}, "∂²f/∂Xᵢⱼ∂Xₖₗ = −Vⱼₖ Vₗᵢ   where V = X⁻¹"),
    "det(X)": ("X", 2, {"X": "n n"}, "∂²f/∂Xᵢⱼ∂Xₖₗ = det(X)(Vⱼᵢ Vₗₖ − Vⱼₖ Vₗᵢ)   where V = X⁻¹"),
    "tr(inv(X) @ A)": (
        "X",
        2,
        {"X": "n n"},
        "∂²f/∂Xᵢⱼ∂Xₖₗ = (V A V)ⱼₖ Vₗᵢ + Vⱼₖ (V A V)ₗᵢ   where V = X⁻¹",
    ),
    "kron(A, X)": ("X", 1, {"A": "m p", "X": "n d"}, "∂f₍ᵢⱼ₎₍ₖₗ₎/∂Xₘₙ = Aᵢₖ δⱼₘ δₗₙ"),
    "kron(A, X) @ b": ("X", 1, {"A": "m p", "X": "n d"}, "∂f₍ᵢⱼ₎/∂Xₖₗ = (A reshape(b, p, d))ᵢₗ δⱼₖ"),
    "sum(kron(A, X)*B)": ("X", 1, {"A": "m m", "X": "n n"}, "∂f/∂Xᵢⱼ = reshape(B, m, n, m, n)ₖᵢₗⱼ Aₖₗ"),
    "(a @ x)**4": ("x", 3, {"x": "n"}, "∂³f/∂xᵢ∂xⱼ∂xₖ = 24(aᵀ x) aᵢ aⱼ aₖ"),
    "x/norm(x)": (
        "x",
        2,
        {"x": "n"},
        "∂²fᵢ/∂xⱼ∂xₖ = (3xᵢ xⱼ xₖ/(xᵀ x) − δᵢₖ xⱼ − δᵢⱼ xₖ − xᵢ δⱼₖ)/‖x‖³",
    ),
    "X - mean(X, axis=0)": ("X", 1, {"X": "n d"}, "∂fᵢⱼ/∂Xₖₗ = δⱼₗ(δᵢₖ − 1/n)"),
    "k*outer(x, x)": ("x", 1, {"x": "n", "k": ""}, "∂fᵢⱼ/∂xₗ = k·(xᵢ δⱼₗ + δᵢₗ xⱼ)"),
    "sum((W2 @ tanh(W1 @ x) - t)**2)": ("W1", 2, {"W1": "k d", "W2": "m k"}, None),
    "sum(einsum('ijk,j,k->i', T, x, x)**3)": ("x", 2, {"T": "n m m", "x": "m"}, None),
    "einsum('ijk,j,k->i', T, x, x)": ("x", 1, {"T": "m n n", "x": "n"}, "∂fᵢ/∂xⱼ = Tᵢⱼₗ xₗ + Tᵢₖⱼ xₖ"),
    "einsum('ijk,i,i->jk', T, x, x)": ("x", 1, {"T": "n m k", "x": "n"}, None),
}


def derived(text):
    name, order, shapes, expected = WRITTEN[text]
    return wrt.derive(text, name, order=order, shapes=shapes, verify=False), expected


@pytest.mark.parametrize("text", [text for text, case in WRITTEN.items() if case[-1]])
def test_derivatives_of_third_and_fourth_order_are_written_by_entries(text):
    result, expected = derived(text)
    assert " = ".join(show.by_entries(result)) == expected


@pytest.mark.parametrize("text", WRITTEN)
def test_entries_are_those_of_the_code(text):
    """The sum convention applied to what is written, against the einsum that is computed."""
    result, _ = derived(text)
    rng = np.random.default_rng(3)
    sizes = {each.name: SIZES.get(each.name, 2) for each in dimensions(result.input.node)}
    values = {
        name: rng.normal(size=[measured(axis, sizes) for axis in symbol.shape])
        for name, symbol in result.input.symbols.items()
        if "dimension" not in symbol.facts
    }
    expected = np.asarray(result.compile()(**values))
    indices, whole = in_indices(result.displayed)
    letters = [letter for index in indices for letter in index.strip("()")]
    core = core_of(result.expr.node)
    spread = core.operand.shape if len(letters) > len(indices) else core.shape
    spans = dict(zip(letters, (measured(size, sizes) for size in spread), strict=True))
    known = {**sizes, **values}
    declared = result.input.shapes
    for name, part in whole.parts:
        known[name] = valued(part, known, declared)
        declared[name] = " ".join(str(size).replace(" ", "") for size in result.displayed.names[name].shape)
    found = aligned(Reader(known, declared, spans).of(whole.answer), letters)
    entries = np.broadcast_to(found, list(spans.values())[: len(letters)]).ravel()
    np.testing.assert_allclose(entries, expected.ravel(), rtol=1e-7, atol=1e-12)


def measured(size, sizes):
    """A dimension in numbers."""
    return int(np.prod([sizes[str(each)] for each in factors_of(size)[1]]))


def valued(written, known, declared):
    """The value of what is written in words, which is read back."""
    function = wrt.read(write(written), declared).compile()
    return np.asarray(function(**{name: known[name] for name in function.arguments}))


def aligned(value, letters):
    """An array with an axis for each letter, in their order."""
    axes, array = value
    held = [letter for letter in letters if letter in axes]
    shape = [array.shape[axes.index(letter)] if letter in axes else 1 for letter in letters]
    return np.transpose(array, [axes.index(letter) for letter in held]).reshape(shape)


class Reader:
    """Reads entries as people do: an index that is not one of the result's and stands twice in a product is summed."""

    def __init__(self, known, declared, spans):
        self.known, self.declared, self.spans, self.free = known, declared, spans, set(spans)

    def of(self, written):
        if not has_entries(written):
            return (), valued(written, self.known, self.declared)
        parts = [] if isinstance(written, tree.Entry) else [self.of(child) for child in written.children]
        match written:
            case tree.Entry():
                return self.entry(written.children[0], written.indices)
            case tree.Product():
                return self.product(parts)
            case tree.Quotient():
                axes, bottom = parts[1]
                return self.product([parts[0], (axes, 1 / bottom)])
            case tree.Sum():
                axes = tuple(dict.fromkeys(axis for held, _ in parts for axis in held))
                terms = [aligned(part, axes) * sign for part, sign in zip(parts, written.signs, strict=True)]
                return axes, sum(terms[1:], terms[0])
            case tree.Minus():
                return parts[0][0], -parts[0][1]
            case tree.Summed():
                axes, value = parts[0]
                kept = tuple(axis for axis in axes if axis not in written.indices)
                return kept, np.einsum(value, [*map(axes.index, axes)], [*map(axes.index, kept)])
            case tree.Raised():
                return parts[0][0], parts[0][1] ** parts[1][1]
        raise NotImplementedError(written)

    def entry(self, operand, indices):
        delta = isinstance(operand, tree.Name) and operand.name == "delta"
        value = np.eye(self.spans[indices[0]]) if delta else valued(operand, self.known, self.declared)
        self.spans.update(zip(indices, value.shape, strict=True))
        return self.product([(indices, value)])

    def product(self, parts):
        held = [axis for axes, _ in parts for axis in axes]
        out = [axis for axis in dict.fromkeys(held) if axis in self.free or held.count(axis) == 1]
        number = {axis: place for place, axis in enumerate(dict.fromkeys(held))}
        operands = [each for axes, value in parts for each in (value, [number[axis] for axis in axes])]
        return tuple(out), np.einsum(*operands, [number[axis] for axis in out])


def has_entries(written):
    return isinstance(written, tree.Entry) or any(map(has_entries, written.children))
