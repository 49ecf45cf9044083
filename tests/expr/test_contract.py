"""Einsums: equal ones are one object, however they are written."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wrt.errors import ShapeError
from wrt.expr.build import (
    contract,
    cumsum,
    diag,
    einsum,
    eye,
    identity,
    mean,
    number,
    ones,
    outer,
    symbol,
    total,
    trace,
    zeros,
)
from wrt.expr.node import Contract, Delta, Mul, Unit

n, d, k = (symbol(name, facts=["dimension"]) for name in "ndk")
A, B, C = symbol("A", (n, d)), symbol("B", (d, k)), symbol("C", (k, n))
S = symbol("S", (n, n))
x, y, z = symbol("x", (n,)), symbol("y", (n,)), symbol("z", (d,))
c = symbol("c")

SAME = [
    ((A @ B) @ C, A @ (B @ C)),
    ((A @ B).T, B.T @ A.T),
    (A.T.T, A),
    (trace(A @ B @ C), trace(C @ A @ B)),
    (trace(A.T @ A), total(A**2)),
    (eye(n) @ A, A),
    (eye(n) @ eye(n), eye(n)),
    (trace(eye(n)), n),
    (total(ones(n, d)), n * d),
    (diag(diag(x)), x),
    (diag(x) @ y, x * y),
    (x @ diag(y) @ x, total(x * x * y)),
    (outer(x, y).T, outer(y, x)),
    (x * y / y, x),
    ((c * x) @ y, c * (x @ y)),
    (einsum("ij,jk->ik", A, B), A @ B),
    (einsum("ij->j", A), total(A, axis=0)),
    (einsum("ii", S), trace(S)),
    (mean(x), total(x) / n),
    (total(outer(x, y)), total(x) * total(y)),
    (x @ outer(y, z), (x @ y) * z),
    (contract([identity((n, d)), A], [(0, 1, 2, 3), (2, 3)], (0, 1), (n, d, n, d)), A),
    (A[0], contract([Unit.intern(n, number(0)), A], [(0,), (0, 1)], (1,), (n, d))),
    (x[1:], contract([Delta.intern(n - 1, n, number(1), 1), x], [(0, 1), (1,)], (0,), (n - 1, n))),
    (total(mean(A, axis=1, keepdims=True) * A, axis=1), mean(A, axis=1) * total(A, axis=1)),
    (zeros(n) + x, x),
    (ones(n) * c + x, c + x),
]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_equal_einsums_are_one_object(left, right):
    assert left is right


@given(st.data())
def test_order_and_names_of_indices_do_not_matter(data):
    """A random einsum, with operands shuffled and indices renamed, is the same node."""
    operands = data.draw(st.lists(st.sampled_from([x, y, S, S.T @ S + 1]), min_size=1, max_size=5))
    subscripts = [tuple(data.draw(st.integers(0, 3)) for _ in operand.shape) for operand in operands]
    used = sorted({index for subscript in subscripts for index in subscript})
    out = tuple(data.draw(st.lists(st.sampled_from(used), max_size=3)))
    plain = contract(operands, subscripts, out, [n] * 4)
    order = data.draw(st.permutations(range(len(operands))))
    names = data.draw(st.permutations(range(4)))
    shuffled = contract(
        [operands[place] for place in order],
        [tuple(names[index] for index in subscripts[place]) for place in order],
        tuple(names[index] for index in out),
        [n] * 4,
    )
    assert shuffled is plain


def test_look_alike_operands_are_told_apart_by_the_graph():
    """Rings of equal matrices: one of six is not two of three."""
    six = contract([S] * 6, [(i, (i + 1) % 6) for i in range(6)], (), [n] * 6)
    three = trace(S @ S @ S)
    assert six is not three**2
    for order in itertools.islice(itertools.permutations(range(6)), 0, 720, 97):
        assert contract([S] * 6, [(order[i], order[(i + 1) % 6]) for i in range(6)], (), [n] * 6) is six


@pytest.mark.parametrize("count", [4, 7, 12, 20])
def test_a_cycle_of_operands_that_look_alike_is_one_object_in_every_order(count):
    """The trace of a power, with its factors and indices shuffled."""
    rng = random.Random(count)
    edges = [(each, (each + 1) % count) for each in range(count)]
    forms = set()
    for _ in range(4):
        rng.shuffle(edges)
        names = rng.sample(range(count), count)
        forms.add(contract([S] * count, [(names[i], names[j]) for i, j in edges], (), (n,) * count))
    assert len(forms) == 1


def test_a_contraction_never_contains_a_contraction_or_a_scalar_factor():
    rng = random.Random(0)
    for _ in range(50):
        node = A @ B @ C
        for _ in range(3):
            node = rng.choice([node @ S, S @ node, 2 * node, c * node, node * S, node.T])
        core = node.factors[-1] if isinstance(node, Mul) else node
        assert isinstance(core, Contract)
        assert not any(isinstance(operand, Contract | Mul) or not operand.shape for operand in core.operands)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: A @ C, "did you mean to transpose|last dimension"),
        (lambda: A @ c, "use \\* with a scalar"),
        (lambda: A * z @ B.T, "."),
        (lambda: trace(A), "square"),
        (lambda: A + x, "do not fit"),
        (lambda: A * C, "do not fit"),
        (lambda: cumsum(A), "axis"),
        (lambda: symbol("v", (number(3),))[3], "out of range"),
        (lambda: total(A, axis=2), "no axis 2"),
        (lambda: einsum("ij,jk->ik", A, A), "is both"),
        (lambda: A[0, 0, 0], "3 indices"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(make, words):
    with pytest.raises(ShapeError, match=words):
        make()
