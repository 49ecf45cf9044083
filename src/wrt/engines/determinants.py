"""Determinants times inverses as cofactors, which singular matrices have too: det(A)·inv(A).T is cofactor(A)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise, product

from wrt import functions
from wrt.engines.terms import Factor, Subscript, Term, cleared, expanded, whole_part
from wrt.expr.build import add, mul, power, transpose
from wrt.expr.contract import contract_used
from wrt.expr.function import Function
from wrt.expr.node import ONE, Add, Call, Contract, Delta, Expr, Mul, Power
from wrt.expr.walk import nodes
from wrt.functions.declare import function
from wrt.simplify.symmetry import is_symmetric


def _helper(name: str, meaning: str, arguments: str, result_axes: int) -> Function:
    engines = dict.fromkeys(("numpy", "jax", "torch"), f"helpers.{name}")
    return function(name, meaning, kind="matrix", arguments=arguments, result_axes=result_axes, engines=engines)


COFACTOR = _helper("cofactor", "∂det(A)/∂Aᵢⱼ", "A", 2)
COFACTOR_ALONG = _helper("cofactor_along", "Σ ∂²det(A)/∂Aᵢⱼ∂Aₖₗ Bₖₗ", "A, B", 2)
SECOND_COFACTOR = _helper("second_cofactor", "∂²det(A)/∂Aᵢⱼ∂Aₖₗ", "A", 4)


def regular(node: Expr) -> Expr | None:
    """The expression without inverses that a determinant of the same matrix makes up for; None if there are none."""
    summands = node.terms if isinstance(node, Add) else (node,)
    concerned = [each for each in summands if _has_determinant(each)]
    terms = [_inverses_apart(term) for each in concerned for term in expanded(each, _has_inverse)]
    for matrix in _inverted(terms):
        found = [with_ for term in terms if (with_ := _with_determinant_of(matrix, term)) is not None]
        better = cleared(found, _OfMatrix(matrix)) if len(found) == len(terms) else None
        if better is not None:
            return add(better, *(each for each in summands if each not in concerned))
    return None


def _has_determinant(node: Expr) -> bool:
    bases = (each.base if isinstance(each, Power) else each for each in node.operands) if isinstance(node, Mul) else ()
    return any(_is_call(base, "det") for base in bases)


def _has_inverse(node: Expr) -> bool:
    return any(_is_call(each, "inv") for each in nodes(node))


def _inverses_apart(term: Term) -> Term:
    """The term with the inverses of products of square matrices as products of inverses."""
    factors: list[Factor] = []
    sizes = list(term.sizes)
    for operand, subscript in term.factors:
        chain = _chain(operand.operands[0]) if _is_call(operand, "inv") else ()
        if len(chain) > 1:
            between = range(len(sizes), len(sizes) + len(chain) - 1)
            sizes.extend(operand.shape[:1] * len(between))
            ends = pairwise((subscript[0], *between, subscript[1]))
            factors += [(functions.inv(part), pair) for part, pair in zip(reversed(chain), ends, strict=True)]
        else:
            factors.append((operand, subscript))
    return replace(term, factors=tuple(factors), sizes=tuple(sizes))


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
    of_matrix = _OfMatrix(matrix)
    return found if of_matrix.times(found) or not of_matrix.inverses(found) else None


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


class _OfMatrix:
    """As many inverses of a matrix as there are determinants of it become cofactors; two more, in terms that differ in
    which of their indices goes with which, the second cofactor."""

    def __init__(self, matrix: Expr) -> None:
        self.matrix = matrix
        self.determinant = functions.det(matrix)
        self.turns = (1, -1) if is_symmetric(matrix) else (1,)

    def inverses(self, term: Term) -> list[int]:
        """The places of the inverses of the matrix."""
        return [place for place, (operand, _) in enumerate(term.factors) if _is_call(operand, "inv", self.matrix)]

    def times(self, term: Term) -> int:
        """How often the determinant is a factor."""
        return sum(whole_part(scalar, self.determinant) for scalar in term.scalars)

    def surplus(self, term: Term) -> int:
        """How many inverses there are beyond the determinants."""
        return len(self.inverses(term)) - self.times(term)

    def plain(self, term: Term) -> Term:
        """The term with a cofactor matrix for each inverse."""
        return self.with_cofactors(term, self.inverses(term))

    def with_cofactors(self, term: Term, places: Sequence[int]) -> Term:
        """The term with a cofactor matrix for some inverses."""
        factors = list(term.factors)
        for place in places:
            factors[place] = COFACTOR(self.matrix), factors[place][1][::-1]
        return self.with_fewer(replace(term, factors=tuple(factors)), len(places))

    def with_fewer(self, term: Term, count: int) -> Term:
        """The term with so many determinants less."""
        return replace(term, scalars=(*term.scalars, power(self.determinant, -count)))

    def core(self, term: Term) -> Expr:
        """What the term is a multiple of; inverses of a symmetric matrix are turned so that equal terms are one."""
        places = self.inverses(term)
        forms = []
        for turns in product(self.turns, repeat=len(places)):
            factors = list(term.factors)
            for place, turn in zip(places, turns, strict=True):
                factors[place] = factors[place][0], factors[place][1][::turn]
            forms.append(replace(term, coefficient=1, factors=tuple(factors)).node)
        return min(forms, key=lambda form: form.key)

    def pairs(self, term: Term) -> Iterator[tuple[Expr, Term]]:
        """What the term is with the indices of two inverses exchanged, and what it is less that."""
        inverses = self.inverses(term)
        for first, second in combinations(inverses, 2):
            others = [place for place in inverses if place not in (first, second)]
            (a, b), ends = term.factors[first][1], term.factors[second][1]
            for c, d in (ends[::turn] for turn in self.turns):
                factors = list(term.factors)
                factors[first], factors[second] = (factors[first][0], (a, d)), (factors[second][0], (c, b))
                difference = self.with_second(self.with_cofactors(term, others), (first, second), (b, a, d, c))
                yield self.core(replace(term, factors=tuple(factors))), difference

    def with_second(self, term: Term, places: Subscript, indices: Subscript) -> Term:
        """The term with the second cofactor for two inverses. Where two of its indices meet a matrix of their own, it
        is taken along that matrix, so that nothing with four axes is made."""
        term = self.with_fewer(term, 1)
        for here, there in ((indices[:2], indices[2:]), (indices[2:], indices[:2])):
            inside = _reached(term, places, there)
            met = {*there}.union(*(term.factors[place][1] for place in inside))
            if met.isdisjoint((*here, *term.out)):
                operands = [term.factors[place][0] for place in inside]
                subscripts = [term.factors[place][1] for place in inside]
                direction = contract_used(operands, subscripts, there, term.sizes)
                return term.with_factors((*places, *inside), (COFACTOR_ALONG(self.matrix, direction), here))
        return term.with_factors(places, (SECOND_COFACTOR(self.matrix), indices))


def _reached(term: Term, apart: Subscript, indices: Subscript) -> list[int]:
    """The places of the factors that are linked to these indices, without those that stand apart."""
    met, inside = {*indices}, []
    waiting = [place for place in range(len(term.factors)) if place not in apart]
    while linked := [place for place in waiting if not met.isdisjoint(term.factors[place][1])]:
        inside += linked
        waiting = [place for place in waiting if place not in linked]
        met = met.union(*(term.factors[place][1] for place in linked))
    return sorted(inside)
