"""The public face: compute, then verify, then wrap."""

from wrt.face.compose import implicit, partial
from wrt.face.compute import check, compile, derive, grad, hessian, jacobian
from wrt.face.doctor import diagnose
from wrt.face.integral import Antiderivative, integrate
from wrt.face.limits import Limit, limit
from wrt.face.polynomials import Taylor, taylor
from wrt.face.products import directional, hvp, jvp, vjp
from wrt.face.result import Product, Result

__all__ = [
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
]
