"""What a computation hands back: the formula, the derivation, the certificate, and every way out of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from wrt.errors import WrtError
from wrt.expr.build import transpose
from wrt.expr.node import ONE, Expr, Formula, Symbol
from wrt.expr.walk import dimensions
from wrt.face.told import Told
from wrt.notation import name_parts
from wrt.simplify import simplify

if TYPE_CHECKING:
    from wrt.derive.kinks import Corner
    from wrt.derive.steps import Derivation, Solution
    from wrt.expr.function import Interval
    from wrt.structure import Structure
    from wrt.verify.certificate import Certificate

Layout = Literal["numerator", "denominator"]
Form = Literal["dense", "structure", "sparse", "operator"]

# Where a layout shows the transpose of what is computed, by the ranks of the function and of the variable; and where it
# shows a vector as a row.
_TRANSPOSED = {("denominator", (1, 1)), ("denominator", (2, 0)), ("numerator", (0, 2))}
_ROWS = {("numerator", (0, 1)), ("denominator", (1, 0))}


@dataclass(frozen=True)
class Answer:
    """What was derived of `input` by some `variables`: the formula `expr`, the `steps` by which it came about, a check.

    `certificate` is None if verification was switched off.
    """

    input: Formula
    variables: tuple[Symbol, ...]
    derivation: Solution
    certificate: Certificate | None

    @cached_property
    def steps(self) -> Told:
        """The steps in reading order: print them, or ask for their numbers with `steps.at(x=2)`."""
        return Told(self.input, (self.derivation,))

    @cached_property
    def expr(self) -> Formula:
        """The answer in readable form, with the names of its parts."""
        return named(self.derivation.expr, self.input)

    @property
    def function(self) -> Formula:
        """The answer as a function of the variables, with the names of the author's parts only: what is compiled."""
        return with_names_of(self.derivation.code, self.input)

    @cached_property
    def computed(self) -> Formula:
        """The answer as its code computes it: `expr`, but at a kink of one variable the slope of least norm.

        >>> import wrt
        >>> g = wrt.derive("where(x > 0, 3*x, -x)", "x")
        >>> print(g.expr, "|", g.computed)
        where(x > 0, 3, -1) | where(x > 0, 3, where(x < 0, -1, 0))
        """
        if self.derivation.code is self.derivation.expr:
            return self.expr
        return named(self.derivation.code, self.input)

    @property
    def displayed(self) -> Formula:
        """The formula as it is shown."""
        return self.expr

    @property
    def kinks(self) -> tuple[Corner, ...]:
        """Where the function is not differentiable, with its slopes there and the one that the code takes.

        >>> import wrt
        >>> print(*wrt.derive("abs(x - 1) + relu(x)", "x").kinks, sep="\\n")
        at x = 0: any slope in [-1, 0]; the code takes 0
        at x = 1: any slope in [0, 2]; the code takes 0
        """
        return self.derivation.kinks

    @property
    def shape(self) -> tuple[Expr, ...]:
        """The shape of the formula."""
        return self.expr.shape

    def __str__(self) -> str:
        return str(self.expr)

    def latex(self) -> str:
        """LaTeX markup of the formula."""
        return self.displayed.latex()

    def typst(self) -> str:
        """Typst markup of the formula."""
        return self.displayed.typst()

    def unicode(self) -> str:
        """The formula in Unicode mathematics."""
        return self.displayed.unicode()

    def python(self, engine: str = "numpy", *, stable: bool = True) -> str:
        """Python source of a function that computes the formula; with `stable=False` as it is written."""
        return self.computed.python(engine, stable=stable)

    def compile(self, engine: str = "numpy", *, stable: bool = True, dtype: str | None = None) -> Any:
        """A callable of the variables of the function, and of what else is in the formula, by name or in this order.

        With `stable=False` it computes the formula as it is written, with `dtype="float32"` in single precision.
        """
        return self.computed.compile(engine, stable=stable, dtype=dtype)

    def at(self, **values: Any) -> Any:
        """The value of the formula at a point.

        At a kink it is the element of the subdifferential that the function declares. Raises WrtError for a variable
        that is missing, DomainError where the function or its derivative has no value.

        >>> import wrt
        >>> wrt.derive("sin(x)", "x").at(x="pi/3")
        0.5000000000000001
        """
        from wrt.face.point import value_at

        return value_at(self, values)

    def as_json(self) -> dict[str, Any]:
        """The result as plain data, ready for `json.dumps`."""
        from wrt.show import json

        return json(self)

    def _repr_latex_(self) -> str:
        return f"${self.latex()}$"


