"""Lines of NumPy, JAX and PyTorch are read to the tree that the text language gives."""

from __future__ import annotations

import pytest

from wrt.errors import ReadError, WrtError
from wrt.read import read
from wrt.read.source import is_source, translated

TRANSLATIONS = {
    "jnp.log(jax.nn.sigmoid(x))": "log(sigmoid(x))",
    "np.sqrt(np.sum(x**2))": "sqrt(sum(x ** 2))",
    "jax.nn.softmax(z, axis=-1)": "softmax(z, axis=-1)",
    "torch.log(torch.sigmoid(x))": "log(sigmoid(x))",
    "F.softmax(z, dim=-1)": "softmax(z, axis=-1)",
    "np.linalg.norm(x)": "norm(x)",
    "np.linalg.norm(x, ord=1)": "norm(x, p=1)",
    "np.linalg.slogdet(A)[1]": "logdet(A)",
    "x.sum()": "sum(x)",
    "A.T @ np.exp(b)": "A.T @ exp(b)",
    "jnp.where(x > 0, jnp.log(x), 0.)": "where(x > 0, log(x), 0.0)",
    "np.log(1 + np.exp(x))": "log(1 + exp(x))",
    "return np.exp(-x)": "exp(-x)",
    "lambda x: math.sin(x)/x": "sin(x) / x",
    "f = lambda x, y: jnp.maximum(x, y).mean()": "mean(maximum(x, y))",
    "z = X @ w\ny = np.mean((z - t)**2)\nreturn y + 1": "z = X @ w\ny = mean((z - t) ** 2)\ny + 1",
    "import numpy as xp\ndef f(x):\n    '''A line.'''\n    y = xp.tanh(x)\n    return y**2": "y = tanh(x)\ny ** 2",
    "from jax.nn import log_softmax as ls\nls(z)": "log_softmax(z)",
    "torch.var(x, correction=0)": "var(x)",
    "jax.nn.gelu(x)": "gelu_tanh(x)",
    "F.gelu(x, approximate='none')": "gelu(x)",
    "np.clip(x, 0, 1)": "clip(x, 0, 1)",
    "torch.clamp(x, min=0)": "maximum(x, 0)",
    "np.sum(X, 0)": "sum(X, axis=0)",
    "torch.sum(X, 1, keepdim=True)": "sum(X, axis=1, keepdims=True)",
    "torch.max(x, y)": "max(x, y)",
    "(x**2).sum().sqrt()": "sqrt(sum(x ** 2))",
    "np.power(x, 3) - np.negative(x)": "x ** 3 - -x",
    "torch.logical_and(x > 0, x < 1)": "x > 0 and x < 1",
    "scipy.stats.norm.logcdf(x)": "normlogcdf(x)",
    "np.pi*x[:, np.newaxis]": "pi * x[:, None]",
    "np.einsum('ij,j->i', A, x)": "einsum('ij,j->i', A, x)",
    "jnp.asarray(x)**2": "x ** 2",
}


@pytest.mark.parametrize("text", TRANSLATIONS)
def test_translation(text: str) -> None:
    assert is_source(text)
    assert translated(text) == TRANSLATIONS[text]


def test_what_is_translated_is_read_as_its_translation_is() -> None:
    for text, plain in TRANSLATIONS.items():
        if "math.sin" not in text:
            assert read(text) == read(plain)
    assert read("lambda x: math.sin(x)/x") == read("sin(x)/x")


@pytest.mark.parametrize("text", ["A.T @ x", "x**2", "z = X @ w; sum(z)", "F.T @ x", "a.T*b.T", "np*x"])
def test_the_text_language_is_no_source(text: str) -> None:
    assert not is_source(text)


def test_a_declared_name_is_no_module() -> None:
    assert read("F.sum()", F="n") == read("sum(F)", F="n")


REFUSED = {
    "x + np.foo(x)": ("`np.foo` is not known here", 4, 6),
    "1 + torch.var(x)": ("`var` of PyTorch divides by n - 1", 4, 9),
    "tf.exp(x)": ("TensorFlow source is not read yet", 0, 2),
    "np.log(2x)": ("this line is not Python source", 7, 1),
    "2 + (np.exp(x) % 2)": ("`%` is not read here", 5, 13),
    "β + x[..., 0].sum()": ("`...` is not read here", 6, 3),
    "lambda x: lambda y: x": ("this is not read here", 10, 11),
    "import os": ("os is not a library that is read here", 0, 9),
    "np.log(x)\nfor i in x: pass": ("Python source of this kind is not read", 10, 3),
    "y += np.log(x)": ("this statement is not read", 0, 1),
    "np.exp([y for y in x])": ("this is not read here", 7, 14),
    "np.__class__.__bases__()": ("`np.__class__.__bases__` is not known here", 0, 2),
    "x.__class__()": ("`.__class__` is not part of the maths", 1, 10),
    "np.random": ("`np.random` is not known here", 0, 9),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_known_is_refused_at_its_place(text: str) -> None:
    message, position, width = REFUSED[text]
    with pytest.raises(ReadError) as caught:
        read(text)
    assert caught.value.message.startswith(message)
    assert (caught.value.position, caught.value.width) == (position, width)


@pytest.mark.parametrize(
    "text", ["np.exp(" * 5000, "np.exp(" + "-" * 50_000 + "x)", "lambda " * 10_000, "x.a(" * 20_000]
)
def test_long_source_is_refused(text: str) -> None:
    with pytest.raises(WrtError):
        read(text)
