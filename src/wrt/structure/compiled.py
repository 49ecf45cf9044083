"""Callables that give the structure of a derivative: its parts, a SciPy sparse array, or a linear operator."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from wrt.engines import compile as compile_
from wrt.expr.node import ZERO, Constant, Expr, Formula, Shape, Symbol
from wrt.structure.kinds import Sum
from wrt.structure.structure import Structure


class _Function:
    """A function of the variables of a formula; `arguments` are their names in order, `source` computes its parts."""

    def __init__(self, parts: Sequence[Expr], like: Formula, shape: Shape) -> None:
        outputs = [*parts, *(size for size in shape if not isinstance(size, Constant))] or [ZERO]
        named = [Formula(each, like.names, like.arguments, symbols=like.symbols) for each in outputs]
        self._shape = shape
        self._count = len(parts)
        self._compiled = compile_(named)
        self.arguments = self._compiled.arguments
        self.source = self._compiled.source

    def _computed(self, args: tuple[Any, ...], named: dict[str, Any]) -> tuple[list[Any], tuple[int, ...]]:
        """The values of the parts, and the sizes of the axes."""
        import numpy as np

        values = list(self._compiled(*args, **named))
        told = iter(values[self._count :])
        sizes = tuple(int(size.value if isinstance(size, Constant) else next(told)) for size in self._shape)
        return [np.asarray(value) for value in values[: self._count]], sizes


class Parts(_Function):
    """The values of a structure's parts: one array, or a tuple of them; of a sum, a tuple with those of each term."""

    def __init__(self, structure: Structure) -> None:
        super().__init__(structure.form.parts, structure.formula, ())
        self._form = structure.form

    def __call__(self, *args: Any, **named: Any) -> Any:
        values, _ = self._computed(args, named)
        if isinstance(self._form, Sum):
            return tuple(_one_or_all(own) for own in self._form.shared(values))
        return _one_or_all(values)


def _one_or_all(values: Sequence[Any]) -> Any:
    return values[0] if len(values) == 1 else tuple(values)


class Sparse(_Function):
    """A structure as a sparse matrix: rows and columns are numbered in row-major order."""

    def __init__(self, structure: Structure) -> None:
        super().__init__(structure.form.parts, structure.formula, structure.form.view.shape)
        self._form = structure.form

    def __call__(self, *args: Any, **named: Any) -> Any:
        from scipy.sparse import coo_array

        values, sizes = self._computed(args, named)
        entries, rows, columns = self._form.entries(values, sizes)
        cut = len(self._form.view.rows)
        return coo_array((entries, (rows, columns)), shape=(prod(sizes[:cut]), prod(sizes[cut:]))).tocsr()


class Expanded(_Function):
    """A structure as the dense array that it stands for."""

    def __init__(self, structure: Structure) -> None:
        super().__init__(structure.form.parts, structure.formula, structure.form.view.shape)
        self._form = structure.form

    def __call__(self, *args: Any, **named: Any) -> Any:
        import numpy as np

        values, sizes = self._computed(args, named)
        array = np.zeros(sizes)
        self._form.fill(array, values, sizes)
        return array


class Operator(_Function):
    """A linear map as SciPy's LinearOperator, from formulas for its products with a direction and with a weight."""

    def __init__(self, structure: Structure, forward: tuple[Expr, Symbol], backward: tuple[Expr, Symbol]) -> None:
        super().__init__((), structure.formula, structure.form.view.shape)
        like = structure.formula
        self._cut = len(structure.form.view.rows)
        self._products = [
            (
                compile_(Formula(product, like.names, like.arguments, symbols=like.symbols), variables=[moved]),
                moved.name,
            )
            for product, moved in (forward, backward)
        ]
        self.arguments = tuple(name for name in self._products[0][0].arguments if name != forward[1].name)
        self.source = self._products[0][0].source

    def __call__(self, *args: Any, **named: Any) -> Any:
        from scipy.sparse.linalg import LinearOperator

        _, sizes = self._computed(args, named)
        given = {**dict(zip(self.arguments, args, strict=False)), **named}
        rows, columns = sizes[: self._cut], sizes[self._cut :]

        def times(which: int, into: tuple[int, ...], vector: Any) -> Any:
            import numpy as np

            product, name = self._products[which]
            return np.reshape(product(**given, **{name: np.reshape(vector, into)}), -1)

        return LinearOperator(
            (prod(rows), prod(columns)),
            matvec=lambda vector: times(0, columns, vector),
            rmatvec=lambda vector: times(1, rows, vector),
            dtype=float,
        )