@dataclass(frozen=True)
class Result(Answer):
    """A derivative of `input` with respect to `variable`: the formula `expr`, and the `steps` by which it came about.

    Its shape is that of the function followed by that of the variable, as many times as the order says.

    >>> import wrt
    >>> g = wrt.derive("x**3", "x")
    >>> str(g.expr), g.shape, g.at(x=2)
    ('3*x**2', (), 12.0)
    """

    derivation: Derivation
    layout: Layout | None = None

    def _repr_latex_(self) -> str:
        from wrt.show import by_entries, needs_indices

        if needs_indices(self.displayed):
            return f"${' = '.join(by_entries(self, 'latex'))}$"
        return super()._repr_latex_()

    @property
    def variable(self) -> Symbol:
        """What was differentiated by."""
        return self.variables[0]

    @cached_property
    def displayed(self) -> Formula:
        """The derivative as its layout shows it: `expr`, or its transpose.

        The denominator layout shows the transpose of the Jacobian of a vector by a vector, and of a matrix by a scalar;
        the numerator layout that of the gradient of a scalar by a matrix. Source: Magnus & Neudecker, ch. 9.

        >>> import wrt
        >>> print(wrt.derive("A @ x", "x", A="m n", layout="denominator").displayed)
        A.T
        """
        if (self.layout, self._ranks) not in _TRANSPOSED:
            return self.expr
        return named(simplify(transpose(self.expr.node)), self.input)

    @property
    def is_row(self) -> bool:
        """Whether the layout shows the derivative, which is a vector, as a row."""
        return (self.layout, self._ranks) in _ROWS

    @property
    def _ranks(self) -> tuple[int, int]:
        """The ranks of the function and of the variable, of a first derivative; layouts say nothing of others."""
        return (len(self.input.shape), len(self.variable.shape)) if self.order == 1 else (-1, -1)

    @property
    def displayed_shape(self) -> tuple[Expr, ...]:
        """The shape of the derivative as its layout shows it: 1×d for a row."""
        return (ONE, *self.shape) if self.is_row else self.displayed.shape

    def latex(self) -> str:
        """LaTeX markup of the formula as its layout shows it."""
        return self._shown("latex")

    def typst(self) -> str:
        """Typst markup of the formula as its layout shows it."""
        return self._shown("typst")

    def unicode(self) -> str:
        """The formula in Unicode mathematics as its layout shows it.

        >>> import wrt
        >>> print(wrt.derive("x @ A @ x", "x", A="n n", layout="numerator").unicode())
        ((A + Aᵀ) x)ᵀ
        """
        return self._shown("unicode")

    def _shown(self, form: str) -> str:
        from wrt.show import notation

        spelling = notation(form)
        return spelling.row(self.displayed) if self.is_row else spelling.formula(self.displayed)

    def with_shapes(self, form: str = "unicode") -> str:
        """The formula with the shape of each of its terms: a table below it; in latex and typst under braces.

        >>> import wrt
        >>> print(wrt.derive("sum((X @ w - y)**2)/n + lam*sum(w**2)", "w", X="n d").with_shapes())
        2/n · Xᵀ(X w − y) + 2λ w   d
          2/n · Xᵀ(X w − y)        d
          2λ w                     d
          X w − y                  n
          X                        n×d
          w                        d
          X w                      n
          y                        n
        """
        from wrt.show import with_shapes

        return with_shapes(self.displayed, form)

    @property
    def order(self) -> int:
        """How many times the function was differentiated."""
        return self.derivation.order

    @cached_property
    def structure(self) -> Structure:
        """What is known of the derivative as a linear map from the last axes, the variable's, to those before.

        The gradient of a scalar by a matrix is taken as that matrix. Structure is read from indices, and is never a
        chance of sizes that are equal.

        >>> import wrt
        >>> print(wrt.hessian("norm(A - U @ V.T)**2", "U", A="m n", U="m k", V="n k").structure)
        block-diagonal: m blocks of k×k, all 2 * V.T @ V
        >>> print(wrt.jacobian("softmax(z)", "z", z="k").structure)
        sum: diagonal: softmax(z); plus low-rank: -outer(softmax(z), softmax(z)), rank 1
        """
        from wrt.face.structured import structure

        return structure(self)

    def compile(
        self, engine: str = "numpy", form: Form = "dense", *, stable: bool = True, dtype: str | None = None
    ) -> Any:
        """A callable of the variables of the function that was derived, by name or in their order.

        Its `form` is "dense" for the array, "structure" for the values of `structure.parts`, "sparse" for a SciPy
        sparse array, or "operator" for a SciPy LinearOperator, in which nothing is formed; the last two number rows and
        columns in row-major order. All but the first are for NumPy only: see docs/structure.md.

        >>> import wrt
        >>> wrt.hessian("sum(x**4)", "x", x="n").compile(form="structure")(x=[1, 2])
        array([12., 48.])
        """
        if form == "dense":
            return super().compile(engine, stable=stable, dtype=dtype)
        if not stable or dtype is not None:
            raise WrtError(f"form={form!r} takes no stable= or dtype=", hint='use form="dense"')
        from wrt.face.structured import compiled

        return compiled(self, engine, form)

    def subdifferential(self, **point: Any) -> Interval:
        """All slopes of the function at a point: at a kink all between the one-sided ones, elsewhere the only one.

        It is Clarke's subdifferential; that of convex analysis where the function is convex. A minimum has 0 in it.
        Other variables may be left as symbols. Only a scalar function of a scalar has one here. Raises DomainError
        where the function jumps or has an infinite slope, Unsolved where its slopes are not known.

        >>> import wrt
        >>> g = wrt.derive("abs(x) + 2*relu(x)", "x")
        >>> print(g.subdifferential(x=0), g.subdifferential(x=1), 0 in g.subdifferential(x=0))
        [-1, 3] [3, 3] True
        """
        from wrt.face.subdifferential import subdifferential

        return subdifferential(self, point)

    def one_sided(self, **point: Any) -> tuple[Expr, Expr]:
        """The derivatives from the left and from the right at a point; errors as those of `subdifferential`.

        >>> import wrt
        >>> print(*wrt.derive("max(x, x**2)", "x").one_sided(x=1))
        1 2
        """
        from wrt.face.subdifferential import one_sided

        return one_sided(self, point)

    def tangent(self, **point: Any) -> Formula:
        """The tangent line (for a vector variable, plane) of the function at a point, as an expression in the variable.

        Only a first derivative of a scalar function has one; values of other variables may be left as symbols.

        >>> import wrt
        >>> print(wrt.derive("x**2", "x").tangent(x=3))
        6*x - 9
        """
        from wrt.face.tangent import tangent

        return tangent(self, point)


