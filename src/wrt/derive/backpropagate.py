"""Steps of a reverse pass: backpropagation, one adjoint at a time, each with the rule that gave it."""

from __future__ import annotations

from collections.abc import Mapping

from wrt.derive.chain import settle
from wrt.derive.engine import Pass
from wrt.derive.step import Step
from wrt.derive.tape import Entry, pulled
from wrt.derive.wording import names_in, table_statement
from wrt.expr.node import Call, Derivative, Expr, Symbol

CHAIN = "δ of a part = δ of the whole · ∂whole/∂part"


def backpropagate(done: Pass, variable: Symbol) -> Step:
    """The tree of steps by which a pass carried adjoints from its expression back to one variable.

    Each step is the adjoint of a part: the derivative of the whole expression with respect to that part.
    """
    root = done.tape.root
    top = Step("backpropagation", Derivative.intern(root, variable, 1), done.results[variable], CHAIN)
    paths = _paths(done)
    for node in done.values:
        if node in paths and variable in node.free:
            top.children.append(_step(done, node, paths[node]))
    return top


def _paths(done: Pass) -> dict[Expr, list[tuple[Entry, int]]]:
    """For each part, the rules by which adjoints arrive, with the place of the part in each."""
    paths: dict[Expr, list[tuple[Entry, int]]] = {}
    for node in done.values:
        entry = done.tape.entries.get(node)
        if entry is not None:
            for k, part in enumerate(entry.parts):
                paths.setdefault(part, []).append((entry, k))
    return paths


def _step(done: Pass, node: Expr, arrivals: list[tuple[Entry, int]]) -> Step:
    value = done.values[node]
    if len(arrivals) == 1:
        ((entry, k),) = arrivals
        return Step(entry.rule.name, node, value, _statement(entry, k))
    led = bool(done.tape.root.shape)
    parts = [pulled(entry, k, done.values[entry.node], led) for entry, k in arrivals]
    settled = [settle(part) for part in parts if part is not None]
    named = {f"δ{number}": part for number, part in enumerate(settled, 1)}
    rules = list(dict.fromkeys(entry.rule.name for entry, _ in arrivals))
    note = f"by the {' and the '.join(rules)}" if len(named) > 1 else ""
    return Step("sum over paths", node, value, f"δ = {' + '.join(named)}", named, note)


def _statement(entry: Entry, k: int) -> str:
    node = entry.node
    if isinstance(node, Call) and node.function.kind == "elementwise" and node.function.derivative:
        return table_statement(node.function, node.args.index(entry.parts[k]))
    return entry.rule.statement


def forward_names(done: Pass, known: Mapping[str, Expr]) -> dict[str, Expr]:
    """Names for the values that a pass runs through, in the order they are computed: the user's, or new ones."""
    given = {node: name for name, node in known.items()}
    taken = {*known, *names_in(done.tape.root)}
    names: dict[str, Expr] = {}
    number = 0
    for node in done.tape.entries:
        if node is done.tape.root:
            continue
        name = given.get(node)
        while name is None or (name in taken and node not in given):
            number += 1
            name = f"u{number}"
        names[name] = node
    return names
