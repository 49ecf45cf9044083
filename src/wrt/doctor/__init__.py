"""Where plain code of a function loses digits, overflows or gives NaN: the first operation that goes bad, and why."""
