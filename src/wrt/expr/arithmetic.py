"""Sums, products and powers in canonical form: like terms and like bases are collected, nothing is expanded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from operator import attrgetter

from wrt.errors import DomainError
from wrt.expr import numeric
from wrt.expr.coerce import as_expr
from wrt.expr.facts import is_even_integer, is_integer, is_nonnegative, is_positive
from wrt.expr.node import (
    INFINITY,
    ONE,
    ZERO,
    Add,
    Call,
    Constant,
    Contract,
    E,
    Expr,
    Mul,
    Named,
    Power,
    Rational,
    Shape,
    number,
)
from wrt.expr.shape import broadcast_shapes, broadcast_to, spread

_by_key = attrgetter("key")


def split_coefficient(term: Expr) -> tuple[Rational, Expr]:
    """The rational coefficient of a term and the rest."""
    if isinstance(term, Mul):
        if term.coefficient == 1:
            return 1, term
        factors = term.factors
        return term.coefficient, factors[0] if len(factors) == 1 else Mul.intern(1, factors)
    if isinstance(term, Constant):
        return term.value, ONE
    return 1, term


def scale(coefficient: Rational, rest: Expr) -> Expr:
    """A rational times an expression without a coefficient of its own."""
    if coefficient == 1:
        return rest
    if rest is ONE:
        return number(coefficient)
    if isinstance(rest, Mul):
        return Mul.intern(coefficient, rest.factors)
    if coefficient == -1 and isinstance(rest, Add):
        return negated_sum(rest)
    return Mul.intern(coefficient, (rest,))


def negated_sum(node: Add) -> Expr:
    """The sum of the negated terms."""
    terms = []
    for term in node.terms:
        coefficient, rest = split_coefficient(term)
        terms.append(scale(-coefficient, rest))
    return Add.intern(tuple(sorted(terms, key=_by_key)), node.shape)


def is_ones(node: Expr) -> bool:
    """Whether this is a tensor of ones."""
    return isinstance(node, Contract) and not node.operands and len(set(node.out)) == len(node.out)


def is_zero(node: Expr) -> bool:
    """Whether this is 0, or a tensor of zeros."""
    return node is ZERO or (isinstance(node, Mul) and node.coefficient == 0)


def uniform_value(node: Expr) -> Expr | None:
    """The scalar that every entry of a tensor is written as, or None."""
    if is_ones(node):
        return ONE
    if isinstance(node, Mul) and node.shape and is_ones(node.factors[-1]):
        return product((number(node.coefficient), *node.factors[:-1]))
    return None


def full(value: Expr, shape: Shape) -> Expr:
    """The tensor with this scalar in every entry."""
    if not shape:
        return value
    indices = tuple(range(len(shape)))
    return mul(value, Contract.intern((), (), indices, shape))


def add(*terms: object) -> Expr:
    """The sum, elementwise with NumPy's broadcasting.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> add(x, 1, x) is add(1, 2 * x)
    True
    """
    nodes = [as_expr(term) for term in terms]
    shape: Shape = ()
    if any(node.shape for node in nodes):
        shape = broadcast_shapes([node.shape for node in nodes], "+")
        nodes = [broadcast_to(node, shape) if node.shape else node for node in nodes]
    return _sum(nodes, shape)


def _sum(nodes: Iterable[Expr], shape: Shape) -> Expr:
    collected: dict[Expr, Rational] = {}
    for node in nodes:
        for term in node.terms if isinstance(node, Add) else (node,):
            coefficient, rest = split_coefficient(term)
            if shape and rest.shape:
                rest = _without_ones(rest)
            if rest in collected:
                collected[rest] += coefficient
            else:
                collected[rest] = coefficient
    kept = [scale(number(c).value, rest) for rest, c in collected.items() if c != 0 and not is_zero(rest)]
    if INFINITY in collected and (len(collected) > 1 or collected[INFINITY] == 0):
        raise DomainError("inf stands only alone, as a limit")
    if any(isinstance(term, Add) for term in kept):
        return _sum(kept, shape)
    if shape and not any(term.shape for term in kept):
        return full(_sum(kept, ()), shape)
    if not kept:
        return ZERO
    if len(kept) == 1:
        return kept[0]
    kept.sort(key=_by_key)
    return Add.intern(tuple(kept), shape)


def _without_ones(rest: Expr) -> Expr:
    """A term of a tensor sum, where copies of a scalar stand as that scalar."""
    if is_ones(rest):
        return ONE
    if isinstance(rest, Mul) and is_ones(rest.factors[-1]):
        factors = rest.factors[:-1]
        return factors[0] if len(factors) == 1 and rest.coefficient == 1 else mul(rest.coefficient, *factors)
    return rest


def neg(value: object) -> Expr:
    """The negative."""
    coefficient, rest = split_coefficient(as_expr(value))
    return scale(-coefficient, rest)


def sub(left: object, right: object) -> Expr:
    """The difference."""
    return add(left, neg(right))


def div(left: object, right: object) -> Expr:
    """The quotient, elementwise."""
    return mul(left, power(right, -1))


def mul(*factors: object) -> Expr:
    """The product, elementwise with NumPy's broadcasting.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> x * x / x is x
    True
    """
    nodes = [as_expr(factor) for factor in factors]
    shaped = [node for node in nodes if node.shape]
    if not shaped:
        return product(nodes)
    if len(shaped) == 1:
        scalars = [node for node in nodes if not node.shape]
        return scaled_core(scalars, shaped[0])
    shape = broadcast_shapes([node.shape for node in shaped], "*")
    return spread(nodes, shape)


def scaled_core(scalars: Iterable[Expr], core: Expr) -> Expr:
    """A product of scalars times one expression that has a shape."""
    if isinstance(core, Mul):
        scalars = [number(core.coefficient), *core.factors[:-1], *scalars]
        core = core.factors[-1]
    coefficient, factors = collect(scalars)
    if coefficient == 0:
        return Mul.intern(0, (full(ONE, core.shape),))
    if not factors and (coefficient == 1 or (coefficient == -1 and isinstance(core, Add))):
        return scale(coefficient, core)
    if isinstance(core, Add):
        sign, core = positive_form(core)
        coefficient *= sign
    return Mul.intern(coefficient, (*factors, core))


def product(nodes: Iterable[Expr]) -> Expr:
    """The product of scalars."""
    coefficient, factors = collect(nodes)
    if not factors:
        return number(coefficient)
    if coefficient == 0:
        return ZERO
    if len(factors) == 1:
        return scale(coefficient, factors[0])
    return Mul.intern(coefficient, factors)


def positive_form(node: Add) -> tuple[int, Expr]:
    """A sign and the sum or its negative, whichever has its term of least key positive: so y - x is -(x - y)."""
    known = node.recall("positive form")
    if known is None:
        coefficient, _ = min((split_coefficient(term) for term in node.terms), key=lambda pair: pair[1].key)
        known = node.remember("positive form", coefficient > 0)
    return (1, node) if known else (-1, negated_sum(node))


def collect(nodes: Iterable[Expr]) -> tuple[Rational, tuple[Expr, ...]]:
    """The coefficient and the sorted factors of a product of expressions of one shape: like bases become one power."""
    coefficient: Rational = 1
    pending = list(nodes)
    settled: list[Expr] = []
    while pending:
        part, bases, exponents = _gather(pending)
        coefficient *= part
        settled, pending = _settle(bases, exponents)
        if pending:
            pending += settled
            settled = []
    if INFINITY in settled:
        if len(settled) > 1 or coefficient == 0:
            raise DomainError("inf stands only alone, as a limit")
        coefficient = 1 if coefficient > 0 else -1
    if len(settled) > 1:
        settled.sort(key=_by_key)
    if isinstance(coefficient, Fraction) and coefficient.denominator == 1:
        coefficient = coefficient.numerator
    return coefficient, tuple(settled)


def _gather(nodes: Sequence[Expr]) -> tuple[Rational, dict[Expr, Expr], list[Call]]:
    """Coefficient, bases with their exponents, and exponentials of a product."""
    coefficient: Rational = 1
    bases: dict[Expr, Expr] = {}
    exponentials: list[Call] = []
    roots: list[Add] = []
    stack = list(reversed(nodes))
    while stack:
        node = base = stack.pop()
        exponent: Expr = ONE
        if isinstance(node, Power):
            base, exponent = node.base, node.exponent
            if isinstance(base, Add):
                roots.append(base)
        elif isinstance(node, Constant):
            coefficient *= node.value
            continue
        elif isinstance(node, Mul):
            coefficient *= node.coefficient
            stack.extend(reversed(node.factors))
            continue
        elif isinstance(node, Add):
            sign, base = positive_form(node)
            coefficient *= sign
        elif isinstance(node, Call) and node.function.name == "exp":
            exponentials.append(node)
            continue
        known = bases.get(base)
        bases[base] = exponent if known is None else _sum((known, exponent), known.shape or exponent.shape)
    for root in roots:
        coefficient *= _join_opposite(root, bases)
    return coefficient, bases, exponentials


def _join_opposite(root: Add, bases: dict[Expr, Expr]) -> int:
    """The sign that comes out when a whole power of -u is joined to a root of u: (x - 1)·√(1 - x) = -(1 - x)^(3/2)."""
    opposite = positive_form(root)[1]
    whole = bases.get(opposite)
    if opposite is root or root not in bases or not (isinstance(whole, Constant) and isinstance(whole.value, int)):
        return 1
    del bases[opposite]
    bases[root] = _sum((bases[root], whole), bases[root].shape)
    return -1 if whole.value % 2 else 1


def _settle(bases: dict[Expr, Expr], exponentials: Sequence[Call]) -> tuple[list[Expr], list[Expr]]:
    """The factors in canonical form, and those that came out as products or numbers and must be gathered again."""
    settled: list[Expr] = []
    pending: list[Expr] = []
    surds: dict[Constant, Constant] = {}  # powers of numbers by their exponent: sqrt(2)*sqrt(3) is sqrt(6)
    for base, exponent in bases.items():
        if exponent is ONE and not isinstance(base, Constant | Mul):
            settled.append(base)
            continue
        factor = power(base, exponent)
        canonical = isinstance(factor, Power) and factor.base is base
        if canonical and isinstance(base, Constant) and isinstance(exponent, Constant):
            other = surds.pop(exponent, None)
            if other is None:
                surds[exponent] = base
            else:
                pending.append(power(base.value * other.value, exponent))
            continue
        (settled if canonical else pending).append(factor)
    settled.extend(Power.intern(base, exponent) for exponent, base in surds.items())
    if len(exponentials) == 1:
        settled.append(exponentials[0])
    elif exponentials:
        exp = exponentials[0].function
        factor = exp(add(*(each.args[0] for each in exponentials)))
        canonical = isinstance(factor, Call) and factor.function is exp
        (settled if canonical else pending).append(factor)
    return settled, pending


def power(base: object, exponent: object) -> Expr:
    """The base to the exponent, elementwise.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> power(x**3, 2) is x**6
    True
    """
    base, exponent = as_expr(base), as_expr(exponent)
    if base.shape and exponent.shape and base.shape != exponent.shape:
        shape = broadcast_shapes([base.shape, exponent.shape], "**")
        base, exponent = broadcast_to(base, shape), broadcast_to(exponent, shape)
    if isinstance(base, Contract) and not exponent.shape:
        from wrt.expr.contract import contract, without_copies

        kept = without_copies(base)
        if kept is not None:
            places, inner = kept
            return contract([power(inner, exponent)], [places], tuple(range(base.ndim)), base.shape)
    if isinstance(exponent, Constant):
        return _constant_power(base, exponent.value)
    if is_zero(exponent):
        return full(ONE, base.shape or exponent.shape)
    if base is INFINITY or exponent is INFINITY:
        raise DomainError("inf stands only alone, as a limit")
    if base is ONE:
        return full(ONE, exponent.shape)
    if base is E:
        from wrt import functions

        return functions.exp(exponent)
    if isinstance(base, Call) and base.function.name == "exp":
        return base.function(mul(base.args[0], exponent))
    if isinstance(base, Power) and (is_positive(base.base) or is_integer(exponent)):
        return power(base.base, mul(base.exponent, exponent))
    if isinstance(base, Mul):
        return _distribute(base, exponent)
    return Power.intern(base, exponent)


def _constant_power(base: Expr, exponent: Rational) -> Expr:
    if exponent == 1:
        return base
    if exponent == 0:
        return full(ONE, base.shape)
    match base:
        case Constant():
            return numeric.power(base.value, exponent)
        case Power():
            return _power_of_power(base, exponent)
        case Mul():
            return _distribute(base, number(exponent))
        case Add() if isinstance(exponent, int):
            sign, form = positive_form(base)
            node = Power.intern(form, number(exponent))
            return node if sign == 1 or exponent % 2 == 0 else scale(-1, node)
        case Call() if base.function.name == "exp":
            return base.function(mul(exponent, base.args[0]))
        case Call() if base.function.name == "abs" and isinstance(exponent, int) and exponent % 2 == 0:
            return _constant_power(base.args[0], exponent)
        case Contract() if isinstance(exponent, int) and (parts := _entrywise_factors(base)):
            return _powers(base, parts, exponent)
        case Named() if base is E:
            from wrt import functions

            return functions.exp(number(exponent))
        case Named() if base is INFINITY:
            if exponent > 0:
                return INFINITY
            return ZERO
        case _:
            return Power.intern(base, number(exponent))


def _power_of_power(base: Power, exponent: Rational) -> Expr:
    inner = base.exponent
    if isinstance(exponent, int) or is_nonnegative(base.base):
        return power(base.base, mul(inner, exponent))
    if is_even_integer(inner):
        from wrt import functions

        return power(functions.abs(base.base), mul(inner, exponent))
    if isinstance(inner, Constant) and not isinstance(inner.value, int):
        return power(base.base, number(inner.value * exponent))
    return Power.intern(base, number(exponent))


def _entrywise_factors(node: Contract) -> list[tuple[Expr, tuple[int, ...]]]:
    """The tensors that a contraction multiplies entry by entry, with their indices: A @ x and y in outer(A @ x, y).

    None where it has a diagonal, or is itself a sum of products.
    """
    from wrt.expr.contract import entrywise_factors

    if not node.operands or len(set(node.out)) < len(node.out):
        return []
    parts = entrywise_factors(node)
    return [] if len(parts) == 1 and parts[0][0] not in node.operands else parts


def _powers(node: Contract, parts: list[tuple[Expr, tuple[int, ...]]], exponent: int) -> Expr:
    from wrt.expr.contract import contract_used

    factors, subscripts = [_constant_power(part, exponent) for part, _ in parts], [each for _, each in parts]
    return contract_used(factors, subscripts, node.out, node.sizes)


def _distribute(base: Mul, exponent: Expr) -> Expr:
    """(c·u·v)^p, with the power taken inside for whole p, and of positive factors for any p."""
    whole = is_integer(exponent)
    outside: list[Expr] = []
    inside: list[Expr] = []
    coefficient = base.coefficient
    if coefficient != 1 and (whole or coefficient > 0):
        outside.append(power(number(coefficient), exponent))
        coefficient = 1
    elif coefficient < 0:
        if coefficient != -1:
            outside.append(power(number(-coefficient), exponent))
        coefficient = -1
    for factor in base.factors:
        if whole or is_nonnegative(factor):
            outside.append(power(factor, exponent))
        else:
            inside.append(factor)
    if inside or coefficient != 1:
        outside.append(_opaque_power(coefficient, inside, exponent))
    return outside[0] if len(outside) == 1 else mul(*outside)


def _opaque_power(coefficient: Rational, factors: list[Expr], exponent: Expr) -> Expr:
    if not factors:
        return power_of_minus_one(exponent)
    if coefficient == 1 and len(factors) == 1:
        core = factors[0]
        return Power.intern(core, exponent) if not isinstance(core, Power) else power(core, exponent)
    return Power.intern(mul(number(coefficient), *factors), exponent)


def power_of_minus_one(exponent: Expr) -> Expr:
    """(-1)^p where p is not known to be whole."""
    if isinstance(exponent, Constant):
        return numeric.power(-1, exponent.value)
    return Power.intern(number(-1), exponent)


def factors_of(node: Expr) -> tuple[Rational, tuple[Expr, ...]]:
    """The coefficient and the factors of any expression; of an elementwise product of tensors, what it multiplies."""
    if isinstance(node, Mul):
        last = node.factors[-1]
        if is_hadamard(last):
            return node.coefficient, (*node.factors[:-1], *last.operands)
        return node.coefficient, node.factors
    if isinstance(node, Constant):
        return node.value, ()
    return 1, node.operands if is_hadamard(node) else (node,)


def is_hadamard(node: Expr) -> bool:
    """Whether this is an elementwise product of tensors of its own shape."""
    return (
        isinstance(node, Contract)
        and len(node.operands) > 1
        and all(subscript == node.out for subscript in node.subscripts)
        and len(set(node.out)) == len(node.out)
    )


def terms_of(node: Expr) -> tuple[Expr, ...]:
    """The terms of any expression."""
    return node.terms if isinstance(node, Add) else (node,)
