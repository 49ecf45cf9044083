"""Large and nasty expressions: simplification ends soon, because its bounds are held before the algebra begins."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction

import pytest

from wrt import functions
from wrt.derive.engine import differentiate
from wrt.expr.build import add, mul, number, power, symbol, where
from wrt.expr.node import Expr
from wrt.simplify import simplify

SECONDS = 10  # a tenth of it is usual; the rest is for a busy machine
x, y, z, a, b, c, d, n = map(symbol, "xyzabcdn")
MANY = [symbol(f"x{place}") for place in range(60)]


def nested(times: int, step: Callable[[Expr], Expr]) -> Expr:
    """A step taken again and again, from x."""
    value: Expr = x
    for _ in range(times):
        value = step(value)
    return value


def root(degree: int) -> Fraction:
    return Fraction(1, degree)


LARGE: dict[str, Callable[[], Expr]] = {
    "60 terms of 60 symbols": lambda: add(*(each**2 / (1 + each) for each in MANY)),
    "60 terms of one symbol": lambda: add(*((x + k) ** 2 / (1 + k * x) for k in range(1, 61))),
    "60 fractions": lambda: add(*(1 / (x + k) for k in range(60))),
    "12 fractions of three symbols": lambda: add(*(1 / (x + k * y + k * k * z) for k in range(1, 13))),
    "product of 20 sums": lambda: mul(*(x + k for k in range(20))) + 1,
    "product of sums of four": lambda: mul(*(a + k * b + k * k * c + d for k in range(8))) + x,
    "quotient of products": lambda: mul(*(a + k * b + x for k in range(6))) / mul(*(k * a + b for k in range(2, 8))),
    "power of a sum": lambda: (a + b + c + x) ** 12 + (a + x) ** 12,
    "quotient of powers": lambda: (a + b + c + x) ** 12 / (a - b + x) ** 11 + (a + b) ** 12 / (c + x) ** 12,
    "degree 1000": lambda: x**1000 - y**1000,
    "degree 100000": lambda: x**100000 - 1,
    "sparse of high degree": lambda: (x**50 - 1) / (x**30 - 1) + (x**49 - 1) / (x**31 + 1),
    "big numbers": lambda: (10**300 * x + 7**200) / (3**500 * x**2 + 1) + 11**99 * x,
    "many big numbers": lambda: add(*((10 ** (50 + k) + k) * x**k * y ** (30 - k) for k in range(30))),
    "continued fraction": lambda: nested(100, lambda e: 1 / (1 + e)),
    "continued fraction of two symbols": lambda: nested(25, lambda e: y / (x + e)),
    "nested squares": lambda: nested(30, lambda e: e**2 + 1),
    "nested roots": lambda: nested(12, lambda e: power(e + 1, root(2))),
    "Horner's scheme": lambda: nested(50, lambda e: x * (y + e)),
    "sum of exponentials": lambda: add(*(functions.exp(k * x) for k in range(60))),
    "quotient of exponentials": lambda: (
        add(*(functions.exp(k * x) for k in range(40))) / add(*(functions.exp(3 * k * x) for k in range(30)))
    ),
    "roots of all orders": lambda: add(*(power(x, root(k)) for k in range(1, 14))),
    "roots of high order": lambda: power(x, root(9973)) + power(x, root(9967)) + x,
    "trigonometric powers": lambda: add(*(functions.sin(x) ** k * functions.cos(x) ** (30 - k) for k in range(30))),
    "trigonometric quotient": lambda: (
        (functions.sin(x) + functions.cos(x)) ** 12 / (functions.tan(x) + functions.sec(x)) ** 11
    ),
    "many functions": lambda: add(*(functions.sin(k * x) * functions.cos(k * y) for k in range(1, 40))),
    "quotient in 11 symbols": lambda: (
        add(*(MANY[k] * MANY[k + 1] for k in range(10))) ** 4
        / add(*(MANY[k] + MANY[k + 1] ** 2 for k in range(10))) ** 4
    ),
    "symbolic exponents": lambda: (x ** (3 * n) - 1) / (x**n - 1) + (x ** (7 * n) - 1) / (x ** (2 * n) - 1),
    "many pieces": lambda: add(*(where(x > k, k * x, x - k) for k in range(40))),
    "product of pieces": lambda: mul(*(where(x > k, k * x, x - k) for k in range(12))),
    "large coefficient": lambda: number(Fraction(2**400 + 1, 3**300)) * (x + 1) ** 3 - x,
}


@pytest.mark.parametrize("make", LARGE.values(), ids=LARGE)
def test_it_ends_soon(make):
    expression = make()
    for each in (expression, differentiate(expression, x)):
        start = time.process_time()
        assert simplify(each).shape == each.shape
        assert time.process_time() - start < SECONDS
