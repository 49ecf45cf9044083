"""Expressions: nodes, and the constructors that keep them canonical."""

import wrt.expr.base  # noqa: F401 - it comes first, whichever module of the room is asked for
