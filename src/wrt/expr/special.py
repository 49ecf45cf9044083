"""Calls of table functions, unevaluated integrals and derivatives, and reshaping."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wrt.errors import ShapeError, WrtError
from wrt.expr.arithmetic import full, mul, neg, uniform_value
from wrt.expr.axes import blocks
from wrt.expr.coerce import as_dimension, as_expr
from wrt.expr.conditions import is_condition
from wrt.expr.contract import contract, contract_used, without_copies
from wrt.expr.node import (
    INFINITY,
    ONE,
    ZERO,
    Call,
    Constant,
    Contract,
    Derivative,
    Expr,
    Formula,
    Integral,
    Mul,
    Reshape,
    Shape,
    Symbol,
)
from wrt.expr.shape import broadcast_shapes, broadcast_to, shape_text

if TYPE_CHECKING:
    from wrt.expr.function import Function


def call(function: Function, args: Sequence[object], axes: tuple[int, ...] = ()) -> Expr:
    """The node for a function of the table applied to arguments.

    Elementwise functions broadcast their arguments, reductions and axiswise functions run over `axes` (all of them if
    none is given), matrix functions take a square matrix. Raises ShapeError for shapes that do not fit.
    """
    nodes = tuple(as_expr(arg) for arg in args)
    if any(map(is_condition, nodes)):
        raise WrtError(f"{function.name} takes numbers, not conditions: use where(condition, 1, 0)")
    match function.kind:
        case "elementwise":
            return _elementwise(function, nodes)
        case "reduction" | "axiswise":
            ndim = nodes[0].ndim
            chosen = tuple(sorted(axis % ndim for axis in axes)) if axes else tuple(range(ndim))
            if function.kind == "reduction" and not chosen:
                return nodes[0]
            return Call.intern(function, nodes, chosen)
        case _:
            shape = nodes[0].shape
            if len(shape) != 2 or shape[0] is not shape[1]:
                raise ShapeError(f"{function.name} needs a square matrix, not {shape_text(shape)}")
            return Call.intern(function, nodes, ())


def _elementwise(function: Function, nodes: tuple[Expr, ...]) -> Expr:
    if len(nodes) == 1:
        (node,) = nodes
        value = uniform_value(node)
        if value is not None:
            return full(function(value), node.shape)
        if isinstance(node, Contract) and _only_rearranges(node):
            return node.rebuilt((function(node.operands[0]),))
        if isinstance(node, Contract) and (kept := without_copies(node)) is not None:
            places, inner = kept
            return contract([function(inner)], [places], tuple(range(node.ndim)), node.shape)
        return Call.intern(function, nodes, ())
    shape = broadcast_shapes([node.shape for node in nodes], function.name)
    if shape:
        nodes = tuple(broadcast_to(node, shape) if node.shape else node for node in nodes)
    if function.commutative:
        nodes = tuple(sorted(nodes, key=lambda node: (isinstance(node, Constant), node.key)))
    return Call.intern(function, nodes, ())


def _only_rearranges(node: Contract) -> bool:
    """Whether each entry of the contraction is an entry of its one operand: a transpose, copies along a new axis."""
    if len(node.operands) != 1:
        return False
    (subscript,) = node.subscripts
    return (
        len(set(node.out)) == len(node.out)
        and all(index in node.out or node.sizes[index] is ONE for index in subscript)
        and len(set(subscript)) == len(subscript)
    )


def reshape(operand: object, shape: Shape) -> Expr:
    """The entries in row-major order in another shape of as many entries."""
    node = as_expr(operand)
    shape = tuple(as_dimension(size) for size in shape)
    if node.shape == shape:
        return node
    if mul(*node.shape, 1) is not mul(*shape, 1):
        raise ShapeError(f"{shape_text(node.shape)} does not have as many entries as {shape_text(shape)}")
    if not node.shape:
        return full(node, shape)
    if isinstance(node, Reshape):
        return reshape(node.operand, shape)
    if isinstance(node, Mul):
        return mul(node.coefficient, *node.factors[:-1], reshape(node.factors[-1], shape))
    if isinstance(node, Contract) and not node.operands:
        return split_inside(node, shape)
    return Reshape.intern(node, shape)


def split_inside(node: Contract, shape: Shape) -> Expr:
    """A reshaped einsum with axes split in its operands where they are split in its result.

    Operands that are multiplied along an index are split together. Where an index is split on one of its axes only,
    it is split everywhere, and joined again on the others: δ of two indices is a product of δs.
    """
    parts: dict[int, Shape] = {}  # the sizes that indices are split into
    for old, new in blocks(node.shape, shape):
        if len(old) == 1 and len(new) > 1:
            parts.setdefault(node.out[old[0]], tuple(shape[axis] for axis in new))
    sizes: list[Expr] = []
    places: dict[int, tuple[int, ...]] = {}
    for index in dict.fromkeys(node.out):
        split = parts.get(index, (node.sizes[index],))
        places[index] = tuple(range(len(sizes), len(sizes) + len(split)))
        sizes.extend(split)
    operands, subscripts = [], []
    for operand, held in _components(node):
        subscripts.append(tuple(place for index in held for place in places[index]))
        operands.append(reshape(operand, tuple(sizes[place] for place in subscripts[-1])))
    whole = contract(operands, subscripts, tuple(place for index in node.out for place in places[index]), sizes)
    return whole if whole.shape == shape else Reshape.intern(whole, shape)


def _components(node: Contract) -> list[tuple[Expr, tuple[int, ...]]]:
    """The factors of an einsum that no index which is summed over joins, each with its indices of the result."""
    groups: list[tuple[set[int], list[int]]] = []
    out = set(node.out)
    for place, subscript in enumerate(node.subscripts):
        bound, members = set(subscript) - out, [place]
        for other in [group for group in groups if not group[0].isdisjoint(bound)]:
            groups.remove(other)
            bound |= other[0]
            members = other[1] + members
        groups.append((bound, members))
    found = []
    for _, members in groups:
        held = [node.subscripts[place] for place in members]
        kept = tuple(dict.fromkeys(index for subscript in held for index in subscript if index in out))
        found.append((contract_used([node.operands[place] for place in members], held, kept, node.sizes), kept))
    return found


def integral(integrand: object, variable: Expr, lower: object, upper: object) -> Expr:
    """The definite integral, unevaluated: constant factors and reversed limits are settled, nothing is integrated."""
    node = as_expr(integrand)
    variable = variable.node if isinstance(variable, Formula) else variable
    if not isinstance(variable, Symbol) or variable.shape:
        raise WrtError("the variable of integration must be a scalar symbol")
    lower, upper = as_expr(lower), as_expr(upper)
    if lower.shape or upper.shape:
        raise ShapeError("the limits of an integral must be scalars")
    if lower is upper or node is ZERO:
        return mul(0, node)
    if lower is INFINITY or (upper is not INFINITY and neg(upper) is INFINITY):
        return neg(integral(node, variable, upper, lower))
    if isinstance(node, Mul):
        outside = [factor for factor in node.factors if variable not in factor.free]
        if outside or node.coefficient != 1:
            inside = [factor for factor in node.factors if variable in factor.free]
            return mul(node.coefficient, *outside, integral(mul(1, *inside), variable, lower, upper))
    return Integral.intern(node, variable, lower, upper)


def derivative(operand: object, variable: Expr, order: int = 1) -> Expr:
    """The derivative, unevaluated."""
    node = as_expr(operand)
    variable = variable.node if isinstance(variable, Formula) else variable
    if not isinstance(variable, Symbol):
        raise WrtError("the variable of differentiation must be a symbol")
    if order == 0:
        return node
    if variable not in node.free:
        from wrt.expr.tensor import zeros

        return zeros(*node.shape, *variable.shape * order)
    return Derivative.intern(node, variable, order)
