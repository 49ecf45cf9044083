"""From arrays to variables: the shapes that data declare, and the sizes that dimensions have there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wrt.data.files import DataError
from wrt.expr.node import Constant, Symbol, number
from wrt.expr.walk import substitute

if TYPE_CHECKING:
    from wrt.data.files import Array
    from wrt.expr.node import Expr, Shape

_DIMENSIONS = ("n", "d", "k", "m", "p", "q", "r", "s")  # names for sizes, in the order in which they are met


def declarations(
    arrays: Mapping[str, Array], declared: Mapping[str, str], taken: Collection[str] = ()
) -> Iterator[dict[str, str]]:
    """Shapes for `arrays` in named dimensions, beside those the user `declared`: the likeliest first.

    Axes of one size may be one dimension or happen to be equally long, and only the formula can tell. So first only
    like axes share a name (the rows of X and of y), then all axes of one size, then those of size 1 broadcast besides.
    `taken` are the names that mean something else.

    >>> import numpy as np
    >>> next(declarations({"y": np.zeros(442), "X": np.zeros((442, 10))}, {}))
    {'X': 'n d', 'y': 'n'}
    >>> next(declarations({"y": np.zeros(442), "X": np.zeros((442, 10))}, {"y": "rows"}))
    {'X': 'rows n'}
    >>> [each["S"] for each in declarations({"S": np.zeros((2, 2))}, {})]
    ['n d', 'n n']
    """
    found: list[dict[str, str]] = []
    for strict, ones in ((True, False), (False, False), (False, True)):
        shapes = _declared(arrays, declared, taken, strict, ones)
        if shapes not in found:
            found.append(shapes)
            yield shapes


def _declared(
    arrays: Mapping[str, Array], declared: Mapping[str, str], taken: Collection[str], strict: bool, ones: bool
) -> dict[str, str]:
    """Shapes in which axes of one size share a name: all of them, or (`strict`) only those of different arrays.

    An axis takes the name of one in the same place, if there is one. With `ones`, a size of 1 is written as such.
    """
    sizes: dict[int, dict[str, int]] = {}  # for each size the names it has, and the axis where each was met
    for name, array in arrays.items():
        dimensions = dimensions_of(declared[name]) if name in declared else []
        for axis, (dimension, size) in enumerate(zip(dimensions, array.shape, strict=False)):
            if dimension.isidentifier():
                sizes.setdefault(size, {}).setdefault(dimension, axis)
    used = {*taken, *arrays, *(name for names in sizes.values() for name in names)}
    fresh = (name for name in (*_DIMENSIONS, *(f"n{i}" for i in range(1, 1000))) if name not in used)

    def shape_of(array: Array) -> list[str]:
        shape: list[str] = []
        for axis, size in enumerate(array.shape):
            known = sizes.setdefault(size, {})
            free = [name for name in known if not (strict and name in shape)]
            if ones and size == 1:
                shape.append("1")
                continue
            if not free:
                free = [next(fresh)]
                known[free[0]] = axis
            shape.append(min(free, key=lambda name: known[name] != axis))
        return shape

    missing = sorted((name for name in arrays if name not in declared), key=lambda name: -arrays[name].ndim)
    return {name: " ".join(shape_of(arrays[name])) for name in missing}


def dimensions_of(declaration: str) -> list[str]:
    """The dimensions in a shape declaration, without its facts.

    >>> dimensions_of("n n, symmetric")
    ['n', 'n']
    """
    return declaration.partition(",")[0].split()


@dataclass(frozen=True)
class Binding:
    """Arrays for variables, in their full shapes, and the size that each dimension has there."""

    values: dict[str, Array]
    dimensions: dict[str, int]


def bind(shapes: Mapping[str, Shape], arrays: Mapping[str, Array], given: Mapping[str, Array]) -> Binding:
    """Give values to variables: `arrays` from a file, and those `given` by hand, of which a number fills any shape.

    A number given to a name that is no variable is the size of a dimension. Raises DataError where a rank or a size
    does not fit, or where the size that a number should fill is not known.

    >>> import numpy as np
    >>> from wrt.expr.node import symbol
    >>> n, d = symbol("n", facts=["dimension"]), symbol("d", facts=["dimension"])
    >>> bound = bind({"X": (n, d), "w": (d,)}, {"X": np.ones((4, 2))}, {"w": np.zeros(())})
    >>> bound.dimensions, bound.values["w"].tolist()
    ({'n': 4, 'd': 2}, [0.0, 0.0])
    """
    import numpy as np

    sizes = {name: _whole(name, value) for name, value in given.items() if name not in shapes}
    origins = dict.fromkeys(sizes, "--at")
    values = {**arrays, **given}
    fixed = [name for name in values if name in shapes and (name in arrays or values[name].ndim)]
    for name in fixed:
        if values[name].ndim != len(shapes[name]):
            raise DataError(
                f"{name} has shape {_product(shapes[name])}, and its value {_product(values[name].shape)}",
                hint=f"""declare the shape that it has, as in --shape {name}="n d\"""",
            )
    for name in fixed:
        for dimension, size in zip(shapes[name], values[name].shape, strict=True):
            if isinstance(dimension, Symbol) and sizes.setdefault(dimension.name, size) == size:
                origins.setdefault(dimension.name, name)
    for name in fixed:
        for dimension, size in zip(shapes[name], values[name].shape, strict=True):
            expected = _size(dimension, sizes)
            if expected != size:
                where = f" in {origins[str(dimension)]}" if str(dimension) in origins else ""
                why = "" if isinstance(dimension, Constant) else f": {dimension} is {expected}{where}"
                raise DataError(
                    f"{name} has shape {_product(shapes[name])}, and its value {_product(values[name].shape)}{why}"
                )

    def filled(name: str) -> Array:
        shape = [_size(dimension, sizes) for dimension in shapes[name]]
        unknown = next((dimension for dimension, size in zip(shapes[name], shape, strict=True) if size is None), None)
        if unknown is not None:
            example = "[1,2,3]" if len(shape) == 1 else "[[1,2],[3,4]]"
            raise DataError(
                f"how many entries {name} has is not known: its shape is {_product(shapes[name])}",
                hint=f"give a size, as in --at {unknown}=3, or all entries, as in --at {name}={example}",
            )
        return np.full([size for size in shape if size is not None], values[name])

    bound = {name: values[name] if name in fixed else filled(name) for name in values if name in shapes}
    return Binding(bound, sizes)


def _whole(name: str, value: Array) -> int:
    """The size that a value gives to a dimension."""
    if value.ndim or value != int(value) or value < 1:
        raise DataError(f"{name} is a dimension: its value is a whole number from 1 on")
    return int(value)


def _size(dimension: Expr, sizes: Mapping[str, int]) -> int | None:
    """The size of a dimension, which may be a sum or product of others; None if it is not known."""
    if any(symbol.name not in sizes for symbol in dimension.free):
        return None
    result = substitute(dimension, {symbol: number(sizes[symbol.name]) for symbol in dimension.free})
    return int(result.value) if isinstance(result, Constant) else None


def _product(shape: Iterable[object]) -> str:
    return "×".join(map(str, shape)) or "scalar"
