"""The plain program of a text: each step of what its author wrote, in that order, as operations on arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any, Final

from wrt.doctor.lower import applied, lowered
from wrt.doctor.program import Builder, Op
from wrt.errors import WrtError
from wrt.expr.coerce import as_expr
from wrt.expr.function import Function
from wrt.expr.node import Constant, Expr, Named, Symbol
from wrt.read.words import BINDERS
from wrt.verify.series import PointError, UnsupportedError
from wrt.verify.sizes import Sizes, shape_of, whole

if TYPE_CHECKING:
    from wrt.read.tree import Program, Tree

_INTERNAL = ("bound", "over")  # steps of sums with indices, which no array program has


def has_indices(program: Program) -> bool:
    """Whether the text has sums with indices, whose steps stand for no arrays."""
    return any(step.op in _INTERNAL for step in program.steps)


def literal(b: Builder, program: Program, inputs: Mapping[str, Op], sizes: Sizes) -> Op:
    """The operation that gives the program's answer; each one knows the step of the text that it is for.

    `inputs` are the variables by name. Raises WrtError for what is no plain program: integrals, derivatives.
    """
    for step in program.steps:
        if step.op == "call" and step.value.name in BINDERS and len(step.args) > 1:
            step.fail("the doctor does not look inside integrals and derivatives", "give it the function itself")
    done: dict[Tree, Op] = {}
    for step in program.steps:
        b.origin = step
        if step.op != "text":
            args = [done[arg] for arg in step.args if arg in done]
            try:
                done[step] = _Step(b, step, args, inputs, sizes).run()
            except (PointError, UnsupportedError) as error:
                raise step.place(WrtError(str(error))) from None
    return done[program.answer]


class _Step:
    """One step, with the operations of its operands."""

    def __init__(self, b: Builder, step: Tree, args: list[Op], inputs: Mapping[str, Op], sizes: Sizes) -> None:
        self.b, self.step, self.args, self.inputs, self.sizes = b, step, args, inputs, sizes

    def run(self) -> Op:
        """Its operation."""
        return STEPS[self.step.op](self)

    @property
    def node(self) -> Expr:
        """The expression that the reader made of it."""
        assert self.step.node is not None
        return self.step.node

    def name(self) -> Op:
        """A variable, or a dimension as a number."""
        name = self.step.value
        return self.inputs[name] if name in self.inputs else lowered(self.b, self.node, {}, self.sizes)

    def sum(self) -> Op:
        """Terms with their signs, from the left."""
        total = self.args[0]
        for sign, arg in zip(self.step.value[1:], self.args[1:], strict=True):
            total = self.b.entrywise("add" if sign > 0 else "sub", (total, arg))
        return total

    def product(self) -> Op:
        """Factors and divisors, from the left."""
        product = self.args[0]
        for exponent, arg in zip(self.step.value[1:], self.args[1:], strict=True):
            product = self.b.entrywise("mul" if exponent > 0 else "div", (product, arg))
        return product

    def call(self) -> Op:
        """A function of the table on its arguments; another word as what it stands for."""
        word = self.step.value
        function: Function | None = word.function
        if word.name == "where":
            return self.b.entrywise("where", self.args)
        if function is None or function.kind == "matrix":
            return self.word() if function is None else applied(self.b, function, self.args)
        if function.kind != "elementwise":
            return self.along_axes(function)
        args = self._arguments(function)
        return self.word() if args is None else applied(self.b, function, args)

    def along_axes(self, function: Function) -> Op:
        """A function along axes; max(x, y) of several operands is elementwise."""
        if len(self.args) > 1:
            return self.word()
        axes = function.axes(_placeholder(self.step.args[0]), self.step.options.get("axis"))
        value = applied(self.b, function, self.args, axes)
        return self.b.reshape(value, shape_of(self.node, self.sizes))

    def _arguments(self, function: Function) -> list[Op] | None:
        """The operands by the function's parameters, defaults filled in; None for more than it has."""
        count = len(self.args) - len(self.step.named)
        if len(self.args) > len(function.arguments):
            return None
        given = dict(zip(function.arguments, self.args[:count], strict=False))
        given |= dict(zip(self.step.named, self.args[count:], strict=True))
        defaults = function.defaults
        return [
            given[name] if name in given else self.b.number(Fraction(defaults[name])) for name in function.arguments
        ]

    def word(self) -> Op:
        """What a word stands for, with letters for its operands."""
        step = self.step
        texts = [arg.value for arg in step.args if arg.op == "text"]
        operands = [arg for arg in step.args if arg.op != "text"]
        letters: list[Any] = [
            arg.node if isinstance(arg.node, Constant | Named) else _placeholder(arg, place)
            for place, arg in enumerate(operands)
        ]
        if step.value.sizes_after >= 0:
            letters[step.value.sizes_after :] = [arg.node for arg in operands[step.value.sizes_after :]]
        first = len(letters) - len(step.named)
        named = dict(zip(step.named, letters[first:], strict=True))
        node = as_expr(step.value.apply(*texts, *letters[:first], **named, **step.options))
        known: dict[Expr, Op] = {
            letter: op for letter, op in zip(letters, self.args, strict=True) if isinstance(letter, Symbol)
        }
        return lowered(self.b, node, known, self.sizes)

    def index(self) -> Op:
        """Entries and slices, by their places in the flat list."""
        import numpy as np

        operand = self.args[0]
        everything = np.arange(prod(operand.shape)).reshape(operand.shape)
        try:
            taken = everything[tuple(map(self._item, self.step.value))]
        except IndexError:
            self.step.fail("the index lies beyond the end")
        return self.b.take(operand, tuple(taken.ravel().tolist()), taken.shape)

    def _item(self, item: Any) -> Any:
        """An item of an index, in numbers."""
        if isinstance(item, slice):
            return slice(self._position(item.start), self._position(item.stop), item.step)
        return self._position(item)

    def _position(self, place: int | None) -> int | None:
        if place is None:
            return None
        node = self.step.args[place].node
        assert node is not None
        return whole(node, self.sizes)

    def same(self) -> Op:
        """What a name of a part stands for."""
        return self.args[0]

    def logic(self) -> Op:
        """Conditions joined."""
        return self.b.entrywise("logic", self.args, self.step.value)

    def compare(self) -> Op:
        """Comparisons, all of which must hold."""
        pairs = [
            self.b.entrywise("compare", self.args[place : place + 2], op) for place, op in enumerate(self.step.value)
        ]
        return pairs[0] if len(pairs) == 1 else self.b.entrywise("logic", pairs, "and")

    def matmul(self) -> Op:
        """A product of vectors or matrices."""
        return self._with_letters(lambda letters: letters[0] @ letters[1])

    def transpose(self) -> Op:
        """Axes in reverse order."""
        return self._with_letters(lambda letters: letters[0].T)

    def _with_letters(self, build: Callable[[list[Expr]], Expr]) -> Op:
        letters: list[Expr] = [_placeholder(arg, place) for place, arg in enumerate(self.step.args)]
        node = build(letters)
        return lowered(self.b, node, dict(zip(letters, self.args, strict=True)), self.sizes)

    def power(self) -> Op:
        """A power; A⁻¹ of a matrix is its inverse."""
        from wrt import functions

        if self.node.ndim == 2 and self.step.args[1].op != "name" and self._is_inverse():
            return applied(self.b, functions.inv, self.args[:1])
        return self.b.entrywise("pow", self.args)

    def _is_inverse(self) -> bool:
        token = self.step.operator()
        return token is not None and token.kind == "superscript" and self.args[1].params == -1


def _placeholder(step: Tree, place: int = 0) -> Symbol:
    """A letter of the shape that a step has."""
    assert step.node is not None
    return Symbol.intern(f" {place}", step.node.shape, frozenset())


STEPS: Final[Mapping[str, Callable[[_Step], Op]]] = {
    "number": lambda each: each.b.number(each.step.value),
    "constant": lambda each: each.b.make("named", (), each.node.name if isinstance(each.node, Named) else "", ()),
    "name": _Step.name,
    "part": _Step.same,
    "sum": _Step.sum,
    "product": _Step.product,
    "matmul": _Step.matmul,
    "power": _Step.power,
    "negative": lambda each: each.b.entrywise("neg", each.args),
    "transpose": _Step.transpose,
    "call": _Step.call,
    "index": _Step.index,
    "compare": _Step.compare,
    "logic": _Step.logic,
}
