"""Determinants times inverses as cofactors, which singular matrices have too: det(A)·inv(A).T is cofactor(A)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise, product

from wrt import functions
from wrt.expr.build import add, broadcast_to, mul, power, transpose
from wrt.expr.contract import contract_used
from wrt.expr.function import Function
from wrt.expr.node import ONE, Add, Call, Constant, Contract, Delta, Expr, Mul, Power, Rational
from wrt.expr.walk import nodes
from wrt.functions.declare import function
from wrt.simplify.symmetry import is_symmetric

Subscript = tuple[int, ...]
Factor = tuple[Expr, Subscript]

MOST_COPIES = 4  # powers below it are taken apart
MOST_TERMS = 16


def _helper(name: str, meaning: str, arguments: str, result_axes: int) -> Function:
    engines = dict.fromkeys(("numpy", "jax", "torch"), f"helpers.{name}")
    return function(name, meaning, kind="matrix", arguments=arguments, result_axes=result_axes, engines=engines)


COFACTOR = _helper("cofactor", "∂det(A)/∂Aᵢⱼ", "A", 2)
COFACTOR_ALONG = _helper("cofactor_along", "Σ ∂²det(A)/∂Aᵢⱼ∂Aₖₗ Bₖₗ", "A, B", 2)
SECOND_COFACTOR = _helper("second_cofactor", "∂²det(A)/∂Aᵢⱼ∂Aₖₗ", "A", 4)


@dataclass(frozen=True)
class Term:
    """A product: a number and scalars times an einsum."""

    coefficient: Rational
    scalars: tuple[Expr, ...]
    factors: tuple[Factor, ...]
    out: Subscript
    sizes: tuple[Expr, ...]

    @property
    def node(self) -> Expr:
        """The product as an expression."""
        operands, subscripts = zip(*self.factors, strict=True) if self.factors else ((), ())
        return mul(self.coefficient, *self.scalars, contract_used(operands, subscripts, self.out, self.sizes))

    def inverses(self, matrix: Expr) -> list[int]:
        """The places of the factors that are the inverse of a matrix."""
        return [place for place, (operand, _) in enumerate(self.factors) if _is_call(operand, "inv", matrix)]

    def with_factor(self, gone: Collection[int], factor: Factor) -> Term:
        """The term with one factor in the place of some."""
        kept = [each for place, each in enumerate(self.factors) if place not in gone]
        return replace(self, factors=(*kept, factor))


def regular(node: Expr) -> Expr | None:
    """The expression without inverses that a determinant of the same matrix makes up for; None if there are none."""
    summands = node.terms if isinstance(node, Add) else (node,)
    if len(summands) > MOST_TERMS or not all(map(_has_determinant, summands)):
        return None
    terms = [term for summand in summands for term in _expanded(summand)]
    for matrix in _inverted(terms):
        found = [with_ for term in terms if (with_ := _with_determinant_of(matrix, term)) is not None]
        cleared = _cleared(matrix, found) if len(terms) == len(found) <= MOST_TERMS else None
        if cleared is not None:
            return add(*cleared)
    return None


def _has_determinant(node: Expr) -> bool:
    bases = (each.base if isinstance(each, Power) else each for each in node.operands) if isinstance(node, Mul) else ()
    return any(_is_call(base, "det") for base in bases)


def _expanded(node: Expr) -> list[Term]:
    """The terms of a product, multiplied out where a factor is a sum with inverses in it."""
    term = read_term(node)
    for place, (operand, subscript) in enumerate(term.factors):
        if isinstance(operand, Add) and len(operand.terms) <= MOST_TERMS and _has_inverse(operand):
            parts = [broadcast_to(each, operand.shape) for each in operand.terms]
            return [each for part in parts for each in _expanded(term.with_factor([place], (part, subscript)).node)]
    return [term]


def _has_inverse(node: Expr) -> bool:
    return any(_is_call(each, "inv") for each in nodes(node))


def read_term(node: Expr) -> Term:
    """An expression as a product: einsums, their powers and inverses of products taken apart."""
    coefficient, factors = (node.coefficient, node.factors) if isinstance(node, Mul) else (1, (node,))
    scalars: list[Expr] = []
    found: list[Factor] = []
    sizes: list[Expr] = []
    out: Subscript = ()

    def place(operand: Expr, subscript: Subscript) -> None:
        for _ in range(_copies(operand)):
            found.extend(_inverse_of_product(_base(operand), subscript, sizes))

    def splice(part: Contract) -> Subscript:
        start = len(sizes)
        sizes.extend(part.sizes)
        for operand, subscript in zip(part.operands, part.subscripts, strict=True):
            place(operand, tuple(start + index for index in subscript))
        return tuple(start + index for index in part.out)

    for factor in factors:
        if factor.shape and not isinstance(factor, Contract):
            out = tuple(range(len(sizes), len(sizes) + factor.ndim))
            sizes.extend(factor.shape)
            place(factor, out)
        elif isinstance(factor, Contract):
            out = splice(factor) or out
        elif isinstance(_base(factor), Add | Contract) and _has_inverse(factor):
            base = _base(factor)
            for _ in range(_copies(factor)):
                if isinstance(base, Contract):
                    splice(base)
                else:
                    found.append((base, ()))
        else:
            scalars.append(factor)
    return Term(coefficient, tuple(scalars), tuple(found), out, tuple(sizes))


def _copies(node: Expr) -> int:
    """How often the base of a small whole power is multiplied, where inverses stand in it."""
    if isinstance(node, Power) and isinstance(node.exponent, Constant) and node.exponent.value in range(2, MOST_COPIES):
        return int(node.exponent.value) if _has_inverse(node.base) else 1
    return 1


def _base(node: Expr) -> Expr:
    return node.base if isinstance(node, Power) and _copies(node) > 1 else node


def _inverse_of_product(operand: Expr, subscript: Subscript, sizes: list[Expr]) -> Sequence[Factor]:
    """The inverse of a product of square matrices as the product of their inverses."""
    chain = _chain(operand.operands[0]) if _is_call(operand, "inv") else ()
    if len(chain) < 2:
        return [(operand, subscript)]
    between = range(len(sizes), len(sizes) + len(chain) - 1)
    sizes.extend(operand.shape[:1] * len(between))
    ends = [subscript[0], *between, subscript[1]]
    return [(functions.inv(part), pair) for part, pair in zip(reversed(chain), pairwise(ends), strict=True)]


def _is_call(node: Expr, name: str, argument: Expr | None = None) -> bool:
    found = isinstance(node, Call) and node.function.name == name
    return found and (argument is None or node.operands[0] is argument)


def _inverted(terms: Sequence[Term]) -> Sequence[Expr]:
    """The matrices whose inverses stand in the terms."""
    inverses = (operand for term in terms for operand, _ in term.factors if _is_call(operand, "inv"))
    return list(dict.fromkeys(operand.operands[0] for operand in inverses))


def _with_determinant_of(matrix: Expr, term: Term) -> Term | None:
    """The term with the determinant of the matrix among its scalars, perhaps out of that of a product of matrices."""
    scalars: list[Expr] = []
    for scalar in term.scalars:
        base, exponent = (scalar.base, scalar.exponent) if isinstance(scalar, Power) else (scalar, ONE)
        parts = _determinants(base.operands[0]) if _is_call(base, "det") else ()
        scalars += [power(part, exponent) for part in parts] if functions.det(matrix) in parts else [scalar]
    found = replace(term, scalars=tuple(scalars))
    return found if _times(matrix, found) or not found.inverses(matrix) else None


def _determinants(matrix: Expr) -> Sequence[Expr]:
    """The determinant of a matrix as a product of determinants and scalars."""
    if isinstance(matrix, Mul):
        *scalars, core = matrix.factors
        return [power(mul(matrix.coefficient, *scalars), matrix.shape[0]), *_determinants(core)]
    return [functions.det(part) for part in _chain(matrix)]


def _chain(matrix: Expr) -> Sequence[Expr]:
    """The factors of a product of square matrices, transposed where they stand so."""
    if not isinstance(matrix, Contract) or any(operand.ndim != 2 for operand in matrix.operands):
        return [matrix]
    start, end = matrix.out
    left = list(zip(matrix.operands, matrix.subscripts, strict=True))
    chain: list[Expr] = []
    while start != end:
        following = [pair for pair in left if start in pair[1]]
        if len(following) != 1 or isinstance(following[0][0], Delta):
            return [matrix]
        left.remove(following[0])
        operand, subscript = following[0]
        chain.append(operand if subscript[0] == start else transpose(operand))
        start = subscript[1 - subscript.index(start)]
    square = all(each.shape[0] is each.shape[1] for each in chain)
    return chain if square and not left else [matrix]


def _cleared(matrix: Expr, terms: Sequence[Term]) -> list[Expr] | None:
    """The terms without inverses of the matrix: as many as there are determinants become cofactors, and two more, in
    terms that differ in which of their indices goes with which, the second cofactor."""
    done: list[Expr] = []
    left: dict[Expr, tuple[Term, Rational]] = {}
    for term in terms:
        surplus = len(term.inverses(matrix)) - _times(matrix, term)
        if surplus > 1:
            return None
        if surplus <= 0:
            done.append(_with_cofactors(matrix, term, term.inverses(matrix)).node)
        else:
            left[_core(matrix, term)] = term, term.coefficient
    while left:
        core = max(left, key=lambda each: left[each][1])
        term, coefficient = left.pop(core)
        for exchanged, difference in _exchanged(matrix, term):
            if exchanged in left and left[exchanged][1] * coefficient < 0:
                other, opposite = left.pop(exchanged)
                amount = min(coefficient, -opposite)
                done.append(replace(difference, coefficient=amount).node)
                rests = (core, term, coefficient - amount), (exchanged, other, opposite + amount)
                left |= {each: (term, rest) for each, term, rest in rests if rest}
                break
        else:
            return None
    return done


def _core(matrix: Expr, term: Term) -> Expr:
    """What a term is a multiple of; of a symmetric matrix, inverses are turned so that equal terms are one."""
    places = term.inverses(matrix) if is_symmetric(matrix) else []
    forms = []
    for turns in product((1, -1), repeat=len(places)):
        factors = list(term.factors)
        for place, turn in zip(places, turns, strict=True):
            factors[place] = factors[place][0], factors[place][1][::turn]
        forms.append(replace(term, coefficient=1, factors=tuple(factors)).node)
    return min(forms, key=lambda form: form.key)


def _times(matrix: Expr, term: Term) -> int:
    """How often the determinant of the matrix is a factor."""
    determinant = functions.det(matrix)
    return sum(_whole_part(scalar, determinant) for scalar in term.scalars)


def _whole_part(scalar: Expr, base: Expr) -> int:
    if scalar is base:
        return 1
    if isinstance(scalar, Power) and scalar.base is base and isinstance(scalar.exponent, Constant):
        return max(int(scalar.exponent.value), 0)
    return 0


def _with_cofactors(matrix: Expr, term: Term, places: Sequence[int]) -> Term:
    """The term with a cofactor matrix for each of these inverses."""
    factors = list(term.factors)
    for place in places:
        row, column = factors[place][1]
        factors[place] = COFACTOR(matrix), (column, row)
    return replace(term, factors=tuple(factors), scalars=_fewer_determinants(matrix, term, len(places)))


def _fewer_determinants(matrix: Expr, term: Term, count: int) -> tuple[Expr, ...]:
    return (*term.scalars, power(functions.det(matrix), -count))


def _exchanged(matrix: Expr, term: Term) -> Iterator[tuple[Expr, Term]]:
    """What the term is with the indices of two inverses exchanged, and what it is less that."""
    inverses = term.inverses(matrix)
    for first, second in combinations(inverses, 2):
        others = [place for place in inverses if place not in (first, second)]
        for turn in (1, -1) if is_symmetric(matrix) else (1,):
            (a, b), (c, d) = term.factors[first][1], term.factors[second][1][::turn]
            factors = list(term.factors)
            factors[first], factors[second] = (factors[first][0], (a, d)), (factors[second][0], (c, b))
            exchanged = _core(matrix, replace(term, factors=tuple(factors)))
            rest = _with_cofactors(matrix, term, others)
            yield exchanged, _with_second_cofactor(matrix, rest, (first, second), (b, a, d, c))


def _with_second_cofactor(matrix: Expr, term: Term, places: Subscript, indices: Subscript) -> Term:
    """The term with the second cofactor for two inverses. Where two of its indices meet a matrix of their own, it is
    taken along that matrix, so that nothing with four axes is made."""
    term = replace(term, scalars=_fewer_determinants(matrix, term, 1))
    for here, there in ((indices[:2], indices[2:]), (indices[2:], indices[:2])):
        inside = _reached(term, places, there)
        met = {*there}.union(*(term.factors[place][1] for place in inside))
        if met.isdisjoint((*here, *term.out)):
            operands, subscripts = (
                [term.factors[place][0] for place in inside],
                [term.factors[place][1] for place in inside],
            )
            direction = contract_used(operands, subscripts, there, term.sizes)
            return term.with_factor((*places, *inside), (COFACTOR_ALONG(matrix, direction), here))
    return term.with_factor(places, (SECOND_COFACTOR(matrix), indices))


def _reached(term: Term, apart: Subscript, indices: Subscript) -> list[int]:
    """The places of the factors that are linked to these indices, without those that stand apart."""
    met, inside = {*indices}, []
    waiting = [place for place in range(len(term.factors)) if place not in apart]
    while linked := [place for place in waiting if not met.isdisjoint(term.factors[place][1])]:
        inside += linked
        waiting = [place for place in waiting if place not in linked]
        met = met.union(*(term.factors[place][1] for place in linked))
    return sorted(inside)
