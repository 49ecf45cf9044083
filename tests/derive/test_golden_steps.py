"""Derivations of textbook functions, line by line: rule, what it gives, what its letters stand for."""

from __future__ import annotations

import pytest

from wrt.derive.derivation import derive
from wrt.expr.build import symbol
from wrt.expr.walk import free_symbols
from wrt.read import read

GOLDEN = {
    "x**3": """
        power rule: 3*x**2
    """,
    "5": """
        constant rule: 0
    """,
    "3*x**2 + 2*x + 1": """
        sum rule: 6*x + 2
          power rule: 6*x
          constant multiple rule: 2
    """,
    "x**2*sin(x)": """
        product rule: x**2*cos(x) + 2*x*sin(x)   u = x**2, v = sin(x)
          power rule: 2*x
          table: cos(x)
    """,
    "x/(1 + x**2)": """
        quotient rule: (1 - x**2)/(1 + x**2)**2   u = x, v = 1 + x**2
          power rule: 2*x
    """,
    "sqrt(1 + x**2)": """
        chain rule: x/sqrt(1 + x**2)   u = 1 + x**2
          power rule: 1/(2*sqrt(u))
          power rule: 2*x
    """,
    "exp(-x**2/2)": """
        chain rule: -x*exp(-x**2/2)   u = -x**2/2
          table: exp(u)
          power rule: -x
    """,
    "log(cos(x))": """
        chain rule: -sin(x)/cos(x)   u = cos(x)
          table: 1/u
          table: -sin(x)
          simplify: -tan(x)
    """,
    "2**x": """
        exponential rule: 2**x*log(2)
    """,
    "x**x": """
        logarithmic differentiation: x**x*(1 + log(x))   u = x, v = x
          product rule: 1 + log(x)   u = x, v = log(x)
            table: 1/x
    """,
    "sin(x)**3": """
        chain rule: 3*cos(x)*sin(x)**2   u = sin(x)
          power rule: 3*u**2
          table: cos(x)
    """,
    "(1 - x)*exp(x)": """
        product rule: (1 - x)*exp(x) - exp(x)   u = 1 - x, v = exp(x)
          constant multiple rule: -1
          table: exp(x)
          simplify: -x*exp(x)
    """,
    "integrate(exp(-t**2), t, 0, x**2)": """
        Leibniz's rule: 2*x*exp(-x**4)   f = exp(-t**2), a = 0, b = x**2
          power rule: 2*x
    """,
    "where(x > 0, x**2, sin(x))": """
        piecewise rule: where(x > 0, 2*x, cos(x))   u = x**2, v = sin(x)
          power rule: 2*x
          table: cos(x)
          subdifferential: where(x >= 0, 2*x, cos(x))
    """,
    "sigmoid(a*x + b)": """
        chain rule: a*sigmoid(a*x + b)*(1 - sigmoid(a*x + b))   u = a*x + b
          table: sigmoid(u)*(1 - sigmoid(u))
          constant multiple rule: a   b is constant
    """,
    "tanh(x)**2 + tanh(x)": """
        sum rule: 2*tanh(x)*(1 - tanh(x)**2) - tanh(x)**2 + 1
          table: 1 - tanh(x)**2
          chain rule: 2*tanh(x)*(1 - tanh(x)**2)   u = tanh(x)
            power rule: 2*u
            table: 1 - tanh(x)**2
          simplify: (1 - tanh(x)**2)*(1 + 2*tanh(x))
    """,
}


def words(statement):
    return "".join(map(str, statement))


def told(step, depth=0):
    letters = ", ".join(f"{name} = {part}" for name, part in step.named.items())
    yield "   ".join(part for part in (f"{'  ' * depth}{step.rule}: {step.after}", letters, words(step.note)) if part)
    for child in step.children:
        yield from told(child, depth + 1)


def derivation(text, name="x", order=1, **shapes):
    formula = read(text, shapes=shapes)
    variable = {each.name: each for each in free_symbols(formula.node)}.get(name) or symbol(name)
    return derive(formula, [variable], order)[variable]


