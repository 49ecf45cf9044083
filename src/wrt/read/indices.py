"""Sums over indices in a program: which names are indices, and where each is bound.

`sum(i, j, body)` and `sum((i, j), body)` bind i and j in the body, and so do mean, prod, max and all else that takes
axes away. A part that has indices of sums around it, as r = y[i] - w @ X[i], is read where it stands in such a sum.
"""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, TypeGuard

from wrt.errors import ReadError
from wrt.read.letters import CONSTANTS
from wrt.read.tokens import Statement
from wrt.read.tree import Index, Program, Tree
from wrt.read.words import Word

MOST_AXES = 32


@dataclass(frozen=True, slots=True)
class Indexed:
    """A named part that has indices of sums: it is read where it stands in them."""

    statement: Statement
    tree: ast.expr
    indices: frozenset[str]


class Indices(ABC):
    """The program so far, the sums around what is being read, and how their indices are read."""

    def __init__(self, declared: Collection[str], lookup: Callable[[str], Word | None]) -> None:
        self.declared = declared
        self.lookup = lookup
        self.statement: Statement
        self.program = Program()
        self.steps = self.program.steps
        self.parts = self.program.parts
        self.met: set[str] = set()  # names that are used as variables or numbers
        self.scope: dict[str, Index] = {}  # the indices of the sums around
        self.subscripts: set[str] = set()  # names that stand in subscripts
        self.bound: set[str] = set()  # names of indices of sums
        self.indexed: dict[str, Indexed] = {}  # parts that have indices of sums around them
        self.inlined: dict[tuple[str, tuple[Index, ...]], Tree] = {}  # those parts inside sums over these indices

    @abstractmethod
    def convert(self, node: ast.AST) -> Tree:
        """The step of a syntax node, after those of its operands."""

    def add(self, op: str, node: ast.AST, args: tuple[Tree, ...] = (), value: Any = None) -> Tree:
        tree = Tree(op, args, value, self.statement, node.col_offset, node.end_col_offset)  # type: ignore[attr-defined]
        self.steps.append(tree)
        return tree

    def fail(self, node: ast.AST, message: str, hint: str | None = None) -> NoReturn:
        raise self.error(node, message, hint)

    def error(self, node: ast.AST, message: str, hint: str | None = None) -> ReadError:
        position, width = self.statement.span(node.col_offset, node.end_col_offset)  # type: ignore[attr-defined]
        return ReadError(message, hint=hint, text=self.statement.text, position=position, width=width)

    def find_indices(self, trees: Sequence[ast.expr]) -> None:
        """Note which names are indices, before anything is read: a part may have some of sums that come later."""
        calls: list[ast.Call] = []
        for each in (node for tree in trees for node in ast.walk(tree)):
            if isinstance(each, ast.Subscript):
                self.subscripts.update(_positions(each))
            elif isinstance(each, ast.Call):
                calls.append(each)
        self.bound.update(*(_names(call) for call in calls if self.is_over(call)))

    def is_over(self, node: ast.AST) -> TypeGuard[ast.Call]:
        """Whether this is a call that runs over indices."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            word = self.lookup(node.func.id)
            return word is not None and self.binds(node, word)
        return False

    def binds(self, node: ast.Call, word: Word) -> bool:
        """Whether the first operands are indices. max(x, y) has none, max(i, x[i]) has one."""
        if len(node.args) < 2 or not word.reduces:
            return False
        first = node.args[0]
        if word.takes_one or isinstance(first, ast.Tuple):
            return True
        name = first.id if isinstance(first, ast.Name) else ""
        return name in self.subscripts and name not in self.scope and not self.has_meaning(name)

    def has_meaning(self, name: str) -> bool:
        return name in self.declared or name in self.parts or name in self.indexed or name in CONSTANTS

    def open_indices(self, tree: ast.expr) -> frozenset[str]:
        """The indices that a statement has of sums around it, also by its parts."""
        found: set[str] = set()
        waiting: list[tuple[ast.AST, frozenset[str]]] = [(tree, frozenset())] if self.bound else []
        while waiting:
            node, inner = waiting.pop()
            if isinstance(node, ast.Name):
                names = self.indexed[node.id].indices if node.id in self.indexed else self.bound & {node.id}
                found |= names - inner
            elif self.is_over(node):
                inner |= _names(node)
            waiting += [(each, inner) for each in ast.iter_child_nodes(node)]
        return frozenset(found)

    def inside(self, node: ast.Name) -> Tree:
        """A part with indices, read inside the sums that it stands in."""
        part = self.indexed[node.id]
        for missing in sorted(part.indices - self.scope.keys()):
            hint = f"it can stand only inside a sum over {missing}"
            self.fail(node, f"`{node.id}` has the index `{missing}`, and stands outside its sum", hint)
        key = node.id, tuple(self.scope[index] for index in sorted(part.indices))
        if key not in self.inlined:
            here, self.statement = self.statement, part.statement
            self.inlined[key] = self.convert(part.tree)
            self.statement = here
        return self.inlined[key]

    def over(self, node: ast.Call, word: Word) -> Tree:
        """A function over indices."""
        asked, body = _asked(node), node.args[-1]
        if node.keywords:
            self.fail(node.keywords[0], "indices take the place of axes", f"as in {word.name}(i, x[i])")
        if len(asked) > MOST_AXES:
            self.fail(node, f"no expression has that many axes: {MOST_AXES} at most")
        outer = dict(self.scope)
        indices = tuple(self.index(each, word) for each in asked)
        value = self.convert(body)
        self.scope = outer
        return self.add("over", node, (value,), (word, indices))

    def index(self, node: ast.expr, word: Word) -> Index:
        """One more index, bound from here on."""
        usage = f"an index stands first, as in {word.name}(i, x[i]); an axis has a name: {word.name}(x, axis=0)"
        if not isinstance(node, ast.Name):
            self.fail(node, f"{word.name} of several operands starts with an index, and this is none", usage)
        name = node.id
        if name in self.scope:
            self.fail(node, f"`{name}` is already an index here", "give each index a name of its own")
        if self.has_meaning(name):
            hint = "give the index another name" if name in self.subscripts else usage
            self.fail(node, f"`{name}` has a meaning already, and is no index", hint)
        place = Tree("bound", (), word.name, self.statement, node.col_offset, node.end_col_offset or 0)
        index = Index(name, place)
        self.scope[name] = index
        self.program.indices.setdefault(name, index)
        return index


def _asked(node: ast.Call) -> Sequence[ast.expr]:
    """What stands in the places of indices."""
    first = node.args[0]
    return first.elts if len(node.args) == 2 and isinstance(first, ast.Tuple) else node.args[:-1]


def _positions(node: ast.Subscript) -> Iterator[str]:
    """The names in a subscript, without those in subscripts inside it."""
    waiting: list[ast.AST] = [node.slice]
    while waiting:
        each = waiting.pop()
        if isinstance(each, ast.Name):
            yield each.id
        elif not isinstance(each, ast.Subscript):
            waiting += ast.iter_child_nodes(each)


def _names(node: ast.Call) -> set[str]:
    return {each.id for each in _asked(node) if isinstance(each, ast.Name)}
