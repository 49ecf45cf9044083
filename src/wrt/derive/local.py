"""The local rules of backpropagation in the words of the field: what becomes of an adjoint on its way to a part.

A rule is stated by applying it: with letters for the operands and δz for what arrives, z = W h ⇒ δh = Wᵀ δz.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final, NamedTuple

from wrt.derive.step import Statement
from wrt.derive.tape import Entry
from wrt.derive.wording import LONGEST_ROW, row_statement
from wrt.expr.arithmetic import mul
from wrt.expr.build import call
from wrt.expr.contract import contract
from wrt.expr.function import Function
from wrt.expr.node import Add, Call, Contract, Expr, Shape, Symbol, symbol
from wrt.expr.walk import substitute
from wrt.notation import size
from wrt.rules.maps import pull
from wrt.rules.rule import Variables
from wrt.rules.table import rule_for
from wrt.simplify import simplify

ARROW = " ⇒ "
MOST_OPERANDS = 3
# Letters: of a value by its number of axes; of its operands; of what moves and what stays where a rule has a name.
VALUES, VECTORS, MATRICES, SIZES = "szZ", "uvw", "ABC", "nmkdpqrs"
DENSE, OUTER, OUTERS = "dense layer", "outer product", "sum of outer products"
LETTERS: Final[Mapping[str, tuple[str, str]]] = {DENSE: ("h", "W"), OUTER: ("W", "h"), OUTERS: ("W", "H")}

Subscripts = tuple[tuple[int, ...], ...]


class Local(NamedTuple):
    """A local rule: what the field calls it, and its statement."""

    name: str
    statement: Statement


def local_rule(entry: Entry, k: int, variables: Variables) -> Local:
    """The rule by which the adjoint of a node reaches one of its parts."""
    node, part = entry.node, entry.parts[k]
    match node:
        case Contract():
            place = node.operands.index(part)
            name = _name_of_product(entry, place, variables)
            return Local(name, _law_of_product(node, place, name) or (entry.rule.statement,))
        case Call() if node.function.kind == "elementwise":
            return _elementwise(entry, node, part)
        case Call() if node.function.derivative:
            law = _law_of_call(node.function, node.args[0].ndim, node.axes)
            return Local(node.function.name if law else entry.rule.name, law or row_statement(node))
        case Add() if part in variables and is_layer(node):
            return Local("bias", ("z = … + b ⇒ δb = δz",))
        case Add():
            return Local(entry.rule.name, ("v = … + u ⇒ δu = δv",))
        case _:
            return Local(entry.rule.name, (entry.rule.statement,))


def _elementwise(entry: Entry, node: Call, part: Expr) -> Local:
    """h = tanh(z) ⇒ δz = δh ⊙ (1 − h²)."""
    if not node.function.derivative:
        return Local(entry.rule.name, (entry.rule.statement,))
    layer = is_layer(part)
    row = row_statement(node, node.args.index(part))
    if len(node.args) > 1 or not (node.shape or layer):
        return Local(entry.rule.name, row or (entry.rule.statement,))
    law = _law_elementwise(node.function, *("zh" if layer else "uv"), bool(node.shape))
    return Local("activation" if layer else "elementwise", law or row or (entry.rule.statement,))


@cache
def _law_elementwise(function: Function, moving: str, value: str, shaped: bool) -> Statement:
    shape = (symbol("n", facts=["dimension"]),) if shaped else ()
    operand, known = symbol(moving, shape), symbol(value, shape)
    node = call(function, (operand,))
    rule, parts = rule_for(node, frozenset([operand]))
    moved = simplify(pull(rule.partial(node, parts, 0), node, operand, symbol(f"δ{value}", shape)))
    return _law(value, node, moving, substitute(moved, {node: known}))


def is_layer(node: Expr) -> bool:
    """Whether a value is a matrix product, alone or with something added: what an activation is applied to.

    A layer of one unit is an inner product with a vector of weights.
    """
    terms = node.terms if isinstance(node, Add) else (node,)
    return any(isinstance(term, Contract) and (_is_matrix_product(term) or _is_unit(term)) for term in terms)


def _is_unit(node: Contract) -> bool:
    """Whether this is the inner product of two vectors, one of them a variable."""
    several = len(set(node.operands)) == 2 and set(node.subscripts) == {(0,)} and not node.out
    return several and any(isinstance(each, Symbol) for each in node.operands)


def _is_matrix_product(node: Contract) -> bool:
    """Whether operands are multiplied along an index, at least one of them a matrix."""
    bound = [index for subscript in node.subscripts for index in subscript if index not in node.out]
    return len(bound) > len(set(bound)) and any(len(subscript) > 1 for subscript in node.subscripts) and node.ndim > 0


def _name_of_product(entry: Entry, place: int, variables: Variables) -> str:
    node = entry.node
    assert isinstance(node, Contract)
    moving = node.operands[place]
    others = [each for at, each in enumerate(node.operands) if at != place]
    if not others:
        copies = set(node.out) - set(node.subscripts[0])
        return "broadcasting" if copies else entry.rule.name
    if len(others) > 1 or not _is_matrix_product(node):
        return entry.rule.name
    ranks = moving.ndim, others[0].ndim
    if moving in variables:
        return {(2, 1): OUTER, (2, 2): OUTERS}.get(ranks, entry.rule.name)
    weights = isinstance(others[0], Symbol) and others[0].ndim == 2
    return DENSE if weights else entry.rule.name


def _law_of_product(node: Contract, place: int, name: str) -> Statement:
    """Z = A B ⇒ δA = δZ Bᵀ, for any einsum; empty where it is too long to be a statement."""
    ranks = [each.ndim for each in node.operands]
    if len(ranks) > MOST_OPERANDS or max(*ranks, node.ndim) > 2:
        return ()
    return _law_of_einsum(node.subscripts, node.out, place, _letters(ranks, place, name))


def _letters(ranks: list[int], place: int, name: str) -> tuple[str, ...]:
    """W and h for a layer, else A, B, C for matrices and u, v, w for vectors."""
    if name in LETTERS:
        moving, other = LETTERS[name]
        first = moving.upper() if ranks[place] == 2 else moving
        return (first, other) if place == 0 else (other, first)
    left = {1: iter(VECTORS), 2: iter(MATRICES)}
    return tuple(next(left[each]) for each in ranks)


@cache
def _law_of_einsum(subscripts: Subscripts, out: tuple[int, ...], place: int, letters: tuple[str, ...]) -> Statement:
    count = 1 + max(index for subscript in (*subscripts, out) for index in subscript)
    sizes: Shape = tuple(symbol(name, facts=["dimension"]) for name in SIZES[:count])
    operands = [
        symbol(letter, tuple(sizes[index] for index in subscript))
        for letter, subscript in zip(letters, subscripts, strict=True)
    ]
    value = VALUES[len(out)]
    arriving = symbol(f"δ{value}", tuple(sizes[index] for index in out))
    others = [each for at, each in enumerate(operands) if at != place]
    held = [each for at, each in enumerate(subscripts) if at != place]
    if out:
        moved = contract([arriving, *others], [out, *held], subscripts[place], sizes)
    else:
        moved = mul(arriving, contract(others, held, subscripts[place], sizes))
    return _law(value, contract(operands, subscripts, out, sizes), letters[place], simplify(moved))


@cache
def _law_of_call(function: Function, ndim: int, axes: tuple[int, ...]) -> Statement:
    """p = softmax(z) ⇒ δz = p ⊙ (δp − pᵀ δp); the same for other functions along axes and of matrices."""
    if ndim > 2:
        return ()
    n, m = (symbol(name, facts=["dimension"]) for name in "nm")
    shape = (n, n) if function.kind == "matrix" else (n, m)[:ndim]
    operand = symbol(VALUES[ndim] if function.kind != "matrix" else "A", shape)
    node = call(function, (operand,), axes)
    value = _value_letter(function, node.ndim)
    known = symbol(value, node.shape)
    rule, parts = rule_for(node, frozenset([operand]))
    arriving = symbol(f"δ{value}", node.shape)
    moved = simplify(pull(rule.partial(node, parts, 0), node, operand, arriving))
    return _law(value, node, operand.name, substitute(moved, {node: known}))


def _value_letter(function: Function, rank: int) -> str:
    if function.kind == "matrix":
        return "V" if rank else "s"
    return "spP"[rank]


def _law(value: str, made: Expr, moving: str, adjoint: Expr) -> Statement:
    if size(adjoint) > LONGEST_ROW:
        return ()
    return symbol(value, made.shape), " = ", made, ARROW, f"δ{moving} = ", adjoint


def spelled(names: Iterable[Expr]) -> Statement:
    """Names in a row: u1, u2 and h."""
    listed = list(names)
    pieces: list[str | Expr] = []
    for place, each in enumerate(listed):
        pieces += [" and " if place == len(listed) - 1 else ", ", each] if place else [each]
    return tuple(pieces)


def value_letter(node: Expr, into: Iterable[Expr]) -> str:
    """The letter that a value without a name goes by: z before an activation, h after it, p for probabilities."""
    letter = "u"
    if isinstance(node, Call) and node.function.kind == "axiswise":
        letter = "p" if node.function.name == "softmax" else "u"
    elif isinstance(node, Call) and is_layer(node.args[0]):
        letter = "h"
    elif is_layer(node) and any(isinstance(each, Call) for each in into):
        letter = "z"
    return letter.upper() if node.ndim > 1 and letter != "u" else letter


def value_word(node: Expr, variables: Variables) -> str:
    """What the field calls a value of the forward pass: dense layer, activation, softmax; empty for others."""
    match node:
        case Call() if node.function.kind == "axiswise":
            return node.function.name
        case Call() if node.args and is_layer(node.args[0]):
            return "activation"
        case _ if is_layer(node):
            return _layer_word(node, variables)
    return ""


def _layer_word(node: Expr, variables: Variables) -> str:
    """A dense layer, of values or with weights that are variables; but a linear map of a vector that is a variable."""
    if not node.shape:
        return "weighted sum"
    terms = node.terms if isinstance(node, Add) else (node,)
    products = [term for term in terms if isinstance(term, Contract) and _is_matrix_product(term)]
    moving = [each for term in products for each in term.operands if each in variables]
    return "linear map" if any(each.ndim == 1 for each in moving) else DENSE
