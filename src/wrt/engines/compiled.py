"""A callable made of source: arguments by name or in order, shapes checked, values of the precision that came in."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from wrt.engines.rows import LARGE, RowFunction, row_sums
from wrt.engines.source import Source
from wrt.errors import DomainError, ShapeError, WrtError
from wrt.expr.build import number
from wrt.expr.node import Constant, Expr, Shape, Symbol
from wrt.expr.shape import shape_text
from wrt.expr.walk import substitute

if TYPE_CHECKING:
    from wrt.engines.engine import Engine

Sizes: TypeAlias = "dict[Symbol, tuple[int, str]]"  # what each dimension is, and which variable said so


class Compiled(Protocol):
    """A function of arrays or of numbers: `source` is its text, `arguments` are the names of its variables in order."""

    source: str
    arguments: tuple[str, ...]

    def __call__(self, *args: Any, **named: Any) -> Any:
        """The value, or the tuple of values."""


def assemble(source: Source, engine: Engine, outputs: Sequence[Expr]) -> Compiled:
    """The callable of a source that an engine wrote for some expressions."""
    if engine.lazy:
        return _of_numbers(source)
    return ArrayFunction(source, engine, outputs) if engine.module == "numpy" else LibraryFunction(source, engine)


def _run(text: str, name: str, namespace: dict[str, Any]) -> Any:
    """The function that a text defines."""
    code = compile(text, f"<wrt {name}>", "exec")
    exec(code, namespace)  # noqa: S102 - source that the engine itself has just written, never a user's text
    return namespace[name]


def _signature(source: Source) -> str:
    return f"{source.name}({', '.join(symbol.name for symbol in source.arguments)})"


# Functions of numbers are their source, inside a handler that costs nothing until something is wrong.

_MISSING: Any = object()
_FAILURES = (ValueError, ZeroDivisionError, OverflowError, TypeError)
_HANDLED = """\
{imports}
def {name}({parameters}):
    try:
        if _more or _unknown:
            raise TypeError
{body}
    except _failures as error:
        raise _explained(error, [{values}], _more, _unknown) from error
