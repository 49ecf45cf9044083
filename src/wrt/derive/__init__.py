"""Differentiation: the rules applied over the expression, forward or in reverse, with every step recorded."""
