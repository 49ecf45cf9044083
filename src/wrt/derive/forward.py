"""The values that a reverse pass is told with: which of them have a name, and what they are in the names before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import count
from typing import Final, NamedTuple

from wrt.derive.engine import Pass
from wrt.derive.local import value_letter
from wrt.derive.tape import Entry
from wrt.derive.wording import stand_in
from wrt.expr.arithmetic import neg
from wrt.expr.node import Add, Call, Constant, Expr, Mul, Named, Symbol
from wrt.expr.walk import nodes
from wrt.notation.layout import PLAIN
from wrt.rules import arithmetic, tensor
from wrt.rules.rule import Rule

# Rules of linear maps: what goes into one is written within it, if it is no function of the table.
LINEAR: Final[frozenset[Rule]] = frozenset(
    {arithmetic.sum_rule, arithmetic.constant_multiple, tensor.summation, tensor.linear_map, tensor.reshaping}
)
LARGEST = 16  # nodes that are written in one line without a name


class Cut(NamedTuple):
    """The name of a value, or of its negative."""

    name: str
    sign: int


class Values:
    """Values that have a name, and expressions written in these names."""

    def __init__(self, names: Mapping[str, Expr]) -> None:
        self.names = names
        self._named = frozenset(names.values())
        self._written: dict[Expr, Expr] = {}
        for name, node in names.items():
            letter = stand_in(name, node)
            self._written[neg(node)] = neg(letter)
            self._written[node] = letter

    def of(self, root: Expr) -> Expr:
        """An expression in names: no part of it is looked into that has one."""
        written = self._written
        stack = [root]
        while stack:
            node = stack[-1]
            if node in written:
                stack.pop()
                continue
            pending = [operand for operand in node.operands if operand not in written]
            if pending:
                stack.extend(pending)
                continue
            stack.pop()
            written[node] = self._rebuilt(node)
        return written[root]

    def definition(self, node: Expr) -> Expr:
        """What a value is, in the names before it."""
        opposite = neg(node)
        if node in self._named and opposite in node.operands:
            return neg(self._definition(opposite))
        return self._definition(node)

    def _definition(self, node: Expr) -> Expr:
        for operand in node.operands:
            self.of(operand)
        return self._rebuilt(node)

    def _rebuilt(self, node: Expr) -> Expr:
        operands = tuple(self._written[operand] for operand in node.operands)
        return node if operands == node.operands else node.rebuilt(operands)


class Forward(Values):
    """The values of a pass that depend on the variables, in the order of computing, with the names of some."""

    def __init__(self, moving: Mapping[Expr, Entry], variables: Collection[Symbol], names: Mapping[str, Expr]) -> None:
        super().__init__(names)
        self.moving = moving
        self.cuts: dict[Expr, Cut] = {}  # the values on the tape that have a name, or the negative of which has
        for name, node in names.items():
            if node in moving:
                self.cuts[node] = Cut(name, 1)
            elif neg(node) in moving:
                self.cuts[neg(node)] = Cut(name, -1)
        self._free = {*variables, *(self._written[node] for node in names.values())}

    def moves(self, node: Expr) -> bool:
        """Whether an expression, with or without names in it, depends on the variables."""
        return not self._free.isdisjoint(node.free)


def forward(done: Pass, variables: Collection[Symbol], known: Mapping[str, Expr]) -> Forward:
    """The values of a pass on the way from variables, with the names of the user's, `known`, and new ones."""
    root = done.tape.root
    several = frozenset(variables)
    moving = {node: entry for node, entry in done.tape.entries.items() if not several.isdisjoint(node.free)}
    present = dict.fromkeys(nodes(root))
    given = {node: name for name, node in known.items() if node is not root and _has_name(node, present)}
    chosen = {*given, *_chosen(moving, root, given)}
    taken = {*known, *(each.name for each in present if isinstance(each, Symbol)), *_sizes(present)}
    into: dict[Expr, list[Expr]] = {}
    for node, entry in moving.items():
        for part in entry.parts:
            into.setdefault(part, []).append(node)
    names: dict[str, Expr] = {}
    for node in dict.fromkeys((*present, *moving)):
        if isinstance(node, Add | Mul) and node not in given and neg(node) in given:
            names[given[neg(node)]] = neg(node)
        elif node in given:
            names[given[node]] = node
        elif node in chosen:
            after = into.get(node, ())
            name = _fresh(value_letter(node, after), taken, next((given[each] for each in after if each in given), ""))
            taken.add(name)
            names[name] = _as_written(node)
    return Forward(moving, several, names)


def _fresh(letter: str, taken: Collection[str], after: str) -> str:
    """A letter with a number: that of the value made of it, z1 for h1, where that is free; p stands alone."""
    digits = after[len(after.rstrip("0123456789")) :]
    if letter in "pP" and letter not in taken:
        return letter
    if letter in "zZ" and after and letter + digits not in taken:
        return letter + digits
    return next(name for number in count(1) if (name := f"{letter}{number}") not in taken)


def _as_written(node: Expr) -> Expr:
    """A sum with the sign with which it is written, itself or its negative."""
    return neg(node) if isinstance(node, Add) and PLAIN.signed(node)[0] < 0 else node


def _has_name(node: Expr, present: Collection[Expr]) -> bool:
    return not isinstance(node, Symbol | Constant | Named) and (node in present or neg(node) in present)


def _sizes(present: Iterable[Expr]) -> set[str]:
    return {each.name for node in present for size in node.shape for each in size.free}


def _chosen(moving: Mapping[Expr, Entry], root: Expr, given: Collection[Expr]) -> list[Expr]:
    """The values that are worth a name: where something is done to them, or where paths meet."""
    uses: dict[Expr, list[Entry]] = {}
    for entry in moving.values():
        for part in entry.parts:
            uses.setdefault(part, []).append(entry)
    within: Counter[Expr] = Counter()  # how many nodes without a name are written with a node
    chosen = []
    for node, entry in moving.items():
        within[node] = 1 + sum(within[part] for part in entry.parts)
        if node is root:
            continue
        arrivals = uses.get(node, [])
        plain = len(arrivals) == 1 and (arrivals[0].rule in LINEAR or _is_below(entry, arrivals[0]))
        if node in given or within[node] > LARGEST or not plain or isinstance(node, Call):
            within[node] = 0
            chosen.append(node)
    return chosen


def _is_below(entry: Entry, into: Entry) -> bool:
    """Whether a value is another one to a power, and a factor: in particular what a quotient is divided by."""
    return entry.rule is arithmetic.power_rule and into.rule in (arithmetic.quotient, arithmetic.product)
