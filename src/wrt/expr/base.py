"""What every expression is: immutable, interned, with a shape; its operators and its ways out."""

from __future__ import annotations

import hashlib
import threading
import weakref
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wrt.expr.node import Symbol

Rational: TypeAlias = int | Fraction
Shape: TypeAlias = tuple["Expr", ...]

_INTERNED: weakref.WeakValueDictionary[tuple[Any, ...], Expr] = weakref.WeakValueDictionary()
_LOCK = threading.RLock()  # a collection in the middle may run code that makes expressions
_NOTHING: frozenset[Symbol] = frozenset()


class Expr:
    """An expression: what it is made of (`operands`), its `shape`, its free symbols and its order key.

    Nodes are made by the constructors of `wrt.expr.build`, never by calling a class: constructors keep them canonical.
    `==` is identity, because equal expressions are one object.
    """

    __slots__ = ("__weakref__", "_memo", "free", "key", "operands", "shape")
    _fields: ClassVar[tuple[str, ...]] = ()
    is_condition: ClassVar[bool] = False

    operands: tuple[Expr, ...]
    shape: Shape
    free: frozenset[Symbol]
    key: bytes
    _memo: dict[str, Any] | None

    @classmethod
    def intern(cls, *fields: Any) -> Self:
        """The one node of this class with these fields."""
        identity = (cls, *fields)
        node = _INTERNED.get(identity)
        if node is None:
            with _LOCK:
                node = _INTERNED.get(identity)
                if node is None:
                    node = object.__new__(cls)
                    for name, value in zip(cls._fields, fields, strict=True):
                        object.__setattr__(node, name, value)
                    node._settle()
                    _INTERNED[identity] = node
        return node  # type: ignore[return-value]

    def _settle(self) -> None:
        """Derive operands, shape, free symbols and key from the fields."""
        put = object.__setattr__
        put(self, "_memo", None)
        put(self, "operands", self._operands())
        put(self, "shape", self._shape())
        put(self, "free", self._free())
        signature = b"|".join((type(self).__name__.encode(), *self._signature()))
        put(self, "key", hashlib.blake2b(signature, digest_size=12).digest())

    def _operands(self) -> tuple[Expr, ...]:
        return ()

    def _shape(self) -> Shape:
        return ()

    def _free(self) -> frozenset[Symbol]:
        operands = self.operands
        if not operands:
            return _NOTHING
        free = operands[0].free
        for operand in operands:
            if operand.free is not free:
                return free.union(*(each.free for each in operands))
        return free

    def _signature(self) -> Iterable[bytes]:
        """What tells this node from others of its class, as bytes: fields and the keys of the operands."""
        return [operand.key for operand in self.operands]

    def rebuilt(self, operands: tuple[Expr, ...]) -> Expr:
        """The canonical expression with other operands in the places of these."""
        raise NotImplementedError(type(self).__name__)

    def remember(self, name: str, value: Any) -> Any:
        """Keep a value derived from this node beside it (nodes never change, so neither does the value)."""
        if self._memo is None:
            object.__setattr__(self, "_memo", {})
        assert self._memo is not None
        self._memo[name] = value
        return value

    def recall(self, name: str) -> Any:
        """The value kept under this name, or None."""
        return None if self._memo is None else self._memo.get(name)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"expressions do not change: cannot set {name!r}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).intern, tuple(getattr(self, name) for name in self._fields)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    # Ways out: the one lazy dispatch to the rooms that write expressions.

    def __str__(self) -> str:
        from wrt.notation import text

        return text(self)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def shapes(self) -> dict[str, str]:
        """The declarations of the free symbols, as `wrt.read` takes them."""
        from wrt.notation import declarations

        return declarations(self)

    def latex(self) -> str:
        """LaTeX markup of the expression."""
        from wrt.show import latex

        return latex(self)

    def typst(self) -> str:
        """Typst markup of the expression."""
        from wrt.show import typst

        return typst(self)

    def unicode(self) -> str:
        """The expression in Unicode mathematics, for a terminal."""
        from wrt.show import unicode

        return unicode(self)

    def python(self, engine: str = "numpy", *, stable: bool = True) -> str:
        """Python source of a function that computes the expression with this engine; literally with `stable=False`."""
        from wrt.engines import source

        return source(self, engine=engine, stable=stable)

    def compile(self, engine: str = "numpy", *, stable: bool = True, dtype: str | None = None) -> Any:
        """A callable that computes the expression with this engine, in a precision ("float32", "float64") if asked for;
        literally with `stable=False`."""
        from wrt.engines import compile as compile_

        return compile_(self, engine=engine, stable=stable, dtype=dtype)

    # Python's operators build expressions.

    def __add__(self, other: object) -> Expr:
        return build.add(self, other)

    def __radd__(self, other: object) -> Expr:
        return build.add(other, self)

    def __sub__(self, other: object) -> Expr:
        return build.sub(self, other)

    def __rsub__(self, other: object) -> Expr:
        return build.sub(other, self)

    def __mul__(self, other: object) -> Expr:
        return build.mul(self, other)

    def __rmul__(self, other: object) -> Expr:
        return build.mul(other, self)

    def __truediv__(self, other: object) -> Expr:
        return build.div(self, other)

    def __rtruediv__(self, other: object) -> Expr:
        return build.div(other, self)

    def __pow__(self, other: object) -> Expr:
        return build.power(self, other)

    def __rpow__(self, other: object) -> Expr:
        return build.power(other, self)

    def __matmul__(self, other: object) -> Expr:
        return build.matmul(self, other)

    def __rmatmul__(self, other: object) -> Expr:
        return build.matmul(other, self)

    def __neg__(self) -> Expr:
        return build.neg(self)

    def __pos__(self) -> Expr:
        return self

    def __abs__(self) -> Expr:
        from wrt import functions

        return functions.abs(self)

    def __lt__(self, other: object) -> Expr:
        return build.compare("<", self, other)

    def __le__(self, other: object) -> Expr:
        return build.compare("<=", self, other)

    def __gt__(self, other: object) -> Expr:
        return build.compare(">", self, other)

    def __ge__(self, other: object) -> Expr:
        return build.compare(">=", self, other)

    def __getitem__(self, item: object) -> Expr:
        return build.getitem(self, item)

    def __bool__(self) -> bool:
        if self.is_condition:
            raise TypeError("a comparison of expressions is neither true nor false yet: use where(condition, u, v)")
        return True

    def __iter__(self) -> Any:
        raise TypeError("an expression is not a sequence: its dimensions may be symbols")

    @property
    def T(self) -> Expr:
        """The transpose (axes reversed)."""
        return build.transpose(self)


# The operators need the constructors, which need the nodes, which need this class: so they come last.
from wrt.expr import build  # noqa: E402
