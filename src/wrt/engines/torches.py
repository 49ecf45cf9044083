"""How PyTorch spells each operation where it differs from NumPy; numbers without a tensor in them are left to math."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wrt.engines import scalars
from wrt.engines.arrays import SPELLINGS as ARRAYS
from wrt.engines.arrays import subscript, whole
from wrt.engines.engine import ATOM, Engine, Piece, Spelling, Writer, called, template, tuple_text, within
from wrt.engines.prepare import numbers_among
from wrt.engines.values import Value
from wrt.errors import WrtError


def is_plain(value: Value) -> bool:
    """Whether a value is a Python number: no tensor stands in it."""
    stack = [value]
    while stack:
        part = stack.pop()
        if part.op == "argument" or part.ndim:
            return False
        stack.extend(part.args)
    return True


def _like(writer: Writer, piece: Piece) -> Piece:
    """A new tensor, of the type and on the device of the arguments."""
    return Piece(f"{piece.text}.to({writer.like})", ATOM) if writer.like else piece


def _as_tensor(writer: Writer, value: Value, piece: Piece) -> Piece:
    return called(writer.array("as_tensor"), piece.text) if is_plain(value) else piece


def _call(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    function, axes = value.params
    if is_plain(value) and isinstance(function.engines.get("scalar"), str):
        return scalars.SPELLINGS["call"](writer, value, pieces)
    spelled = function.engines["torch"]
    if function.kind in ("reduction", "axiswise"):
        return _over_axes(writer, value, pieces[0], spelled, axes)
    for bound, other in ((0, 1), (1, 0)):
        if function.name in ("maximum", "minimum") and is_plain(value.args[bound]) and not is_plain(value.args[other]):
            side = "min" if function.name == "maximum" else "max"
            return called(writer.array("clamp"), pieces[other].text, **{side: pieces[bound].text})
    if numbers_among(spelled, len(pieces)):
        return template(writer.names, spelled, pieces)
    tensors = [_as_tensor(writer, arg, piece) for arg, piece in zip(value.args, pieces, strict=True)]
    return template(writer.names, spelled, tensors if len(tensors) > 1 else pieces)


def _over_axes(writer: Writer, value: Value, piece: Piece, spelled: str, axes: Sequence[int]) -> Piece:
    everything = len(axes) == value.args[0].ndim
    if everything and spelled in ("torch.prod", "helpers.norm"):
        return called(writer.names.of(spelled), piece.text)
    if len(axes) == 1:
        return called(writer.names.of(spelled), piece.text, dim=axes[0])
    if value.params[0].name in ("max", "min", "logsumexp", "norms", "centred", "products_of_others"):
        return called(writer.names.of(spelled), piece.text, dim=tuple_text(axes))
    raise WrtError(f"PyTorch has no {value.params[0].name} over several axes")


def _plain_or(name: str) -> Spelling:
    """As for numbers where there is no tensor, else as NumPy spells it."""

    def spell(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
        return (scalars.SPELLINGS if is_plain(value) else ARRAYS)[name](writer, value, pieces)

    return spell


def _where(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    (count,) = value.params
    pieces = [*pieces[:count], *map(scalars.as_float, pieces[count:])]
    if writer.like and all(map(is_plain, value.args[count:])):
        pieces[count] = called(f"{writer.like}.new_tensor", pieces[count].text)
    return ARRAYS["where"](writer, value, pieces)


def _reduced(name: str) -> Spelling:
    def spell(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
        axes = value.params
        everything = len(axes) == value.args[0].ndim
        dim = None if everything else axes[0] if len(axes) == 1 else tuple_text(axes)
        return called(writer.array(name), pieces[0].text, dim=dim)

    return spell


def _vdot(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    if value.args[0].ndim == 1:
        return ARRAYS["vdot"](writer, value, pieces)
    return called(writer.array("sum"), " * ".join(within(piece, ATOM) for piece in pieces))


def _transpose(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    if value.ndim == 2:
        return ARRAYS["transpose"](writer, value, pieces)
    return called(writer.array("permute"), pieces[0].text, tuple_text(value.params))


def _flip(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    return called(writer.array("flip"), pieces[0].text, tuple_text(value.params))


def _slice(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    axis, stride, *_ = value.params
    if stride > 0:
        return ARRAYS["slice"](writer, value, pieces)
    return called(writer.array("flip"), pieces[0].text, tuple_text((axis,)))


def _pad(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    (axis,) = value.params
    widths = ["0", "0"] * (value.ndim - 1 - axis) + [pieces[1].text, pieces[2].text]
    return called(writer.names.of("torch.nn.functional.pad"), pieces[0].text, tuple_text(widths))


def _tensordot(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    left, right = zip(*value.params, strict=True)
    dims = tuple_text([list(left), list(right)])
    return called(writer.array("tensordot"), pieces[0].text, pieces[1].text, dims=dims)


def _band(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    rows, columns, offset = (piece.text for piece in pieces)
    stop = rows if offset == "0" else f"{offset} + {rows}"
    eye = called(writer.array("eye"), columns)
    return _like(writer, subscript(eye, f"{'' if offset == '0' else offset}:{stop}"))


def _unit(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    eye = called(writer.array("eye"), pieces[0].text)
    return _like(writer, subscript(eye, whole(value.args[1], pieces[1])))


def _full(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    sizes = tuple_text([piece.text for piece in pieces[1:]])
    filling = pieces[0]
    if not is_plain(value.args[0]):
        return Piece(f"{within(filling, ATOM)}.expand({sizes})", ATOM)
    number = scalars.as_float(filling).text
    return called(f"{writer.like}.new_full" if writer.like else writer.array("full"), sizes, number)


def _triangle(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    ones = called(writer.array("ones"), pieces[0].text, pieces[0].text)
    return _like(writer, called(writer.array("tril"), ones.text))


SPELLINGS: Mapping[str, Spelling] = {
    **ARRAYS,
    "named": lambda writer, value, pieces: scalars.SPELLINGS["named"](writer, value, pieces),
    "power": _plain_or("power"),
    "call": _call,
    "where": _where,
    "vdot": _vdot,
    "tensordot": _tensordot,
    "transpose": _transpose,
    "slice": _slice,
    "flip": _flip,
    "pad": _pad,
    "cumsum": lambda writer, value, pieces: called(writer.array("cumsum"), pieces[0].text, dim=value.params[0]),
    "total": _reduced("sum"),
    "mean": _reduced("mean"),
    "diagonal": lambda writer, value, pieces: called(
        writer.array("diagonal"), pieces[0].text, dim1=value.params[0], dim2=value.params[1]
    ),
    "eye": lambda writer, value, pieces: _like(writer, called(writer.array("eye"), pieces[0].text)),
    "band": _band,
    "triangle": _triangle,
    "unit": _unit,
    "full": _full,
}

TORCH = Engine(
    name="torch", module="torch", abbreviations={"torch": "torch", "math": "math"}, spell=SPELLINGS, integrates=False
)
