"""The table as a whole: names, calls, what they give at once, functions of the user's own, printed rows."""

from __future__ import annotations

import copy
import keyword
import pickle
import subprocess
import sys
from fractions import Fraction

import pytest

from wrt import functions
from wrt.errors import WrtError
from wrt.expr.build import EULER_GAMMA, INFINITY, PI, E, number, symbol
from wrt.expr.function import Function
from wrt.expr.node import Call, Expr
from wrt.functions.words import ALL, Word

x, y = symbol("x"), symbol("y")
n, k = symbol("n", facts=["dimension"]), symbol("k", facts=["dimension"])
X, v = symbol("X", (n, k)), symbol("v", (n,))

ASKED_FOR = """
exp expm1 log ln log1p log2 log10 sqrt cbrt square reciprocal sin cos tan cot sec csc asin acos atan acot asec
acsc arcsin arccos arctan arccot arcsec arccsc sinh cosh tanh coth sech csch asinh acosh atanh acoth asech
acsch arcsinh arccosh arctanh arccoth arcsech arccsch normpdf normcdf normlogcdf trigamma sigmoid logit
softplus log_sigmoid relu leaky_relu elu selu celu gelu gelu_tanh silu swish mish softsign hardtanh
hardsigmoid relu6 abs sign heaviside floor ceil maximum minimum clip where erf erfc erfinv erfcx gamma lgamma
digamma polygamma beta betaln i0 i1 j0 j1 i0e i1e lambertw sinc xlogy xlog1py entr logaddexp hypot atan2 huber
sum mean var std prod max min logsumexp cumsum norm softmax log_softmax tr det logdet inv diag outer kron eye
ones einsum dot integrate diff
"""


def test_every_name_asked_for_is_found() -> None:
    assert not [name for name in ASKED_FOR.split() if functions.lookup(name) is None]


def test_no_spelling_is_used_twice() -> None:
    rows: list[Function | Word] = [*functions.TABLE.values(), *ALL]
    spellings = [spelling for row in rows for spelling in (row.name, *row.aliases)]
    assert len(spellings) == len(set(spellings))
    assert all(spelling.isidentifier() and not keyword.iskeyword(spelling) for spelling in spellings)


@pytest.mark.parametrize("function", functions.TABLE.values(), ids=str)
def test_a_row_is_whole(function: Function) -> None:
    assert functions.TABLE[function.name] is function
    assert len(function.derivative) == len(function.arguments)
    assert len(function.domain) == len(function.arguments)
    assert tuple(function.defaults) == function.arguments[len(function.arguments) - len(function.defaults) :]
    assert function.meaning
    assert function.source
    assert set(function.symbols) <= {"unicode", "latex", "typst"}
    assert set(function.engines) <= {"numpy", "scalar", "jax", "torch"}
    assert set(function.stable) <= set(functions.STABLE_FORMS)


@pytest.mark.parametrize("function", functions.TABLE.values(), ids=str)
def test_written_symbols_have_a_place_for_each_argument(function: Function) -> None:
    for pattern in function.symbols.values():
        if "{}" in pattern:
            assert pattern.count("{}") == len(function.arguments)
            assert "x1" in pattern.format(*(f"x{place}" for place in range(1, 1 + len(function.arguments))))


def test_importing_wrt_does_not_build_the_table() -> None:
    program = "import sys, wrt; from wrt import functions; print('wrt.functions.exponential' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.strip() == "False"


def test_unknown_names_get_the_nearest_one() -> None:
    assert functions.lookup("sigmod") is None
    assert functions.nearest("sigmod") == "sigmoid"
    with pytest.raises(AttributeError, match="did you mean arcsin"):
        functions.arcsine  # noqa: B018


def test_functions_survive_pickle_and_copy() -> None:
    assert pickle.loads(pickle.dumps(functions.sin)) is functions.sin  # noqa: S301 - our own bytes
    assert pickle.loads(pickle.dumps(functions.sin(x))) is functions.sin(x)  # noqa: S301 - our own bytes
    assert copy.deepcopy(functions.sin(x)) is functions.sin(x)


