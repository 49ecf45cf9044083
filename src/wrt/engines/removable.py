"""Code that is right at and near the points where a formula is not: beside each such part stands its series there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod

from wrt.engines.careful import careful
from wrt.engines.regions import MOST_NODES, Region, is_entrywise, region
from wrt.expr.build import add, contract, mul
from wrt.expr.node import Add, Contract, Expr
from wrt.expr.walk import is_larger, nodes, rebuild, substitute

MOST_TERMS = 8  # of a product of sums that is multiplied out
MOST_ROUNDS = 4  # of multiplying out sums inside sums


class Removing:
    """Puts series beside formulas near their removable singularities: largest parts first, each once."""

    def __init__(self) -> None:
        self.done: dict[Expr, Expr] = {}

    def apply(self, roots: Sequence[Expr]) -> list[Expr]:
        """The expressions, right at their singular points."""
        for node in nodes(*roots):
            if not is_entrywise(node):
                self.done[node] = self.inner(node)
        return [self.whole(root) for root in roots]

    def whole(self, root: Expr) -> Expr:
        """An expression that is made entry by entry from parts that are done."""
        if root not in self.done:
            self.done[root] = self.entrywise(root) if is_entrywise(root) else self.inner(root)
        return self.done[root]

    def entrywise(self, root: Expr) -> Expr:
        """A function of numbers, of parts that are done."""
        for form in (root, _multiplied_out(root)) if root.shape and not is_larger(root, MOST_NODES) else (root,):
            seen = region(form)
            shaped = frozenset(symbol for symbol, part in seen.parts.items() if part.shape)
            changed = careful(seen.function, seen.parts, shaped)
            if changed is not seen.function:
                return substitute(changed, self.parts(seen))
        seen = region(root)
        parts = self.parts(seen)
        return root if parts == seen.parts else substitute(seen.function, parts)

    def parts(self, seen: Region) -> Mapping[Expr, Expr]:
        """What became of the parts of a region."""
        return {symbol: self.whole(part) for symbol, part in seen.parts.items()}

    def inner(self, node: Expr) -> Expr:
        """A node on its operands, each a whole of its own; those of an einsum with the same indices are one."""
        if isinstance(node, Contract) and not is_entrywise(node):
            return self.contracted(node)
        operands = tuple(map(self.whole, node.operands))
        return node if operands == node.operands else node.rebuilt(operands)

    def contracted(self, node: Contract) -> Expr:
        """An einsum."""
        groups: dict[tuple[int, ...], list[Expr]] = {}
        for subscript, operand in zip(node.subscripts, node.operands, strict=True):
            groups.setdefault(subscript, []).append(operand)
        products = {subscript: mul(*group) for subscript, group in groups.items()}
        changed = {subscript: self.whole(product) for subscript, product in products.items()}
        return node if changed == products else contract(list(changed.values()), list(changed), node.out, node.sizes)


def _multiplied_out(root: Expr) -> Expr:
    """The expression with sums of einsums for einsums of short sums, so that scalars stand before their arrays."""

    def change(node: Expr) -> Expr:
        if not isinstance(node, Contract) or is_entrywise(node):
            return node
        choices = [_terms(operand) for operand in node.operands]
        if not 1 < prod(map(len, choices)) <= MOST_TERMS:
            return node
        return add(*(contract(chosen, node.subscripts, node.out, node.sizes) for chosen in product(*choices)))

    for _ in range(MOST_ROUNDS):
        root, before = rebuild(root, change), root
        if root is before:
            break
    return root


def _terms(node: Expr) -> tuple[Expr, ...]:
    return node.terms if isinstance(node, Add) and all(term.shape for term in node.terms) else (node,)
