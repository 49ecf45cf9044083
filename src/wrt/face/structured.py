"""The structure of a result, and the callables that make use of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from wrt.derive.products import hvp, jvp, new_symbol, vjp
from wrt.errors import WrtError
from wrt.expr.build import contract
from wrt.expr.node import Expr, Symbol
from wrt.structure import Structure, structure_of
from wrt.structure.compiled import Operator, Parts, Sparse

if TYPE_CHECKING:
    from wrt.face.result import Result


def structure(result: Result) -> Structure:
    """The structure of a result, seen as a map from its variable."""
    cut = len(result.shape) - result.variable.ndim
    if _is_gradient_matrix(result):
        cut = 1
    return structure_of(result.expr, result.shape[:cut], result.shape[cut:])


def _is_gradient_matrix(result: Result) -> bool:
    return result.order == 1 and not result.input.shape and result.variable.ndim == 2


def compiled(result: Result, engine: str, form: str) -> Any:
    """A callable that gives a result in a form; raises WrtError for a form or an engine that has none."""
    if form not in FORMS:
        raise WrtError(f"form={form!r}: the forms are dense, {', '.join(FORMS)}")
    if engine != "numpy":
        raise WrtError(f"the engine {engine} gives dense arrays only", hint='use engine="numpy"')
    return FORMS[form](result)


def _operator(result: Result) -> Operator:
    """The products with a result, derived without it."""
    view = result.structure.form.view
    taken = [result.expr, *result.expr.symbols.values()]
    v, u = new_symbol("v", view.columns, taken), new_symbol("u", view.rows, taken)
    forward, backward = _products(result, v, u)
    return Operator(result.structure, (forward, v), (backward, u))


def _products(result: Result, v: Symbol, u: Symbol) -> tuple[Expr, Expr]:
    x = result.variable
    if _is_gradient_matrix(result):
        node, size = result.expr.node, result.shape
        return contract([node, v], [(0, 1), (1,)], (0,), size), contract([node, u], [(0, 1), (0,)], (1,), size)
    if result.order == 2 and not result.input.shape:
        f = result.input.node
        return hvp(f, {x: v})[x].expr, hvp(f, {x: u})[x].expr
    done = result.derivation.passes[-1]
    (bare,) = done.results.keys() & done.tape.variables
    facts: Mapping[Expr, Expr] = {bare: x}
    return jvp(done.tape.root, {bare: v}, facts).expr, vjp(done.tape.root, [bare], u, facts)[bare].expr


FORMS: Final[Mapping[str, Callable[[Result], Any]]] = {
    "structure": lambda result: Parts(result.structure),
    "sparse": lambda result: Sparse(result.structure),
    "operator": _operator,
}
