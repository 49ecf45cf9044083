"""A derivation: a derivative with all that was done to get it, told as steps when they are read."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from itertools import pairwise
from typing import overload

from wrt.derive.backpropagate import CHAIN, backpropagate, derivative_name
from wrt.derive.corners import Kinks, kinks_of
from wrt.derive.engine import Pass, bare_symbol, evaluated
from wrt.derive.entries import Entries, kinks_of_entries
from wrt.derive.forward import Values
from wrt.derive.kinks import Corner, kinks
from wrt.derive.narrate import narrate
from wrt.derive.step import Step
from wrt.derive.wording import names_in
from wrt.expr.node import Derivative, Expr, Symbol
from wrt.expr.walk import is_larger, remembered, substitute
from wrt.notation import size
from wrt.simplify import simplify, use_facts
from wrt.simplify.sides import has_pieces

FUNCTIONS = ("f", "g", "F", "G", "f_", "g_")  # the names of the function and of its derivative, but for the user's
MOST_NODES = 200  # of a function whose kinks are looked for as those of the whole, not of its parts
LEAST = "where pieces meet, the slope of least norm between those on both sides"
ORDINALS = ("zeroth", "first", "second", "third", "fourth", "fifth")


class Steps(Sequence[Step]):
    """Steps in reading order; `root` is the tree they make, `derivations` are what they derive."""

    @property
    def meanings(self) -> Mapping[Expr, Expr]:
        """What symbols in the steps stand for in the end: variables without their facts for those that have them."""
        return {each.bare: each.variable for each in self.derivations if each.bare is not each.variable}

    @property
    @abstractmethod
    def derivations(self) -> tuple[Derivation, ...]:
        """The derivations that the steps tell."""

    @property
    @abstractmethod
    def root(self) -> Step:
        """The steps as a tree."""

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All steps in reading order."""
        return tuple(self.root)

    @overload
    def __getitem__(self, place: int) -> Step: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Step, ...]: ...

    def __getitem__(self, place: int | slice) -> Step | tuple[Step, ...]:
        return self.steps[place]

    def __len__(self) -> int:
        return len(self.steps)


class Solution(Steps):
    """What was found of an expression, `expr`, with the steps that found it; `kinks` are places that need a word."""

    @property
    @abstractmethod
    def expr(self) -> Expr:
        """The answer in readable form."""

    @property
    def code(self) -> Expr:
        """The answer as it is computed."""
        return self.expr

    @property
    def kinks(self) -> tuple[Corner, ...]:
        """Where the function has kinks, as far as the answer depends on them."""
        return ()

    @property
    def derivations(self) -> tuple[Derivation, ...]:
        """The derivatives that were taken as such."""
        return ()


class Derivation(Solution):
    """The derivative of an expression and its steps, in reading order; `root` is the tree they make.

    `expr` is the derivative in readable form, `raw` as the rules gave it; `kinks` are the places where it exists on one
    side only. `passes` are the runs over the tape, one for each order.
    """

    def __init__(self, node: Expr, variable: Symbol, passes: Sequence[Pass], names: Mapping[str, Expr]) -> None:
        self.node = node
        self.variable = variable
        self.order = len(passes)
        self.passes = tuple(passes)
        self.names = names
        self.bare = bare_symbol(variable)
        result = self.passes[-1].results[self.bare]
        self.raw = result if self.bare is variable else substitute(result, {self.bare: variable})

    @property
    def derivations(self) -> tuple[Derivation, ...]:
        """This derivation."""
        return (self,)

    @property
    def differentiated(self) -> Expr:
        """The function that was differentiated last: of a higher order, the derivative before."""
        return self.passes[-1].tape.root

    @cached_property
    def expr(self) -> Expr:
        """The derivative in readable form, right wherever there is one: also at a point at which pieces meet."""
        known = self.readable
        if self._corners is not None:
            known = self._corners.put_into(known, self.variable, at_kinks=False)
        return self.code if size(self.code) <= size(known) else known

    @cached_property
    def code(self) -> Expr:
        """The derivative as it is computed: at a kink of one variable or one entry, the slope of least norm."""
        if self._entries is not None:
            return self._entries.code
        if self._corners is None:
            return self.readable
        return self._corners.put_into(self.readable, self.variable)

    @cached_property
    def readable(self) -> Expr:
        """The derivative in readable form, with the facts of its matrices put to use and no derivative left in it."""
        raw = evaluated(self.raw) if remembered(self.raw, "derivatives", _has_derivatives) else self.raw
        if not remembered(raw, "matrices", _has_matrices):
            return simplify(raw)
        readable = simplify(use_facts(raw))
        shorter = use_facts(readable)
        return readable if shorter is readable else simplify(shorter)

    @cached_property
    def root(self) -> Step:
        """The steps as a tree."""
        free = free_names(self)
        roots = [self._told(done, free[min(place, 1)]) for place, done in enumerate(self.passes)]
        for step, after in zip(roots[:-1], self.passes[1:], strict=True):
            _simplified(step, after.tape.root, self.names)
        root = roots[0]
        if self.order > 1:
            ordinal = ORDINALS[self.order] if self.order < len(ORDINALS) else f"{self.order}th"
            before = Derivative.intern(self.passes[0].tape.root, self.bare, self.order)
            root = Step(f"{ordinal} derivative", before, roots[-1].source, ("f″ = (f′)′",), children=roots)
        _recognised(roots[0], self)
        _simplified(root, self.readable, self.names)
        if self.expr is not self.readable:
            root.children.append(Step("subdifferential", self.readable, self.expr, (LEAST,)))
        return root

    def _told(self, done: Pass, function: str) -> Step:
        if not done.forward:
            top = _reversed(done, self.bare)
            top.children.extend(backpropagate(done, [self.bare], self.names, function))
            return top
        return narrate(done, self.bare, self.names)

    @cached_property
    def kinks(self) -> tuple[Corner, ...]:
        """Where the function has kinks, and what the derivative takes there."""
        tape, found = self.passes[-1].tape, self._corners or self._entries
        return kinks(tape) if found is None else (*found.corners, *kinks(tape, found.solved))

    @cached_property
    def _corners(self) -> Kinks | None:
        """The kinks of a function of one variable, which are known exactly; None for any other, or if it has none."""
        function = self.passes[0].tape.root
        if function.shape or self.variable.shape or not has_pieces(function) or is_larger(function, MOST_NODES):
            return None
        functions = [*(each.tape.root for each in self.passes), self.readable]
        found = Kinks((), {}, {}, frozenset(), {})
        for order, (before, after) in enumerate(pairwise(functions), 1):
            found = kinks_of(before, after, self.variable, order).after(found, order)
        return found

    @cached_property
    def _entries(self) -> Entries | None:
        """The same of a function of one tensor whose gradient is piecewise entry by entry."""
        function = self.differentiated
        if self.order > 1 or function.shape or not self.bare.shape or is_larger(function, MOST_NODES):
            return None
        return kinks_of_entries(function, self.readable, self.bare) if has_pieces(function) else None

    def __repr__(self) -> str:
        return f"<Derivation of {self.node} by {self.variable.name}>"


