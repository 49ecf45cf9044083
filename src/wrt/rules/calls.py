"""Rules for functions of the table: the declared derivative, or the derivative of the definition."""

from __future__ import annotations

from wrt.errors import WrtError
from wrt.expr.node import ONE, Call
from wrt.rules.maps import Partial, Tensor
from wrt.rules.rule import Parts, Variables, rule


def _declared(node: Call, variables: Variables) -> Parts | None:
    function = node.function
    if function.kind != "elementwise" or not function.derivative:
        return None
    args = node.args
    return args if len(args) == 1 else tuple(dict.fromkeys(arg for arg in args if not variables.isdisjoint(arg.free)))


@rule("table", "f(u)′ = f′(u)·u′", source="the function's row in the table", parts=_declared)
def table(node: Call, parts: Parts, k: int) -> Partial:
    """d f(u, v) = ∂₁f(u, v) du + ∂₂f(u, v) dv; the partial derivatives stand in the table of functions."""
    args = node.args
    place = 0 if len(args) == 1 else args.index(parts[k])
    total = node.function.slope(place, args, alone=len(parts) == 1 and args.count(parts[k]) == 1)
    if total is None:
        name = node.function.arguments[place]
        raise WrtError(f"{node.function.name} cannot be differentiated with respect to its argument {name}")
    for other in range(place + 1, len(args)):  # f(u, u): both places move together
        more = node.function.derivative[other]
        if args[other] is args[place] and more is not None:
            total = total + more(*args)
    return total


def _operand(node: Call, variables: Variables) -> Parts | None:
    return node.args if node.function.derivative else None


@rule("table", "df = Σ ∂f/∂xᵢ dxᵢ", source="the function's row in the table", parts=_operand)
def along_axes(node: Call, parts: Parts, k: int) -> Partial:
    """Functions along axes and of matrices: the table has their derivative in index notation."""
    (derivative,) = node.function.derivative
    assert derivative is not None
    return Tensor(derivative(*node.args) if node.function.kind == "matrix" else derivative(*node.args, node.axes))


def _definition(node: Call, variables: Variables) -> Parts | None:
    function = node.function
    if function.definition is None:
        raise WrtError(f"{function.name} has no derivative in the table")
    return (function.definition(*node.args, *(() if function.kind == "elementwise" else (node.axes,))),)


@rule("definition", "f(x) is what it is defined as", source="the function's row in the table", parts=_definition)
def definition(node: Call, parts: Parts, k: int) -> Partial:
    """A function without a declared derivative is what it is defined as."""
    return ONE
