"""Integrals as they are asked for: the antiderivative, verified by differentiating it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wrt.expr.build import symbol
from wrt.expr.node import Antiderivative as Unevaluated
from wrt.expr.node import Expr, Formula, Symbol
from wrt.face.compute import variable_of
from wrt.face.result import Answer
from wrt.read import read

if TYPE_CHECKING:
    from wrt.integrate.steps import Integration

CONSTANTS = ("C", "K", "C_1", "C_2", "C_3")  # the first that is no name of the user's is the constant of integration


@dataclass(frozen=True)
class Antiderivative(Answer):
    """The antiderivatives of `input` with respect to `variable`: `expr` is one of them, and all differ by a constant.

    >>> import wrt
    >>> F = wrt.integrate("x*exp(-x**2)", "x")
    >>> print(F)
    -exp(-x**2)/2 + C
    >>> print(F.expr, F.at(x=0))
    -exp(-x**2)/2 -0.5
    """

    derivation: Integration

    @property
    def variable(self) -> Symbol:
        """What was integrated with respect to."""
        return self.variables[0]

    @property
    def sought(self) -> Expr:
        """The integral as it is written."""
        return Unevaluated.intern(self.input.node, self.variable)

    @property
    def constant(self) -> Symbol:
        """The constant of integration."""
        taken = {*self.input.symbols, *self.input.names}
        return symbol(next(name for name in CONSTANTS if name not in taken))

    def __str__(self) -> str:
        return f"{self.expr} + {self.constant}"

    def latex(self) -> str:
        """LaTeX markup of the antiderivatives, with their constant."""
        return self._shown("latex")

    def typst(self) -> str:
        """Typst markup of the antiderivatives, with their constant."""
        return self._shown("typst")

    def unicode(self) -> str:
        """The antiderivatives in Unicode mathematics, with their constant."""
        return self._shown("unicode")

    def _shown(self, form: str) -> str:
        from wrt.show import notation

        return notation(form).plus(self.expr, self.constant.name)


def integrate(
    f: object,
    variable: str | Expr,
    /,
    *,
    verify: bool = True,
    shapes: Mapping[str, object] | None = None,
    **declarations: object,
) -> Antiderivative:
    """The antiderivatives of a scalar function, found by named rules and verified by differentiating back.

    Declarations give shapes and facts as `wrt.read` takes them. Raises Unsolved, with what was tried, where no
    antiderivative was found, and VerificationError if the oracle contradicts the result.

    >>> import wrt
    >>> print(wrt.integrate("log(x)", "x"))
    x*log(x) - x + C
    >>> print(wrt.integrate("x*cos(x)", "x").steps)
    integration by parts   ∫ u·v′ dx = u·v − ∫ u′·v dx   u = x, v′ = cos(x)   → ∫ x·cos(x) dx = x·sin(x) + cos(x)
    ├ table                F′ = f                                             → ∫ cos(x) dx = sin(x)
    └ table                F′ = f                                             → ∫ sin(x) dx = −cos(x)
    """
    from wrt.integrate.antiderivative import antiderivative

    formula = read(f, shapes, **declarations)
    symbol = variable_of(formula, variable)
    found = antiderivative(formula.node, symbol)
    certificate = _verified(formula, symbol, found.expr) if verify else None
    return Antiderivative(formula, (symbol,), found, certificate)


def _verified(formula: Formula, variable: Symbol, claim: Expr) -> Any:
    from wrt.verify.oracle import verify_derivative

    return verify_derivative(claim, variable, formula.node)