def together(derivations: Sequence[Derivation]) -> tuple[Steps, ...]:
    """Derivations as they are told: those of one reverse pass in one tree."""
    passes = {each.passes for each in derivations}
    if len(derivations) > 1 and len(passes) == 1 and not derivations[0].passes[0].forward:
        return (Backpropagation(derivations),)
    return tuple(derivations)


class Backpropagation(Steps):
    """The steps of the one pass that gave the derivatives by several variables, each told once."""

    def __init__(self, derivations: Sequence[Derivation]) -> None:
        self._derivations = tuple(derivations)

    @property
    def derivations(self) -> tuple[Derivation, ...]:
        """The derivations by each variable."""
        return self._derivations

    @cached_property
    def root(self) -> Step:
        """The steps as a tree."""
        first = self.derivations[0]
        done, names = first.passes[0], first.names
        top = _reversed(done, first.bare)
        function = free_names(first)[0]
        top.children.extend(backpropagate(done, [each.bare for each in self.derivations], names, function))
        _recognised(top, first)
        results = {derivative_name(function, each.bare, done.tape.root.shape): each for each in self.derivations}
        for step in tuple(top.children):
            if step.name in results:
                _result(top, step, results[step.name].expr, names)
        return top

    def __repr__(self) -> str:
        first = self.derivations[0]
        return f"<Backpropagation of {first.node} to {', '.join(each.variable.name for each in self.derivations)}>"


def _has_derivatives(node: Expr) -> bool:
    """Whether a derivative stands in an expression, given what its operands remember."""
    return isinstance(node, Derivative) or any(operand.recall("derivatives") for operand in node.operands)


def _has_matrices(node: Expr) -> bool:
    """Whether a node or one below it, of which that is known, has two axes or more."""
    return node.ndim > 1 or any(operand.recall("matrices") for operand in node.operands)


def free_names(derivation: Derivation) -> list[str]:
    """Names for the function, the user's where he gave it one, and for its derivative."""
    taken = {*derivation.names, *names_in(derivation.node)}
    first, *others = (letter for letter in FUNCTIONS if letter not in taken)
    function = derivation.passes[0].tape.root
    return [next((name for name, node in derivation.names.items() if node is function), first), *others]


def _reversed(done: Pass, variable: Symbol) -> Step:
    """The top of the tree of a reverse pass."""
    derivative = Derivative.intern(done.tape.root, variable, 1)
    return Step("backpropagation", derivative, done.results[variable], (CHAIN,))


def _recognised(root: Step, derivation: Derivation) -> None:
    """Say what was recognised in the function before anything was derived."""
    start = derivation.passes[0].tape.root
    written = substitute(derivation.node, {derivation.variable: derivation.bare})
    if start is not written:
        said = ("a part that has a name is called by it",)
        root.children.insert(0, Step("recognise", written, start, said))


def _simplified(root: Step, expr: Expr, names: Mapping[str, Expr]) -> None:
    """Say that the result was simplified, or, after steps with names, what it is in the names of the user's only."""
    last = root.children[-1] if root.children else root
    if last.name:
        _result(root, last, expr, names)
    elif root.after is not expr:
        root.children.append(Step("simplify", root.after, expr, ("collect, cancel and factor",)))


def _result(root: Step, last: Step, expr: Expr, names: Mapping[str, Expr]) -> None:
    """Say what the derivative that a step gave is in the names of the user's only."""
    if last.forms[-1] is not Values(names).of(expr):
        written = partial(_in_names, expr, names)
        result = Step("result", last.after, expr, name=last.name, written=written)
        root.children.insert(root.children.index(last) + 1, result)


def _in_names(expr: Expr, names: Mapping[str, Expr]) -> tuple[Expr, ...]:
    return (Values(names).of(expr),)
