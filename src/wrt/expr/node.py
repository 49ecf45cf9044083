"""The nodes: symbols, numbers, sums, products, calls, einsums, pieces, integrals; and formulas, views on a node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from wrt.expr import build
from wrt.expr.base import Expr as Expr
from wrt.expr.base import Rational as Rational
from wrt.expr.base import Shape as Shape

if TYPE_CHECKING:
    from wrt.expr.function import Function


class Symbol(Expr):
    """A variable, parameter or dimension: a name with a shape and facts known of it."""

    __slots__ = ("_symbol_shape", "facts", "name")
    _fields = ("name", "_symbol_shape", "facts")
    name: str
    facts: frozenset[str]
    _symbol_shape: Shape

    def _shape(self) -> Shape:
        return self._symbol_shape

    def _free(self) -> frozenset[Symbol]:
        return frozenset((self,))

    def _signature(self) -> Iterable[bytes]:
        yield self.name.encode()
        for dimension in self._symbol_shape:
            yield dimension.key
        yield ",".join(sorted(self.facts)).encode()


class Constant(Expr):
    """An exact rational number."""

    __slots__ = ("value",)
    _fields = ("value",)
    value: Rational

    def _signature(self) -> Iterable[bytes]:
        yield str(self.value).encode()


class Named(Expr):
    """A number with a name: pi, e, euler_gamma, inf."""

    __slots__ = ("name",)
    _fields = ("name",)
    name: str

    def _signature(self) -> Iterable[bytes]:
        yield self.name.encode()


class Add(Expr):
    """A sum. Each term has the sum's shape or is scalar; at most one term is a number."""

    __slots__ = ("_sum_shape", "terms")
    _fields = ("terms", "_sum_shape")
    terms: tuple[Expr, ...]
    _sum_shape: Shape

    def _operands(self) -> tuple[Expr, ...]:
        return self.terms

    def _shape(self) -> Shape:
        return self._sum_shape

    def rebuilt(self, operands: tuple[Expr, ...]) -> Expr:
        return build.add(*operands)


class Mul(Expr):
    """A rational coefficient times factors, of which at most one (the last) has a shape."""

    __slots__ = ("coefficient", "factors")
    _fields = ("coefficient", "factors")
    coefficient: Rational
    factors: tuple[Expr, ...]

    def _operands(self) -> tuple[Expr, ...]:
        return self.factors

    def _shape(self) -> Shape:
        return self.factors[-1].shape

    def _signature(self) -> Iterable[bytes]:
        yield str(self.coefficient).encode()
        for factor in self.factors:
            yield factor.key

    def rebuilt(self, operands: tuple[Expr, ...]) -> Expr:
        return build.mul(Constant.intern(self.coefficient), *operands)


class Power(Expr):
    """A base to an exponent, elementwise. Square roots and quotients are powers."""

    __slots__ = ("base", "exponent")
    _fields = ("base", "exponent")
    base: Expr
    exponent: Expr

    def _operands(self) -> tuple[Expr, ...]:
        return (self.base, self.exponent)

    def _shape(self) -> Shape:
        return self.base.shape or self.exponent.shape

    def rebuilt(self, operands: tuple[Expr, ...]) -> Expr:
        return build.power(*operands)


class Call(Expr):
    """A function of the table applied to arguments; `axes` are those it runs over, for functions that have some."""

    __slots__ = ("args", "axes", "function")
    _fields = ("function", "args", "axes")
    function: Function
    args: tuple[Expr, ...]
    axes: tuple[int, ...]

    def _operands(self) -> tuple[Expr, ...]:
        return self.args

    def _shape(self) -> Shape:
        match self.function.kind:
            case "elementwise":
                return next((arg.shape for arg in self.args if arg.shape), ())
            case "reduction":
                return tuple(size for axis, size in enumerate(self.args[0].shape) if axis not in self.axes)
            case "axiswise":
                return self.args[0].shape
            case _:
                return self.args[0].shape[:1] * self.function.result_axes

    def _signature(self) -> Iterable[bytes]:
        yield self.function.name.encode()
        yield str(self.axes).encode()
        for arg in self.args:
            yield arg.key

    def rebuilt(self, operands: tuple[Expr, ...]) -> Expr:
        return self.function.apply(operands, self.axes)


class Contract(Expr):
    """An einsum: the sum over all indices not in `out` of the product of the operands.

    `subscripts` gives each operand's indices, `sizes` the dimension of each index. A repeated index of `out` makes a
    diagonal; an index of `out` which no operand has makes copies along a new axis.
    """

    __slots__ = ("out", "sizes", "subscripts")
    _fields = ("operands", "subscripts", "out", "sizes")
    subscripts: tuple[tuple[int, ...], ...]
    out: tuple[int, ...]
    sizes: Shape

    def _operands(self) -> tuple[Expr, ...]:
        return self.operands

    def _shape(self) -> Shape:
        return tuple(self.sizes[index] for index in self.out)

    def _signature(self) -> Iterable[bytes]:
        yield f"{self.subscripts}{self.out}".encode()
        for node in (*self.sizes, *self.operands):
            yield node.key

    def rebuilt(self, operands: tuple[Expr, ...]) -> Expr:
        from wrt.expr.contract import contract

        return contract(operands, self.subscripts, self.out, self.sizes)


