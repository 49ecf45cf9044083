"""The written form: what stands on the page, before any notation spells it. Renderers are tables over these kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from wrt.expr.function import Function
    from wrt.expr.node import Expr, Rational

Bound: TypeAlias = "Written | None"


class Written:
    """A piece of a formula. `children` are its parts in reading order; `ops` is how many operators it takes to write.

    Operators, calls, transposes, subscripts and comparisons count 1 each, and so does a minus sign in front, unless it
    belongs to a number.
    """

    __slots__ = ("children", "ops")
    children: tuple[Written, ...]
    ops: int

    def __init__(self, children: tuple[Written, ...], own: int) -> None:
        self.children = children
        for child in children:
            own += child.ops
        self.ops = own

    def __repr__(self) -> str:
        from wrt.notation.plain import write

        return f"<{type(self).__name__} {write(self)}>"


class Number(Written):
    """A number that is not negative: a whole one, or one written as a decimal."""

    __slots__ = ("value",)

    def __init__(self, value: Rational) -> None:
        self.value = value
        self.children = ()
        self.ops = 0


class Name(Written):
    """A variable, a number with a name, or (`part`) an expression that was given a name."""

    __slots__ = ("name", "part")

    def __init__(self, name: str, part: bool = False) -> None:
        self.name = name
        self.part = part
        self.children = ()
        self.ops = 0


class Sum(Written):
    """Terms, each with its sign, which is 1 or -1."""

    __slots__ = ("signs",)

    def __init__(self, signs: tuple[int, ...], terms: tuple[Written, ...]) -> None:
        self.signs = signs
        super().__init__(terms, len(terms) - 1 + (signs[0] < 0 and not starts_with_number(terms[0])))


class Product(Written):
    """Factors, multiplied entry by entry; the last `shaped` of them are tensors."""

    __slots__ = ("shaped",)

    def __init__(self, factors: tuple[Written, ...], shaped: int = 0) -> None:
        self.shaped = shaped
        super().__init__(factors, len(factors) - 1)


class Quotient(Written):
    """One expression over another."""

    __slots__ = ()

    def __init__(self, top: Written, bottom: Written) -> None:
        self.children = (top, bottom)
        self.ops = top.ops + bottom.ops + 1


class Minus(Written):
    """An expression with a minus sign in front."""

    __slots__ = ()

    def __init__(self, operand: Written) -> None:
        self.children = (operand,)
        self.ops = operand.ops + (not starts_with_number(operand))


class Raised(Written):
    """A base to an exponent."""

    __slots__ = ()

    def __init__(self, base: Written, exponent: Written) -> None:
        self.children = (base, exponent)
        self.ops = base.ops + exponent.ops + 1


class Applied(Written):
    """A function of arguments. `function` is its declaration, or None for a word of linear algebra such as `outer`.

    `keywords` are the options that are not expressions: axis and keepdims.
    """

    __slots__ = ("function", "keywords", "name")

    def __init__(
        self,
        name: str,
        arguments: tuple[Written, ...],
        function: Function | None = None,
        keywords: tuple[tuple[str, object], ...] = (),
    ) -> None:
        self.name = name
        self.function = function
        self.keywords = keywords
        super().__init__(arguments, 1)


class Chain(Written):
    """Factors joined by the matrix product; with `row`, the first is a vector, and the whole a scalar or a row."""

    __slots__ = ("row",)

    def __init__(self, factors: tuple[Written, ...], row: bool = False) -> None:
        self.row = row
        super().__init__(factors, len(factors) - 1)


class Scaled(Written):
    """A scalar times a matrix product, a transpose or the like; written with more space than other products."""

    __slots__ = ()

    def __init__(self, scalar: Written, core: Written) -> None:
        self.children = (scalar, core)
        self.ops = scalar.ops + core.ops + 1


class Transposed(Written):
    """The transpose of a matrix."""

    __slots__ = ()

    def __init__(self, operand: Written) -> None:
        self.children = (operand,)
        self.ops = operand.ops + 1


class Span:
    """A slice among the items of a subscript; ends that are None are left out."""

    __slots__ = ("start", "step", "stop")

    def __init__(self, start: Bound, stop: Bound, step: int = 1) -> None:
        self.start = start
        self.stop = stop
        self.step = step


class Indexed(Written):
    """Entries, rows or slices of an expression; `items` has one expression or Span for each axis."""

    __slots__ = ("items",)

    def __init__(self, operand: Written, items: tuple[Written | Span, ...]) -> None:
        self.items = items
        super().__init__((operand,), 1 + sum(_ops_of_item(item) for item in items))


class Compared(Written):
    """A chain of comparisons, such as -1 < x < 1."""

    __slots__ = ("signs",)

    def __init__(self, signs: tuple[str, ...], sides: tuple[Written, ...]) -> None:
        self.signs = signs
        super().__init__(sides, len(signs))


class Joined(Written):
    """Conditions joined by "and" or "or"; "not" has one."""

    __slots__ = ("word",)

    def __init__(self, word: str, conditions: tuple[Written, ...]) -> None:
        self.word = word
        super().__init__(conditions, max(1, len(conditions) - 1))


class Where(Written):
    """The value of the first condition that holds: condition, value, condition, value, ..., and the value otherwise."""

    __slots__ = ()

    def __init__(self, branches: tuple[Written, ...]) -> None:
        super().__init__(branches, len(branches) // 2)


class Operand(NamedTuple):
    """An operand of an einsum: its indices, how it is written, the sign it has besides, and the node if it is one."""

    indices: str
    tree: Written
    sign: int = 1
    node: Expr | None = None


class Einsum(Written):
    """A sum over indices that no other word says; a letter for each index, as NumPy's einsum takes them."""

    __slots__ = ("operands", "out")

    def __init__(self, operands: tuple[Operand, ...], out: str) -> None:
        self.operands = operands
        self.out = out
        super().__init__(tuple(each.tree for each in operands), 1)

    @property
    def subscripts(self) -> str:
        """The indices of operands and result: ik,kj->ij."""
        return f"{','.join(each.indices for each in self.operands)}->{self.out}"


