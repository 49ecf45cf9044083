"""The judge of a person's own answer: right or wrong, a counterexample in simple numbers, and the likely mistake."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

from flint import arb

from wrt.errors import VerificationError
from wrt.expr.build import add, derivative
from wrt.expr.node import Add, Expr, Symbol
from wrt.expr.shape import shape_text
from wrt.verify.antiderivative import judge_antiderivative
from wrt.verify.assumptions import assumed
from wrt.verify.certificate import Verdict
from wrt.verify.forward import Forward
from wrt.verify.mistakes import Differentiate, Mistake, find, say
from wrt.verify.omissions import omission
from wrt.verify.oracle import plain, verify_derivative
from wrt.verify.patterns import FACTORS, GENERAL, PARTS, Case, Numbers, View, by_shape, other_order, same
from wrt.verify.points import BITS, simple_counterexample, views_of
from wrt.verify.repairs import repair
from wrt.verify.series import PointError, Series, UnsupportedError, terms, working

LARGEST_FORMULA = 400  # nodes; larger ones are judged, but not searched for the mistake


def judge(
    f: Expr,
    variable: Symbol,
    claim: Expr,
    *,
    of: Literal["derivative", "integral"] = "derivative",
    order: int = 1,
    differentiate: Differentiate | None = None,
) -> Verdict:
    """Judge whether `claim` is the derivative (or an antiderivative) of `f` with respect to `variable`.

    `differentiate` is the engine, if it is at hand: it has no say in the verdict, but writes derivatives out in the
    hint, and gives the derivative of lower order in which a mistake of higher order is looked for. Raises Unsolved
    where no point of the domain was found.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> print(judge(x**3, x, 3 * x**3))
    wrong: at x = 2 it is 24, but the derivative is 12
    the exponent of x**3 is not lowered: the power rule is (uⁿ)′ = n·uⁿ⁻¹·u′
    """
    f, claim = plain(f), plain(claim)
    if of == "integral":
        return judge_antiderivative(f, variable, claim, differentiate)
    if claim.shape != f.shape + variable.shape * order:
        return _judge_shape(f, variable, claim, order)
    try:
        return Verdict(True, certificate=verify_derivative(f, variable, claim, order))
    except VerificationError as error:
        evidence = error.evidence
    with working(BITS, 1):
        views = list(views_of(f, variable, claim, order))
        if not views:
            return Verdict(False, counterexample=evidence or {}, hint="it is undefined where the derivative exists")
        case = Case(f, variable, claim, order, views)
        counterexample = simple_counterexample(f, variable, claim, order) or evidence
        where, hint = _explain(case, differentiate)
    return Verdict(False, counterexample=counterexample, where=where, hint=hint)


# The likely mistake.


def _explain(case: Case, differentiate: Differentiate | None) -> tuple[str | None, str | None]:
    """Where the claim goes wrong, and why."""
    hint = _first(case, (*GENERAL, assumed)) or _mistake(case, differentiate) or _first(case, (other_order, *FACTORS))
    if hint:
        return None, hint
    where, rest = _right_terms(case)
    if rest is not None:
        hint = _first(rest, GENERAL) or _mistake(rest, differentiate) or _first(rest, FACTORS)
    left_out = [] if differentiate is None else [partial(omission, differentiate=differentiate)]
    return where, hint or _first(case, (repair, *left_out, *PARTS)) or "no single slip leads to this answer"


def _first(case: Case, patterns: Sequence[Callable[[Case], str | None]]) -> str | None:
    for pattern in patterns:
        try:
            words = pattern(case)
        except (PointError, UnsupportedError):
            continue
        if words is not None:
            return words
    return None


def _mistake(case: Case, differentiate: Differentiate | None) -> str | None:
    """The one wrong step, anywhere in the formula, that leads to the claim."""
    f = case.f
    for _ in range(case.order - 1):
        if differentiate is None:
            return None
        f = plain(differentiate(f, case.variable))
    try:
        with terms(2):
            walks = [_walk(f, case, view) for view in case.views]
            mistake = _search(case.variable, walks)
    except (PointError, UnsupportedError):
        return None
    return mistake.hint(differentiate) if mistake else None


def _walk(f: Expr, case: Case, view: View) -> tuple[Forward, Numbers]:
    """A walk along a direction, and the slopes that the claim has along it."""
    entries = view.values[case.variable]
    direction = [arb(3 + 2 * (at * at % 7) + at) / 4 for at in range(len(entries))] if case.variable.shape else [arb(1)]
    moving = [Series([entry[0], step]) for entry, step in zip(entries, direction, strict=True)]
    count = len(direction)
    slopes = [
        sum((view.claim[at + k] * direction[k] for k in range(count)), arb(0))
        for at in range(0, len(view.claim), count)
    ]
    values = {symbol: each if symbol is not case.variable else moving for symbol, each in view.values.items()}
    return Forward(f, case.variable, view.sizes, values), slopes


def _search(variable: Symbol, walks: Sequence[tuple[Forward, Numbers]]) -> Mistake | None:
    if len(walks[0][0].order) > LARGEST_FORMULA:
        return None
    for site in walks[0][0].sites:
        for mistake in find(site, variable):
            if all(_leads_to(walk, site, mistake, slopes) for walk, slopes in walks):
                return mistake
    return None


def _leads_to(walk: Forward, site: Expr, mistake: Mistake, slopes: Numbers) -> bool:
    try:
        return same(walk.slopes(site, mistake.slopes), slopes)
    except (PointError, ZeroDivisionError, ValueError):
        return False


def _right_terms(case: Case) -> tuple[str | None, Case | None]:
    """In a sum, the terms whose derivatives stand in the claim, taken away from both sides."""
    if not isinstance(case.f, Add) or not isinstance(case.claim, Add) or case.f.shape or case.order != 1:
        return None, None
    left, right = list(case.f.terms), list(case.claim.terms)
    matched: list[Expr] = []
    for term in case.f.terms:
        if case.variable not in term.free:
            left.remove(term)
            continue
        slope = derivative(term, case.variable)
        partner = next((each for each in right if _agree(case, slope, each)), None)
        if partner is not None:
            left.remove(term)
            right.remove(partner)
            matched.append(term)
    if not matched:
        return None, None
    rest, claim = add(*left, 0), add(*right, 0)
    views = [
        View(view.sizes, view.values, here, there)
        for view in case.views
        if (here := view.at(claim)) is not None and (there := view.at(derivative(rest, case.variable))) is not None
    ]
    if len(views) < 2:
        return None, None
    where = f"the terms for {', '.join(say(term) for term in matched)} are right"
    if left:
        where += f"; what goes wrong is the derivative of {say(rest)}"
    return where, Case(rest, case.variable, claim, 1, views) if left and claim.shape == case.claim.shape else None


def _agree(case: Case, one: Expr, other: Expr) -> bool:
    return all(
        (a := view.at(one)) is not None and (b := view.at(other)) is not None and same(a, b) for view in case.views
    )


# Claims of another shape.


def _judge_shape(f: Expr, variable: Symbol, claim: Expr, order: int) -> Verdict:
    expected = f.shape + variable.shape * order
    with working(BITS, 1):
        views = list(views_of(f, variable, claim, order))
        hint = by_shape(Case(f, variable, claim, order, views), expected) if views else None
    shapes = {"claimed": f"of shape {shape_text(claim.shape)}", "found": f"of shape {shape_text(expected)}"}
    return Verdict(
        False,
        counterexample=shapes,
        where="the shape is wrong",
        hint=hint or f"the derivative has the shape of f, then that of {variable.name}: {shape_text(expected)}",
    )
