"""Rational functions: every rule that integrates them, the ones that a person tries first at the top."""

from __future__ import annotations

from collections.abc import Sequence

from wrt.integrate.rational import circles, cubics, fractions, quadratics, quartics, residues
from wrt.integrate.rule import Rule

RATIONAL: Sequence[Rule] = (
    fractions.power_of_polynomial,
    fractions.polynomial,
    fractions.power_substitution,
    fractions.division,
    quadratics.quadratic_denominator,
    fractions.hermite,
    fractions.partial_fractions,
    quartics.terms_by_degree,
    quartics.shift,
    quartics.even_quartic,
    circles.sum_of_cubes,
    quartics.quadratic_in_power_with_real_roots,
    circles.binomial_denominator,
    circles.quadratic_in_power_without_real_roots,
    quartics.quartic,
    cubics.cubic_denominator,
    residues.logarithms_of_residues,
)
