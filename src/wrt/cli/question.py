"""What was asked: the function with its shapes, the variables, and values for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from wrt.cli import arguments
from wrt.errors import ReadError, ShapeError
from wrt.expr.node import Expr

if TYPE_CHECKING:
    from wrt.data import Binding
    from wrt.data.files import Array
    from wrt.expr.node import Formula
    from wrt.face.result import Layout


@dataclass(frozen=True)
class Values:
    """Where values come from: a data file with its target column, and NAME=VALUE pairs."""

    file: str | None = None
    target: str | None = None
    pairs: Sequence[str] = ()


@dataclass(frozen=True)
class Question:
    """A function and the variables to differentiate it by, as they stand on the command line."""

    text: str
    variables: Sequence[str]
    declarations: Sequence[str] = ()
    order: int = 1
    layout: Layout | None = None
    values: Values = field(default_factory=Values)

    @cached_property
    def names(self) -> list[str]:
        """The variables to differentiate by."""
        return arguments.variable_names(self.variables)

    @cached_property
    def declared(self) -> dict[str, str]:
        """The shapes given by hand."""
        return arguments.pairs(self.declarations, "--shape", "X='n d'")

    @cached_property
    def formula(self) -> Formula:
        """The function, read with the shapes that were given, that the data have, or that lists of values need."""
        formula = self._read(self._arrays)
        lists = {
            name: value
            for name, value in self._lists.items()
            if name in formula.arguments and len(formula.symbols[name].shape) != value.ndim
        }
        return self._read({**self._arrays, **lists}) if lists else formula

    def _read(self, arrays: Mapping[str, Array]) -> Formula:
        """The function, read with the shapes of arrays beside those that were declared."""
        from wrt.read import read

        text = self.text.strip()
        if not arrays:
            return read(text, shapes=self.declared)
        from wrt.data import declarations

        names = arguments.mentioned(self.text) - {"n", "d"}  # those two are what a reader calls rows and columns
        taken = names | arguments.assigned(self.text) | {*self.given, *self.declared}
        refused: ShapeError | None = None
        for shapes in declarations(arrays, self.declared, taken):
            try:
                return read(text, shapes=self.declared | shapes)
            except ShapeError as error:
                refused = refused or error
        assert refused is not None
        raise refused

    @cached_property
    def given(self) -> dict[str, Expr | Array]:
        """The values given by hand."""
        pairs = arguments.pairs(self.values.pairs, "--at", "x=2")
        return {name: arguments.value(name, text) for name, text in pairs.items()}

    @cached_property
    def numbers(self) -> dict[str, Expr]:
        """The numbers given by hand, exact."""
        return {name: value for name, value in self.given.items() if isinstance(value, Expr)}

    @cached_property
    def _lists(self) -> dict[str, Array]:
        return {name: value for name, value in self.given.items() if not isinstance(value, Expr)}

    @cached_property
    def _arrays(self) -> dict[str, Array]:
        """The arrays of the data file that the function mentions; what is given by hand goes first."""
        if self.values.file is None:
            if self.values.target is not None:
                raise ReadError("--target is a column of a file", hint="give the file with --data FILE")
            return {}
        from wrt.data import load

        names = arguments.mentioned(self.text) - arguments.assigned(self.text) - self.given.keys()
        return load(self.values.file, names, target=self.values.target)

    @cached_property
    def shapes(self) -> dict[str, tuple[Expr, ...]]:
        """The shapes of the function's variables."""
        return {name: self.formula.symbols[name].shape for name in self.formula.arguments}

    @cached_property
    def binding(self) -> Binding | None:
        """The values of variables and the sizes of dimensions; None if neither data nor values were given.

        Raises WrtError for a value of something that does not occur.
        """
        if not self._arrays and not self.given:
            return None
        import numpy as np

        from wrt.data import bind, nearest

        known = [*self.shapes, *self.names, *(str(size) for shape in self.shapes.values() for size in shape)]
        for name in self.given:
            if name not in known:
                near = nearest(name, known)
                raise ReadError(
                    f"--at {name}: {name} does not occur in the function",
                    hint=f"did you mean {near}?" if near else f"it has {', '.join(self.shapes) or 'no variables'}",
                )
        numbers = {name: np.asarray(arguments.decimal(name, value)) for name, value in self.numbers.items()}
        absent = set(self.names) - self.shapes.keys()  # a variable that does not occur has no use for its value
        given = {name: value for name, value in {**self._lists, **numbers}.items() if name not in absent}
        return bind(self.shapes, self._arrays, given)

    @cached_property
    def missing(self) -> list[str]:
        """The variables of the function that have no value."""
        values = self.binding.values if self.binding else {}
        return [name for name in self.shapes if name not in values]
