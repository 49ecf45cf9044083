"""Forms that keep their digits and do not overflow, in the place of those that are written: a table of rewrites."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TypeAlias

from wrt import functions
from wrt.expr.arithmetic import factors_of, split_coefficient
from wrt.expr.build import PI, add, contract, mul, neg, number, power, total
from wrt.expr.facts import is_positive
from wrt.expr.function import Function
from wrt.expr.node import ONE, Add, Call, Constant, Contract, Delta, Expr, Mul, Power, Rational, Unit

Indices: TypeAlias = tuple[int, ...]
Rule: TypeAlias = Callable[[Expr], Expr | None]


def stable(node: Expr) -> Expr | None:
    """A stable form of the outermost part of an expression, or None."""
    match node:
        case Call() if node.function.name == "log":
            return _first(LOGARITHMS, node.args[0])
        case Add():
            return _near_one(node)
        case Mul() | Contract():
            return _first(PRODUCTS, node)
        case _:
            return None


def _first(rules: Sequence[Rule], node: Expr) -> Expr | None:
    for rule in rules:
        found = rule(node)
        if found is not None:
            return found
    return None


def declared(node: Expr, form: str) -> Expr | None:
    """What a function declares in the place of a form around it: `form` is a key of `wrt.functions.STABLE_FORMS`."""
    if not isinstance(node, Call) or form not in node.function.stable:
        return None
    return node.function.stable[form](*node.args, *([node.axes] if node.axes else []))


def _is_exp(node: Expr) -> bool:
    return isinstance(node, Call) and node.function.name == "exp"


def _complement(node: Expr) -> tuple[str, Expr] | None:
    """How an expression is 1 and something: "1-" and g where it is 1 - g, "1-**2" and g where it is 1 - g**2, "1+"."""
    if not isinstance(node, Add) or len(node.terms) != 2:
        return None
    terms = [term for term in node.terms if not isinstance(term, Constant)]
    constant = next((term for term in node.terms if isinstance(term, Constant)), None)
    if constant is None or len(terms) != 1 or constant.value not in (1, -1):
        return None
    coefficient, rest = split_coefficient(terms[0])
    if coefficient == 1:
        return ("1+" if constant.value == 1 else "-1"), rest
    if coefficient != -1 or constant.value != 1:
        return None
    if isinstance(rest, Power) and isinstance(rest.exponent, Constant) and rest.exponent.value == 2:
        return "1-**2", rest.base
    return "1-", rest


# log(g) where g, 1 - g, 1 + g or 1 - g² of a function has a form of its own.
def _log_of_function(argument: Expr) -> Expr | None:
    found = declared(argument, "log")
    if found is not None:
        return found
    match _complement(argument):
        case ("1-" | "1+" | "1-**2") as form, inner:
            return declared(inner, "log" + form)
    return None


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


# log(1 + v) = log1p(v).
def _log_near_one(argument: Expr) -> Expr | None:
    if isinstance(argument, Add) and ONE in argument.terms and len(argument.terms) > 1:
        return functions.log1p(add(*(term for term in argument.terms if term is not ONE)))
    return None


LOGARITHMS: Sequence[Rule] = (
    _log_of_function,
    _log_of_entry,
    _log_of_sum,
    _log_of_exponentials,
    _log_of_product,
    _log_near_one,
)


# 1 - σ(x) = σ(-x), exp(x) - 1 = expm1(x), also with a common factor and beside other terms where digits would cancel.
def _near_one(node: Add) -> Expr | None:
    constant = next((term.value for term in node.terms if isinstance(term, Constant)), None)
    if constant is None:
        return None
    for term in node.terms:
        found = _with_constant(constant, term) if not isinstance(term, Constant) else None
        if found is not None and (len(node.terms) == 2 or _is_exp(split_coefficient(term)[1])):
            others = [each for each in node.terms if each is not term and not isinstance(each, Constant)]
            return add(*others, found)
    return None


def _with_constant(constant: Rational, term: Expr) -> Expr | None:
    """The number and the term as a multiple of a declared form."""
    coefficient, inner = split_coefficient(term)
    if coefficient == constant:
        form = declared(inner, "1+")
        return None if form is None else mul(constant, form)
    if coefficient != -constant:
        return None
    form = declared(inner, "1-")
    if form is not None:
        return mul(constant, form)
    form = declared(inner, "-1")
    return None if form is None else mul(-constant, form)


# Products entry by entry, in a product of scalars or among the operands of an einsum with the same indices.
def _entrywise(node: Expr) -> Expr | None:
    if isinstance(node, Mul):
        return _first_of_factors(node.coefficient, node.factors)
    assert isinstance(node, Contract)
    for place, subscript in enumerate(node.subscripts):
        alike = [at for at, each in enumerate(node.subscripts) if each == subscript]
        if alike[0] != place or len(alike) == 1:
            continue
        changed = _first_of_factors(1, tuple(node.operands[at] for at in alike))
        if changed is not None:
            rest = [at for at in range(len(node.operands)) if at not in alike]
            operands = [changed, *(node.operands[at] for at in rest)]
            subscripts = [subscript, *(node.subscripts[at] for at in rest)]
            return contract(operands, subscripts, node.out, node.sizes)
    return None


def _first_of_factors(coefficient: Rational, factors: Sequence[Expr]) -> Expr | None:
    for rule in (_x_log_x, _sigmoid_exp, _scaled_tail, _hazard):
        found = rule(coefficient, factors)
        if found is not None:
            return found
    return None


def _without(factors: Sequence[Expr], *gone: Expr) -> list[Expr]:
    return [each for each in factors if all(each is not other for other in gone)]


# x log x is 0 at x = 0, where its factors are 0 and -inf.
def _x_log_x(coefficient: Rational, factors: Sequence[Expr]) -> Expr | None:
    for logarithm in factors:
        if isinstance(logarithm, Call) and logarithm.function.name == "log":
            (argument,) = logarithm.args
            _, parts = factors_of(argument)
            for factor in factors:
                if factor in parts:
                    rest = _without(factors, factor, logarithm)
                    return mul(coefficient, *rest, functions.xlogy(factor, argument))
    return None


# σ(u)²·exp(-u) = σ(u)·σ(-u), and so for any powers of σ not below that of exp(-u).
def _sigmoid_exp(coefficient: Rational, factors: Sequence[Expr]) -> Expr | None:
    for exponential in filter(_is_exp, factors):
        have, exponent = split_coefficient(exponential.operands[0])
        for factor, u, times in _powers(factors, "sigmoid"):
            unit, inner = split_coefficient(u)
            count = -Fraction(have) / Fraction(unit)
            if inner is exponent and count.denominator == 1 and 1 <= count <= times:
                mirrored = power(functions.sigmoid(neg(u)), count)
                rest = _without(factors, exponential, factor)
                return mul(coefficient, *rest, mirrored, power(functions.sigmoid(u), times - count))
    return None


def _powers(factors: Sequence[Expr], name: str) -> Iterator[tuple[Expr, Expr, int]]:
    """The whole powers of a function of one argument among the factors: the factor, the argument, the exponent."""
    for factor in factors:
        base, times = (factor.base, factor.exponent) if isinstance(factor, Power) else (factor, ONE)
        if not isinstance(times, Constant) or not isinstance(times.value, int):
            continue
        if isinstance(base, Call) and base.function.name == name:
            yield factor, base.args[0], times.value


# exp(u²)·erfc(u) = erfcx(u), which neither overflows nor underflows; also 1/erfc(u)·exp(-u²).
def _scaled_tail(coefficient: Rational, factors: Sequence[Expr]) -> Expr | None:
    for factor, u, times in _powers(factors, "erfc"):
        for exponential in filter(_is_exp, factors):
            if exponential.operands[0] is mul(times, power(u, 2)):
                rest = _without(factors, factor, exponential)
                return mul(coefficient, *rest, power(functions.erfcx(u), times))
    return None


# φ(u)/Φ(u) = √(2/π)/erfcx(-u/√2), the hazard of the normal distribution, where both underflow.
def _hazard(coefficient: Rational, factors: Sequence[Expr]) -> Expr | None:
    for distribution, u, times in _powers(factors, "normcdf"):
        for density, v, other in _powers(factors, "normpdf"):
            if times == -other < 0 and (u is v or neg(u) is v):
                half = power(number(2), Fraction(1, 2))
                hazard = mul(half, power(PI, Fraction(-1, 2)), power(functions.erfcx(mul(-1, u, power(half, -1))), -1))
                return mul(coefficient, *_without(factors, distribution, density), power(hazard, other))
    return None


# exp(Z) over its sums along an axis is softmax(Z).
def _softmax(node: Expr) -> Expr | None:
    if not isinstance(node, Contract) or len(set(node.out)) != len(node.out):
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


PRODUCTS: Sequence[Rule] = (_entrywise, _softmax)
