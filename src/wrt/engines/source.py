"""Source of a function that computes expressions: imports, arguments in order, sizes from shapes, common parts once."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from wrt.engines.engine import ATOM, Engine, Piece, Writer
from wrt.engines.helpers import with_helpers
from wrt.engines.lazy import without_guards
from wrt.engines.lower import Lowering
from wrt.engines.pieces import in_pieces
from wrt.engines.prepare import prepare
from wrt.engines.program import BINDERS, Block, identifier, new_writer
from wrt.engines.selected import with_series
from wrt.engines.signs import turned
from wrt.engines.tidy import tidy
from wrt.engines.values import Value, in_order
from wrt.errors import WrtError
from wrt.expr.node import Expr, Formula, Symbol
from wrt.expr.walk import nodes

LONGEST_DOCSTRING = 100
LONGEST_RETURN = 88
MOST_NODES_SHOWN = 60
RESERVED = frozenset({"_missing", "_more", "_unknown", "_failures", "_explained"})  # see `wrt.engines.compiled`


@dataclass(frozen=True, slots=True)
class Source:
    """A function as text: `helpers` are functions that it calls, `arguments` its variables in order, `parameters` their
    names in the text; `several` if it gives a tuple."""

    name: str
    imports: tuple[str, ...]
    helpers: tuple[str, ...]
    arguments: tuple[Symbol, ...]
    parameters: tuple[str, ...]
    body: tuple[str, ...]
    several: bool
    docstring: str | None

    @property
    def text(self) -> str:
        """The source."""
        head = [*self.imports, "", ""] if self.imports else []
        head += [line for helper in self.helpers for line in (helper, "", "")]
        docstring = [f'    """{self.docstring}"""'] if self.docstring else []
        return "\n".join([*head, f"def {self.name}({', '.join(self.parameters)}):", *docstring, *self.body, ""])


def write(
    outputs: Sequence[Expr], engine: Engine, name: str, variables: Iterable[Symbol] = (), several: bool = False
) -> Source:
    """The source of a function of the variables of some expressions, which gives a tuple if it is of `several`."""
    roots = [output.node if isinstance(output, Formula) else output for output in outputs]
    formulas = [output for output in outputs if isinstance(output, Formula)]
    parts = {name: part for formula in formulas for name, part in formula.names.items()}
    ready, became = prepare(roots, engine.name, parts.values(), engine.stable)
    named = {name: became(part) for name, part in parts.items()}
    lowering = Lowering(ready, named.values())
    values = [lowering.full(node) for node in ready]
    labels = _labels(named, lowering)
    if engine.name == "numpy":
        values, labels = with_series(lowering.graph, values, labels)
    values, labels = tidy(lowering.graph, values, labels)
    values, labels = turned(lowering.graph, values, labels)
    values, labels = in_pieces(lowering.graph, values, labels)
    pinned: frozenset[Value] = frozenset()
    if engine.lazy:
        values, pinned = without_guards(lowering.graph, values)
    _refuse_unknown(engine, values)
    arguments = _arguments(outputs, variables, values)
    reserved: set[str] = set()
    while True:
        writer = new_writer(engine)
        parameters, body, results, names = _function(writer, arguments, values, labels, pinned, reserved)
        body += _returned(results, several)
        imported = {member for members in writer.names.members.values() for member in members} | writer.names.helpers
        if imported.isdisjoint(names - reserved) or imported <= reserved:
            break
        reserved |= imported
    helpers = tuple(with_helpers(writer.names.helpers, engine.name)) if writer.names.helpers else ()
    writer.names.require("\n".join(helpers))
    imports = tuple(writer.names.lines())
    return Source(name, imports, helpers, arguments, tuple(parameters), tuple(body), several, _docstring(outputs))


def _refuse_unknown(engine: Engine, values: Sequence[Value]) -> None:
    for value in in_order(values):
        if value.op == "integral" and not engine.integrates:
            raise WrtError(f"the engine {engine.name} computes no integrals", hint='use engine="numpy"')
        if value.op not in engine.spell and value.op not in {"argument", "dimension", *BINDERS}:
            what = f"{value.params[0].name} of an array" if value.op == "call" else "arrays"
            raise WrtError(f"the engine {engine.name} computes no {what}", hint='use engine="numpy"')
        if value.ndim and engine.lazy:
            raise WrtError(f"the engine {engine.name} computes numbers, not arrays", hint='use engine="numpy"')


def _labels(named: Mapping[str, Expr], lowering: Lowering) -> dict[Value, str]:
    """The names that users gave to parts, by value."""
    labels: dict[Value, str] = {}
    for name, node in named.items():
        value, axes = lowering.lower(node)
        if len(axes) == node.ndim:
            labels.setdefault(value, name)
    return labels


def _arguments(outputs: Sequence[Expr], more: Iterable[Symbol], values: Sequence[Value]) -> tuple[Symbol, ...]:
    """The variables: in declared order, then as they are met; dimensions only where no shape tells them."""
    found: dict[str, Symbol] = {}
    free = {symbol for output in outputs for symbol in output.free}
    for output in outputs:
        if isinstance(output, Formula):
            for name in output.arguments:
                if name in output.symbols:
                    found.setdefault(name, output.symbols[name])
    for symbol in more:
        found.setdefault(symbol.name, symbol)
    for node in nodes(*outputs):
        if isinstance(node, Symbol) and node in free and "dimension" not in node.facts:
            known = found.setdefault(node.name, node)
            if known is not node:
                raise WrtError(f"two variables are called {node.name}, with different shapes or facts")
    told = {size for symbol in found.values() for size in symbol.shape}
    order = in_order(values)
    told.update(value.params[0] for value in order if value.op in BINDERS)
    for value in order:
        if value.op in ("argument", "dimension") and value.params[0] not in told:
            found.setdefault(value.params[0].name, value.params[0])
    return tuple(found.values())


def _docstring(outputs: Sequence[Expr]) -> str | None:
    """The formula, where it is short."""
    if len(nodes(*outputs)) > MOST_NODES_SHOWN:
        return None
    text = ", ".join(map(str, outputs)).replace("\\", "\\\\").replace('"', "'")
    return text if len(text) <= LONGEST_DOCSTRING else None


def _function(
    writer: Writer,
    arguments: Sequence[Symbol],
    values: Sequence[Value],
    labels: Mapping[Value, str],
    pinned: frozenset[Value],
    reserved: set[str],
) -> tuple[list[str], list[str], list[str], set[str]]:
    """The function's parameters, its statements, its results, and the names that it uses."""
    taken = {*RESERVED, *reserved, *writer.engine.abbreviations.values(), *keyword.kwlist}
    spelled = {symbol: safe_name(symbol.name, taken) for symbol in arguments}
    like = next((spelled[symbol] for symbol in sorted(arguments, key=lambda each: not each.shape)), None)
    writer = replace(writer, like=like)
    bound = {identifier(value.params[0].name) for value in in_order(values) if value.op in BINDERS}
    block = Block(writer, taken, bound, {value: identifier(label) for value, label in labels.items()}, pinned)
    order = in_order(values)
    needed = [value for value in order if value.op == "dimension" and value.params[0] not in spelled]
    block.lines += [f"    {line}" for line in _sizes([each.params[0] for each in needed], arguments, spelled, taken)]
    for value in order:
        if value.op in ("argument", "dimension") and value.params[0] in spelled:
            block.pieces[value] = Piece(spelled[value.params[0]], ATOM)
    parameters = [spelled[symbol] for symbol in arguments]
    results = [piece.text for piece in block.write(values)]
    return parameters, block.lines, results, block.taken


