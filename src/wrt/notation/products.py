"""Products on the page: sign, numerator and denominator, equal exponents together, surds in lowest terms."""

from __future__ import annotations

from fractions import Fraction
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from wrt.expr.facts import is_nonnegative
from wrt.expr.node import ONE, ZERO, Add, Constant, Contract, Expr, Mul, Power, Rational, number
from wrt.notation.order import factor_key
from wrt.notation.tree import Applied, Chain, Number, Product, Quotient, Raised, Scaled, Written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wrt.notation.layout import Layout

MOST_DECIMALS = 40
HALF = Fraction(1, 2)


class Factor(NamedTuple):
    """A factor to be placed: its order among others and how it is written.

    `base` and `exponent` are what it is, where it is a power. What was lifted from an einsum has `flip`, its negative
    where that is not longer; a sum also `mean`, to be written instead when it is divided by all `sizes`, and a sum of
    squares `norm`, its square root; a sum over an axis of size 1 has as `wide` that axis and the factors that still
    have it.
    """

    key: tuple[Any, ...]
    tree: Written
    base: Expr | None = None
    exponent: Expr = ONE
    flip: Written | None = None
    sizes: tuple[Expr, ...] = ()
    mean: Written | None = None
    norm: Written | None = None
    wide: tuple[int, tuple[Any, ...]] | None = None


class Lifted(NamedTuple):
    """How an einsum is written: its sign, and the factors of what it is entry by entry."""

    sign: int
    factors: list[Expr | Factor]


def is_decimal(value: Rational) -> bool:
    """Whether a fraction is written as a decimal: its denominator has a factor 5, and it ends."""
    if isinstance(value, int) or value.denominator % 5:
        return False
    rest, twos, fives = value.denominator, 0, 0
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    while rest % 2 == 0:
        rest //= 2
        twos += 1
    return rest == 1 and max(twos, fives) <= MOST_DECIMALS


def magnitude(value: Rational) -> Rational:
    """A number without its sign."""
    return value if value >= 0 else -value


def number_tree(value: Rational) -> Written:
    """A number that is not negative."""
    if isinstance(value, int) or is_decimal(value):
        return Number(value)
    return Quotient(Number(value.numerator), Number(value.denominator))


def opposite_exponent(exponent: Expr) -> Expr | None:
    """The negative of an exponent that is written with a minus sign, so that the power belongs below the line."""
    match exponent:
        case Constant() if exponent.value < 0:
            return number(-exponent.value)
        case Mul() if exponent.coefficient < 0:
            return -exponent
        case Add() if all(_is_minus(term) for term in exponent.terms):
            return -exponent
    return None


def _is_minus(term: Expr) -> bool:
    return (isinstance(term, Mul) and term.coefficient < 0) or (isinstance(term, Constant) and term.value < 0)


_KEY = itemgetter(0)


