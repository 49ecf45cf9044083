"""Derivatives as equations between entries: ∂fᵢⱼ/∂Xₖₗ = Aᵢₖ Bₗⱼ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wrt.show.entries import in_indices

if TYPE_CHECKING:
    from wrt.show.spelling import Spelling


def by_entries(result: Any, spelling: Spelling, function: str = "f") -> tuple[str, str]:
    """Both sides of the equation that a derivative is, entry by entry."""
    name = result.variable.name
    indices, whole = in_indices(result.displayed, {function, name})
    rank, step = len(result.input.shape), len(result.variable.shape)
    places = [indices[start : start + step] for start in range(rank, len(indices), step)] if step else []
    x = spelling.symbol(name)
    variables = [spelling.subscript(x, each) for each in places]
    f = spelling.subscript(function, indices[:rank]) if rank else function
    return spelling.fraction(f, variables, result.order), spelling.program(whole)
