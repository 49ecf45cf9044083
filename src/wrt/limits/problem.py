"""A limit to be found: the variable, the point and the side; what was found of the parts is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from wrt.derive.step import Statement, Step
from wrt.errors import DomainError, LimitError
from wrt.expr.node import Expr, Limit, Symbol
from wrt.expr.walk import is_larger
from wrt.limits.coefficients import NoLimitError, OutsideError, SignError, UndecidedError
from wrt.limits.germ import Germ, Side
from wrt.limits.growth import Growth, far
from wrt.limits.places import is_finite
from wrt.limits.values import Between, IndeterminateError, Value

MOST: Final = 120  # limits of parts that are looked at for one limit
LARGEST: Final = 400  # nodes of an expression
SILENT: Final = ("constant", "variable")  # what is not worth a step below another


@dataclass(frozen=True)
class Found:
    """What a rule found: the value, the rule, what it says, and the limits it rests on, each found in turn."""

    value: Value
    rule: str
    statement: Statement = ()
    named: Mapping[str, Expr] = field(default_factory=dict)
    children: Sequence[tuple[Problem, Expr]] = ()
    note: Statement = ()


Rule: TypeAlias = "Callable[[Problem, Expr], Found | None]"


class Problem:
    """Limits as a variable goes to a point, from one side or (None) from both; `rules` are tried in order."""

    def __init__(self, variable: Symbol, point: Expr, side: Side | None, rules: Sequence[Rule]) -> None:
        self.variable = variable
        self.point = point
        self.side = side if is_finite(point) else None
        self.rules = rules
        self.germ = Germ(variable, point, side)
        self.growth = Growth()
        self._found: dict[Expr, Found | UndecidedError] = {}
        self._sides: dict[str, Problem] = {}

    @property
    def is_two_sided(self) -> bool:
        """Whether the point is approached from both sides."""
        return self.side is None and is_finite(self.point)

    def from_side(self, side: Side) -> Problem:
        """The same from one side only."""
        return self._sides.setdefault(side, Problem(self.variable, self.point, side, self.rules))

    def solve(self, f: Expr) -> Found:
        """The limit of an expression. Raises UndecidedError, of which NoLimitError says that there is none."""
        if f not in self._found:
            self._found[f] = UndecidedError("a limit that rests on itself")
            self._found[f] = self._search(f)
        found = self._found[f]
        if isinstance(found, UndecidedError):
            raise found
        return found

    def value(self, f: Expr) -> Value:
        """The limit of an expression, which may be infinite, or bounds between which it oscillates."""
        return self.solve(f).value

    def finite(self, f: Expr) -> Expr:
        """The limit of an expression, if it is a number."""
        value = self.value(f)
        if isinstance(value, Between) or not is_finite(value):
            raise UndecidedError("a limit that is no number")
        return value

    def sign(self, f: Expr) -> int:
        """The sign of an expression near the point."""
        try:
            return self.germ.direction(self.germ.of(f))
        except UndecidedError:
            if self.is_two_sided:
                raise
        return self.growth.sign(self.far(f))

    def holds(self, condition: Expr) -> bool:
        """Whether a condition holds near the point."""
        try:
            return self.germ.holds(condition)
        except UndecidedError:
            if self.is_two_sided:
                raise
        return self.growth.holds(self.far(condition))

    def far(self, f: Expr) -> Expr:
        """The expression in what goes to infinity as the variable goes to the point."""
        return far(f, self.variable, self.point, self.side)

    def is_told(self, f: Expr) -> bool:
        """Whether the limit of a part is known, and worth a step."""
        known = self._found.get(f)
        return isinstance(known, Found) and known.rule not in SILENT

    def step(self, f: Expr) -> Step:
        """How the limit of an expression was found, as steps."""
        found = self.solve(f)
        value = found.value
        note = found.note
        if isinstance(value, Between):
            note = (*note, "between ", value.lower, " and ", value.upper)
        children = [problem.step(part) for problem, part in found.children if problem.is_told(part)]
        if isinstance(value, Between):
            return Step(found.rule, f, f, found.statement, found.named, note, children)
        before = Limit.intern(f, self.variable, self.point, self.side)
        return Step(found.rule, before, value, found.statement, found.named, note, children)

    def _search(self, f: Expr) -> Found | UndecidedError:
        if is_larger(f, LARGEST) or len(self._found) > MOST:
            return UndecidedError("an expression that is too large")
        failure = UndecidedError(f"the limit of {f}")
        for rule in self.rules:
            try:
                found = rule(self, f)
            except NoLimitError as error:
                error.of = error.of or f
                if error.of is f:  # that a part has no limit proves nothing
                    return error
            except OutsideError as error:
                failure = error
            except SignError as error:
                failure = failure if isinstance(failure, OutsideError) else error
            except (UndecidedError, IndeterminateError, DomainError, LimitError):
                continue
            else:
                if found is not None:
                    return found
        return failure
