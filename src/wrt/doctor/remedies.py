"""What to write instead: the stable form of the smallest part of the text that has one, or a word of advice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from wrt.doctor.causes import Cause
from wrt.doctor.subject import enclosing
from wrt.engines.stable import stable
from wrt.errors import WrtError
from wrt.expr.node import Expr
from wrt.read.tree import Program, Tree
from wrt.simplify.recognise import recognise

ADVICE: Final[Mapping[Cause, str]] = {
    "0*inf": "the limit exists: take it by a series or by an identity, as the code below does",
    "inf - inf": "take the larger term out before subtracting",
    "0/0": "the singularity is removable: use its limit and a series beside it",
    "inf/inf": "divide numerator and denominator by the larger one first",
    "overflow": "scale the argument, or compute the logarithm",
    "underflow": "scale the argument, or compute the logarithm",
    "division by zero": "use the limit there, or a formula without this quotient",
    "domain": "the function has no value there: restrict the argument",
    "cancellation": "use a form in which the leading terms cancel on paper",
    "absorption": "use a function that takes the small term alone, such as log1p or expm1",
    "saturation": "compute the complement, or the logarithm, by a function of its own",
    "branch not taken": "make the argument safe inside the branch as well: f(where(condition, x, 1))",
    "kink": "simplify before differentiating: a derivative taken at a kink does not add up",
    "no digits left": "use a form that is made for this argument",
}

NOWHERE: Final = "there is no finite value to compute: keep the argument away from it"


def remedy(program: Program, step: Tree, cause: Cause) -> str:
    """A stable form for a step, or for the smallest step around it that has one; else advice for the cause."""
    for around in enclosing(program, step):
        better = rewritten(around)
        if better is not None:
            return f"write {better} for {around.text}"
    return ADVICE[cause]


def rewrites(program: Program) -> tuple[tuple[str, str], ...]:
    """The smallest parts of a text for which wrt writes something else, each with what it writes."""
    found: dict[str, str] = {}
    touched: set[Tree] = set()
    for step in program.steps:
        better = None if not touched.isdisjoint(step.args) else rewritten(step)
        if better is not None:
            found[step.text] = str(better)
        if better is not None or not touched.isdisjoint(step.args):
            touched.add(step)
    return tuple(found.items())


def rewritten(step: Tree) -> Expr | None:
    """What wrt writes for a step in a stable form; None where that is the step itself."""
    if step.node is None or step.node.is_condition or not step.node.operands:
        return None
    try:
        node = recognise(step.node)
        better = stable(node) or node
    except WrtError:
        return None
    return None if better is step.node else better
