"""A callable made of source: arguments by name or in order, shapes checked, values of the precision that came in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wrt.engines.source import Source
from wrt.errors import DomainError, ShapeError, WrtError
from wrt.expr.build import number
from wrt.expr.node import Constant, Expr, Shape, Symbol
from wrt.expr.shape import shape_text
from wrt.expr.walk import substitute

if TYPE_CHECKING:
    from wrt.engines.engine import Engine

    Sizes = dict[Symbol, tuple[int, str]]  # what each dimension is, and which variable said so


class Compiled:
    """A function of arrays or of numbers: `source` is its text, `arguments` are the names of its variables in order."""

    __slots__ = ("__name__", "_function", "_outputs", "_single", "_symbols", "arguments", "source")

    def __init__(self, source: Source, function: Callable[..., Any], single: bool) -> None:
        self.__name__ = source.name
        self.source = source.text
        self.arguments = tuple(symbol.name for symbol in source.arguments)
        self._symbols = source.arguments
        self._outputs = source.outputs
        self._function = function
        self._single = single

    def __repr__(self) -> str:
        return f"<compiled {self.__name__}({', '.join(self.arguments)})>"

    def bound(self, args: Sequence[Any], named: Mapping[str, Any]) -> Sequence[Any]:
        """The arguments in order. Raises WrtError for those that are missing, unknown or given twice."""
        if not named and len(args) == len(self.arguments):
            return args
        signature = f"{self.__name__}({', '.join(self.arguments)})"
        if len(args) > len(self.arguments):
            raise WrtError(f"{signature} takes {len(self.arguments)} arguments, not {len(args)}")
        unknown = [name for name in named if name not in self.arguments]
        if unknown:
            raise WrtError(f"{signature} has no argument {', '.join(unknown)}")
        rest = self.arguments[len(args) :]
        twice = [name for name in named if name not in rest]
        if twice:
            raise WrtError(f"{signature} is given {', '.join(twice)} twice")
        missing = [name for name in rest if name not in named]
        if missing:
            raise WrtError(f"{signature} needs {', '.join(missing)}")
        return [*args, *(named[name] for name in rest)]


class CompiledScalar(Compiled):
    """A function of numbers."""

    __slots__ = ()

    def __call__(self, *args: Any, **named: Any) -> Any:
        """The value at these numbers. Raises DomainError where it is not defined."""
        try:
            return self._function(*(self.bound(args, named) if named or len(args) != len(self.arguments) else args))
        except (ValueError, ZeroDivisionError, OverflowError) as error:
            point = ", ".join(f"{name} = {value}" for name, value in zip(self.arguments, args, strict=False))
            raise DomainError(f"{self.__name__} has no value at {point or 'this point'}: {error}") from error


class CompiledArrays(Compiled):
    """A function of arrays."""

    __slots__ = ("_checks",)

    def __init__(self, source: Source, function: Callable[..., Any], single: bool) -> None:
        super().__init__(source, function, single)
        self._checks = [(symbol.name, symbol.shape, "dimension" in symbol.facts) for symbol in source.arguments]

    def __call__(self, *args: Any, **named: Any) -> Any:
        """The value at these arrays: an array of its own, or a float. Raises ShapeError for shapes that do not fit."""
        import numpy as np

        given = self.bound(args, named)
        precision = _precision(given, np)
        sizes: Sizes = {}
        arrays = [
            self.checked(*check, value, precision, sizes, np) for check, value in zip(self._checks, given, strict=True)
        ]
        results = self._function(*arrays)
        if self._single:
            return self.finished(results, arrays, precision, np)
        if len(self._outputs) == 1:
            results = (results,)
        return tuple(self.finished(result, arrays, precision, np) for result in results)

    def checked(self, name: str, shape: Shape, is_size: bool, value: Any, precision: Any, sizes: Sizes, np: Any) -> Any:
        """An argument as an array of the precision, if its shape fits."""
        if value is None:
            raise WrtError(f"{name} is None")
        if is_size:
            return int(value)
        try:
            array = np.asarray(value, dtype=precision)
        except (TypeError, ValueError) as error:
            raise WrtError(f"{name} is not an array of real numbers: {error}") from error
        if array.ndim != len(shape):
            raise ShapeError(f"{name} has shape {_got(array.shape)}, expected {shape_text(shape)}")
        for size, axis in zip(shape, array.shape, strict=True):
            if isinstance(size, Symbol):
                known, said_by = sizes.setdefault(size, (axis, name))
                if known != axis:
                    raise ShapeError(
                        f"{name} has shape {_got(array.shape)}, expected {shape_text(shape)}: "
                        f"{size.name} is {known} in {said_by}"
                    )
            else:
                expected = _size(size, sizes)
                if expected is not None and expected != axis:
                    raise ShapeError(
                        f"{name} has shape {_got(array.shape)}, expected {shape_text(shape)}"
                        + ("" if isinstance(size, Constant) else f": {size} is {expected}")
                    )
        return array if shape else array[()]

    def finished(self, result: Any, arrays: Sequence[Any], precision: Any, np: Any) -> Any:
        """The result as a float, or as an array that shares its memory with no other."""
        array = np.asarray(result, dtype=precision)
        if not array.ndim:
            return float(array)
        if array.base is not None or any(array is each for each in arrays):
            return array.copy()
        return array


def _precision(given: Sequence[Any], np: Any) -> Any:
    """Single where all arrays of floats are, else double. Raises WrtError for complex numbers."""
    kinds = {value.dtype for value in given if isinstance(value, np.ndarray) and value.ndim}
    kinds = kinds or {value.dtype for value in given if isinstance(value, np.generic | np.ndarray)}
    if any(kind.kind == "c" for kind in kinds):
        raise WrtError("complex numbers are not supported: give real and imaginary parts on their own")
    floats = {kind for kind in kinds if kind.kind == "f"}
    return np.float32 if floats and all(kind.itemsize <= 4 for kind in floats) else np.float64


def _got(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) or "scalar"


def _size(size: Expr, sizes: Sizes) -> int | None:
    """A dimension that is computed from others, if these are known."""
    if any(symbol not in sizes for symbol in size.free):
        return None
    result = substitute(size, {symbol: number(sizes[symbol][0]) for symbol in size.free}) if size.free else size
    return int(result.value) if isinstance(result, Constant) else None


def assemble(source: Source, engine: Engine, single: bool) -> Compiled:
    """The callable of a source that an engine wrote."""
    namespace: dict[str, Any] = {"__name__": f"wrt.engines.{engine.name}.{source.name}"}
    code = compile(source.text, f"<wrt {source.name}>", "exec")
    exec(code, namespace)  # noqa: S102 - source that the engine itself has just written, never a user's text
    function = namespace[source.name]
    return (CompiledScalar if engine.lazy else CompiledArrays)(source, function, single)
