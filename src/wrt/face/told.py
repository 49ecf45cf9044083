"""Derivations as they are read: printed as a tree, in any notation, and with the numbers that steps have at a point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from wrt.errors import WrtError
from wrt.expr.node import Derivative, Expr, Formula, Symbol
from wrt.expr.walk import dimensions, substitute

if TYPE_CHECKING:
    from wrt.derive.step import Step
    from wrt.derive.steps import Steps


class Told(Sequence["Step"]):
    """The steps of one derivation or several, in reading order; printed, they are a tree.

    >>> import wrt
    >>> print(wrt.derive("x**2*sin(x)", "x").steps)
    product rule   (u·v)′ = u′·v + u·v′   u = x², v = sin(x)
    ├ power rule   (xⁿ)′ = n·xⁿ⁻¹                              → 2x
    └ table        sin′ = cos                                  → cos(x)
    """

    def __init__(self, formula: Formula, trees: Sequence[Steps]) -> None:
        self.formula = formula
        self.trees = tuple(trees)

    @property
    def root(self) -> Step:
        """The tree of the first derivation."""
        return self.trees[0].root

    @overload
    def __getitem__(self, place: int) -> Step: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Step, ...]: ...

    def __getitem__(self, place: int | slice) -> Step | tuple[Step, ...]:
        return tuple(self)[place]

    def __iter__(self) -> Iterator[Step]:
        for each in self.trees:
            yield from each

    def __len__(self) -> int:
        return sum(map(len, self.trees))

    def __str__(self) -> str:
        return self.text("unicode")

    def text(self, form: str = "unicode", width: int = 110, most: int | None = None) -> str:
        """The steps in a notation: unicode, text, latex or typst."""
        return self._written(form, width, most, {})

    def _written(self, form: str, width: int, most: int | None, numbers: Mapping[Step, str]) -> str:
        """The trees one after another, under the name of the variable where there are several."""
        from wrt.show import steps

        trees = [steps(each, form, width, most, numbers) for each in self.trees]
        if len(trees) == 1:
            return trees[0]
        names = [each.derivations[0].variable.name for each in self.trees]
        return "\n\n".join(f"by {name}:\n{tree}" for name, tree in zip(names, trees, strict=True))

    def latex(self) -> str:
        """The steps as lists in LaTeX."""
        return self.text("latex")

    def typst(self) -> str:
        """The steps as lists in Typst."""
        return self.text("typst")

    def at(self, **values: Any) -> Numbers:
        """The steps with the numbers that they have at a point: of a network, each value and each adjoint.

        Raises WrtError for a variable that is missing, ShapeError for values that do not fit.

        >>> import wrt
        >>> print(wrt.derive("z = w @ x; sigmoid(z)", "w", x="d").steps.at(w=[1, 2], x=[2, -1]))
        backpropagation   δu = ∂f/∂u = Σ δv·∂v/∂u
        ├ forward
        │ ├ z = wᵀ x = 0                 scalar    weighted sum
        │ └ f = σ(z) = 0.5               scalar    loss
        └ backward
          ├ δz = σ(z)(1 − σ(z)) = 0.25   scalar    activation   h = σ(z) ⇒ δz = h·δh·(1 − h)
          ├ ∇_w f = δz x                 shape d   linear map   s = vᵀ u ⇒ δu = δs v
          │     = [0.5 -0.25]
          └ ∇_w f = σ(z)(1 − σ(z)) x     shape d   result
        """
        return Numbers(self, values)


class Numbers(Mapping[str, Any]):
    """What the steps of derivations come to at a point, by the names of values and adjoints; printed, beside the steps.

    >>> import wrt
    >>> steps = wrt.derive("z = w @ x; sigmoid(z)", "w", x="d").steps
    >>> steps.at(w=[1, 2], x=[2, -1])["δz"]
    0.25
    """

    def __init__(self, told: Told, values: Mapping[str, Any]) -> None:
        self.told = told
        self.values_of = _evaluated(told, values)
        self.by_name = {step.name: value for step, value in self.values_of.items() if step.name}

    def __getitem__(self, name: str) -> Any:
        return self.by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_name)

    def __len__(self) -> int:
        return len(self.by_name)

    def __str__(self) -> str:
        return self.text("unicode")

    def text(self, form: str = "unicode", width: int = 110, most: int | None = None) -> str:
        """The steps in a notation, unicode or text, with their numbers."""
        from wrt.show import numbers

        shown = {step: numbers(value, width - 20) for step, value in self.values_of.items() if not _is_repeated(step)}
        return self.told._written(form, width, most, shown)


def _evaluated(told: Told, values: Mapping[str, Any]) -> dict[Step, Any]:
    """The values of steps, all computed in one go: of what a step gives, letters in it put in."""
    import numpy as np

    from wrt.engines import compile as compile_

    formula = told.formula
    meant = {step: node for tree in told.trees for step, node in _meant(tree) if not isinstance(node, Derivative)}
    nodes = [Formula(node, arguments=formula.arguments, symbols=formula.symbols) for node in meant.values()]
    function = compile_(nodes, variables=formula.symbols.values())
    names = function.arguments
    missing = [name for name in names if name not in values]
    if missing:
        raise WrtError(f"there is no value for {', '.join(missing)}", hint="give one for each variable of the function")
    sizes = {size.name for size in dimensions(formula.node)}
    unknown = [name for name in values if name not in names and name not in sizes]
    if unknown:
        raise WrtError(f"{unknown[0]} does not occur in the function", hint=f"it has {', '.join(names)}")
    with np.errstate(all="ignore"):
        return dict(zip(meant, function(**{name: values[name] for name in names}), strict=True))


def _is_repeated(step: Step) -> bool:
    """Whether a step gives what another one has given."""
    return step.rule == "result" or any(child.name for child in step.children)


def _meant(tree: Steps) -> Iterator[tuple[Step, Expr]]:
    """What steps give, with the parts in place of the letters that stand for them."""
    stack: list[tuple[Step, Mapping[Expr, Expr]]] = [(tree.root, tree.meanings)]
    while stack:
        step, letters = stack.pop()
        yield step, substitute(step.after, letters) if letters else step.after
        held: dict[Expr, Expr] = {
            each: substitute(node, letters) for child in step.children for each, node in _letters(step, child)
        }
        stack.extend((child, {**letters, **held}) for child in reversed(step.children))


def _letters(step: Step, child: Step) -> Iterator[tuple[Symbol, Expr]]:
    """The letter of a step that a step below it is about."""
    before = child.before
    if isinstance(before, Derivative) and before.variable.name in step.named:
        yield before.variable, step.named[before.variable.name]
