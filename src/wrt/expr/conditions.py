"""Comparisons, logic and piecewise expressions, in canonical form."""

from __future__ import annotations

from collections.abc import Sequence

from wrt.errors import ShapeError, WrtError
from wrt.expr.arithmetic import full, uniform_value
from wrt.expr.coerce import as_expr
from wrt.expr.node import FALSE, TRUE, ZERO, Call, Cases, Compare, Constant, Expr, Logic, Shape
from wrt.expr.shape import broadcast_shapes, broadcast_to

HOLDS = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
}
NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def is_condition(node: Expr) -> bool:
    """Whether the expression is true or false rather than a number."""
    return node.is_condition


def compare(op: str, left: object, right: object) -> Expr:
    """A comparison, elementwise; of two numbers, its truth. A number stands on the right: 0 < x is x > 0.

    A ramp is positive where its argument is: relu(x) > 0 is x > 0. Copies of a scalar are compared as that scalar.
    """
    left, right = _number(left), _number(right)
    shape = broadcast_shapes([left.shape, right.shape], op)
    left, right = _fit(left, shape), _fit(right, shape)
    if right.shape:
        left = _without_copies(left)
    if left.shape:
        right = _without_copies(right)
    if isinstance(left, Constant):
        op, left, right = MIRRORED[op], right, left
    if op == ">" and right is ZERO and isinstance(left, Call) and left.function.name == "relu":
        left = left.operands[0]
    if isinstance(left, Constant) and isinstance(right, Constant):
        return TRUE if HOLDS[op](left.value, right.value) else FALSE
    if left is right and not left.shape:
        return TRUE if op in ("<=", ">=", "==") else FALSE
    return Compare.intern(op, left, right)


def _number(value: object) -> Expr:
    node = as_expr(value)
    if is_condition(node):
        raise WrtError("a condition stands where a number is expected: use where(condition, 1, 0)")
    return node


def _condition(value: object) -> Expr:
    node = as_expr(value)
    if not is_condition(node):
        raise WrtError("a number stands where a condition is expected: compare it with something, as in x > 0")
    return node


def logic(op: str, *conditions: object) -> Expr:
    """Conditions joined by "and" or "or", or negated by "not"."""
    nodes = [_condition(condition) for condition in conditions]
    if op == "not":
        (node,) = nodes
        return _negation(node)
    absorbing, neutral = (FALSE, TRUE) if op == "and" else (TRUE, FALSE)
    shape = broadcast_shapes([node.shape for node in nodes], op)
    kept: list[Expr] = []
    for node in nodes:
        for part in node.conditions if isinstance(node, Logic) and node.op == op else (node,):
            if part is absorbing:
                return absorbing
            fitted = _fit_condition(part, shape)
            if part is not neutral and fitted not in kept:
                kept.append(fitted)
    if not kept:
        return neutral
    if len(kept) == 1:
        return kept[0]
    return Logic.intern(op, tuple(sorted(kept, key=lambda node: node.key)))


def _negation(node: Expr) -> Expr:
    match node:
        case Compare():
            return Compare.intern(NEGATED[node.op], node.left, node.right)
        case Logic(op="not"):
            return node.conditions[0]
        case Logic():
            return logic("or" if node.op == "and" else "and", *map(_negation, node.conditions))
        case _:
            raise WrtError("only a condition can be negated")


def cases(branches: Sequence[tuple[object, object]], otherwise: object, shape: Shape = ()) -> Expr:
    """The value of the first condition that holds, else `otherwise`, elementwise with broadcasting.

    Pieces in the place of `otherwise` follow the others, so that nested pieces and pieces in a row are one expression.
    Branches that cannot be reached, and branches equal to what follows them, are dropped. `shape` is the least shape of
    the result; pieces that are scalars, all of them, are one scalar in every entry.
    """
    pairs = [(_condition(condition), _number(value)) for condition, value in branches]
    rest = _number(otherwise)
    if isinstance(rest, Cases):
        pairs += zip(rest.conditions, rest.values, strict=True)
        rest = rest.otherwise
    shape = broadcast_shapes([shape, rest.shape, *(value.shape for _, value in pairs)], "where")
    pairs, rest = [(condition, _without_copies(value)) for condition, value in pairs], _without_copies(rest)
    shapes = [shape, rest.shape, *(node.shape for pair in pairs for node in pair)]
    result_shape = broadcast_shapes(shapes, "where")
    kept: list[tuple[Expr, Expr]] = []
    for condition, value in pairs:
        if condition is FALSE:
            continue
        if condition is TRUE:
            rest = value
            break
        kept.append((condition, value))
    while kept and kept[-1][1] is rest:
        kept.pop()
    if not kept:
        return broadcast_to(rest, result_shape) if rest.shape else full(rest, result_shape)
    conditions = tuple(_fit_condition(condition, result_shape) for condition, _ in kept)
    values = tuple(_without_copies(_fit(value, result_shape)) for _, value in kept)
    last = _without_copies(_fit(rest, result_shape))
    if all(not each.shape for each in (*conditions, *values, last)):
        return full(Cases.intern(conditions, values, last, ()), result_shape)
    return Cases.intern(conditions, values, last, result_shape)


def _without_copies(node: Expr) -> Expr:
    """A scalar in the place of a tensor that has it in every entry."""
    value = uniform_value(node)
    return node if value is None else value


def _fit(node: Expr, shape: Shape) -> Expr:
    return broadcast_to(node, shape) if node.shape else node


def _fit_condition(node: Expr, shape: Shape) -> Expr:
    if not node.shape or node.shape == shape:
        return node
    if isinstance(node, Compare):
        return Compare.intern(node.op, _fit(node.left, shape), _fit(node.right, shape))
    if isinstance(node, Logic):
        return logic(node.op, *(_fit_condition(each, shape) for each in node.conditions))
    raise ShapeError("this condition does not broadcast")


def where(condition: object, value: object, otherwise: object) -> Expr:
    """`value` where the condition holds, else `otherwise`."""
    return cases([(condition, value)], otherwise)
