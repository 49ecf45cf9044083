"""How text calls the functions of the table: which arguments it may give, and in what form."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wrt import functions
from wrt.errors import WrtError
from wrt.expr.function import Function

if TYPE_CHECKING:
    from wrt.expr.node import Expr

_AXES = ("axis", "keepdims")
_OPTIONS = {"reduction": _AXES, "axiswise": ("axis",)}
_SCALAR = frozenset({"where", "integrate", "diff"})  # words whose operands may well be scalars
_LEAST = {"diff": 1}  # words that take fewer operands than their row shows: diff(x) is the difference of neighbours

BINDERS = {"integrate": "integrate(exp(-t), t, 0, x)", "diff": "diff(x**2, x)"}


@dataclass(frozen=True, slots=True)
class Word:
    """A function as text calls it."""

    row: Any  # the Function or Word of the table
    name: str
    arguments: tuple[str, ...]
    required: int
    options: tuple[str, ...]
    variadic: bool  # whether the last argument may be repeated
    function: Function | None  # where the row makes a node of its own

    @property
    def shaped(self) -> bool:
        """Whether a call is evidence that something has a shape."""
        return self.name not in _SCALAR if self.function is None else self.function.kind != "elementwise"

    @property
    def reduces(self) -> bool:
        """Whether it may run over indices, as in sum(i, x[i]): whatever takes axes away."""
        return "keepdims" in self.options

    @property
    def takes_axes(self) -> bool:
        """Whether it runs over several axes at once, as all functions of the table do that have axes."""
        return self.reduces or (self.function is not None and "axis" in self.options)

    @property
    def takes_one(self) -> bool:
        """Whether it takes one operand only, so that what stands before another is an index."""
        return len(self.arguments) == 1 and (self.function is None or self.function.more is None)

    @property
    def takes_text(self) -> bool:
        """Whether the first argument is text."""
        return self.arguments[0] == "subscripts"

    @property
    def sizes_after(self) -> int:
        """How many arguments come before sizes, which may be given as one tuple; -1 where there are none."""
        if self.name == "eye":
            return 0
        return len(self.arguments) - 1 if self.arguments[-1] == "shape" else -1

    def check(self, count: int) -> None:
        """Raise WrtError for a wrong number of operands."""
        if count < self.required or (count > len(self.arguments) and not self.takes_more(count)):
            needed, more = self.arguments[: self.required], self.arguments[self.required :]
            signature = ", ".join(needed) + "".join(f"[, {name}]" for name in more)
            hint = f"axes are given by name: {self.name}({signature}, axis=0)" if "axis" in self.options else None
            raise WrtError(f"{self.name} takes {signature}, not {count} argument{'s' * (count != 1)}", hint=hint)

    def takes_more(self, count: int) -> bool:
        """Whether this many operands mean something, though the row shows fewer: log(x, b), max(x, y), ones(n, d)."""
        if self.function is None or self.function.more is None:
            return self.variadic
        try:
            inspect.signature(self.function.more).bind(*range(count))
        except TypeError:
            return False
        return True

    def apply(self, *operands: object, **named: object) -> Expr:
        """The expression for these operands."""
        node: Expr = self.row(*operands, **named)
        return node


def lookup(name: str) -> Word | None:
    """The function that goes by this name."""
    row = functions.lookup(name)
    if row is None:
        return None
    if isinstance(row, Function):
        elementwise = row.kind == "elementwise"
        options = row.arguments[1:] if elementwise else _OPTIONS.get(row.kind, ())
        return Word(row, row.name, row.arguments, row.arity[0], options, False, row)
    written = [argument.partition("=") for argument in row.arguments]
    names = [name.lstrip("*") for name, _, _ in written]
    return Word(
        row,
        row.name,
        tuple(name for name in names if name not in _AXES),
        _LEAST.get(row.name, sum(not default for _, _, default in written)),
        tuple(name for name, (_, _, default) in zip(names, written, strict=True) if default),
        row.arguments[-1].startswith("*"),
        None,
    )


nearest = functions.nearest
