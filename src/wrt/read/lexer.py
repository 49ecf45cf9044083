"""From what people type to Python's tokens, one statement at a time.

The rewriting is the least that lets Python's own grammar read mathematics: `^` is `**`, things side by side are a
product where that has one reading and refused where it has two, `'` is a transpose, bars are `abs` and `norm`. Length
and nesting are bounded here, before the grammar sees anything.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NoReturn

from wrt.errors import ReadError
from wrt.read import refusals
from wrt.read.letters import OPERATORS, flat, lowered
from wrt.read.operands import Operands
from wrt.read.state import Level, Words
from wrt.read.tokens import TOKEN, Statement, Token

_NORM_ORDER = re.compile(r"_(\d+|inf|oo|∞|[A-Za-z])(?!\w)|([₀-₉]+)")
_QUOTED = re.compile(r"'[^'\n]*'")
_LISTS = ("call", "index", "group")


def statements(text: str, declared: Collection[str], words: Words) -> list[Statement]:
    """The statements of a program.

    `declared` has the plain names that are variables.
    """
    try:
        return Lexer(text, declared, words).run()
    except ReadError as error:
        if "||" in text:
            try:  # what is no norm may be two bars: ||x| - 1|
                return Lexer(text, declared, words, norms=False).run()
            except ReadError:
                raise error from None
        raise


class Lexer(Operands):
    """Handlers of every token by its kind; one returns where to read on, if that is not just behind the token."""

    def run(self) -> list[Statement]:
        """Read the whole text."""
        position, text = 0, self.text
        while position < len(text):
            found = TOKEN.match(text, position)
            assert found is not None
            kind = found.lastgroup or ""
            position = found.end()
            if kind != "space" and kind != "comment":
                token = Token(kind, found.group(), found.start())
                position = getattr(self, "on_" + kind)(token) or position
        self.finish(Token("end", "", len(text.rstrip())))
        if not self.statements:
            raise refusals.empty()
        return self.statements

    def on_end(self, token: Token) -> None:
        goes_on = self.levels or (self.last is None and self.statement.pieces)
        if token.text == ";" or not goes_on:
            self.finish(token)

    def finish(self, token: Token) -> None:
        """End the statement."""
        if self.levels:
            opened = self.levels[-1].token
            self.fail(f"`{opened.text}` is never closed", opened, f"add the closing `{_closing(opened.text)}`")
        if self.last is None and self.statement.pieces:
            self.missing(token)
        if self.statement.name is not None:
            if not self.statement.pieces:
                self.missing(token)
            self.known.add(self.statement.plain_name)
        if self.statement.pieces:
            self.statements.append(self.statement)
        self.begin()

    def on_equals(self, token: Token) -> None:
        pieces = self.statement.pieces
        if self.last is not None and self.last.kind == "keyword":
            self.put("=", token)
            self.operator(token)
            self.product()
        elif not self.levels and len(pieces) == 1 and self.last is not None and self.last.kind == "assigned":
            name = self.last
            self.begin()
            self.statement.name = name
            self.before = token
        else:
            self.fail("`=` names a part, at the start of a line", token, "write `==` to compare")

    def on_superscript(self, token: Token) -> None:
        last = self.needs_operand(token)
        raised = flat(token.text)
        if raised[-1] in "ᵀ⊤":
            self.transpose(token, last)
            if raised[0] == "-":
                self.put("** -1", token)
        else:
            self.put(f"** {raised if len(raised) < 9 else raised[:9]}", token)
            self.deepen(token)
        self.ended(token)

    def on_attribute(self, token: Token) -> None:
        last = self.needs_operand(token)
        name = token.text[1:].strip()
        if name == "T":
            self.transpose(token, last)
            self.ended(token)
            return
        hint = f"write `{name}(...)`" if self.words.function(name) else "only .T, the transpose, is read after a dot"
        self.fail(f"`.{name}` is not part of the maths", token, hint)

    def on_quote(self, token: Token) -> int | None:
        if self.last is not None and self.last.end == token.start:
            self.transpose(token, self.last)
            self.ended(token)
            return None
        found = _QUOTED.match(self.text, token.start)
        if found is None or self.last is not None:
            self.fail("`'` " + refusals.SIGNS["'"][0], token, refusals.SIGNS["'"][1])
        return self.on_string(Token("string", found.group(), token.start))

    def transpose(self, token: Token, last: Token) -> None:
        raised = last.kind == "superscript" and last.text[-1] not in "ᵀ⊤"
        if raised or last.kind in ("number", "fraction", "infinity", "string"):
            hint = "put brackets around its operand"
            self.fail(f"`{token.text}` stands after a name or a closing bracket", token, hint)
        self.put(".T", token)

    def on_power(self, token: Token) -> None:
        self.binary(token, "**")
        self.deepen(token)
        self.raising = token

    def on_times(self, token: Token) -> None:
        self.binary(token, OPERATORS.get(token.text, token.text))
        self.lead = token if token.text in "/÷∕@" else None
        self.bare, self.depth = None, self.base

    def on_sign(self, token: Token) -> None:
        sign = OPERATORS.get(token.text, token.text)
        if self.last is None:
            self.prefix(token, sign)
        else:
            self.binary(token, sign)
            self.product()

    def on_negation(self, token: Token) -> None:
        if self.last is not None:
            self.fail(f"nothing joins `{self.last.text}` and `{token.text}`", token, "write `and` or `or` between them")
        self.prefix(token, "not" if token.text == "¬" else "~")

    def on_comparison(self, token: Token) -> None:
        self.join(token, OPERATORS.get(token.text, token.text))

    def on_joint(self, token: Token) -> None:
        self.join(token, OPERATORS.get(token.text, token.text))

    def on_comma(self, token: Token) -> None:
        if not self.levels or self.levels[-1].kind not in _LISTS:
            self.fail("a comma stands only between arguments", token, "read one expression at a time")
        if self.before is None or self.before.kind != "colon":
            self.needs_operand(token)
        self.put(",", token)
        self.operator(token)
        self.product()

    def on_colon(self, token: Token) -> None:
        if not self.levels or self.levels[-1].kind != "index":
            self.fail("`:` stands only in an index, as in x[1:]", token)
        self.put(":", token)
        self.operator(token)
        self.product()

    def on_refused(self, token: Token) -> NoReturn:
        what, hint = refusals.SIGNS.get(token.text, ("is not part of the language", None))
        shown = token.text if token.text.isprintable() else f"U+{ord(token.text):04X}"
        self.fail(f"`{shown}` {what}", token, hint)

    on_refused_sign = on_refused

    def on_open(self, token: Token) -> None:
        if token.text == "[":
            if self.last is None:
                self.fail("lists are not read", token, 'declare a vector, as in x="3", and give its values later')
            self.open(token, "index", "[")
        elif self.calling is not None:
            self.open(token, "call", "(")
        else:
            self.operand(token)
            self.open(token, "group", "(")

    def open(self, token: Token, kind: str, piece: str) -> None:
        self.put(piece, token)
        self.levels.append(Level(token, kind, self.suffix, self.lead, self.chain, self.factor, self.base, self.depth))
        self.calling, self.suffix = None, ""
        self.operator(token)
        self.deepen(token)
        self.base = self.depth
        self.product()

    def on_close(self, token: Token) -> None:
        if not self.levels:
            self.fail(f"`{token.text}` closes nothing", token, "remove it, or open a bracket before it")
        opened = self.levels[-1].token
        if _closing(opened.text) != token.text:
            self.fail(f"`{opened.text}` is not closed before `{token.text}`", opened, f"add `{_closing(opened.text)}`")
        if self.last is None and (self.before is None or self.before.kind not in ("comma", "colon")):
            self.missing(token)
        self.close(token, token.text)

    def close(self, token: Token, piece: str) -> None:
        level = self.levels.pop()
        self.put(piece, token)
        if level.suffix:
            self.put(level.suffix, token)
        self.lead, self.chain, self.factor, self.base, self.depth = level[3:]
        self.bare = self.raising = None
        self.ended(token)

    def on_bar(self, token: Token) -> int | None:
        double = token.text != "|"
        if token.text == "||" and not (self.norms and self.may_be_norm()):
            self.on_bar(Token("bar", "|", token.start))
            return token.start + 1
        kind = "norm" if double else "abs"
        if self.last is None:
            self.operand(token)
        elif self.levels and self.levels[-1].token.text == token.text:
            return self.close_bar(token, kind)
        elif double or (self.last.kind == "number" and self.last.end == token.start):
            self.operand(token)
        else:
            self.join(token, "|")
            return None
        self.put(kind, token)
        self.open(token, kind, "(")
        return None

    def may_be_norm(self) -> bool:
        """Whether two bars are one sign here: always, but where one of them can close an absolute value."""
        return self.last is None or not self.levels or self.levels[-1].kind != "abs"

    def close_bar(self, token: Token, kind: str) -> int | None:
        order = _NORM_ORDER.match(self.text, token.end) if kind == "norm" else None
        if order is None:
            self.close(token, ")")
            return None
        p = lowered(order[1] or order[2]).replace("∞", "inf")
        if p != "F":
            self.put(",", token)
            if p.isdecimal():
                self.statement.put_number(int(p), Token("number", order[0], order.start()))
            else:
                self.put(p, Token("name", order[0], order.start()))
        self.close(token, ")")
        return order.end()


def _closing(opened: str) -> str:
    return {"(": ")", "[": "]"}.get(opened, opened)
