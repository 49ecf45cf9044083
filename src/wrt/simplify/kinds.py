"""What stands among the factors of a product, so that only rules with something to find are tried."""

from __future__ import annotations

from collections.abc import Iterable

from wrt.expr.node import Add, Call, Cases, Expr, Power

SUM = "sum"
POWER_OF_SUM = "power of a sum"
PIECES = "pieces"


def kinds(factors: Iterable[Expr]) -> dict[str, None]:
    """For each factor: the function that it is a power of, or that it is a sum, a power of one, or pieces."""
    found: dict[str, None] = {}
    for factor in factors:
        base = factor.base if isinstance(factor, Power) else factor
        if isinstance(base, Call):
            found[base.function.name] = None
        elif isinstance(base, Add):
            found[SUM if base is factor else POWER_OF_SUM] = None
        elif isinstance(base, Cases):
            found[PIECES] = None
    return found
