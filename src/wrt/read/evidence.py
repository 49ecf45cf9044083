"""What each operation tells of the shapes of its operands and of its result, in both directions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from wrt.errors import LimitError, WrtError
from wrt.expr import build
from wrt.expr.node import ONE, Expr, number, symbol
from wrt.read.declare import dimension
from wrt.read.forms import Dimension, Form, Unknown, broadcast, equal, has_rank, has_shape, known, same
from wrt.read.tree import Index, Tree
from wrt.read.words import Word

_MOST_WORK = 1_000_000  # operands looked at; each takes about a microsecond
Rule = Callable[["Reader", Tree, Form, list[Form]], None]


class Reader:
    """Forms by step and by name; `sizes` are the names that are dimensions."""

    def __init__(self, steps: list[Tree], names: dict[str, Form], sizes: set[str]) -> None:
        self.names = names
        self.sizes = sizes
        self.forms: dict[Tree, Form] = {}
        self.users: dict[Form, list[Tree]] = {}
        self.settled: set[Form] = set()
        self.indices: dict[Index, Unknown] = {}  # how many values the indices of sums take
        self.shifted = False  # whether x[i+1] is evidence of the size of x, which x[i] is more of
        self.work = 0  # operands looked at so far
        for step in steps:
            for each in (step, *step.args):
                self.users.setdefault(self.form(each), []).append(step)

    def form(self, step: Tree) -> Form:
        """The form of a step."""
        found = self.forms.get(step)
        if found is None:
            if step.op == "name":
                found = self.names[step.value]
            elif step.op == "part":
                found = self.form(step.args[0])
            else:
                found = Form() if step.op not in ("number", "constant", "text", "bound") else Form(())
            self.forms[step] = found
        return found

    def values(self, bound: Tree) -> Unknown:
        """How many values an index of a sum takes."""
        return self.indices.setdefault(bound.value, Unknown())

    def learn(self, queue: list[Tree]) -> None:
        """Draw every conclusion that follows from what is known, starting at these steps."""
        waiting = set(queue)
        queue = queue[::-1]
        while queue:
            step = queue.pop()
            waiting.discard(step)
            rule = _rule(step)
            if rule is None:
                continue
            result, operands = self.form(step), [self.form(arg) for arg in step.args]
            self.work += len(operands)
            if self.work > _MOST_WORK:
                raise LimitError("the text is too long to infer its shapes", hint="declare the shapes of its variables")
            rule(self, step, result, operands)
            for form in (result, *operands):
                if form.rank is not None and form not in self.settled:
                    self.settled.add(form)
                    for user in self.users[form]:
                        if user not in waiting:
                            waiting.add(user)
                            queue.append(user)

    def size(self, step: Tree) -> Dimension:
        """The dimension that an expression of dimensions is."""
        try:
            node = self.size_node(step)
        except WrtError:
            node = None
        return Unknown() if node is None else node

    def size_node(self, step: Tree) -> Expr | None:
        if step.op == "number":
            return number(step.value)
        if step.op == "name":
            return dimension(step.value) if step.value in self.sizes else None
        nodes = [self.size_node(arg) for arg in step.args]
        found = [node for node in nodes if node is not None]
        if len(found) < len(nodes):
            return None
        match step.op:
            case "sum":
                return build.add(*(build.mul(sign, node) for sign, node in zip(step.value, found, strict=True)))
            case "product":
                return build.mul(*(build.power(node, sign) for sign, node in zip(step.value, found, strict=True)))
        return None


def _rule(step: Tree) -> Rule | None:
    if step.op != "call":
        return _BY_OPERATION.get(step.op)
    word: Word = step.value
    if word.function is None:
        return _BY_WORD[word.name]
    if word.function.kind == "elementwise" or (word.function.kind == "reduction" and len(step.args) > 1):
        return _elementwise
    return _reduction if word.function.kind == "reduction" else _BY_KIND.get(word.name, _same)


def _elementwise(reader: Reader, step: Tree, result: Form, operands: list[Form]) -> None:
    broadcast(result, operands)


def _same(reader: Reader, step: Tree, result: Form, operands: list[Form]) -> None:
    equal(result, operands[0])


def _matmul(reader: Reader, step: Tree, result: Form, operands: list[Form]) -> None:
    left, right = operands
    ranks = (left.rank, right.rank, result.rank)
    if ranks[2] == 0:
        has_rank(left, 1)
        has_rank(right, 1)
    elif ranks[2] == 2:
        has_rank(left, 2)
        has_rank(right, 2)
    elif ranks[2] == 1 and ranks[0] in (1, 2):
        has_rank(right, 3 - ranks[0])
    elif ranks[2] == 1 and ranks[1] in (1, 2):
        has_rank(left, 3 - ranks[1])
    if left.rank not in (1, 2) or right.rank not in (1, 2):
        return
    same(left[-1], right[0])
    rows = [left[0]] if left.rank == 2 else []
    has_shape(result, rows + ([right[1]] if right.rank == 2 else []))


def _transpose(reader: Reader, step: Tree, result: Form, operands: list[Form]) -> None:
    for one, other in ((result, operands[0]), (operands[0], result)):
        if other.rank is not None:
            has_shape(one, [other[axis] for axis in reversed(range(other.rank))])


def _reduction(reader: Reader, step: Tree, result: Form, operands: list[Form]) -> None:
    operand = operands[0]
    axis, keep = step.options.get("axis"), step.options.get("keepdims", False)
    for other in operands[1:]:
        has_rank(other, 0)
    if axis is None and not keep:
        has_rank(result, 0)
        return
    asked = () if axis is None else axis if isinstance(axis, tuple) else (axis,)
    if operand.rank is None and result.rank is not None:
        has_rank(operand, result.rank + (0 if keep else len(asked)))
    rank = operand.rank
    if rank is None:
        return
    axes = {each % rank for each in asked if -rank <= each < rank} if asked else set(range(rank))
    kept: list[Dimension] = [operand[each] for each in range(rank) if each not in axes]
    if keep:
        kept = [ONE if each in axes else operand[each] for each in range(rank)]
    has_shape(result, kept)


def _square(reader: Reader, operand: Form) -> None:
    has_rank(operand, 2)
    if operand.rank == 2:
        same(operand[0], operand[1])


def _square_to_number(reader: Reader, step: Tree, result: Form, operands: list[Form]) -> None:
    _square(reader, operands[0])
    has_rank(result, 0)


def _square_to_square(reader: Reader, step: Tree, result: Form, operands: list[Form]) -> None:
    _square(reader, operands[0])
    equal(result, operands[0])


def _solve(reader: Reader, step: Tree, result: Form, operands: list[Form]) -> None:
    matrix, right = operands
    _square(reader, matrix)
    equal(result, right)
    if right.rank and matrix.rank:
        same(matrix[0], right[0])


def _diag(reader: Reader, step: Tree, result: Form, operands: list[Form]) -> None:
    for one, other in ((result, operands[0]), (operands[0], result)):
        if other.rank == 1:
            has_shape(one, [other[0], other[0]])
        elif other.rank == 2:
            same(other[0], other[1])
            has_shape(one, [other[0]])


def _outer(reader: Reader, step: Tree, result: Form, operands: list[Form]) -> None:
    for operand in operands:
        has_rank(operand, 1)
    if all(operand.rank == 1 for operand in operands):
        has_shape(result, [operand[0] for operand in operands])


def _kron(reader: Reader, step: Tree, result: Form, operands: list[Form]) -> None:
    for form in (*operands, result):
        has_rank(form, 2)
    if all(form.rank == 2 for form in (*operands, result)):
        for axis in (0, 1):
            sizes = [operand[axis] for operand in operands]
            if not any(isinstance(size, Unknown) for size in sizes):
                same(result[axis], build.mul(*sizes))


def _einsum(reader: Reader, step: Tree, result: Form, operands: list[Form]) -> None:
    inputs, arrow, output = step.args[0].value.replace(" ", "").partition("->")
    letters: dict[str, Dimension] = {}
    for part, operand in zip(inputs.split(","), operands[1:], strict=False):
        has_rank(operand, len(part))
        if operand.rank == len(part):
            for axis, letter in enumerate(part):
                same(letters.setdefault(letter, operand[axis]), operand[axis])
    if not arrow:
        output = "".join(letter for letter in sorted(letters) if inputs.count(letter) == 1)
    if all(letter in letters for letter in output):
        has_shape(result, [letters[letter] for letter in output])


def _sized(reader: Reader, step: Tree, result: Form, operands: list[Form]) -> None:
    first = step.value.sizes_after
    sizes = [reader.size(arg) for arg in step.args[first:]] * (2 if step.value.name == "eye" else 1)
    if result.rank is None:
        has_shape(result, sizes)
    for operand in operands[first:]:
        has_rank(operand, 0)


def _integrate(reader: Reader, step: Tree, result: Form, operands: list[Form]) -> None:
    for other in operands[1:]:
        has_rank(other, 0)
    equal(result, operands[0])


def _diff(reader: Reader, step: Tree, result: Form, operands: list[Form]) -> None:
    if len(operands) == 1:
        has_rank(operands[0], 1)
        has_rank(result, 1)
        if operands[0].rank == result.rank == 1:
            _picked(reader, operands[0][0], result[0], slice(1, None))
        return
    order = step.args[2].value if len(operands) == 3 and step.args[2].op == "number" else 1
    function, variable = operands[0], operands[1]
    if function.rank is not None and variable.rank is not None and isinstance(order, int) and order < 10:
        axes = [function[axis] for axis in range(function.rank)]
        has_shape(result, axes + [variable[axis] for axis in range(variable.rank)] * order)


def _index(reader: Reader, step: Tree, result: Form, operands: list[Form]) -> None:
    operand = operands[0]
    least = needed_axes(step)
    gained = step.value.count(None) - picked_axes(step)
    for other in operands[1:]:
        has_rank(other, 0)
    if operand.rank is None and result.rank is not None:
        has_rank(operand, max(result.rank - gained, least))
    rank = operand.rank
    if rank is None or rank < least:
        return
    has_rank(result, rank + gained)
    if result.rank != rank + gained:
        return
    axis = out = 0
    for item in (*step.value, *[slice(None)] * (rank - least)):
        if item is None:
            same(result[out], ONE)
        elif not isinstance(item, slice):
            _taken(reader, operand[axis], step.args[item])
        elif item == slice(None):
            same(operand[axis], result[out])
        else:
            bounds = [None if place is None else _bound(reader, step.args[place]) for place in (item.start, item.stop)]
            _picked(reader, operand[axis], result[out], slice(bounds[0], bounds[1], item.step))
        axis += item is not None
        out += item is None or isinstance(item, slice)


def needed_axes(subscript: Tree) -> int:
    """How many axes a subscript takes something of; a new axis is taken of none."""
    return sum(item is not None for item in subscript.value)


def picked_axes(subscript: Tree) -> int:
    """How many axes a subscript takes away."""
    return sum(isinstance(item, int) for item in subscript.value)


def _taken(reader: Reader, size: Dimension, position: Tree) -> None:
    """An axis that an index of a sum runs over has as many entries as the index has values."""
    if position.op == "bound":
        same(reader.values(position), size)
    elif position.op == "sum" and reader.shifted:
        bound = [arg for arg in position.args if arg.op == "bound"]
        plain = all(arg.op == "number" or (arg.op == "bound" and sign > 0) for arg, sign in _signed(position))
        if plain and len(bound) == 1:
            same(reader.values(bound[0]), size)
        elif plain and bound:
            counts = [each for each in map(known, map(reader.values, bound)) if isinstance(each, Expr)]
            if len(counts) == len(bound):
                shift = sum(arg.value * sign for arg, sign in _signed(position) if arg.op == "number")
                same(size, build.add(*counts, shift + 1 - len(counts)))


def _signed(position: Tree) -> Iterator[tuple[Tree, int]]:
    return zip(position.args, position.value, strict=True)


def _bound(reader: Reader, step: Tree) -> Any:
    if step.op == "negative" and step.args[0].op == "number":
        return number(-step.args[0].value)
    return reader.size(step)


def _picked(reader: Reader, size: Dimension, picked: Dimension, item: slice) -> None:
    """The length of a slice of an axis of this size."""
    if isinstance(size, Unknown) or isinstance(item.start, Unknown) or isinstance(item.stop, Unknown):
        return
    try:
        same(picked, build.getitem(symbol("x", (size,)), item).shape[0])
    except WrtError:
        return


_BY_OPERATION: dict[str, Rule] = {
    "sum": _elementwise,
    "product": _elementwise,
    "power": _elementwise,
    "compare": _elementwise,
    "logic": _elementwise,
    "negative": _same,
    "matmul": _matmul,
    "transpose": _transpose,
    "index": _index,
    "over": _same,
}
_BY_KIND: dict[str, Rule] = {"det": _square_to_number, "logdet": _square_to_number, "inv": _square_to_square}
_BY_WORD: dict[str, Rule] = {
    "sum": _reduction,
    "mean": _reduction,
    "var": _reduction,
    "std": _reduction,
    "norm": _reduction,
    "cumsum": _same,
    "tr": _square_to_number,
    "diag": _diag,
    "transpose": _transpose,
    "outer": _outer,
    "kron": _kron,
    "dot": _matmul,
    "matmul": _matmul,
    "solve": _solve,
    "einsum": _einsum,
    "eye": _sized,
    "ones": _sized,
    "zeros": _sized,
    "reshape": _sized,
    "where": _elementwise,
    "integrate": _integrate,
    "diff": _diff,
}
