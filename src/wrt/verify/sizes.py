"""Dimensions in numbers: exact arithmetic on the symbols and numbers that shapes are made of."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import prod

from wrt.expr.node import Add, Constant, Expr, Mul, Power, Symbol
from wrt.verify.series import OutsideShapeError, UnsupportedError

Sizes = Mapping[Symbol, int]


def dimension(size: Expr, sizes: Sizes) -> int:
    """A dimension as a number. Raises OutsideShapeError where it is not a whole number above 0."""
    if isinstance(size, Symbol) and size in sizes:
        return sizes[size]
    value = whole(size, sizes)
    if value < 1:
        raise OutsideShapeError(f"{size} is {value}")
    return value


def whole(node: Expr, sizes: Sizes) -> int:
    """A whole number written as an expression in the dimensions."""
    value = _number(node, sizes)
    if value.denominator != 1:
        raise OutsideShapeError(f"{node} is not a whole number")
    return value.numerator


def _number(node: Expr, sizes: Sizes) -> Fraction:
    match node:
        case Constant():
            return Fraction(node.value)
        case Symbol() if node in sizes:
            return Fraction(sizes[node])
        case Add():
            return sum((_number(term, sizes) for term in node.terms), Fraction(0))
        case Mul():
            return prod((_number(factor, sizes) for factor in node.factors), start=Fraction(node.coefficient))
        case Power(base=base, exponent=Constant(value=int() as exponent)):
            value = _number(base, sizes)
            if value == 0 and exponent < 0:
                raise OutsideShapeError(f"{node} divides by zero")
            return value**exponent
    raise UnsupportedError(f"a dimension or position is {node}, which is not a number")


def shape_of(node: Expr, sizes: Sizes) -> tuple[int, ...]:
    """The shape in numbers."""
    return tuple(dimension(size, sizes) for size in node.shape)