@pytest.mark.parametrize("text", GOLDEN)
def test_steps_read_as_in_a_textbook(text):
    expected = [line[8:] for line in GOLDEN[text].splitlines() if line.strip()]
    assert list(told(derivation(text).root)) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("sin(x)", "sin′ = cos"),
        ("cos(x)", "cos′ = −sin"),
        ("log(x)", "log(x)′ = 1/x"),
        ("sigmoid(x)", "sigmoid(x)′ = sigmoid(x)*(1 - sigmoid(x))"),
        ("x**2*sin(x)", "(u·v)′ = u′·v + u·v′   u = x**2, v = sin(x)"),
        ("x*sin(x)*exp(x)", "(u·v·w)′ = u′·v·w + u·v′·w + u·v·w′   u = x, v = sin(x), w = exp(x)"),
        ("a + x**2", "(xⁿ)′ = n·xⁿ⁻¹   a is constant"),
    ],
)
def test_why(text, why):
    assert derivation(text).root.why == why


def test_letters_are_none_of_the_users_names():
    root = derivation("sin(u)*v*u", "u").root
    product = next(step for step in root if step.rule == "product rule")
    assert product.statement == ("(w·s)′ = w′·s + w·s′",)
    assert [str(part) for part in product.named.values()] == ["u", "sin(u)"]


def test_second_derivative_tells_both():
    derived = derivation("x*exp(-x)", order=2)
    assert [step.rule for step in derived.root.children] == ["product rule", "product rule", "simplify"]
    assert derived.root.rule == "second derivative"
    assert str(derived.expr) == "(x - 2)*exp(-x)"


def test_what_was_told_is_not_told_again():
    text = "sin(exp(sin(x))) + cos(exp(sin(x)))"
    notes = [words(step.note) for step in derivation(text) if step.note]
    assert notes == ["as above"]


def in_names(derived):
    """The lines of a backpropagation: rule, name, what it is, shape."""
    lines = []
    for step in derived.root.children:
        if step.name:
            equation = " = ".join((step.name, *map(str, step.forms)))
            lines.append((step.rule, equation, "×".join(map(str, step.shape))))
        else:
            lines.append((step.rule,))
    return lines


def test_backpropagation_of_the_logistic_loss():
    derived = derivation("sum(log(1 + exp(-y*(X @ w))))", "w", X="n d", w="d", y="n")
    assert derived.root.rule == "backpropagation"
    assert in_names(derived) == [
        ("recognise",),
        ("forward", "u1 = -y*(X @ w)", "n"),
        ("forward", "u2 = softplus(u1)", "n"),
        ("forward", "f = sum(u2)", ""),
        ("sum of entries", "δu2 = ones(n)", "n"),
        ("elementwise", "δu1 = sigmoid(u1)", "n"),
        ("constant multiple rule, linear map", "∇w f = -X.T @ (y*δu1)", "d"),
        ("result", "∇w f = -X.T @ (y*sigmoid(-y*(X @ w)))", "d"),
    ]


def test_adjoints_that_meet_are_a_sum_over_paths():
    derived = derivation("sum((X @ w - y)**2)/n + lam*sum(w**2)", "w", X="n d", w="d", y="n")
    assert in_names(derived) == [
        ("forward", "u1 = X @ w - y", "n"),
        ("forward", "f = lam*(w @ w) + mean(u1**2)", ""),
        ("power rule", "δu1 = 2*u1/n", "n"),
        ("sum over paths", "∇w f = X.T @ δu1 + 2*lam*w", "d"),
        ("result", "∇w f = 2/n * X.T @ (X @ w - y) + 2*lam*w", "d"),
    ]
    assert words(derived.root.children[3].note) == "through f and u1: power rule, linear map"


