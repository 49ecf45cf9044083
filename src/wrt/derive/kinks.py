"""Where a function is not differentiable: the kinks that a computation met, their slopes, and what the code takes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from wrt.derive.tape import Entry, Tape
from wrt.expr.function import Interval, Points
from wrt.expr.node import ZERO, Call, Cases, Compare, Constant, Contract, Expr, Power
from wrt.expr.walk import nodes, substitute

HALF = Fraction(1, 2)
TIES = {"max": "largest", "min": "smallest"}
WORDS = {
    "jump": "a jump{of}, with no slope",
    "vertical tangent": "an infinite slope{of}",
    "pieces": "two pieces meet",
    "jump of a derivative": "the derivative before jumps",
    "vertical tangent of a derivative": "an infinite value",
}


@dataclass(frozen=True, slots=True)
class Corner:
    """A kink where `argument` is `at` (an expression, points, or None for the places of a tie).

    `slopes` is the subdifferential there, `taken` the element that the answer takes; both are None where there are no
    slopes (a jump), or none are known. They are those of `part`, by its first argument, or, if that is None, of the
    whole function by the variable. Where the ends of the slopes are not `ordered`, which is the lower one depends on
    other variables. `kind` is "corner", "jump", "vertical tangent", "pieces" (what it is depends on the pieces that
    meet), "tie", or "cone" (a norm at 0). A kink of a derivative has the `order` of the one that does not exist there.
    """

    argument: Expr
    at: Expr | Points | None
    kind: str
    slopes: Interval | None = None
    taken: Expr | None = None
    part: Expr | None = None
    when: Expr | None = None
    ordered: bool = True
    order: int = 1

    def in_terms_of(self, symbols: Mapping[Expr, Expr]) -> Corner:
        """The same with other symbols."""
        at = substitute(self.at, symbols) if isinstance(self.at, Expr) else self.at
        slopes, taken = self.slopes, self.taken
        if slopes is not None:
            slopes = Interval(substitute(slopes.lower, symbols), substitute(slopes.upper, symbols))
        return replace(self, at=at, slopes=slopes, taken=None if taken is None else substitute(taken, symbols))

    def said(self, write: Callable[[Expr], str]) -> str:
        """The kink in words, its expressions written by `write`."""
        if self.kind == "tie" and isinstance(self.part, Call):
            where = f"where {TIES[self.part.function.name]} entries of {write(self.argument)} tie"
            return f"{where}: any shares that add up to 1; the code takes equal ones"
        if self.kind == "cone":
            return f"where {write(self.argument)} = 0: any slope of norm, no longer than 1; the code takes 0"
        at = write(self.at) if isinstance(self.at, Expr) else f"{self.at}"
        where = f"{write(self.argument)} = {at}" + (f" and {write(self.when)}" if self.when is not None else "")
        if self.part is None and self.argument.shape:
            return f"where an entry of {write(self.argument)} is {at}: {self._what(write)}"
        if self.part is None:
            return f"at {where}: {self._what(write)}"
        name = f" of {self.part.function.name}" if isinstance(self.part, Call) else ""
        return f"where {where}: {self._what(write, name)}"

    def _what(self, write: Callable[[Expr], str], of: str = "") -> str:
        taken = f"; the code takes {write(self.taken)}" if self.taken is not None else ""
        if self.slopes is None:
            kind = f"{self.kind} of a derivative" if self.order > 1 else self.kind
            return WORDS[kind].format(of=of) + taken
        low, high = write(self.slopes.lower), write(self.slopes.upper)
        slopes = f"in [{low}, {high}]" if self.ordered else f"between {low} and {high}"
        return f"any {'slope' if self.order == 1 else 'value'}{of} {slopes}{taken}"

    def __str__(self) -> str:
        """The kink in a sentence.

        >>> from wrt.expr.build import symbol
        >>> x = symbol("x")
        >>> print(Corner(x, x * 0, "corner", Interval(0, 1), x * 0))
        at x = 0: any slope in [0, 1]; the code takes 0
        """
        return self.said(str)


def kinks(tape: Tape, but: Collection[Expr] = ()) -> tuple[Corner, ...]:
    """The kinks of the functions that a tape differentiates, `but` for some, in the order of their computation."""
    return tuple(corner for entry in tape.entries.values() if entry.node not in but for corner in _corners(entry, tape))


def _corners(entry: Entry, tape: Tape) -> list[Corner]:
    match entry.node:
        case Call() as call if call.function.kind == "elementwise":
            return _declared(call, tape)
        case Call() as call if call.function.name in TIES:
            return [Corner(call.args[0], None, "tie", part=call)]
        case Power(base=Contract(operands=(Power(base=u, exponent=Constant(value=2)),))) as norm if _is_root(norm):
            return [Corner(u, ZERO, "cone", part=norm)]
        case Cases() as pieces:
            return [
                Corner(each.left, each.right, "pieces", part=pieces)
                for condition in pieces.conditions
                for each in nodes(condition)
                if isinstance(each, Compare) and not tape.variables.isdisjoint(each.free)
            ]
    return []


def _is_root(node: Power) -> bool:
    return isinstance(node.exponent, Constant) and node.exponent.value == HALF


def _declared(call: Call, tape: Tape) -> list[Corner]:
    function = call.function
    if function.kinks is None:
        return []
    found = []
    for kink in function.kinks(*call.args):
        crossed = call.args[0].free | (kink.at.free if isinstance(kink.at, Expr) else frozenset())
        if not kink.slopes and tape.variables.isdisjoint(crossed):
            continue  # a jump, but not along the variable
        slopes = kink.slopes or (None,) * len(call.args)
        moving = [place for place, each in enumerate(call.args) if not tape.variables.isdisjoint(each.free)]
        for place in moving:
            interval = slopes[place]
            if kink.slopes and interval is None:
                continue
            taken = None
            if interval is not None and isinstance(kink.at, Expr):
                taken = function.slope(place, (kink.at, *call.args[1:]), alone=len(moving) == 1)
            found.append(Corner(call.args[0], kink.at, kink.kind, interval, taken, call, kink.when))
            break
    return found
