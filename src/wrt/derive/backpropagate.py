"""Steps of a reverse pass: the values with their names, then how the error comes back through them to one variable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Final, NamedTuple

from wrt.derive.chain import Value, settle, total
from wrt.derive.engine import Pass
from wrt.derive.forward import Forward, forward
from wrt.derive.step import Statement, Step
from wrt.derive.tape import Entry, pulled
from wrt.derive.wording import row_statement
from wrt.expr.arithmetic import neg
from wrt.expr.node import MINUS_ONE, ONE, Call, Derivative, Expr, Symbol, symbol
from wrt.expr.tensor import identity
from wrt.expr.walk import substitute
from wrt.notation import size
from wrt.rules import arithmetic, tensor
from wrt.rules.rule import Rule
from wrt.simplify import simplify

DELTA = "δ"
CHAIN = "δu = ∂f/∂u = Σ δv·∂v/∂u"
MOST_RULES = 3  # that are named in one line
# Rules that need no mention where others do more: they copy an adjoint; of scalars, they multiply it or spread it out.
COPIES: Final[frozenset[Rule]] = frozenset({arithmetic.sum_rule, tensor.reshaping})
SCALES: Final[frozenset[Rule]] = frozenset({arithmetic.constant_multiple, tensor.summation})

Path = tuple[tuple[Entry, int], ...]  # the rules by which an adjoint came, since the last value with a name


class Arrival(NamedTuple):
    """What one path brings to the adjoint of a value."""

    value: Value
    path: Path
    opposite: bool = False  # whether the path began at the negative of a value with a name


def backpropagate(done: Pass, variable: Symbol, known: Mapping[str, Expr], function: str = "f") -> Step:
    """The tree of steps by which a pass carried adjoints from its expression back to one variable.

    First the values that the pass runs through, each with its name: the user's, or u1, u2... Then, from the last to the
    first, their adjoints: the derivative of the whole by each, in the names of values and of adjoints before it.
    """
    root = done.tape.root
    seen = forward(done, variable, known)
    top = Step("backpropagation", Derivative.intern(root, variable, 1), done.results[variable], (CHAIN,))
    for name, node in (*seen.names.items(), (function, root)):
        if node is not variable:
            written = partial(_definition, seen, node)
            top.children.append(Step("forward", node, node, name=name, written=written))
    top.children.extend(_backward(done, variable, seen, function))
    return top


def _definition(seen: Forward, node: Expr) -> tuple[Expr, ...]:
    return (seen.definition(node),)


def _backward(done: Pass, variable: Symbol, seen: Forward, function: str) -> Iterator[Step]:
    """The adjoint of each value that has a name, and of the variable."""
    root = done.tape.root
    told: dict[Expr, Callable[[], Expr]] = {}  # by the symbols that stand for them, what adjoints are
    for node, arrived, adjoint in _adjoints(done, variable, seen):
        cut = seen.cuts.get(node)
        rule, statement, note = _rule(arrived)
        in_names = cache(partial(_in_names, seen, arrived, cut.sign if cut else 1))
        step = Step(rule, node, done.values[node], statement, note=note, lead=root.shape)
        step.written = partial(_forms, in_names, told)
        if cut is None:
            step.name = f"∂{function}/∂{variable.name}" if root.shape else f"∇{variable.name} {function}"
        else:
            step.name = DELTA + cut.name
            if cut.sign < 0:
                step.before, step.source = neg(node), partial(_opposite, done.values[node])
        if adjoint is not None:
            told[adjoint] = in_names
        yield step


def _opposite(value: Value) -> Expr:
    return neg(settle(value))


def _in_names(seen: Forward, arrived: list[Arrival], sign: int) -> Expr:
    """An adjoint in the names of values, and of the adjoints before it."""
    value = seen.of(settle(total([each.value for each in arrived])))
    return simplify(value if sign > 0 else neg(value))


def _forms(in_names: Callable[[], Expr], told: Mapping[Expr, Callable[[], Expr]]) -> tuple[Expr, ...]:
    """An adjoint by those before it; and with what these are, where that is no longer."""
    short = in_names()
    used: dict[Expr, Expr] = {each: told[each]() for each in short.free if each in told}
    if not used:
        return (short,)
    other = simplify(substitute(short, used))
    return (short, other) if size(other) <= size(short) else (short,)


def _adjoints(done: Pass, variable: Symbol, seen: Forward) -> Iterator[tuple[Expr, list[Arrival], Symbol | None]]:
    """The tape run in reverse once more: what arrives at each value with a name goes on under the adjoint's name."""
    tape = done.tape
    root, led = tape.root, bool(tape.root.shape)
    waiting = {root: [Arrival(identity(root.shape) if led else ONE, ())]}
    for node in [*reversed(list(seen.moving)), variable]:
        arrived = waiting.pop(node, None)
        if arrived is None or node not in done.values:
            continue
        value, path = total([each.value for each in arrived]), _joined(arrived)
        opposite = any(each.opposite for each in arrived)
        cut = seen.cuts.get(node)
        if cut is not None or node is variable:
            adjoint = symbol(DELTA + cut.name, (*root.shape, *node.shape)) if cut else None
            yield node, arrived, adjoint
            value, path, opposite = settle(value), (), cut is not None and cut.sign < 0
            if cut and adjoint is not None and not _goes_on(value, seen):
                value = adjoint if cut.sign > 0 else neg(adjoint)
        entry = tape.entries.get(node)
        if entry is None:
            continue
        cancels = opposite and _is_minus(entry)
        for k, part in enumerate(entry.parts):
            moved = pulled(entry, k, value, led) if variable in part.free else None
            if moved is not None:
                onward = path if cancels else (*path, (entry, k))
                waiting.setdefault(part, []).append(Arrival(moved, onward, opposite and not cancels))


