"""Antiderivatives: named rules, and a search for the shortest way that a person would go."""
