"""Single points of tensors at which a function has its limit as value: pieces that have its derivatives there too."""

from __future__ import annotations

from math import factorial

from wrt.derive.engine import differentiate
from wrt.derive.germ import value_at
from wrt.expr.arithmetic import is_hadamard, is_zero, uniform_value
from wrt.expr.build import add, cases, div, logic, mul, power, sub, symbol
from wrt.expr.node import Cases, Compare, Expr, Symbol
from wrt.expr.walk import nodes, rebuild
from wrt.simplify import simplify
from wrt.simplify.sides import has_pieces, is_entrywise


def with_derivatives(root: Expr, order: int) -> Expr:
    """The same function, where a piece that is one point of each entry has the derivatives of the rest up to an order.

    >>> from wrt.expr.build import compare, where
    >>> from wrt.functions import sin
    >>> x = symbol("x", (symbol("n", facts=["dimension"]),))
    >>> print(with_derivatives(where(compare("!=", x, 0), sin(x) / x, 1), 2))
    where(x == 0, 1 - x**2/6, sin(x)/x)
    """
    return rebuild(root, lambda node: _filled(node, order)) if has_pieces(root) else root


def _filled(node: Expr, order: int) -> Expr:
    if not (isinstance(node, Cases) and node.shape and len(node.conditions) == 1):
        return node
    condition, value, rest = node.conditions[0], node.values[0], node.otherwise
    if not isinstance(condition, Compare) or condition.op not in ("==", "!="):
        return node
    if condition.op == "!=":
        condition, value, rest = logic("not", condition), rest, value
    assert isinstance(condition, Compare)
    x, point = condition.left, uniform_value(condition.right) or condition.right
    if not isinstance(x, Symbol) or point.shape or rest.shape != x.shape or has_pieces(rest) or not is_entrywise(rest):
        return node
    terms = _coefficients(rest, x, point, order)
    if terms is None or not is_zero(simplify(sub(terms[0], uniform_value(value) or value))):
        return node
    series = add(*(mul(term, power(sub(x, point), place)) for place, term in enumerate(terms)))
    return cases([(condition, series)], rest, node.shape)


def _coefficients(function: Expr, x: Symbol, point: Expr, order: int) -> list[Expr] | None:
    """Those of the Taylor polynomial in each entry; None where they are not known."""
    entry = symbol("[entry]")
    derivative = _of_entry(function, x, entry)
    if derivative.shape or entry not in derivative.free:
        return None
    found = []
    for place in range(order + 1):
        value = value_at(derivative, entry, point)
        if value is None:
            return None
        found.append(div(value, factorial(place)))
        derivative = simplify(differentiate(derivative, entry))
    return found


def _of_entry(root: Expr, x: Symbol, entry: Expr) -> Expr:
    """What is done entry by entry, done to one entry."""
    done: dict[Expr, Expr] = {}
    for node in nodes(root):
        operands = tuple(done[operand] for operand in node.operands)
        if node is x:
            done[node] = entry
        elif is_hadamard(node):
            done[node] = mul(*operands)
        else:
            done[node] = node if operands == node.operands else node.rebuilt(operands)
    return done[root]
