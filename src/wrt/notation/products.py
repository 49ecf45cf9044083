"""Products on the page: sign, numerator and denominator, equal exponents together, surds in lowest terms."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from wrt.expr.facts import is_nonnegative
from wrt.expr.node import ONE, Add, Constant, Expr, Mul, Power, Rational, number
from wrt.notation.order import factor_key
from wrt.notation.tree import Applied, Chain, Number, Product, Quotient, Raised, Scaled, Written

if TYPE_CHECKING:
    from wrt.notation.layout import Layout

MOST_DECIMALS = 12
HALF = Fraction(1, 2)


class Factor(NamedTuple):
    """A factor to be placed: its order among others, how it is written, and what it is (None for a lifted einsum)."""

    key: tuple[Any, ...]
    tree: Written
    base: Expr | None = None
    exponent: Expr = ONE


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


class _Page:
    """A product while it is being laid out."""

    def __init__(self, layout: Layout, coefficient: Rational, absorb: bool) -> None:
        self.layout = layout
        self.sign = 1 if coefficient > 0 else -1
        value = abs(coefficient)
        self.over: Rational = value if is_decimal(value) else value.numerator
        self.under: int = 1 if is_decimal(value) else value.denominator
        self.absorb = absorb
        self.top: list[Factor] = []
        self.bottom: list[Factor] = []
        self.sums: list[tuple[list[Factor], int, Add]] = []  # those that may change their sign

    def take(self, node: Expr) -> None:
        """Place a factor."""
        base, exponent, side = node, ONE, self.top
        if isinstance(node, Power):
            base, exponent = node.base, node.exponent
            below = opposite_exponent(exponent)
            if below is not None:
                exponent, side = below, self.bottom
                node = base if exponent is ONE else node
        if isinstance(base, Add):
            odd = isinstance(exponent, Constant) and isinstance(exponent.value, int) and exponent.value % 2
            even = isinstance(exponent, Constant) and isinstance(exponent.value, int) and not odd
            if odd or even:
                sign, tree = self.layout.signed(base)
                if odd:
                    self.sign *= sign
                    self.sums.append((side, len(side), base))
            else:
                tree = self.layout.lift(base)
        elif exponent is ONE:
            sign, tree = self.layout.signed(base)
            self.sign *= sign
        else:
            tree = self.layout.lift(base)
        side.append(Factor(factor_key(node), tree, base, exponent))

    def finish(self, core: list[Factor]) -> tuple[int, Written]:
        if self.sign < 0 and self.absorb:
            self.change_a_sign()
        self.settle_surds()
        top = [*self.grouped(self.top), *core]
        bottom = self.grouped(self.bottom)
        self.join_roots(top, bottom)
        top.sort(key=lambda factor: factor.key)
        bottom.sort(key=lambda factor: factor.key)
        return self.sign, self.assemble([factor.tree for factor in top], [factor.tree for factor in bottom])

    def change_a_sign(self) -> None:
        """Take a minus sign into a sum that does not get longer by it: -(x - y)*z is (y - x)*z."""
        for side, place, node in self.sums:
            tree = self.layout.flipped(node)
            if tree is not None:
                side[place] = side[place]._replace(tree=tree)
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
        """The factors with their exponents; those with one exponent stand under it together, where that means the same."""
        by_exponent: dict[Expr, list[Factor]] = {}
        written: list[Factor] = []
        for factor in factors:
            if factor.exponent is ONE or factor.base is None:
                written.append(factor)
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

    def assemble(self, top: list[Written], bottom: list[Written]) -> Written:
        chain = top.pop() if top and isinstance(top[-1], Chain) else None
        if self.under != 1:
            bottom.insert(0, Number(self.under))
        if chain is not None and not top and self.over == 1:
            return Quotient(chain, _product(bottom)) if bottom else chain
        if self.over != 1 or not top:
            top.insert(0, Number(self.over))
        upper = _product(top)
        scalar = Quotient(upper, _product(bottom)) if bottom else upper
        return scalar if chain is None else Scaled(scalar, chain)


def _product(trees: list[Written]) -> Written:
    if len(trees) == 1:
        return trees[0]
    return Product(tuple(part for tree in trees for part in (tree.children if isinstance(tree, Product) else (tree,))))


def _is_root_of_numbers(factor: Factor, side: list[Factor]) -> bool:
    return (
        isinstance(factor.tree, Applied)
        and factor.tree.name == "sqrt"
        and factor.key[1] == 0
        and all(not each.base.free for each in side if each.base and each.exponent is factor.exponent)
    )


def product(
    layout: Layout, coefficient: Rational, factors: tuple[Expr, ...], absorb: bool
) -> tuple[int, Written]:
    """The sign of a product, and how its absolute value is written; with `absorb`, sums may take the sign."""
    page = _Page(layout, coefficient, absorb)
    core: list[Factor] = []
    for factor in factors:
        entries = layout.entries(factor)
        if entries is None:
            page.take(factor)
            continue
        for entry in entries:
            if isinstance(entry, Factor):
                core.append(entry)
            else:
                page.take(entry)
    return page.finish(core)