AT_ONCE = {
    "sin of zero": (functions.sin(0), 0),
    "sin, a third of pi": (functions.sin(PI / 3), functions.sqrt(3) / 2),
    "sin, many turns": (functions.sin(13 * PI / 6), Fraction(1, 2)),
    "sin, negative": (functions.sin(-PI / 4), -functions.sqrt(2) / 2),
    "cos of pi": (functions.cos(PI), -1),
    "cos is even": (functions.cos(-x), functions.cos(x)),
    "sin is odd": (functions.sin(-2 * x), -functions.sin(2 * x)),
    "tan, turns": (functions.tan(9 * PI / 4), 1),
    "asin of a half": (functions.asin(Fraction(-1, 2)), -PI / 6),
    "acos of a half": (functions.acos(Fraction(-1, 2)), 2 * PI / 3),
    "atan at infinity": (functions.atan(-INFINITY), -PI / 2),
    "exp of one": (functions.exp(1), E),
    "exp at minus infinity": (functions.exp(-INFINITY), 0),
    "log of e": (functions.log(E), 1),
    "log to a base": (functions.log(x, 3), functions.log(x) / functions.log(3)),
    "log2": (functions.log2(Fraction(1, 8)), -3),
    "log10": (functions.log10(1000), 3),
    "cbrt": (functions.cbrt(-27), -3),
    "cbrt of a cube": (functions.cbrt(x**3), x),
    "sqrt is a power": (functions.sqrt(x), x ** Fraction(1, 2)),
    "gamma of five": (functions.gamma(5), 24),
    "gamma of five halves": (functions.gamma(Fraction(5, 2)), 3 * functions.sqrt(PI) / 4),
    "digamma of one": (functions.digamma(1), -EULER_GAMMA),
    "polygamma 1": (functions.polygamma(1, x), functions.trigamma(x)),
    "polygamma 0": (functions.polygamma(0, x), functions.digamma(x)),
    "abs of a square": (functions.abs(x**2), x**2),
    "abs of a negative": (functions.abs(-3 * x), functions.abs(3 * x)),
    "sign of a positive": (functions.sign(symbol("p", facts=["positive"])), 1),
    "maximum of three": (functions.max(1, 4, 2), 4),
    "maximum, either order": (functions.maximum(x, y), functions.maximum(y, x)),
    "max of two operands": (functions.max(x, 0), functions.maximum(0, x)),
    "a default": (functions.leaky_relu(x), functions.leaky_relu(x, slope=Fraction(1, 100))),
    "a default by place": (functions.elu(x, 1), functions.elu(x)),
    "relu of zero": (functions.relu(0), 0),
    "normcdf at infinity": (functions.normcdf(INFINITY), 1),
}


@pytest.mark.parametrize(("found", "expected"), AT_ONCE.values(), ids=AT_ONCE)
def test_what_a_call_gives_at_once(found: Expr, expected: object) -> None:
    assert found is (expected if isinstance(expected, Expr) else number(expected))


def test_what_is_not_exact_stays_a_call() -> None:
    for node in (functions.sin(1), functions.sin(PI / 7), functions.exp(2), functions.gamma(10**9), functions.log(2)):
        assert isinstance(node, Call)


def test_parameters_with_their_default_are_not_written() -> None:
    call = functions.leaky_relu(x)
    assert call.function.written(call.args) == (x,)
    call = functions.leaky_relu(x, 2)
    assert call.function.written(call.args) == (x, number(2))
    assert functions.leaky_relu.signature == "x, slope=0.01"
    assert functions.leaky_relu.arity == (1, 2)


def test_axes() -> None:
    assert functions.max(X).shape == ()
    assert functions.max(X, axis=0).shape == (k,)
    assert functions.max(X, axis=-1, keepdims=True).shape == (n, number(1))
    assert functions.logsumexp(X, axis=(0, 1)) is functions.logsumexp(X)
    assert functions.softmax(X) is functions.softmax(X, axis=1)
    assert functions.log_softmax(v).shape == (n,)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: functions.sin(), "sin takes x, not 0 arguments"),
        (lambda: functions.sin(x, y), "sin takes x, not 2 arguments"),
        (lambda: functions.clip(x, 0), "clip takes x, lo, hi"),
        (lambda: functions.elu(x, beta=1), "elu takes x, alpha=1, not 1 argument and beta="),
        (lambda: functions.elu(x, 1, alpha=1), "elu takes x, alpha=1"),
        (lambda: functions.softmax(v, 0), "axes are given by name"),
        (lambda: functions.max(v, axis=1), "the operand has 1 axes"),
        (lambda: functions.inv(v), "square"),
        (lambda: functions.sin("x"), "cannot be part of an expression"),
    ],
)
def test_wrong_calls_say_what_is_wrong(call: object, words: str) -> None:
    with pytest.raises(WrtError) as caught:
        call()
    assert words in str(caught.value)