class _Page:
    """A product while it is being laid out."""

    __slots__ = ("absorb", "bottom", "layout", "over", "powers", "sign", "sums", "top", "under")

    def __init__(self, layout: Layout, coefficient: Rational, absorb: bool) -> None:
        self.layout = layout
        self.sign = 1 if coefficient > 0 else -1
        value = magnitude(coefficient)
        self.over: Rational = value if is_decimal(value) else value.numerator
        self.under: int = 1 if is_decimal(value) else value.denominator
        self.absorb = absorb
        self.powers = False  # whether anything has an exponent
        self.top: list[Factor] = []
        self.bottom: list[Factor] = []
        self.sums: list[Factor] = []  # those that may change their sign

    def take(self, node: Expr) -> None:
        """Place a factor."""
        if not isinstance(node, Power):
            sign, tree = self.layout.signed(node)
            self.sign *= sign
            factor = Factor(factor_key(node), tree, node)
            if isinstance(node, Add):
                self.sums.append(factor)
            self.top.append(factor)
            return
        self.powers = True
        base = node.base
        below = opposite_exponent(node.exponent)
        exponent, side = (node.exponent, self.top) if below is None else (below, self.bottom)
        key = factor_key(base if exponent is ONE else node)
        if isinstance(base, Add) and isinstance(exponent, Constant) and isinstance(exponent.value, int):
            sign, tree = self.layout.signed(base)
            factor = Factor(key, tree, base, exponent)
            if exponent.value % 2:
                self.sign *= sign
                self.sums.append(factor)
            side.append(factor)
        else:
            tree, exponent = base_of(self.layout, base, exponent)
            side.append(Factor(key, tree, base, exponent))

    def place(self, factor: Factor) -> None:
        """Place what was lifted from an einsum."""
        if factor.exponent is ONE:
            self.top.append(factor)
            return
        self.powers = True
        below = opposite_exponent(factor.exponent)
        if below is None:
            self.top.append(factor)
        else:
            self.bottom.append(factor._replace(exponent=below))

    def finish(self) -> tuple[int, Written]:
        """The sign, and the numerator over the denominator."""
        if self.powers or self.under != 1:
            self.take_means()
        if self.sign < 0 and self.absorb:
            self.change_a_sign()
        top, bottom = self.top, self.bottom
        if self.powers:
            self.settle_surds()
            top, bottom = self.grouped(self.top), self.grouped(self.bottom)
            self.join_roots(top, bottom)
        if len(top) > 1:
            top.sort(key=_KEY)
        if len(bottom) > 1:
            bottom.sort(key=_KEY)
        return self.sign, self.assemble(top, bottom)

    def take_means(self) -> None:
        """A sum divided by the number of its terms is a mean."""
        for place, factor in enumerate(self.top):
            if factor.mean is None:
                continue
            number_of = 1
            sizes = []
            for size in factor.sizes:
                if isinstance(size, Constant):
                    number_of *= int(size.value)
                else:
                    sizes.append(size)
            found = [each for each in self.bottom if each.base in sizes and each.exponent is ONE]
            if len({each.base for each in found}) == len(sizes) and self.under % number_of == 0:
                self.under //= number_of
                self.bottom = [each for each in self.bottom if each not in found]
                for size in sizes:
                    self.sign *= self.layout.signed(size)[0]  # 1 - n**2 took a sign that n**2 - 1 does not have
                flip = factor.flip and mean_of(factor.flip)
                self.top[place] = factor._replace(tree=factor.mean, flip=flip, mean=None)

    def change_a_sign(self) -> None:
        """Take a minus sign into a sum that does not get longer by it: -(x - y)*z is (y - x)*z."""
        for factor in self.sums:
            tree = self.layout.flipped(factor.base) if isinstance(factor.base, Add) else None
            for side in (self.top, self.bottom):
                for place, each in enumerate(side):
                    if each is factor and tree is not None:
                        side[place] = factor._replace(tree=tree)
                        self.sign = 1
                        return
        for place, factor in enumerate(self.top):
            if factor.flip is not None:
                self.top[place] = factor._replace(tree=factor.flip)
                self.sign = 1
                return

    def settle_surds(self) -> None:
        """sqrt(2)/2 is 1/sqrt(2)."""
        for factor in self.top:
            base, exponent = factor.base, factor.exponent
            if not isinstance(base, Constant) or not isinstance(exponent, Constant) or exponent.value != HALF:
                continue
            if isinstance(base.value, int) and self.under % base.value == 0:
                self.under //= base.value
                self.top.remove(factor)
                self.bottom.append(factor)
                return

    def grouped(self, factors: list[Factor]) -> list[Factor]:
        """The factors with their exponents; those with one exponent stand under it together, if that means the same."""
        by_exponent: dict[Expr, list[Factor]] = {}
        written: list[Factor] = []
        for factor in factors:
            if factor.exponent is ONE or factor.base is None:
                written.append(factor)
            elif factor.base is ZERO:
                written.append(factor._replace(tree=self.raised(factor.tree, factor.exponent)))
            else:
                by_exponent.setdefault(factor.exponent, []).append(factor)
        for exponent, group in by_exponent.items():
            whole = isinstance(exponent, Constant) and isinstance(exponent.value, int)
            unknown = sum(not whole and not is_nonnegative(each.base) for each in group if each.base)
            if len(group) == 1 or unknown > 1 or any(each.key[0] for each in group):
                written.extend(each._replace(tree=self.raised(each.tree, exponent)) for each in group)
                continue
            group.sort(key=lambda factor: factor.key)
            joined = Product(tuple(factor.tree for factor in group))
            written.append(Factor(group[-1].key, self.raised(joined, exponent), None, exponent))
        return written

    def raised(self, base: Written, exponent: Expr) -> Written:
        if isinstance(exponent, Constant) and exponent.value == HALF:
            return Applied("sqrt", (base,))
        return Raised(base, self.layout.lift(exponent))

    def join_roots(self, top: list[Factor], bottom: list[Factor]) -> None:
        """sqrt(2)/sqrt(pi) is sqrt(2/pi)."""
        above = [factor for factor in top if _is_root_of_numbers(factor, self.top)]
        below = [factor for factor in bottom if _is_root_of_numbers(factor, self.bottom)]
        if len(above) == len(below) == 1:
            top.remove(above[0])
            bottom.remove(below[0])
            inner = Quotient(above[0].tree.children[0], below[0].tree.children[0])
            top.append(Factor(above[0].key, Applied("sqrt", (inner,))))

    def assemble(self, top: list[Factor], bottom: list[Factor]) -> Written:
        """The fraction; a matrix product stands apart from its scalar factors."""
        chain = self.chain_of(top, bottom)
        if chain is not None:
            top = top[:-1]
        if self.absorb and self.sign < 0 and self.over == 1 and self.under in (2, 4, 8) and top and top[-1].key[0]:
            self.over, self.under = Fraction(1, self.under), 1  # -0.5*A is shorter than -A/2
        bottom, apart = _apart(bottom)
        lower = _product([Number(self.under)] if self.under != 1 else [], bottom)
        if chain is not None and not top and self.over == 1:
            return Quotient(chain, lower) if lower else chain
        upper = _product([Number(self.over)] if self.over != 1 or not top else [], top)
        assert upper is not None
        scalar = Quotient(upper, lower) if lower else upper
        for each in apart:
            scalar = Quotient(scalar, each.tree)
        return scalar if chain is None else Scaled(scalar, chain)

    def chain_of(self, top: list[Factor], bottom: list[Factor]) -> Written | None:
        """The matrix product, if it is the only factor that has a shape, or the only one."""
        if not top or not isinstance(top[-1].tree, Chain):
            return None
        *others, last = top
        if any(factor.key[0] for factor in (*others, *bottom)) or (others and not last.key[0]):
            return None
        return last.tree


