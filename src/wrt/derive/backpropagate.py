"""Steps of a reverse pass: the values with their names, then how the error comes back through them to the variables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from heapq import heapify, heappop, heappush
from typing import Final, NamedTuple, TypeAlias

from wrt.derive.chain import Value, settle, total
from wrt.derive.engine import Pass
from wrt.derive.forward import Forward, forward
from wrt.derive.local import Local, local_rule, spelled, value_word
from wrt.derive.step import Statement, Step
from wrt.derive.tape import Entry, pulled
from wrt.derive.targets import cross_entropy
from wrt.derive.wording import row_statement
from wrt.expr.arithmetic import neg
from wrt.expr.node import MINUS_ONE, ONE, Call, Expr, Shape, Symbol, symbol
from wrt.expr.tensor import identity
from wrt.expr.walk import substitute
from wrt.notation import size
from wrt.rules import arithmetic, tensor
from wrt.rules.rule import Rule, Variables
from wrt.simplify import simplify

DELTA = "δ"
CROSS_ENTROPY = "softmax + cross-entropy"
CHAIN = "δu = ∂f/∂u = Σ δv·∂v/∂u"
MOST_RULES = 3  # that are named in one line
# Rules that need no mention where others do more: they copy an adjoint; of scalars, they multiply it or spread it out.
COPIES: Final[frozenset[Rule]] = frozenset({arithmetic.sum_rule, tensor.reshaping})
SCALES: Final[frozenset[Rule]] = frozenset({arithmetic.constant_multiple, tensor.summation})

Told: TypeAlias = tuple[str, Statement, Statement]  # the name of a rule, its statement, and a note
Path = tuple[tuple[Entry, int], ...]  # the rules by which an adjoint came, since the last value with a name


class Arrival(NamedTuple):
    """What one path brings to the adjoint of a value: from which value with a name, and by which rules."""

    value: Value
    source: Expr
    path: Path
    opposite: bool = False  # whether the path began at the negative of a value with a name


def backpropagate(
    done: Pass, variables: Sequence[Symbol], known: Mapping[str, Expr], function: str = "f"
) -> tuple[Step, ...]:
    """The steps by which a pass carried adjoints from its expression back to variables.

    First the values that the pass runs through, each with its name: the user's, or u1, u2... Then, from the last to the
    first, their adjoints: the derivative of the whole by each, in the names of values and of adjoints before it; and
    that by a variable as soon as it is complete.
    """
    root = done.tape.root
    seen = forward(done, variables, known)
    moving = frozenset(variables)
    steps: list[Step] = []
    for name, node in (*seen.names.items(), (function, root)):
        if node not in moving:
            word = value_word(node, moving)
            if node is root and not root.shape and any(each.statement for each in steps):
                word = "loss"
            statement = (word,) if word else ()
            steps.append(Step("forward", node, node, statement, name=name, written=partial(_definition, seen, node)))
    return (*steps, *_backward(done, variables, seen, function))


def derivative_name(function: str, variable: Symbol, lead: Shape) -> str:
    """What the derivative by a variable is called."""
    partial = lead or not variable.shape
    return f"∂{function}/∂{variable.name}" if partial else f"∇{variable.name} {function}"


def _definition(seen: Forward, node: Expr) -> tuple[Expr, ...]:
    return (seen.definition(node),)


def _backward(done: Pass, variables: Sequence[Symbol], seen: Forward, function: str) -> Iterator[Step]:
    """The adjoint of each value that has a name, and of the variables."""
    root = done.tape.root
    names = partial(_letter, seen, function)
    told: dict[Expr, Callable[[], Expr]] = {}  # by the symbols that stand for them, what adjoints are
    for node, arrived, adjoint in _adjoints(done, variables, seen):
        cut = seen.cuts.get(node)
        rule, statement, note = _rule(arrived, names, frozenset(variables), bool(root.shape))
        in_names = cache(partial(_in_names, seen, arrived, cut.sign if cut else 1))
        entropy = _cross_entropy(arrived, seen, done) if not root.shape else ()
        if entropy:
            rule, statement = CROSS_ENTROPY, entropy
        step = Step(rule, node, done.values[node], statement, note=note, lead=root.shape)
        step.written = partial(_forms, in_names, told)
        if cut is None:
            assert isinstance(node, Symbol)
            step.name = derivative_name(function, node, root.shape)
        else:
            step.name = DELTA + cut.name
            if cut.sign < 0:
                step.before, step.source = neg(node), partial(_opposite, done.values[node])
        if adjoint is not None:
            told[adjoint] = in_names
        yield step


def _cross_entropy(arrived: list[Arrival], seen: Forward, done: Pass) -> Statement:
    """What the adjoint of logits is for targets that add up to 1, where it came back through log p and p = softmax."""
    if len(arrived) > 1 or not arrived[0].path:
        return ()
    entry, k = arrived[0].path[-1]
    node = entry.node
    if not isinstance(node, Call) or node.function.name != "softmax":
        return ()
    into = [each for each, other in seen.moving.items() if node in other.parts]
    if not all(isinstance(each, Call) and each.function.name == "log" for each in into):
        return ()
    logits = entry.parts[k]
    return cross_entropy(settle(done.values[logits]), logits, node, seen.of)


def _letter(seen: Forward, function: str, node: Expr) -> Symbol:
    """The name of a value."""
    cut = seen.cuts.get(node)
    return symbol(cut.name if cut else function, node.shape)


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


def _adjoints(
    done: Pass, variables: Sequence[Symbol], seen: Forward
) -> Iterator[tuple[Expr, list[Arrival], Symbol | None]]:
    """The tape run in reverse once more: what arrives at each value with a name goes on under the adjoint's name."""
    tape = done.tape
    root, led = tape.root, bool(tape.root.shape)
    waiting = {root: [Arrival(identity(root.shape) if led else ONE, root, ())]}
    coming = Counter(part for entry in seen.moving.values() for part in entry.parts if part in variables)
    if root in variables:
        yield root, waiting[root], None
    for node in _in_reading_order(seen):
        entry = tape.entries[node]
        arrived = waiting.pop(node, None)
        if arrived is not None and node in done.values:
            value, source, path = total([each.value for each in arrived]), arrived[0].source, _joined(arrived)
            opposite = any(each.opposite for each in arrived)
            cut = seen.cuts.get(node)
            if cut is not None:
                adjoint = symbol(DELTA + cut.name, (*root.shape, *node.shape))
                yield node, arrived, adjoint
                value, source, path, opposite = settle(value), node, (), cut.sign < 0
                if not _goes_on(value, seen):
                    value = adjoint if cut.sign > 0 else neg(adjoint)
            cancels = opposite and _is_minus(entry)
            for k, part in enumerate(entry.parts):
                moved = pulled(entry, k, value, led) if seen.moves(part) else None
                if moved is not None:
                    onward = path if cancels else (*path, (entry, k))
                    waiting.setdefault(part, []).append(Arrival(moved, source, onward, opposite and not cancels))
        for part in entry.parts:
            if part in coming:
                coming[part] -= 1
                if not coming[part] and part in waiting:
                    yield part, waiting.pop(part), None


