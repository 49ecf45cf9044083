"""Exact series and limits: what an expression does near a point, or near infinity."""
