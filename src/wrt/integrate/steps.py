"""An antiderivative with the steps by which it was found: the moves of the search, told as they are."""

from __future__ import annotations

from functools import cached_property

from wrt.derive.step import Step
from wrt.derive.steps import Solution as Found
from wrt.expr.node import Antiderivative, Expr, Symbol
from wrt.integrate.search import Solution
from wrt.simplify import simplify


class Integration(Found):
    """The antiderivative of an integrand, without its constant, and its steps."""

    def __init__(self, node: Expr, variable: Symbol, solution: Solution) -> None:
        self.node = node
        self.variable = variable
        self.solution = solution

    @property
    def expr(self) -> Expr:
        """The antiderivative in readable form."""
        return self.solution.expr

    @cached_property
    def root(self) -> Step:
        """The steps as a tree."""
        root = told(self.solution)
        written = self.solution.problem.integrand
        if written is not self.node and written is not simplify(self.node):
            before = Antiderivative.intern(self.node, self.variable)
            root.children.insert(0, Step("rewrite", before, Antiderivative.intern(written, self.variable)))
        return root

    def __repr__(self) -> str:
        return f"<Integration of {self.node} by {self.variable.name}>"


def told(solution: Solution) -> Step:
    """A solution as a step, with those of what it left below it."""
    problem, rule, move = solution.problem, solution.rule, solution.move
    return Step(
        rule.name,
        Antiderivative.intern(problem.integrand, problem.variable),
        solution.expr,
        (rule.statement,),
        named=move.named,
        note=move.note,
        children=[told(part) for part in solution.parts],
    )
