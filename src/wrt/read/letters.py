"""Letters and signs people type, and the plain names and operators they stand for.

Output in Unicode writes a symbol named `lam` as λ, so both spellings are read to the same symbol; the rest of the Greek
alphabet goes by its English names.
"""

from __future__ import annotations

import unicodedata

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lam", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho",
    "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Υ": "Upsilon",
    "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
GREEK_NAMES = {name: letter for letter, name in GREEK.items()}
VARIANTS = {
    "\u03f5": "ε", "\u03d5": "φ", "\u03d1": "θ", "\u03f1": "ρ", "\u03c2": "σ", "\u03d6": "π",
    "\u00b5": "μ", "\u2206": "Δ", "\u2126": "Ω",
}  # fmt: skip

CONSTANTS = {"pi": "pi", "e": "e", "euler_gamma": "euler_gamma", "inf": "inf", "oo": "inf"}

_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n")

OPERATORS = {
    "−": "-", "–": "-", "·": "*", "⋅": "*", "∙": "*", "×": "*", "∗": "*", "⊙": "*", "÷": "/", "∕": "/", "^": "**",
    "≤": "<=", "≥": ">=", "≠": "!=", "∧": "and", "∨": "or", "¬": "not",
}  # fmt: skip
ROOTS = {"√": "sqrt", "∛": "cbrt"}


def spell(written: str) -> str:
    """The plain name for a name as it was written.

    >>> spell("λ"), spell("x₁"), spell("σ_max"), spell("lambda")
    ('lam', 'x1', 'sigma_max', 'lam')
    """
    if written.isascii():
        return "lam" if written == "lambda" else written
    plain = "".join(VARIANTS.get(letter, letter) for letter in lowered(written))
    plain = unicodedata.normalize("NFKC", plain)
    return "".join(GREEK.get(letter, letter) for letter in plain)


def lowered(written: str) -> str:
    """Subscript digits as plain ones."""
    return written.translate(_SUBSCRIPTS)


def flat(raised: str) -> str:
    """A superscript as plain text: ⁻¹ as -1."""
    return raised.translate(_SUPERSCRIPTS)
