"""wrt ("with respect to"): the calculus workbench for machine learning."""

__version__ = "0.1.0"
