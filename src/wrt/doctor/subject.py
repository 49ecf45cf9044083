"""What is examined: the plain program of a function and of its derivatives, ready to be run at any point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from wrt.derive.derivation import derive
from wrt.doctor.adjoint import gradient
from wrt.doctor.literal import has_indices, literal
from wrt.doctor.program import Builder, Dims, Op, in_order
from wrt.engines import compile as compile_
from wrt.engines import source
from wrt.errors import WrtError
from wrt.expr.node import Expr, Formula, Symbol
from wrt.notation import declarations
from wrt.read.text import read_program
from wrt.read.tree import Program, Tree
from wrt.verify.sizes import Sizes

Mode = Literal["value", "gradient", "hessian"]
Array = Any
MOST_ROWS: Final = 36  # entries that are differentiated again, one run in reverse each


@dataclass(frozen=True)
class Result:
    """One thing that the program computes: rows of operations, and of what it is which derivative."""

    mode: Mode
    variable: str | None
    rows: tuple[Op, ...]
    shape: Dims


class Subject:
    """A function with the variables to differentiate by, for given sizes of its dimensions."""

    def __init__(
        self, formula: Formula, wrt: Sequence[str], order: int, shapes: Mapping[str, Dims], sizes: Sizes
    ) -> None:
        unknown = [name for name in wrt if name not in shapes]
        if unknown:
            raise WrtError(f"{unknown[0]} does not occur in the function", hint=f"it has {', '.join(shapes)}")
        self.formula, self.wrt, self.order, self.sizes = formula, wrt, order, sizes
        self.program = program_of(formula)
        builder = Builder()
        self.inputs = {name: builder.make("symbol", (), name, shape) for name, shape in shapes.items()}
        self.root = literal(builder, self.program, self.inputs, sizes)
        self.results = [Result("value", None, (self.root,), self.root.shape)]
        for name in wrt:
            self.results += self._derivatives(builder, name)
        self.moving = [self.inputs[name] for name in wrt]
        self.rows = [row for result in self.results for row in result.rows]
        self.order_of_work = in_order([*self.inputs.values(), *self.rows])
        self.work = sum(op.size for op in self.order_of_work)

    def _derivatives(self, b: Builder, name: str) -> list[Result]:
        """The gradient by a variable, row by row of a Jacobian, and the Hessian row by row of the gradient."""
        x = self.inputs[name]
        if self.root.size > MOST_ROWS or (self.order == 2 and x.size * self.root.size > MOST_ROWS):
            raise WrtError(
                f"the derivative has more than {MOST_ROWS} rows, and the doctor takes one run in reverse for each",
                hint="give it smaller values, or a scalar function",
            )
        entries = (
            [b.take(self.root, (place,), ()) for place in range(self.root.size)] if self.root.shape else [self.root]
        )
        first = [gradient(b, entry, x) for entry in entries]
        found = [Result("gradient", name, tuple(first), self.root.shape + x.shape)]
        if self.order == 2:
            second = [gradient(b, b.take(row, (place,), ()), x) for row in first for place in range(x.size)]
            found.append(Result("hessian", name, tuple(second), self.root.shape + x.shape + x.shape))
        return found

    # What wrt itself computes.

    @cached_property
    def _derived(self) -> dict[tuple[Mode, str | None], Expr]:
        """The function and its derivatives as wrt derives them."""
        node = self.formula.node
        found: dict[tuple[Mode, str | None], Expr] = {("value", None): node}
        symbols = [self.formula.symbols[name] for name in self.wrt]
        modes: tuple[Mode, ...] = ("gradient", "hessian")
        for order, mode in zip(range(1, self.order + 1), modes, strict=False):
            for symbol, derivation in derive(node, symbols, order).items():
                found[mode, symbol.name] = derivation.expr
        return found

    def code(self, mode: Mode, variable: str | None) -> str:
        """The source that wrt writes for the function or a derivative; where it cannot, why not."""
        try:
            return source(self._formula(mode, variable), variables=self.formula.symbols.values())
        except WrtError as error:
            return f"# {error.message}\n"

    def compiled(self, mode: Mode, variable: str | None) -> Any:
        """The function or a derivative as wrt compiles it."""
        return compile_(self._formula(mode, variable), variables=self.formula.symbols.values())

    def _formula(self, mode: Mode, variable: str | None) -> Formula:
        formula = self.formula
        return Formula(self._derived[mode, variable], formula.names, formula.arguments, symbols=formula.symbols)


def program_of(formula: Formula) -> Program:
    """The steps of a formula as its author wrote them, or as it is written where that has indices."""
    declared: dict[str, str] = {}
    for symbol in formula.symbols.values():
        declared |= declarations(symbol)
    if formula.text is not None:
        program, _ = read_program(formula.text, declared)
        if not has_indices(program):
            return program
    program, _ = read_program(str(formula.node), declared)
    return program


def enclosing(program: Program, step: Tree) -> list[Tree]:
    """The steps that a step is part of, from the inside, itself first."""
    around = {step}
    found = [step]
    for each in program.steps:
        if each not in around and not around.isdisjoint(each.args):
            around.add(each)
            found.append(each)
    return found


def symbols_of(formula: Formula) -> dict[str, Symbol]:
    """The variables of a formula, by name, in order."""
    return {name: formula.symbols[name] for name in formula.arguments if name in formula.symbols}
