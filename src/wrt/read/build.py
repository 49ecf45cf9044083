"""From a program to an expression: every step goes through the constructors, and their errors get their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wrt.errors import LimitError, ReadError, ShapeError, WrtError
from wrt.expr import build
from wrt.expr.conditions import is_condition
from wrt.expr.indexed import index_symbol, indices_in
from wrt.expr.node import EULER_GAMMA, INFINITY, PI, Constant, E, Expr, Symbol, number
from wrt.read.ranges import over
from wrt.read.tree import Program, Subscript, Tree
from wrt.read.words import Word

_CONSTANTS = {"pi": PI, "e": E, "inf": INFINITY, "euler_gamma": EULER_GAMMA}
_AMBIGUOUS = {"", "·", "⋅", "∙", "×"}  # products that can be a matrix product where both sides have a shape


def expression(program: Program, symbols: Mapping[str, Symbol]) -> Expr:
    """The expression of a program whose variables are these symbols.

    Raises what the constructors raise, with its place in the text.
    """
    for step in program.steps:
        try:
            step.node = _BUILDERS[step.op](step, symbols)
        except WrtError as error:
            raise _placed(error, step) from None
        except RecursionError:
            raise step.place(LimitError("this formula nests too deep")) from None
    node = program.answer.node
    assert node is not None
    return node


def _placed(error: WrtError, step: Tree) -> WrtError:
    if error.position is not None:
        return error
    if type(error) is WrtError:
        error = ReadError(error.message, hint=error.hint)
    token = step.operator() if len(step.args) == 2 and step.op not in ("call", "index") else None
    if token is None or not token.text:
        return step.place(error)
    return error.at(step.statement.text, token.start, len(token.text))


def _nodes(step: Tree) -> list[Expr]:
    """The operands."""
    return [arg.node for arg in step.args if arg.node is not None]


def _numbers(step: Tree, first: int = 0) -> list[Expr]:
    """The operands, none of which is a condition from the first one meant on."""
    for arg in step.args[first:]:
        if arg.node is not None and is_condition(arg.node):
            arg.fail("a condition stands where a number is needed", f"write where({arg.text}, 1, 0)")
    return _nodes(step)


def _sum(step: Tree, symbols: Mapping[str, Symbol]) -> Expr:
    nodes = _numbers(step)
    terms = [node if sign > 0 else build.neg(node) for node, sign in zip(nodes, step.value, strict=True)]
    try:
        return build.add(*terms)
    except ShapeError as error:
        raise _mismatch(step, error) from None


def _product(step: Tree, symbols: Mapping[str, Symbol]) -> Expr:
    nodes = _numbers(step)
    factors = []
    seen: Expr | None = None
    for place, (node, exponent) in enumerate(zip(nodes, step.value, strict=True)):
        if node.shape:
            if seen is not None:
                _check_side_by_side(step, place)
            seen = node
        try:
            factors.append(node if exponent > 0 else build.power(node, -1))
        except WrtError as error:
            raise step.args[place].place(error) from None
    try:
        return build.mul(*factors)
    except ShapeError as error:
        raise _mismatch(step, error) from None


def _check_side_by_side(step: Tree, place: int) -> None:
    """Refuse a product of two arrays that is written without saying which product it is."""
    token = step.operator(place)
    if token is not None and token.text in _AMBIGUOUS:
        left, right = step.args[place - 1].text, step.args[place].text
        at, width = (
            (token.start, 1)
            if token.text
            else (step.args[place].statement.span(step.args[place].start, step.args[place].end))
        )
        raise ReadError(
            "this can be the matrix product or the elementwise product",
            hint=f"write `{left} @ {right}` or `{left} * {right}`",
            text=step.statement.text,
            position=at,
            width=width,
        )


def _mismatch(step: Tree, error: ShapeError) -> ShapeError:
    """The error at the first operand that does not fit what stands before it, with the product that was meant."""
    shape: tuple[Expr, ...] = ()
    for place, node in enumerate(_nodes(step)):
        try:
            shape = build.broadcast_shapes([shape, node.shape], "+")
        except ShapeError:
            token = step.operator(place)
            if step.op == "product" and token is not None and step.value[place] > 0:
                error.hint = _matrix_product(step.args[place - 1], step.args[place]) or error.hint
            if token is not None and token.text:
                return error.at(step.statement.text, token.start, len(token.text))
            return step.args[place].place(error)
    return step.place(error)


def _matrix_product(left: Tree, right: Tree) -> str | None:
    """The matrix product of two operands that fits their shapes, as advice."""
    a, b = left.node, right.node
    if a is None or b is None or not a.shape or not b.shape:
        return None
    first, second = _operand_text(left), _operand_text(right)
    inner = b.shape[0] if len(b.shape) == 1 else b.shape[-2]
    if a.shape[-1] is inner:
        meant = f"{first} @ {second}"
    elif a.shape[0] is inner:
        meant = f"{first}.T @ {second}"
    elif a.shape[-1] is b.shape[-1]:
        meant = f"{first} @ {second}.T"
    else:
        return None
    return f"did you mean `{meant}`? `*` is elementwise"


def _operand_text(tree: Tree) -> str:
    return tree.text if tree.op in ("name", "part", "call", "transpose", "index") else f"({tree.text})"


def _matmul(step: Tree, symbols: Mapping[str, Symbol]) -> Expr:
    left, right = _numbers(step)
    if not left.shape or not right.shape:
        scalar = step.args[1 if left.shape else 0]
        raise ShapeError(
            f"`{scalar.text}` is a scalar, and `@` is the product of vectors and matrices",
            hint=f'write `*`, or declare the shape, as in {scalar.text}="n"' if scalar.op == "name" else "write `*`",
        )
    return build.matmul(left, right)


def _power(step: Tree, symbols: Mapping[str, Symbol]) -> Expr:
    base, exponent = _numbers(step)
    if len(base.shape) > 1 and isinstance(exponent, Constant) and isinstance(exponent.value, int):
        token = step.operator()
        square = base.shape[-1] is base.shape[-2]
        if token is not None and token.text != "**" and square:
            return _matrix_power(step, base, exponent.value, token.kind == "superscript")
    return build.power(base, exponent)


def _matrix_power(step: Tree, base: Expr, exponent: int, raised: bool) -> Expr:
    """A⁻¹ is the inverse; other powers of a square matrix can be meant by entries, and are refused."""
    if raised and exponent == -1:
        from wrt import functions

        inverse: Expr = functions.inv(base)
        return inverse
    text = _operand_text(step.args[0])
    product = f"inv({step.args[0].text})" if exponent == -1 else " @ ".join([text] * max(2, min(exponent, 3)))
    raise ReadError(
        "this power of a matrix can be the matrix power or the power of its entries",
        hint=f"write `{product}` or `{text}**{exponent}`",
    )


def _call(step: Tree, symbols: Mapping[str, Symbol]) -> Expr:
    word: Word = step.value
    if word.name == "where":
        nodes = _numbers(step, first=1)
        condition = step.args[0]
        if not is_condition(nodes[0]):
            condition.fail(f"`{condition.text}` is not a condition", f"compare it with something: {condition.text} > 0")
    else:
        nodes = _numbers(step)
    first = len(nodes) - len(step.named)
    named = dict(zip(step.named, nodes[first:], strict=True))
    texts = [arg.value for arg in step.args if arg.op == "text"]
    return word.apply(*texts, *nodes[:first], **named, **step.options)


def _index(step: Tree, symbols: Mapping[str, Symbol]) -> Expr:
    operand, *_ = nodes = _numbers(step)

    def taken(place: int | None) -> Any:
        if place is None:
            return None
        node = nodes[place]
        if isinstance(node, Constant) and not isinstance(node.value, int):
            step.args[place].fail("an index is a whole number")
        return node

    items = tuple(
        slice(taken(item.start), taken(item.stop), item.step) if isinstance(item, slice) else taken(item)
        for item in step.value
    )
    if step.scope:
        _note_uses(step, operand, items)
    return build.getitem(operand, items)


def _note_uses(step: Tree, operand: Expr, items: tuple[Any, ...]) -> None:
    """Keep what each subscript says of the values of the indices in it."""
    taking = [(item, place) for item, place in zip(items, step.value, strict=True) if place is not None]
    for (item, place), size in zip(taking, operand.shape, strict=False):
        bounds = [(item, place, 0)]
        if isinstance(item, slice):
            bounds = [(item.start, place.start, 0), (item.stop, place.stop, 1)]
        for bound, where, beyond in bounds:
            found = indices_in(bound) if isinstance(bound, Expr) else ()
            for index in step.scope:
                if index_symbol(index.name) in found:
                    index.uses.append(Subscript(build.sub(bound, beyond), size, step.args[where], step.scope))


def _over(step: Tree, symbols: Mapping[str, Symbol]) -> Expr:
    """A function over indices: their axes come first, and are taken away together."""
    word: Word
    word, indices = step.value
    (node,) = _numbers(step)
    for index in reversed(indices):
        try:
            node = over(node, index)
        except WrtError as error:
            raise index.place.place(error) from None
    return word.apply(node, axis=tuple(range(len(indices))))


def _compare(step: Tree, symbols: Mapping[str, Symbol]) -> Expr:
    nodes = _numbers(step)
    pairs = [build.compare(op, nodes[place], nodes[place + 1]) for place, op in enumerate(step.value)]
    return pairs[0] if len(pairs) == 1 else build.logic("and", *pairs)


def _logic(step: Tree, symbols: Mapping[str, Symbol]) -> Expr:
    nodes = _nodes(step)
    for node, arg in zip(nodes, step.args, strict=True):
        if not is_condition(node):
            hint = "put each comparison in brackets, as in (x > 0) & (x < 1)"
            arg.fail(f"`{arg.text}` is not a condition", hint)
    return build.logic(step.value, *nodes)


_BUILDERS: dict[str, Callable[[Tree, Mapping[str, Symbol]], Expr | None]] = {
    "number": lambda step, symbols: number(step.value),
    "constant": lambda step, symbols: _CONSTANTS[step.value],
    "name": lambda step, symbols: symbols[step.value],
    "part": lambda step, symbols: step.args[0].node,
    "text": lambda step, symbols: None,
    "sum": _sum,
    "product": _product,
    "matmul": _matmul,
    "power": _power,
    "negative": lambda step, symbols: build.neg(_numbers(step)[0]),
    "transpose": lambda step, symbols: build.transpose(_numbers(step)[0]),
    "call": _call,
    "index": _index,
    "bound": lambda step, symbols: index_symbol(step.value.name),
    "over": _over,
    "compare": _compare,
    "logic": _logic,
}
