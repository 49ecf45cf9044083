"""Numbers for expected answers: expressions evaluated at points drawn as an acceptance row says."""

from __future__ import annotations

import ast
import random
from collections.abc import Mapping
from typing import Any

import numpy as np


def operators(text: str) -> int:
    """The size of an answer: operators, calls, `.T`, subscripts, comparisons, minus signs not on a number."""
    count = 0
    for statement in text.split(";"):
        tree = ast.parse(statement.strip(), mode="exec")
        for node in ast.walk(tree):
            match node:
                case ast.Compare():
                    count += len(node.ops)
                case ast.BoolOp():
                    count += len(node.values) - 1
                case ast.UnaryOp():
                    count += not (isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant))
                case ast.Attribute():
                    count += 1
                case ast.BinOp() | ast.Call() | ast.Subscript():
                    count += 1
    return count


def draw_dimensions(names: list[str], rng: random.Random) -> dict[str, int]:
    """Sizes that all differ, n the largest."""
    sizes = sorted(rng.sample(range(2, 4 + len(names)), len(names)), reverse=True)
    ordered = sorted(names, key=lambda name: (name != "n", rng.random()))
    return dict(zip(ordered, sizes, strict=True))


def _symmetric(a: np.ndarray) -> np.ndarray:
    return (a + a.T) / 2


DRAW = {
    "normal": lambda g, s: g.normal(size=s),
    "wide": lambda g, s: 3 * g.normal(size=s),
    "small": lambda g, s: 0.3 * g.normal(size=s),
    "positive": lambda g, s: g.uniform(0.3, 2.0, size=s),
    "prob": lambda g, s: g.uniform(0.1, 0.9, size=s),
    "pm1": lambda g, s: g.choice([-1.0, 1.0], size=s),
    "01": lambda g, s: g.choice([0.0, 1.0], size=s),
    "count": lambda g, s: g.poisson(2.0, size=s).astype(float),
    "sym": lambda g, s: _symmetric(g.normal(size=s)),
    "spd": lambda g, s: (lambda a: a @ a.T + np.eye(s[0]))(g.normal(size=s)),
    "invertible": lambda g, s: g.normal(size=s) + 2 * np.eye(s[0]),
    "simplex": lambda g, s: (lambda a: a / a.sum())(g.uniform(0.2, 1.0, size=s)),
    "onehot": lambda g, s: np.eye(s[-1])[g.integers(0, s[-1], size=s[:-1])],
    "laplacian": lambda g, s: (lambda w: np.diag(w.sum(1)) - w)(_symmetric(g.uniform(0.1, 1, size=s))),
    "nonneg_sym": lambda g, s: _symmetric(g.uniform(0.1, 1, size=s)),
}


def draw(shapes: Mapping[str, str], domain: Mapping[str, str], seed: int) -> dict[str, Any]:
    """A point: arrays for the declared variables, at random sizes."""
    rng, generator = random.Random(seed), np.random.default_rng(seed)
    declared = {name: shape.partition(",")[0].split() for name, shape in shapes.items()}
    names = sorted({size for sizes in declared.values() for size in sizes if size.isidentifier()})
    dimensions = draw_dimensions(names, rng)
    point: dict[str, Any] = {}
    for name, sizes in declared.items():
        shape = tuple(dimensions.get(size) or int(size) for size in sizes)
        facts = shapes[name].partition(",")[2]
        fallback = "positive" if ">0" in facts else domain.get("default", "normal")
        kind = domain.get(name, fallback)
        point[name] = np.asarray(DRAW[kind](generator, shape))
    return point
