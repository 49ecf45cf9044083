"""Conditions and pieces in their shortest form: comparisons of one side with a number, nested pieces joined."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from wrt.errors import DomainError
from wrt.expr.arithmetic import factors_of, full, is_zero, positive_form, split_coefficient, terms_of
from wrt.expr.build import ONE, add, cases, compare, logic, mul, neg, number, power, sub
from wrt.expr.conditions import MIRRORED
from wrt.expr.facts import is_even_integer, is_nonnegative, is_positive
from wrt.expr.node import FALSE, TRUE, Add, Call, Cases, Compare, Constant, Expr, Logic, Power, Symbol
from wrt.expr.walk import substitute
from wrt.notation import size
from wrt.simplify.collect import take_content
from wrt.simplify.field import has_sum

# min(u, v) > c where u > c and v > c, and so on: by function and direction of the comparison.
SPLITS = {("minimum", ">"): "and", ("minimum", "<"): "or", ("maximum", ">"): "or", ("maximum", "<"): "and"}

LONGEST_SPLIT = 100  # operators of a comparison that is taken apart: nested extrema double with each level


def merge_conditions(node: Expr, simplify: Callable[[Expr], Expr] = lambda each: each) -> Expr:
    """A condition without extrema, its two sides brought together where that is shorter."""
    match node:
        case Logic(op="not"):
            return logic("not", *(merge_conditions(each, simplify) for each in node.conditions))
        case Logic():
            return _joined(node.op, [merge_conditions(each, simplify) for each in node.conditions])
        case Compare():
            return _comparison(node, simplify)
        case _:
            return node


def _comparison(node: Compare, simplify: Callable[[Expr], Expr]) -> Expr:
    known = _known(node)
    if known is not None:
        return known
    for op, side, other in ((node.op, node.left, node.right), (MIRRORED[node.op], node.right, node.left)):
        if isinstance(side, Call) and (side.function.name, op[0]) in SPLITS and size(node) <= LONGEST_SPLIT:
            joined = [merge_conditions(compare(op, arg, other), simplify) for arg in side.args]
            return _joined(SPLITS[side.function.name, op[0]], joined)
    if node.left is node.right or size(node) > LONGEST_SPLIT or _is_exact(node):
        return node
    difference = sub(node.left, node.right)
    if any(map(has_sum, terms_of(difference))):
        difference = simplify(difference)
    constant, rest = _constant_and_rest(difference)
    if rest is None:
        return compare(node.op, number(constant), 0)
    coefficient, core = split_coefficient(take_content(rest) if isinstance(rest, Add) else rest)
    if isinstance(core, Add):
        sign, core = positive_form(core)
        coefficient *= sign
    op = node.op if coefficient > 0 else MIRRORED[node.op]
    bound = -Fraction(constant) / coefficient
    shortest = min(compare(op, core, number(bound)), *_sides(op, core, bound, node.op), _mirrored(node), key=size)
    return shortest if shortest is node else merge_conditions(shortest, simplify)


def _known(node: Compare) -> Expr | None:
    """The truth of a comparison with 0 that the facts decide: x > 0 is true of a positive x."""
    if not is_zero(node.right):
        return None
    if is_positive(node.left):
        return TRUE if node.op in (">", ">=", "!=") else FALSE
    if is_nonnegative(node.left) and node.op in (">=", "<"):
        return TRUE if node.op == ">=" else FALSE
    return None


def _is_exact(node: Compare) -> bool:
    """Whether two expressions are compared for equality: x == max(x) is exact for floats, x - max(x) == 0 is not."""
    return node.op in ("==", "!=") and not isinstance(node.left, Constant) and not isinstance(node.right, Constant)


def _sides(op: str, core: Expr, bound: Fraction, direction: str) -> Iterator[Expr]:
    """The comparison of the positive terms with the others, u > v for u - v > 0, in the direction that it had."""
    terms = [*terms_of(core), number(-bound)]
    above = [term for term in terms if split_coefficient(term)[0] > 0]
    below = [neg(term) for term in terms if split_coefficient(term)[0] < 0]
    if above and below:
        left, right = add(*above), add(*below)
        yield compare(op, left, right) if op[0] == direction[0] else compare(MIRRORED[op], right, left)


def _mirrored(node: Compare) -> Expr:
    if isinstance(node.left, Constant):
        return compare(MIRRORED[node.op], node.right, node.left)
    return node


def _constant_and_rest(node: Expr) -> tuple[int | Fraction, Expr | None]:
    constants = [term.value for term in terms_of(node) if isinstance(term, Constant)]
    others = [term for term in terms_of(node) if not isinstance(term, Constant)]
    if is_zero(node):
        return 0, None
    return sum(constants), add(*others) if others else None


def _joined(op: str, conditions: list[Expr]) -> Expr:
    """Conditions joined, the weaker of two bounds on one expression dropped; what contradicts itself is false."""
    kept: list[Expr] = []
    for condition in conditions:
        if any(_exclude(op, condition, other) for other in kept):
            return FALSE if op == "and" else TRUE
        if any(_implies(other, condition) if op == "and" else _implies(condition, other) for other in kept):
            continue
        kept = [
            other for other in kept if not (_implies(condition, other) if op == "and" else _implies(other, condition))
        ]
        kept.append(condition)
    return logic(op, *kept)


def _exclude(op: str, one: Expr, other: Expr) -> bool:
    """Whether two conditions never hold both (for "and"), or whether always one of them holds (for "or")."""
    if not (isinstance(one, Compare) and isinstance(other, Compare)):
        return False
    return _implies(one, logic("not", other)) if op == "and" else _implies(logic("not", one), other)


def _implies(strong: Expr, weak: Expr) -> bool:
    if strong is weak or strong is FALSE or weak is TRUE:
        return True
    if not (isinstance(strong, Compare) and isinstance(weak, Compare)) or strong.left is not weak.left:
        return False
    if not (isinstance(strong.right, Constant) and isinstance(weak.right, Constant)):
        return False
    if strong.op[0] != weak.op[0] or strong.op[0] not in "<>":
        return False
    a, b = strong.right.value, weak.right.value
    if a == b:
        return strong.op == weak.op or weak.op.endswith("=")
    return a > b if strong.op[0] == ">" else a < b


def merge_cases(node: Cases) -> Expr:
    """Pieces in short: a piece that is pieces with the same rest is joined to it, equal neighbours become one."""
    branches: list[tuple[Expr, Expr]] = []
    otherwise = node.otherwise
    for condition, value in zip(node.conditions, node.values, strict=True):
        alone = len(node.conditions) == 1 and isinstance(value, Cases) and len(value.conditions) == 1
        if alone and isinstance(value, Cases) and value.otherwise is otherwise:
            condition = _joined("and", [condition, value.conditions[0]])
            value = value.values[0]
        value = _at_point(_without_square_signs(value, condition), condition)
        if branches and branches[-1][1] is value:
            condition = _joined("or", [branches.pop()[0], condition])
        branches.append((condition, value))
    if len(branches) == 1 and is_zero(branches[0][1]):
        ((condition, value),) = branches
        branches, otherwise = [(merge_conditions(logic("not", condition)), otherwise)], value
    if isinstance(otherwise, Cases) and len(branches) + len(otherwise.conditions) <= 4:
        branches.extend(zip(otherwise.conditions, otherwise.values, strict=True))
        otherwise = otherwise.otherwise
    return cases(branches, otherwise, node.shape)


def _at_point(value: Expr, condition: Expr) -> Expr:
    """The value of a piece that is one point."""
    if not (isinstance(condition, Compare) and condition.op == "==" and isinstance(condition.left, Symbol)):
        return value
    x, point = condition.left, condition.right
    try:
        return substitute(value, {x: full(point, x.shape) if x.shape and not point.shape else point})
    except DomainError:
        return value


def _without_square_signs(value: Expr, condition: Expr) -> Expr:
    """A product with 1 for sign(u)**2 where the condition says that |u| exceeds something that is not negative."""
    if not isinstance(condition, Compare):
        return value
    large, small = (condition.left, condition.right) if condition.op == ">" else (condition.right, condition.left)
    if condition.op not in "<>" or not (
        isinstance(large, Call) and large.function.name == "abs" and is_nonnegative(small)
    ):
        return value
    coefficient, factors = factors_of(value)
    square = next((each for each in factors if _is_square_sign(each, large.args[0])), None)
    return value if square is None else mul(coefficient, *(each for each in factors if each is not square))


def _is_square_sign(node: Expr, u: Expr) -> bool:
    if not (isinstance(node, Power) and is_even_integer(node.exponent) and isinstance(node.base, Call)):
        return False
    return node.base.function.name == "sign" and node.base.args[0] is u


def add_pieces(node: Add) -> Expr:
    """A sum in which pieces under the same conditions are one: their values are added."""
    joined: dict[tuple[Expr, ...], list[Cases]] = {}
    others: list[Expr] = []
    for term in node.terms:
        pieces = absorb_into_cases(term)
        if isinstance(pieces, Cases):
            opposite = _with_opposite_condition(pieces)
            if opposite is not None and opposite.conditions in joined:
                pieces = opposite
            joined.setdefault(pieces.conditions, []).append(pieces)
        else:
            others.append(term)
    if all(len(group) == 1 for group in joined.values()):
        return node
    for conditions, group in joined.items():
        values = [add(*column) for column in zip(*(each.values for each in group), strict=True)]
        otherwise = add(*(each.otherwise for each in group))
        others.append(cases(list(zip(conditions, values, strict=True)), otherwise, node.shape))
    return add(*others)


def power_of_pieces(node: Cases, exponent: Expr) -> Expr:
    """Pieces to a positive power: each value to that power."""
    values = [power(value, exponent) for value in node.values]
    return cases(list(zip(node.conditions, values, strict=True)), power(node.otherwise, exponent), node.shape)


def _with_opposite_condition(node: Cases) -> Cases | None:
    """where(c, u, v) as where(not c, v, u)."""
    if len(node.conditions) > 1:
        return None
    return Cases.intern((logic("not", node.conditions[0]),), (node.otherwise,), node.values[0], node.shape)


def absorb_into_cases(node: Expr) -> Expr:
    """A product with pieces: products of pieces that are 0 elsewhere are joined, other factors go into the pieces."""
    coefficient, factors = factors_of(node)
    pieces = [factor for factor in factors if isinstance(factor, Cases)]
    if not pieces or any(len(piece.conditions) > 1 for piece in pieces):
        return node
    others = mul(number(coefficient), *(factor for factor in factors if not isinstance(factor, Cases)))
    if len(pieces) == 1:
        (piece,) = pieces
        ((condition,), (value,)) = piece.conditions, piece.values
        value = _without_square_signs(mul(others, value), condition)
        return cases([(condition, value)], mul(others, piece.otherwise), node.shape)
    if any(not is_zero(piece.otherwise) for piece in pieces):
        return node
    condition = _joined("and", [piece.conditions[0] for piece in pieces])
    inside = mul(*(piece.values[0] for piece in pieces))
    joined = cases([(condition, inside)], 0, node.shape)
    return mul(others, joined) if others is not ONE else joined
