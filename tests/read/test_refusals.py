"""What cannot be read is refused with its place and a way out; nothing is misparsed."""

from __future__ import annotations

import pytest

from wrt.errors import DomainError, LimitError, ReadError, WrtError
from wrt.read import read

# Each text with the whole message a person sees.
GOLDEN = {
    "": "the text is empty\nwrite a formula, such as x**2*sin(x)",
    "sine(x)": "unknown function `sine`\n  sine(x)\n  ^^^^\ndid you mean `sin`? for a product write `sine*(...)`",
    "2*(x + 1": "`(` is never closed\n  2*(x + 1\n    ^\nadd the closing `)`",
    "x + 1)": "`)` closes nothing\n  x + 1)\n       ^\nremove it, or open a bracket before it",
    "(x + 1]": "`(` is not closed before `]`\n  (x + 1]\n  ^\nadd `)`",
    "|x + 1": "`|` is never closed\n  |x + 1\n  ^\nadd the closing `|`",
    "x + ": "nothing stands after `+`\n  x +\n    ^\nwrite what comes next, or leave it out",
    "x + * y": "something is missing between `+` and `*`\n  x + * y\n      ^",
    "* y": "`*` needs something on its left\n  * y\n  ^",
    "sin()": "nothing stands between the brackets\n  sin()\n     ^^",
    "1/2x": "`1/2x` can be read in two ways\n  1/2x\n  ^^^^\nwrite `1/(2*x)` or `(1/2)*x`",
    "a + 1/2 sin(x)": (
        "`1/2 sin(x)` can be read in two ways\n  a + 1/2 sin(x)\n      ^^^^^^^^^^\n"
        "write `1/(2*sin(x))` or `(1/2)*sin(x)`"
    ),
    "e^2x": "`e^2x` can be read in two ways\n  e^2x\n  ^^^^\nwrite `e^(2*x)` or `(e^2)*x`",
    "√2x": "`√2x` can be read in two ways\n  √2x\n  ^^^\nwrite `√(2*x)` or `(√2)*x`",
    "x y": "nothing joins `x` and `y`\n  x y\n    ^\nwrite `x*y` for the product",
    "sin x": (
        '`sin` is a function\n  sin x\n  ^^^\ngive it an argument: `sin(x)`; or declare a variable of this name: sin=""'
    ),
    "sum(X, axs=1)": "`axs=` is not an option of sum\n  sum(X, axs=1)\n         ^^^^^\ndid you mean `axis=`?",
    "x.__class__": (
        "`.__class__` is not part of the maths\n  x.__class__\n   ^^^^^^^^^^\n"
        "only .T, the transpose, is read after a dot"
    ),
    "x.mean": "`.mean` is not part of the maths\n  x.mean\n   ^^^^^\nwrite `mean(...)`",
    "\\frac{x}{2}": (
        "LaTeX input is not read yet\n  \\frac{x}{2}\n  ^^^^^\nwrite plain maths, such as x**2/2 or sum(x**2)"
    ),
    "np.sine(x)": "`np.sine` is not known here\n  np.sine(x)\n  ^^^^^^^\ndid you mean `sin`?",
    "tf.exp(x)": "TensorFlow source is not read yet\n  tf.exp(x)\n  ^^",
    "z = x\nz*lambda": (
        "`lambda` is a word of Python\n  z*lambda\n    ^^^^^^\n"
        "write `lam` or `λ` for the symbol; Python functions are not read here"
    ),
    "x + 1\ny": (
        "this line is neither named nor the answer\n  x + 1\n  ^^^^^\n"
        "name it (z = ...), or join lines: end a line with the operator, or put brackets around"
    ),
    "x^T": (
        "`T` as an exponent can be a transpose\n  x^T\n    ^\n"
        'write X.T or X\' for the transpose; if T is a number, declare it: T=""'
    ),
    "x > 0 and y": (
        "`y` is not a condition\n  x > 0 and y\n            ^\nput each comparison in brackets, as in (x > 0) & (x < 1)"
    ),
    "(x > 0) + 1": ("a condition stands where a number is needed\n  (x > 0) + 1\n   ^^^^^\nwrite where(x > 0, 1, 0)"),
    "9**9**9**9": "9**387420489 has too many digits to be written out\n  9**9**9**9\n      ^^",
    "1/0": "division by zero\n  1/0\n    ^",
}


