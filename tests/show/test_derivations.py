"""Derivations and results as people and programs get them; what a person reads stands in `golden/`, to the letter."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import wrt
from wrt import functions, show
from wrt.derive.derivation import derive
from wrt.expr.build import symbol, total
from wrt.show.lines import broken

GOLDEN = Path(__file__).parent / "golden"
WIDTH = 100
FUNCTIONS = {
    "product": ("x**2*sin(x)", "x", 1),
    "chain": ("exp(-x**2)", "x", 1),
    "quotient": ("x/(1 + x**2)", "x", 1),
    "simplified": ("log(cos(x))", "x", 1),
    "power-of-itself": ("x**x", "x", 1),
    "sigmoid-of-a-line": ("sigmoid(a*x + b)", "x", 1),
    "chain-in-a-chain": ("exp(sin(x**2))", "x", 1),
    "pieces": ("where(x > 0, x**2, -x)", "x", 1),
    "leibniz": ("integrate(exp(-t*x), t, 0, x**2)", "x", 1),
    "twice": ("x*exp(-x)", "x", 2),
    "ridge-regression": ("sum((X @ w - y)**2)/n + lam*sum(w**2)", "w", 1),
    "logistic-loss": ("sum(log(1 + exp(-y*(X @ w))))", "w", 1),
    "two-layers": ("h = tanh(W1 @ x + b1); sum((W2 @ h - t)**2)", "W1", 1),
    "cross-entropy": ("p = softmax(W @ x); -sum(y*log(p))", "W", 1),
    "layer-norm": ("mu = mean(x); v = var(x); sum(g*(x - mu)/sqrt(v + eps))", "x", 1),
    "jacobian": ("tanh(W @ x)", "x", 1),
    "classifier": (
        "z1 = W1 @ x + b1; h1 = relu(z1); z2 = W2 @ h1 + b2; p = softmax(z2); -sum(y*log(p))",
        ["W1", "b1", "W2", "b2"],
        1,
    ),
    "batch": (
        "Z1 = X @ W1 + b1; H1 = tanh(Z1); R = H1 @ W2 + b2 - Y; sum(R**2)/(2*n)",
        ["W1", "b1", "W2", "b2"],
        1,
    ),
    "five-layers": (
        "\n".join(f"h{k} = tanh(W{k} @ {'x' if k == 1 else f'h{k - 1}'} + b{k})" for k in range(1, 5))
        + "\nnorm(W5 @ h4 + b5 - y)**2",
        "W1",
        1,
    ),
    "recurrent": ("h1 = tanh(W @ h0 + U @ x1); h2 = tanh(W @ h1 + U @ x2); sum((V @ h2 - y)**2)", "W", 1),
    "neuron": ("z = w*x + b; p = sigmoid(z); (p - y)**2", ["w", "b"], 1),
}
NUMBERS = ("neuron", "batch")
SHAPES = {"Z1 =": {"X": "n d", "W1": "d k", "W2": "k c", "Y": "n c"}}
FORMS = {
    "unicode": tuple(FUNCTIONS),
    "text": ("product", "sigmoid-of-a-line", "ridge-regression", "two-layers"),
    "latex": ("sigmoid-of-a-line", "logistic-loss"),
    "typst": ("ridge-regression",),
}


def derivation(name):
    text, variable, order = FUNCTIONS[name]
    return wrt.derive(text, variable, order=order, verify=False, shapes=SHAPES.get(text[:4])).steps


def with_numbers(name):
    steps = derivation(name)
    sizes = {"d": 3, "n": 2, "k": 4, "c": 30}
    shapes = {each: tuple(sizes[str(size)] for size in symbol.shape) for each, symbol in steps.formula.symbols.items()}
    values = {each: np.cos(np.arange(np.prod(shape))).reshape(shape) for each, shape in shapes.items()}
    return steps.at(**values).text("unicode", WIDTH)


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_stand_beside_the_steps(name):
    assert with_numbers(name) + "\n" == (GOLDEN / f"{name}.numbers.txt").read_text(encoding="utf-8")


def test_numbers_of_steps_are_those_of_the_network():
    rng = np.random.default_rng(0)
    shapes = {"x": 3, "W1": (4, 3), "b1": 4, "W2": (2, 4), "b2": 2, "y": 2}
    values = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    text, variables, _ = FUNCTIONS["classifier"]
    results = wrt.derive(text, variables, verify=False)
    numbers = results.steps.at(**values)
    np.testing.assert_allclose(numbers["h1"], np.maximum(values["W1"] @ values["x"] + values["b1"], 0))
    np.testing.assert_allclose(numbers["δh1"], values["W2"].T @ numbers["δz2"])
    for name, result in results.items():
        np.testing.assert_allclose(numbers[f"∇{name} f"], result.at(**values), atol=1e-14)


def test_numbers_need_a_value_for_each_variable():
    steps = derivation("neuron")
    with pytest.raises(wrt.WrtError, match="no value for y"):
        steps.at(w=1, x=2, b=0)
    with pytest.raises(wrt.WrtError, match="z does not occur"):
        steps.at(w=1, x=2, b=0, y=1, z=3)


def test_variables_that_share_a_pass_are_told_once():
    variables = FUNCTIONS["classifier"][1]
    steps = derivation("classifier")
    assert len(steps.trees) == 1
    assert [step.name for step in steps if step.rule == "forward"] == ["z1", "h1", "z2", "p", "u1", "f"]
    assert {f"∇{name} f" for name in variables} <= {step.name for step in steps}
    assert len(wrt.derive("x**2*y", ["x", "y"]).steps.trees) == 2


@pytest.mark.parametrize(("form", "name"), [(form, name) for form, names in FORMS.items() for name in names])
def test_a_derivation_reads_as_it_should(form, name):
    expected = (GOLDEN / f"{name}.{form}.txt").read_text(encoding="utf-8")
    assert derivation(name).text(form, WIDTH) + "\n" == expected


def test_a_derivation_as_data():
    expected = json.loads((GOLDEN / "two-layers.json").read_text(encoding="utf-8"))
    text, variable, _ = FUNCTIONS["two-layers"]
    assert wrt.derive(text, variable, verify=False).as_json()["steps"] == expected


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_derivation_in_plain_text_is_ascii_and_no_wider_than_asked(name):
    lines = derivation(name).text("text", 72).splitlines()
    assert all(line.isascii() and len(line) <= 72 for line in lines)


def test_lists_in_latex_are_closed():
    markup = derivation("twice").latex()
    assert markup.count(r"\begin{itemize}") == markup.count(r"\end{itemize}") > 2


def test_lines_are_broken_outside_of_brackets():
    assert broken("f(a + b) + g(c + d)", 14, 14) == ["f(a + b)", "+ g(c + d)"]
    assert broken("f(aaaaaaaaaaaa)", 8, 8) == ["f(", "aaaaaaaaaaaa)"]
    assert broken("short", 9, 9) == ["short"]


def nested(inner, count):
    for place in range(count):
        inner = functions.sin(inner) if place % 2 else functions.tanh(inner)
    return inner


def test_of_many_steps_only_the_first_are_shown():
    x = symbol("x")
    steps = derive(nested(x, 500), [x])[x]
    lines = show.steps(steps, most=20).splitlines()
    assert len(steps) == 999
    assert lines[-1] == "… and 979 more steps"
    assert sum("rule" in line or "table" in line for line in lines) == 20


@pytest.mark.parametrize("form", ["unicode", "latex"])
def test_steps_of_deep_functions_take_little_room_each(form):
    x = symbol("x")
    half, whole = (len(show.steps(derive(nested(x, count), [x])[x], form)) for count in (300, 600))
    assert whole < 2.5 * half


def test_only_what_is_shown_of_a_backpropagation_is_worked_out():
    v = symbol("v", (symbol("n", facts=["dimension"]),))
    steps = derive(total(nested(v, 300)), [v])[v]
    show.steps(steps, most=30)
    assert sum(step._forms is not None for step in steps) < 35


def test_a_result_as_data_goes_through_json():
    result = wrt.derive("sum((X @ w - y)**2)/n", "w", X="n d", w="d", y="n")
    data = json.loads(json.dumps(result.as_json()))
    assert list(data) == ["input", "wrt", "expr", "shape", "latex", "steps", "certificate"]
    assert data["expr"] == "2/n * X.T @ (X @ w - y)"
    assert data["shape"] == ["d"]
    assert {"rule", "before", "after", "why", "shape"} <= set(data["steps"][0])
    assert {"oracle", "points", "worst"} <= set(data["certificate"])
