"""Results as plain data: what `--as json` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wrt.expr.node import Expr
from wrt.notation import text
from wrt.show import latex
from wrt.show.telling import telling

if TYPE_CHECKING:
    from wrt.derive.kinks import Corner
    from wrt.derive.step import Step


def of_result(result: Any) -> dict[str, Any]:
    """The input, the formula, its shape and markup, the steps and the certificate, or None; kinks, if any."""
    certificate = result.certificate
    kinks = [of_kink(kink) for kink in result.kinks]
    return {
        "input": text(result.input),
        "wrt": ", ".join(variable.name for variable in result.variables),
        "expr": text(result.expr),
        "shape": [text(size) for size in result.shape],
        "latex": latex(result.expr),
        **({"kinks": kinks} if kinks else {}),
        "steps": [of_step(step) for step in result.steps],
        "certificate": None if certificate is None else certificate.as_json(),
    }


def of_kink(kink: Corner) -> dict[str, Any]:
    """A kink: where it is, what it is, its least and greatest slope, the slope that the code takes, and it in words."""
    slopes = None if kink.slopes is None else [text(kink.slopes.lower), text(kink.slopes.upper)]
    taken = None if kink.taken is None else text(kink.taken)
    at = text(kink.at) if isinstance(kink.at, Expr) else None
    return {
        "of": text(kink.argument),
        "at": at,
        "kind": kink.kind,
        "slopes": slopes,
        "taken": taken,
        "words": str(kink),
    }


def of_step(step: Step) -> dict[str, Any]:
    """One step; in backpropagation with its formula in names, as in `delta_h = W2.T @ delta_u1`."""
    tell = telling("data")
    data = {
        "rule": step.rule,
        "before": tell.formula(step.before),
        "after": tell.given(step),
        "why": tell.why(step),
        "shape": [text(size) for size in step.shape],
    }
    return data | {"formula": tell.equation(step)} if step.name else data
