"""A program as a list of plain steps, each after those it uses, with its place in the user's text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from wrt.errors import ReadError, WrtError

if TYPE_CHECKING:
    from wrt.expr.node import Expr
    from wrt.read.tokens import Statement, Token

Error = TypeVar("Error", bound=WrtError)


@dataclass(slots=True, eq=False)
class Tree:
    """One operation. `op` is what it does, `value` what it needs beside its operands.

    number (value), constant and name (spelling), part, text (string), sum (signs), product (exponents 1 and -1),
    matmul, power, transpose, negative, call (function), compare (operators), logic (word), index (items),
    bound (an index of a sum), over (a function and the indices it runs over).
    """

    op: str
    args: tuple[Tree, ...]
    value: Any
    statement: Statement
    start: int
    end: int
    options: dict[str, Any] = field(default_factory=dict)  # of a call: axis, keepdims
    named: tuple[str, ...] = ()  # of a call: the parameters that its last operands are given for
    scope: tuple[Index, ...] = ()  # of an index: the indices of the sums around
    node: Expr | None = None

    @property
    def text(self) -> str:
        """What the user wrote."""
        position, width = self.statement.span(self.start, self.end)
        return self.statement.text[position : position + width]

    def place(self, error: Error) -> Error:
        """The error, pointing here unless it points somewhere already."""
        return error.at(self.statement.text, *self.statement.span(self.start, self.end))

    def fail(self, message: str, hint: str | None = None) -> NoReturn:
        """Raise a ReadError that points here."""
        raise self.place(ReadError(message, hint=hint))

    def operator(self, which: int = 1) -> Token | None:
        """The sign before an operand."""
        left, right = self.args[which - 1], self.args[which]
        for token in self.statement.between(left.end, right.start):
            if token.kind not in ("open", "close", "bar"):
                return token
        return None


@dataclass(slots=True, eq=False)
class Index:
    """An index of a sum: its name, where it is bound, and the subscripts that say which values it takes."""

    name: str
    place: Tree
    uses: list[Subscript] = field(default_factory=list)
    values: tuple[Expr, Expr] | None = None  # the first and the last one, once they are known


@dataclass(frozen=True, slots=True)
class Subscript:
    """A position that is taken of an axis of this size, where it stands, and the indices it may depend on."""

    position: Expr
    size: Expr
    place: Tree
    scope: tuple[Index, ...]


@dataclass(slots=True)
class Program:
    """The steps of a text in order, the names of its parts, and its answer."""

    steps: list[Tree] = field(default_factory=list)
    parts: dict[str, Tree] = field(default_factory=dict)
    names: dict[str, Tree] = field(default_factory=dict)  # variables where they are first met
    indices: dict[str, Index] = field(default_factory=dict)  # indices of sums where they are first bound
    shaped: bool = False  # whether anything in the text is evidence of shapes

    @property
    def answer(self) -> Tree:
        """The last statement's value."""
        return self.steps[-1]
