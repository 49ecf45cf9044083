"""How structures are called and said: a table, the most special first."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from typing import Final, NamedTuple, TypeAlias

from wrt.expr.node import ONE, Constant, Expr
from wrt.expr.shape import count, shape_text
from wrt.structure.kinds import Dense, Diagonals, Einsum, Form, Sum, Triangular

Write: TypeAlias = Callable[[Expr], str]


class Kind(NamedTuple):
    """A kind of structure: what it is called, which forms are of it, and what else is said of one."""

    name: str
    has: Callable[[Form], bool]
    said: Callable[[Form, Write], str]


def kind_of(form: Form) -> Kind:
    """The kind that a form is of."""
    return next(kind for kind in KINDS if kind.has(form))


def said(form: Form, write: Write) -> str:
    """A structure in words, its parts as `write` writes formulas."""
    kind = kind_of(form)
    more = kind.said(form, write)
    return f"{kind.name}: {more}" if more else kind.name


def _only(form: Form) -> Expr:
    return form.parts[0]


def _is_full(form: Form) -> bool:
    """Whether rows and columns match one to one."""
    return isinstance(form, Einsum) and len(form.out) == 2 * len(form.matched) == 2 * len(form.labels)


def _is_in_order(form: Form) -> bool:
    return isinstance(form, Einsum) and form.out[: len(form.view.rows)] == form.out[len(form.view.rows) :]


def _is_constant(form: Form) -> bool:
    return not form.parts[0].shape


def _is_leading(form: Einsum) -> bool:
    """Whether what rows and columns share comes first in both."""
    shared = len(form.matched)
    return form.out[:shared] == form.matched == form.out[len(form.view.rows) :][:shared]


def _is_trailing(form: Einsum) -> bool:
    """Whether what rows and columns share comes last in both."""
    shared = len(form.matched)
    rows = len(form.view.rows)
    return form.out[rows - shared : rows] == form.matched == form.out[len(form.out) - shared :]


def _blocks(form: Form, write: Write) -> str:
    assert isinstance(form, Einsum)
    rows = len(form.view.rows)
    inner = [
        [size for label, size in zip(out, shape, strict=True) if label not in form.matched]
        for out, shape in ((form.out[:rows], form.view.rows), (form.out[rows:], form.view.columns))
    ]
    sizes = tuple(form.view.rows[form.out.index(label)] for label in form.matched)
    shape = shape_text(tuple(count(tuple(side)) for side in inner))
    order = "" if _is_leading(form) else ", up to the order of axes"
    if len(form.out) > len(form.labels) + len(form.matched):
        order += ", beside rows or columns of zeros"
    block = write(_only(form))
    same = not set(form.subscripts[0]) & set(form.matched)
    return f"{count(sizes)} blocks of {shape}{order}, {f'all {block}' if same else f'in {block}'}"


def _places(form: Form, write: Write) -> str:
    assert isinstance(form, Einsum)
    letters = [chr(ord("i") + form.labels.index(label)) for label in form.out]
    rows = len(form.view.rows)
    row, column = (
        "(" + ", ".join(side) + ")" if len(side) > 1 else side[0] for side in (letters[:rows], letters[rows:])
    )
    return f"{write(_only(form))} at row {row}, column {column}"


def _factors(form: Form, write: Write) -> str:
    assert isinstance(form, Einsum)
    rows = len(form.view.rows)
    labels = [label for each in form.subscripts for label in each]
    above, below = [each for each in labels if each < rows], [each for each in labels if each >= rows]
    straight = above == sorted(above) and below == sorted(below)
    product = " ⊗ ".join(_factor(form, each, write) for each in range(len(form.parts)))
    return product if straight else f"{product}, up to the order of axes"


def _with_identity(form: Form, write: Write) -> str:
    assert isinstance(form, Einsum)
    identity = count(tuple(form.view.rows[form.out.index(label)] for label in form.matched))
    return f"{_factor(form, 0, write)} ⊗ eye({identity})"


def _repeats_last(form: Form) -> bool:
    """Whether one block stands for every value of the last axes, which rows and columns share."""
    if not isinstance(form, Einsum) or not form.matched or set(form.subscripts[0]) & set(form.matched):
        return False
    return _is_trailing(form) and len(form.out) - 2 * len(form.matched) == form.parts[0].ndim > 0


def _factor(form: Einsum, place: int, write: Write) -> str:
    """A factor of a Kronecker product; a vector is one column, unless its shape is said."""
    part, rows = form.parts[place], len(form.view.rows)
    row = all(label >= rows for label in form.subscripts[place])
    return _bracketed(write(part)) + (f" (1×{count(part.shape)})" if row else "")


def _bracketed(text: str) -> str:
    """A formula in brackets, if it has words that stand in none."""
    depths = accumulate((sign in "([") - (sign in ")]") for sign in text)
    return f"({text})" if any(sign == " " and not depth for sign, depth in zip(text, depths, strict=True)) else text


def _bond(form: Form) -> str:
    """The number of terms that a product sums over."""
    assert isinstance(form, Einsum)
    bonds = set(form.subscripts[0]) - set(form.out)
    sizes = dict(zip(form.subscripts[0], form.parts[0].shape, strict=True))
    return str(count(tuple(sizes[label] for label in sorted(bonds)))) if bonds else "1"


def _offsets(form: Form) -> list[int] | None:
    """The numbers of diagonals to the right of the main one, in order."""
    if not isinstance(form, Diagonals) or set(form.slopes) != {1}:
        return None
    numbers = [int(each.value) for each in form.offsets if isinstance(each, Constant)]
    return numbers if len(numbers) == len(form.offsets) else None


def _lines(form: Form, write: Write) -> str:
    assert isinstance(form, Diagonals)
    numbers = _offsets(form)
    if numbers is not None:
        return ", ".join(
            f"{write(part)} at {at:+d}" if at else f"{write(part)} at 0"
            for at, part in zip(numbers, form.parts, strict=False)
        )
    return ", ".join(
        f"column {_line(slope, write(at))} of row i" for slope, at in zip(form.slopes, form.offsets, strict=True)
    )


def _line(slope: int, offset: str) -> str:
    step = {1: "i", -1: "-i"}.get(slope, f"{slope}*i")
    return f"{offset} {'-' if slope < 0 else '+'} {step.lstrip('-')}" if offset != "0" else step


def _is_product(form: Form) -> bool:
    return isinstance(form, Einsum) and bool({label for each in form.subscripts for label in each} - set(form.out))


def _sum(form: Form, write: Write) -> str:
    assert isinstance(form, Sum)
    return "; plus ".join(said(term, write) for term in form.terms)


def _scaled(form: Form, write: Write) -> str:
    first, second = (write(part) for part in form.parts)
    return f"rows scaled by {first}, columns by {second}"


KINDS: Final[tuple[Kind, ...]] = (
    Kind("zero", lambda form: isinstance(form, Sum) and not form.terms, lambda form, write: ""),
    Kind(
        "identity",
        lambda form: _is_full(form) and _is_in_order(form) and _only(form) is ONE,
        lambda form, write: "",
    ),
    Kind(
        "scaled identity",
        lambda form: _is_full(form) and _is_in_order(form) and _is_constant(form),
        lambda form, write: write(_only(form)),
    ),
    Kind("diagonal", lambda form: _is_full(form) and _is_in_order(form), lambda form, write: write(_only(form))),
    Kind("transposition", lambda form: _is_full(form) and _only(form) is ONE, lambda form, write: ""),
    Kind("scaled transposition", _is_full, lambda form, write: write(_only(form))),
    Kind("bidiagonal", lambda form: _offsets(form) in ([0, 1], [-1, 0]), _lines),
    Kind("tridiagonal", lambda form: _offsets(form) == [-1, 0, 1], _lines),
    Kind("banded", lambda form: _offsets(form) is not None, _lines),
    Kind("selection", lambda form: isinstance(form, Diagonals), _lines),
    Kind("lower triangular", lambda form: isinstance(form, Triangular) and form.lower, _scaled),
    Kind("upper triangular", lambda form: isinstance(form, Triangular), _scaled),
    Kind("diagonal of axes", lambda form: isinstance(form, Einsum) and form.labels == form.matched, _places),
    Kind("Kronecker product", _repeats_last, _with_identity),
    Kind("block-diagonal", lambda form: isinstance(form, Einsum) and bool(form.matched), _blocks),
    Kind(
        "Gram matrix",
        lambda form: _is_product(form) and form.parts[0] is form.parts[2],
        lambda form, write: f"{write(form.expr)}, rank at most {_bond(form)}",
    ),
    Kind("product", _is_product, lambda form, write: f"{write(form.expr)}, rank at most {_bond(form)}"),
    Kind(
        "low-rank",
        lambda form: isinstance(form, Einsum) and _separates(form),
        lambda form, write: f"{write(form.expr)}, rank 1",
    ),
    Kind("Kronecker product", lambda form: isinstance(form, Einsum), _factors),
    Kind("sum", lambda form: isinstance(form, Sum), _sum),
    Kind("dense", lambda form: isinstance(form, Dense), lambda form, write: ""),
)


def _separates(form: Einsum) -> bool:
    """Whether no part has both rows and columns."""
    rows = len(form.view.rows)
    return all(len({label < rows for label in each}) < 2 for each in form.subscripts)
