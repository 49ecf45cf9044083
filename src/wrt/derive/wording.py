"""How rules are said: letters for the parts of an expression, and the rows of the table of functions as equations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from wrt.derive.step import Statement
from wrt.expr.build import call
from wrt.expr.facts import is_nonnegative, is_positive
from wrt.expr.function import Function
from wrt.expr.node import Call, Expr, Mul, Symbol, symbol
from wrt.expr.walk import substitute
from wrt.notation import size
from wrt.rules.maps import Tensor

LETTERS = ("u", "v", "w", "s", "t", "p", "q", "r", "h", "k", "m", "z")
LONGEST_ROW = 8  # operators of a derivative in the table that is quoted as a statement


def letters(count: int, taken: Iterable[str]) -> tuple[str, ...]:
    """Letters for the parts of an expression that none of its own names is."""
    names = set(taken)
    free = [letter for letter in LETTERS if letter not in names]
    while len(free) < count:
        free.extend(f"u{number}" for number in range(len(free), count) if f"u{number}" not in names)
    return tuple(free[:count])


def names_in(node: Expr) -> set[str]:
    """The names of the symbols of an expression."""
    return {each.name for each in node.free}


def stand_in(letter: str, part: Expr) -> Symbol:
    """A symbol for a part of an expression, with what is known of its sign."""
    facts = ["positive"] if is_positive(part) else ["nonnegative"] if is_nonnegative(part) else []
    return symbol(letter, part.shape, facts)


def product_statement(names: tuple[str, ...]) -> str:
    """(u·v)′ = u′·v + u·v′, for any number of factors."""
    terms = ["·".join(f"{each}′" if each == moving else each for each in names) for moving in names]
    return f"({'·'.join(names)})′ = {' + '.join(terms)}"


def row_statement(node: Call, place: int = 0) -> Statement:
    """The row of a call's function as an equation: sin′ = cos, tanh(x)′ = 1 - tanh(x)**2, ∂y/∂x = softmax(x).

    Empty where the row is too long to be a statement.
    """
    function = node.function
    return _elementwise_row(function, place) if function.kind == "elementwise" else _tensor_row(function)


@cache
def _elementwise_row(function: Function, place: int) -> Statement:
    args = tuple(symbol(name) for name in function.arguments)
    derivative = function.derivative[place]
    if derivative is None:
        return ()
    value = derivative(*args)
    if len(args) > 1:
        return "∂", call(function, args), f"/∂{function.arguments[place]} = ", value
    match value:
        case Call(args=(argument,)) if argument is args[0]:
            return function, "′ = ", value.function
        case Mul(coefficient=-1, factors=(Call(args=(argument,)) as inner,)) if argument is args[0]:
            return function, "′ = −", inner.function
    return call(function, args), "′ = ", value


@cache
def _tensor_row(function: Function) -> Statement:
    """Of a vector or a square matrix; y stands for the value where the derivative is written with it."""
    n = symbol("n", facts=["dimension"])
    operand = symbol("A", (n, n)) if function.kind == "matrix" else symbol("x", (n,))
    axes = () if function.kind == "matrix" else ((0,),)
    derivative = function.derivative[0]
    if derivative is None:
        return ()
    row = call(function, (operand,), *axes)
    value = derivative(operand, *axes)
    if value.ndim > 2:
        return _differential_row(row, operand, value)
    y = symbol("p" if function.kind == "axiswise" else "y", row.shape)
    short = substitute(value, {row: y})
    if size(short) > LONGEST_ROW:
        return ()
    if short is value:
        return "∂", row, f"/∂{operand.name} = ", value
    return y, " = ", row, ", ∂", y, f"/∂{operand.name} = ", short


def _differential_row(row: Expr, operand: Symbol, value: Expr) -> Statement:
    """A derivative with too many axes to be written, applied to a change of the operand: d(A⁻¹) = −A⁻¹ dA A⁻¹."""
    change = symbol(f"d{operand.name}", operand.shape)
    moved = Tensor(value).push(row, operand, change)
    return () if size(moved) > LONGEST_ROW else ("d(", row, ") = ", moved)


def relabelled(statement: str, named: Mapping[str, str]) -> str:
    """A statement with other letters."""
    return "".join(named.get(each, each) for each in statement)