class Delta(Expr):
    """The matrix with 1 where column = offset + stride * row, else 0: what a slice multiplies by."""

    __slots__ = ("columns", "offset", "rows", "stride")
    _fields = ("rows", "columns", "offset", "stride")
    rows: Expr
    columns: Expr
    offset: Expr
    stride: int

    def _shape(self) -> Shape:
        return (self.rows, self.columns)

    def _signature(self) -> Iterable[bytes]:
        return (self.rows.key, self.columns.key, self.offset.key, str(self.stride).encode())


class Unit(Expr):
    """The vector with 1 at `position`, else 0: what an index multiplies by."""

    __slots__ = ("position", "size")
    _fields = ("size", "position")
    size: Expr
    position: Expr

    def _shape(self) -> Shape:
        return (self.size,)

    def _signature(self) -> Iterable[bytes]:
        return (self.size.key, self.position.key)


class Triangle(Expr):
    """The matrix with 1 where column <= row, else 0: what a cumulative sum multiplies by."""

    __slots__ = ("size",)
    _fields = ("size",)
    size: Expr

    def _shape(self) -> Shape:
        return (self.size, self.size)

    def _signature(self) -> Iterable[bytes]:
        return (self.size.key,)


class Compare(Expr):
    """A comparison of two expressions, elementwise: true or false."""

    __slots__ = ("left", "op", "right")
    is_condition = True
    _fields = ("op", "left", "right")
    op: str
    left: Expr
    right: Expr

    def _operands(self) -> tuple[Expr, ...]:
        return (self.left, self.right)

    def _shape(self) -> Shape:
        return self.left.shape or self.right.shape

    def _signature(self) -> Iterable[bytes]:
        return (self.op.encode(), self.left.key, self.right.key)

    def rebuilt(self, operands: tuple[Expr, ...]) -> Expr:
        return build.compare(self.op, *operands)


class Logic(Expr):
    """Conditions joined by "and", "or", "not"; "and" of nothing is true, "or" of nothing is false."""

    __slots__ = ("conditions", "op")
    is_condition = True
    _fields = ("op", "conditions")
    op: str
    conditions: tuple[Expr, ...]

    def _operands(self) -> tuple[Expr, ...]:
        return self.conditions

    def _shape(self) -> Shape:
        return next((condition.shape for condition in self.conditions if condition.shape), ())

    def _signature(self) -> Iterable[bytes]:
        return (self.op.encode(), *(condition.key for condition in self.conditions))

    def rebuilt(self, operands: tuple[Expr, ...]) -> Expr:
        return build.logic(self.op, *operands)


class Cases(Expr):
    """The value of the first condition that holds, else `otherwise`; elementwise."""

    __slots__ = ("_cases_shape", "conditions", "otherwise", "values")
    _fields = ("conditions", "values", "otherwise", "_cases_shape")
    conditions: tuple[Expr, ...]
    values: tuple[Expr, ...]
    otherwise: Expr
    _cases_shape: Shape

    def _operands(self) -> tuple[Expr, ...]:
        return (*self.conditions, *self.values, self.otherwise)

    def _shape(self) -> Shape:
        return self._cases_shape

    def rebuilt(self, operands: tuple[Expr, ...]) -> Expr:
        count = len(self.conditions)
        return build.cases(
            tuple(zip(operands[:count], operands[count:-1], strict=True)), operands[-1], self._cases_shape
        )


class Reshape(Expr):
    """The operand's entries in row-major order in another shape."""

    __slots__ = ("_new_shape", "operand")
    _fields = ("operand", "_new_shape")
    operand: Expr
    _new_shape: Shape

    def _operands(self) -> tuple[Expr, ...]:
        return (self.operand,)

    def _shape(self) -> Shape:
        return self._new_shape

    def _signature(self) -> Iterable[bytes]:
        return (self.operand.key, *(size.key for size in self._new_shape))

    def rebuilt(self, operands: tuple[Expr, ...]) -> Expr:
        return build.reshape(operands[0], self._new_shape)


class Integral(Expr):
    """The definite integral of `integrand` over `variable` from `lower` to `upper`, not evaluated."""

    __slots__ = ("integrand", "lower", "upper", "variable")
    _fields = ("integrand", "variable", "lower", "upper")
    integrand: Expr
    variable: Symbol
    lower: Expr
    upper: Expr

    def _operands(self) -> tuple[Expr, ...]:
        return (self.integrand, self.lower, self.upper)

    def _shape(self) -> Shape:
        return self.integrand.shape

    def _free(self) -> frozenset[Symbol]:
        return (self.integrand.free - {self.variable}) | self.lower.free | self.upper.free

    def _signature(self) -> Iterable[bytes]:
        return (self.variable.key, *(operand.key for operand in self.operands))

    def rebuilt(self, operands: tuple[Expr, ...]) -> Expr:
        return build.integral(operands[0], self.variable, operands[1], operands[2])