def test_a_function_of_the_users_own() -> None:
    bump = functions.register(
        "bump_for_test",
        lambda t, width=0.5: functions.exp(-((t / width) ** 2)),
        range=(functions.sigmoid.range(x).intervals[0],),
        aliases=("bump_too",),
    )
    assert functions.lookup("bump_too") is bump
    assert functions.bump_for_test is bump
    assert bump.arguments == ("t", "width")
    assert bump(x) is bump(x, Fraction(1, 2))
    assert bump.definition(x, number(2)) is functions.exp(-(x**2) / 4)
    (row,) = functions.rows("bump_for_test")
    assert row.derivative == {}


@pytest.mark.parametrize(
    ("name", "definition", "words"),
    [
        ("sin", lambda x: x, "sin is in the table already: the sine"),
        ("arcsin", lambda x: x, "in the table already"),
        ("sum", lambda x: x, "in the table already"),
        ("two words", lambda x: x, "cannot be the name"),
        ("lambda", lambda x: x, "cannot be the name"),
        ("_hidden", lambda x: x, "cannot be the name"),
        ("constant", lambda: 1, "named arguments"),
        ("variadic", lambda *xs: xs[0], "named arguments"),
        ("texty", lambda x: "x", "must give an expression, not a str"),
        ("mathy", lambda x: __import__("math").sin(x), "does not work on expressions"),
        ("defaulted", lambda x, p="two": x, "a default must be a number"),
    ],
)
def test_what_cannot_be_registered(name: str, definition: object, words: str) -> None:
    with pytest.raises(WrtError, match=words):
        functions.register(name, definition)
    assert functions.lookup(name) is None or "already" in words


ROWS = {
    "sigmoid": "sigmoid(x)*(1 - sigmoid(x))",
    "tanh": "1 - tanh(x)**2",
    "tan": "sec(x)**2",
    "cot": "-csc(x)**2",
    "coth": "1 - coth(x)**2",
    "erf": "2*exp(-x**2)/sqrt(pi)",
    "normpdf": "-x*normpdf(x)",
    "j1": "j0(x) - j1(x)/x",
    "lambertw": "lambertw(x)/(x*(1 + lambertw(x)))",
    "gelu": "normcdf(x) + x*normpdf(x)",
    "relu": "where(x > 0, 1, 0)",
    "abs": "sign(x)",
    "maximum": "where(x > y, 1, 0)",
    "sqrt": "1/(2*sqrt(x))",
    "softsign": "1/(1 + abs(x))**2",
    "softmax": "diag(softmax(x)) - outer(softmax(x), softmax(x))",
    "logsumexp": "softmax(x)",
    "det": "det(A)*inv(A).T",
}


@pytest.mark.parametrize("name", ROWS)
def test_derivatives_are_printed_as_in_a_textbook(name: str) -> None:
    (row,) = functions.rows(name)
    first = next(iter(row.derivative.values()))
    assert sorted(str(first)) == sorted(ROWS[name])  # the order of terms is the notation's


def test_printed_rows() -> None:
    rows = functions.rows()
    assert len(rows) == len(functions.TABLE) + len(ALL)
    by_name = {row.name: row for row in rows}
    assert by_name["log"].domain == "x in (0, inf)"
    assert by_name["tan"].domain == "x: all but pi*k + pi/2"
    assert by_name["tan"].range == "(-inf, inf)"
    assert by_name["relu"].kinks == ("[0, 1] at x = 0",)
    assert by_name["sign"].kinks == ("jump at x = 0",)
    assert by_name["floor"].kinks == ("jump at x = k",)
    assert by_name["maximum"].kinks == ("[0, 1] × [0, 1] at x = y",)
    assert by_name["norm"].derivative == {"x": "x/norm(x)"}
    assert by_name["huber"].signature == "x, delta=1"
    with pytest.raises(WrtError, match="did you mean sigmoid"):
        functions.rows("sigmod")


def test_words_build_what_they_say() -> None:
    assert functions.norm(v) is functions.sqrt(functions.sum(v**2))
    assert functions.norm(v, 1) is functions.sum(functions.abs(v))
    assert functions.norm(v, INFINITY) is functions.max(functions.abs(v))
    assert functions.std(v) is functions.sqrt(functions.var(v))
    assert functions.dot(v, v) is functions.sum(v**2)
    assert functions.solve(symbol("A", (n, n)), v).shape == (n,)
    assert functions.diff(v).shape == (n - 1,)
    assert functions.diff(x**2, x, 0) is x**2
    assert functions.reshape(X, n * k).shape == (n * k,)
    for call in (lambda: functions.norm(X, 1), lambda: functions.diff(X), lambda: functions.diff(x, x, y)):
        with pytest.raises(WrtError):
            call()
