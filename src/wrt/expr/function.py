"""What is known of a function: one declaration, from its derivative to its name in every notation and engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from wrt.errors import WrtError
from wrt.expr.arithmetic import mul
from wrt.expr.coerce import as_expr
from wrt.expr.node import INFINITY, PI, Constant, Mul
from wrt.expr.special import call
from wrt.expr.tensor import keep_dimensions

if TYPE_CHECKING:
    from wrt.expr.node import Expr

Kind = Literal["elementwise", "reduction", "axiswise", "matrix"]
Formula = Callable[..., "Expr"]
Side = Literal["-", "+"]

_NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, init=False)
class Interval:
    """The numbers between two ends, which are expressions; `ends` says which of them belong to it, as in "[)".

    >>> print(Interval(0, 1), Interval.open(0, 1), Interval(0, float("inf"), "[)"))
    [0, 1] (0, 1) [0, inf)
    """

    lower: Expr
    upper: Expr
    ends: str

    def __init__(self, lower: object, upper: object, ends: Literal["[]", "()", "[)", "(]"] = "[]") -> None:
        put = object.__setattr__
        put(self, "lower", as_expr(lower))
        put(self, "upper", as_expr(upper))
        put(self, "ends", ends)

    @classmethod
    def open(cls, lower: object, upper: object) -> Interval:
        """The interval without its ends."""
        return cls(lower, upper, "()")

    @property
    def has_lower(self) -> bool:
        """Whether the lower end belongs to it."""
        return self.ends[0] == "["

    @property
    def has_upper(self) -> bool:
        """Whether the upper end belongs to it."""
        return self.ends[1] == "]"

    def __contains__(self, value: float) -> bool:
        """Whether a number lies in it. Raises WrtError where an end is not a number.

        >>> 0 in Interval(0, 1), 0 in Interval.open(0, 1)
        (True, False)
        """
        lower, upper = _value(self.lower), _value(self.upper)
        ends = (self.has_lower and lower == value) or (self.has_upper and upper == value)
        return bool(lower < value < upper or ends)

    def __str__(self) -> str:
        return f"{self.ends[0]}{self.lower}, {self.upper}{self.ends[1]}"


@dataclass(frozen=True, slots=True, init=False)
class Points:
    """The points `start + k*step` for the whole numbers k, or only for k >= 0 (`one_sided`).

    >>> print(Points(0, 1), "|", Points(0, -1, one_sided=True))
    k | -k, k >= 0
    """

    start: Expr
    step: Expr
    one_sided: bool

    def __init__(self, start: object, step: object, one_sided: bool = False) -> None:
        put = object.__setattr__
        put(self, "start", as_expr(start))
        put(self, "step", as_expr(step))
        put(self, "one_sided", one_sided)

    def __str__(self) -> str:
        from wrt.expr.build import symbol

        return f"{self.start + self.step * symbol('k')}{', k >= 0' if self.one_sided else ''}"


@dataclass(frozen=True, slots=True)
class RealSet:
    """A set of real numbers: intervals in ascending order, without some points.

    >>> print(RealSet((Interval.open(0, 1), Interval.open(1, 2))))
    (0, 1) or (1, 2)
    """

    intervals: tuple[Interval, ...]
    without: Points | None = None

    def __str__(self) -> str:
        text = " or ".join(map(str, self.intervals))
        if self.without is None:
            return text
        return f"all but {self.without}" if text == "(-inf, inf)" else f"{text} without {self.without}"


@dataclass(frozen=True, slots=True, init=False)
class Kink:
    """Where a function is defined but not differentiable: its first argument is `at` (a number, an expression in the
    other arguments, or `Points`) and, where `when` is given, that condition on the other arguments holds.

    `slopes` has for each argument the subdifferential there (all slopes that the graph has near it, and what lies
    between), or None for an argument that is not differentiated. A jump and a vertical tangent have no slopes at all.
    Answers and code take the value of the declared derivative there: the slope of least norm, unless the declaration
    says otherwise.
    """

    at: Expr | Points
    slopes: tuple[Interval | None, ...]
    kind: Literal["corner", "jump", "vertical tangent"]
    when: Expr | None

    def __init__(
        self,
        at: object,
        *slopes: Interval | None,
        kind: Literal["corner", "jump", "vertical tangent"] = "corner",
        when: Expr | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "at", at if isinstance(at, Points) else as_expr(at))
        put(self, "slopes", slopes)
        put(self, "kind", kind)
        put(self, "when", when)


@dataclass(frozen=True, slots=True)
class Cut:
    """A box of the complex plane (real parts, imaginary parts) that a branch cut of the function fills.

    A ball of complex arithmetic that meets it may be tight and wrong.
    """

    real: Interval
    imaginary: Interval | Points


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Function:
    """All that is known of a function. Functions are compared by identity; calling one on expressions builds the node.

    Every lambda takes the function's arguments, one expression each, in the order of `arguments`; those of functions
    with axes take the operand and the tuple of axes.
    """

    name: str
    meaning: str
    kind: Kind = "elementwise"
    arguments: tuple[str, ...] = ("x",)
    defaults: Mapping[str, Fraction | int] = field(default_factory=dict)
    result_axes: int = 0  # of a function of a matrix
    aliases: tuple[str, ...] = ()
    # By notation (unicode, latex, typst): a name, or a pattern with {} in the place of each argument.
    symbols: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    # What it is, and how it changes. A definition may use other functions of the table; a primitive has none.
    # One derivative for each argument; None for one that is never differentiated (the order of a Bessel function).
    # For functions with axes and of matrices, a derivative has the shape `result.shape + argument.shape`.
    definition: Formula | None = None
    derivative: tuple[Formula | None, ...] = ()
    antiderivative: Formula | None = None  # with respect to the first argument, without the constant
    removable: Mapping[Expr, Expr] = field(default_factory=dict)  # where the derivative as written is 0/0: its limit

    # Where it is defined (a set for each argument, and a condition on them together); a set that holds all its values,
    # and no others where their least and greatest have a closed form.
    domain: tuple[RealSet, ...] = ()
    condition: Formula | None = None
    range: Callable[..., RealSet] | None = None
    limits: Callable[..., Mapping[tuple[Expr | Points, Side], Expr]] | None = None  # at the ends of the domain
    kinks: Callable[..., tuple[Kink, ...]] | None = None
    cuts: tuple[Cut, ...] = ()

    # Its laws.
    values: Mapping[Expr, Expr] = field(default_factory=dict)  # exact, by argument
    evaluate: Callable[..., Expr | None] | None = None  # an exact value or a simpler form for these arguments, or None
    period: Expr | None = None
    parity: Literal["even", "odd"] | None = None
    monotone: Literal["increasing", "decreasing"] | None = None  # on its whole domain, which is then one interval
    commutative: bool = False
    more: Formula | None = None  # what more operands than `arguments` mean: log(x, b), max(x, y), maximum(x, y, z)
    inverse: str | None = None  # the function g with g(f(x)) = x for all x in `branch`, or in the whole domain
    branch: Interval | None = None

    # How it is computed. Keys of `stable` are those of `wrt.functions.STABLE_FORMS`. An engine (numpy, scalar, jax,
    # torch) has a dotted name, or source with {0}, {1} in the places of the arguments, or a formula in functions that
    # it has; without any of these it takes the definition.
    stable: Mapping[str, Formula] = field(default_factory=dict)
    engines: Mapping[str, str | Formula] = field(default_factory=dict)

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Any, ...]:
        return _by_name, (self.name,)

    @property
    def arity(self) -> tuple[int, int]:
        """The least and the greatest number of arguments."""
        return len(self.arguments) - len(self.defaults), len(self.arguments)

    def __call__(self, *operands: object, **named: Any) -> Expr:
        """The expression for this function of these operands, which broadcast as in NumPy; parameters may be named.

        Functions with axes take `axis` (reductions also `keepdims`); `max` and `min` of two operands are elementwise.
        """
        if self.more is not None and len(operands) > len(self.arguments) and not named:
            return self.more(*operands)
        if self.kind == "reduction" or self.kind == "axiswise":
            return self._over_axes(*operands, **named)
        return self.apply(self.bind(operands, named))

    def bind(self, operands: tuple[object, ...], named: Mapping[str, object] = _NOTHING) -> tuple[Expr, ...]:
        """The arguments in order, defaults filled in.

        Raises WrtError for an argument that is missing, given twice or not known.
        """
        if len(operands) == len(self.arguments) and not named:
            return tuple(map(as_expr, operands))
        given = dict(zip(self.arguments, operands, strict=False))
        unknown = [name for name in named if name not in self.arguments or name in given]
        args = {**self.defaults, **given, **named}
        if unknown or len(operands) > len(self.arguments) or len(args) < len(self.arguments):
            raise WrtError(f"{self.name} takes {self.signature}, not {_count(len(operands), named)}")
        return tuple(as_expr(args[name]) for name in self.arguments)

    @property
    def signature(self) -> str:
        """The arguments as they are written, with defaults: "x, slope=0.01"."""
        return ", ".join(
            f"{name}={as_expr(self.defaults[name])}" if name in self.defaults else name for name in self.arguments
        )

    def written(self, args: tuple[Expr, ...]) -> tuple[Expr, ...]:
        """The arguments that a person writes: without those at the end that have their default value."""
        count = len(args)
        while count and self.arguments[count - 1] in self.defaults:
            if args[count - 1] is not as_expr(self.defaults[self.arguments[count - 1]]):
                break
            count -= 1
        return args[:count]

    def slope(self, place: int, args: tuple[Expr, ...], alone: bool = False) -> Expr | None:
        """The partial derivative by the argument at `place`, or None where it is never differentiated by that one.

        Where the arguments of max or min are equal, the partial derivatives are declared as one subgradient of both.
        `alone` says that only this argument moves: then the slope there is the one of least norm, 0.
        """
        derivative = self.derivative[place]
        if alone and self.commutative and len(args) == 2:
            tie = (as_expr(1), as_expr(1))
            for other, partial in enumerate(self.derivative):
                if partial is not None and partial(*tie) is as_expr(0) and other != place:
                    return partial(args[1], args[0])
        return None if derivative is None else derivative(*args)

    def apply(self, args: tuple[Expr, ...], axes: tuple[int, ...] = ()) -> Expr:
        """The node for these arguments and axes, or the exact value it has."""
        value = self.exactly(args) if self.kind in ("elementwise", "matrix") else None
        return call(self, args, axes) if value is None else value

    def exactly(self, args: tuple[Expr, ...]) -> Expr | None:
        """What these arguments give exactly and at no cost: a known value, or that without the argument's minus."""
        if self.evaluate is not None:
            value = self.evaluate(*args)
            if value is not None:
                return value
        if len(args) > 1:
            return None
        (argument,) = args
        known = self.values.get(argument)
        if known is not None:
            return known
        opposite = _without_minus(argument) if self.parity else None
        if opposite is not None:
            return self(opposite) if self.parity == "even" else -self(opposite)
        return self._at_multiple_of_pi(argument) or self._at_infinity(argument)

    def _at_multiple_of_pi(self, argument: Expr) -> Expr | None:
        """The known value at a rational multiple of π, whole periods taken off."""
        if self.period is None or not (isinstance(argument, Mul) and argument.factors == (PI,)):
            return None
        period = self.period.coefficient if isinstance(self.period, Mul) else 1
        return self.values.get(mul(argument.coefficient % period, PI))

    def _at_infinity(self, argument: Expr) -> Expr | None:
        """The limit at ∞ or −∞."""
        infinite = argument is INFINITY or (isinstance(argument, Mul) and argument.factors == (INFINITY,))
        if self.limits is None or not infinite:
            return None
        return self.limits(argument).get((argument, "-" if argument is INFINITY else "+"))

    def _over_axes(self, operand: object, *more: object, axis: Any = None, keepdims: bool = False) -> Expr:
        if more:
            hint = f"axes are given by name: {self.name}({self.arguments[0]}, axis=0)"
            raise WrtError(f"{self.name} takes one operand", hint=hint)
        argument = as_expr(operand)
        axes = self.axes(argument, axis)
        result = self.apply((argument,), axes)
        if not keepdims:
            return result
        return keep_dimensions(result, axes, argument.ndim)

    def axes(self, argument: Expr, axis: int | tuple[int, ...] | None = None) -> tuple[int, ...]:
        """The axes meant, counted from 0: all of them for a reduction without `axis`, else the last.

        Raises WrtError for an axis that the argument does not have.
        """
        rank = argument.ndim
        if axis is None:
            return tuple(range(rank)) if self.kind == "reduction" else (rank - 1,) if rank else ()
        asked = axis if isinstance(axis, tuple) else (axis,)
        axes = sorted({each % rank if -rank <= each < rank else -1 for each in asked})
        if -1 in axes or len(axes) != len(asked):
            raise WrtError(f"axis={axis} of {self.name}: the operand has {rank} axes")
        return tuple(axes)


def _value(node: Expr) -> Any:
    """An expression without variables as a number."""
    if isinstance(node, Constant):
        return node.value
    if node.free:
        raise WrtError(f"{node} is not a number")
    return inf if node is INFINITY else -inf if node is -INFINITY else float(node.compile()())


def _without_minus(node: Expr) -> Expr | None:
    """The negative of an expression that is written with a minus sign in front."""
    match node:
        case Constant():
            return -node if node.value < 0 else None
        case Mul():
            return -node if node.coefficient < 0 else None
    return None


def _count(operands: int, named: Mapping[str, object]) -> str:
    words = [f"{operands} argument{'s' * (operands != 1)}", *(f"{name}=" for name in named)]
    return " and ".join(words)


def _by_name(name: str) -> Any:
    from wrt.functions import lookup

    return lookup(name)
