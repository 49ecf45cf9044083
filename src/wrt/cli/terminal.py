"""What the terminal can show."""

from __future__ import annotations

import io
from typing import TextIO

_SAMPLE = "σ∇ᵀ²λ·−×→│├└✓✗"


def shows_unicode(stream: TextIO) -> bool:
    """Whether the stream's encoding has the signs of mathematics."""
    try:
        _SAMPLE.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def adapt(stream: TextIO) -> None:
    """Let a stream write what its encoding lacks as an escape, not as an error."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
