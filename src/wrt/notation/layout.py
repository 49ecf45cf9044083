"""From nodes to the written form: one lifting per node kind, each done once per node, none recursing with its depth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wrt.expr.conditions import MIRRORED, compare
from wrt.expr.node import (
    ZERO,
    Add,
    Antiderivative,
    Call,
    Cases,
    Compare,
    Constant,
    Contract,
    Delta,
    Derivative,
    Expr,
    Integral,
    Limit,
    Logic,
    Mul,
    Named,
    Power,
    Reshape,
    Symbol,
    Triangle,
    Unit,
)
from wrt.expr.tensor import kron_factors
from wrt.notation import contraction, products, sums
from wrt.notation.items import structural
from wrt.notation.order import factor_key, prepare
from wrt.notation.products import Factor, Lifted, base_of, magnitude, number_tree, opposite_exponent
from wrt.notation.tree import (
    Applied,
    Approached,
    Compared,
    Differentiated,
    Integrated,
    Joined,
    Minus,
    Name,
    Where,
    Written,
)

DEEP = 100

Signed = tuple[int, Written]


class Layout:
    """Lifts nodes into the written form. Without names, what it finds is kept on the nodes themselves."""

    def __init__(self, names: Mapping[Expr, str] | None = None, fresh: bool = False) -> None:
        self.names: dict[Expr, Signed] = {}
        self.found: dict[tuple[str, Expr], Any] | None = {} if names or fresh else None
        for node, name in (names or {}).items():
            self.names[node] = (1, Name(name, part=True))
            if isinstance(node, Add | Mul):  # the negative of anything else is written as a product with it
                self.names.setdefault(-node, (-1, self.names[node][1]))

        named = (node for node in self.names if isinstance(node, Add))
        self.sums = sorted(named, key=lambda node: -len(node.terms))  # those that have a name, the longest first

    def recall(self, what: str, node: Expr) -> Any:
        """What is already known of a node."""
        return node.recall(what) if self.found is None else self.found.get((what, node))

    def remember(self, what: str, node: Expr, value: Any) -> Any:
        """Keep what is known of a node."""
        if self.found is None:
            return node.remember(what, value)
        self.found[what, node] = value
        return value

    def lift(self, root: Expr) -> Written:
        """How an expression is written."""
        known: Written | None = self.recall("written", root)
        if known is not None:
            return known
        if not root.operands or root in self.names:
            known = self._lift(root)
            self.remember("written", root, known)
            return known
        return self._walk(root)

    def definition(self, node: Expr) -> Written:
        """How an expression is written that has a name itself."""
        for operand in node.operands:
            self.lift(operand)
        own = {each: self.names.pop(each) for each in (node, -node) if each in self.names}
        tree = self._lift(node)
        self.names.update(own)
        return tree

    def signed(self, root: Expr) -> Signed:
        """The sign of an expression, and how it is written without it; sums are written with the sign they prefer."""
        if isinstance(root, Symbol | Call | Named):
            return self.names.get(root) or (1, self.lift(root))
        known: Signed | None = self.recall("signed", root)
        if known is None:
            self.lift(root)
            known = self.remember("signed", root, self._signed(root))
        return known

    def _walk(self, root: Expr) -> Written:
        """Lift an expression after all below it, without recursion."""
        recall, names = self.recall, self.names
        stack = [root]
        while True:
            node = stack[-1]
            below = [each for each in node.operands if each.operands and each not in names]
            pending = [each for each in below if recall("written", each) is None]
            if pending:
                stack.extend(pending)
                continue
            if len(stack) > DEEP:
                prepare(node)
            tree: Written = self.remember("written", node, self._lift(node))
            stack.pop()
            while stack and recall("written", stack[-1]) is not None:
                stack.pop()
            if not stack:
                return tree

    def _lift(self, node: Expr) -> Written:
        if node in self.names:
            sign, tree = self.names[node]
            return tree if sign > 0 else Minus(tree)
        return _LIFTS[type(node)](self, node)

    def _signed(self, node: Expr) -> Signed:
        if node in self.names:
            return self.names[node]
        match node:
            case Constant():
                return (-1 if node.value < 0 else 1), number_tree(magnitude(node.value))
            case Mul():
                return products.product(self, node.coefficient, node.factors, absorb=False)
            case Add():
                found = self.terms(node)
                sign = sums.preferred_sign(found)
                return sign, sums.arrange(found, sign)
            case Power() | Contract():
                return products.product(self, 1, (node,), absorb=False)
            case _:
                return 1, self.lift(node)

    def lifted(self, node: Contract) -> Lifted:
        """The factors of an einsum."""
        known: Lifted | None = self.recall("lifted", node)
        if known is None:
            known = self.remember("lifted", node, contraction.lift(self, node))
        return known

    def as_factor(self, node: Expr) -> Factor:
        """A factor that another layout places."""
        if not isinstance(node, Power):
            return Factor(factor_key(node), self.lift(node), node)
        below = opposite_exponent(node.exponent)
        tree, exponent = base_of(self, node.base, below or node.exponent)
        return Factor(factor_key(node), tree, node.base, -exponent if below else exponent)

    def terms(self, node: Add) -> list[sums.Term]:
        """The terms of a sum in order."""
        known: list[sums.Term] | None = self.recall("terms", node)
        if known is None:
            known = self.remember("terms", node, sums.terms(self, node))
        return known

    def flipped(self, node: Add) -> Written | None:
        """A sum written with the sign that it does not prefer, if a positive term then leads it."""
        if node in self.names:
            return None
        found = self.terms(node)
        if all(term.sign == found[0].sign for term in found):
            return None
        return sums.arrange(found, -sums.preferred_sign(found))

    def lift_number(self, node: Constant) -> Written:
        tree = number_tree(magnitude(node.value))
        return Minus(tree) if node.value < 0 else tree

    def lift_name(self, node: Symbol | Named) -> Written:
        return Name(node.name)

    def lift_sum(self, node: Add) -> Written:
        found = self.terms(node)
        if all(term.sign < 0 for term in found):
            for place, term in enumerate(found):
                tree = self.lift(term.node)  # where a factor can take the sign, no minus is left
                if term.node.operands and not isinstance(tree, Minus) and tree.ops <= term.tree.ops:
                    found = [*found[:place], sums.Term(1, tree, term.node), *found[place + 1 :]]
                    return sums.arrange(found, 1)
            return Minus(sums.arrange(found, -1))
        return sums.arrange(found, 1)

    def lift_product(self, node: Mul) -> Written:
        if node.coefficient == 0:
            return Applied("zeros", tuple(map(self.lift, node.shape)))
        sign, tree = products.product(self, node.coefficient, node.factors, absorb=True)
        return tree if sign > 0 else Minus(tree)

    def lift_factor(self, node: Power | Contract) -> Written:
        sign, tree = products.product(self, 1, (node,), absorb=True)
        return tree if sign > 0 else Minus(tree)

    def lift_call(self, node: Call) -> Written:
        function = node.function
        args = function.written(node.args)
        if function.commutative:
            args = tuple(sorted(args, key=lambda arg: (isinstance(arg, Constant), factor_key(arg))))
        return Applied(function.name, sums.side_by_side(self, args), function, _axes(node))

    def lift_comparison(self, node: Compare) -> Written:
        named = self.names and self.named_ramp(node)
        return named or Compared((node.op,), sums.side_by_side(self, node.operands))

    def named_ramp(self, node: Compare) -> Written | None:
        """What a ramp with a name is positive with: h > 0 for u > 0, where h = relu(u)."""
        if node.op == ">" and node.right is ZERO:
            for part, (_, tree) in self.names.items():
                if isinstance(part, Call) and part.function.name == "relu" and part.operands[0] is node.left:
                    return Compared((node.op,), (tree, number_tree(0)))
        return None

    def lift_logic(self, node: Logic) -> Written:
        if not node.conditions:
            zero = number_tree(0)
            return Compared(("==" if node.op == "and" else "!=",), (zero, zero))
        if node.op == "and":
            joined = _between(node.conditions)
            if joined is not None:
                first, second = joined
                sides = (first.left, first.right, second.right)
                return Compared((first.op, second.op), tuple(map(self.lift, sides)))
        conditions = sorted(map(self.lift, node.conditions), key=lambda tree: repr(tree))
        return Joined(node.op, tuple(conditions))

    def lift_cases(self, node: Cases) -> Written:
        *values, otherwise = sums.side_by_side(self, (*node.values, node.otherwise))
        branches: list[Written] = []
        for condition, value in zip(node.conditions, values, strict=True):
            branches += (self.lift(condition), value)
        return Where((*branches, otherwise))

    def lift_integral(self, node: Integral | Antiderivative) -> Written:
        return Integrated(node.variable.name, *map(self.lift, node.operands))

    def lift_derivative(self, node: Derivative) -> Written:
        return Differentiated(node.variable.name, node.order, self.lift(node.operand))

    def lift_limit(self, node: Limit) -> Written:
        return Approached(node.variable.name, node.side, *map(self.lift, node.operands))

    def lift_selector(self, node: Unit | Delta | Triangle) -> Written:
        tree = structural(self, node)
        assert tree is not None
        return tree

    def lift_reshape(self, node: Reshape) -> Written:
        factors = kron_factors(node)
        if factors is not None:
            return Applied("kron", tuple(map(self.lift, factors)))
        return Applied("reshape", (self.lift(node.operand), *map(self.lift, node.shape)))


def _axes(node: Call) -> tuple[tuple[str, object], ...]:
    """The option `axis` of a call, where it is needed."""
    rank = node.args[0].ndim
    if not node.axes or (node.function.kind == "reduction" and len(node.axes) == rank) or rank == 1:
        return ()
    return (("axis", node.axes[0] if len(node.axes) == 1 else node.axes),)


def _between(conditions: tuple[Expr, ...]) -> tuple[Compare, Compare] | None:
    """Two comparisons that chain: x > -1 and x < 1 are -1 < x < 1."""
    if len(conditions) != 2 or not all(isinstance(each, Compare) and each.op[0] in "<>" for each in conditions):
        return None
    for first, second in (conditions, conditions[::-1]):
        lower, upper = map(_ascending, (first, second))
        read_back = {compare(each.op, each.left, each.right) for each in (lower, upper)}
        if lower.right is upper.left and read_back == set(conditions):
            return lower, upper
    return None


def _ascending(comparison: Expr) -> Compare:
    """A comparison by < or <=, with its sides in the order of size."""
    assert isinstance(comparison, Compare)
    if comparison.op[0] == "<":
        return comparison
    return Compare.intern(MIRRORED[comparison.op], comparison.right, comparison.left)


_LIFTS: dict[type[Expr], Callable[[Layout, Any], Written]] = {
    Constant: Layout.lift_number,
    Named: Layout.lift_name,
    Symbol: Layout.lift_name,
    Add: Layout.lift_sum,
    Mul: Layout.lift_product,
    Power: Layout.lift_factor,
    Contract: Layout.lift_factor,
    Call: Layout.lift_call,
    Compare: Layout.lift_comparison,
    Logic: Layout.lift_logic,
    Cases: Layout.lift_cases,
    Integral: Layout.lift_integral,
    Antiderivative: Layout.lift_integral,
    Derivative: Layout.lift_derivative,
    Limit: Layout.lift_limit,
    Reshape: Layout.lift_reshape,
    Unit: Layout.lift_selector,
    Delta: Layout.lift_selector,
    Triangle: Layout.lift_selector,
}

PLAIN = Layout()
