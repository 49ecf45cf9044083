"""The public face: compute, then verify, then wrap."""

from wrt.face.compute import check, compile, derive, grad, hessian, jacobian
from wrt.face.result import Result

__all__ = ["Result", "check", "compile", "derive", "grad", "hessian", "jacobian"]