def _in_reading_order(seen: Forward) -> Iterator[Expr]:
    """The values from the last to the first, each after all it goes into; what leads to variables only, at once."""
    moving = seen.moving
    onward: set[Expr] = set()  # what values with a name go into
    for node, entry in moving.items():
        if any(part in seen.cuts or part in onward for part in entry.parts):
            onward.add(node)
    waits = Counter(part for entry in moving.values() for part in {*entry.parts} if part in moving)
    places = {node: place for place, node in enumerate(moving)}

    def turn(node: Expr) -> tuple[bool, int, Expr]:
        return node in onward or node in seen.cuts, -places[node], node

    ready = [turn(node) for node in moving if not waits[node]]
    heapify(ready)
    while ready:
        _, _, node = heappop(ready)
        yield node
        for part in {*moving[node].parts}.intersection(moving):
            waits[part] -= 1
            if not waits[part]:
                heappush(ready, turn(part))


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


def _rule(arrived: list[Arrival], names: Callable[[Expr], Symbol], moving: Variables, led: bool) -> Told:
    """The rules that an adjoint came by: their name, their statement, and a note."""
    if len(arrived) > 1:
        rules = dict.fromkeys(local_rule(*_loud(each.path)[-1], moving).name for each in arrived if each.path)
        sources = dict.fromkeys(names(each.source) for each in arrived)
        by = f": {', '.join(rules)}" if len(rules) <= MOST_RULES else ""
        return "sum over paths", (), ("through ", *spelled(sources), by)
    loud = _loud(arrived[0].path)
    if not loud:
        return "the function itself", ("∂f/∂f = 1",), ()
    last = local_rule(*loud[-1], moving)
    rules = dict.fromkeys(local_rule(*each, moving).name for each in loud)
    return ", ".join(list(rules)[-MOST_RULES:]), _statement(last, loud[-1][0], led), ()


def _loud(path: Path) -> Path:
    """The rules of a path that are worth a mention."""
    said = tuple(each for each in path if each[0].rule not in COPIES)
    return tuple(each for each in said if each[0].node.shape or each[0].rule not in SCALES) or said or path


def _statement(local: Local, entry: Entry, led: bool) -> Statement:
    """A rule as adjoints follow it; of functions with a shape, whose adjoints lead with it, as differentials do."""
    if not led:
        return local.statement
    return (isinstance(entry.node, Call) and row_statement(entry.node)) or (entry.rule.statement,)
