"""A rewrite applied throughout expressions, until it has nothing more to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wrt.expr.node import Expr


class Rewriting:
    """Applies a step to every node, operands first, and to what it makes of them, until it has nothing more to say."""

    def __init__(self, step: Callable[[Expr], Expr | None]) -> None:
        self.step = step
        self.done: dict[Expr, Expr] = {}

    def apply(self, roots: Sequence[Expr]) -> list[Expr]:
        """The expressions rewritten."""
        aliases: dict[Expr, Expr] = {}
        stack = list(roots)
        while stack:
            node = stack[-1]
            if node in self.done:
                stack.pop()
                continue
            if node in aliases:
                if aliases[node] in self.done:
                    self.done[node] = self.done[aliases[node]]
                    stack.pop()
                else:
                    stack.append(aliases[node])
                continue
            pending = [operand for operand in node.operands if operand not in self.done]
            if pending:
                stack.extend(reversed(pending))
                continue
            operands = tuple(self.done[operand] for operand in node.operands)
            if operands != node.operands:
                changed: Expr | None = node.rebuilt(operands)
            else:
                changed = self.step(node)
            if changed is None or changed is node:
                self.done[node] = node
            else:
                aliases[node] = changed
        return [self.done[root] for root in roots]
