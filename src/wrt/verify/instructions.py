"""One instruction for each node of an expression: what it computes from the entries of its parts, over power series."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from itertools import repeat
from math import prod
from operator import add
from typing import TYPE_CHECKING, Any, Final

from flint import arb, fmpq

from wrt.expr.build import TRUE
from wrt.expr.node import (
    Add,
    Call,
    Cases,
    Compare,
    Constant,
    Contract,
    Delta,
    Derivative,
    Expr,
    Integral,
    Logic,
    Mul,
    Named,
    Power,
    Reshape,
    Symbol,
    Triangle,
    Unit,
)
from wrt.expr.walk import nodes
from wrt.verify import ball, einsum, floats
from wrt.verify.definitions import MATRIX, OVER_AXES, definition_of, domain_of, is_primitive
from wrt.verify.series import (
    OutsideShapeError,
    Series,
    constant,
    real_power,
    times,
    undefined,
    whole_power,
)
from wrt.verify.sizes import dimension, shape_of, whole

if TYPE_CHECKING:
    from fractions import Fraction

    from wrt.verify.evaluate import Plan

Entries = Sequence[Any]  # of Series; of True, False or None (unknown) for a condition
Slots = list[Entries]
Instruction = Callable[[Slots], Entries]

NAMED: Final[Mapping[str, Callable[[], arb]]] = {
    "pi": arb.pi,
    "e": arb.const_e,
    "euler_gamma": arb.const_euler,
    "inf": arb.pos_inf,
}


def rational(value: int | Fraction) -> Series:
    """The constant series of an exact rational."""
    return constant(arb(fmpq(value.numerator, value.denominator)))


def parts_of(node: Expr) -> tuple[Expr, ...]:
    """What must be computed before this node."""
    match node:
        case Call() if (expanded := definition_of(node)) is not None:
            domain = domain_of(node)
            return (expanded,) if domain is TRUE else (expanded, domain)
        case Integral():
            return (*_outer_symbols(node), node.lower, node.upper)
        case Derivative():
            return _outer_symbols(node)
        case _:
            return node.operands


def _outer_symbols(node: Integral | Derivative) -> tuple[Symbol, ...]:
    inner = node.integrand if isinstance(node, Integral) else node.operand
    bound = {node.variable} if isinstance(node, Integral) else set()
    return tuple(sorted(inner.free - bound, key=lambda symbol: symbol.name))


def needs_floats(root: Expr) -> bool:
    """Whether some function below has only a floating-point implementation."""
    functions = {node.function for node in nodes(root) if isinstance(node, Call)}
    return any(not is_primitive(each) and each.definition is None for each in functions)


# Elementwise: one ring operation on each entry, scalars repeated.


def _elementwise(plan: Plan, node: Expr, parts: Sequence[Expr], operation: Callable[..., Any]) -> Instruction:
    places = [plan.place(part) for part in parts]
    if not node.shape:
        match places:
            case [a]:
                return lambda slots: (operation(slots[a][0]),)
            case [a, b]:
                return lambda slots: (operation(slots[a][0], slots[b][0]),)
            case _:
                return lambda slots: (operation(*[slots[place][0] for place in places]),)
    if len(places) == 1:
        (a,) = places
        return lambda slots: [operation(entry) for entry in slots[a]]
    shaped = [bool(part.shape) for part in parts]
    size = prod(shape_of(node, plan.sizes))

    def run(slots: Slots) -> Entries:
        columns = [slots[at] if full else repeat(slots[at][0], size) for at, full in zip(places, shaped, strict=True)]
        return list(map(operation, *columns))

    return run


def _fold(operation: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda *entries: reduce(operation, entries)


def _add(plan: Plan, node: Expr, parts: Sequence[Expr]) -> Instruction:
    return _elementwise(plan, node, parts, add if len(parts) == 2 else _fold(add))


def _mul(plan: Plan, node: Expr, parts: Sequence[Expr]) -> Instruction:
    assert isinstance(node, Mul)
    value = node.coefficient
    top, bottom = rational(value.numerator), rational(value.denominator)

    def operation(*entries: Any) -> Any:
        product = reduce(times, entries)
        if value.numerator != 1:
            product = product * top
        return product if value.denominator == 1 else product / bottom

    if value == 1 and len(parts) == 2:
        operation = times
    return _elementwise(plan, node, parts, operation)


def _power(plan: Plan, node: Expr, parts: Sequence[Expr]) -> Instruction:
    base, exponent = parts
    if isinstance(exponent, Constant):
        value = exponent.value
        if isinstance(value, int):
            return _elementwise(plan, node, [base], lambda u: whole_power(u, value))
        if value.denominator == 2:
            return _elementwise(plan, node, [base], lambda u: whole_power(ball.sqrt(u), value.numerator))
        fixed = rational(value)
        return _elementwise(plan, node, [base], lambda u: real_power(u, fixed))
    return _elementwise(plan, node, parts, real_power)


def _call(plan: Plan, node: Expr, parts: Sequence[Expr]) -> Instruction:
    assert isinstance(node, Call)
    function = node.function
    if not is_primitive(function):
        if function.definition is None:
            return _elementwise(plan, node, parts, floats.operation(function))
        if len(parts) > 1:
            return _elementwise(plan, node, parts, lambda value, inside: value if inside else undefined())
        at = plan.place(parts[0])  # of the definition, which takes its place
        return lambda slots: slots[at]
    if function.kind == "elementwise":
        return _elementwise(plan, node, parts, ball.PRIMITIVES[function.name])
    at = plan.place(parts[0])
    shape = shape_of(parts[0], plan.sizes)
    if function.kind == "matrix":
        matrix, size = MATRIX[function.name], shape[-1]
        return lambda slots: matrix(slots[at], size)
    operation = OVER_AXES[function.kind, function.name]
    indices = tuple(range(len(shape)))
    kept = tuple(axis for axis in indices if axis not in node.axes)
    outer, inner = einsum.offsets(kept, indices, shape), einsum.offsets(node.axes, indices, shape)
    if function.kind == "reduction":
        return lambda slots: [operation([slots[at][base + step] for step in inner]) for base in outer]

    def run(slots: Slots) -> Entries:
        entries = slots[at]
        result: list[Any] = [None] * len(entries)
        for base in outer:
            for step, value in zip(inner, operation([entries[base + step] for step in inner]), strict=True):
                result[base + step] = value
        return result

    return run


# Conditions: True, False, or None where a side is undefined.


HOLDS: Final[Mapping[str, Callable[[int], bool]]] = {
    "<": lambda side: side < 0,
    "<=": lambda side: side <= 0,
    ">": lambda side: side > 0,
    ">=": lambda side: side >= 0,
    "==": lambda side: side == 0,
    "!=": lambda side: side != 0,
}


def _compare(plan: Plan, node: Expr, parts: Sequence[Expr]) -> Instruction:
    assert isinstance(node, Compare)
    holds = HOLDS[node.op]

    def operation(left: Series, right: Series) -> bool | None:
        side = ball.compared(left, right, "a comparison")
        return None if side is None else holds(side)

    return _elementwise(plan, node, parts, operation)


LOGIC: Final[Mapping[str, Callable[..., bool | None]]] = {
    "and": lambda *entries: False if False in entries else None if None in entries else True,
    "or": lambda *entries: True if True in entries else None if None in entries else False,
    "not": lambda entry: None if entry is None else not entry,
}


def _logic(plan: Plan, node: Expr, parts: Sequence[Expr]) -> Instruction:
    assert isinstance(node, Logic)
    return _elementwise(plan, node, parts, LOGIC[node.op])


def _cases(plan: Plan, node: Expr, parts: Sequence[Expr]) -> Instruction:
    assert isinstance(node, Cases)
    count = len(node.conditions)

    def operation(*entries: Any) -> Any:
        for condition, value in zip(entries[:count], entries[count:-1], strict=True):
            if condition is None:
                return undefined()
            if condition:
                return value
        return entries[-1]

    return _elementwise(plan, node, parts, operation)


# Tensors.


def _contract(plan: Plan, node: Expr, parts: Sequence[Expr]) -> Instruction:
    assert isinstance(node, Contract)
    sizes = [dimension(size, plan.sizes) for size in node.sizes]
    places = [plan.place(part) for part in parts]
    selecting = [place for place, part in enumerate(parts) if isinstance(part, Delta | Unit | Triangle)]
    run = einsum.plan(node.subscripts, node.out, sizes, lambda: constant(0), lambda: constant(1), times, selecting)
    return lambda slots: run([slots[place] for place in places])


def _fixed(entries: Sequence[Any]) -> Instruction:
    return lambda slots: entries


def _zeros_and_ones(truths: Sequence[bool]) -> Instruction:
    if not any(truths):
        raise OutsideShapeError("an index or a slice lies beyond the end")
    zero, one = constant(0), constant(1)
    return _fixed([one if truth else zero for truth in truths])


def _delta(plan: Plan, node: Expr, parts: Sequence[Expr]) -> Instruction:
    assert isinstance(node, Delta)
    rows, columns = shape_of(node, plan.sizes)
    offset = whole(node.offset, plan.sizes)
    return _zeros_and_ones([c == offset + node.stride * r for r in range(rows) for c in range(columns)])


def _unit(plan: Plan, node: Expr, parts: Sequence[Expr]) -> Instruction:
    assert isinstance(node, Unit)
    (size,) = shape_of(node, plan.sizes)
    position = whole(node.position, plan.sizes)
    return _zeros_and_ones([at == position for at in range(size)])


def _triangle(plan: Plan, node: Expr, parts: Sequence[Expr]) -> Instruction:
    size, _ = shape_of(node, plan.sizes)
    return _zeros_and_ones([column <= row for row in range(size) for column in range(size)])


def _reshape(plan: Plan, node: Expr, parts: Sequence[Expr]) -> Instruction:
    at = plan.place(parts[0])
    return lambda slots: slots[at]


# Calculus inside a formula has instructions of its own.


def _integral(plan: Plan, node: Expr, parts: Sequence[Expr]) -> Instruction:
    from wrt.verify.quadrature import Quadrature

    assert isinstance(node, Integral)
    *symbols, lower, upper = parts
    return _inner(plan, symbols, Quadrature(node, plan.sizes), plan.place(lower), plan.place(upper))


def _derivative(plan: Plan, node: Expr, parts: Sequence[Expr]) -> Instruction:
    from wrt.verify.nested import Differentiation

    assert isinstance(node, Derivative)
    return _inner(plan, parts, Differentiation(node, plan.sizes))


def _inner(plan: Plan, symbols: Sequence[Expr], run: Callable[..., Entries], *more: int) -> Instruction:
    places = [(symbol, plan.place(symbol)) for symbol in symbols if symbol not in plan.sizes]
    return lambda slots: run({symbol: slots[at] for symbol, at in places}, *(slots[at] for at in more))


Compiler = Callable[["Plan", Any, Sequence[Expr]], Instruction]

COMPILERS: Final[Mapping[type[Expr], Compiler]] = {
    Symbol: lambda plan, node, parts: _fixed([rational(plan.sizes[node])]),
    Constant: lambda plan, node, parts: _fixed([rational(node.value)]),
    Named: lambda plan, node, parts: _fixed([constant(NAMED[node.name]())]),
    Add: _add,
    Mul: _mul,
    Power: _power,
    Call: _call,
    Compare: _compare,
    Logic: _logic,
    Cases: _cases,
    Contract: _contract,
    Delta: _delta,
    Unit: _unit,
    Triangle: _triangle,
    Reshape: _reshape,
    Integral: _integral,
    Derivative: _derivative,
}
