"""wrt ("with respect to"): the calculus workbench for machine learning.

Importing it loads the standard library only; each name below is imported from its room when it is first used.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from wrt import functions as functions
    from wrt.errors import (
        DomainError,
        LimitError,
        ReadError,
        ShapeError,
        Unsolved,
        VerificationError,
        WrtError,
    )
    from wrt.expr.build import INFINITY as inf  # noqa: N811 - the public name
    from wrt.expr.node import Expr
    from wrt.face import (
        Antiderivative,
        Limit,
        Product,
        Result,
        Taylor,
        check,
        compile,
        derive,
        diagnose,
        directional,
        grad,
        hessian,
        hvp,
        implicit,
        integrate,
        jacobian,
        jvp,
        limit,
        partial,
        taylor,
        vjp,
    )
    from wrt.read import read
    from wrt.verify.certificate import Certificate, Verdict

_ROOMS = {
    "wrt.errors": (
        "DomainError",
        "LimitError",
        "ReadError",
        "ShapeError",
        "Unsolved",
        "VerificationError",
        "WrtError",
    ),
    "wrt.expr.node": ("Expr",),
    "wrt.face": (
        "Antiderivative",
        "Limit",
        "Product",
        "Result",
        "Taylor",
        "check",
        "compile",
        "derive",
        "diagnose",
        "directional",
        "grad",
        "hessian",
        "hvp",
        "implicit",
        "integrate",
        "jacobian",
        "jvp",
        "limit",
        "partial",
        "taylor",
        "vjp",
    ),
    "wrt.read": ("read",),
    "wrt.verify.certificate": ("Certificate", "Verdict"),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "Antiderivative",
    "Certificate",
    "DomainError",
    "Expr",
    "Limit",
    "LimitError",
    "Product",
    "ReadError",
    "Result",
    "ShapeError",
    "Taylor",
    "Unsolved",
    "Verdict",
    "VerificationError",
    "WrtError",
    "check",
    "compile",
    "derive",
    "diagnose",
    "directional",
    "functions",
    "grad",
    "hessian",
    "hvp",
    "implicit",
    "inf",
    "integrate",
    "jacobian",
    "jvp",
    "limit",
    "partial",
    "read",
    "taylor",
    "vjp",
]


def __getattr__(name: str) -> Any:
    if name == "functions":
        value: Any = import_module("wrt.functions")
    elif name == "inf":
        value = import_module("wrt.expr.node").INFINITY
    elif name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
    else:
        raise AttributeError(f"module 'wrt' has no attribute {name!r}")
    globals()[name] = value
    return value


class _Face(ModuleType):
    """The package: a public name (`wrt.read`) is kept when the room of that name (`wrt/read/`) is imported."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Face


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
