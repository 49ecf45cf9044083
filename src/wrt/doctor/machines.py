"""The two machines that run a plain program: floating point of a precision, and balls of thousands of bits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import repeat
from pkgutil import resolve_name
from typing import Any, Final, Protocol

import numpy as np
from flint import arb

from wrt.doctor.lower import lowered
from wrt.doctor.program import Builder, Op, broadcast_places, in_order, is_zero
from wrt.engines import compile as compile_
from wrt.expr.build import symbol
from wrt.expr.function import Function
from wrt.expr.node import Call, Symbol
from wrt.verify import ball, einsum
from wrt.verify.definitions import MATRIX, OVER_AXES
from wrt.verify.evaluate import Plan
from wrt.verify.instructions import HOLDS, LOGIC, NAMED, rational
from wrt.verify.series import PointError, Series, constant, divide, real_power, undefined, whole_power

Entries = Sequence[Any]
Values = dict[Op, Entries]
Planning = Callable[[Callable[[], Any], Callable[[], Any]], Callable[[list[Entries]], Entries]]  # from 0 and 1


class Machine(Protocol):
    """How one kind of number computes."""

    def number(self, value: int | Fraction) -> Any: ...
    def named(self, name: str) -> Any: ...
    def binary(self, kind: str, a: Any, b: Any) -> Any: ...
    def power(self, base: Any, exponent: Any) -> Any: ...
    def compare(self, op: str, a: Any, b: Any) -> bool | None: ...
    def call(self, function: Function, columns: Sequence[Entries], size: int) -> Entries: ...
    def along(self, function: Function, entries: Entries) -> Any: ...
    def matrix(self, function: Function, entries: Entries, size: int) -> Entries: ...
    def negative(self, a: Any) -> Any: ...
    def einsum(self, plan: Planning, args: list[Entries]) -> Entries: ...
    def mask(self) -> Any: ...
    def nothing(self) -> Any: ...


def run(order: Sequence[Op], inputs: Mapping[Op, Entries], machine: Machine) -> Values:
    """The entries of every operation, in row-major order."""
    values: Values = dict(inputs)
    for op in order:
        if op not in values:
            values[op] = RUNS[op.kind](machine, op, [values[arg] for arg in op.args])
    return values


def _binary(kind: str) -> Callable[..., Entries]:
    def run_it(m: Machine, op: Op, args: list[Entries]) -> Entries:
        return [m.binary(kind, a, b) for a, b in zip(*args, strict=True)]

    return run_it


def _call(m: Machine, op: Op, args: list[Entries]) -> Entries:
    return m.call(op.params, args, op.size)


def _logic(m: Machine, op: Op, args: list[Entries]) -> Entries:
    return list(map(LOGIC[op.params], *args))


def _where(m: Machine, op: Op, args: list[Entries]) -> Entries:
    if op.backward:
        args = [[m.mask()] * op.size if is_zero(arg) else entries for arg, entries in zip(op.args, args, strict=True)]
    return [m.nothing() if c is None else a if c else b for c, a, b in zip(*args, strict=True)]


def _broadcast(m: Machine, op: Op, args: list[Entries]) -> Entries:
    (entries,) = args
    if len(entries) == 1:
        return list(repeat(entries[0], op.size))
    return [entries[place] for place in broadcast_places(op.args[0].shape, op.shape)]


def _sum_to(m: Machine, op: Op, args: list[Entries]) -> Entries:
    (entries,) = args
    sums: list[Any] = [None] * op.size
    for entry, place in zip(entries, broadcast_places(op.shape, op.args[0].shape), strict=True):
        sums[place] = entry if sums[place] is None else m.binary("add", sums[place], entry)
    return sums


def _put(m: Machine, op: Op, args: list[Entries]) -> Entries:
    result = [m.number(0)] * op.size
    for place, entry in zip(op.params, args[0], strict=True):
        result[place] = m.binary("add", result[place], entry)
    return result


def _einsum(m: Machine, op: Op, args: list[Entries]) -> Entries:
    subscripts, out, sizes = op.params
    return m.einsum(lambda zero, one: einsum.plan(subscripts, out, sizes, zero, one), args)


def _axes(m: Machine, op: Op, args: list[Entries]) -> Entries:
    function, axes = op.params
    (entries,) = args
    shape = op.args[0].shape
    indices = tuple(range(len(shape)))
    kept = tuple(axis for axis in indices if axis not in axes)
    outer, inner = einsum.offsets(kept, indices, shape), einsum.offsets(axes, indices, shape)
    if function.kind == "reduction":
        return [m.along(function, [entries[base + step] for step in inner]) for base in outer]
    result: list[Any] = [None] * len(entries)
    for base in outer:
        for step, value in zip(inner, m.along(function, [entries[base + step] for step in inner]), strict=True):
            result[base + step] = value
    return result


RUNS: Final[Mapping[str, Callable[[Machine, Op, list[Entries]], Entries]]] = {
    "number": lambda m, op, args: [m.number(op.params)],
    "named": lambda m, op, args: [m.named(op.params)],
    "array": lambda m, op, args: [m.number(entry) for entry in op.params],
    "add": _binary("add"),
    "sub": _binary("sub"),
    "mul": _binary("mul"),
    "div": _binary("div"),
    "neg": lambda m, op, args: list(map(m.negative, args[0])),
    "pow": lambda m, op, args: [m.power(a, b) for a, b in zip(*args, strict=True)],
    "call": _call,
    "compare": lambda m, op, args: [m.compare(op.params, a, b) for a, b in zip(*args, strict=True)],
    "logic": _logic,
    "where": _where,
    "broadcast": _broadcast,
    "sum_to": _sum_to,
    "reshape": lambda m, op, args: args[0],
    "take": lambda m, op, args: [args[0][place] for place in op.params],
    "put": _put,
    "einsum": _einsum,
    "axes": _axes,
    "matrix": lambda m, op, args: m.matrix(op.params, args[0], op.args[0].shape[0]),
}


class Floats:
    """Floating point of one precision, with the functions that NumPy and SciPy have."""

    BINARY: Final[Mapping[str, Any]] = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide}
    COMPARE: Final[Mapping[str, Any]] = {
        "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal,
        "!=": np.not_equal,
    }  # fmt: skip

    def __init__(self, dtype: type[np.floating[Any]]) -> None:
        self.dtype = dtype

    def number(self, value: int | Fraction) -> Any:
        """The nearest number of this precision."""
        try:
            return self.dtype(float(value))
        except OverflowError:
            return self.dtype(np.inf if value > 0 else -np.inf)

    def named(self, name: str) -> Any:
        """A constant."""
        return self.dtype(float(NAMED[name]().mid()))

    def binary(self, kind: str, a: Any, b: Any) -> Any:
        """One operation, rounded."""
        return self.BINARY[kind](a, b)

    def power(self, base: Any, exponent: Any) -> Any:
        """A power."""
        return np.power(base, exponent)

    def compare(self, op: str, a: Any, b: Any) -> bool:
        """A comparison."""
        return bool(self.COMPARE[op](a, b))

    def call(self, function: Function, columns: Sequence[Entries], size: int) -> Entries:
        """A function of the table, by the library that has it, or as it is defined."""
        written = _written(function)
        if written is not None:
            names, root = written
            order = in_order([root])
            rows = (dict(zip(names, ([x] for x in row), strict=True)) for row in zip(*columns, strict=True))
            return [run(order, row, self)[root][0] for row in rows]
        arrays = [np.array(column, dtype=self.dtype) for column in columns]
        return list(np.asarray(_library(function)(*arrays), dtype=self.dtype))

    def along(self, function: Function, entries: Entries) -> Any:
        """A function along axes."""
        values = np.asarray(_library(function)(np.array(entries, dtype=self.dtype)), dtype=self.dtype)
        return list(values) if values.ndim else values[()]

    def matrix(self, function: Function, entries: Entries, size: int) -> Entries:
        """A function of a matrix; infinities where it is singular."""
        try:
            value = _library(function)(np.array(entries, dtype=self.dtype).reshape(size, size))
        except (np.linalg.LinAlgError, ZeroDivisionError):
            return [self.dtype(np.inf)] * (size * size if function.name == "inv" else 1)
        return list(np.asarray(value, dtype=self.dtype).ravel())

    def negative(self, a: Any) -> Any:
        """−a."""
        return -a

    def einsum(self, plan: Planning, args: list[Entries]) -> Entries:
        """A contraction."""
        return plan(lambda: self.number(0), lambda: self.number(1))(args)

    def mask(self) -> Any:
        """The zero of a branch that is not taken: a zero like any other."""
        return self.dtype(0)

    def nothing(self) -> Any:
        """NaN."""
        return self.dtype(np.nan)


@cache
def _written(function: Function) -> tuple[tuple[Op, ...], Op] | None:
    """The operations of a function that neither NumPy nor SciPy has, from those of its arguments; None for others."""
    spelled = function.engines.get("numpy")
    formula = function.definition if spelled is None else spelled
    if isinstance(formula, str) or formula is None:
        return None
    b = Builder()
    names = tuple(symbol(name) for name in function.arguments)
    inputs = tuple(b.make("symbol", (), name.name, ()) for name in names)
    return inputs, lowered(b, formula(*names), dict(zip(names, inputs, strict=True)), {})


@cache
def _library(function: Function) -> Callable[..., Any]:
    """The function as NumPy or SciPy computes it, on arrays."""
    spelled = function.engines.get("numpy")
    if isinstance(spelled, str) and "{" not in spelled:
        return resolve_name(spelled)  # type: ignore[no-any-return]
    if function.kind == "matrix":
        return lambda matrix: np.linalg.slogdet(matrix)[1]
    n = symbol("n", facts=["dimension"])
    return compile_(Call.intern(function, tuple(symbol(name, (n,)) for name in function.arguments), ()))


_MASK: Final[Series] = Series([])  # the zero of a branch that is not taken, known by its identity


class Balls:
    """Real numbers as balls; what is undefined, or lies on a kink, is NaN."""

    def __init__(self) -> None:
        self._plans: dict[Function, tuple[Plan, tuple[Symbol, ...]]] = {}

    def number(self, value: int | Fraction) -> Any:
        """An exact rational number."""
        return rational(value)

    def named(self, name: str) -> Any:
        """A constant."""
        return constant(NAMED[name]())

    def binary(self, kind: str, a: Any, b: Any) -> Any:
        """One operation; 0 times what is undefined is undefined, but for the zero of a branch that is not taken."""
        return self.BINARY[kind](a, b)

    BINARY: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
        "add": lambda a, b: b if a is _MASK else a if b is _MASK else a + b,
        "sub": lambda a, b: a if b is _MASK else a - b,
        "mul": lambda a, b: _MASK if a is _MASK or b is _MASK else _times(a, b),
        "div": lambda a, b: _MASK if a is _MASK else undefined() if a[0].is_nan() else divide(a, b),
    }

    def negative(self, a: Any) -> Any:
        """−a."""
        return a if a is _MASK else -a

    def einsum(self, plan: Planning, args: list[Entries]) -> Entries:
        """A contraction, with the care that undefined entries need."""
        if not any(entry is _MASK or entry[0].is_nan() for entries in args for entry in entries):
            return plan(lambda: constant(0), lambda: constant(1))(args)
        contract = plan(lambda: _Careful(constant(0)), lambda: _Careful(constant(1)))
        return [each.value for each in contract([[_Careful(entry) for entry in entries] for entries in args])]

    def mask(self) -> Any:
        """The zero of a branch that is not taken."""
        return _MASK

    def power(self, base: Any, exponent: Any) -> Any:
        """A power; half an odd number by the square root."""
        value = exponent[0]
        if value.is_exact() and (2 * value).is_integer() and not value.is_integer() and abs(value) < 2**20:
            return whole_power(ball.sqrt(base), int(float(2 * value)))
        if len(exponent) == 0:
            return constant(1)
        return real_power(base, exponent)

    def compare(self, op: str, a: Any, b: Any) -> bool | None:
        """A comparison; None where balls do not decide it."""
        try:
            side = ball.compared(a, b, "a comparison")
        except PointError:
            return None
        return None if side is None else HOLDS[op](side)

    def call(self, function: Function, columns: Sequence[Entries], size: int) -> Entries:
        """A function of the table."""
        if function not in self._plans:
            names = tuple(Symbol.intern(f" {place}", (), frozenset()) for place in range(len(columns)))
            self._plans[function] = Plan([Call.intern(function, names, ())], {}, given=names), names
        plan, names = self._plans[function]

        def at(*entries: Any) -> Any:
            try:
                return plan({name: (entry,) for name, entry in zip(names, entries, strict=True)})[0][0]
            except PointError:
                return undefined()

        return [at(*entries) for entries in zip(*columns, strict=True)]

    def along(self, function: Function, entries: Entries) -> Any:
        """A function along axes."""
        try:
            return OVER_AXES[function.kind, function.name](list(entries))
        except PointError:
            return undefined() if function.kind == "reduction" else [undefined()] * len(entries)

    def matrix(self, function: Function, entries: Entries, size: int) -> Entries:
        """A function of a matrix."""
        try:
            return MATRIX[function.name](list(entries), size)
        except PointError:
            return [undefined()] * (size * size if function.name == "inv" else 1)

    def nothing(self) -> Any:
        """The marker for no value."""
        return undefined()


def _times(a: Series, b: Series) -> Series:
    return undefined() if a[0].is_nan() or b[0].is_nan() else a * b


class _Careful:
    """An entry that adds and multiplies as the machine does."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __add__(self, other: _Careful) -> _Careful:
        return _Careful(Balls.BINARY["add"](self.value, other.value))

    def __mul__(self, other: _Careful) -> _Careful:
        return _Careful(Balls.BINARY["mul"](self.value, other.value))


def exact(value: float | arb) -> Series:
    """A number as a ball without radius."""
    return constant(arb(value))