def test_values_of_the_forward_pass_have_the_users_names():
    derived = derivation("h = tanh(W1 @ x + b1); sum((W2 @ h - t)**2)", "W1", W1="k d", W2="m k")
    assert in_names(derived) == [
        ("forward", "z = W1 @ x + b1", "k"),
        ("forward", "h = tanh(z)", "k"),
        ("forward", "u1 = W2 @ h - t", "m"),
        ("forward", "f = u1 @ u1", ""),
        ("power rule", "δu1 = 2*u1", "m"),
        ("dense layer", "δh = W2.T @ δu1", "k"),
        ("activation", "δz = δh*(1 - h**2)", "k"),
        ("outer product", "∇W1 f = outer(δz, x)", "k×d"),
        ("result", "∇W1 f = 2*outer((W2.T @ (W2 @ h - t))*(1 - h**2), x)", "k×d"),
    ]


LOCAL = [
    ("p = softmax(x); sum(p**2)", "x", {"x": "n"}, "softmax   p = softmax(z) ⇒ δz = p*(δp - p @ δp)"),
    ("V = inv(A); sum(V**2)", "A", {"A": "n n"}, "inv   V = inv(A) ⇒ δA = -V.T @ δV @ V.T"),
    ("u = logdet(A); u**2", "A", {"A": "n n"}, "logdet   s = logdet(A) ⇒ δA = δs*inv(A).T"),
    ("h = A @ x; sum(h**2)", "x", {"A": "n d"}, "linear map   z = A @ u ⇒ δu = A.T @ δz"),
    ("h = A @ x; sum(h**2)", "A", {"A": "n d"}, "outer product   z = W @ h ⇒ δW = outer(δz, h)"),
    ("H = X @ A; sum(H**2)", "A", {"X": "n d", "A": "d k"}, "sum of outer products   Z = H @ W ⇒ δW = H.T @ δZ"),
    ("h = A @ x + b; sum(h**2)", "b", {"A": "n d"}, "bias   z = … + b ⇒ δb = δz"),
    (
        "R = X + b; sum(R**2)",
        "b",
        {"X": "n d", "b": "d"},
        "broadcasting   Z = outer(ones(n), u) ⇒ δu = sum(δZ, axis=0)",
    ),
]


@pytest.mark.parametrize(("text", "name", "shapes", "rule"), LOCAL)
def test_local_rules_are_said_in_the_words_of_the_field(text, name, shapes, rule):
    steps = derivation(text, name, **shapes).root.children
    step = next(step for step in steps if step.name[0] == "∇")
    assert f"{step.rule}   {words(step.statement)}" == rule


def test_targets_that_add_up_to_1_leave_p_minus_y():
    for text, said in {
        "p = softmax(W @ x); -sum(y*log(p))": "p - y where sum(y) = 1",
        "P = softmax(X @ W.T, axis=1); -sum(Y*log(P))/n": "(P - Y)/n where sum(Y, axis=1) = 1",
    }.items():
        shapes = {"X": "n d", "W": "k d"} if "X" in text else {"x": "d"}
        steps = derivation(text, "W", **shapes).root.children
        (step,) = [step for step in steps if step.rule == "softmax + cross-entropy"]
        assert words(step.statement) == said


def test_a_name_that_only_the_negative_of_which_is_used_is_used():
    derived = derivation("mu = mean(x); sum((x - mu)**4)", "x", x="n")
    assert in_names(derived)[:2] == [("forward", "mu = mean(x)", ""), ("forward", "u1 = x - mu", "n")]


def test_kinks_are_met_with_their_slopes():
    left, right = derivation("relu(x**2 - 1)").kinks
    assert str(left) == "at x = -1: any slope in [-2, 0]; the code takes 0"
    assert str(right) == "at x = 1: any slope in [0, 2]; the code takes 0"
    assert [corner.kind for corner in derivation("where(x > 1, x, 2*x)").kinks] == ["jump"]
    assert [corner.kind for corner in derivation("max(w)", "w", w="d").kinks] == ["tie"]
    assert derivation("sin(x)").kinks == ()