class Entry(Written):
    """An entry of a tensor, by its indices."""

    __slots__ = ("indices",)

    def __init__(self, operand: Written, indices: tuple[str, ...]) -> None:
        self.indices = indices
        super().__init__((operand,), 1)


class Braced(Written):
    """An expression with its shape under a brace."""

    __slots__ = ("shape",)

    def __init__(self, operand: Written, shape: tuple[Written, ...]) -> None:
        self.shape = shape
        super().__init__((operand,), 0)


class Summed(Written):
    """An expression summed over indices that do not just stand twice."""

    __slots__ = ("indices",)

    def __init__(self, indices: tuple[str, ...], summand: Written) -> None:
        self.indices = indices
        super().__init__((summand,), 1)


class Integrated(Written):
    """An integral that is not evaluated: the integrand, and lower and upper limit unless it is indefinite."""

    __slots__ = ("variable",)

    def __init__(self, variable: str, integrand: Written, *limits: Written) -> None:
        self.variable = variable
        super().__init__((integrand, *limits), 1)


class Differentiated(Written):
    """A derivative that is not evaluated."""

    __slots__ = ("order", "variable")

    def __init__(self, variable: str, order: int, operand: Written) -> None:
        self.variable = variable
        self.order = order
        super().__init__((operand,), 1)


class Approached(Written):
    """A limit that is not evaluated: the function and the point, approached from the side "+", "-" or (None) both."""

    __slots__ = ("side", "variable")

    def __init__(self, variable: str, side: str | None, operand: Written, point: Written) -> None:
        self.variable = variable
        self.side = side
        super().__init__((operand, point), 1)


def starts_with_number(tree: Written) -> bool:
    """Whether a minus sign in front belongs to a number, as in -2*x."""
    while isinstance(tree, Product | Quotient | Scaled):
        tree = tree.children[0]
    return isinstance(tree, Number)


def _ops_of_item(item: Written | Span) -> int:
    if isinstance(item, Written):
        return item.ops
    return sum(end.ops for end in (item.start, item.stop) if end is not None)
