"""Declarations of variables: a shape such as "n d", and facts such as ">0", "symmetric" or "in (0, 1)"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from wrt.errors import ReadError, ShapeError
from wrt.expr.build import as_dimension, symbol
from wrt.expr.node import Expr, Shape, Symbol
from wrt.read.letters import spell

_WORDS: dict[str, frozenset[str]] = {
    "real": frozenset(),
    "scalar": frozenset(),
    "positive": frozenset({"positive"}),
    "nonnegative": frozenset({"nonnegative"}),
    "non-negative": frozenset({"nonnegative"}),
    "negative": frozenset({"negative"}),
    "nonpositive": frozenset({"nonpositive"}),
    "nonzero": frozenset({"nonzero"}),
    "integer": frozenset({"integer"}),
    "dimension": frozenset({"dimension"}),
    "symmetric": frozenset({"symmetric"}),
    "positive definite": frozenset({"positive definite", "symmetric"}),
    "spd": frozenset({"positive definite", "symmetric"}),
    "positive semidefinite": frozenset({"positive semidefinite", "symmetric"}),
    "psd": frozenset({"positive semidefinite", "symmetric"}),
    "antisymmetric": frozenset({"antisymmetric"}),
    "skew": frozenset({"antisymmetric"}),
    "skew-symmetric": frozenset({"antisymmetric"}),
    "diagonal": frozenset({"diagonal", "symmetric"}),
    "orthogonal": frozenset({"orthogonal", "invertible"}),
    "invertible": frozenset({"invertible"}),
}
_SYNONYMS = {"spd", "psd", "non-negative", "scalar", "skew", "skew-symmetric"}
_OF_MATRICES = {
    "symmetric", "antisymmetric", "positive definite", "positive semidefinite", "diagonal", "orthogonal", "invertible",
}  # fmt: skip
_SIGNS = {">": "positive", ">=": "nonnegative", "<": "negative", "<=": "nonpositive", "!=": "nonzero"}
_END = r"[-+]?(?:\d+(?:\.\d*)?(?:/\d+)?|inf|oo)"
_INTERVAL = re.compile(rf"in\s*([(\[])\s*({_END})\s*,\s*({_END})\s*([)\]])")
_BOUND = re.compile(rf"(>=|<=|!=|>|<|≥|≤|≠)\s*({_END})")
_PART = re.compile(r"(?:in\s*[(\[][^)\]]*[)\]]|[^,])+")
_SPACED = re.compile(r"\s*([-+*/])\s*")
_DIMENSION = re.compile(r"[^\W\d]\w*")
_OPEN = {">": "({}, inf)", ">=": "[{}, inf)", "<": "(-inf, {})", "<=": "(-inf, {}]"}
_PLAIN = {"≥": ">=", "≤": "<=", "≠": "!="}


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is declared of a variable."""

    shape: Shape
    facts: frozenset[str] = frozenset()

    def symbol(self, name: str) -> Symbol:
        """The variable."""
        return symbol(name, self.shape, self.facts)


SCALAR = Declaration(())


def declarations(given: Mapping[str, object]) -> dict[str, Declaration]:
    """Declarations by the plain names of the variables.

    Raises ReadError for one that cannot be read, ShapeError for facts that do not go with the shape.
    """
    return {spell(name): declaration(name, value) if value != "" else SCALAR for name, value in given.items()}


def declaration(name: str, value: object) -> Declaration:
    """The shape and the facts that a declaration gives, as in jaxtyping: dimensions between spaces, then facts.

    >>> declaration("S", "n n, spd").shape, sorted(declaration("p", "in (0, 1)").facts)
    ((<Symbol n>, <Symbol n>), ['in (0, 1)', 'positive'])
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, tuple | list):
        return Declaration(tuple(_size(each, str(value), name) for each in value))
    if not isinstance(value, str):
        kind = type(value).__name__
        raise ReadError(
            f"the declaration of {name} is a {kind}, not text",
            hint=f'declare shape and facts as text, {name}="n d" or {name}=">0"; values are given to the result',
        )
    parts = [part.strip() for part in _PART.findall(value)]
    facts: set[str] = set()
    shape: Shape = ()
    if parts and parts[0] and _facts(parts[0]) is None:
        shape = tuple(_size(size, value, name) for size in _SPACED.sub(r"\1", parts[0]).split())
        parts = parts[1:]
    for part in parts:
        found = _facts(part)
        if found is None and part:
            raise _unknown_fact(name, value, part)
        facts |= found or set()
    wrong = _OF_MATRICES & facts
    if wrong and (len(shape) != 2 or shape[0] is not shape[1]):
        word = next(part for part in parts if _OF_MATRICES & (_facts(part) or set()))
        raise ShapeError(f"{name} is declared {word}, but is no square matrix", hint=f'write {name}="n n, {word}"')
    return Declaration(shape, frozenset(facts))


def _facts(part: str) -> frozenset[str] | None:
    """The facts that a part of a declaration states, or None where it states none."""
    words = " ".join(part.lower().split())
    if words in _WORDS:
        return _WORDS[words]
    bound = _BOUND.fullmatch(words)
    if bound:
        sign, end = _PLAIN.get(bound[1], bound[1]), bound[2]
        if _value(end) == 0:
            return frozenset({_SIGNS[sign]})
        if sign == "!=":
            return None
        words = "in " + _OPEN[sign].format(end)
    interval = _INTERVAL.fullmatch(words)
    if interval is None:
        return None
    left, lower, upper, right = interval.groups()
    low, high = _value(lower), _value(upper)
    if not low < high:
        return None
    facts = {f"in {left}{_written(low)}, {_written(high)}{right}"}
    if low >= 0:
        facts.add("positive" if low > 0 or left == "(" else "nonnegative")
    if high <= 0:
        facts.add("negative" if high < 0 or right == ")" else "nonpositive")
    return frozenset(facts)


def _value(end: str) -> Fraction | float:
    return float(end.replace("oo", "inf")) if end[-1] in "fo" else Fraction(end)


def _written(end: Fraction | float) -> str:
    return str(end)


def _size(size: object, declared: str, name: str) -> Expr:
    """A dimension: a number, a name, or an expression of them such as n-1."""
    if isinstance(size, int | Expr) and not isinstance(size, bool):
        return as_dimension(size)
    if not isinstance(size, str):
        raise ReadError(f"{size!r} in the declaration of {name} is not a dimension")
    if size.isdecimal():
        return as_dimension(int(size))
    if _DIMENSION.fullmatch(size):
        return dimension(spell(size))
    if not set(size) & set("+-*/("):
        raise _unknown_fact(name, declared, size)
    from wrt.read.text import read_dimension

    return as_dimension(read_dimension(size))


def dimension(name: str) -> Symbol:
    """The dimension of this name."""
    return symbol(name, (), ("dimension",))


def _unknown_fact(name: str, declared: str, part: str) -> ReadError:
    place = max(declared.find(part), 0)
    known = 'a shape is dimensions between spaces, as in "n d"; facts follow a comma: ' + ", ".join(
        [">0", ">=0", "in (0, 1)", *(word for word in _WORDS if word not in _SYNONYMS)]
    )
    return ReadError(f"`{part}` in the declaration of {name} is not known", hint=known, text=declared, position=place)
