"""Ways out for people: Unicode for the terminal, LaTeX, Typst, plain text; derivations as trees; results as data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from wrt.expr.node import Expr
from wrt.notation import text as plain

if TYPE_CHECKING:
    from wrt.show.spelling import Spelling

__all__ = [
    "by_entries",
    "json",
    "latex",
    "needs_indices",
    "notation",
    "numbers",
    "plain",
    "steps",
    "typst",
    "unicode",
    "with_shapes",
]


@cache
def notation(name: str) -> Spelling:
    """The notation by its name: unicode, latex or typst."""
    match name:
        case "latex":
            from wrt.show.to_latex import Latex

            return Latex()
        case "typst":
            from wrt.show.to_typst import Typst

            return Typst()
        case _:
            from wrt.show.to_unicode import Unicode

            return Unicode()


def unicode(node: Expr) -> str:
    """The expression in Unicode mathematics.

    >>> from wrt import read
    >>> print(unicode(read("2/n * X.T @ (X @ w - y) + 2*lam*w", X="n d", w="d", y="n")))
    2/n · Xᵀ(X w − y) + 2λ w
    """
    return notation("unicode").formula(node)


def latex(node: Expr) -> str:
    r"""LaTeX markup of the expression.

    >>> from wrt import read
    >>> print(latex(read("x/sqrt(1 - x**2)")))
    \frac{x}{\sqrt{1 - x^{2}}}
    """
    return notation("latex").formula(node)


def typst(node: Expr) -> str:
    """Typst markup of the expression.

    >>> from wrt import read
    >>> print(typst(read("x/sqrt(1 - x**2)")))
    frac(x, sqrt(1 - x^(2)))
    """
    return notation("typst").formula(node)


def needs_indices(node: Expr) -> bool:
    """Whether people are shown an expression entry by entry: no word of linear algebra says it.

    >>> from wrt import read
    >>> needs_indices(read("A @ B", A="n d")), needs_indices(read("einsum('ij,k->ijk', A, x)", A="n d", x="k"))
    (False, True)
    """
    from wrt.show.entries import needs_indices

    return needs_indices(node)


def by_entries(result: Any, form: str = "unicode") -> tuple[str, str]:
    """Both sides of the equation that a derivative is, entry by entry.

    >>> import wrt
    >>> by_entries(wrt.derive("A @ X @ B", "X", A="m n", X="n p", B="p q"))
    ('∂fᵢⱼ/∂Xₖₗ', 'Aᵢₖ Bₗⱼ')
    """
    from wrt.show.equation import by_entries

    return by_entries(result, notation(form))


def with_shapes(node: Expr, form: str = "unicode") -> str:
    """An expression with the shapes of its terms: below it, in latex and typst under braces."""
    from wrt.show.shapes import braced, table

    return table(node, form) if form in ("unicode", "text") else braced(node, notation(form))


def json(result: Any) -> dict[str, Any]:
    """A result as plain data, ready for `json.dumps`."""
    from wrt.show.data import of_result

    return of_result(result)


def steps(
    derivation: Any,
    form: str = "unicode",
    width: int = 110,
    most: int | None = None,
    numbers: Mapping[Any, str] = MappingProxyType({}),
) -> str:
    """A derivation as a tree: rule, statement, what its letters stand for, and what it gives.

    Lines are broken to be no wider than `width`; of more than `most` steps, the others are only counted. `numbers` has
    what is written below a step: its value somewhere.
    """
    from wrt.show.derivation import tree

    return tree(derivation, form, width, most, numbers)


def numbers(value: Any, width: int = 100) -> str:
    """An array in a line: all its entries if they are few, else its least and largest one, and its norm.

    >>> numbers([[1, 0.5], [-2, 1e-9]])
    '[[1 0.5] [-2 1e-09]]'
    >>> numbers(range(100))
    'from 0 to 99, norm 573'
    """
    from wrt.show.arrays import in_a_line

    return in_a_line(value, width)
