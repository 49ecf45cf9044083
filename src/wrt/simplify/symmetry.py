"""Symmetry put to use: S.T is S, and so is the transpose of all that is built symmetrically; K.T is −K."""

from __future__ import annotations

from itertools import product

from wrt import functions
from wrt.expr.arithmetic import split_coefficient
from wrt.expr.build import add, cases, contract, mul, neg, power, zeros
from wrt.expr.node import Add, Call, Cases, Compare, Contract, Expr, Logic, Mul, Power, Rational, Symbol
from wrt.notation import lift, size, write

SYMMETRIC_FACTS = {"symmetric", "positive definite", "positive semidefinite", "diagonal"}
MOST_TURNED = 4
MOST_WRITTEN = 64  # operands of all the forms that are compared


def is_symmetric(node: Expr) -> bool:
    """Whether a matrix is known to equal its transpose.

    >>> from wrt.expr.build import symbol
    >>> n, d = (symbol(name, facts=["dimension"]) for name in "nd")
    >>> X, S = symbol("X", (n, d)), symbol("S", (d, d), ["symmetric"])
    >>> is_symmetric(X @ S @ X.T), is_symmetric(S @ X.T @ X)
    (True, False)
    """
    return node.ndim == 2 and node.shape[0] is node.shape[1] and transposed(node) is settled(node)


def is_antisymmetric(node: Expr) -> bool:
    """Whether a matrix is known to equal minus its transpose."""
    return node.ndim == 2 and node.shape[0] is node.shape[1] and transposed(node) is neg(settled(node))


def transposed(node: Expr) -> Expr:
    """The transpose of a matrix, taken inside as far as it goes: into sums, functions and inverses, down to symbols."""
    stack = [node]
    while node.recall("transposed") is None:
        last = stack[-1]
        waiting = [each for each in _inner(last) if each.recall("transposed") is None]
        if waiting:
            stack.extend(waiting)
        else:
            last.remember("transposed", _transposed(last))
            stack.pop()
    result: Expr = node.recall("transposed")
    return result


def _inner(node: Expr) -> list[Expr]:
    """The operands that are transposed with the node, and those whose symmetry decides how it is written."""
    return [each for each in node.operands if each.ndim == 2]


def _transposed(node: Expr) -> Expr:
    match node:
        case Symbol() if not SYMMETRIC_FACTS.isdisjoint(node.facts):
            return node
        case Symbol() if "antisymmetric" in node.facts:
            return neg(node)
        case Add():
            return add(*map(_within, node.terms))
        case Mul():
            return mul(node.coefficient, *map(_within, node.factors))
        case Power():
            return power(_within(node.base), _within(node.exponent))
        case Call() if node.function.kind == "elementwise":
            return node.rebuilt(tuple(map(_within, node.args)))
        case Call() if node.function.name == "inv":
            return inverse(_within(node.args[0]))
        case Compare() | Logic():
            return node.rebuilt(tuple(map(_within, node.operands)))
        case Cases():
            branches = zip(map(_within, node.conditions), map(_within, node.values), strict=True)
            return cases(tuple(branches), _within(node.otherwise), node.shape[::-1])
        case Contract():
            return settled(contract(node.operands, node.subscripts, node.out[::-1], node.sizes))
        case _:
            return contract([node], [(0, 1)], (1, 0), node.shape)


def inverse(matrix: Expr) -> Expr:
    """The inverse, with scalar factors outside."""
    if isinstance(matrix, Mul):
        return mul(power(mul(matrix.coefficient, *matrix.factors[:-1]), -1), functions.inv(matrix.factors[-1]))
    return functions.inv(matrix)


def _within(operand: Expr) -> Expr:
    return transposed(operand) if operand.shape else operand


def settled(node: Expr) -> Expr:
    """An einsum with each symmetric operand turned so that the whole is shortest; anything else as it is.

    An einsum that is minus itself, such as x @ K @ x with an antisymmetric K, is 0.
    """
    if not isinstance(node, Contract):
        return node
    known: Expr | None = node.recall("settled")
    return node.remember("settled", _settled(node)) if known is None else known


def _settled(node: Contract) -> Expr:
    turns = {place: _sign(operand) for place, operand in enumerate(node.operands)}
    if any(turns[place] < 0 and each[0] == each[1] for place, each in enumerate(node.subscripts)):
        return zeros(*node.shape)
    turning = [
        place
        for place, subscript in enumerate(node.subscripts)
        if len(set(subscript)) == 2 == len(subscript) and turns[place]
    ][: _most_turned(len(node.operands))]
    if not turning:
        return node
    forms: dict[Expr, Rational] = {}
    for choice in product((False, True), repeat=len(turning)):
        turned = {place for place, chosen in zip(turning, choice, strict=True) if chosen}
        subscripts = [each[::-1] if place in turned else each for place, each in enumerate(node.subscripts)]
        coefficient, form = split_coefficient(contract(node.operands, subscripts, node.out, node.sizes))
        sign = (-1) ** sum(turns[place] < 0 for place in turned)
        if forms.setdefault(form, sign * coefficient) != sign * coefficient:
            return zeros(*node.shape)
    least = min(map(size, forms))
    best = min((form for form in forms if size(form) == least), key=lambda form: (len(write(lift(form))), form.key))
    return mul(forms[best], best)


def _most_turned(count: int) -> int:
    """How many of so many operands are turned: with each one more, twice as many forms are compared."""
    forms = MOST_WRITTEN // max(1, count)
    return min(MOST_TURNED, max(1, forms).bit_length() - 1)


def _sign(operand: Expr) -> int:
    """1 for a symmetric operand, -1 for an antisymmetric one, else 0."""
    return 1 if is_symmetric(operand) else -1 if is_antisymmetric(operand) else 0
