"""Forms that keep their digits and do not overflow, in the place of those that are written.

The table of `wrt.functions.rewrites` is applied by its patterns; here is what a pattern cannot say: sums of any number
of exponentials, sums along axes, entries of arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TypeAlias

from wrt import functions
from wrt.engines.patterns import base_and_exponent, occurrences
from wrt.expr.arithmetic import factors_of, is_hadamard, split_coefficient
from wrt.expr.build import add, contract, mul, number, total
from wrt.expr.facts import is_positive
from wrt.expr.function import Function
from wrt.expr.node import ONE, Add, Call, Constant, Contract, Delta, Expr, Mul, Power, Unit
from wrt.functions.rewrites import Rewrite, rewrites

Indices: TypeAlias = tuple[int, ...]
Rule: TypeAlias = Callable[[Expr], Expr | None]


def stable(node: Expr) -> Expr | None:
    """A stable form of the outermost part of an expression, or None."""
    match node:
        case Call():
            return by_table(node) or (_first(LOGARITHMS, node.args[0]) if node.function.name == "log" else None)
        case Add():
            return by_table(node)
        case Mul() | Power():
            return _first(PRODUCTS, node)
        case Contract():
            return _softmax(node) or _entrywise(node)
        case _:
            return None


def stable_call(node: Expr) -> Expr | None:
    """A stable form of a call, before its arguments have theirs: log(1 - tanh(x)) is more than log of a stable form."""
    return stable(node) if isinstance(node, Call) else None


def _first(rules: Sequence[Rule], node: Expr) -> Expr | None:
    for rule in rules:
        found = rule(node)
        if found is not None:
            return found
    return None


def by_table(node: Expr) -> Expr | None:
    """The expression with the first row of the table that is written in it replaced."""
    for row in _rows_for(type(node), _heads(node)):
        for found, replaced in occurrences(row.written, node, row.whole):
            args = [found[letter] for letter in row.letters]
            if row.when(*args):
                return replaced(row.stable(*args))
    return None


# A row can only be written where all its functions are.


def _rows_for(kind: type[Expr], heads: frozenset[str]) -> Iterable[Rewrite]:
    kind = Mul if kind in (Power, Contract) else kind
    return (row for row, needed in _rows_by_kind().get(kind, ()) if needed <= heads)


@cache
def _rows_by_kind() -> Mapping[type[Expr], Sequence[tuple[Rewrite, frozenset[str]]]]:
    by_kind: dict[type[Expr], list[tuple[Rewrite, frozenset[str]]]] = {}
    for row in rewrites():
        kind = Mul if isinstance(row.written, Power) else type(row.written)
        by_kind.setdefault(kind, []).append((row, _heads(row.written)))
    return by_kind


def _heads(node: Expr) -> frozenset[str]:
    """The functions that stand outermost in the terms and factors of an expression."""
    if isinstance(node, Call):
        return frozenset((node.function.name,))
    terms = node.terms if isinstance(node, Add) else (node,)
    bases = [base_and_exponent(factor)[0] for term in terms for factor in factors_of(term)[1]]
    return frozenset(base.function.name for base in bases if isinstance(base, Call))


def declared(node: Expr, form: str) -> Expr | None:
    """What a function declares in the place of a form around it: `form` is a key of `wrt.functions.STABLE_FORMS`."""
    if not isinstance(node, Call) or form not in node.function.stable:
        return None
    return node.function.stable[form](*node.args, *([node.axes] if node.axes else []))


def _is_exp(node: Expr) -> bool:
    return isinstance(node, Call) and node.function.name == "exp"


# log(softmax(z)[k]) = log_softmax(z)[k]: picking entries and taking the logarithm may be exchanged.
def _log_of_entry(argument: Expr) -> Expr | None:
    if not isinstance(argument, Contract):
        return None
    others = [each for each in argument.operands if not isinstance(each, Unit | Delta)]
    picks = all(
        index in argument.out or len([1 for each in argument.subscripts if index in each]) == 2
        for subscript in argument.subscripts
        for index in subscript
    )
    if len(others) != 1 or not picks or len(set(argument.out)) != len(argument.out):
        return None
    inner = declared(others[0], "log")
    if inner is None:
        return None
    operands = [inner if each is others[0] else each for each in argument.operands]
    return contract(operands, argument.subscripts, argument.out, argument.sizes)


def _exponent(term: Expr) -> Expr | None:
    """u where the term is exp(u), written as it may be: c·exp(v) for c > 0 is exp(v + log c)."""
    if isinstance(term, Constant):
        return functions.log(term) if term.value > 0 else None
    coefficient, rest = split_coefficient(term)
    if coefficient <= 0 or not _is_exp(rest):
        return None
    return rest.operands[0] if coefficient == 1 else add(rest.operands[0], functions.log(number(coefficient)))


# log(Σ exp(z)) = logsumexp(z), also where the sums stand along new axes.
def _log_of_sum(argument: Expr) -> Expr | None:
    if not isinstance(argument, Contract) or len(argument.operands) != 1 or not _is_exp(argument.operands[0]):
        return None
    (subscript,) = argument.subscripts
    axes = tuple(axis for axis, index in enumerate(subscript) if index not in argument.out)
    if not axes or len(set(subscript)) != len(subscript) or len(set(argument.out)) != len(argument.out):
        return None
    kept = tuple(index for index in subscript if index in argument.out)
    summed = _function("logsumexp")(argument.operands[0].operands[0], axis=axes)
    numbers = {index: place for place, index in enumerate(argument.out)}
    return contract([summed], [tuple(numbers[index] for index in kept)], tuple(range(argument.ndim)), argument.shape)


# log(exp(a) + exp(b)) = logaddexp(a, b), also of more terms.
def _log_of_exponentials(argument: Expr) -> Expr | None:
    if not isinstance(argument, Add) or len(argument.terms) > 8:
        return None
    exponents = [_exponent(term) for term in argument.terms]
    if not all(exponents) or not any(map(_has_exp, argument.terms)):
        return None
    first, *rest = [each for each in exponents if each is not None]
    for each in rest:
        first = functions.logaddexp(first, each)
    return first


def _has_exp(term: Expr) -> bool:
    return _is_exp(split_coefficient(term)[1])


# log(c·Σ exp(z)) = log c + logsumexp(z), and so for any factor with a stable logarithm, if the others are positive.
def _log_of_product(argument: Expr) -> Expr | None:
    if not isinstance(argument, Mul):
        return None
    coefficient, factors = factors_of(argument)
    special = next((each for each in factors if _is_exp(each) or stable(functions.log(each)) is not None), None)
    if special is None or coefficient <= 0:
        return None
    rest = [each for each in factors if each is not special]
    if not all(map(is_positive, rest)):
        return None
    logarithm = special.operands[0] if _is_exp(special) else functions.log(special)
    return add(functions.log(mul(coefficient, *rest)), logarithm)


# log(1 + v) = log1p(v), whatever v is: -x, 2*x, a + b.
def _log_near_one(argument: Expr) -> Expr | None:
    if isinstance(argument, Add) and ONE in argument.terms:
        return functions.log1p(add(*(term for term in argument.terms if term is not ONE)))
    return None


LOGARITHMS: Sequence[Rule] = (
    lambda argument: declared(argument, "log"),
    _log_of_entry,
    _log_of_sum,
    _log_of_exponentials,
    _log_of_product,
    _log_near_one,
)


# x log x is 0 at x = 0, where its factors are 0 and -inf.
def _x_log_x(node: Expr) -> Expr | None:
    coefficient, factors = factors_of(node)
    for logarithm in factors:
        if isinstance(logarithm, Call) and logarithm.function.name == "log":
            (argument,) = logarithm.args
            _, parts = factors_of(argument)
            for factor in factors:
                if factor in parts:
                    rest = [each for each in factors if each is not factor and each is not logarithm]
                    return mul(coefficient, *rest, functions.xlogy(factor, argument))
    return None


PRODUCTS: Sequence[Rule] = (_x_log_x, by_table)


# Products entry by entry among the operands of an einsum: those with the same indices.
def _entrywise(node: Contract) -> Expr | None:
    if is_hadamard(node):
        return _first(PRODUCTS, node)
    for place, subscript in enumerate(node.subscripts):
        alike = [at for at, each in enumerate(node.subscripts) if each == subscript]
        if alike[0] != place or len(alike) == 1:
            continue
        changed = _first(PRODUCTS, mul(*(node.operands[at] for at in alike)))
        if changed is not None:
            rest = [at for at in range(len(node.operands)) if at not in alike]
            operands = [changed, *(node.operands[at] for at in rest)]
            subscripts = [subscript, *(node.subscripts[at] for at in rest)]
            return contract(operands, subscripts, node.out, node.sizes)
    return None


# exp(Z) over its sums along an axis is softmax(Z).
def _softmax(node: Contract) -> Expr | None:
    if len(set(node.out)) != len(node.out):
        return None
    pairs = list(zip(node.operands, node.subscripts, strict=True))
    for exponential, indices in filter(lambda pair: _is_exp(pair[0]), pairs):
        for divisor, kept in pairs:
            axes = tuple(axis for axis, index in enumerate(indices) if index not in kept)
            if axes and _divides_by_sum(divisor, kept, exponential, indices, axes, node):
                rest = [pair for pair in pairs if pair not in ((exponential, indices), (divisor, kept))]
                named = _function("softmax")(exponential.operands[0], axis=axes)
                operands, subscripts = zip((named, indices), *rest, strict=True)
                return contract(operands, subscripts, node.out, node.sizes)
    return None


def _divides_by_sum(
    divisor: Expr, kept: Indices, exponential: Expr, indices: Indices, axes: Indices, node: Contract
) -> bool:
    """Whether a factor is one over the sums of another along these axes, which may be there with size 1."""
    if not isinstance(divisor, Power) or divisor.exponent is not number(-1):
        return False
    whole = len(kept) == len(indices)
    plain = tuple(index for axis, index in enumerate(indices) if axis not in axes)
    there = tuple(index for index in kept if index in indices or not whole or node.sizes[index] is not ONE)
    return there == plain and divisor.base is total(exponential, axes, keepdims=whole)


def _function(name: str) -> Function:
    return functions.TABLE[name]
