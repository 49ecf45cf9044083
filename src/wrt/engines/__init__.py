"""Ways out for machines: readable source that a person would commit, and a callable made from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from wrt.engines.compiled import Compiled, assemble
from wrt.engines.engine import Engine
from wrt.engines.source import Source, write
from wrt.errors import WrtError
from wrt.expr.node import Expr, Symbol

__all__ = ["ENGINES", "Compiled", "compile", "source"]

ENGINES = ("numpy", "scalar", "jax", "torch")
PRECISIONS = ("float32", "float64")


def source(
    exprs: Expr | Sequence[Expr],
    engine: str = "numpy",
    name: str = "f",
    *,
    variables: Iterable[Symbol] = (),
    stable: bool = True,
) -> str:
    """Python source of a function that computes one expression or several, common parts once.

    Its arguments are the variables in declared order, then `variables`, then as they are met. With `stable=False` it is
    the literal program: nothing is rewritten to keep digits, and no branch is guarded. Raises WrtError for an engine
    that is not there, and for what the engine cannot compute.

    >>> from wrt.expr.build import symbol
    >>> from wrt import functions
    >>> x = symbol("x")
    >>> print(source(functions.log(1 + functions.exp(-x))))
    import numpy as np
    <BLANKLINE>
    <BLANKLINE>
    def f(x):
        \"\"\"log(1 + exp(-x))\"\"\"
        return np.logaddexp(0, -x)
    <BLANKLINE>
    """
    return _written(exprs, _engine(engine, stable), name, variables).text


def compile(  # noqa: A001 - the word for it
    exprs: Expr | Sequence[Expr],
    engine: str = "numpy",
    name: str = "f",
    *,
    variables: Iterable[Symbol] = (),
    stable: bool = True,
    dtype: str | None = None,
) -> Compiled:
    """A function that computes one expression or several; of several, a tuple.

    It takes arrays by name or in declared order, and checks their shapes. Integers become floats; where all arrays are
    of single precision, so is the result. With `dtype="float32"` (or "float64") arguments are taken to that precision
    and nothing is computed in another. With `stable=False` it is the literal program. Raises WrtError for an engine or
    a precision that is not there, and for what the engine cannot compute.

    >>> from wrt.expr.build import symbol
    >>> n = symbol("n", facts=["dimension"])
    >>> x = symbol("x", (n,))
    >>> compile(x @ x)([3, 4])
    25.0
    """
    chosen = _engine(engine, stable, dtype)
    return assemble(_written(exprs, chosen, name, variables), chosen, [exprs] if isinstance(exprs, Expr) else exprs)


def _written(exprs: Expr | Sequence[Expr], engine: Engine, name: str, variables: Iterable[Symbol]) -> Source:
    if isinstance(exprs, Expr):
        return write([exprs], engine, name, variables)
    if not exprs:
        raise WrtError("there is no expression to compute")
    return write(list(exprs), engine, name, variables, several=True)


def _engine(name: str, stable: bool = True, dtype: str | None = None) -> Engine:
    from wrt.engines import arrays, scalars, torches
    from wrt.engines.single import in_single

    if dtype not in (None, *PRECISIONS):
        raise WrtError(f"there is no precision {dtype!r}", hint=f"dtype is one of {', '.join(PRECISIONS)}")
    for engine in (arrays.NUMPY, scalars.SCALAR, arrays.JAX, torches.TORCH):
        if engine.name == name:
            if engine.lazy and dtype == "float32":
                raise WrtError(f"the engine {name} computes in double precision", hint='use engine="numpy"')
            chosen = replace(engine, stable=stable, dtype=dtype)
            return in_single(chosen) if dtype == "float32" and engine.module == "numpy" else chosen
    raise WrtError(f"there is no engine {name!r} here", hint=f"the engines are {', '.join(ENGINES)}")
