"""The strategy: which rules there are, the ones that a person tries first at the top."""

from __future__ import annotations

from collections.abc import Sequence

from wrt.integrate import (
    algebra,
    binomials,
    linear,
    parts,
    pieces,
    radicals,
    special,
    substitution,
    table,
    trigonometric,
    undetermined,
)
from wrt.integrate.rational import RATIONAL
from wrt.integrate.rule import Rule

STRATEGY: Sequence[Rule] = (
    linear.constant,
    linear.constant_multiple,
    table.power_rule,
    table.exponential,
    table.declared,
    *RATIONAL,
    table.reversed_derivative,
    radicals.inverse_root,
    pieces.piece_by_piece,
    linear.sum_rule,
    substitution.substitution,
    trigonometric.to_cosine,
    trigonometric.to_sine,
    parts.twice,
    trigonometric.product_to_sum,
    algebra.expand,
    radicals.polynomial_over_root,
    radicals.pole_over_root,
    radicals.power_of_quadratic,
    radicals.separate,
    binomials.inside,
    binomials.beside,
    parts.by_parts,
    algebra.beside_fractions,
    undetermined.undetermined,
    *special.SPECIAL,
    algebra.definition,
    trigonometric.as_exponentials,
    algebra.root_of_line,
    algebra.root_of_quotient,
    algebra.logarithm_of_line,
    trigonometric.to_tangent,
    trigonometric.to_half_angle,
)
