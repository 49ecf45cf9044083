"""Every step of every derivation of the known cases holds: what stands before equals what stands after."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from flint import arb

from wrt import functions as fn
from wrt.derive.derivation import derive
from wrt.expr.arithmetic import is_zero
from wrt.expr.build import integral, neg, symbol, total, where
from wrt.expr.node import Derivative
from wrt.expr.walk import free_symbols, substitute
from wrt.read import read
from wrt.verify.evaluate import Plan, defined, evaluate
from wrt.verify.oracle import verify_equal
from wrt.verify.sample import Sampler, draw_sizes, fixed_sizes, symbols_of
from wrt.verify.series import PointError, Series, working

CASES = Path(__file__).parents[1] / "cases"
REWRITINGS = ("recognise", "simplify", "result", "forward")
ADJOINTS = ("δ", "∇", "∂")  # how the names of adjoints begin
OFTEN = 12  # of so many rows one is taken each time, the others in the slow sweep


def rows(file):
    return [json.loads(line) for line in (CASES / file).read_text().splitlines()]


SCALAR = rows("scalar.jsonl")
MATRIX = [
    pytest.param(row, id=row["id"], marks=[pytest.mark.slow] if place % OFTEN else [])
    for place, row in enumerate([*rows("matrix.jsonl"), *rows("matrix_more.jsonl")])
]


def derivation_of(row):
    formula = read(row["text"], shapes=row.get("shapes"))
    known = {each.name: each for each in free_symbols(formula.node)}
    variable = known.get(row["wrt"]) or symbol(row["wrt"])
    return derive(formula, [variable], row["order"])[variable]


@pytest.mark.parametrize("row", SCALAR, ids=lambda row: row["id"])
def test_steps_of_scalar_derivations_hold(row):
    derivation = derivation_of(row)
    for step in derivation:
        assert step.rule
        assert step.before.shape == step.after.shape == step.shape
        if step.rule == "constant rule":
            assert is_zero(step.after)
        elif step.before is not step.after:
            verify_equal(step.before, step.after, points=2)
    assert derivation.steps[-1].after is derivation.expr or derivation.root.after is derivation.expr


@pytest.mark.parametrize("row", MATRIX)
def test_every_step_of_a_matrix_derivation_holds(row):
    derivation = derivation_of(row)
    facts = {derivation.bare: derivation.variable}
    for done, root in zip(derivation.passes, _pass_roots(derivation), strict=True):
        for step in root:
            check_step(done, step, facts)
    for step in derivation.root.children if derivation.order > 1 else ():
        if step.rule in REWRITINGS:
            check_equal(step.before, step.after, facts)
    check_equal(derivation.root.before, derivation.root.after)


@pytest.mark.parametrize("row", MATRIX)
def test_what_is_written_in_names_is_what_the_tape_has(row):
    derivation = derivation_of(row)
    facts = {derivation.bare: derivation.variable}
    for root in _pass_roots(derivation):
        named = [step for step in root.children if step.name]
        values = {step.name: step.after for step in named if step.rule != "result"}
        assert all(step.forms for step in named)
        for step in named:
            for form in step.forms:
                meant = substitute(form, {each: values[each.name] for each in form.free if each.name in values})
                assert meant.shape == step.shape
                check_equal(step.after, meant, facts)


def check_step(done, step, facts):
    """What a step says, by its kind: a derivative and its value, a form and another, or a part and its adjoint."""
    if isinstance(step.before, Derivative):
        check_equal(step.before, step.after)
    elif step.rule in REWRITINGS:
        check_equal(step.before, step.after, facts)
    elif step.name.startswith(ADJOINTS):
        assert step.shape == done.tape.root.shape + step.before.shape
        check_adjoint(done, step.before, step.after)
    else:
        pytest.fail(f"a step of a kind that is not known: {step}")


def check_equal(before, after, facts=None):
    """Equal, where what is known of the variable holds; differentiation does not use that, its result does."""
    before, after = substitute(before, facts or {}), substitute(after, facts or {})
    assert before.shape == after.shape
    if before is not after:
        verify_equal(before, after, points=2)


def _pass_roots(derivation):
    root = derivation.root
    return [root] if derivation.order == 1 else [child for child in root.children if child.rule not in REWRITINGS]


def check_adjoint(done, part, adjoint):
    """The adjoint is the derivative of the function by the part, all else held fixed: along a random direction."""
    function = done.tape.root
    stand_in = symbol("part", part.shape)
    held = substitute(function, {part: stand_in})
    if stand_in not in held.free or neg(part) in done.values:
        return  # put together by a rule, as the numerator of a quotient, or not to be told from its negative
    rng = random.Random(0)
    variables, dims = symbols_of([function, part])
    for attempt in range(200):
        sizes = draw_sizes(dims, fixed_sizes([function]), rng, growth=attempt // 50)
        drawn = Sampler(variables, sizes, rng).draw()
        if attempt >= 100:  # logarithms of products of matrices are defined where all entries are positive
            drawn = {each: [abs(x) for x in entries] for each, entries in drawn.items()}
        try:
            with working(160, 1):
                still = {each: [Series([x]) for x in entries] for each, entries in drawn.items()}
                at, slopes = evaluate(part, still, sizes), evaluate(adjoint, still, sizes)
            direction = [rng.choice((-1, 1)) * rng.randint(1, 4) for _ in at]
            with working(160, 2):
                moving = [Series([entry[0], step]) for entry, step in zip(at, direction, strict=True)]
                around = {each: [Series([x]) for x in entries] for each, entries in drawn.items()}
                expansion = defined(Plan([held], sizes)({**around, stand_in: moving})[0])
        except PointError:
            continue
        for row, entry in enumerate(expansion):
            found = [slopes[row * len(at) + k][0] * step for k, step in enumerate(direction)]
            assert entry[1].overlaps(sum(found, arb(0))), (part, adjoint)
        return
    pytest.fail("no point found")


n, d = (symbol(name, facts=["dimension"]) for name in "nd")
x, w, X = symbol("x"), symbol("w", (d,)), symbol("X", (n, d))
BY_A_SCALAR = {
    "scaled": X * fn.sin(x) + x,
    "elementwise": fn.tanh(w * x) / (1 + x**2),
    "softmax": fn.softmax(w * x),
    "sum": total(fn.exp(w * x)) * total(w),
    "pieces": where(w > 0, x**2 * w, x),
    "max": fn.max(fn.sin(w * x)),
    "product": (X @ (w * x)) * fn.sin(X @ w * x),
    "to a power": (1 + w**2) ** x + x**w,
    "integral": integral(w * symbol("t") ** 2 * x, symbol("t"), 0, x),
    "inverse": fn.inv(symbol("A", (d, d)) * x**2),
}


@pytest.mark.parametrize("name", BY_A_SCALAR)
def test_steps_of_tensors_by_a_scalar_hold(name):
    derivation = derive(BY_A_SCALAR[name], [x])[x]
    for step in derivation:
        assert step.before.shape == step.after.shape == step.shape
        if step.before is not step.after:
            verify_equal(step.before, step.after, points=2)