class Antiderivative(Expr):
    """An antiderivative of `integrand` with respect to `variable`, not evaluated: a function of the latter."""

    __slots__ = ("integrand", "variable")
    _fields = ("integrand", "variable")
    integrand: Expr
    variable: Symbol

    def _operands(self) -> tuple[Expr, ...]:
        return (self.integrand,)

    def _shape(self) -> Shape:
        return self.integrand.shape

    def _free(self) -> frozenset[Symbol]:
        return self.integrand.free | {self.variable}

    def _signature(self) -> Iterable[bytes]:
        return (self.variable.key, self.integrand.key)

    def rebuilt(self, operands: tuple[Expr, ...]) -> Expr:
        return Antiderivative.intern(operands[0], self.variable)


class Derivative(Expr):
    """The derivative of `operand` with respect to `variable`, `order` times, not evaluated."""

    __slots__ = ("operand", "order", "variable")
    _fields = ("operand", "variable", "order")
    operand: Expr
    variable: Symbol
    order: int

    def _operands(self) -> tuple[Expr, ...]:
        return (self.operand,)

    def _shape(self) -> Shape:
        return self.operand.shape + self.variable.shape * self.order

    def _signature(self) -> Iterable[bytes]:
        return (self.variable.key, str(self.order).encode(), self.operand.key)

    def rebuilt(self, operands: tuple[Expr, ...]) -> Expr:
        return build.derivative(operands[0], self.variable, self.order)


class Limit(Expr):
    """A limit, not evaluated: of `operand` as `variable` goes to `point`, from the `side` "+", "-" or (None) both."""

    __slots__ = ("operand", "point", "side", "variable")
    _fields = ("operand", "variable", "point", "side")
    operand: Expr
    variable: Symbol
    point: Expr
    side: str | None

    def _operands(self) -> tuple[Expr, ...]:
        return (self.operand, self.point)

    def _shape(self) -> Shape:
        return self.operand.shape

    def _free(self) -> frozenset[Symbol]:
        return (self.operand.free - {self.variable}) | self.point.free

    def _signature(self) -> Iterable[bytes]:
        return (self.variable.key, str(self.side).encode(), self.operand.key, self.point.key)

    def rebuilt(self, operands: tuple[Expr, ...]) -> Expr:
        return Limit.intern(operands[0], self.variable, operands[1], self.side)


class Formula(Expr):
    """A node with what its author said of it: names of parts, the order of arguments, declarations.

    It stands wherever an expression may; constructors take the node out of it, so it never is a part of another node.
    `symbols` has the variable of every argument, also of one that has cancelled out of the node.
    """

    __slots__ = ("arguments", "inferred", "names", "node", "symbols", "text")

    node: Expr
    names: Mapping[str, Expr]
    arguments: tuple[str, ...]
    inferred: frozenset[str]
    text: str | None
    symbols: Mapping[str, Symbol]

    def __init__(
        self,
        node: Expr,
        names: Mapping[str, Expr] | None = None,
        arguments: tuple[str, ...] = (),
        inferred: frozenset[str] = frozenset(),
        text: str | None = None,
        symbols: Mapping[str, Symbol] | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "node", node)
        put(self, "names", dict(names or {}))
        put(self, "arguments", arguments)
        put(self, "inferred", inferred)
        put(self, "text", text)
        put(self, "symbols", {**{symbol.name: symbol for symbol in node.free}, **(symbols or {})})
        put(self, "_memo", None)
        for name in ("operands", "shape", "free", "key"):
            put(self, name, getattr(node, name))

    def rebuilt(self, operands: tuple[Expr, ...]) -> Expr:
        return self.node.rebuilt(operands)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Formula):
            return self.node is other.node
        return self.node is other

    def __hash__(self) -> int:
        return hash(self.node)

    def __reduce__(self) -> tuple[Any, ...]:
        return Formula, (self.node, self.names, self.arguments, self.inferred, self.text, self.symbols)


def number(value: Rational) -> Constant:
    """The constant with this value; whole fractions become integers."""
    if type(value) is int and 0 <= value < len(_SMALL):
        return _SMALL[value]
    if isinstance(value, Fraction) and value.denominator == 1:
        value = value.numerator
    return Constant.intern(value)


def symbol(name: str, shape: Shape = (), facts: Iterable[str] = ()) -> Symbol:
    """The symbol with this name, shape and facts."""
    return Symbol.intern(name, shape, frozenset(facts))


_SMALL: tuple[Constant, ...] = ()
_SMALL = tuple(Constant.intern(value) for value in range(32))
ZERO, ONE = _SMALL[0], _SMALL[1]
MINUS_ONE = Constant.intern(-1)
PI = Named.intern("pi")
E = Named.intern("e")
EULER_GAMMA = Named.intern("euler_gamma")
INFINITY = Named.intern("inf")
TRUE = Logic.intern("and", ())
FALSE = Logic.intern("or", ())
