"""From statements to a program: Python's own grammar says how the text binds, and only known nodes pass."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection
from difflib import get_close_matches
from typing import Any, NoReturn

from wrt.errors import LimitError, ReadError, WrtError
from wrt.read.indices import MOST_AXES, Indexed, Indices
from wrt.read.letters import CONSTANTS
from wrt.read.tokens import Statement
from wrt.read.tree import Program, Tree
from wrt.read.words import BINDERS, Word

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
_JOINTS: dict[type[ast.AST], str] = {
    ast.And: "and", ast.Or: "or", ast.BitAnd: "and", ast.BitOr: "or", ast.Not: "not", ast.Invert: "not",
}  # fmt: skip

# What Python says of an expression that it cannot read, and what to do.
_GRAMMAR = {
    "expected 'else' after 'if' expression": "give both values: a if condition else b",
    "positional argument follows keyword argument": "options come last, as in sum(x, axis=0)",
}


def parse(statements: list[Statement], declared: Collection[str], lookup: Callable[[str], Word | None]) -> Program:
    """The program of these statements.

    Raises ReadError where the grammar or a name does not fit, LimitError where Python's parser gives up.
    """
    parser = _Parser(declared, lookup)
    trees = [syntax(statement) for statement in statements]
    parser.find_indices(trees)
    for statement, tree in zip(statements, trees, strict=True):
        parser.read(statement, tree, last=tree is trees[-1])
    for name in parser.program.indices.keys() & parser.program.names.keys():
        hint = "give one of the two another name, or close the sum behind it"
        parser.program.names[name].fail(f"`{name}` is an index of a sum, and stands outside it here", hint)
    return parser.program


def syntax(statement: Statement) -> ast.expr:
    """The syntax tree of a statement."""
    try:
        return ast.parse(statement.code, mode="eval").body
    except SyntaxError as error:
        token = statement.at(max((error.offset or 1) - 1, 0))
        hint = _GRAMMAR.get(error.msg)
        message = f"`{token.text}` does not fit here"
        width = max(1, len(token.text))
        raise ReadError(message, hint=hint, text=statement.text, position=token.start, width=width) from None
    except (RecursionError, MemoryError):
        raise too_long(statement) from None


def too_long(statement: Statement) -> LimitError:
    """The error for a statement that Python's parser, or this one, gives up on."""
    hint = "name parts of it on lines of their own: z = ..."
    return LimitError("this formula is too long", hint=hint, text=statement.text, position=statement.tokens[0].start)


