"""Steps of a forward pass, as a person writes them: rules with their parts named, inner functions by the chain rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias

from wrt.derive.engine import Pass, run
from wrt.derive.step import Statement, Step
from wrt.derive.tape import Entry
from wrt.derive.wording import letters, names_in, product_statement, relabelled, row_statement, stand_in
from wrt.expr.node import ZERO, Add, Call, Constant, Derivative, Expr, Integral, Power, Symbol
from wrt.expr.walk import is_number
from wrt.notation.order import factor_key, term_key
from wrt.rules import arithmetic, calculus, calls
from wrt.rules.rule import Rule
from wrt.rules.table import rule_for

Teller: TypeAlias = Callable[[Step, Entry, "Scene"], None]

CHAIN = "f(u)′ = f′(u)·u′"
MULTIPLE = "(c·x)′ = c"
SCALED_POWER = "(c·xⁿ)′ = c·n·xⁿ⁻¹"
ORDERS: Final[Mapping[Rule, Callable[[Expr], Any]]] = {
    arithmetic.sum_rule: term_key,
    arithmetic.product: factor_key,
}


@dataclass(frozen=True, slots=True)
class Scene:
    """What a derivation is about: the scalar variable, and the names that the user has taken."""

    variable: Symbol
    taken: frozenset[str]

    def moves(self, node: Expr) -> bool:
        """Whether an expression depends on the variable."""
        return self.variable in node.free


def narrate(done: Pass, variable: Symbol, taken: Iterable[str] = ()) -> Step:
    """The tree of steps by which a pass differentiated its expression with respect to a scalar.

    Letters for parts are none of the `taken` names, and no name of the expression.
    """
    scene = Scene(variable, frozenset((*taken, *names_in(done.tape.root))))
    for part in done.tape.entries:
        factor_key(part), term_key(part)  # from the inside out, so that no key goes deep
    top: list[Step] = []
    told: set[Expr] = set()
    stack: list[tuple[Expr, list[Step]]] = [(done.tape.root, top)]
    while stack:
        node, into = stack.pop()
        step = Step("", Derivative.intern(node, variable, 1), done.values.get(node, ZERO))
        into.append(step)
        entry = done.tape.entries.get(node)
        if entry is None:
            _trivial(step, node, variable)
            continue
        if node in told:
            step.rule, step.note = entry.rule.name, ("as above",)
            continue
        entry = _without_constants(step, entry, done, scene)
        TELLERS.get(entry.rule, _plain)(step, entry, scene)
        moving = dict.fromkeys(part for part in _as_written(entry) if _is_told(part, entry, scene))
        stack.extend((part, step.children) for part in reversed(moving))
        if moving or step.children:
            told.add(node)
    return top[0]


def _without_constants(step: Step, entry: Entry, done: Pass, scene: Scene) -> Entry:
    """The rule for the one term of a sum that moves, for the others only are constant; else the rule itself."""
    if entry.rule is arithmetic.sum_rule:
        step.note = _constants(term for term in entry.node.operands if not scene.moves(term))
        if len(entry.parts) == 1:
            return done.tape.entries.get(entry.parts[0], entry)
    return entry


def _constants(terms: Iterable[Expr]) -> Statement:
    """That terms are constant; of numbers everybody knows it."""
    found = [term for term in terms if not is_number(term)]
    if not found:
        return ()
    listed = [piece for term in found for piece in (" and ", term)][1:]
    return (*listed, " is constant" if len(found) == 1 else " are constant")


def _is_told(part: Expr, entry: Entry, scene: Scene) -> bool:
    """Whether the derivative of a part has a line of its own: not x′ = 1, (x + c)′ = 1, nor xⁿ in c·xⁿ."""
    if part is scene.variable or not scene.moves(part) or _is_shifted(part, scene):
        return False
    return entry.rule is not arithmetic.constant_multiple or not _is_power(part, scene)


def _is_power(node: Expr, scene: Scene) -> bool:
    return isinstance(node, Power) and node.base is scene.variable and not scene.moves(node.exponent)


def _is_shifted(node: Expr, scene: Scene) -> bool:
    return isinstance(node, Add) and [term for term in node.terms if scene.moves(term)] == [scene.variable]


def _trivial(step: Step, node: Expr, variable: Symbol) -> None:
    """The derivative of the variable itself, or of what does not depend on it."""
    if node is variable:
        step.rule, step.statement = "derivative of the variable", ("x′ = 1",)
    else:
        step.rule, step.statement = "constant rule", ("c′ = 0",)
        step.note = () if isinstance(node, Constant) else (node, " does not depend on ", variable)


def _plain(step: Step, entry: Entry, scene: Scene) -> None:
    """A rule said with letters for its parts."""
    moving = [part for part in entry.parts if scene.moves(part)]
    names = letters(len(moving), scene.taken)
    step.rule = entry.rule.name
    row = row_statement(entry.node) if isinstance(entry.node, Call) and entry.node.function.derivative else ()
    step.statement = row or (relabelled(entry.rule.statement, dict(zip("uvw", names, strict=False))),)
    step.named = dict(zip(names, moving, strict=True))


def _sum(step: Step, entry: Entry, scene: Scene) -> None:
    step.rule, step.statement = entry.rule.name, (entry.rule.statement,)


def _constant_multiple(step: Step, entry: Entry, scene: Scene) -> None:
    (moving,) = entry.parts
    constant = entry.partial(0)
    assert isinstance(constant, Expr)
    if _is_power(moving, scene):
        step.rule, step.statement = arithmetic.power_rule.name, (SCALED_POWER,)
        return
    if moving is scene.variable:
        step.rule, step.statement = entry.rule.name, (MULTIPLE,)
        return
    (u,) = letters(1, scene.taken)
    step.rule, step.statement = entry.rule.name, (relabelled(entry.rule.statement, {"u": u}),)
    c = "c" if "c" not in scene.taken else "constant"
    step.named = {c: constant, u: moving}


def _product(step: Step, entry: Entry, scene: Scene) -> None:
    names = letters(len(entry.parts), scene.taken)
    step.rule, step.statement = entry.rule.name, (product_statement(names),)
    step.named = dict(zip(names, _as_written(entry), strict=True))


def _as_written(entry: Entry) -> tuple[Expr, ...]:
    """The parts of a rule, terms and factors in the order in which they are written."""
    key = ORDERS.get(entry.rule)
    return entry.parts if key is None else tuple(sorted(entry.parts, key=key))


def _one_inner(step: Step, entry: Entry, scene: Scene) -> None:
    """A rule for a function of one part: by itself where that is the variable, else inside the chain rule."""
    moving = dict.fromkeys(filter(scene.moves, entry.parts))
    if len(moving) > 1:
        names = letters(len(moving), scene.taken)
        call = f"f({', '.join(names)})"
        step.rule = "chain rule"
        step.statement = (f"{call}′ = {' + '.join(f'∂f/∂{each}·{each}′' for each in names)}",)
        step.named = dict(zip(names, moving, strict=True))
        return
    (part,) = moving
    if part is scene.variable:
        _outer(step, entry.rule, entry.node, part)
        return
    (u,) = letters(1, scene.taken)
    step.rule, step.statement, step.named = "chain rule", (relabelled(CHAIN, {"u": u}),), {u: part}
    step.children.append(_outer_step(entry, part, stand_in(u, part)))


def _outer_step(entry: Entry, part: Expr, inner: Symbol) -> Step:
    """The derivative of the outer function by its inner one, which a letter stands for."""
    node = entry.node.rebuilt(tuple(inner if each is part else each for each in entry.node.operands))
    step = Step("", Derivative.intern(node, inner, 1), partial(_derivative, node, inner))
    rule, _ = rule_for(node, frozenset([inner]))
    same = rule is entry.rule
    _outer(step, rule if same else entry.rule, node if same else entry.node, inner)
    return step


def _derivative(node: Expr, variable: Symbol) -> Expr:
    return run(node, [variable])[variable].results[variable]


def _outer(step: Step, rule: Rule, node: Expr, part: Expr) -> None:
    step.rule = rule.name
    if isinstance(node, Call) and node.function.kind == "elementwise":
        place = node.args.index(part) if part in node.args else 0
        step.statement = row_statement(node, place)
    else:
        step.statement = (rule.statement,)


def _logarithmic(step: Step, entry: Entry, scene: Scene) -> None:
    base, exponent = entry.node.operands
    u, v = letters(2, scene.taken)
    step.rule = entry.rule.name
    step.statement = (relabelled(entry.rule.statement, {"u": u, "v": v}),)
    step.named = {u: base, v: exponent}


def _definition(step: Step, entry: Entry, scene: Scene) -> None:
    step.rule, step.statement = entry.rule.name, (entry.node, " = ", entry.parts[0])


def _leibniz(step: Step, entry: Entry, scene: Scene) -> None:
    node = entry.node
    assert isinstance(node, Integral)
    step.rule, step.statement = entry.rule.name, (entry.rule.statement,)
    step.named = {"f": node.integrand, "a": node.lower, "b": node.upper}
    variable = scene.variable
    if variable in node.integrand.free and variable is not node.variable:
        step.children.append(narrate(run(node.integrand, [variable])[variable], variable, scene.taken))


def _inner_derivative(step: Step, entry: Entry, scene: Scene) -> None:
    node = entry.node
    assert isinstance(node, Derivative)
    step.rule, step.statement = entry.rule.name, (entry.rule.statement,)
    step.named = {"f": node.operand}
    if node.order == 1 and not node.variable.shape:
        step.children.append(_inner(node, scene))


def _inner(node: Derivative, scene: Scene) -> Step:
    variable = node.variable
    return narrate(run(node.operand, [variable])[variable], variable, scene.taken)


TELLERS: Final[Mapping[Rule, Teller]] = {
    arithmetic.sum_rule: _sum,
    arithmetic.constant_multiple: _constant_multiple,
    arithmetic.product: _product,
    arithmetic.power_rule: _one_inner,
    arithmetic.exponential: _one_inner,
    arithmetic.logarithmic: _logarithmic,
    calls.table: _one_inner,
    calls.definition: _definition,
    calculus.leibniz: _leibniz,
    calculus.inner_derivative: _inner_derivative,
}
