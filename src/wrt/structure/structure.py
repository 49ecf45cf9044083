"""What is known of a derivative as a linear map, in words, as formulas, and as values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from wrt.expr.build import transpose
from wrt.expr.node import Expr, Formula, Shape
from wrt.notation import text
from wrt.simplify import simplify, use_facts
from wrt.structure.kinds import Form, Sum
from wrt.structure.recognise import recognise
from wrt.structure.terms import View, expanded
from wrt.structure.words import kind_of, said


@dataclass(frozen=True)
class Structure:
    """The structure of a tensor that maps its last axes, the columns, to its first, the rows.

    `kind` is its name, `parts` are the formulas it is made of, and `str` says it in a line.

    >>> from wrt.expr.build import diag, symbol
    >>> n = symbol("n", facts=["dimension"])
    >>> x = symbol("x", (n,))
    >>> print(structure_of(diag(x) - diag(x) @ diag(x), (n,), (n,)))
    diagonal: x - x**2
    """

    form: Form
    formula: Formula

    @property
    def kind(self) -> str:
        """The name of the kind of structure."""
        return kind_of(self.form).name

    @property
    def parts(self) -> tuple[Expr, ...]:
        """The formulas that the map is made of."""
        return tuple(self._named(part) for part in self.form.parts)

    @property
    def terms(self) -> tuple[Structure, ...]:
        """The structures of which this is the sum; itself, if it is none."""
        return (
            tuple(Structure(term, self.formula) for term in self.form.terms) if isinstance(self.form, Sum) else (self,)
        )

    @cached_property
    def symmetric(self) -> bool:
        """Whether rows and columns can be exchanged."""
        view, node = self.form.view, self.formula.node
        if view.rows != view.columns:
            return False
        count = len(view.rows)
        turned = transpose(node, (*range(count, 2 * count), *range(count)))
        return any(form(turned) is form(node) for form in (_simple, _multiplied_out))

    def __str__(self) -> str:
        return self.said(text)

    def said(self, write: Callable[[Expr], str]) -> str:
        """The structure in a line, with formulas as `write` writes them."""
        return said(self.form, write)

    def _named(self, part: Expr) -> Formula:
        like = self.formula
        return Formula(part, like.names, like.arguments, symbols=like.symbols)


def _simple(node: Expr) -> Expr:
    return simplify(use_facts(node))


def _multiplied_out(node: Expr) -> Expr:
    return use_facts(expanded(node))


def structure_of(node: Expr, rows: Shape, columns: Shape) -> Structure:
    """The structure of an expression of shape rows + columns as a linear map from columns to rows."""
    formula = node if isinstance(node, Formula) else Formula(node)
    return Structure(recognise(formula.node, View(rows, columns)), formula)