class _Parser(Indices):
    """Turns syntax trees into steps, operands first."""

    def read(self, statement: Statement, tree: ast.expr, last: bool) -> None:
        """Add the steps of a statement."""
        self.statement = statement
        named = statement.name is not None
        indices = self.open_indices(tree)
        if named and indices and not last:
            self.met.update(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
            self.check_name(statement)
            self.indexed[statement.plain_name] = Indexed(statement, tree, indices)
            return
        try:
            value = self.convert(tree)
        except (RecursionError, MemoryError):
            raise too_long(statement) from None
        if named:
            self.check_name(statement)
            self.parts[statement.plain_name] = value
        elif not last:
            hint = "name it (z = ...), or join lines: end a line with the operator, or put brackets around"
            value.fail("this line is neither named nor the answer", hint)

    def check_name(self, statement: Statement) -> None:
        """Refuse the name of a part that is one already."""
        name, plain = statement.name, statement.plain_name
        known = plain in self.parts or plain in self.indexed
        if name is not None and (known or plain in self.met or plain in self.declared):
            why = "is named twice" if known else "has a meaning already"
            hint = "give this part another name"
            raise ReadError(f"`{name.text}` {why}", hint=hint, text=statement.text, position=name.start)

    def convert(self, node: ast.AST) -> Tree:
        """The step of a syntax node, after those of its operands."""
        handler: Callable[[Any], Tree] | None = getattr(self, "on_" + type(node).__name__, None)
        if handler is None:
            self.fail(node, "this is not part of the language")
        return handler(node)

    def on_Constant(self, node: ast.Constant) -> Tree:
        if isinstance(node.value, bool | None):
            self.fail(node, f"`{node.value}` is not a number", "write 1 or 0, or a condition such as x > 0")
        if isinstance(node.value, str):
            self.fail(node, "text is not part of the maths", 'text stands only in einsum("ij,jk->ik", A, B)')
        return self.add("number", node, value=self.statement.numbers.get(node.col_offset, node.value))

    def on_Name(self, node: ast.Name) -> Tree:
        name = node.id
        if name in self.scope:
            return self.add("bound", node, value=self.scope[name])
        part = self.inside(node) if name in self.indexed else self.parts.get(name)
        if part is not None:
            return self.add("part", node, (part,), name)
        self.met.add(name)
        if name in CONSTANTS and name not in self.declared:
            return self.add("constant", node, value=CONSTANTS[name])
        tree = self.add("name", node, value=name)
        self.program.names.setdefault(name, tree)
        return tree

    def on_BinOp(self, node: ast.BinOp) -> Tree:
        match node.op:
            case ast.Add() | ast.Sub():
                operands, operators = _spine(node, (ast.Add, ast.Sub))
                signs = (1, *(1 if isinstance(each, ast.Add) else -1 for each in operators))
                return self.add("sum", node, tuple(map(self.convert, operands)), signs)
            case ast.Mult() | ast.Div():
                operands, operators = _spine(node, (ast.Mult, ast.Div))
                exponents = (1, *(1 if isinstance(each, ast.Mult) else -1 for each in operators))
                return self.add("product", node, tuple(map(self.convert, operands)), exponents)
            case ast.MatMult():
                self.program.shaped = True
                first, *others = _spine(node, (ast.MatMult,))[0]
                tree = self.convert(first)
                for other in others:
                    right = self.convert(other)
                    tree = self.add("matmul", node, (tree, right))
                    tree.end = right.end
                return tree
            case ast.Pow():
                return self.power(node)
            case ast.BitAnd() | ast.BitOr():
                return self.add(
                    "logic", node, (self.convert(node.left), self.convert(node.right)), _JOINTS[type(node.op)]
                )
        raise self.error(node, "this operator is not part of the language")

    def power(self, node: ast.BinOp) -> Tree:
        right = node.right
        if isinstance(right, ast.Name) and right.id == "T" and "T" not in self.declared and "T" not in self.parts:
            hint = 'write X.T or X\' for the transpose; if T is a number, declare it: T=""'
            self.fail(right, "`T` as an exponent can be a transpose", hint)
        return self.add("power", node, (self.convert(node.left), self.convert(right)))

    def on_UnaryOp(self, node: ast.UnaryOp) -> Tree:
        operand = self.convert(node.operand)
        match node.op:
            case ast.USub():
                return self.add("negative", node, (operand,))
            case ast.UAdd():
                return operand
        return self.add("logic", node, (operand,), "not")

    def on_BoolOp(self, node: ast.BoolOp) -> Tree:
        return self.add("logic", node, tuple(map(self.convert, node.values)), _JOINTS[type(node.op)])

    def on_Compare(self, node: ast.Compare) -> Tree:
        operands = tuple(map(self.convert, (node.left, *node.comparators)))
        return self.add("compare", node, operands, tuple(_COMPARISONS[type(op)] for op in node.ops))

    def on_IfExp(self, node: ast.IfExp) -> Tree:
        word = self.lookup("where")
        return self.add(
            "call", node, (self.convert(node.test), self.convert(node.body), self.convert(node.orelse)), word
        )

    def on_Attribute(self, node: ast.Attribute) -> Tree:
        self.program.shaped = True
        return self.add("transpose", node, (self.convert(node.value),))

    def on_Tuple(self, node: ast.Tuple) -> NoReturn:
        self.fail(node, "a list of values is not read here", "read one expression at a time")

    def on_Subscript(self, node: ast.Subscript) -> Tree:
        self.program.shaped = True
        operand = self.convert(node.value)
        dynamic: list[Tree] = [operand]

        def place(part: ast.expr | None) -> int | None:
            if part is None:
                return None
            dynamic.append(self.convert(part))
            return len(dynamic) - 1

        items: list[Any] = []
        asked = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if len(asked) > MOST_AXES:
            self.fail(node.slice, f"no expression has that many axes: {MOST_AXES} at most")
        for item in asked:
            if isinstance(item, ast.Slice):
                items.append(slice(place(item.lower), place(item.upper), self.whole(item.step)))
            elif isinstance(item, ast.Constant) and item.value is None:
                items.append(None)
            else:
                items.append(place(item))
        tree = self.add("index", node, tuple(dynamic), tuple(items))
        tree.scope = tuple(self.scope.values())
        return tree

    def whole(self, node: ast.expr | None) -> int | None:
        """A whole number that must be known when the text is read."""
        sign = 1
        inner = node
        while isinstance(inner, ast.UnaryOp) and isinstance(inner.op, ast.USub | ast.UAdd):
            sign *= -1 if isinstance(inner.op, ast.USub) else 1
            inner = inner.operand
        if inner is None or (isinstance(inner, ast.Constant) and inner.value is None):
            return None
        value = self.statement.numbers.get(inner.col_offset) if isinstance(inner, ast.Constant) else None
        if not isinstance(value, int):
            assert node is not None
            self.fail(node, "a whole number is needed here")
        return sign * value

    # Calls.

    def on_Call(self, node: ast.Call) -> Tree:
        assert isinstance(node.func, ast.Name)
        word = self.lookup(node.func.id)
        assert word is not None
        self.program.shaped = self.program.shaped or word.shaped
        if self.binds(node, word):
            return self.over(node, word)
        args = self.arguments(node, word)
        options: dict[str, Any] = {}
        named: dict[str, Tree] = {}
        for keyword in node.keywords:
            name = self.option(keyword, word)
            if name in options or name in named or name in word.arguments[: len(args)]:
                self.fail(keyword, f"`{name}` is given twice")
            match name:
                case "axis":
                    options[name] = self.axes(keyword.value, several=word.takes_axes)
                case "keepdims":
                    options[name] = self.truth(keyword.value)
                case _:
                    named[name] = self.convert(keyword.value)
        call = self.add("call", node, (*args, *named.values()), word)
        call.options, call.named = options, tuple(named)
        try:
            word.check(len(args) + sum(name in word.arguments[: word.required] for name in named))
        except WrtError as error:
            call.fail(error.message, error.hint)
        return call

    def option(self, keyword: ast.keyword, word: Word) -> str:
        """The name of an option, if the function has it."""
        name = keyword.arg or ""
        if name not in word.options:
            near = get_close_matches(name, word.options, 1)
            known = f"{word.name} takes {', '.join(f'{each}=' for each in word.options) or 'no options'}"
            self.fail(
                keyword, f"`{name}=` is not an option of {word.name}", f"did you mean `{near[0]}=`?" if near else known
            )
        return name

    def arguments(self, node: ast.Call, word: Word) -> tuple[Tree, ...]:
        given = node.args
        if 0 <= word.sizes_after < len(given) and isinstance(given[word.sizes_after], ast.Tuple):
            inner = given[word.sizes_after]
            assert isinstance(inner, ast.Tuple)
            given = [*given[: word.sizes_after], *inner.elts, *given[word.sizes_after + 1 :]]
        args: list[Tree] = []
        for place, each in enumerate(given):
            if isinstance(each, ast.Constant) and isinstance(each.value, str) and word.takes_text and place == 0:
                args.append(self.add("text", each, value=each.value))
            else:
                args.append(self.convert(each))
        if word.takes_text and args and args[0].op != "text":
            args[0].fail(f"{word.name} starts with its subscripts in quotes", 'as in einsum("ij,jk->ik", A, B)')
        if word.name in BINDERS and len(args) > 1 and args[1].op != "name":
            args[1].fail(f"{word.name} needs the name of a variable here", f"as in {BINDERS[word.name]}")
        if word.name == "diff" and len(args) > 2 and args[2].op == "number" and args[2].value > MOST_AXES:
            raise args[2].place(LimitError(f"derivatives are taken at most {MOST_AXES} times"))
        return tuple(args)

    def axes(self, node: ast.expr, several: bool) -> int | tuple[int, ...] | None:
        if isinstance(node, ast.Tuple):
            if not several:
                self.fail(node, "one axis is needed here")
            return tuple(axis for axis in map(self.axis, node.elts) if axis is not None)
        return self.axis(node)

    def axis(self, node: ast.expr) -> int | None:
        axis = self.whole(node)
        if axis is not None and not -MOST_AXES <= axis < MOST_AXES:
            self.fail(node, f"no expression has that many axes: {MOST_AXES} at most")
        return axis

    def truth(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Constant):
            if isinstance(node.value, bool):
                return node.value
            value = self.statement.numbers.get(node.col_offset)
            if value in (0, 1):
                return bool(value)
        raise self.error(node, "True or False is needed here")


def _spine(node: ast.BinOp, kinds: tuple[type[ast.operator], ...]) -> tuple[list[ast.expr], list[ast.operator]]:
    """The operands and operators of a chain that binds from the left, however long it is, without its brackets."""
    operands: list[ast.expr] = []
    operators: list[ast.operator] = []
    current: ast.expr = node
    while isinstance(current, ast.BinOp) and isinstance(current.op, kinds) and current.col_offset == node.col_offset:
        operands.append(current.right)
        operators.append(current.op)
        current = current.left
    operands.append(current)
    return operands[::-1], operators[::-1]
