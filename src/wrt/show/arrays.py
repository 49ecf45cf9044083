"""Arrays in a line of text: small ones in full, of large ones what a reader would look at first."""

from __future__ import annotations

from typing import Any

FEW = 16  # entries that are all shown


def in_a_line(value: Any, width: int) -> str:
    """All entries if they are few and fit, else the least and the largest one, and the norm; 4 digits of each."""
    import numpy as np

    array = np.asarray(value, dtype=float)
    if array.size <= FEW:
        written = _entries(array.tolist())
        if len(written) <= width:
            return written
    return f"from {array.min():.4g} to {array.max():.4g}, norm {np.linalg.norm(array.ravel()):.4g}"


def _entries(value: Any) -> str:
    if not isinstance(value, list):
        return f"{value + 0.0:.4g}"  # no minus before 0
    return f"[{' '.join(map(_entries, value))}]"
