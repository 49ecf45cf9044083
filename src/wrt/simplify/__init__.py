"""Readable forms: named functions recognised, like parts collected, the shortest of a few candidates kept."""

from wrt.simplify.pipeline import simplify
from wrt.simplify.recognise import recognise
from wrt.simplify.symmetry import use_symmetry

__all__ = ["recognise", "simplify", "use_symmetry"]
