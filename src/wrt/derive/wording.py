"""How rules are said: letters for the parts of an expression, and the rows of the table of functions as equations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wrt.expr.facts import is_nonnegative, is_positive
from wrt.expr.function import Function
from wrt.expr.node import Call, Expr, Mul, Symbol, symbol

LETTERS = ("u", "v", "w", "s", "t", "p", "q", "r", "h", "k", "m", "z")


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


def table_statement(function: Function, place: int = 0) -> str:
    """The row of a function as an equation: sin′ = cos, tanh(x)′ = 1 - tanh(x)**2."""
    args = tuple(symbol(name) for name in function.arguments)
    derivative = function.derivative[place]
    if derivative is None:
        return ""
    value = derivative(*args)
    name = function.name
    if len(args) > 1:
        return f"∂{name}({', '.join(function.arguments)})/∂{function.arguments[place]} = {value}"
    match value:
        case Call(args=(argument,)) if argument is args[0]:
            return f"{name}′ = {value.function.name}"
        case Mul(coefficient=-1, factors=(Call(args=(argument,)) as call,)) if argument is args[0]:
            return f"{name}′ = -{call.function.name}"
    return f"{name}({args[0]})′ = {value}"


def relabelled(statement: str, named: Mapping[str, str]) -> str:
    """A statement with other letters."""
    return "".join(named.get(each, each) for each in statement)
