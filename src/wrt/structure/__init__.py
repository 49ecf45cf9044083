"""Structure of derivatives as linear maps: diagonal, blocks, factors, bands; known from indices, and used by code."""

from __future__ import annotations

from wrt.structure.structure import Structure, structure_of

__all__ = ["Structure", "structure_of"]
