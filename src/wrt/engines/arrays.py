"""How NumPy spells each operation; JAX follows it, PyTorch mostly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wrt.engines.engine import (
    ATOM,
    BIT_AND,
    BIT_OR,
    MATMUL,
    POWER,
    PRODUCT,
    SIGN,
    Engine,
    Piece,
    Spelling,
    Writer,
    called,
    compare_text,
    exponent_text,
    number_text,
    product_text,
    sum_text,
    template,
    tuple_text,
    within,
)
from wrt.engines.values import Value

CONSTANTS = {"pi": "pi", "e": "e", "euler_gamma": "euler_gamma", "inf": "inf"}


def axis_option(value: Value) -> object:
    """The axes of a sum, unless it runs over all."""
    axes: Sequence[int] = value.params[-1] if value.op == "call" else value.params
    if len(axes) == value.args[0].ndim and (len(axes) == 1 or not value.ndim):
        return None
    return axes[0] if len(axes) == 1 else tuple_text(axes)


def call_text(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    """A function of the table."""
    function = value.params[0]
    spelled = function.engines[writer.engine.name]
    if function.kind in ("reduction", "axiswise"):
        return called(writer.names.of(spelled), pieces[0].text, axis=axis_option(value))
    return template(writer.names, spelled, pieces)


def _power(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    base, exponent = pieces
    written = number_text(value.args[1].params[0]).text if value.args[1].op == "number" else ""
    if written == "1 / 2":
        return called(writer.array("sqrt"), base.text)
    return Piece(f"{within(base, ATOM)}**{exponent_text(value.args[1], exponent)}", POWER)


def _quick_power(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    """NumPy is quick at squares alone."""
    base, exponent = pieces
    if value.ndim and base.text.isidentifier() and exponent.text == "3":
        return Piece(f"{base.text} * {base.text}**2", PRODUCT)
    if value.ndim and base.text.isidentifier() and exponent.text == "4":
        return Piece(f"({base.text}**2)**2", POWER)
    return _power(writer, value, pieces)


def _logic(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    (op,) = value.params
    if not pieces:
        return Piece("True" if op == "and" else "False", ATOM)
    if op == "not":
        return Piece(f"~{within(pieces[0], SIGN)}", SIGN)
    sign, binds = (" & ", BIT_AND) if op == "and" else (" | ", BIT_OR)
    return Piece(sign.join(within(piece, binds) for piece in pieces), binds)


def _where(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    (count,) = value.params
    text = pieces[-1].text
    for condition, piece in zip(reversed(pieces[:count]), reversed(pieces[count:-1]), strict=True):
        text = f"{writer.array('where')}({condition.text}, {piece.text}, {text})"
    return Piece(text, ATOM)


def _matmul(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    left, right = pieces
    chain = left.binds == MATMUL and value.args[0].ndim > 1
    first = left.text if chain else within(left, POWER)
    return Piece(f"{first} @ {within(right, POWER)}", MATMUL)


def _vdot(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    if value.args[0].ndim == 1:
        return _matmul(writer, value, pieces)
    return called(writer.array("vdot"), *(piece.text for piece in pieces))


def _transpose(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    if value.params == tuple(reversed(range(value.ndim))):
        return Piece(within(pieces[0], ATOM) + ".T", ATOM)
    return called(writer.array("transpose"), pieces[0].text, tuple_text(value.params))


def subscript(piece: Piece, *items: str) -> Piece:
    """Entries of an array; what is taken whole at the end is left out."""
    while len(items) > 1 and items[-1] == ":":
        items = items[:-1]
    return Piece(f"{within(piece, ATOM)}[{', '.join(items)}]", ATOM)


def _expand(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    return Piece(f"{within(pieces[0], ATOM)}[{', '.join(':' if kept else 'None' for kept in value.params)}]", ATOM)


def _index(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    (axis,) = value.params
    return subscript(pieces[0], *[":"] * axis, whole(value.args[1], pieces[1]))


def whole(value: Value, piece: Piece) -> str:
    """A position as Python's whole number: arguments are floats."""
    stack = [value]
    while stack:
        part = stack.pop()
        if part.op == "argument":
            return f"int({piece.text})"
        stack.extend(part.args)
    return piece.text


