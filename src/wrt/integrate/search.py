"""The search for an antiderivative: the rules in the order of the strategy, the way of least cost, bounded in moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import process_time

from wrt.expr.node import Expr
from wrt.integrate.forms import answer
from wrt.integrate.rule import Move, Problem, Rule
from wrt.notation import effort

# What a way may cost, from the shortest to the longest: a way's cost is that of its rules, one inside the other.
# Each budget allows so many moves: where the short ways are many, longer ones still get their turn.
BUDGETS = ((3, 40), (7, 120), (10, 160), (15, 200))
MOST_SECONDS = 5.0  # of the processor, where moves are large
LARGEST_GROWTH = 3  # of an integrand, beside the first
ROOM_TO_GROW = 40


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """An antiderivative and how it was found: the move that was made, and the solutions of what it left."""

    problem: Problem
    rule: Rule
    move: Move
    parts: tuple[Solution, ...]
    expr: Expr


class Options:
    """The moves that the rules offer for a problem, those of each rule found when it is first affordable."""

    def __init__(self, problem: Problem, strategy: Sequence[Rule]) -> None:
        self.problem = problem
        self.strategy = strategy
        self.found: dict[Rule, list[Move]] = {}

    def within(self, budget: int) -> list[tuple[Rule, Move]]:
        """The moves of all rules that cost no more, those that leave nothing first; none after a rule that decides."""
        offers: list[tuple[Rule, Move]] = []
        for rule in self.strategy:
            if rule.cost > budget:
                continue
            if rule not in self.found:
                self.found[rule] = list(rule.moves(self.problem))
            offers += ((rule, move) for move in self.found[rule])
            if rule.decides and self.found[rule]:
                break
        return sorted(offers, key=lambda offer: bool(offer[1].parts))


class Search:
    """Looks for the antiderivative of one integrand. `tried` has the rules that were tried on what, in order."""

    def __init__(self, strategy: Sequence[Rule], problem: Problem) -> None:
        self.strategy = strategy
        self.problem = problem
        self.largest = LARGEST_GROWTH * effort(problem.integrand) + ROOM_TO_GROW
        self.moves = self.most_moves = 0
        self.end = process_time() + MOST_SECONDS
        self.options: dict[Problem, Options] = {}
        self.solved: dict[Problem, Solution] = {}
        self.failed: dict[Problem, int] = {}
        self.tried: list[tuple[Rule, Problem]] = []

    def run(self) -> Solution | None:
        """The solution of least cost, or None where the bounds do not allow one."""
        for budget, moves in BUDGETS:
            self.most_moves = self.moves + moves
            found = self.within(self.problem, budget, frozenset())
            if found is not None:
                return found
        return None

    def within(self, problem: Problem, budget: int, above: frozenset[Problem]) -> Solution | None:
        """A solution that costs no more; `above` are the problems that this one is to help with."""
        known = self.solved.get(problem)
        if known is not None:
            return known
        if problem in above or self.failed.get(problem, -1) >= budget:
            return None
        if problem not in self.options:
            if effort(problem.integrand) > self.largest:
                return None
            self.options[problem] = Options(problem, self.strategy)
        for rule, move in self.options[problem].within(budget):
            self.moves += 1
            if self.moves > self.most_moves or process_time() > self.end:
                return None
            self.tried.append((rule, problem))
            left = budget if rule.decides else budget - rule.cost  # where there is no choice, nothing is spent
            solution = self._made(problem, rule, move, left, above | {problem})
            if solution is not None:
                self.solved[problem] = solution
                return solution
        self.failed[problem] = budget
        return None

    def _made(
        self, problem: Problem, rule: Rule, move: Move, budget: int, above: frozenset[Problem]
    ) -> Solution | None:
        """The solution by one move, if all that it leaves can be solved."""
        parts: list[Solution] = []
        for part in move.parts:
            left = part if isinstance(part, Problem) else part(*(each.expr for each in parts))
            found = self.within(left, budget, above)
            if found is None:
                return None
            parts.append(found)
        whole = answer(move.combine(*(part.expr for part in parts)))
        return Solution(problem, rule, move, tuple(parts), whole)
