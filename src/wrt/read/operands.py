"""What an operand may be: numbers, names, functions with their brackets, roots."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

from wrt.errors import LimitError
from wrt.read import refusals
from wrt.read.letters import CONSTANTS, GREEK_NAMES, ROOTS, flat, spell
from wrt.read.state import CALLED, State
from wrt.read.tokens import TOKEN, Token

MAX_DIGITS = 1000

_FUNCTION_POWER = re.compile(r"\s*(?:(?:\^|\*\*)\s*(-?\s*\d+)|([⁻]?[⁰¹²³⁴-⁹]+))\s*(?=\()")
_ASSIGNED = re.compile(r"[^\S\n]*=(?!=)")
_DEFINED = re.compile(r"[^\S\n]*\([^()\n]*\)[^\S\n]*=(?!=)")
_HEXADECIMAL = re.compile(r"0[xXbBoO][0-9a-fA-F]")
_QUOTABLE = re.compile(r"[A-Za-z,>\- ]*")
_BAR = re.compile(r"[^\S\n]*[|‖∥]")
_BINDING = ("power", "superscript", "attribute", "quote")
_WORDS = {"and", "or", "if", "else"}


class Operands(State):
    """Handlers of tokens that are operands, or start one."""

    def on_number(self, token: Token) -> None:
        if _HEXADECIMAL.match(self.text, token.start):
            self.fail("only decimal numbers are read", token, width=2)
        if token.text[-1] == "." and self.text[token.end : token.end + 1].isalpha():
            self.fail(f"nothing stands between `{token.text}` and the name", token, "for a product write `*`")
        self.operand(token)
        mantissa, _, exponent = token.text.lower().partition("e")
        if len(mantissa) > MAX_DIGITS or abs(int(exponent or 0)) > MAX_DIGITS:
            raise LimitError(
                f"a number of more than {MAX_DIGITS} digits is not read", text=self.text, position=token.start
            )
        self.statement.put_number(int(mantissa) if token.text.isdecimal() else Fraction(token.text), token)
        self.ended(token)

    def on_fraction(self, token: Token) -> None:
        self.operand(token)
        above, _, below = unicodedata.normalize("NFKC", token.text).partition("\u2044")
        self.statement.put_number(Fraction(int(above), int(below)), token)
        self.ended(token)

    def on_infinity(self, token: Token) -> None:
        self.operand(token)
        self.put("inf", token)
        self.ended(token)

    def on_string(self, token: Token) -> int:
        self.operand(token)
        if not _QUOTABLE.fullmatch(token.text[1:-1]):
            self.fail("text is not part of the maths", token, 'text stands only in einsum("ij,jk->ik", A, B)')
        self.put(repr(token.text[1:-1]), token)
        self.ended(token)
        return token.end

    def on_root(self, token: Token) -> int | None:
        self.operand(token)
        found = TOKEN.match(self.text, token.end)
        if found is None or (found.group() != "(" and found.lastgroup not in ("number", "name")):
            self.fail(f"`{token.text}` needs a number, a name or a bracket after it", token)
        self.put(ROOTS[token.text], token)
        if found.group() == "(":
            self.calling = token
            return None
        after = TOKEN.match(self.text, found.end())
        if after is not None and (after.lastgroup in _BINDING or after.group() == "("):
            self.fail(
                f"`{token.text}{found.group()}{after.group()}` can be read in two ways",
                token,
                f"write brackets after `{token.text}`",
            )
        self.put("(", token)
        inner = Token(found.lastgroup or "", found.group(), found.start())
        self.last, self.before = None, token
        self.raising = None
        factor, chain = self.factor, self.chain
        getattr(self, "on_" + inner.kind)(inner)
        self.put(")", token)
        self.factor, self.chain, self.bare = factor, chain, token
        return found.end()

    def on_name(self, token: Token) -> int | None:
        written = token.text
        if written in _WORDS:
            self.join(token, written)
            return None
        if written == "not":
            self.prefix(token, "not")
            return None
        if written in refusals.WORDS:
            what, hint = refusals.WORDS[written]
            self.fail(f"`{written}` {what}", token, hint)
        plain = spell(written)
        if not plain.isascii() and not plain.isidentifier():
            self.fail(f"`{written}` is not a name", token)
        called = CALLED.match(self.text, token.end) is not None
        if self.last is None and self.is_label(token, plain):
            return None
        self.operand(token)
        function = None if plain in self.known and not called else self.words.function(plain)
        if function is not None and plain not in self.known:
            power = _FUNCTION_POWER.match(self.text, token.end)
            if power:
                return self.function_power(token, function, power)
            if _BAR.match(self.text, token.end) and plain not in GREEK_NAMES:
                self.function_of_bars(token, function)
                return None
        if called and self.is_applied(token, plain, function):
            self.calling = token
            plain = function or plain
        elif function is not None and not called and plain not in GREEK_NAMES:
            hint = f'give it an argument: `{written}(x)`; or declare a variable of this name: {written}=""'
            self.fail(f"`{written}` is a function", token, hint)
        elif plain not in self.known:
            self.check_unknown(token, plain)
        self.put(plain, token)
        self.ended(token)
        return None

    def check_unknown(self, token: Token, plain: str) -> None:
        """Refuse a name that is not declared where all its letters are: Xw, with X and w."""
        if 2 <= len(plain) <= 4 and all(letter in self.known for letter in plain):
            self.fail(
                f"`{token.text}` is one name, and it is not declared",
                token,
                f"for the product write `{' * '.join(plain)}` or `{' @ '.join(plain)}`",
            )

    def function_of_bars(self, token: Token, function: str) -> None:
        """ln|x|, which is ln(|x|)."""
        self.put(function, token)
        self.put("(", token)
        self.suffix = ")"
        self.last, self.before = None, token

    def is_label(self, token: Token, plain: str) -> bool:
        """Take the name of a part (`z = ...`) or of an option (`axis=0`), if this is one."""
        if not self.statement.pieces and self.statement.name is None and not self.levels:
            if _DEFINED.match(self.text, token.end):
                hint = "write only the right-hand side, or name it: f = ..."
                self.fail("functions are not defined here", token, hint)
            kind = "assigned"
        elif self.levels and self.levels[-1].kind == "call" and self.before and self.before.kind in ("open", "comma"):
            kind = "keyword"
        else:
            return False
        if not _ASSIGNED.match(self.text, token.end):
            return False
        self.put(plain, token)
        self.ended(Token(kind, token.text, token.start))
        return True

    def is_applied(self, token: Token, plain: str, function: str | None) -> bool:
        """Whether a name before a bracket is a function; False for a product."""
        written = token.text
        if plain in self.known:
            if function == plain:
                hint = f"write `{written}*(...)` for the product, or give the variable another name"
                self.fail(f"`{written}` is a variable here and also a function", token, hint)
            return False
        if function is not None:
            return True
        if plain in CONSTANTS:
            self.fail(f"`{written}` is a number, not a function", token, f"write `{written}*(...)` for the product")
        raise refusals.unknown_function(self.text, token.start, written, self.words.nearest(plain))

    def function_power(self, token: Token, function: str, power: re.Match[str]) -> int:
        """sin^2(x), which is sin(x)^2."""
        exponent = int(flat(power[1] or power[2]).replace(" ", ""))
        if exponent < 0:
            hint = f"write `1/{token.text}(...)`, or the inverse function by its name"
            self.fail(f"`{token.text}{power[0].strip()}` can be read in two ways", token, hint)
        self.put(function, token)
        self.calling, self.suffix = token, f"** {min(exponent, MAX_DIGITS)}"
        self.ended(token)
        return power.end()