def _joined(arrived: list[Arrival]) -> Path:
    """The rules of all paths."""
    return tuple(dict.fromkeys(each for arrival in arrived for each in arrival.path))


def _goes_on(value: Expr, seen: Forward) -> bool:
    """Whether an adjoint is so plain that the next one is said with it itself: a number or ones, or another's name."""
    if isinstance(value, Symbol):
        return True
    constant = not seen.moves(value) and not any(each.name.startswith(DELTA) for each in value.free)
    return constant and size(value) < 2


def _is_minus(entry: Entry) -> bool:
    """Whether a value is the negative of its part."""
    return entry.rule is arithmetic.constant_multiple and entry.partial(0) is MINUS_ONE


def _rule(arrived: list[Arrival]) -> tuple[str, Statement, Statement]:
    """The rules that an adjoint came by: their name, their statement, and a note."""
    if len(arrived) > 1:
        named = dict.fromkeys(_loud(each.path)[-1][0].rule.name for each in arrived if each.path)
        by = (f"by the {' and the '.join(named)}",) if len(named) <= MOST_RULES else ()
        return "sum over paths", (), by
    loud = _loud(arrived[0].path)
    if not loud:
        return "the function itself", ("∂f/∂f = 1",), ()
    names = list(_names(loud))
    return ", ".join(names[-MOST_RULES:]), _statement(*loud[-1]), ()


def _names(path: Path) -> dict[str, None]:
    return dict.fromkeys(entry.rule.name for entry, _ in path)


def _loud(path: Path) -> Path:
    """The rules of a path that are worth a mention."""
    said = tuple(each for each in path if each[0].rule not in COPIES)
    return tuple(each for each in said if each[0].node.shape or each[0].rule not in SCALES) or said or path


def _statement(entry: Entry, k: int) -> Statement:
    node = entry.node
    if isinstance(node, Call) and node.function.derivative:
        place = node.args.index(entry.parts[k]) if node.function.kind == "elementwise" else 0
        return row_statement(node, place) or (entry.rule.statement,)
    return (entry.rule.statement,)
