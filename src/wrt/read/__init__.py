"""Ways in: what a person has written, read to one kind of tree."""

from __future__ import annotations

from collections.abc import Mapping

from wrt.errors import ReadError
from wrt.expr.node import Expr, Formula

__all__ = ["read"]


def read(text: object, /, shapes: Mapping[str, object] | None = None, **declarations: object) -> Formula:
    """The formula that a text describes, with every shape known.

    Declarations give shapes as dimensions between spaces ("n d", "" for a scalar) and facts after a comma (">0",
    "symmetric", "integer", "in (0, 1)"); `shapes` takes those of names that Python or an option has already. What is
    not declared is inferred from the text, and `inferred` on the result says what was. Sums may have indices, which
    are bound by subscripts and run over what fits them: `sum(i, j, A[i, j]*x[i])`, `sum(i, (x[i+1] - x[i])**2)`.

    Raises ReadError for text that cannot be read, ShapeError where shapes do not fit, LimitError where it is too large.

    >>> f = read("sum((X @ w - y)**2)/n + lam*sum(w**2)", lam=">0")
    >>> f.arguments, sorted(f.inferred)
    (('lam', 'X', 'w', 'y'), ['X', 'w', 'y'])
    >>> read("sum(i, (y[i] - w @ X[i])**2)", X="n d") == read("sum((y - X @ w)**2)", X="n d")
    True
    """
    given = {**(shapes or {}), **declarations}
    twice = (shapes or {}).keys() & declarations.keys()
    if twice:
        raise ReadError(f"{min(twice)} is declared twice", hint="declare it in `shapes`, or by its name")
    if isinstance(text, str):
        from wrt.read.text import read_text

        return read_text(text, given)
    if isinstance(text, Expr):
        if given:
            raise ReadError("an expression has its shapes already", hint="declare shapes where its symbols are made")
        return text if isinstance(text, Formula) else Formula(text, arguments=_arguments(text))
    if isinstance(text, int | float) and not isinstance(text, bool):
        return read(repr(text), given)
    raise _refusal(text)


def _arguments(node: Expr) -> tuple[str, ...]:
    from wrt.expr.walk import free_symbols

    return tuple(symbol.name for symbol in free_symbols(node) if "dimension" not in symbol.facts)


_LIBRARIES = {
    "sympy": "a SymPy expression",
    "jax": "a JAX function",
    "jaxlib": "a JAX function",
    "torch": "a PyTorch function",
    "numpy": "a NumPy array",
}


def _refusal(value: object) -> ReadError:
    """Why an object that is not text is not read."""
    kind = type(value)
    library = _LIBRARIES.get(kind.__module__.partition(".")[0])
    if library is None and callable(value):
        library = "a Python function"
    what = library or f"a {kind.__name__}"
    return ReadError(f"{what} is not read yet", hint='write it as text, such as read("x**2*sin(x)")')
