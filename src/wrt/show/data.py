"""Results as plain data: what `--as json` prints."""

from __future__ import annotations

from typing import Any

from wrt.notation import text
from wrt.show import latex


def of_result(result: Any) -> dict[str, Any]:
    """The input, the formula, its shape and markup, the steps and the certificate (None if there is none)."""
    certificate = result.certificate
    return {
        "input": text(result.input),
        "wrt": result.variable.name,
        "expr": text(result.expr),
        "shape": [text(size) for size in result.shape],
        "latex": latex(result.expr),
        "steps": [of_step(step) for step in result.steps],
        "certificate": None if certificate is None else certificate.as_json(),
    }


def of_step(step: Any) -> dict[str, Any]:
    """One step."""
    return {
        "rule": step.rule,
        "before": text(step.before),
        "after": text(step.after),
        "why": step.why,
        "shape": [text(size) for size in step.shape],
    }
