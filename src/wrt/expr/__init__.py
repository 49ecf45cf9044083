"""Expressions: nodes, and the constructors that keep them canonical."""

import wrt.expr.node  # noqa: F401 - the nodes come first, whichever module of the room is asked for
