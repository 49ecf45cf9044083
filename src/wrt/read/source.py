"""Lines of NumPy, JAX and PyTorch source as text of the language: names of modules go, methods and options are words.

The source is parsed by Python's own grammar and never run; what is not known is refused at its place.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from textwrap import dedent
from typing import NoReturn

from wrt import functions
from wrt.errors import LimitError, ReadError
from wrt.read.libraries import (
    ALONG_AXES,
    CONSTANTS,
    IDENTITIES,
    INNER,
    MODULES,
    NOT_READ,
    OPERATORS,
    OPTIONS,
    SIGNS,
    VARIANTS,
    WORDS,
)

_MODULE = re.compile(rf"(?<![\w.])({'|'.join((*MODULES, *NOT_READ))})\s*\.\s*(?!T\b)[A-Za-z_]")
_METHOD = re.compile(r"(?<![\w.])[^\W\d]\w*\s*\.\s*[A-Za-z]\w*\s*\(|[)\]]\s*\.\s*[A-Za-z]\w*\s*\(")
_STATEMENT = re.compile(r"(?m)^[ \t]*(?:def|import|from|return)\b(?!\s*[=*+/)^-])|(?<!\w)lambda\b[^;\n]{0,200}:")
_KNOWN_NODES = (
    ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Subscript, ast.Slice, ast.Tuple, ast.Constant,
    ast.Name, ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context,
)  # fmt: skip
_OTHER_OPERATORS: dict[type[ast.AST], tuple[str, str]] = {
    ast.BitXor: ("^", "write ** for a power"),
    ast.Mod: ("%", "write a - b*floor(a/b) for the remainder"),
    ast.FloorDiv: ("//", "write floor(a/b)"),
    ast.LShift: ("<<", "write a product with a power of 2"),
    ast.RShift: (">>", "write a quotient by a power of 2"),
}


def is_source(text: str, declared: Collection[str] = ()) -> bool:
    """Whether a text is source of a library rather than of the text language.

    >>> is_source("jnp.log(x)"), is_source("x.sum()"), is_source("lambda x: x**2"), is_source("A.T @ x")
    (True, True, True, False)
    """
    modules = (found[1] for found in _MODULE.finditer(text))
    return any(each not in declared for each in modules) or bool(_METHOD.search(text) or _STATEMENT.search(text))


def translated(text: str, declared: Collection[str] = ()) -> str:
    """The text in the language that library source stands for.

    Raises ReadError at the place of what is not known, LimitError where Python's parser gives up.

    >>> translated("jnp.where(x > 0, jnp.log(x), 0.)")
    'where(x > 0, log(x), 0.0)'
    >>> translated("lambda z: -F.log_softmax(z, dim=-1).mean()")
    '-mean(log_softmax(z, axis=-1))'
    """
    text = dedent(text).strip()
    try:
        body = ast.parse(text).body
        return "\n".join(_Source(text, declared).lines(body))
    except SyntaxError as error:
        place = _offset(text, error.lineno or 1, max((error.offset or 1) - 1, 0))
        raise ReadError("this line is not Python source", hint=error.msg, text=text, position=place) from None
    except (RecursionError, MemoryError):
        raise LimitError("this formula nests too deep", hint="name parts of it on lines of their own") from None


class _Source(ast.NodeTransformer):
    """One piece of source: modules under the names they were imported by."""

    def __init__(self, text: str, declared: Collection[str]) -> None:
        self.text, self.declared = text, declared
        self.libraries = {name: library for name, library in MODULES.items() if name not in declared}
        self.names: dict[str, tuple[str, str]] = {}  # what `from library import name` brought: library and name
        self.methods_of = "PyTorch" if re.search(r"\b(torch|F|nn)\s*\.", text) else "NumPy"

    # Statements.

    def lines(self, body: list[ast.stmt]) -> Iterator[str]:
        """Each statement as a line of text."""
        for statement in body:
            match statement:
                case ast.Import() | ast.ImportFrom():
                    self.imported(statement)
                case ast.Expr(value=ast.Constant(value=str())) if len(body) > 1:
                    pass  # a docstring
                case ast.FunctionDef():
                    yield from self.lines(statement.body)
                case ast.Assign(targets=[ast.Name()], value=ast.Lambda() as function):
                    yield self.written(function.body)
                case ast.Assign(targets=[ast.Name(id=name)]):
                    yield f"{name} = {self.written(statement.value)}"
                case ast.Return(value=ast.expr() as value) | ast.Expr(value=value):
                    yield self.written(value.body if isinstance(value, ast.Lambda) else value)
                case _:
                    self.fail(
                        statement, "this statement is not read", "write `name = ...` and `return ...`", first=True
                    )

    def imported(self, statement: ast.Import | ast.ImportFrom) -> None:
        """Note the names that a library or its functions go by."""
        module = statement.module or "" if isinstance(statement, ast.ImportFrom) else ""
        for each in statement.names:
            root = (module or each.name).partition(".")[0]
            if root not in MODULES:
                self.fail(statement, f"{root} is not a library that is read here")
            if module and each.name not in INNER:
                self.names[each.asname or each.name] = (MODULES[root], each.name)
            else:
                self.libraries[each.asname or each.name] = MODULES[root]

    def written(self, node: ast.expr) -> str:
        """An expression as text of the language."""
        found: str = ast.unparse(self.visit(node))
        return found

    # Expressions: each node as the language has it.

    def visit(self, node: ast.AST) -> ast.expr:
        """What stands for a node."""
        handler = getattr(self, "visit_" + type(node).__name__, None)
        if handler is None and not isinstance(node, _KNOWN_NODES):
            self.fail(node, "this is not read here")
        found: ast.expr = handler(node) if handler else self.generic_visit(node)  # type: ignore[assignment]
        return found

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """An operator that the language has."""
        if type(node.op) in _OTHER_OPERATORS:
            sign, hint = _OTHER_OPERATORS[type(node.op)]
            self.fail(node, f"`{sign}` is not read here", hint)
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """A constant of a module, or the transpose."""
        library, name = self.dotted(node)
        if library is not None:
            if name == "newaxis":
                return ast.Constant(None)
            if name not in CONSTANTS:
                self.fail(node, f"`{ast.unparse(node)}` is not known here", "its functions are called: f(x)")
            return ast.Name(CONSTANTS[name])
        if node.attr in ("T", "mT"):
            return ast.Attribute(self.visit(node.value), "T")
        if node.attr != "values" or not isinstance(node.value, ast.Call):
            self.fail(node, f"`.{node.attr}` is not read here", "write the name of the dimension, or a function")
        return self.visit(node.value)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """A call of a library's function, of a method, or of a word of the language."""
        function = node.func
        library, name = self.dotted(function)
        args = list(node.args)
        if library is None and isinstance(function, ast.Attribute):
            library, name = self.methods_of, function.attr
            args.insert(0, function.value)
        elif library is None and isinstance(function, ast.Name):
            if function.id not in self.names:
                return self.call(function.id, args, node)
            library, name = self.names[function.id]
        elif library is None:
            self.fail(node, "this is not read here")
        return self.of_library(library or "", name, args, node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """The second of what slogdet gives, or entries."""
        second = isinstance(node.slice, ast.Constant) and node.slice.value == 1
        if second and isinstance(node.value, ast.Call) and self.dotted(node.value.func)[1].endswith("slogdet"):
            return self.call("logdet", node.value.args, node.value)
        return self.generic_visit(node)

    def of_library(self, library: str, name: str, args: list[ast.expr], node: ast.Call) -> ast.expr:
        """What a function of a library is called here."""
        short = name.rpartition(".")[2]
        if short in OPERATORS and len(args) == 2:
            left, right = (ast.unparse(self.visit(each)) for each in args)
            return ast.parse(f"({left}) {OPERATORS[short]} ({right})", mode="eval").body
        if short in SIGNS and len(args) == 1:
            return ast.parse(f"{SIGNS[short]}({ast.unparse(self.visit(args[0]))})", mode="eval").body
        if short in IDENTITIES and len(args) == 1 and not isinstance(args[0], ast.List | ast.Tuple):
            return self.visit(args[0])
        if short in ("clip", "clamp"):
            return self.clipped(args, node)
        word = next((WORDS[each] for each in (name, short) if each in WORDS), short)
        if (library, short) in VARIANTS:
            word = self.variant(library, short, node)
        if functions.lookup(word) is None:
            near = functions.nearest(short)
            hint = f"did you mean `{near}`?" if near else "`wrt functions` lists what is"
            self.fail(node.func, f"`{ast.unparse(node.func)}` is not known here", hint)
        if word in ALONG_AXES and len(args) == 2 and not (library == "PyTorch" and not _is_whole(args[1])):
            node.keywords.insert(0, ast.keyword("axis", args.pop()))
        return self.call(word, args, node)

    def call(self, word: str, args: list[ast.expr], node: ast.Call) -> ast.expr:
        """A call by a word of the language, with options under the names they have there."""
        keywords = [ast.keyword(OPTIONS.get(each.arg or "", each.arg), self.option(each)) for each in node.keywords]
        return ast.Call(ast.Name(word), [self.visit(each) for each in args], keywords)

    def option(self, keyword: ast.keyword) -> ast.expr:
        """The value of an option."""
        if keyword.arg is None:
            self.fail(keyword.value, "** before options is not read")
        return self.visit(keyword.value)

    def variant(self, library: str, name: str, node: ast.Call) -> str:
        """The word that a function means with its options; the option that says so is taken off."""
        words = VARIANTS[library, name]
        for keyword in node.keywords:
            key = (keyword.arg or "", keyword.value.value if isinstance(keyword.value, ast.Constant) else None)
            if key in words:
                node.keywords.remove(keyword)
                return words[key]
        if None not in words:
            option = " or ".join(f"{key[0]}={key[1]}" for key in words if key)
            self.fail(node.func, f"`{name}` of {library} divides by n - 1, and by n here", f"give it {option}")
        return words[None]

    def clipped(self, args: list[ast.expr], node: ast.Call) -> ast.expr:
        """A value between two ends, of which one may be missing."""
        ends: list[ast.expr | None] = [*args[1:], None, None][:2]
        for keyword in node.keywords:
            if (keyword.arg or "").rpartition("_")[2] not in ("min", "max"):
                self.fail(node, f"`{keyword.arg}=` is not an option of clip")
            ends[(keyword.arg or "").endswith("max")] = keyword.value
        low, high = (None if _is_none(end) else end for end in ends)
        word = "clip" if low and high else "maximum" if low else "minimum"
        given = [self.visit(each) for each in (args[0], low, high) if each is not None]
        return ast.Call(ast.Name(word), given, [])

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        """A number, text, None or a truth."""
        if node.value is Ellipsis or isinstance(node.value, complex | bytes):
            self.fail(node, f"`{ast.unparse(node)}` is not read here")
        return node

    # Names of modules.

    def dotted(self, node: ast.expr) -> tuple[str | None, str]:
        """The library that a dotted name belongs to, and the name in it with the module around it."""
        path: list[str] = []
        while isinstance(node, ast.Attribute):
            path.insert(0, node.attr)
            node = node.value
        if not path or not isinstance(node, ast.Name) or path == ["T"]:
            return None, ""
        if node.id in NOT_READ and node.id not in self.declared:
            self.fail(node, f"{NOT_READ[node.id]} source is not read yet")
        if node.id not in self.libraries:
            return None, ""
        inner = [node.id, *path[:-1]]
        unknown = [each for each in path[:-1] if each not in INNER]
        if unknown:
            self.fail(node, f"`{'.'.join((node.id, *path))}` is not known here")
        return self.libraries[node.id], f"{inner[-1]}.{path[-1]}" if path[:-1] else path[-1]

    def fail(self, node: ast.AST, message: str, hint: str | None = None, first: bool = False) -> NoReturn:
        """Raise a ReadError that points at a node, or at its first word."""
        start = _offset(self.text, *_place(node))
        segment = ast.get_source_segment(self.text, node) or " "
        width = len(segment.split()[0] if first and segment.split() else segment.partition("\n")[0])
        raise ReadError(message, hint=hint, text=self.text, position=start, width=max(1, width))


def _place(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 1), getattr(node, "col_offset", 0)


def _offset(text: str, line: int, column: int) -> int:
    """The character of a line and a byte of it, as Python's parser counts."""
    lines = text.splitlines(keepends=True)
    before = sum(map(len, lines[: line - 1]))
    here = lines[line - 1].encode() if line <= len(lines) else b""
    return before + len(here[:column].decode(errors="ignore"))


def _is_none(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def _is_whole(node: ast.expr) -> bool:
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(inner, ast.Tuple) or (isinstance(inner, ast.Constant) and isinstance(inner.value, int))