@dataclass(frozen=True)
class Product(Answer):
    """A vector with the Jacobian or the Hessian of `input` with respect to `variables`, multiplied without forming it.

    >>> import wrt
    >>> p = wrt.hvp("sum((X @ w - y)**2)", "w", X="n d")
    >>> str(p.expr), [str(size) for size in p.shape]
    ('2 * X.T @ X @ v', ['d'])
    """


class Results(dict[str, Result]):
    """The derivatives by several variables, by their names; `steps` tells a pass that they share once for all.

    >>> import wrt
    >>> G = wrt.derive("h = tanh(W @ x + b); v @ h", ["W", "b"], W="k d", x="d")
    >>> print(G["b"])
    h = tanh(W @ x + b); v*(1 - h**2)
    >>> print(G.steps)
    backpropagation   δu = ∂f/∂u = Σ δv·∂v/∂u
    ├ forward
    │ ├ z = W x + b                 shape k     dense layer
    │ ├ h = tanh(z)                 shape k     activation
    │ └ f = hᵀ v                    scalar      loss
    └ backward
      ├ δh = v                      shape k     linear map   s = vᵀ u ⇒ δu = δs v
      ├ δz = v ⊙ (1 − h²)           shape k     activation   h = tanh(z) ⇒ δz = δh ⊙ (1 − h²)
      ├ ∇_b f = δz                  shape k     bias   z = … + b ⇒ δb = δz
      ├ ∇_b f = v ⊙ (1 − h²)        shape k     result
      ├ ∇_W f = δz xᵀ               shape k×d   outer product   z = W h ⇒ δW = δz hᵀ
      └ ∇_W f = (v ⊙ (1 − h²)) xᵀ   shape k×d   result
    """

    @cached_property
    def steps(self) -> Told:
        """The steps of all derivatives."""
        from wrt.derive.steps import together

        first = next(iter(self.values()))
        return Told(first.input, together([each.derivation for each in self.values()]))


def with_names_of(node: Expr, like: Formula) -> Formula:
    """A node with the names and arguments of the formula that it came from."""
    return Formula(node, like.names, like.arguments, like.inferred, symbols=like.symbols)


def named(node: Expr, like: Formula) -> Formula:
    """A node with the names and arguments of the formula that it came from, and names for parts that are repeated."""
    plain = with_names_of(node, like)
    shaped = any(symbol.shape for symbol in like.symbols.values())
    sizes = dimensions(like.node) if shaped else ()
    found = name_parts(plain, {*like.names, *like.arguments, *(symbol.name for symbol in sizes)})
    if not found:
        return plain
    return Formula(node, {**like.names, **found}, like.arguments, like.inferred, symbols=like.symbols)
