"""The judge of a person's own answer: right or wrong, a counterexample in simple numbers, and the likely mistake."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Literal

from flint import arb

from wrt.errors import Unsolved, VerificationError
from wrt.expr.build import add, derivative
from wrt.expr.node import Add, Expr, Symbol
from wrt.expr.shape import shape_text
from wrt.verify import sample
from wrt.verify.certificate import Verdict
from wrt.verify.evaluate import evaluate
from wrt.verify.forward import Forward
from wrt.verify.instructions import Entries
from wrt.verify.mistakes import Mistake, find, say
from wrt.verify.oracle import equal, plain, verify_derivative
from wrt.verify.patterns import FACTORS, GENERAL, Case, Numbers, View, by_shape, same
from wrt.verify.search import point
from wrt.verify.series import PointError, Series, UnsupportedError, terms, working
from wrt.verify.sizes import shape_of

BITS = 160
VIEWS = 4
TRIES = 60
LARGEST_SHOWN = 16  # entries of a counterexample's values
LARGEST_FORMULA = 400  # nodes; larger ones are judged, but not searched for the mistake

SIMPLE: Final[Sequence[float]] = (1, 2, -1, 0.5, 3, -2, 1.5, -0.5, 0.25, 4)


def judge(
    f: Expr,
    variable: Symbol,
    claim: Expr,
    *,
    of: Literal["derivative", "integral"] = "derivative",
    order: int = 1,
    previous: Expr | None = None,
) -> Verdict:
    """Judge whether `claim` is the derivative (or an antiderivative) of `f` with respect to `variable`.

    `previous` may be the derivative of the order before, in which the mistake is then looked for. Raises Unsolved where
    no point of the domain was found.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> print(judge(x**3, x, 3 * x**3))
    wrong: at x = 2 it is 24, but the derivative is 12
    the exponent of x**3 is not lowered: the power rule is (uⁿ)′ = n·uⁿ⁻¹·u′
    """
    f, claim = plain(f), plain(claim)
    if of == "integral":
        return _judge_integral(f, variable, claim)
    if claim.shape != f.shape + variable.shape * order:
        return _judge_shape(f, variable, claim, order)
    try:
        return Verdict(True, certificate=verify_derivative(f, variable, claim, order))
    except VerificationError as error:
        evidence = error.evidence
    with working(BITS, 1):
        views = list(_views(f, variable, claim, order))
        if not views:
            return Verdict(False, counterexample=evidence or {}, hint="it is undefined where the derivative exists")
        case = Case(f, variable, claim, order, views)
        counterexample = _counterexample(f, variable, claim, order) or evidence
        where, hint = _explain(case, previous)
    return Verdict(False, counterexample=counterexample, where=where, hint=hint)


def _views(f: Expr, variable: Symbol, claim: Expr, order: int) -> Iterator[View]:
    """Some random points with the claim and the truth there."""
    truth = derivative(f, variable, order)
    for sizes, sampler in _samplers([f, claim, variable], random.Random(1)):
        kept = 0
        for _ in range(TRIES):
            values: dict[Symbol, Entries] = {
                symbol: [Series([v]) for v in each] for symbol, each in sampler.draw().items()
            }
            try:
                found = [entry[0] for entry in evaluate(truth, values, sizes)]
                claimed = [entry[0] for entry in evaluate(claim, values, sizes)]
            except PointError:
                continue
            sampler.accepted()
            yield View(sizes, values, claimed, found)
            kept += 1
            if kept == (2 if sizes else VIEWS):
                break


def _samplers(expressions: Sequence[Expr], rng: random.Random) -> Iterator[tuple[dict[Symbol, int], sample.Sampler]]:
    """Two choices of dimensions, or the one there is."""
    variables, dims = sample.symbols_of(expressions)
    for _ in range(2 if dims else 1):
        sizes = sample.draw_sizes(dims, sample.fixed_sizes(expressions), rng)
        yield sizes, sample.Sampler(variables, sizes, rng, sample.hints(expressions))


def _counterexample(f: Expr, variable: Symbol, claim: Expr, order: int) -> dict[str, Any] | None:
    """A point of simple numbers at which the claim differs from the truth, with both values."""
    variables, dims = sample.symbols_of([f, claim, variable])
    taken = sample.fixed_sizes([f, claim, variable])
    rng = random.Random(2)
    truth = derivative(f, variable, order)
    for attempt in range(TRIES):
        sizes = dict(zip(dims, [size for size in range(2, 40) if size not in taken], strict=False))
        values = {symbol: sample.simple_entries(symbol, sizes, SIMPLE, rng, attempt) for symbol in variables}
        series = {symbol: [Series([value]) for value in each] for symbol, each in values.items()}
        try:
            found = [entry[0] for entry in evaluate(truth, series, sizes)]
            claimed = [entry[0] for entry in evaluate(claim, series, sizes)]
        except PointError:
            continue
        wrong = [at for at, (a, b) in enumerate(zip(found, claimed, strict=True)) if not a.overlaps(b)]
        if wrong:
            shape = shape_of(claim, sizes)
            used = {symbol: each for symbol, each in values.items() if symbol in f.free | claim.free | {variable}}
            return {**point(used, sizes), **_shown(claimed, found, wrong, shape)}
    return None


def _shown(claimed: Numbers, found: Numbers, wrong: Sequence[int], shape: tuple[int, ...]) -> dict[str, Any]:
    """Both values, or where they have many entries, one that differs."""
    if len(found) <= LARGEST_SHOWN:
        return {
            name: sample.nested([_plainly(value) for value in values], shape)
            for name, values in (("claimed", claimed), ("found", found))
        }
    at = wrong[0]
    index: list[int] = []
    for size in reversed(shape):
        at, place = divmod(at, size)
        index.insert(0, place)
    return {"entry": tuple(index), "claimed": _plainly(claimed[wrong[0]]), "found": _plainly(found[wrong[0]])}


def _plainly(value: arb) -> float:
    number = float(value.mid())
    return 0.0 if abs(number) < 1e-25 else number


# The likely mistake.


def _explain(case: Case, previous: Expr | None) -> tuple[str | None, str | None]:
    """Where the claim goes wrong, and why."""
    hint = _first(case, GENERAL) or _mistake(case, previous)
    if hint:
        return None, hint
    where, rest = _right_terms(case)
    if rest is not None:
        hint = _first(rest, GENERAL) or _mistake(rest, None) or _first(rest, FACTORS)
    return where, hint or _first(case, FACTORS)


def _first(case: Case, patterns: Sequence[Callable[[Case], str | None]]) -> str | None:
    for pattern in patterns:
        try:
            words = pattern(case)
        except (PointError, UnsupportedError):
            continue
        if words is not None:
            return words
    return None


def _mistake(case: Case, previous: Expr | None) -> str | None:
    """The one wrong step, anywhere in the formula, that leads to the claim."""
    f = case.f if case.order == 1 else previous
    if f is None:
        return None
    f = plain(f)
    try:
        with terms(2):
            walks = [_walk(f, case, view) for view in case.views]
            return _search(f, case.variable, walks)
    except (PointError, UnsupportedError):
        return None


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


def _search(f: Expr, variable: Symbol, walks: Sequence[tuple[Forward, Numbers]]) -> str | None:
    if len(walks[0][0].order) > LARGEST_FORMULA:
        return None
    for site in walks[0][0].sites:
        for mistake in find(site, variable):
            if all(_leads_to(walk, site, mistake, slopes) for walk, slopes in walks):
                return mistake.hint
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
        where += f"; what goes wrong is the derivative of {say(rest, 'the rest')}"
    return where, Case(rest, case.variable, claim, 1, views) if left and claim.shape == case.claim.shape else None


def _agree(case: Case, one: Expr, other: Expr) -> bool:
    return all(
        (a := view.at(one)) is not None and (b := view.at(other)) is not None and same(a, b) for view in case.views
    )


# Claims of another shape, and antiderivatives.


def _judge_shape(f: Expr, variable: Symbol, claim: Expr, order: int) -> Verdict:
    expected = f.shape + variable.shape * order
    with working(BITS, 1):
        views = list(_views(f, variable, claim, order))
        hint = by_shape(Case(f, variable, claim, order, views), expected) if views else None
    shapes = {"claimed": f"of shape {shape_text(claim.shape)}", "found": f"of shape {shape_text(expected)}"}
    return Verdict(
        False,
        counterexample=shapes,
        where="the shape is wrong",
        hint=hint or f"the derivative has the shape of f, then that of {variable.name}: {shape_text(expected)}",
    )


def _judge_integral(f: Expr, variable: Symbol, claim: Expr) -> Verdict:
    """An antiderivative is right if its derivative is f."""
    if claim.shape != f.shape:
        shapes = {"claimed": f"of shape {shape_text(claim.shape)}", "found": f"of shape {shape_text(f.shape)}"}
        return Verdict(False, counterexample=shapes, where="the shape is wrong", what="integral")
    try:
        return Verdict(True, certificate=verify_derivative(claim, variable, f), what="integral")
    except VerificationError:
        pass
    with working(BITS, 1):
        views = [View(view.sizes, view.values, view.truth, view.claim) for view in _views(claim, variable, f, 1)]
        counterexample = _counterexample(claim, variable, f, 1) or {}
        # the roles are exchanged here: what the claim's derivative is stands against f
        counterexample = {
            **counterexample,
            "claimed": counterexample.get("found"),
            "found": counterexample.get("claimed"),
        }
        case = Case(f, variable, f, 1, views)
        hint = _integral_hint(f, variable, claim, case) if views else None
    return Verdict(
        False, counterexample=counterexample, hint=hint, what="integrand", where="its derivative is not the integrand"
    )


def _integral_hint(f: Expr, variable: Symbol, claim: Expr, case: Case) -> str | None:
    if f.shape == claim.shape and _is(claim, derivative(f, variable)):
        return "this is the derivative of the integrand, not its integral"
    return _first(case, FACTORS)


def _is(one: Expr, other: Expr) -> bool:
    if one.shape != other.shape:
        return False
    try:
        return bool(equal(one, other))
    except Unsolved:
        return False
