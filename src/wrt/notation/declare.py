"""Declarations of the symbols of an expression, as the reader takes them: "n d, symmetric"."""

from __future__ import annotations

from wrt.expr.node import Expr, Formula, Symbol
from wrt.expr.walk import dimensions, free_symbols

# How a fact is spelled, and which other facts follow from it in the reader.
_SPELLED = {"positive": ">0", "nonnegative": ">=0", "negative": "<0", "nonpositive": "<=0", "nonzero": "!=0"}
_FOLLOW = {
    "positive definite": {"symmetric"},
    "positive semidefinite": {"symmetric"},
    "diagonal": {"symmetric"},
    "orthogonal": {"invertible"},
}
_SIGNS = frozenset({"positive", "nonnegative", "negative", "nonpositive"})


def declarations(node: Expr) -> dict[str, str]:
    """The declaration of each free symbol: its dimensions, then its facts.

    >>> from wrt.expr.build import symbol
    >>> n = symbol("n", facts=["dimension"])
    >>> declarations(symbol("A", (n, n), ["symmetric"]) @ symbol("x", (n,)))
    {'A': 'n n, symmetric', 'x': 'n'}
    """
    symbols = [each for each in free_symbols(node) if "dimension" not in each.facts]
    if isinstance(node, Formula):
        order = {name: place for place, name in enumerate(node.arguments)}
        symbols.sort(key=lambda each: order.get(each.name, len(order)))
    else:
        symbols.sort(key=lambda each: each.name)
    declared = {each.name: declaration(each) for each in symbols}
    known = {size.name for each in symbols for axis in each.shape for size in axis.free}
    for size in dimensions(node):
        if size.name not in known:
            declared[size.name] = "dimension"
    return declared


def declaration(symbol: Symbol) -> str:
    """What is declared of one symbol."""
    facts = symbol.facts
    implied = {fact for each in facts for fact in _FOLLOW.get(each, ())}
    if any(fact.startswith("in ") for fact in facts):
        implied |= _SIGNS
    spelled = [_SPELLED.get(fact, fact) for fact in sorted(facts - implied)]
    sizes = " ".join(str(size).replace(" ", "") for size in symbol.shape)
    return ", ".join([sizes, *spelled] if sizes else spelled)
