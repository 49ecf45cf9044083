"""Readable forms: named functions recognised, like parts collected, the shortest of a few candidates kept."""

from wrt.simplify.matrices import use_facts
from wrt.simplify.pipeline import simplify
from wrt.simplify.recognise import recognise

__all__ = ["recognise", "simplify", "use_facts"]