"""


def _of_numbers(source: Source) -> Compiled:
    """The function of numbers of a source."""
    text = _HANDLED.format(
        imports="\n".join((*source.imports, *source.helpers)),
        name=source.name,
        parameters=", ".join([*(f"{each}=_missing" for each in source.parameters), "*_more", "**_unknown"]),
        body="\n".join(f"    {line}" for line in source.body),
        values=", ".join(source.parameters),
    )
    namespace = {"_missing": _MISSING, "_failures": _FAILURES, "_explained": _explanation(source)}
    function = _run(text, source.name, namespace)
    names = tuple(symbol.name for symbol in source.arguments)
    if names != source.parameters:
        function = _renaming(function, dict(zip(names, source.parameters, strict=True)))
    function.source = source.text
    function.arguments = names
    return function  # type: ignore[no-any-return]


def _renaming(function: Callable[..., Any], parameters: Mapping[str, str]) -> Any:
    """The function with arguments under names that Python does not take for names."""

    @wraps(function)
    def renamed(*args: Any, **named: Any) -> Any:
        return function(*args, **{parameters.get(name, f"{name} "): value for name, value in named.items()})

    return renamed


def _explanation(source: Source) -> Callable[..., WrtError]:
    """What to say when a function of numbers fails."""
    names = [symbol.name for symbol in source.arguments]

    def explained(error: Exception, values: list[Any], more: tuple[Any, ...], unknown: dict[str, Any]) -> WrtError:
        missing = [name for name, value in zip(names, values, strict=True) if value is _MISSING]
        if more:
            return WrtError(f"{_signature(source)} takes {len(names)} arguments, not {len(names) + len(more)}")
        if unknown:
            return WrtError(f"{_signature(source)} has no argument {', '.join(map(str.strip, unknown))}")
        if missing:
            return WrtError(f"{_signature(source)} needs {', '.join(missing)}")
        if isinstance(error, TypeError) or any(getattr(value, "ndim", 0) for value in values):
            return WrtError(f"{_signature(source)} takes numbers: {error}")
        point = ", ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True))
        return DomainError(f"{source.name} has no value at {point or 'any point'}: {error}")

    return explained


class Argument(NamedTuple):
    """What an argument must be."""

    name: str
    shape: Shape
    is_size: bool


class ShapedFunction:
    """A function whose arguments have shapes."""

    def __init__(self, source: Source) -> None:
        self.source = source.text
        self.arguments = tuple(symbol.name for symbol in source.arguments)
        self._names = frozenset(self.arguments)
        self.__name__ = source.name
        self._signature = _signature(source)
        self._several = source.several
        self._expected = [Argument(each.name, each.shape, "dimension" in each.facts) for each in source.arguments]
        self._function = _run(source.text, source.name, {})

    def __repr__(self) -> str:
        return f"<compiled {self._signature}>"

    def _bound(self, args: Sequence[Any], named: Mapping[str, Any]) -> Sequence[Any]:
        """The arguments in order."""
        if not args and named.keys() == self._names:
            return [named[name] for name in self.arguments]
        if len(args) > len(self.arguments):
            raise WrtError(f"{self._signature} takes {len(self.arguments)} arguments, not {len(args)}")
        unknown = [name for name in named if name not in self.arguments]
        if unknown:
            raise WrtError(f"{self._signature} has no argument {', '.join(unknown)}")
        rest = self.arguments[len(args) :]
        twice = [name for name in named if name not in rest]
        if twice:
            raise WrtError(f"{self._signature} is given {', '.join(twice)} twice")
        missing = [name for name in rest if name not in named]
        if missing:
            raise WrtError(f"{self._signature} needs {', '.join(missing)}")
        return [*args, *(named[name] for name in rest)]

    def _fits(self, argument: Argument, got: Sequence[int], sizes: Sizes) -> None:
        """Check a shape against the one declared, and the sizes that others have told."""
        name, shape, _ = argument
        if len(got) != len(shape):
            raise ShapeError(f"{name} has shape {_product(got)}, expected {shape_text(shape)}")
        for size, axis in zip(shape, got, strict=True):
            known = sizes.get(size)  # type: ignore[call-overload]
            if known is None:
                if isinstance(size, Symbol):
                    sizes[size] = axis, name
                    continue
                known = _computed(size, sizes)
            if known is not None and known[0] != axis:
                why = "" if isinstance(size, Constant) else f": {size} is {known[0]}{known[1] and f' in {known[1]}'}"
                raise ShapeError(f"{name} has shape {_product(got)}, expected {shape_text(shape)}{why}")


class ArrayFunction(ShapedFunction):
    """A function of NumPy's arrays: its source, or for large data blocks of rows where that gives the same."""

    def __init__(self, source: Source, engine: Engine, outputs: Sequence[Expr]) -> None:
        import numpy

        super().__init__(source)
        self._engine = engine
        self._outputs = outputs
        self._np = numpy
        self._double = numpy.dtype(numpy.float64)
        self._fixed = None if engine.dtype is None else numpy.dtype(engine.dtype)
        self._arrays = (numpy.ndarray, numpy.generic)
        self._takes_sizes = any(argument.is_size for argument in self._expected)
        self._accepted: tuple[Any, Sizes] = None, {}  # what the last call looked like, and the sizes that it told

    def __call__(self, *args: Any, **named: Any) -> Any:
        """The value at these arrays, an array of its own or a float; a tuple of values of several expressions.

        Raises ShapeError for shapes that do not fit, WrtError for arguments that are missing, unknown or no arrays,
        DomainError where a matrix to be inverted is singular, an index lies beyond the end or a mean is of nothing.
        """
        given = args if not named and len(args) == len(self.arguments) else self._bound(args, named)
        precision = self._double
        arrays, look = self._quick(given)
        accepted, sizes = self._accepted
        if look is None or look != accepted:
            precision, sizes = self._precision(given), {}
            arrays = [
                self._checked(argument, value, precision, sizes)
                for argument, value in zip(self._expected, given, strict=True)
            ]
            self._accepted = look, sizes
        try:
            result = self._of_nothing(arrays, sizes) if _is_empty(sizes) else self._values(arrays, sizes)
        except (IndexError, self._np.linalg.LinAlgError) as error:
            raise DomainError(f"{self._signature} has no value here: {str(error).lower()}") from error
        if self._several:
            return tuple(self._finished(each, arrays, precision) for each in result)
        return self._finished(result, arrays, precision)

    def _quick(self, given: Sequence[Any]) -> tuple[list[Any], list[Any] | None]:
        """The arguments where nothing need be converted, and what they look like: shapes, and `float` for numbers."""
        array, double, as_double = self._np.ndarray, self._double, self._np.float64
        arrays: list[Any] = []
        look: list[Any] = []
        if self._takes_sizes or self._fixed is not None:
            return arrays, None
        for value in given:
            kind = type(value)
            if kind is array and value.dtype is double and value.shape:
                look.append(value.shape)
                arrays.append(value)
            elif kind is float:
                look.append(float)
                arrays.append(as_double(value))
            else:
                return arrays, None
        return arrays, look

    def _of_nothing(self, arrays: Sequence[Any], sizes: Sizes) -> Any:
        """The values at arrays of which some have no entries, where these have a mean, a largest one and the like."""
        empty = ", ".join(f"{size} = 0" for size, (axis, _) in sizes.items() if not axis)
        nothing = DomainError(f"{self._signature} has no value for {empty}")
        try:
            with warnings.catch_warnings(), self._np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                result = self._values(arrays, sizes)
        except (ZeroDivisionError, ValueError, IndexError) as error:
            raise nothing from error
        if any(self._np.isnan(each).any() for each in (result if self._several else (result,))):
            raise nothing
        return result

    def _values(self, arrays: Sequence[Any], sizes: Sizes) -> Any:
        """The values at arrays that fit."""
        large = any(getattr(array, "nbytes", 0) > LARGE for array in arrays)
        if not large or self._by_rows is None:
            return self._function(*arrays)
        known = {size.name: axis for size, (axis, _) in sizes.items()}
        found = self._by_rows(dict(zip(self.arguments, arrays, strict=True)), known)
        return found if self._several else found[0]

    @cached_property
    def _by_rows(self) -> RowFunction | None:
        """The function in blocks of rows, where it is a sum over them; found when it is first needed."""
        found = row_sums(self._outputs)
        if found is None:
            return None
        return RowFunction(found, self._engine, lambda source: _run(source.text, source.name, {}))

    def _precision(self, given: Sequence[Any]) -> Any:
        """What was asked for; else single where all arrays of floats are, else double."""
        if self._fixed is not None:
            return self._fixed
        np, single = self._np, False
        for value in given:
            if isinstance(value, self._arrays):
                kind = value.dtype
                if kind is self._double and value.ndim:
                    return kind
                if kind.kind == "f" and kind.itemsize <= 4:
                    single = True
                elif kind.kind == "f" and value.ndim:
                    return self._double
        return np.dtype(np.float32) if single else self._double

    def _checked(self, argument: Argument, value: Any, precision: Any, sizes: Sizes) -> Any:
        """An argument as an array of the precision, if its shape fits."""
        name, shape, is_size = argument
        if is_size:
            return _whole(name, value)
        if not shape and type(value) is float:
            return precision.type(value)
        if isinstance(value, self._arrays) and value.dtype.kind == "c":
            raise WrtError(f"{name} is complex", hint="give real and imaginary parts on their own")
        try:
            array = self._np.asarray(value, dtype=precision)
        except (TypeError, ValueError) as error:
            raise WrtError(f"{name} is not an array of real numbers: {error}") from error
        if value is None:
            raise WrtError(f"{name} is None, not an array")
        self._fits(argument, array.shape, sizes)
        return array if shape else array[()]

    def _finished(self, result: Any, arrays: Sequence[Any], precision: Any) -> Any:
        """A result as a float, or as an array that shares its memory with no other."""
        array = self._np.asarray(result, dtype=precision)
        if not array.ndim:
            return float(array)
        if array.base is not None or id(array) in map(id, arrays):
            return array.copy()
        return array


