"""Simplification: parts first, then for each sum and product the shortest of the forms that it can be written in."""

from __future__ import annotations

from wrt.expr.arithmetic import full, is_hadamard, is_zero
from wrt.expr.build import transpose
from wrt.expr.facts import is_positive
from wrt.expr.node import Add, Cases, Compare, Contract, Expr, Formula, Integral, Logic, Mul, Power
from wrt.notation import effort
from wrt.simplify.branches import branch_forms
from wrt.simplify.cost import cost
from wrt.simplify.elementwise import join_diagonals, join_groups
from wrt.simplify.forms import elementwise_forms
from wrt.simplify.integrals import polynomial_integral
from wrt.simplify.inverses import cancel_inverses
from wrt.simplify.logarithms import joined_logarithms, turned_logarithm
from wrt.simplify.piecewise import add_pieces, merge_cases, merge_conditions, power_of_pieces
from wrt.simplify.quotients import cancel_quotients
from wrt.simplify.recognise import recognise_sum
from wrt.simplify.reshapes import without_reshapes
from wrt.simplify.shares import sum_shares
from wrt.simplify.tensor import factor_operands, multiplied_out, spread_out, transposed_sums, without_contents

OPEN = (Add, Mul, Power, Contract, Cases, Compare, Logic, Integral)


def simplify(expression: Expr) -> Expr:
    """The same function in a form that reads better, equal wherever both are defined; arguments of calls stay.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> print(simplify(1 / (1 + x**2) - 2 * x**2 / (1 + x**2) ** 2))
    (1 - x**2)/(1 + x**2)**2
    """
    root = expression.node if isinstance(expression, Formula) else expression
    stack = [root]
    while stack:
        node = stack[-1]
        if node.recall("simplified") is not None:
            stack.pop()
            continue
        waiting = [part for part in _parts(node) if part.recall("simplified") is None]
        if waiting:
            stack.extend(waiting)
            continue
        found = _shortest(node)
        known = found.recall("simplified")
        result = found.remember("simplified", found) if known is None else known
        node.remember("simplified", result)
        stack.pop()
    return root.recall("simplified")  # type: ignore[no-any-return]


def _parts(node: Expr) -> tuple[Expr, ...]:
    """The operands that are simplified with the node."""
    return node.operands if isinstance(node, OPEN) else ()


def _shortest(node: Expr) -> Expr:
    if not isinstance(node, OPEN) or is_zero(node):
        return node
    parts = tuple(part.recall("simplified") for part in node.operands)
    plain = node if parts == node.operands else node.rebuilt(parts)
    if isinstance(plain, Contract):
        for change in (cancel_inverses, sum_shares, cancel_quotients):
            met = change(plain)
            if met is not plain:
                return simplify(met)
    if any(part.recall("simplified") is not part for part in _parts(plain)):
        node.remember("simplified", node)
        return simplify(plain)
    spread = _in_words(plain) if isinstance(plain, Contract) else plain
    if spread is not plain:
        node.remember("simplified", node)
        return simplify(spread)
    candidates = _candidates(plain)
    if candidates[0] is not plain and not isinstance(plain, Integral):
        candidates.append(plain)
    result = candidates[0]
    if len(candidates) > 1:
        most = effort(plain)
        result = min((form for form in candidates if effort(form) <= most), key=cost)
    return result if result.shape == node.shape or result.is_condition else full(result, node.shape)


def _in_words(node: Contract) -> Expr:
    """An einsum of operands with no more axes than a matrix, where it can be one or a sum of such."""
    flat = without_reshapes(node)
    return spread_out(node) if flat is node else flat


def _candidates(node: Expr) -> list[Expr]:
    """The forms of a node whose parts are simple."""
    match node:
        case Compare() | Logic():
            merged = merge_conditions(node, simplify)
            return [merged if merged is node else merged.rebuilt(tuple(map(simplify, merged.operands)))]
        case Cases():
            return [merge_cases(node)]
        case Contract() if not is_hadamard(node):
            joined = without_contents(join_groups(node, simplify))
            return [joined, *map(simplify, multiplied_out(joined))]
        case Power() if isinstance(node.base, Cases) and is_positive(node.exponent):
            return [simplify(power_of_pieces(node.base, node.exponent))]
        case Add():
            joined = add_pieces(node)
            if joined is not node:
                return [simplify(joined)]
            named = recognise_sum(node)
            if named is not node:
                return [simplify(named)]
            if node.shape:
                node = factor_operands(join_diagonals(node, simplify), simplify)
            logarithms = joined_logarithms(node) if isinstance(node, Add) else ()
            tensors = (*branch_forms(node), *map(transpose, transposed_sums(node)))
            return [node, *elementwise_forms(node), *logarithms, *tensors]
        case Integral():
            value = polynomial_integral(node)
            return [node if value is node else simplify(value)]
        case Mul() if not node.shape:
            return [node, *elementwise_forms(node), *turned_logarithm(node)]
        case _:
            return [node, *elementwise_forms(node)]
