"""Expressions made ready for an engine: stable forms, definitions where the engine has no name, safe branches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from wrt.engines.determinants import regular
from wrt.engines.distribute import distributed
from wrt.engines.entries import undivided
from wrt.engines.guard import guarded
from wrt.engines.lengths import Lengths
from wrt.engines.masks import masked
from wrt.engines.removable import Removing
from wrt.engines.rewriting import Rewriting
from wrt.engines.roots import root_of_product
from wrt.engines.squares import squares
from wrt.engines.stable import stable, stable_call
from wrt.errors import WrtError
from wrt.expr.function import Formula
from wrt.expr.node import Call, Cases, Expr, Integral
from wrt.expr.walk import fresh_symbol, nodes, substitute
from wrt.simplify.recognise import recognise


class Pass(Protocol):
    """A change to expressions: `done` has what became of their nodes."""

    done: dict[Expr, Expr]

    def apply(self, roots: Sequence[Expr]) -> list[Expr]:
        """The expressions changed."""


def prepare(
    roots: Sequence[Expr], engine: str, parts: Collection[Expr] = (), rewriting: bool = True
) -> tuple[list[Expr], Callable[[Expr], Expr]]:
    """The expressions as an engine computes them, and what became of any of their nodes; `parts` are those that their
    author gave a name. Without `rewriting` they are only spelled out."""
    wanted = {form for part in parts for form in (part, -part)}
    bound = _renamed_apart(roots)
    named = [recognise(root) for root in bound] if rewriting else bound

    def defined(node: Expr) -> Expr | None:
        if isinstance(node, Call) and not node.function.engines and node.function.definition:
            return _applied(node.function.definition, node)
        return None

    def written_out(node: Expr) -> Expr | None:
        return stable(node) or distributed(node, wanted) or defined(node)

    def spell(node: Expr) -> Expr | None:
        return _spelled_out(node, engine) if isinstance(node, Call) else None

    better: tuple[Pass, ...] = (
        Removing(),
        Rewriting(stable_call),
        Rewriting(stable),
        Rewriting(regular),
        Rewriting(undivided),
        Rewriting(Lengths(parts)),
        Rewriting(squares),
        Rewriting(root_of_product),
        Rewriting(written_out),
    )
    spelled: tuple[Pass, ...] = (Rewriting(defined), Rewriting(spell))
    passes = (*better, *spelled, Rewriting(masked), _Guarding()) if rewriting else spelled

    def became(node: Expr) -> Expr:
        for each in passes:
            node = each.done.get(node, node)
        return node

    for each in passes:
        named = each.apply(named)
    return named, became


class _Guarding:
    """Makes the branches of every piecewise expression safe, inner ones first, each once."""

    def __init__(self) -> None:
        self.done: dict[Expr, Expr] = {}

    def apply(self, roots: Sequence[Expr]) -> list[Expr]:
        """The expressions with safe branches."""
        for node in nodes(*roots):
            operands = tuple(self.done[operand] for operand in node.operands)
            changed = node if operands == node.operands else node.rebuilt(operands)
            self.done[node] = guarded(changed) if isinstance(changed, Cases) else changed
        return [self.done[root] for root in roots]


def _spelled_out(node: Call, engine: str) -> Expr | None:
    """The formula of a function that has no name in the engine; None for one that has."""
    function = node.function
    spelled = function.engines.get(engine)
    if spelled is None and engine == "scalar" and function.kind == "elementwise":
        spelled = function.engines.get("numpy")  # the name there takes floats too, and is more exact than a definition
    if isinstance(spelled, str):
        if not any(node.args[place].free for place in numbers_among(spelled, len(node.args))):
            return None
        spelled = None
    formula = spelled or function.definition
    if formula is not None:
        return _applied(formula, node)
    raise WrtError(f"{function.name} is not available in the engine {engine}")


def numbers_among(spelled: str, count: int) -> range:
    """The places of the arguments that a function takes as Python's numbers only: parameters of PyTorch's activations,
    the order of a polygamma function."""
    if spelled.startswith("torch.nn.functional."):
        return range(1, count)
    return range(spelled in ("torch.special.polygamma", "jax.scipy.special.polygamma"))


def _applied(formula: Formula, node: Call) -> Expr:
    """The formula of a function for the arguments of a call."""
    return formula(*node.args, *([node.axes] if node.function.kind in ("reduction", "axiswise") else []))


def _renamed_apart(roots: Sequence[Expr]) -> list[Expr]:
    """The expressions with the variables of integrals renamed where they also are free variables."""
    free = {symbol for root in roots for symbol in root.free}
    clashing = [node for node in nodes(*roots) if isinstance(node, Integral) and node.variable in free]
    if not clashing:
        return list(roots)
    taken = {symbol for node in nodes(*roots) for symbol in node.free}
    replaced: dict[Expr, Expr] = {}
    for node in clashing:
        fresh = fresh_symbol(node.variable, taken)
        integrand = substitute(substitute(node.integrand, replaced), {node.variable: fresh})
        replaced[node] = Integral.intern(integrand, fresh, *(substitute(end, replaced) for end in node.operands[1:]))
    return [substitute(root, replaced) for root in roots]
