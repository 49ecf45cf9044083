"""Derivatives inside a formula: exact mixed coefficients from one-parameter series along several directions.

To differentiate g in x while everything moves with the outer parameter t, g is expanded along x + u·e, t = b·u for as
many ratios b as there are coefficients of each total degree; interpolation in b separates the powers of u and t. Mixed
derivatives of tensors come from directions e₁ + e₂ + ... by polarisation.
Source: Griewank and Walther, Evaluating Derivatives, 2008, section 13.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement, product
from math import factorial, prod

from flint import arb, arb_mat, ctx

from wrt.expr.node import Derivative
from wrt.verify.evaluate import Environment, Plan, complete
from wrt.verify.instructions import Entries
from wrt.verify.series import Series, is_defined, terms, undefined
from wrt.verify.sizes import Sizes, shape_of


class Differentiation:
    """A derivative at many values of the symbols; the operand's plan is compiled once, with more terms."""

    def __init__(self, node: Derivative, sizes: Sizes) -> None:
        self.variable = node.variable
        self.order = node.order
        self.count = prod(shape_of(node.variable, sizes))
        self.outer = ctx.cap
        self.cap = self.outer + node.order
        with terms(self.cap):
            self.plan = Plan([node.operand], sizes)

    def __call__(self, values: Environment) -> Entries:
        along: dict[tuple[int, ...], list[Series]] = {}
        for chosen in combinations_with_replacement(range(self.count), self.order):
            along[chosen] = self._mixed(values, chosen)
        entries = len(next(iter(along.values())))
        orders = list(product(range(self.count), repeat=self.order))
        return [along[tuple(sorted(chosen))][entry] for entry in range(entries) for chosen in orders]

    def _mixed(self, values: Environment, chosen: Sequence[int]) -> list[Series]:
        """∂/∂x_i ∂/∂x_j ... by polarisation: k! ∂ᵢ∂ⱼ... = Σ over parts S of (−1)^(k−|S|) (Σ_S ∂)ᵏ."""
        directions: dict[tuple[int, ...], int] = {}
        if len(set(chosen)) == 1:
            directions[self._direction(chosen[:1])] = 1
            scale = 1
        else:
            scale = factorial(self.order)
            for mask in range(1, 2**self.order):
                part = [each for bit, each in enumerate(chosen) if mask >> bit & 1]
                direction = self._direction(part)
                directions[direction] = directions.get(direction, 0) + (-1) ** (self.order - len(part))
        total: list[Series] = []
        for direction, sign in directions.items():
            mine = [entry * sign for entry in self._along(values, direction)]
            total = [a + b for a, b in zip(total, mine, strict=True)] if total else mine
        return [entry / scale for entry in total]

    def _direction(self, part: Sequence[int]) -> tuple[int, ...]:
        return tuple(part.count(at) for at in range(self.count))

    def _along(self, values: Environment, direction: Sequence[int]) -> list[Series]:
        """The series in t of the order-th derivative along one direction."""
        # The coefficient of u^d is a polynomial of degree d in the ratio; with t at rest its value at 0 will do.
        ratios = range(self.cap) if self.outer > 1 else range(1)
        with terms(self.cap):
            expansions = [complete(self._expansion(values, direction, ratio)) for ratio in ratios]
        separate = arb_mat([[ratio**power for power in ratios] for ratio in ratios]).inv()
        result = []
        for entry in range(len(expansions[0])):
            if not all(is_defined(expansion[entry]) for expansion in expansions):
                result.append(undefined())
                continue
            coefficients = []
            for j in range(self.outer):
                at_ratios = [expansion[entry][self.order + j] for expansion in expansions]
                mixed = sum((separate[j, place] * value for place, value in enumerate(at_ratios)), arb(0))
                coefficients.append(mixed * factorial(self.order))
            result.append(Series(coefficients))
        return result

    def _expansion(self, values: Environment, direction: Sequence[int], ratio: int) -> Entries:
        """The operand along x + u·direction and t = ratio·u, as a series in u."""
        moved = {symbol: [_rescaled(entry, ratio) for entry in entries] for symbol, entries in values.items()}
        variable = moved[self.variable]
        moved[self.variable] = [entry + Series([0, step]) for entry, step in zip(variable, direction, strict=True)]
        return self.plan(moved)[0]


def _rescaled(entry: Series, ratio: int) -> Series:
    """The series in u where t = ratio·u."""
    return Series([coefficient * ratio**power for power, coefficient in enumerate(entry.coeffs())])
