"""Functions of a square matrix."""

from __future__ import annotations

from collections.abc import Callable

from wrt.expr.arithmetic import neg, power
from wrt.expr.build import compare, einsum, kron, mul, transpose
from wrt.expr.function import Function
from wrt.expr.node import ONE, ZERO, Call, Contract, Expr, Mul
from wrt.expr.tensor import kron_factors
from wrt.functions.declare import function
from wrt.functions.exponential import log
from wrt.functions.piecewise import abs_


def _evaluated(
    identity: Callable[[Expr], Expr],
    transposed: Callable[[Expr], Expr],
    inverse: Callable[[Expr], Expr],
    product: Callable[[Expr, Expr], Expr],
    scaled: Callable[[Expr, Expr], Expr] | None = None,
) -> Callable[[Expr], Expr | None]:
    """What a function of I, of Aᵀ, of A⁻¹, of A ⊗ B with square A and B, and of c·A is: a law for each."""

    def evaluate(matrix: Expr) -> Expr | None:
        match matrix:
            case Contract(operands=(), out=(0, 0)):
                return identity(matrix)
            case Contract(operands=(operand,), subscripts=((1, 0),), out=(0, 1)) if operand.ndim == 2:
                return transposed(operand)
            case Call(function=function, args=(operand,)) if function is inv:
                return inverse(operand)
            case Mul(factors=(*scalars, operand)) if scaled is not None and matrix.coefficient != 0:
                return scaled(mul(matrix.coefficient, *scalars), operand)
        factors = kron_factors(matrix)
        if factors is not None and all(factor.shape[0] is factor.shape[1] for factor in factors):
            return product(*factors)
        return None

    return evaluate


# A V = I gives dA V + A dV = 0, so dV = −V dA V.
inv: Function = function(
    "inv",
    "the inverse matrix",
    kind="matrix",
    arguments="A",
    result_axes=2,
    condition=lambda A: compare("!=", det(A), 0),
    symbols={"unicode": "{}⁻¹", "latex": "{}^{{-1}}", "typst": "{}^(-1)"},
    evaluate=_evaluated(
        identity=lambda matrix: matrix,
        transposed=lambda A: transpose(inv(A)),
        inverse=lambda A: A,
        product=lambda A, B: kron(inv(A), inv(B)),
        scaled=lambda c, A: inv(A) / c,
    ),
    derivative=lambda A: mul(-1, einsum("ik,lj->ijkl", inv(A), inv(A))),
    engines={"numpy": "numpy.linalg.inv", "jax": "jax.numpy.linalg.inv", "torch": "torch.linalg.inv"},
    source="Magnus, Neudecker 2019, § 8.4",
)

# Jacobi's formula: d det A = det A · tr(A⁻¹ dA).
det: Function = function(
    "det",
    "the determinant",
    kind="matrix",
    arguments="A",
    symbols={"latex": r"\det", "typst": "det"},
    evaluate=_evaluated(
        identity=lambda matrix: ONE,
        transposed=lambda A: det(A),
        inverse=lambda A: power(det(A), -1),
        product=lambda A, B: power(det(A), B.shape[0]) * power(det(B), A.shape[0]),
    ),
    derivative=lambda A: det(A) * transpose(inv(A)),
    engines={"numpy": "numpy.linalg.det", "jax": "jax.numpy.linalg.det", "torch": "torch.linalg.det"},
    stable={"log": lambda A: logdet(A)},
    source="Magnus, Neudecker 2019, § 8.3",
)

logdet: Function = function(
    "logdet",
    "log|det A|",
    kind="matrix",
    arguments="A",
    symbols={"unicode": "log|det {}|", "latex": r"\log\left|\det {}\right|", "typst": "log abs(det {})"},
    condition=lambda A: compare("!=", det(A), 0),
    definition=lambda A: log(abs_(det(A))),
    evaluate=_evaluated(
        identity=lambda matrix: ZERO,
        transposed=lambda A: logdet(A),
        inverse=lambda A: neg(logdet(A)),
        product=lambda A, B: B.shape[0] * logdet(A) + A.shape[0] * logdet(B),
    ),
    derivative=lambda A: transpose(inv(A)),
    engines={
        "numpy": "numpy.linalg.slogdet({0})[1]",
        "jax": "jax.numpy.linalg.slogdet({0})[1]",
        "torch": "torch.linalg.slogdet({0})[1]",
    },
    source="Magnus, Neudecker 2019, § 8.3",
)
