"""The limit of an expression with all that was done to find it, told as steps when they are read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

from wrt.derive.step import Step
from wrt.derive.steps import Solution
from wrt.errors import DomainError, ShapeError, Unsolved
from wrt.expr.node import Expr, Limit, Symbol
from wrt.limits.coefficients import NoLimitError, OutsideError, SignError, UndecidedError
from wrt.limits.germ import Side
from wrt.limits.laws import constant, continuity, exponential, laws, substitution, variable
from wrt.limits.leading import dominant, growth, series, terms
from wrt.limits.pieces import both_sides, piece
from wrt.limits.problem import Problem, Rule
from wrt.limits.quotients import hospital
from wrt.limits.values import Between

RULES: Final[Sequence[Rule]] = (
    constant,
    variable,
    substitution,
    piece,
    laws,
    continuity,
    exponential,
    dominant,
    hospital,
    series,
    terms,
    growth,
    both_sides,
)


class Approach(Solution):
    """The limit `expr` of an expression as a variable goes to a point, and its steps.

    Raises DomainError where there is no limit, or the expression is not defined near the point; Unsolved where none of
    the rules finds it.
    """

    def __init__(self, node: Expr, variable: Symbol, point: Expr, side: Side | None) -> None:
        if node.shape:
            raise ShapeError("a limit is that of a scalar", hint="take one entry, such as v[0]")
        self.node = node
        self.problem = Problem(variable, point, side, RULES)
        self.sought = Limit.intern(node, variable, point, self.problem.side)
        self._value = self._found()

    @property
    def expr(self) -> Expr:
        """The limit: a number, an expression in parameters, inf or -inf."""
        return self._value

    def _found(self) -> Expr:
        try:
            value = self.problem.value(self.node)
        except NoLimitError as error:
            raise DomainError(f"{self.sought} does not exist: {error}", hint=self._hint(error)) from error
        except OutsideError as error:
            raise DomainError(f"{self.sought} does not exist: the function is not defined there ({error})") from error
        except SignError as error:
            hint = f"declare what is known of {_named(error.unknown)}, such as {_named(error.unknown)}='>0'"
            raise Unsolved(f"{self.sought} was not found: {error}", hint=hint) from error
        except UndecidedError as error:
            raise Unsolved(f"{self.sought} was not found", tried=[_title(rule.__name__) for rule in RULES]) from error
        if not isinstance(value, Between):
            return value
        if value.whole:
            raise DomainError(f"{self.sought} does not exist: it oscillates between {value.lower} and {value.upper}")
        raise Unsolved(f"{self.sought} was not found: it stays between {value.lower} and {value.upper}")

    def _hint(self, error: NoLimitError) -> str | None:
        one_sided = error.sides
        return 'side="+" or side="-" gives the limit from one side' if one_sided else None

    @cached_property
    def root(self) -> Step:
        """The steps as a tree."""
        return self.problem.step(self.node)

    def __repr__(self) -> str:
        return f"<Approach to {self.sought}>"


def _title(name: str) -> str:
    return name.replace("hospital", "l'Hôpital").replace("_", " ")


def _named(unknown: Expr) -> str:
    return min(symbol.name for symbol in unknown.free)
