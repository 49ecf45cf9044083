"""The judge of antiderivatives: a claim is right if its derivative is the integrand."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from wrt.errors import VerificationError
from wrt.expr.build import add, derivative, mul
from wrt.expr.node import Add, Expr, Mul, Symbol
from wrt.expr.shape import shape_text
from wrt.verify.certificate import Verdict
from wrt.verify.evaluate import evaluate
from wrt.verify.mistakes import Differentiate, say
from wrt.verify.oracle import verify_derivative
from wrt.verify.patterns import Case, View, ratio_to, same, simple_ratio
from wrt.verify.points import BITS, TRIES, samplers, simple_counterexample, views_of
from wrt.verify.repairs import repair
from wrt.verify.search import point
from wrt.verify.series import PointError, Series, working

MOST_FACTORS = 5


@dataclass
class Antiderivative(Case):
    """A wrong antiderivative: each view has the claim's derivative as claim, and the integrand as truth."""

    def holds(self, claim: Expr) -> bool:
        return self.agree(derivative(claim, self.variable), self.f)

    def agree(self, one: Expr, other: Expr) -> bool:
        """Whether two expressions are equal at all points."""
        return one.shape == other.shape and all(
            (a := view.at(one)) is not None and (b := view.at(other)) is not None and same(a, b) for view in self.views
        )


def judge_antiderivative(f: Expr, variable: Symbol, claim: Expr, differentiate: Differentiate | None = None) -> Verdict:
    """Judge whether the derivative of `claim` is `f`; `differentiate` serves the words only.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> print(judge_antiderivative(x**3, x, x**4))
    wrong: at x = 2 its derivative is 32, but the integrand is 8
    its derivative is 4 times the integrand: divide by 4
    """
    if claim.shape != f.shape:
        shapes = {"claimed": f"of shape {shape_text(claim.shape)}", "found": f"of shape {shape_text(f.shape)}"}
        return Verdict(False, counterexample=shapes, hint="integration keeps the shape", what="integral")
    try:
        certificate = verify_derivative(claim, variable, f)
        return Verdict(True, certificate=certificate, hint=_narrow(f, variable, claim), what="integral")
    except VerificationError as error:
        evidence = error.evidence
    with working(BITS, 1):
        # The truth here is the derivative of the claim, so truth and claim change places.
        views = [View(view.sizes, view.values, view.truth, view.claim) for view in views_of(claim, variable, f, 1)]
        if not views:
            return Verdict(
                False,
                counterexample=evidence,
                hint="the integrand is undefined wherever the claim is defined",
                what="integral",
            )
        shown = simple_counterexample(claim, variable, f, 1) or dict(evidence)
        shown["claimed"], shown["found"] = shown["found"], shown["claimed"]
        where, hint = _explain(Antiderivative(f, variable, claim, 1, views))
        if hint is None and differentiate is not None:
            hint = f"its derivative is {say(differentiate(claim, variable))}, not {say(f)}"
    return Verdict(False, counterexample=shown, where=where, hint=hint, what="integral")


def _explain(case: Antiderivative) -> tuple[str | None, str | None]:
    """Where the claim goes wrong, and why."""
    hint = _factor(case)
    if hint is None and case.agree(case.claim, derivative(case.f, case.variable)):
        hint = "this is the derivative of the integrand, not its integral"
    if hint is None and case.agree(case.claim, case.f):
        hint = "this is the integrand itself"
    if hint:
        return None, hint
    where, rest = _right_terms(case)
    return where, (_factor(rest) if rest else None) or _product_of_integrals(case) or repair(case)


def _product_of_integrals(case: Antiderivative) -> str | None:
    """∫u·v taken for ∫u · ∫v: the claim splits into two factors whose derivatives are, up to numbers, those of f."""
    if not isinstance(case.f, Mul) or not isinstance(case.claim, Mul) or case.f.shape:
        return None
    for u, v in _splits(case.f.factors):
        for g, h in _splits(case.claim.factors):
            if _proportional(case, derivative(g, case.variable), u) and _proportional(
                case, derivative(h, case.variable), v
            ):
                return "the integral of a product is not the product of the integrals: integrate by parts or substitute"
    return None


def _splits(factors: Sequence[Expr]) -> Iterator[tuple[Expr, Expr]]:
    """The ways to write a product as one of two, in both orders."""
    for mask in range(1, 2 ** min(len(factors), MOST_FACTORS) - 1):
        chosen = [factor for at, factor in enumerate(factors) if mask >> at & 1]
        rest = [factor for at, factor in enumerate(factors) if not mask >> at & 1]
        yield mul(*chosen), mul(*rest)


def _proportional(case: Antiderivative, one: Expr, other: Expr) -> bool:
    pairs = [(view.at(one), view.at(other)) for view in case.views]
    if any(a is None or b is None or a[0].contains(0) or b[0].contains(0) for a, b in pairs):
        return False
    ratios = [a[0] / b[0] for a, b in pairs if a is not None and b is not None]
    return same(ratios, [ratios[0]] * len(ratios))


def _factor(case: Antiderivative) -> str | None:
    number = simple_ratio(case.views)
    if number is None or not all(_has_ratio(view, number) for view in case.views):
        return None
    if number == -1:
        return "the sign is wrong"
    divide = f"divide by {number}" if number.denominator == 1 else f"multiply by {1 / number}"
    return f"its derivative is {number} times the integrand: {divide}"


def _has_ratio(view: View, number: Fraction) -> bool:
    ratio = ratio_to(view)
    return ratio is not None and bool(ratio.overlaps(arb(number.numerator) / number.denominator))


def _right_terms(case: Antiderivative) -> tuple[str | None, Antiderivative | None]:
    """In a sum, the terms that are integrated rightly, taken away from both sides."""
    if not isinstance(case.f, Add) or not isinstance(case.claim, Add):
        return None, None
    left, right, matched = list(case.f.terms), list(case.claim.terms), []
    for term in case.f.terms:
        partner = next((each for each in right if case.agree(derivative(each, case.variable), term)), None)
        if partner is not None:
            left.remove(term)
            right.remove(partner)
            matched.append(term)
    if not matched or not left:
        return None, None
    rest, claim = add(*left, 0), add(*right, 0)
    slope = derivative(claim, case.variable)
    pairs = [(view, view.at(slope), view.at(rest)) for view in case.views]
    views = [View(view.sizes, view.values, a, b) for view, a, b in pairs if a is not None and b is not None]
    where = f"the terms {', '.join(map(say, matched))} are right; the integral of {say(rest)} is wrong"
    return where, Antiderivative(rest, case.variable, claim, 1, views) if len(views) > 1 else None


def _narrow(f: Expr, variable: Symbol, claim: Expr) -> str | None:
    """A right antiderivative that misses part of the integrand's domain: log(x) for 1/x."""
    for sizes, sampler in samplers([f, claim, variable], random.Random(3)):
        with working(BITS, 1):
            for _ in range(TRIES // 2):
                drawn = sampler.draw()
                values = {symbol: [Series([value]) for value in each] for symbol, each in drawn.items()}
                try:
                    evaluate(f, values, sizes)
                except PointError:
                    continue
                try:
                    evaluate(claim, values, sizes)
                except PointError:
                    place = ", ".join(f"{name} = {value}" for name, value in point(drawn, sizes).items())
                    return f"it has no value at {place}, where the integrand has one"
    return None
