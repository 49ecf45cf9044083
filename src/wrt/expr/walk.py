"""Walking and rebuilding: every pass is linear in the distinct nodes, and none recurses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from wrt.errors import DomainError
from wrt.expr.node import Call, Constant, Delta, Expr, Formula, Integral, Mul, Symbol, Unit

T = TypeVar("T")


def nodes(*roots: Expr) -> list[Expr]:
    """The distinct nodes below the roots, each after its operands.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> [str(node) for node in nodes(x**2)]
    ['x', '2', 'x**2']
    """
    seen: set[Expr] = set()
    order: list[Expr] = []
    stack: list[tuple[Expr, bool]] = [(_plain(root), False) for root in reversed(roots)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
            continue
        if node in seen:
            continue
        seen.add(node)
        operands = node.operands
        if not operands:
            order.append(node)
            continue
        stack.append((node, True))
        stack.extend([(operand, False) for operand in reversed(operands) if operand not in seen])
    return order


def is_larger(root: Expr, most: int) -> bool:
    """Whether the expression has more than so many distinct nodes; no more of them are looked at.

    >>> from wrt.expr.build import symbol
    >>> is_larger(symbol("x") ** 2, 2), is_larger(symbol("x") ** 2, 3)
    (True, False)
    """
    seen = {root}
    stack = [root]
    while stack and len(seen) <= most:
        for operand in stack.pop().operands:
            if operand not in seen:
                seen.add(operand)
                stack.append(operand)
    return len(seen) > most


def _plain(node: Expr) -> Expr:
    return node.node if isinstance(node, Formula) else node


def rebuild(root: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The expression with `change` applied to every node, operands first: it sees nodes rebuilt from changed ones.

    A node that would become undefined, as 1/tr(Z) does where tr(Z) is 0, stays as it is.
    """
    root = _plain(root)
    done: dict[Expr, Expr] = {}
    for node in nodes(root):
        done[node] = _changed(node, tuple([done[operand] for operand in node.operands]), change)
    return done[root]


def _changed(node: Expr, operands: tuple[Expr, ...], change: Callable[[Expr], Expr]) -> Expr:
    try:
        return change(node if operands == node.operands else node.rebuilt(operands))
    except DomainError:
        return node


def remembered(root: Expr, name: str, of: Callable[[Expr], T]) -> T:
    """What `of` says of the expression, asked of its operands first: each node is asked once, and keeps the answer."""
    root = _plain(root)
    stack = [root]
    while stack:
        node = stack[-1]
        pending = [operand for operand in node.operands if operand.recall(name) is None]
        if pending and node.recall(name) is None:
            stack.extend(reversed(pending))
            continue
        if node.recall(name) is None:
            node.remember(name, of(node))
        stack.pop()
    return root.recall(name)  # type: ignore[no-any-return]


def rebuild_once(root: Expr, name: str, change: Callable[[Expr], Expr]) -> Expr:
    """As `rebuild`; each node remembers under a name what became of it, so that common parts are not seen again."""

    def changed(node: Expr) -> Expr:
        return _changed(node, tuple([operand.recall(name) for operand in node.operands]), change)

    return remembered(root, name, changed)


def substitute(root: Expr, mapping: Mapping[Expr, Expr]) -> Expr:
    """The expression with nodes replaced, all at once; bound variables of integrals stay out of it."""
    root = _plain(root)
    mapping = {_plain(old): _plain(new) for old, new in mapping.items()}
    touched = {symbol for old in mapping for symbol in old.free}
    arriving = {symbol for new in mapping.values() for symbol in new.free}
    done: dict[Expr, Expr] = {}
    for node in nodes(root):
        if node in mapping:
            done[node] = mapping[node]
        elif touched and touched.isdisjoint(node.free):
            done[node] = node
        elif isinstance(node, Integral) and node.variable in touched | arriving:
            fresh = fresh_symbol(node.variable, node.integrand.free | touched | arriving)
            integrand = substitute(node.integrand, {node.variable: fresh})
            renamed = Integral.intern(integrand, fresh, done[node.lower], done[node.upper])
            done[node] = renamed.rebuilt((substitute(integrand, mapping), done[node.lower], done[node.upper]))
        else:
            operands = tuple(done[operand] for operand in node.operands)
            done[node] = node if operands == node.operands else node.rebuilt(operands)
    return done[root]


def fresh_symbol(like: Symbol, taken: Iterable[Symbol]) -> Symbol:
    """A symbol like this one under a name that none of the taken ones has."""
    names = {each.name for each in taken}
    count = 1
    while f"{like.name}_{count}" in names:
        count += 1
    return Symbol.intern(f"{like.name}_{count}", like.shape, like.facts)


def dimensions(root: Expr) -> list[Symbol]:
    """The dimension symbols that occur in shapes or values, in the order they are met, then those of indices."""
    root = _plain(root)
    known: tuple[Symbol, ...] | None = root.recall("dimensions")
    if known is None:
        found: dict[Symbol, None] = {}
        for node in nodes(root):
            for size in node.shape:
                for each in sorted(size.free, key=lambda symbol: symbol.name):
                    found.setdefault(each)
            if isinstance(node, Symbol) and "dimension" in node.facts:
                found.setdefault(node)
        for each in sorted(positions(root), key=lambda symbol: symbol.name):
            if "dimension" in each.facts:
                found.setdefault(each)
        known = root.remember("dimensions", tuple(found))
    return list(known)


def positions(root: Expr) -> set[Symbol]:
    """The symbols that stand for positions, in indices and slices."""
    selectors = [node for node in nodes(root) if isinstance(node, Unit | Delta)]
    places = [each.position if isinstance(each, Unit) else each.offset for each in selectors]
    return {symbol for place in places for symbol in place.free}


def free_symbols(root: Expr) -> list[Symbol]:
    """The free symbols in the order they are met."""
    return [node for node in nodes(root) if isinstance(node, Symbol) and node in root.free]


def is_number(node: Expr) -> bool:
    """Whether the expression contains no symbol."""
    return not node.free


def calls(root: Expr, name: str) -> list[Call]:
    """The calls of one function below the root."""
    return [node for node in nodes(root) if isinstance(node, Call) and node.function.name == name]


def is_minus(node: Expr) -> bool:
    """Whether the expression is a number or product with a negative coefficient."""
    return (isinstance(node, Mul) and node.coefficient < 0) or (isinstance(node, Constant) and node.value < 0)
