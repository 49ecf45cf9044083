"""What NumPy, JAX, PyTorch, SciPy and Python's math call the words of the text language: tables of modules and names.

Most names are the same, and stand in the table of functions. These are the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# Names that modules go by, and the library that each belongs to.
MODULES: Final[Mapping[str, str]] = {
    "np": "NumPy", "numpy": "NumPy", "onp": "NumPy", "jnp": "JAX", "jax": "JAX", "jsp": "JAX", "lax": "JAX",
    "torch": "PyTorch", "F": "PyTorch", "nn": "PyTorch", "scipy": "SciPy", "special": "SciPy", "math": "Python's math",
}  # fmt: skip
NOT_READ: Final[Mapping[str, str]] = {"tf": "TensorFlow", "sympy": "SymPy", "sp": "SymPy", "cp": "CuPy"}

# Modules inside modules, which names are looked for in.
INNER: Final = frozenset({"numpy", "nn", "functional", "linalg", "special", "scipy", "lax", "stats", "norm"})

CONSTANTS: Final[Mapping[str, str]] = {"pi": "pi", "e": "e", "inf": "inf", "euler_gamma": "euler_gamma"}

# Names that the table of functions does not have; "norm.cdf" is cdf in a module called norm.
WORDS: Final[Mapping[str, str]] = {
    "norm.cdf": "normcdf", "norm.logcdf": "normlogcdf", "norm.pdf": "normpdf", "norm.ppf": "norminv",
    "vdot": "dot", "inner": "dot", "vecdot": "dot", "linalg.multi_dot": "matmul", "fmax": "maximum", "fmin": "minimum",
    "select": "where", "log_expit": "log_sigmoid", "hard_tanh": "hardtanh", "soft_sign": "softsign",
    "t": "transpose", "erf_inv": "erfinv", "bessel_i0e": "i0e", "bessel_i1e": "i1e",
}  # fmt: skip

OPERATORS: Final[Mapping[str, str]] = {
    "add": "+", "subtract": "-", "sub": "-", "multiply": "*", "mul": "*", "divide": "/", "true_divide": "/", "div": "/",
    "power": "**", "pow": "**", "float_power": "**", "mm": "@", "mv": "@",
    "greater": ">", "gt": ">", "less": "<", "lt": "<", "greater_equal": ">=", "ge": ">=", "less_equal": "<=",
    "le": "<=", "equal": "==", "eq": "==", "not_equal": "!=", "ne": "!=", "logical_and": "and", "logical_or": "or",
    "bitwise_and": "and", "bitwise_or": "or",
}  # fmt: skip
SIGNS: Final[Mapping[str, str]] = {"negative": "-", "neg": "-", "positive": "+", "logical_not": "not "}

# Calls that give their argument back: what is read here has no types of numbers.
IDENTITIES: Final = frozenset(
    {"asarray", "array", "as_tensor", "tensor", "float32", "float64", "float", "double", "item"}
)

# Options under another name, and functions whose second argument may be an axis given without its name.
OPTIONS: Final[Mapping[str, str]] = {"dim": "axis", "keepdim": "keepdims", "negative_slope": "slope", "ord": "p"}
ALONG_AXES: Final = frozenset(
    {"sum", "mean", "var", "std", "prod", "max", "min", "logsumexp", "softmax", "log_softmax", "cumsum"}
)

# Functions that mean one word or another by an option (None: where none of these stands there), by library.
VARIANTS: Final[Mapping[tuple[str, str], Mapping[tuple[str, object] | None, str]]] = {
    ("JAX", "gelu"): {
        None: "gelu_tanh", ("approximate", True): "gelu_tanh", ("approximate", False): "gelu",
    },
    ("PyTorch", "gelu"): {None: "gelu", ("approximate", "none"): "gelu", ("approximate", "tanh"): "gelu_tanh"},
    ("PyTorch", "var"): {("correction", 0): "var", ("unbiased", False): "var"},
    ("PyTorch", "std"): {("correction", 0): "std", ("unbiased", False): "std"},
}  # fmt: skip
