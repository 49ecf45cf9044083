"""The calculus itself: the rules of differentiation, each named and with its source."""

from wrt.rules.rule import Rule
from wrt.rules.table import RULES, rule_for

__all__ = ["RULES", "Rule", "rule_for"]
