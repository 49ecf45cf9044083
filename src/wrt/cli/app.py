"""The commands and their options; what they do stands in `wrt.cli.commands`, and is imported when one runs."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

import typer

_DERIVE = """  wrt derive "x**2*sin(x)" x
  wrt derive "-log(sigmoid(x))" x --order 2 --at x=0
  wrt derive "softmax(z)" z --shape z=k
  wrt derive "tr(A @ X)" X --shape A="m n" --as latex
  wrt derive "sum((X @ w - y)**2)/n" w --as numpy
  wrt derive "sum((X @ w - y)**2)/n + lam*sum(w**2)" w \\
      --data examples/diabetes.csv --target y --at w=0 --at lam=0.1
"""
_INTEGRATE = """  wrt integrate "x*exp(-x**2)" x
  wrt integrate "1/(a**2 + x**2)" x --shape "a=>0"
  wrt integrate "x**2*log(x)" x --as latex
"""
_LIMIT = """  wrt limit "sin(x)/x" x 0
  wrt limit "log(x)/x**a" x inf --shape a=">0"
  wrt limit "abs(x)/x" x 0 --side -
"""
_TAYLOR = """  wrt taylor "sin(x)" x 0 5 --within -1,1
  wrt taylor "sum(log(1 + exp(X @ w)))" w 0 2 --shape X="n d"
"""
_CHECK = """  wrt check "sigmoid(x)" x --claim "sigmoid(x)*(1 - sigmoid(x))"
  wrt check "sum((X @ w - y)**2)" w --claim "2*X.T @ (X @ w - y)"
  wrt check "log(x)" x --of integral --claim "x*log(x) - x + 7"
"""
_DOCTOR = """  wrt doctor "jnp.log(1 + jnp.exp(x))" --at x=1000
  wrt doctor "sin(x)/x" --order 2
  wrt doctor "v[0]/norm(v)" --shape v=2 --at "v=[1e-200, 1e-200]"
"""
_FUNCTIONS = """  wrt functions
  wrt functions gelu
"""


def _examples(*parts: str) -> str:
    """Examples as they stand below the options; the mark \b keeps lines as they are."""
    lines = "".join(parts)
    status = "Exit status: 0, 1 for a check that says no or a finding of the doctor, 2 for bad input."
    return f"\b\nExamples:\n{lines}\n{status}"


app = typer.Typer(
    help="wrt, with respect to: derivatives as a formula, a derivation, a check and code.",
    epilog=_examples(_DERIVE, _INTEGRATE, _LIMIT, _TAYLOR, _CHECK, _DOCTOR, _FUNCTIONS),
    context_settings={"max_content_width": 100},
    add_completion=False,
    rich_markup_mode=None,  # the markup would load a library for every command
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)


class Form(StrEnum):
    """How a result is written."""

    unicode = "unicode"
    text = "text"
    latex = "latex"
    typst = "typst"
    numpy = "numpy"
    json = "json"


Text = Annotated[str, typer.Argument(metavar="TEXT", help="The function, such as 'x**2*sin(x)'.", show_default=False)]
Shapes = Annotated[
    list[str],
    typer.Option(
        "--shape", metavar="NAME=DIMS", help="A variable's shape and facts: X='n d', S='n n, symmetric', a='>0'."
    ),
]
Variable = Annotated[str, typer.Argument(metavar="VAR", help="The variable.")]
Steps = Annotated[bool | None, typer.Option("--steps/--no-steps", help="Show the derivation, however long; or do not.")]
Order = Annotated[int, typer.Option("--order", metavar="N", min=1, help="How many times to differentiate.")]


def _version(asked: bool) -> None:
    if asked:
        from wrt import __version__

        print(f"wrt {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Wrt, with respect to: derivatives as a formula, a derivation, a check and code."""


@app.command(epilog=_examples(_DERIVE), short_help="A derivative of any order, verified.")
def derive(
    text: Text,
    variables: Annotated[list[str], typer.Argument(metavar="VAR", help="The variables to differentiate by.")],
    shape: Shapes = [],  # noqa: B006 - typer copies it
    order: Order = 1,
    layout: Annotated[
        Literal["numerator", "denominator"] | None,
        typer.Option("--layout", help="Layout in which matrix calculus is shown."),
    ] = None,
    steps: Steps = None,
    shapes: Annotated[bool, typer.Option("--shapes", help="Show the shape of each term.")] = False,
    form: Annotated[Form, typer.Option("--as", help="How to write the result.")] = Form.unicode,
    data: Annotated[
        str | None, typer.Option("--data", metavar="FILE", help="Values from a CSV, .npz or .npy file.")
    ] = None,
    target: Annotated[
        str | None, typer.Option("--target", metavar="COLUMN", help="The column that is y; the other numbers are X.")
    ] = None,
    at: Annotated[
        list[str],
        typer.Option("--at", metavar="NAME=VALUE", help="A value; one number fills any shape. May be repeated."),
    ] = [],  # noqa: B006 - typer copies it
) -> None:
    """Derivative, gradient, Jacobian or Hessian of TEXT with respect to VAR, verified."""
    from wrt.cli import commands
    from wrt.cli.question import Question, Values

    question = Question(text, variables, shape, order, layout, Values(data, target, at))
    commands.derive(question, form.value, steps, shapes)


