"""Oracles: they judge results by ball arithmetic and know nothing of the rules that made them."""