def _returned(results: Sequence[str], several: bool) -> list[str]:
    """The last statement: one value or several, each on a line of its own where one is not enough."""
    text = ", ".join(results)
    if len(results) > 1 and len(text) > LONGEST_RETURN:
        return ["    return (", *(f"        {result}," for result in results), "    )"]
    return [f"    return {text}{',' * (several and len(results) == 1)}"]


def _sizes(
    needed: Sequence[Symbol], arguments: Sequence[Symbol], spelled: dict[Symbol, str], taken: set[str]
) -> list[str]:
    """Statements that take sizes from shapes: n, d = X.shape."""
    lines = []
    left = dict.fromkeys(needed)
    for argument in sorted(arguments, key=lambda each: -len(set(each.shape) & set(needed))):
        here = [size for size in argument.shape if size in left]
        if not here:
            continue
        for size in dict.fromkeys(here):
            assert isinstance(size, Symbol)
            spelled[size] = safe_name(size.name, taken)
            del left[size]
        array = spelled[argument]
        if len(here) == len(argument.shape) == len(set(here)) and len(here) > 1:
            lines.append(f"{', '.join(spelled[size] for size in here if isinstance(size, Symbol))} = {array}.shape")
        else:
            for size in dict.fromkeys(here):
                assert isinstance(size, Symbol)
                lines.append(f"{spelled[size]} = {array}.shape[{argument.shape.index(size)}]")
    if left:
        unknown = ", ".join(size.name for size in left)
        raise WrtError(f"no variable tells how large {unknown} is")
    return lines


def safe_name(name: str, taken: set[str]) -> str:
    """A name as a Python identifier that is not taken yet; from then on it is."""
    chosen = identifier(name)
    while chosen in taken:
        chosen += "_"
    taken.add(chosen)
    return chosen
