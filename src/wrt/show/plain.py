"""Words with signs of mathematics, for terminals that have ASCII only."""

from __future__ import annotations

import re

_SIGNS = {
    "·": "*",
    "×": "x",
    "−": "-",
    "′": "'",
    "″": "''",
    "∂": "d",
    "∇": "grad",
    "Σ": "sum",
    "∫": "int ",
    "δ": "delta",
    "λ": "lambda",
    "σ": "sigma",
    "ᵀ": ".T",
    "→": "->",
    "⇒": "=>",
    "⊙": "*",
    "…": "...",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "≈": "~",
    "∞": "inf",
    "✓": "ok:",
    "✗": "no:",
}
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹ⁿˣᵘᵛᵇ⁺⁻", "0123456789nxuvb+-")
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₐ", "0123456789ijkla")
_SCRIPTS = re.compile("([⁰¹²³⁴⁵⁶⁷⁸⁹ⁿˣᵘᵛᵇ⁺⁻]+)|([₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₐ]+)")
_TRANSLATION = str.maketrans(_SIGNS)

SIGNS = "".join(_SIGNS) + "├└│"  # what a terminal must have to be given Unicode


def plain(words: str) -> str:
    """The words in ASCII.

    >>> plain("(xⁿ)′ = n·xⁿ⁻¹"), plain("df = Σ ∂f/∂xᵢ dxᵢ"), plain("d(A⁻¹) = −A⁻¹ dA A⁻¹")
    ("(x^n)' = n*x^(n-1)", 'df = sum df/dx_i dx_i', 'd(A^(-1)) = -A^(-1) dA A^(-1)')
    """
    return _SCRIPTS.sub(_script, words).translate(_TRANSLATION)


def scripts(words: str, raised: str, lowered: str) -> str:
    """The words with superscripts and subscripts written by patterns.

    >>> scripts("xⁿ⁻¹ + a₁₂", "^({})", "_({})")
    'x^(n-1) + a_(12)'
    """

    def written(match: re.Match[str]) -> str:
        above, below = match.groups()
        return raised.format(above.translate(_RAISED)) if above else lowered.format(below.translate(_LOWERED))

    return _SCRIPTS.sub(written, words)


def _script(match: re.Match[str]) -> str:
    raised, lowered = match.groups()
    if lowered:
        return "_" + str(lowered).translate(_LOWERED)
    power = str(raised).translate(_RAISED)
    return f"^{power}" if len(power) == 1 else f"^({power})"
