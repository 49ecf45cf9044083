"""From values to the lines of a function: what is used twice gets a name, what is long is taken apart."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence

from wrt.engines.engine import ATOM, Engine, Names, Piece, Writer, called
from wrt.engines.helpers import MODULE
from wrt.engines.values import Value
from wrt.expr.node import Symbol

LONGEST = 88  # characters of one expression, about
BINDERS = frozenset({"integral", "series"})  # the first argument is a function of a variable of its own
LEAVES = frozenset({"argument", "dimension", "number", "named"})
VIEWS = frozenset({"transpose", "expand"})
SIMPLE = frozenset({"product", "sum", "power", "compare"})

# About how many characters an operation takes, beside its operands.
LENGTHS = {
    "where": 10,
    "outer": 10,
    "tile": 10,
    "vdot": 5,
    "total": 8,
    "mean": 9,
    "einsum": 25,
    "tensordot": 30,
    "solve": 17,
}

# Names for parts that have none, by function or operation; arrays with two axes have capitals.
LETTERS = {
    "softmax": "p",
    "sigmoid": "s",
    "tanh": "h",
    "relu": "h",
    "inv": "V",
    "exp": "e",
    "matmul": "z",
    "eye": "I",
    "compare": "mask",
    "logic": "mask",
    "logsumexp": "l",
    "norm": "r",
    "norms": "r",
    "hypot": "r",
    "lengths": "r",
    "direction": "u",
    "cofactor": "C",
}


class Block:
    """The statements that compute some values: the body of a function, or of the integrand inside it."""

    def __init__(
        self,
        writer: Writer,
        taken: set[str],
        variables: set[str],
        labels: Mapping[Value, str],
        pinned: frozenset[Value],
    ) -> None:
        self.writer = writer
        self.variables = variables  # of integrals: parts are called otherwise
        self.taken = taken
        self.labels = labels
        self.avoided = variables | set(labels.values())  # the author's names are for the author's parts
        self.pinned = pinned
        self.pieces: dict[Value, Piece] = {}
        self.bound = Bound()
        self.lines: list[str] = []

    def write(self, roots: Sequence[Value], indent: str = "    ") -> list[Piece]:
        """Append the statements, and give the expressions that remain."""
        order = self.bound.below([root for root in roots if root not in self.pieces], self.pieces)
        named = self.named(order, roots)
        for value in order:
            if value in self.pieces:
                continue
            piece = self.spelled(value, indent)
            if value in named:
                label = self.labels.get(value)
                name = self.fresh(label or suggestion(value), self.variables if label else self.avoided)
                self.lines.append(f"{indent}{name} = {piece.text}")
                piece = Piece(name, ATOM)
            self.pieces[value] = piece
        return [self.pieces[root] for root in roots]

    def spelled(self, value: Value, indent: str) -> Piece:
        """The expression of one value."""
        if value.op in BINDERS:
            return self.integral(value, indent) if value.op == "integral" else self.series(value, indent)
        pieces = [self.pieces[arg] for arg in value.args]
        return self.writer.engine.spell[value.op](self.writer, value, pieces)

    def named(self, order: Sequence[Value], roots: Sequence[Value]) -> set[Value]:
        """The values that get a name."""
        uses = dict.fromkeys(order, 0)
        for root in roots:
            uses[root] = uses.get(root, 0) + 1
        for value in reversed(order):
            count = uses[value] if is_trivial(value) else 1
            for arg in self.bound.outside(value):
                uses[arg] = uses.get(arg, 0) + (2 if value.op == "integral" else count)
        named: set[Value] = set()
        length: dict[Value, int] = {}
        for value in order:
            parts = {arg: length[arg] if arg in length else self.known_length(arg) for arg in value.args}
            total = own_length(value) + sum(parts[arg] + 2 for arg in value.args)
            limit = LONGEST if len(parts) > 1 else LONGEST + 16  # a minus alone is not worth a line
            while total > limit:
                arg = max(parts, key=lambda each: parts[each])
                if parts[arg] < 8 or arg in self.pinned or arg.op in LEAVES or arg in self.pieces:
                    break
                named.add(arg)
                total -= parts[arg] - 2
                parts[arg] = 2
            length[value] = total
            again = uses[value] > 1 and not is_trivial(value)
            if value not in self.pinned and (again or (value in self.labels and value.op not in LEAVES)):
                named.add(value)
                length[value] = 2
        return named

    def known_length(self, value: Value) -> int:
        """The characters of what is written already."""
        return len(self.pieces[value].text) if value in self.pieces else 2

    def fresh(self, name: str, avoided: Collection[str] = ()) -> str:
        """The name, or the name with a number, if it is taken."""
        chosen, count = name, 1
        while chosen in self.taken or chosen in avoided:
            count += 1
            chosen = f"{name}{count}"
        self.taken.add(chosen)
        return chosen

    def integral(self, value: Value, indent: str) -> Piece:
        """An integral by adaptive quadrature; what does not depend on its variable is computed once, outside."""
        function = self.function(value, indent, "integrand")
        _, lower, upper = value.args
        quad = self.writer.names.of("scipy.integrate.quad_vec" if value.ndim else "scipy.integrate.quad")
        call = called(quad, function, self.pieces[lower].text, self.pieces[upper].text)
        return Piece(call.text + "[0]", ATOM)

    def series(self, value: Value, indent: str) -> Piece:
        """A formula, with a series in its place for those entries that are near a point."""
        function = self.function(value, indent, "series")
        name = self.writer.names.of(f"{MODULE}.with_series")
        formula, near, distance = (self.pieces[arg].text for arg in value.args[1:])
        return called(name, formula, near, function, distance)

    def function(self, value: Value, indent: str, name: str) -> str:
        """The first argument of a value as a function of its variable: in one line, or by this name."""
        (variable,) = value.params
        inner = Block(self.writer, set(self.taken), self.variables, {}, self.pinned)
        inner.bound = self.bound
        argument = inner.fresh(identifier(variable.name))
        inner.pieces = dict(self.pieces)
        for each in self.bound.variables(variable):
            inner.pieces[each] = Piece(argument, ATOM)
        (result,) = inner.write([value.args[0]], indent + "    ")
        if not inner.lines:
            return f"lambda {argument}: {result.text}"
        function = self.fresh(name)
        self.lines += [f"{indent}def {function}({argument}):", *inner.lines, f"{indent}    return {result.text}"]
        return function


class Bound:
    """Which values depend on the variables of integrals and series."""

    def __init__(self) -> None:
        self.found: dict[Value, frozenset[Symbol]] = {}
        self.arguments: dict[Symbol, list[Value]] = {}

    def variables(self, symbol: Symbol) -> list[Value]:
        """The values that are this symbol."""
        return self.arguments.get(symbol, [])

    def symbols(self, value: Value) -> frozenset[Symbol]:
        """The symbols that a value depends on."""
        stack = [value]
        while stack:
            each = stack[-1]
            if each in self.found:
                stack.pop()
                continue
            pending = [arg for arg in each.args if arg not in self.found]
            if pending:
                stack.extend(pending)
                continue
            symbols = frozenset().union(*(self.found[arg] for arg in each.args)) if each.args else frozenset()
            if each.op == "argument":
                symbols = frozenset(each.params)
                self.arguments.setdefault(each.params[0], []).append(each)
            elif each.op in BINDERS:
                symbols = (self.found[each.args[0]] - {each.params[0]}).union(*(self.found[e] for e in each.args[1:]))
            self.found[each] = symbols
        return self.found[value]

    def outside(self, value: Value) -> Sequence[Value]:
        """The values that must be there before this one: of an integral the limits, and
        what its variable is not in."""
        if value.op not in BINDERS:
            return value.args
        (variable,) = value.params
        integrand, *limits = value.args
        free: list[Value] = []
        stack, seen = [integrand], {integrand}
        while stack:
            each = stack.pop()
            if variable not in self.symbols(each):
                free.append(each)
                continue
            for arg in self.outside(each):
                if arg not in seen:
                    seen.add(arg)
                    stack.append(arg)
        return [*limits, *free]

    def below(self, roots: Iterable[Value], known: Mapping[Value, Piece]) -> list[Value]:
        """The values to compute, each after what it is made of."""
        seen: set[Value] = set()
        order: list[Value] = []
        stack = [(root, False) for root in reversed(list(roots))]
        while stack:
            value, ready = stack.pop()
            if ready:
                order.append(value)
            elif value not in seen:
                seen.add(value)
                stack.append((value, True))
                stack.extend((arg, False) for arg in reversed(self.outside(value)) if not (arg in seen or arg in known))
        return order


def is_trivial(value: Value) -> bool:
    """Whether a value is written again wherever it is used: names, views, and a step of arithmetic on numbers."""
    if value.op in LEAVES or value.op in VIEWS:
        return True
    return value.op in SIMPLE and not value.ndim and len(value.args) <= 2 and all(a.op in LEAVES for a in value.args)


def own_length(value: Value) -> int:
    """About how many characters the operation itself takes."""
    if value.op in ("argument", "dimension"):
        return len(value.params[0].name)
    if value.op == "call":
        return len(value.params[0].name) + 6
    if value.op == "expand":
        return 5 * len(value.params)
    return LENGTHS.get(value.op, 1)


def identifier(name: str) -> str:
    """A name as a Python identifier."""
    name = unicodedata.normalize("NFKC", name)
    if not name.isidentifier():
        name = re.sub(r"\W", "_", name)
        name = name if name.isidentifier() else f"v_{name}"
    return f"{name}_" if keyword.iskeyword(name) or hasattr(builtins, name) else name


def suggestion(value: Value) -> str:
    """A name for a part."""
    if value.op == "sum" and any(arg.op in ("matmul", "vdot") for arg in value.args):
        letter = "r"
    else:
        letter = LETTERS.get(value.params[0].name if value.op == "call" else value.op, "t")
    return letter.upper() if value.ndim > 1 and len(letter) == 1 else letter


def new_writer(engine: Engine) -> Writer:
    """A writer that has imported nothing yet."""
    return Writer(engine, Names(engine.abbreviations))
