"""Why an operation goes bad: its kind and what its operands are, by a table; and the first one that does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import inf, isfinite, isinf, isnan
from typing import Final, Literal

from flint import arb

from wrt.doctor.machines import Entries, Values
from wrt.doctor.program import Op, in_order, is_zero

Cause = Literal[
    "0*inf", "inf - inf", "0/0", "inf/inf", "overflow", "underflow", "division by zero", "domain", "cancellation",
    "absorption", "saturation", "branch not taken", "kink", "no digits left",
]  # fmt: skip

MEANING: Final[Mapping[Cause, str]] = {
    "0*inf": "zero times infinity is NaN",
    "inf - inf": "infinity minus infinity is NaN",
    "0/0": "zero over zero is NaN",
    "inf/inf": "infinity over infinity is NaN",
    "overflow": "the result is larger than the largest number",
    "underflow": "the result is smaller than the smallest number, and becomes 0",
    "division by zero": "the divisor is 0",
    "domain": "the argument lies outside of the domain",
    "cancellation": "the operands are nearly equal, and their leading digits cancel",
    "absorption": "a small term disappears beside a large one, and what comes after depends on it",
    "saturation": "the function has reached its limit in this precision, and what is left of it is rounding",
    "branch not taken": "the derivative of the branch that is not taken has no finite value, and 0 times it is NaN",
    "kink": "the derivative that is taken at a kink is not that of the whole",
    "no digits left": "its digits are lost in this operation",
}


Rerun = Callable[[Op, Entries, Sequence[Op]], Values]  # the values where one operation has others
MOST_SUSPECTS = 8
SLACK: Final = 2.0**-100  # by how much values may differ between a point and one beside it


@dataclass(frozen=True)
class Blame:
    """The first operation that goes bad, the entry of it, why, and the operations by which the damage travels on."""

    op: Op
    cause: Cause
    entry: int
    travels: tuple[tuple[Op, Cause], ...] = ()


class Blaming:
    """Looks for the first bad operation among those that a bad result was computed from."""

    def __init__(
        self, floats: Values, there: Values, beside: Values, tolerance: float, tiny: float, rerun: Rerun
    ) -> None:
        self.floats, self.there, self.beside = floats, there, beside
        self.tolerance, self.tiny, self.rerun = tolerance, tiny, rerun

    def of(self, result: Op, entry: int) -> Blame:
        """What is to blame for an entry of a result."""
        order = in_order([result])
        value = float(self.floats[result][entry])
        if not isfinite(value):
            found = self._first_not_finite(order, nan=isnan(value))
        else:
            found = (
                self._decisive(order, entry, self.there, 0.0)
                or self._decisive(order, entry, self.beside, SLACK)
                or self._first_not_finite(order, nan=False)
            )
        return found or Blame(result, "no digits left", entry)

    # NaN and infinity: floating point alone says where they arise.

    def _first_not_finite(self, order: Sequence[Op], nan: bool) -> Blame | None:
        for op in order:
            for entry, value in enumerate(self.floats[op]):
                if isinstance(value, bool) or value is None or (not isnan(value) if nan else not isinf(value)):
                    continue
                if any(map(isnan, self._operands(op, entry))):
                    continue
                if not nan and any(isinf(each) for each in self._operands(op, entry)):
                    continue
                return self._explained(op, entry, order)
        return None

    def _explained(self, op: Op, entry: int, order: Sequence[Op]) -> Blame:
        """A NaN or infinity that arises here; if an operand was bad already, what made it so."""
        operands = self._operands(op, entry)
        cause = self._arising(op, operands)
        if self._leaks(op, entry):
            return Blame(op, "branch not taken", entry, self._sources(op, operands))
        if self._is_masked(op, entry, order) or (not op.backward and self._is_not_taken(op, entry)):
            return Blame(op, "branch not taken", entry, ((op, cause),))
        if cause in ("division by zero", "domain") and self._is_sound(op, entry):
            saturated = next((arg for arg in op.args if op.kind == "call" and self._is_saturated(arg, entry)), None)
            if saturated is not None:
                return Blame(saturated, "saturation", entry, ((op, cause),))
            absorbed = self._absorbed(op, entry)
            if absorbed is not None:
                return replace(absorbed, travels=((op, cause),))
        for place, value in enumerate(operands):
            source = None
            if isinf(value):
                source = self._first_not_finite(in_order([self._operand(op, place)]), nan=False)
            elif value == 0:
                operand = self._operand(op, place)
                source = self._first_wrong(in_order([operand]), self.there) or self._undecided(operand, entry)
            if source is not None:
                return Blame(source.op, source.cause, source.entry, ((op, cause),))
        return Blame(op, cause, entry)

    def _undecided(self, op: Op, entry: int) -> Blame | None:
        """A difference from a limit that is 0 here, and in truth too small to be told from 0."""
        truth = self.there[op][min(entry, op.size - 1)][0] if op.kind in ("add", "sub") and self.there else arb(0)
        saturated = any(self._is_saturated(arg, entry) for arg in op.args)
        return Blame(op, "saturation", entry) if saturated and not truth.is_exact() else None

    def _sources(self, op: Op, operands: Sequence[float]) -> tuple[tuple[Op, Cause], ...]:
        """What made the infinite operand of an operation infinite."""
        for place, value in enumerate(operands):
            source = self._first_not_finite(in_order([self._operand(op, place)]), nan=False) if isinf(value) else None
            if source is not None:
                return ((source.op, source.cause),)
        return ()

    def _is_sound(self, op: Op, entry: int) -> bool:
        """Whether there is a finite value in truth."""
        return bool(self.there) and bool(self.there[op][entry][0].is_finite())

    def _is_not_taken(self, op: Op, entry: int) -> bool:
        """Whether an operation belongs to a branch that a condition did not take."""
        for choice in self.floats:
            if choice.kind != "where" or choice.backward:
                continue
            conditions = self.floats[choice.args[0]]
            here = [conditions[entry]] if op.shape == choice.shape else conditions
            if len(set(here)) != 1:
                continue
            taken, other = (1, 2) if here[0] else (2, 1)
            if op in in_order([choice.args[other]]) and op not in in_order([choice.args[taken]]):
                return True
        return False

    def _arising(self, op: Op, operands: Sequence[float]) -> Cause:
        zero, infinite = 0.0 in operands, any(map(isinf, operands))
        nan = isnan(float(self.floats[op][0])) or any(isnan(float(value)) for value in self.floats[op])
        match op.kind:
            case "div":
                if infinite:
                    return "inf/inf"
                return "overflow" if operands[1] else "0/0" if nan and not operands[0] else "division by zero"
            case "call" | "pow" | "axes" | "matrix":
                return self._of_function(op, operands, nan)
            case "mul" if infinite and zero:
                return "0*inf"
            case "einsum" | "axes" if nan and infinite and zero and len(op.args) > 1:
                return "0*inf"
            case _:
                return "inf - inf" if infinite and nan else "overflow"

    def _of_function(self, op: Op, operands: Sequence[float], nan: bool) -> Cause:
        """NaN of a function is outside its domain; infinity is a pole, or larger than the largest number."""
        if nan:
            return "domain" if all(map(isfinite, operands)) else "inf - inf"
        if op.kind == "pow":
            return "division by zero" if not operands[0] else "overflow"
        large = any(abs(value) > 1 for value in operands)
        return "overflow" if large and op.kind != "matrix" else "division by zero"

    def _leaks(self, op: Op, entry: int) -> bool:
        """Whether a zero that meets an infinity comes from the branch that a condition did not take."""
        if op.kind not in ("mul", "div") or not op.backward:
            return False
        over = op.args if op.kind == "mul" else op.args[:1]
        return any(self._is_mask(each, entry) for each in over if float(self.floats[each][entry]) == 0)

    def _is_masked(self, op: Op, entry: int, order: Sequence[Op]) -> bool:
        """Whether what an operation gives meets the zero of a branch that is not taken further on."""
        for later in order:
            if later is op or later.shape != op.shape or not self._leaks(later, entry):
                continue
            bad = [arg for arg in later.args if not isfinite(float(self.floats[arg][entry]))]
            if any(op in in_order([arg]) for arg in bad):
                return True
        return False

    def _is_mask(self, op: Op, entry: int) -> bool:
        while True:
            if op.kind == "where" and op.backward:
                chosen = 1 if self.floats[op.args[0]][min(entry, op.args[0].size - 1)] else 2
                return is_zero(op.args[chosen])
            if op.kind not in ("mul", "div", "neg", "broadcast", "reshape", "sum_to"):
                return False
            zero = [arg for arg in op.args if arg.size > entry and float(self.floats[arg][entry]) == 0]
            if not zero:
                return False
            op = zero[0]

    # Wrong digits: the first operation whose result is bad though its operands are good.

    def _decisive(self, order: Sequence[Op], entry: int, truths: Values, slack: float) -> Blame | None:
        """Of several operations that go bad, the first one that would mend the result if it were right."""
        found = list(islice(self._wrong_ones(order, truths, slack), MOST_SUSPECTS))
        if len(found) < 2:
            return found[0] if found else None
        result = order[-1]
        true = truths[result][entry][0].mid()
        before = abs(arb(float(self.floats[result][entry])) - true)
        for each in found:
            right = [truth if isinstance(truth, bool | None) else float(truth[0].mid()) for truth in truths[each.op]]
            mended = float(self.rerun(each.op, right, order)[result][entry])
            if isfinite(mended) and abs(arb(mended) - true) < before / 4:
                return each
        return found[0]

    def _first_wrong(self, order: Sequence[Op], truths: Values) -> Blame | None:
        """The first operation with a wrong entry and no wrong operand."""
        return next(self._wrong_ones(order, truths, 0.0), None)

    def _wrong_ones(self, order: Sequence[Op], truths: Values, slack: float) -> Iterator[Blame]:
        """Operations with a wrong entry and no wrong operand; `slack` is how far beside the point truth is."""
        good: dict[Op, bool] = {}
        for op in order if truths else ():
            wrong = self._wrong_entry(op, truths[op], slack)
            good[op] = wrong is None
            if wrong is not None and all(good[arg] for arg in op.args):
                yield self._absorbed(op, wrong) or Blame(op, self._losing(op, wrong), wrong)

    def _absorbed(self, op: Op, entry: int) -> Blame | None:
        """What a function was applied to, if something small is lost in it: beside a large term, or beside 1."""
        small = self.tolerance**0.5
        for arg in op.args if op.kind in ("call", "pow", "axes", "matrix") else ():
            for place in (entry,) if op.kind in ENTRYWISE else range(arg.size):
                value = abs(float(self.floats[arg][place]))
                if arg.kind in ("call", "div", "axes") and 0 < abs(value - 1) < small:
                    return Blame(arg, "saturation", place, ((op, "no digits left"),))
                sizes = sorted(abs(float(self.floats[term][place])) for term in arg.args if arg.kind in ("add", "sub"))
                if sizes and 0 < sizes[0] < sizes[1] * small:
                    return Blame(arg, "absorption", place, ((op, "no digits left"),))
        return None

    def _wrong_entry(self, op: Op, truths: Entries, slack: float) -> int | None:
        for entry, (value, truth) in enumerate(zip(self.floats[op], truths, strict=True)):
            if isinstance(truth, bool) or truth is None:
                if truth is not None and value is not truth:
                    return entry
            elif self._is_wrong(float(value), truth[0], slack):
                return entry
        return None

    def _is_wrong(self, value: float, truth: arb, slack: float) -> bool:
        if not truth.is_finite() or isnan(value):
            return False
        exact = arb(0) if truth.contains(0) else truth.mid()
        if isinf(value):
            return not slack or bool(abs(exact) < 1 / slack)
        return bool(abs(arb(value) - exact) > (abs(exact) * self.tolerance).max(arb(slack)))

    def _losing(self, op: Op, entry: int) -> Cause:
        value = self.floats[op][entry]
        if op.kind in ("where", "compare", "logic") or (op.backward and op.kind == "call" and _is_step(op)):
            return "kink"
        value = float(value)
        if isinf(value):
            return "overflow"
        operands = self._operands(op, entry)
        if abs(value) < self.tiny and op.kind in ("mul", "div", "pow", "call", "axes") and 0.0 not in operands[:1]:
            return "underflow"
        if op.kind in ("add", "sub", "sum_to", "einsum"):
            return "saturation" if any(self._is_saturated(arg, entry) for arg in op.args) else "cancellation"
        return "no digits left"

    def _is_saturated(self, op: Op, entry: int) -> bool:
        """Whether an operand is a power of a function that is at the limit which it has at infinity."""
        while op.kind in ("mul", "neg", "pow", "broadcast"):
            op = op.args[0]
        values = self.floats[op]
        at_one = abs(float(values[entry if entry < len(values) else 0])) == 1
        if op.kind == "axes":
            return at_one and op.params[0].name == "softmax"
        if op.kind == "div":  # a quotient of what is nearly equal, as 1/(1 + exp(-x))
            return at_one
        return at_one and op.kind == "call" and op.params.limits is not None and len(op.params.arguments) == 1

    # Operands, entry by entry.

    def _operand(self, op: Op, place: int) -> Op:
        return op.args[place] if op.kind in ENTRYWISE else op.args[min(place, len(op.args) - 1)]

    def _operands(self, op: Op, entry: int) -> list[float]:
        """The numbers that an entry is computed from: one of each operand, or all of them."""
        if op.kind in ENTRYWISE:
            return [float(self.floats[arg][entry]) for arg in op.args]
        return [max(map(float, self.floats[arg]), key=_badness, default=0.0) for arg in op.args]


ENTRYWISE: Final = frozenset({"add", "sub", "mul", "div", "neg", "pow", "call", "where", "compare", "logic"})


def _badness(value: float) -> float:
    return inf if isnan(value) else abs(value)


def _is_step(op: Op) -> bool:
    return op.params.name in ("sign", "heaviside", "floor", "ceil")