def _product(numbers: list[Written], factors: list[Factor]) -> Written | None:
    """Numbers and factors multiplied; None for nothing."""
    trees = [*numbers, *(factor.tree for factor in factors)]
    if len(trees) <= 1:
        return trees[0] if trees else None
    parts = tuple(part for tree in trees for part in (tree.children if isinstance(tree, Product) else (tree,)))
    return Product(parts, sum(factor.key[0] for factor in factors))


def _apart(bottom: list[Factor]) -> tuple[list[Factor], list[Factor]]:
    """The factors below the line, and those to divide by after them: multiplied, an einsum would take the others in."""
    shaped = [factor for factor in bottom if factor.key[0]]
    if len(shaped) < 2:
        return bottom, []
    apart = [factor for factor in shaped if isinstance(factor.base, Contract) and factor.exponent is ONE]
    if len(apart) == len(bottom):
        apart = apart[1:]
    return [factor for factor in bottom if factor not in apart], apart


def _is_root_of_numbers(factor: Factor, side: list[Factor]) -> bool:
    return (
        isinstance(factor.tree, Applied)
        and factor.tree.name == "sqrt"
        and factor.key[1] == 0
        and all(not each.base.free for each in side if each.base and each.exponent is factor.exponent)
    )


def mean_of(total: Written) -> Written:
    """The mean for which a sum was written."""
    assert isinstance(total, Applied)
    return Applied("mean", total.children, None, total.keywords)


def base_of(layout: Layout, base: Expr, exponent: Expr) -> tuple[Written, Expr]:
    """How a base is written, and the exponent that it then has: the root of a sum of squares is a norm."""
    if isinstance(base, Contract) and base not in layout.names and isinstance(exponent, Constant):
        (factor, *others) = layout.lifted(base).factors
        norm = factor.norm if isinstance(factor, Factor) and not others else None
        if norm is not None and not (isinstance(exponent.value, int) and _is_sum(factor)):
            return norm, number(exponent.value * 2)
    return layout.lift(base), exponent


def _is_sum(factor: Expr | Factor) -> bool:
    """Whether a sum of squares is written as a sum or inner product, not as the square of a norm."""
    return isinstance(factor, Factor) and not isinstance(factor.tree, Raised)


def product(
    layout: Layout, coefficient: Rational, factors: Sequence[Expr | Factor], absorb: bool
) -> tuple[int, Written]:
    """The sign of a product, and how its absolute value is written; with `absorb`, a sum may take the sign."""
    page = _Page(layout, coefficient, absorb)
    for factor in factors:
        if isinstance(factor, Factor):
            page.place(factor)
        elif isinstance(factor, Contract) and factor not in layout.names:
            lifted = layout.lifted(factor)
            page.sign *= lifted.sign
            for each in lifted.factors:
                if isinstance(each, Factor):
                    page.place(each)
                else:
                    page.take(each)
        else:
            page.take(factor)
    return page.finish()
