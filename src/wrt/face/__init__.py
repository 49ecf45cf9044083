"""The public face: compute, then verify, then wrap."""

from wrt.face.compose import directional, implicit, partial
from wrt.face.compute import check, compile, derive, grad, hessian, jacobian
from wrt.face.result import Result

__all__ = ["Result", "check", "compile", "derive", "directional", "grad", "hessian", "implicit", "jacobian", "partial"]
