"""Named parts: what the user named, what is worth a name, and what must have one to be readable at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import count
from typing import NamedTuple

from wrt.expr.node import Add, Call, Constant, Contract, Expr, Formula, Mul, Named, Symbol
from wrt.expr.walk import nodes, remembered
from wrt.notation.embed import vectors
from wrt.notation.layout import PLAIN, Layout
from wrt.notation.order import prepare
from wrt.notation.sums import coefficients, multiple_in
from wrt.notation.tree import Name, Written

DEEPEST = 60  # the reader takes brackets up to 100 deep
LONGEST = 2000
LEAST_OPS, MOST_OPS = 4, 100  # of an answer that can get shorter by naming a part of it, and that is tried in time
MOST_NAMES = 4
# The letters for a part by the function that it calls: for scalars and vectors, and for matrices.
LETTERS = {"softmax": "pP", "sigmoid": "sS", "inv": "VV"}
RESIDUAL, ACTIVATION, OTHER = "rR", "hH", "uU"


class Program(NamedTuple):
    """An expression as it is written: named parts first, each with its tree, then the answer."""

    parts: tuple[tuple[str, Written], ...]
    answer: Written

    @property
    def ops(self) -> int:
        """How many operators it takes to write all of it."""
        return self.answer.ops + sum(tree.ops for _, tree in self.parts)


def program(root: Expr) -> Program:
    """The expression with the parts that its author named, and those that must be named because it nests too deep."""
    if not isinstance(root, Formula):
        return _plain(root)
    names = names_of(root)
    return with_names(root.node, names) if names else _plain(root.node)


def names_of(root: Formula) -> dict[Expr, str]:
    """The parts that the author of a formula named, but for those that are no longer than a name."""
    return {node: name for name, node in root.names.items() if not isinstance(node, Symbol | Constant | Named)}


def _plain(root: Expr) -> Program:
    if depth(root) <= DEEPEST:
        tree = PLAIN.lift(root)
        if tree.ops <= LONGEST:
            return Program((), tree)
    return with_names(root, _forced(root))


def with_names(root: Expr, names: Mapping[Expr, str]) -> Program:
    """The expression with these parts named; those that do not occur are left out."""
    if depth(root) > DEEPEST:
        for node in nodes(root):
            prepare(node)
    layout = Layout(names)
    return with_definitions(layout.lift(root), layout, names)


def with_definitions(answer: Written, layout: Layout, names: Mapping[Expr, str]) -> Program:
    """A written form, and what the parts are whose names occur in it."""
    trees = {name: layout.definition(node) for node, name in sorted(names.items(), key=lambda pair: depth(pair[0]))}
    used: set[str] = set()
    pending = [answer]
    while pending:
        for name in _parts_of(pending.pop()):
            if name not in used:
                used.add(name)
                pending.append(trees[name])
    return Program(tuple((name, tree) for name, tree in trees.items() if name in used), answer)


def _parts_of(root: Written) -> Iterator[str]:
    stack, seen = [root], set()
    while stack:
        tree = stack.pop()
        if id(tree) in seen:
            continue
        seen.add(id(tree))
        if isinstance(tree, Name) and tree.part:
            yield tree.name
        stack.extend(tree.children)


def depth(root: Expr) -> int:
    """How deep an expression nests."""
    return remembered(root, "depth", _depth)


def _depth(node: Expr) -> int:
    return 1 + max((each.recall("depth") for each in node.operands), default=-1)


def _forced(root: Expr) -> dict[Expr, str]:
    """Names for the parts of an expression that is too deep or too long to be written in one line."""
    names = _fresh("t", {symbol.name for symbol in root.free})
    uses = _uses(root)
    chosen = [
        node
        for node in nodes(root)
        if node is not root
        and node.operands
        and (depth(node) % (DEEPEST // 2) == DEEPEST // 2 - 1 or (uses[node] > 1 and _is_long(node)))
    ]
    return {node: next(names) for node in chosen}


def _is_long(node: Expr) -> bool:
    return not isinstance(node, Mul) and sum(bool(each.operands) for each in node.operands) > 0


def _fresh(letter: str, taken: Collection[str]) -> Iterator[str]:
    return (name for place in count(1) if (name := f"{letter}{place}") not in taken)


def _uses(root: Expr) -> dict[Expr, int]:
    """How often each distinct node stands below another."""
    uses: dict[Expr, int] = dict.fromkeys(nodes(root), 0)
    for node in list(uses):
        for operand in node.operands:
            uses[operand] += 1
    return uses


def name_parts(root: Expr, taken: Collection[str] = ()) -> dict[str, Expr]:
    """Names for parts that occur more than once, where that makes the whole shorter; never a name that is taken.

    What the author of a formula named keeps its name, and is not among the names given here. A number
    is named if it takes 2 operators or occurs 3 times.

    >>> from wrt import read
    >>> f = read("diag(softmax(A @ x + b)) - outer(softmax(A @ x + b), softmax(A @ x + b))", A="n d", x="d", b="n")
    >>> [f"{name} = {part}" for name, part in name_parts(f).items()]
    ['p = softmax(A @ x + b)']
    """
    chosen: dict[Expr, str] = {}
    avoid = set(taken)
    best = program(root).ops
    if not LEAST_OPS <= best <= MOST_OPS:
        return {}
    if isinstance(root, Formula):
        chosen = names_of(root)
        avoid.update(root.names)
        root = root.node
    own = len(chosen)
    avoid |= {symbol.name for symbol in root.free} | {size.name for each in nodes(root) for size in _sizes(each)}
    while len(chosen) - own < MOST_NAMES:
        trials = []
        for node in _candidates(root):
            name = _letter(node, avoid)
            if node not in chosen and (len(name) == 1 or PLAIN.lift(node).ops > 1):
                trials.append((with_names(root, {**chosen, node: name}).ops, node, name))
        if not trials:
            break
        ops, node, name = min(trials, key=lambda trial: trial[0])
        if ops >= best:
            break
        best = ops
        chosen[node] = name
        avoid.add(name)
    found = [(node, name) for place, (node, name) in enumerate(chosen.items()) if place >= own]
    return {name: node for node, name in sorted(found, key=lambda pair: depth(pair[0]))}


def _sizes(node: Expr) -> list[Symbol]:
    return [each for size in node.shape for each in size.free]


def _candidates(root: Expr) -> list[Expr]:
    """Parts that may be worth a name: they occur often enough, and are long enough."""
    order = nodes(root)
    occurs: dict[Expr, int] = dict.fromkeys(order, 0)
    occurs[root] = 1
    for node in reversed(order):
        for operand in node.operands:
            occurs[operand] = min(occurs[operand] + occurs[node], 99)
    hidden = _hidden(order, occurs)
    found: list[Expr] = []
    for node in dict.fromkeys((*order, *hidden)):
        times = occurs.get(node, 0) + hidden.get(node, 0)
        vector = isinstance(node, Contract) and node.ndim == 1 and len(node.operands) > 1
        if node is root or times < 2 or not (isinstance(node, Call | Add) or vector):
            continue
        ops = PLAIN.lift(node).ops
        if ops >= least_named(root) or (ops and times >= 3):
            found.append(node if PLAIN.signed(node)[0] > 0 else -node)
    return found


def least_named(root: Expr) -> int:
    """How many operators a part has at least that gets a name where it occurs twice: more, where all are numbers."""
    return 1 if any(symbol.shape for symbol in root.free) else 2


def _hidden(order: Sequence[Expr], occurs: Mapping[Expr, int]) -> Counter[Expr]:
    """How often products of a matrix and a vector stand in longer products, and sums in longer sums."""
    hidden: Counter[Expr] = Counter()
    sums = [node for node in order if isinstance(node, Add)]
    for node in order:
        if isinstance(node, Contract):
            for vector in vectors(node):
                hidden[vector] += occurs[node]
    for part in sums:
        hidden[part] += sum(occurs[node] for node in sums if node is not part and _is_within(part, node))
    return hidden


def _is_within(part: Add, node: Add) -> bool:
    return part.shape == node.shape and multiple_in(part, coefficients(node)) is not None


def _letter(node: Expr, avoid: Collection[str]) -> str:
    """The letter that a part of this kind goes by."""
    pair = OTHER
    if isinstance(node, Call):
        pair = LETTERS.get(node.function.name, ACTIVATION)
    elif isinstance(node, Add) and any(isinstance(term, Mul) and term.coefficient < 0 for term in node.terms):
        pair = RESIDUAL
    letter = pair[node.ndim > 1]
    return letter if letter not in avoid else next(_fresh(letter, avoid))
