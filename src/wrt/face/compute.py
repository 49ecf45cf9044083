"""What `import wrt` offers: each computes, has the answer verified, and wraps it."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Literal, overload

from wrt.errors import ReadError, WrtError
from wrt.expr.conditions import is_condition
from wrt.expr.node import Expr, Formula, Symbol
from wrt.face.result import Answer, Layout, Result, Results
from wrt.read import read
from wrt.verify.certificate import Verdict

__all__ = ["check", "compile", "derive", "grad", "hessian", "jacobian"]


@overload
def derive(
    f: object,
    variable: str | Expr,
    /,
    *,
    order: int = 1,
    layout: Layout | None = None,
    verify: bool = True,
    shapes: Mapping[str, object] | None = None,
    **declarations: object,
) -> Result: ...


@overload
def derive(
    f: object,
    variable: list[str] | list[Expr] | tuple[str | Expr, ...],
    /,
    *,
    order: int = 1,
    layout: Layout | None = None,
    verify: bool = True,
    shapes: Mapping[str, object] | None = None,
    **declarations: object,
) -> Results: ...


def derive(
    f: object,
    variable: str | Expr | list[str] | list[Expr] | tuple[str | Expr, ...],
    /,
    *,
    order: int = 1,
    layout: Layout | None = None,
    verify: bool = True,
    shapes: Mapping[str, object] | None = None,
    **declarations: object,
) -> Result | Results:
    """The derivative of `f` with respect to a variable, verified; of several variables, one result for each.

    The gradient of a scalar has the variable's shape; in general the shape is `f.shape + variable.shape * order`.
    Declarations give shapes and facts as `wrt.read` takes them; the entries of a variable that is declared symmetric
    count as independent (docs/matrix-calculus.md). Raises ReadError and ShapeError for input that does not make sense,
    VerificationError if the oracle contradicts the result, Unsolved if `f` is defined nowhere, DomainError if the
    formula inverts a matrix that is singular everywhere.

    >>> import wrt
    >>> print(wrt.derive("x*exp(-x**2)", "x"))
    (1 - 2*x**2)*exp(-x**2)
    >>> print(wrt.derive("sum((X @ w - y)**2)/n", "w", X="n d", w="d", y="n"))
    2/n * X.T @ (X @ w - y)
    """
    from wrt.derive.derivation import derive as differentiate

    _choose("order", order, isinstance(order, int) and order > 0, "a whole number from 1 on")
    _choose("layout", layout, layout in (None, "numerator", "denominator"), '"numerator" or "denominator"')
    formula = read(f, shapes, **declarations)
    one = isinstance(variable, str | Expr)
    wanted = [variable] if isinstance(variable, str | Expr) else list(variable)
    if not wanted:
        raise WrtError("derive by what? name at least one variable")
    symbols = [variable_of(formula, each) for each in wanted]
    derived = differentiate(formula.node, symbols, order, names=formula.names)
    results = Results()
    for symbol in symbols:
        found = derived[symbol]
        certificate = _verified(formula.node, symbol, found.code, order) if verify else None
        results[symbol.name] = Result(formula, (symbol,), found, certificate, layout)
    return results[symbols[0].name] if one else results


def _choose(name: str, value: object, fits: bool, choices: str) -> None:
    if not fits:
        raise WrtError(f"{name}={value!r}: {name} is {choices}")


def _verified(node: Expr, variable: Symbol, result: Expr, order: int) -> Any:
    from wrt.verify.oracle import verify_derivative

    return verify_derivative(node, variable, result, order)


def variable_of(formula: Formula, variable: str | Expr) -> Symbol:
    """The symbol that a name stands for in a formula; a new scalar if nothing there is like it.

    Raises ReadError for what is no variable, and for a name that is nearly one of the formula's.
    """
    if isinstance(variable, Formula):
        variable = variable.node
    if isinstance(variable, Symbol):
        return variable
    known = formula.symbols
    if not isinstance(variable, str):
        raise ReadError(f"`{variable}` is not a variable", hint=_offer(known))
    if variable in known:
        return known[variable]
    if not variable.isidentifier():
        raise ReadError(f"`{variable}` is not a variable", hint=_offer(known))
    if variable in formula.names:
        raise ReadError(f"{variable} names a part, and is not a variable", hint=_offer(known))
    if is_word(variable):
        raise ReadError(f"{variable} is a function or a number, and not a variable", hint=_offer(known))
    near = _near(variable, known)
    if near is not None:
        raise ReadError(f"{variable} does not occur in the function", hint=f"did you mean {near}?")
    return Symbol.intern(variable, (), frozenset())


def is_word(name: str) -> bool:
    """Whether a name is a function or a number, wherever it stands."""
    from wrt.read import words

    return words.lookup(name) is not None or name in ("pi", "e", "inf", "oo")


def _near(name: str, known: Mapping[str, Symbol]) -> str | None:
    same_letters = [each for each in known if each.lower() == name.lower()]
    return next(iter(same_letters or get_close_matches(name, list(known), 1, 0.75)), None)


def _offer(known: Mapping[str, Symbol]) -> str:
    return f"its variables are {', '.join(known)}" if known else "the function has no variables"


def grad(f: object, variable: str | Expr, /, **options: Any) -> Result:
    """The gradient of a scalar function: `derive`, refused for functions with a shape.

    >>> import wrt
    >>> print(wrt.grad("x @ A @ x", "x", x="n", A="n n, symmetric"))
    2 * A @ x
    """
    result = derive(f, variable, **options)
    if result.input.shape:
        raise WrtError("only a scalar function has a gradient", hint="use wrt.jacobian")
    return result


def jacobian(f: object, variable: str | Expr, /, **options: Any) -> Result:
    """The Jacobian, of shape `f.shape + variable.shape`.

    >>> import wrt
    >>> print(wrt.jacobian("softmax(z)", "z", z="k"))
    p = softmax(z); diag(p) - outer(p, p)
    """
    return derive(f, variable, **options)


def hessian(f: object, variable: str | Expr, /, **options: Any) -> Result:
    """The second derivative, of shape `f.shape + variable.shape + variable.shape`.

    >>> import wrt
    >>> print(wrt.hessian("x @ A @ x", "x", x="n", A="n n"))
    A + A.T
    """
    return derive(f, variable, order=2, **options)


def check(
    f: object,
    variable: str | Expr,
    /,
    *,
    claim: object,
    of: Literal["derivative", "integral"] = "derivative",
    order: int = 1,
    shapes: Mapping[str, object] | None = None,
    **declarations: object,
) -> Verdict:
    """Judge a claim: is it the derivative (or an antiderivative) of `f`? If not: where, and the likely mistake.

    >>> import wrt
    >>> bool(wrt.check("sigmoid(x)", "x", claim="sigmoid(x)*(1 - sigmoid(x))"))
    True
    >>> print(wrt.check("sin(x**2)", "x", claim="cos(x**2)").hint)
    the inner derivative 2*x of x**2 is missing: the chain rule is f(u)′ = f′(u)·u′
    """
    from wrt.notation import declarations as declared
    from wrt.verify.judge import judge

    _choose("of", of, of in ("derivative", "integral"), '"derivative" or "integral"')
    _choose("order", order, isinstance(order, int) and order > 0, "a whole number from 1 on")
    formula = read(f, shapes, **declarations)
    symbol = variable_of(formula, variable)
    claimed = claim if isinstance(claim, Expr) else read(claim, {**declared(formula.node), **declared(symbol)})
    if is_condition(claimed.node if isinstance(claimed, Formula) else claimed):
        raise ReadError("the claim is a condition, not a number", hint="use where(condition, 1, 0) for a number")
    return judge(formula.node, symbol, claimed, of=of, order=order, differentiate=_engine)


def _engine(node: Expr, variable: Symbol) -> Expr:
    """The engine's derivative, for the words of a verdict."""
    from wrt.derive.derivation import derive as differentiate

    return differentiate(node, [variable], 1)[variable].expr


def compile(  # noqa: A001 - the word for it
    functions: object,
    /,
    *,
    engine: str = "numpy",
    stable: bool = True,
    dtype: str | None = None,
    shapes: Mapping[str, object] | None = None,
    **declarations: object,
) -> Any:
    """One callable for one or several functions and results; what they share is computed once.

    With `stable=False` it computes what is written, with `dtype="float32"` in single precision.

    >>> import wrt
    >>> f = wrt.read("x**2*y")
    >>> wrt.compile([f, wrt.derive(f, "x")])(x=3, y=2)
    (18.0, 12.0)
    """
    from wrt.engines import compile as compile_

    several = isinstance(functions, list | tuple)
    wanted = functions if isinstance(functions, list | tuple) else [functions]
    formulas = [each.function if isinstance(each, Answer) else read(each, shapes, **declarations) for each in wanted]
    return compile_(formulas if several else formulas[0], engine=engine, stable=stable, dtype=dtype)
