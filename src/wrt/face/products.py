"""Products with Jacobians and Hessians, with directions as people give them: a new name, an expression, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias, overload

from wrt.derive import products
from wrt.derive.products import ProductDerivation, new_symbol
from wrt.errors import ShapeError, WrtError
from wrt.expr.coerce import as_expr
from wrt.expr.node import Expr, Formula, Shape, Symbol, symbol
from wrt.expr.shape import shape_text
from wrt.expr.walk import dimensions, substitute
from wrt.face.compute import is_word, variable_of
from wrt.face.result import Product
from wrt.notation import declaration, declarations
from wrt.read import read
from wrt.verify.certificate import Certificate
from wrt.verify.oracle import verify_derivative, verify_equal

Variables: TypeAlias = str | Expr | list[str] | list[Expr] | tuple[str | Expr, ...]
Direction: TypeAlias = object  # text, an expression or a number; None for a new name
Directions: TypeAlias = Direction | Mapping[str, Direction]


def jvp(
    f: object,
    variable: Variables,
    v: Directions = None,
    /,
    *,
    verify: bool = True,
    shapes: Mapping[str, object] | None = None,
    **declared: object,
) -> Product:
    """The Jacobian times a vector, J·v, of shape `f.shape`: what a step `v` of the variable does to `f`.

    `v` is a new name, which takes the variable's shape, or an expression of that shape; without it, the name is `v`
    (`V` for a matrix). Of several variables, `v` maps each to its direction, and what they do is added up. No Jacobian
    is formed. Raises ShapeError where a direction does not fit. Source: Griewank & Walther, Evaluating Derivatives,
    ch. 3.

    >>> import wrt
    >>> print(wrt.jvp("softmax(z)", "z", z="k"))
    p = softmax(z); p*(v - p @ v)
    >>> print(wrt.jvp("A @ x", ["A", "x"], {"A": "dA", "x": "dx"}, A="m n"))
    dA @ x + A @ dx
    """
    formula = read(f, shapes, **declared)
    variables, given = _variables(formula, variable), _Given(formula)
    product = products.jvp(formula.node, given.for_each(variables, v), given.values)
    return Product(formula, variables, product, _verified(product) if verify else None)


def directional(
    f: object,
    direction: Mapping[str, object],
    /,
    *,
    verify: bool = True,
    shapes: Mapping[str, object] | None = None,
    **declared: object,
) -> Product:
    """The derivative of `f` along a direction, of shape `f.shape`: `jvp` by each variable that moves.

    The direction is used as it is, whatever its length.
    Source: Magnus & Neudecker, Matrix Differential Calculus, ch. 5.

    >>> import wrt
    >>> print(wrt.directional("x @ A @ x", {"x": "v"}, x="n", A="n n"))
    v @ A @ x + x @ A @ v
    """
    return jvp(f, list(direction), direction, verify=verify, shapes=shapes, **declared)


@overload
def vjp(
    f: object,
    variable: str | Expr,
    u: Direction = None,
    /,
    *,
    verify: bool = True,
    shapes: Mapping[str, object] | None = None,
    **declared: object,
) -> Product: ...


@overload
def vjp(
    f: object,
    variable: list[str] | list[Expr] | tuple[str | Expr, ...],
    u: Direction = None,
    /,
    *,
    verify: bool = True,
    shapes: Mapping[str, object] | None = None,
    **declared: object,
) -> dict[str, Product]: ...


def vjp(
    f: object,
    variable: Variables,
    u: Direction = None,
    /,
    *,
    verify: bool = True,
    shapes: Mapping[str, object] | None = None,
    **declared: object,
) -> Product | dict[str, Product]:
    """A vector times the Jacobian, uᵀJ, of the variable's shape: the gradient of the sum of u·f, `u` held fixed.

    `u` is a new name, which takes the shape of `f`, or an expression of that shape; without it, the name is `u` (`U`
    for a matrix). Of several variables, one product for each. No Jacobian is formed. Raises ShapeError where `u` does
    not fit. Source: Griewank & Walther, Evaluating Derivatives, ch. 3.

    >>> import wrt
    >>> print(wrt.vjp("A @ X @ B", "X", A="m n", X="n p", B="p q"))
    A.T @ U @ B.T
    """
    formula = read(f, shapes, **declared)
    variables, given = _variables(formula, variable), _Given(formula)
    weight = given.symbol(u, formula.shape, "u", "what the Jacobian is multiplied by")
    found = products.vjp(formula.node, variables, weight, given.values)
    return _wrapped(formula, found, verify, variable)


@overload
def hvp(
    f: object,
    variable: str | Expr,
    v: Directions = None,
    /,
    *,
    verify: bool = True,
    shapes: Mapping[str, object] | None = None,
    **declared: object,
) -> Product: ...


@overload
def hvp(
    f: object,
    variable: list[str] | list[Expr] | tuple[str | Expr, ...],
    v: Directions = None,
    /,
    *,
    verify: bool = True,
    shapes: Mapping[str, object] | None = None,
    **declared: object,
) -> dict[str, Product]: ...


def hvp(
    f: object,
    variable: Variables,
    v: Directions = None,
    /,
    *,
    verify: bool = True,
    shapes: Mapping[str, object] | None = None,
    **declared: object,
) -> Product | dict[str, Product]:
    """The Hessian of a scalar times a vector, H·v, of the variable's shape: how a step `v` changes the gradient.

    `v` is given as for `jvp`; of several variables, H is that of all of them together, and there is one product for
    each. No Hessian is formed. Raises WrtError where `f` is no scalar, ShapeError where a direction does not fit.
    Source: Pearlmutter, Fast exact multiplication by the Hessian, Neural Computation 6 (1994).

    >>> import wrt
    >>> print(wrt.hvp("sum(log(1 + exp(X @ w)))", "w", X="n d"))
    s = sigmoid(X @ w); X.T @ ((X @ v)*s*(1 - s))
    """
    formula = read(f, shapes, **declared)
    if formula.shape:
        raise WrtError(
            f"only a scalar function has a Hessian to multiply by, and this one has shape {shape_text(formula.shape)}",
            hint="weigh its entries first: wrt.hvp of sum(u*f)",
        )
    variables, given = _variables(formula, variable), _Given(formula)
    found = products.hvp(formula.node, given.for_each(variables, v), given.values)
    return _wrapped(formula, found, verify, variable)


def _variables(formula: Formula, wanted: Variables) -> tuple[Symbol, ...]:
    """The variables, one or several."""
    named = [wanted] if isinstance(wanted, str | Expr) else list(wanted)
    if not named:
        raise WrtError("a derivative by what? name at least one variable")
    return tuple(variable_of(formula, each) for each in named)


class _Given:
    """Directions as they were given: a symbol for each, and the values of those that are expressions."""

    def __init__(self, formula: Formula) -> None:
        self.formula = formula
        self.values: dict[Expr, Expr] = {}
        self._made: list[Symbol] = []

    def for_each(self, variables: Sequence[Symbol], given: Directions) -> dict[Symbol, Symbol]:
        """The symbol for the direction of each variable."""
        one = len(variables) == 1
        if not isinstance(given, Mapping):
            if given is not None and not one:
                names = ", ".join(f'"{each.name}": ...' for each in variables)
                raise WrtError("which direction is whose?", hint=f"give a mapping: {{{names}}}")
            given = {each.name: given for each in variables}
        by_name = {key.name if isinstance(key, Symbol) else str(key): step for key, step in given.items()}
        for name in by_name.keys() - {each.name for each in variables}:
            raise WrtError(f"a direction is given for {name}, which is not among the variables")
        return {
            each: self.symbol(
                by_name.get(each.name), each.shape, "v" if one else f"v_{each.name}", f"the direction of {each.name}"
            )
            for each in variables
        }

    def symbol(self, given: Direction, shape: Shape, letter: str, what: str) -> Symbol:
        """The symbol for a direction of this shape, called `what` where it does not fit."""
        if given is None:
            return self._new(letter.upper() if len(shape) > 1 and len(letter) == 1 else letter, shape)
        if isinstance(given, str) and self._is_new(given):
            chosen = symbol(given, shape)
            clash = next((each for each in self._made if each.name == given and each is not chosen), None)
            if clash is not None:
                raise ShapeError(f"{given} is of shape {shape_text(clash.shape)}, and of shape {shape_text(shape)}")
            self._made.append(chosen)
            return chosen
        value = self._read(given)
        if value.shape != shape:
            raise ShapeError(f"{what} has shape {shape_text(value.shape)}, not {shape_text(shape)}")
        stand_in = self._new(letter, shape, value)
        self.values[stand_in] = value
        return stand_in

    def _new(self, letter: str, shape: Shape, *beside: Expr) -> Symbol:
        known = (*self.formula.symbols.values(), *(symbol(name) for name in self.formula.names))
        made = new_symbol(letter, shape, [self.formula, *known, *self.values.values(), *self._made, *beside])
        self._made.append(made)
        return made

    def _is_new(self, text: str) -> bool:
        """Whether a text is a name that means nothing yet."""
        known = {*self.formula.symbols, *self.formula.names, *(size.name for size in dimensions(self.formula))}
        return text.isidentifier() and text not in known and not is_word(text)

    def _read(self, given: Direction) -> Expr:
        """A direction as an expression of the variables and the named parts of the function."""
        if isinstance(given, Expr):
            return as_expr(given)
        parts = {symbol(name, part.shape): part for name, part in self.formula.names.items()}
        symbols = {**self.formula.symbols, **{each.name: each for each in parts}}
        known = {**declarations(self.formula), **{name: declaration(each) for name, each in symbols.items()}}
        return substitute(read(given, known if isinstance(given, str) else None), dict(parts.items()))


def _wrapped(
    formula: Formula, found: Mapping[Symbol, ProductDerivation], verify: bool, wanted: Variables
) -> Product | dict[str, Product]:
    """The products of one variable or, by name, of several."""
    wrapped = {
        each.name: Product(formula, (each,), product, _verified(product) if verify else None)
        for each, product in found.items()
    }
    return next(iter(wrapped.values())) if isinstance(wanted, str | Expr) else wrapped


def _verified(product: ProductDerivation) -> Certificate:
    """What the oracle says of a product, of the one before it, and of what was put in at the end."""
    if product.first is not None:
        _verified(product.first)
    certificate = verify_derivative(*product.claim)
    if product.raw is not product.held:
        verify_equal(product.raw, product.expr)
    return certificate