def _is_empty(sizes: Sizes) -> bool:
    return any(not axis for axis, _ in sizes.values())


def _whole(name: str, value: Any) -> int:
    """A dimension that is given as a number."""
    if isinstance(value, str) or not hasattr(value, "__float__") or value != int(value) or value < 0:
        raise WrtError(f"{name} is a dimension: a whole number, not {value!r}")
    return int(value)


class LibraryFunction(ShapedFunction):
    """A function of another library's arrays, which may be traced: they come and go as they are."""

    def __init__(self, source: Source, engine: Engine) -> None:
        try:
            super().__init__(source)
        except ImportError as error:
            raise WrtError(f"{engine.name} is not installed", hint=f"pip install 'wrt[{engine.name}]'") from error
        self._as_array = _CONVERSIONS[engine.name](engine.dtype)

    def __call__(self, *args: Any, **named: Any) -> Any:
        """The value at these arrays. Raises ShapeError for shapes that do not fit, WrtError for wrong arguments."""
        sizes: Sizes = {}
        arrays = []
        for argument, value in zip(self._expected, self._bound(args, named), strict=True):
            if argument.is_size:
                arrays.append(_whole(argument.name, value))
                continue
            try:
                array = self._as_array(value)
            except (TypeError, ValueError, RuntimeError) as error:
                raise WrtError(f"{argument.name} is not an array of real numbers: {error}") from error
            self._fits(argument, array.shape, sizes)
            arrays.append(array)
        return self._function(*arrays)


def _from_jax(dtype: str | None) -> Callable[[Any], Any]:
    numpy: Any = import_module("jax.numpy")

    def convert(value: Any) -> Any:
        array = numpy.asarray(value, dtype=dtype)
        return array if array.dtype.kind == "f" else array.astype(float)

    return convert


def _from_torch(dtype: str | None) -> Callable[[Any], Any]:
    torch: Any = import_module("torch")

    def convert(value: Any) -> Any:
        if dtype is not None:
            return torch.as_tensor(value, dtype=getattr(torch, dtype))
        tensor = value if isinstance(value, torch.Tensor) else torch.as_tensor(value, dtype=torch.float64)
        return tensor if tensor.is_floating_point() else tensor.to(torch.float64)

    return convert


_CONVERSIONS: Mapping[str, Callable[[str | None], Callable[[Any], Any]]] = {"jax": _from_jax, "torch": _from_torch}


def _product(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) or "scalar"


def _computed(size: Expr, sizes: Sizes) -> tuple[int, str] | None:
    """A dimension that is a number, or is computed from others, if these are known."""
    if any(symbol not in sizes for symbol in size.free):
        return None
    result = substitute(size, {symbol: number(sizes[symbol][0]) for symbol in size.free}) if size.free else size
    return (int(result.value), "") if isinstance(result, Constant) else None