@app.command(epilog=_examples(_INTEGRATE), short_help="The antiderivatives, verified.")
def integrate(
    text: Text,
    variable: Annotated[str, typer.Argument(metavar="VAR", help="The variable to integrate with respect to.")],
    shape: Shapes = [],  # noqa: B006 - typer copies it
    steps: Steps = None,
    form: Annotated[Form, typer.Option("--as", help="How to write the result.")] = Form.unicode,
) -> None:
    """The antiderivatives of TEXT with respect to VAR, found by named rules and verified by differentiating back."""
    from wrt.cli import commands
    from wrt.cli.question import Question

    commands.integrate(Question(text, [variable], shape), form.value, steps)


@app.command(epilog=_examples(_LIMIT), short_help="A limit, from one side or both, or at infinity.")
def limit(
    text: Text,
    variable: Variable,
    point: Annotated[str, typer.Argument(metavar="POINT", help="Where the variable goes: 0, pi/2, a, inf, -inf.")],
    shape: Shapes = [],  # noqa: B006 - typer copies it
    side: Annotated[
        str | None, typer.Option("--side", metavar="+|-", help="From which side: + is above, - is below.")
    ] = None,
    steps: Steps = None,
    form: Annotated[Form, typer.Option("--as", help="How to write the result.")] = Form.unicode,
) -> None:
    """Limit of TEXT as VAR goes to POINT, verified."""
    from wrt.cli import commands
    from wrt.cli.question import Question

    commands.limit(Question(text, [variable], shape), point, side, form.value, steps)


@app.command(epilog=_examples(_TAYLOR), short_help="A Taylor polynomial with its remainder.")
def taylor(
    text: Text,
    variable: Variable,
    point: Annotated[str, typer.Argument(metavar="POINT", help="Where the polynomial touches: 0, pi/2, a.")],
    order: Annotated[int, typer.Argument(metavar="N", help="The degree up to which terms are wanted.")],
    shape: Shapes = [],  # noqa: B006 - typer copies it
    within: Annotated[
        str | None, typer.Option("--within", metavar="A,B", help="Bound the remainder on this interval.")
    ] = None,
    steps: Steps = None,
    form: Annotated[Form, typer.Option("--as", help="How to write the result.")] = Form.unicode,
) -> None:
    """Taylor polynomial of TEXT in VAR at POINT, of order N, verified."""
    from wrt.cli import commands
    from wrt.cli.question import Question

    commands.taylor(Question(text, [variable], shape), point, order, within, form.value, steps)


@app.command(epilog=_examples(_CHECK), short_help="Whether your own derivative is right, and why not.")
def check(
    text: Text,
    variable: Annotated[str, typer.Argument(metavar="VAR", help="The variable to differentiate by.")],
    claim: Annotated[str, typer.Option("--claim", metavar="TEXT", help="Your derivative, or antiderivative.")],
    shape: Shapes = [],  # noqa: B006 - typer copies it
    order: Order = 1,
    of: Annotated[
        Literal["derivative", "integral"], typer.Option("--of", help="What the claim is said to be.")
    ] = "derivative",
) -> None:
    """Whether your own derivative or antiderivative is right; if it is not, where it fails and the likely mistake."""
    from wrt.cli import commands
    from wrt.cli.question import Question

    raise typer.Exit(commands.check(Question(text, [variable], shape, order), claim, of))


@app.command(epilog=_examples(_DOCTOR), short_help="Where plain code of a function goes wrong, and why.")
def doctor(
    text: Annotated[
        str,
        typer.Argument(metavar="TEXT", help="The function, or a line of NumPy, JAX or PyTorch.", show_default=False),
    ],
    at: Annotated[
        list[str],
        typer.Option("--at", metavar="NAME=VALUE", help="A value; without any, hard points are looked for."),
    ] = [],  # noqa: B006 - typer copies it
    variables: Annotated[
        list[str], typer.Option("--wrt", metavar="VAR", help="A variable to differentiate by; all without it.")
    ] = [],  # noqa: B006 - typer copies it
    shape: Shapes = [],  # noqa: B006 - typer copies it
    order: Annotated[
        int, typer.Option("--order", metavar="N", min=1, max=2, help="Derivatives up to which order.")
    ] = 1,
    single: Annotated[bool, typer.Option("--float32", help="Single precision instead of double.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The diagnosis as data.")] = False,
) -> None:
    """Where plain code or autodiff of TEXT loses digits, overflows or gives NaN; why; and what to write instead."""
    from wrt.cli import commands
    from wrt.cli.question import Question, Values

    question = Question(text, variables, shape, order, values=Values(pairs=at))
    raise typer.Exit(commands.doctor(question, "float32" if single else "float64", as_json))


@app.command(epilog=_examples(_FUNCTIONS), short_help="The table of functions.")
def functions(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One function, in full.")] = None,
) -> None:
    """The table of functions: definition, derivative, domain and kinks."""
    from wrt.cli import commands

    commands.functions(name)
