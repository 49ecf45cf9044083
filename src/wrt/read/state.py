"""Where the lexer stands: the statement so far, open brackets, and what the next operand may join."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import NamedTuple, NoReturn

from wrt.errors import LimitError, ReadError
from wrt.read.letters import CONSTANTS, GREEK_NAMES, spell
from wrt.read.tokens import Statement, Token, end_of_operand

MAX_NESTING = 100

CALLED = re.compile(r"[^\S\n]*\(")


class Words(NamedTuple):
    """What is known of names of functions: its own name for any that one goes by, and the nearest to a slip."""

    function: Callable[[str], str | None]
    nearest: Callable[[str], str | None]


class Level(NamedTuple):
    """An open bracket, and what was known outside it."""

    token: Token
    kind: str  # call, group, index, abs, norm
    suffix: str
    lead: Token | None
    chain: int
    factor: int
    base: int
    depth: int


class State:
    """One pass over the text; `last` is the token that ended an operand, or None where an operand may start."""

    def __init__(self, text: str, declared: Collection[str], words: Words, norms: bool = True) -> None:
        self.text = text
        self.known = set(declared)
        self.words = words
        self.norms = norms
        self.statements: list[Statement] = []
        self.begin()

    def begin(self) -> None:
        """Start a statement."""
        self.statement = Statement(self.text)
        self.put = self.statement.put
        self.levels: list[Level] = []
        self.last: Token | None = None
        self.before: Token | None = None  # the token before this one, where it ended no operand
        self.calling: Token | None = None  # a function whose bracket comes next
        self.suffix = ""  # what to write after that bracket
        self.base = 0  # how deep this bracket nests
        self.product()

    def product(self) -> None:
        """Forget the product that was read: another one starts."""
        self.lead: Token | None = None  # the operator before the factor that is being read
        self.chain = self.factor = -1  # where the product and the factor start
        self.bare: Token | None = None  # the power or root whose operand was read last, without brackets
        self.raising: Token | None = None  # the power whose exponent comes next
        self.depth = self.base  # how deep the next operand nests

    def fail(self, message: str, token: Token, hint: str | None = None, width: int | None = None) -> NoReturn:
        width = max(1, len(token.text)) if width is None else width
        raise ReadError(message, hint=hint, text=self.text, position=token.start, width=width)

    def missing(self, token: Token) -> NoReturn:
        """Nothing stands where an operand is needed."""
        before = self.before
        if before is None:
            self.fail(f"`{token.text}` needs something on its left", token)
        if token.kind == "end":
            hint = "for a product write |x|*|y|" if before.text == "|" else "write what comes next, or leave it out"
            self.fail(f"nothing stands after `{before.text}`", before, hint)
        if before.kind in ("open", "bar") and token.kind in ("close", "bar"):
            self.fail("nothing stands between the brackets", before, None, token.end - before.start)
        self.fail(f"something is missing between `{before.text}` and `{token.text}`", token)

    def needs_operand(self, token: Token) -> Token:
        if self.last is None:
            self.missing(token)
        return self.last

    def operand(self, token: Token) -> None:
        """An operand starts; where one ended just before, the two stand side by side."""
        if self.last is not None:
            self.side_by_side(self.last, token)
            self.factor = token.start
        elif self.raising is None:
            self.factor = token.start
        if self.chain < 0:
            self.chain = token.start
        self.bare, self.raising = self.raising, None

    def ended(self, token: Token) -> None:
        self.last, self.before = token, None

    def side_by_side(self, left: Token, right: Token) -> None:
        """A product without an operator, where it has one reading."""
        names = left.kind == right.kind == "name"
        if right.kind in ("number", "string") or left.kind == "string" or (names and not self.is_product(left, right)):
            hint = f"write `{left.text}*{right.text}` for the product"
            if left.kind == right.kind == "number":
                hint = "write an operator between the two numbers"
            elif left.kind == "name" and self.words.function(spell(left.text)):
                hint = f"a function takes its argument in brackets: `{left.text}({right.text})`"
            self.fail(f"nothing joins `{left.text}` and `{right.text}`", right, hint)
        sign = self.lead or self.bare
        if sign is not None and (sign is not self.bare or left.end == right.start):
            self.two_readings(sign, left, right)
        self.put("*", Token("product", "", right.start))
        self.lead = None
        self.depth = self.base

    def is_product(self, left: Token, right: Token) -> bool:
        """Whether two names side by side can only be a product."""
        first, second = spell(left.text), spell(right.text)
        applied = self.words.function(second) is not None and CALLED.match(self.text, right.end) is not None
        if first in self.known:
            return applied or second in self.known or second in CONSTANTS
        if self.words.function(first) and first not in GREEK_NAMES:
            return False
        return first in CONSTANTS or (applied and left.end < right.start)

    def two_readings(self, sign: Token, left: Token, right: Token) -> NoReturn:
        start = sign.start if sign.kind == "root" else self.factor if sign.kind == "power" else self.chain
        end = end_of_operand(self.text, right.start)
        first, second = self.text[start : sign.start].strip(), self.text[sign.end : left.end].strip()
        third = self.text[right.start : end].strip()
        self.fail(
            f"`{self.text[start:end]}` can be read in two ways",
            Token("", self.text[start:end], start),
            f"write `{first}{sign.text}({second}*{third})` or `({first}{sign.text}{second})*{third}`",
        )

    def operator(self, token: Token) -> None:
        self.last, self.before = None, token

    def binary(self, token: Token, sign: str) -> None:
        self.needs_operand(token)
        self.put(sign, token)
        self.operator(token)

    def join(self, token: Token, sign: str) -> None:
        """An operator that binds less than sums."""
        self.binary(token, sign)
        if sign == "else":
            self.base += 1
        self.product()
        self.deepen(token)

    def prefix(self, token: Token, sign: str) -> None:
        if self.last is not None:
            self.fail(f"nothing joins `{self.last.text}` and `{token.text}`", token)
        self.put(sign, token)
        self.before = token
        self.deepen(token)

    def deepen(self, token: Token) -> None:
        self.depth += 1
        if self.depth > MAX_NESTING:
            self.too_deep(token)

    def too_deep(self, token: Token) -> NoReturn:
        raise LimitError(
            f"nested more than {MAX_NESTING} deep",
            hint="name the inner parts on lines of their own: z = ...",
            text=self.text,
            position=token.start,
        )