@pytest.mark.parametrize("text", GOLDEN)
def test_golden(text: str) -> None:
    with pytest.raises(WrtError) as caught:
        read(text)
    assert str(caught.value) == GOLDEN[text]


REFUSED = [
    "d/dx x^2", "d/dx(x^2)", "d²/dx² sin(x)", "ln|x", "σ|x|",
    "__import__('os').system('ls')", "__import__(\"os\")", "x.__class__.__bases__", "().__class__",
    "[x for x in y]", "{x}", "{1: 2}", "[1, 2]", "(x := 3)", "x = y = 3", "x, y = 1, 2", "x += 1", "x // 2",
    "x % 2", "x << 2", "x!", "lambda x: lambda y: x", "def f(x):\n  return", "import os", "from os import path",
    "class A: pass", "print(x)", "eval('x')", "f'{x}'", "'abc'", "\"abc\"", "b'x'", "x if y > 0", "x; ; y", "x == ",
    "x = ", "=x", "1 2", "x 2", "0x1F", "x..y", "x.y", "2.real", "x[", "x]", "x[]", "x[1:2:3:4]", "x[0.5]",
    "x[...]", "...", "*x", "**x", "f(*x)", "f(**x)", "sin(*x)", "sin(x=1)", "sin(y=1)", "sin(x, y)",
    "sin(x)(y", "sum(x, 0)", "sum(x, axis=y)", "sum(x, axis=0, axis=1)", "sum(axis=0, x)", "norm(x, 2, p=1)",
    "cumsum(X, axis=(0, 1))", "eye(2, 3)", "einsum('ij')", "einsum(x, y)", "integrate(x, x)",
    "integrate(x, 2, 0, 1)", "integrate(x, x + 1, 0, 1)", "diff(x**2, 2)", "f(x) = x^2", "x = x + 1",
    "z = 1; z = 2", "e*2; e = 3", "z = e*x; e = 3; z*e", "torch.exq(x)", "jnp.random(x)", "np.linalg.eig(x)", "$x^2$",
    "x^{2}", "x_{1}", "\\alpha", "∑ x", "∫ x", "∂x", "±x", "x′", "x ∈ y", "x is y", "x in y", "x && y", "a ⊗ b",
    "sin^-1(x)", "sin⁻¹(x)", "pi(x)", "x'abc'", "2'", "x²'", "√", "√√x", "√sin(x)", "√x^2", "|", "||", "||x|",
    "|x||y|", "x ^", "not", "not x", "~x", "if", "else", "x and", "yield x", "await x", "x@", "@", "x @ y z",
    "X @ 2w", "x->y", "nan", "None", "True", "x + None", "α β(x)", "Δx + λx", "x\x00y", "x\ud800",
    "x == y == z + (x > y)", "where(x, 1, 0)", "where(x > 0)", "max()",
    "max(x, y, axis=0)", "log(x, y, z)", "solve(x)", "std(x > 0)", "clip(x, 0)",
    "x > 0 > y and", "-", "(", ")", "()", ",",
    "x,", ":", "'", "\"", "#", ";", "(x, y)", "sin((x, y))", "x if y else z", "inf - inf", "0*inf", "(-1)**0.5",
    "0**-1", "1e99999", "9" * 2000, "reshape(x, 2)", "einsum('ij->k', A)", "einsum('iij', A, B)", "x[1", "a b c",
    "ab cd(x)",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    with pytest.raises(WrtError) as caught:
        read(text)
    assert str(caught.value)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("(" * 50_000, LimitError),
        ("(" * 500 + "x" + ")" * 500, LimitError),
        ("[" * 50_000, ReadError),
        ("-" * 50_000 + "x", LimitError),
        ("not " * 20_000 + "x", LimitError),
        ("x" + "**x" * 20_000, LimitError),
        ("sin(" * 20_000, LimitError),
        ("|" * 50_000, LimitError),
        ("x if x > 0 else " * 5_000 + "x", LimitError),
        ("√(" * 10_000, LimitError),
        ("x'" + "'" * 50_000, LimitError),
        ("x" + "+x" * 40_000, LimitError),
        ("x" + "*x@x" * 20_000, LimitError),
        ("9" * 50_000, LimitError),
        ("x" * 100_001, LimitError),
        ("9**9**9", LimitError),
        ("2**100000*x", LimitError),
        ("1e5000", LimitError),
        ("diff(x @ x, x, 1000000000)", LimitError),
        ("sum(x, axis=1000000000)", ReadError),
        ("x[" + "0," * 100 + "0]", ReadError),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_limits(text: str, limit: type[WrtError]) -> None:
    with pytest.raises(limit):
        read(text)


def test_a_hundred_brackets_are_read() -> None:
    assert read("(" * 90 + "x" + ")" * 90) == read("x")
    assert read("sin(" * 90 + "x" + ")" * 90).ndim == 0


def test_long_sums_are_read() -> None:
    assert read("x" + " + x" * 900) == read("901*x")


def test_many_lines_are_read() -> None:
    lines = ["h0 = x", *(f"h{i + 1} = sin(h{i})" for i in range(2000))]
    assert len(read("\n".join(lines)).names) == 2001


def test_division_by_zero_points_at_the_divisor() -> None:
    with pytest.raises(DomainError) as caught:
        read("x + 1/(2 - 2)")
    assert caught.value.position == 6 + 1


@pytest.mark.parametrize("value", [None, b"x", ["x"], len, object(), lambda x: x])
def test_other_things_are_refused_by_name(value: object) -> None:
    with pytest.raises(ReadError, match="is not read yet"):
        read(value)


def test_sympy_and_numpy_objects_are_refused_by_name() -> None:
    sympy, numpy = pytest.importorskip("sympy"), pytest.importorskip("numpy")
    with pytest.raises(ReadError, match="a SymPy expression is not read yet"):
        read(sympy.Symbol("x"))
    with pytest.raises(ReadError, match="a NumPy array is not read yet"):
        read(numpy.ones(3))


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("A²", {"A": "n n"}),
        ("A^2", {"A": "n n"}),
        ("A^-1", {"A": "n n"}),
        ("A x", {"A": "n n", "x": "n"}),
        ("A'A", {"A": "n m"}),
        ("x·y", {"x": "n", "y": "n"}),
        ("x × y", {"x": "n", "y": "n"}),
        ("(x + y)(x - y)", {"x": "n", "y": "n"}),
        ("x(y)", {"x": "n", "y": "n"}),
    ],
)
def test_products_and_powers_of_arrays_say_which(text: str, shapes: dict[str, str]) -> None:
    with pytest.raises(ReadError, match="can be the") as caught:
        read(text, shapes)
    assert "write `" in str(caught.value)


def test_letters_that_are_all_declared_are_no_name() -> None:
    with pytest.raises(ReadError, match="`Xw` is one name, and it is not declared"):
        read("Xw - y", X="n d", w="d", y="n")


def test_powers_of_arrays_that_say_which() -> None:
    assert read("A**2", A="n n") == read("A*A", A="n n")
    assert read("x²", x="n") == read("x*x", x="n")


def test_a_name_that_is_variable_and_function_is_refused_before_a_bracket() -> None:
    with pytest.raises(ReadError, match="is a variable here and also a function"):
        read("gamma(x + 1)", gamma="")
