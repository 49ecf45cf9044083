"""From nodes to values: one lowering per kind of node; axes that only hold copies are left out until needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from wrt.engines.placed import Placed, Placing
from wrt.engines.reuse import ReusedParts
from wrt.engines.sums import SharedSums, Signed, signed
from wrt.engines.values import Value
from wrt.errors import WrtError
from wrt.expr.arithmetic import negated_sum
from wrt.expr.build import mul, power
from wrt.expr.facts import is_even_integer
from wrt.expr.node import (
    Add,
    Call,
    Cases,
    Compare,
    Constant,
    Contract,
    Delta,
    Derivative,
    Expr,
    Formula,
    Integral,
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
from wrt.expr.walk import is_minus, nodes
from wrt.notation.order import factor_key, number_leads, term_key, total_degree

Parts = tuple[Expr, ...]


class Lowering(Placing):
    """Makes the values of expressions, each node once; `named` are the parts that their author gave a name."""

    def __init__(self, roots: Sequence[Expr], named: Collection[Expr] = ()) -> None:
        super().__init__()
        self.named = frozenset(named)
        computed = nodes(*roots)
        self.program = {*computed, *named}
        self.alike = Counter((len(node.terms), node.shape) for node in self.program if isinstance(node, Add))
        self.done: dict[Expr, Placed] = {}
        entrywise = filter(_is_entrywise, self.named)
        self.sums = SharedSums(node for node in computed if isinstance(node, Add))
        self.parts = ReusedParts([node for node in (*computed, *entrywise) if isinstance(node, Contract)])

    def lower(self, root: Expr) -> Placed:
        """The value of a node."""
        stack = [root]
        while stack:
            node = stack[-1]
            if node not in self.done:
                part_of, make = LOWERINGS[type(node)]
                pending = [part for part in part_of(self, node) if part not in self.done]
                if pending:
                    stack.extend(reversed(pending))
                    continue
                self.done[node] = make(self, node)
            stack.pop()
        return self.done[root]

    def scalar(self, node: Expr) -> Value:
        """The value of a dimension, or of another scalar."""
        return self.lower(node).value

    def opposite(self, node: Add) -> Add | None:
        """The sum with the other sign, if it is computed anyway and is the one to keep."""
        if self.alike[len(node.terms), node.shape] < 2:
            return None
        found = negated_sum(node)
        if not isinstance(found, Add) or found not in self.program:
            return None
        rank = [(each not in self.named, sum(map(is_minus, each.terms)), each.key) for each in (node, found)]
        return found if rank[1] < rank[0] else None

    def full(self, node: Expr) -> Value:
        """The value of a node with all its axes."""
        return self.spread(self.lower(node), node.shape)


def _is_entrywise(node: Expr) -> bool:
    """Whether this is a product entry by entry."""
    return isinstance(node, Contract) and node.out in node.subscripts


def split(factor: Expr) -> tuple[Expr, bool]:
    """A factor, and whether it divides: u**-2 divides as u**2."""
    if isinstance(factor, Power) and isinstance(factor.exponent, Constant) and factor.exponent.value < 0:
        return power(factor.base, -factor.exponent.value), True
    return factor, False


def _terms(terms: Sequence[Signed], shaped: bool) -> list[Signed]:
    """The signed terms in the order of the page: numbers last unless that is not the habit."""
    ordered = sorted(terms, key=lambda pair: term_key(pair[1]))
    if len(ordered) == 2 and isinstance(ordered[1][1], Constant) and ordered[1][0] > 0 and number_leads(ordered[0][1]):
        ordered.reverse()
    if len(ordered) > 2 and shaped:  # X @ w + b - y
        lead = ordered[0][0]
        ordered.sort(key=lambda pair: (not pair[1].shape, -total_degree(pair[1]), -pair[0] * lead))
    return ordered


def _add(lowering: Lowering, node: Add) -> Placed:
    opposite = lowering.opposite(node)
    if opposite is not None:
        return lowering.product(-1, [lowering.done[opposite]])
    terms = [signed(term) for term in node.terms]
    begun = lowering.sums.begun(node)
    if begun:
        return _continued(lowering, terms, begun)
    terms = _terms(terms, bool(node.shape))
    scalars = [term for term in terms if not term[1].shape]
    if node.shape and len(scalars) > 1:
        arrays = [term for term in terms if term[1].shape]
        return _sum(lowering, [*_values(lowering, arrays), (1, _sum(lowering, _values(lowering, scalars)))])
    return _sum(lowering, _values(lowering, terms))


def _continued(lowering: Lowering, terms: Sequence[Signed], begun: Sequence[Sequence[Signed]]) -> Placed:
    """A sum that goes on from one that has begun alike."""
    first, *others = begun
    whole = _sum(lowering, _values(lowering, _terms(first, True)))
    for part in others:
        whole = _sum(lowering, [(1, whole), *_values(lowering, _terms(part, True))])
    added = {term: sign for part in begun for sign, term in part}
    rest = [(sign, term) for sign, term in terms if term not in added]
    lead = next(sign * added[term] for sign, term in terms if term in added)
    return _sum(lowering, [(lead, whole), *_values(lowering, _terms(rest, True))])


def _values(lowering: Lowering, terms: Sequence[Signed]) -> list[tuple[int, Placed]]:
    return [(sign, lowering.done[term]) for sign, term in terms]


def _sum(lowering: Lowering, terms: Sequence[tuple[int, Placed]]) -> Placed:
    signs, parts = [], []
    for outer, placed in terms:
        sign, value = lowering.unsigned(placed)
        signs.append(outer * sign)
        parts.append(value)
    opposite = tuple(-sign for sign in signs)
    values, axes, shape = lowering.align(parts)
    if max(signs) < 0 or lowering.graph.known("sum", values, opposite):
        return lowering.product(-1, [Placed(lowering.graph.make("sum", values, opposite, shape), axes)])
    return Placed(lowering.graph.make("sum", values, tuple(signs), shape), axes)


def _add_parts(lowering: Lowering, node: Add) -> Parts:
    opposite = lowering.opposite(node)
    return (opposite,) if opposite is not None else tuple(signed(term)[1] for term in node.terms)


def _mul(lowering: Lowering, node: Mul) -> Placed:
    if node.coefficient == 0:
        return Placed(lowering.number(0), ())
    if node.coefficient < 0 and mul(-1, node) in lowering.program:
        return lowering.product(-1, [lowering.lower(mul(-1, node))])
    factors = sorted(node.factors, key=factor_key)
    averaged = _mean(lowering, node, factors)
    if averaged is not None:
        return averaged
    tops, bottoms = _sides(lowering, factors)
    return lowering.product(node.coefficient, tops, bottoms)


def _sides(lowering: Lowering, factors: Sequence[Expr]) -> tuple[list[Placed], list[Placed]]:
    tops: list[Placed] = []
    bottoms: list[Placed] = []
    for factor in factors:
        part, below = split(factor)
        (bottoms if below else tops).append(lowering.done[part])
    return tops, bottoms


def _mean(lowering: Lowering, node: Mul, factors: Sequence[Expr]) -> Placed | None:
    """A sum that is divided by the number of its terms."""
    for core in factors:
        if not isinstance(core, Contract):
            continue
        value, axes = lowering.done[core]
        if value.op != "total":
            continue
        sizes = [power(value.args[0].shape[axis], -1) for axis in value.params]
        rest = [factor for factor in factors if factor is not core]
        if all(isinstance(size, Power) and size in rest for size in sizes) and len(set(sizes)) == len(sizes):
            average = lowering.graph.make("mean", value.args, value.params, value.shape)
            tops, bottoms = _sides(lowering, [factor for factor in rest if factor not in sizes])
            return lowering.product(node.coefficient, [*tops, Placed(average, axes)], bottoms)
    return None


def _power(lowering: Lowering, node: Power) -> Placed:
    part, below = split(node)
    if below:
        return lowering.product(1, (), [lowering.done[part]])
    base = lowering.done[node.base]
    if is_even_integer(node.exponent):
        _, base = lowering.unsigned(base)
    return lowering.elementwise("power", (), [base, lowering.done[node.exponent]])


def _call(lowering: Lowering, node: Call) -> Placed:
    function = node.function
    if function.kind == "elementwise":
        return lowering.elementwise("call", (function, ()), [lowering.done[arg] for arg in node.args])
    if function.kind == "matrix":
        value = lowering.graph.make("call", tuple(map(lowering.full, node.args)), (function, ()), node.shape)
        return Placed(value, tuple(range(node.ndim)))
    placed = lowering.done[node.args[0]]
    if not set(node.axes) <= set(placed.axes):
        placed = Placed(lowering.full(node.args[0]), tuple(range(node.args[0].ndim)))
    axes = tuple(placed.axes.index(axis) for axis in node.axes)
    if function.kind == "reduction":
        kept = [axis for axis in placed.axes if axis not in node.axes]
        left = [axis for axis in range(node.args[0].ndim) if axis not in node.axes]
        shape = tuple(node.args[0].shape[axis] for axis in kept)
        value = lowering.graph.make("call", (placed.value,), (function, axes), shape)
        return Placed(value, tuple(map(left.index, kept)))
    return placed._replace(value=lowering.graph.make("call", (placed.value,), (function, axes), placed.value.shape))


def _integral(lowering: Lowering, node: Integral) -> Placed:
    integrand, lower, upper = (lowering.done[part] for part in node.operands)
    values = (integrand.value, lower.value, upper.value)
    return Placed(lowering.graph.make("integral", values, (node.variable,), integrand.value.shape), integrand.axes)


def _derivative(lowering: Lowering, node: Derivative) -> Placed:
    raise WrtError(
        f"the derivative with respect to {node.variable} is not evaluated yet, so it has no code",
        hint="derive it first, with wrt.derive",
    )


def _symbol(lowering: Lowering, node: Symbol) -> Placed:
    op = "dimension" if "dimension" in node.facts else "argument"
    return Placed(lowering.graph.make(op, (), (node,), node.shape), tuple(range(node.ndim)))


def _reshape(lowering: Lowering, node: Reshape) -> Placed:
    factors = kron_factors(node)
    if factors is not None:
        return Placed(lowering.graph.make("kron", tuple(map(lowering.full, factors)), (), node.shape), (0, 1))
    sizes = tuple(map(lowering.scalar, node.shape))
    value = lowering.graph.make("reshape", (lowering.full(node.operand), *sizes), (), node.shape)
    return Placed(value, tuple(range(node.ndim)))


def _contract(lowering: Lowering, node: Contract) -> Placed:
    from wrt.engines.contraction import lower_contract

    return lower_contract(lowering, node)


def _contract_parts(lowering: Lowering, node: Contract) -> Parts:
    from wrt.engines.contraction import needed

    return needed(lowering, node)


def _nothing(lowering: Lowering, node: Expr) -> Parts:
    return ()


def _operands(lowering: Lowering, node: Expr) -> Parts:
    return node.operands


def _structure(lowering: Lowering, node: Delta | Unit | Triangle) -> Placed:
    """A slice, an index or a running sum that stands alone."""
    from wrt.engines.structure import dense

    return Placed(dense(lowering, node), tuple(range(node.ndim)))


LOWERINGS: Mapping[type[Expr], tuple[Callable[[Lowering, Any], Parts], Callable[[Lowering, Any], Placed]]] = {
    Formula: (lambda lowering, node: (node.node,), lambda lowering, node: lowering.done[node.node]),
    Symbol: (_nothing, _symbol),
    Constant: (_nothing, lambda lowering, node: Placed(lowering.number(node.value), ())),
    Named: (_nothing, lambda lowering, node: Placed(lowering.graph.make("named", (), (node.name,)), ())),
    Add: (_add_parts, _add),
    Mul: (
        lambda lowering, node: () if node.coefficient == 0 else tuple(split(factor)[0] for factor in node.factors),
        _mul,
    ),
    Power: (lambda lowering, node: (part[0],) if (part := split(node))[1] else node.operands, _power),
    Call: (_operands, _call),
    Compare: (
        _operands,
        lambda lowering, node: lowering.elementwise("compare", (node.op,), [lowering.done[e] for e in node.operands]),
    ),
    Logic: (
        _operands,
        lambda lowering, node: lowering.elementwise("logic", (node.op,), [lowering.done[e] for e in node.operands]),
    ),
    Cases: (
        _operands,
        lambda lowering, node: lowering.elementwise(
            "where", (len(node.conditions),), [lowering.done[e] for e in node.operands]
        ),
    ),
    Contract: (_contract_parts, _contract),
    Delta: (_nothing, _structure),
    Unit: (_nothing, _structure),
    Triangle: (_nothing, _structure),
    Reshape: (lambda lowering, node: kron_factors(node) or node.operands, _reshape),
    Integral: (_operands, _integral),
    Derivative: (_nothing, _derivative),
}