def _slice(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    axis, stride, has_start, has_stop = value.params
    ends = [piece.text for piece in pieces[1:]]
    start = ends.pop(0) if has_start else ""
    stop = ends.pop(0) if has_stop else ""
    return subscript(pieces[0], *[":"] * axis, f"{start}:{stop}" + (f":{stride}" if stride != 1 else ""))


def _flip(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    (axis,) = value.params
    return subscript(pieces[0], *[":"] * axis, "::-1")


def _pad(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    (axis,) = value.params
    if value.ndim == 1 and writer.engine.module == "numpy":  # numpy.pad takes as long as ten of its other functions
        before, after = (
            [] if each.text == "0" else [called(writer.array("zeros"), each.text).text] for each in pieces[1:]
        )
        return called(writer.array("concatenate"), tuple_text([*before, pieces[0].text, *after]))
    sides = f"({pieces[1].text}, {pieces[2].text})"
    widths = (
        sides if value.ndim == 1 else tuple_text([sides if each == axis else "(0, 0)" for each in range(value.ndim)])
    )
    return called(writer.array("pad"), pieces[0].text, widths)


def _eye(writer: Writer, rows: str, columns: str, offset: str) -> Piece:
    return called(writer.array("eye"), rows, columns, *([] if offset == "0" else [offset]))


def _over_axes(name: str) -> Spelling:
    return lambda writer, value, pieces: called(writer.array(name), pieces[0].text, axis=axis_option(value))


def _named(name: str) -> Spelling:
    return lambda writer, value, pieces: called(writer.array(name), *(piece.text for piece in pieces))


def _cumsum(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    (axis,) = value.params
    return called(writer.array("cumsum"), pieces[0].text, axis=None if value.ndim == 1 else axis)


def _diagonal(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    first, second = value.params
    plain = value.args[0].ndim == 2
    options = {} if plain else {"axis1": first, "axis2": second}
    return called(writer.array("diagonal"), pieces[0].text, **options)


def _full(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    sizes = pieces[1].text if value.ndim == 1 else tuple_text([piece.text for piece in pieces[1:]])
    filling = value.args[0]
    if filling.op == "number" and filling.params[0] in (0, 1):
        return called(writer.array("ones" if filling.params[0] else "zeros"), sizes)
    return called(writer.array("full"), sizes, pieces[0].text)


def _tensordot(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    left, right = zip(*value.params, strict=True)
    count = len(left)
    ndim = value.args[0].ndim
    adjacent = left == tuple(range(ndim - count, ndim)) and right == tuple(range(count))
    axes = count if adjacent else tuple_text([list(left), list(right)])
    return called(writer.array("tensordot"), pieces[0].text, pieces[1].text, axes=axes)


SPELLINGS: Mapping[str, Spelling] = {
    "number": lambda writer, value, pieces: number_text(value.params[0]),
    "named": lambda writer, value, pieces: Piece(writer.array(CONSTANTS[value.params[0]]), ATOM),
    "sum": sum_text,
    "product": product_text,
    "power": _power,
    "compare": compare_text,
    "logic": _logic,
    "where": _where,
    "call": call_text,
    "matmul": _matmul,
    "vdot": _vdot,
    "outer": _named("outer"),
    "tensordot": _tensordot,
    "einsum": lambda writer, value, pieces: called(
        writer.array("einsum"), repr(value.params[0]).replace("'", '"'), *(piece.text for piece in pieces)
    ),
    "solve": _named("linalg.solve"),
    "transpose": _transpose,
    "expand": _expand,
    "index": _index,
    "slice": _slice,
    "flip": _flip,
    "pad": _pad,
    "cumsum": _cumsum,
    "total": _over_axes("sum"),
    "mean": _over_axes("mean"),
    "trace": _named("trace"),
    "diag": _named("diag"),
    "diagonal": _diagonal,
    "kron": _named("kron"),
    "eye": _named("eye"),
    "band": lambda writer, value, pieces: _eye(writer, pieces[0].text, pieces[1].text, pieces[2].text),
    "triangle": _named("tri"),
    "unit": lambda writer, value, pieces: subscript(
        _eye(writer, "1", pieces[0].text, whole(value.args[1], pieces[1])), "0"
    ),
    "full": _full,
    "tile": lambda writer, value, pieces: called(
        writer.array("tile"), pieces[0].text, tuple_text([piece.text for piece in pieces[1:]])
    ),
    "reshape": lambda writer, value, pieces: called(
        f"{within(pieces[0], ATOM)}.reshape", *(piece.text for piece in pieces[1:])
    ),
}

NUMPY = Engine(name="numpy", module="numpy", abbreviations={"numpy": "np"}, spell={**SPELLINGS, "power": _quick_power})
JAX = Engine(name="jax", module="jax.numpy", abbreviations={"jax.numpy": "jnp"}, spell=SPELLINGS, integrates=False)
