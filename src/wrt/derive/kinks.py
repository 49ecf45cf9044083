"""Where a derivative exists on one side only: the kinks that a computation met, and what it took there."""

from __future__ import annotations

from dataclasses import dataclass

from wrt.derive.tape import Entry, Tape
from wrt.expr.function import Interval, Points
from wrt.expr.node import Call, Cases, Compare, Expr
from wrt.expr.walk import nodes


@dataclass(frozen=True, slots=True)
class Corner:
    """A kink of `node` where `argument`, its first, is `at` (an expression, points, or None for the places of a tie).

    `slopes` is the subdifferential of the function there by its argument, `taken` the element that the answer takes;
    both are None where there are no slopes (a jump) or where they depend on the pieces that meet. `kind` is "corner",
    "jump", "vertical tangent", "pieces" or "tie".
    """

    node: Expr
    argument: Expr
    at: Expr | Points | None
    kind: str
    slopes: Interval | None = None
    taken: Expr | None = None
    when: Expr | None = None

    def __str__(self) -> str:
        """The kink in a sentence.

        >>> from wrt import functions
        >>> from wrt.expr.build import symbol
        >>> x = symbol("x")
        >>> print(Corner(functions.relu(x), x, x * 0, "corner", Interval(0, 1), x * 0))
        relu has a corner where x = 0: slopes [0, 1], 0 is taken
        """
        if self.kind == "tie":
            return f"{self.node} shares its slope where entries tie"
        where = f"where {self.argument} = {self.at}" + (f" and {self.when}" if self.when is not None else "")
        if self.kind == "pieces":
            return f"two pieces meet {where}"
        assert isinstance(self.node, Call)
        slopes = f": slopes {self.slopes}" if self.slopes is not None else ""
        taken = f", {self.taken} is taken" if self.taken is not None else ""
        return f"{self.node.function.name} has a {self.kind} {where}{slopes}{taken}"


def kinks(tape: Tape) -> tuple[Corner, ...]:
    """The kinks of the functions that a tape differentiates, in the order in which they are computed."""
    return tuple(corner for entry in tape.entries.values() for corner in _corners(entry, tape))


def _corners(entry: Entry, tape: Tape) -> list[Corner]:
    match entry.node:
        case Call() as call if call.function.kind == "elementwise":
            return _declared(call, tape)
        case Call() as call if call.function.name in ("max", "min"):
            return [Corner(call, call.args[0], None, "tie")]
        case Cases() as pieces:
            return [
                Corner(pieces, each.left, each.right, "pieces")
                for condition in pieces.conditions
                for each in nodes(condition)
                if isinstance(each, Compare) and not tape.variables.isdisjoint(each.free)
            ]
    return []


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
            found.append(Corner(call, call.args[0], kink.at, kink.kind, interval, taken, kink.when))
            break
    return found
