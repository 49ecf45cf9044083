"""What the text language does not read, each refused by its own name and with what to write instead."""

from __future__ import annotations

import keyword
import re

from wrt.errors import LimitError, ReadError

_LATEX = re.compile(r"\\[A-Za-z]+|\\[({\[]|\$|[_^]\s*\{")
_PYTHON = re.compile(r"(?m)^[ \t]*(class|for|while|with|async|@\w+)\b(?!\s*[=*+/)^-])")
_LEIBNIZ = re.compile(r"(?<!\w)[d∂](?:\^\d|\*\*\d|[²³])?\s*/\s*[d∂]\w+[²³]?\s*(?=[\w(\[√|])")
MAX_LENGTH = 100_000

WORDS = {
    **dict.fromkeys(
        set(keyword.kwlist) - {"and", "or", "not", "if", "else", "True", "False", "None"},
        ("is a word of Python, not part of the maths", "choose another name"),
    ),
    "lambda": ("is a word of Python", "write `lam` or `λ` for the symbol; Python functions are not read here"),
    "in": ("does not say which set is meant", 'give facts with the declaration, as in x="in (0, 1)"'),
    "is": ("does not compare", "write `==`"),
    "for": ("starts a loop, which is not read", "write the sum with its index first: sum(i, x[i])"),
    "nan": ("is not a number", None),
}
SIGNS = {
    "//": ("rounds down in Python, and is not read", "write floor(a/b)"),
    "%": ("is not read", "write a - b*floor(a/b) for the remainder"),
    "<<": ("is not read", None),
    ">>": ("is not read", None),
    ":=": ("is not read", "name a part on a line of its own: z = ..."),
    "->": ("is not read", None),
    "&&": ("is not read", "write `and`"),
    "...": ("is not read", "write out what it stands for"),
    "!": ("is not read", "n! is gamma(n + 1)"),
    "{": ("is not a bracket of the language", "use ( )"),
    "}": ("is not a bracket of the language", "use ( )"),
    "?": ("is not part of the language", None),
    "′": ("can be a derivative or a transpose", "write diff(f, x), or x.T"),
    "\"": ("starts text that never ends", "text stands only in einsum(\"ij,jk->ik\", A, B)"),
    "'": ("starts text that never ends", "for the transpose, write it directly after a name or a bracket: x'"),
    "∂": ("is not read", "write diff(f, x)"),
    "∇": ("is not read", "write diff(f, x)"),
    "∑": ("is not read", "write sum(i, x[i]), or sum(x)"),
    "∏": ("is not read", "write prod(i, x[i]), or prod(x)"),
    "∫": ("is not read", "write integrate(f, x, a, b)"),
    "±": ("stands for two values", "write them one at a time"),
    "≈": ("is not read", "write `==` to compare"),
    "∈": ("is not read", "give facts with the declaration, as in x=\"in (0, 1)\""),
    "⊗": ("is not read", "write kron(A, B) or outer(a, b)"),
    "∘": ("is not read", "write f(g(x)), or * for the elementwise product"),
    "°": ("is not read", "write pi/180*x"),
    "\\": ("is not part of the language", "LaTeX input is not read yet"),
    "⟨": ("is not read", "write x @ y for the inner product"),
}  # fmt: skip


def check_kind(text: str) -> None:
    """Refuse text that is too long, empty, or in a language that is not read."""
    if len(text) > MAX_LENGTH:
        raise LimitError(
            f"the text has {len(text):,} characters, and at most {MAX_LENGTH:,} are read",
            hint="split it, or build the expression with Python operators",
        )
    if not text.strip():
        raise empty()
    if "\\" in text or "$" in text or "{" in text:
        found = _LATEX.search(text)
        if found:
            _refuse("LaTeX input is not read yet", text, found, "write plain maths, such as x**2/2 or sum(x**2)")
    found = _LEIBNIZ.search(text)
    if found:
        hint = "write only the function, and name the variable apart; inside a formula write diff(f, x)"
        _refuse(f"`{found[0].strip()}` is not read", text, found, hint)
    found = _PYTHON.search(text)
    if found:
        _refuse("Python source of this kind is not read", text, found, "write only the formula itself")


def empty() -> ReadError:
    """The error for a text without a formula."""
    return ReadError("the text is empty", hint="write a formula, such as x**2*sin(x)")


def _refuse(message: str, text: str, found: re.Match[str], hint: str) -> None:
    raise ReadError(message, hint=hint, text=text, position=found.start(), width=len(found.group()))


def unknown_function(text: str, position: int, written: str, nearest: str | None) -> ReadError:
    """The error for a name that is applied and is no function."""
    product = f"for a product write `{written}*(...)`"
    hint = f"did you mean `{nearest}`? {product}" if nearest else f"`wrt functions` lists them all; {product}"
    return ReadError(f"unknown function `{written}`", hint=hint, text=text, position=position, width=len(written))
