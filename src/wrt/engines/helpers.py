"""Small functions that stand above the emitted code that calls them, where a library has no robust form of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

MODULE: Final = "helpers"  # their names are spelled as if they stood in a module

# The cofactors of A = U diag(s) Vt are those of diag(s), products of the other singular values, in other bases.
_NUMPY = '''\
def norm(x):
    """The square root of the sum of the squares, also where these overflow or underflow."""
    square = np.vdot(x, x)
    if 1e-30 < square < np.inf:
        return np.sqrt(square)
    scale = np.max(np.abs(x), initial=0)
    return scale * np.sqrt(np.sum((x / scale) ** 2)) if 0 < scale < np.inf else scale


def norms(x, axis):
    """The square roots of the sums of the squares, also where these overflow or underflow."""
    if np.vdot(x, x) < np.inf:
        square = np.sum(x * x, axis=axis)
        if (square > 1e-30).all():
            return np.sqrt(square)
    scale = np.max(np.abs(x), axis=axis, keepdims=True, initial=0)
    scale = np.where((scale > 0) & (scale < np.inf), scale, 1)
    return np.sqrt(np.sum((x / scale) ** 2, axis=axis)) * np.squeeze(scale, axis=axis)


def centred(x, axis=None):
    """x - mean(x), exactly 0 where all entries are equal."""
    x = x - (x.flat[0] if axis is None else np.min(x, axis=axis, keepdims=True))
    return x - np.mean(x, axis=axis, keepdims=True)


def hypot(x, y):
    """sqrt(x**2 + y**2), also where the squares overflow or underflow."""
    if np.vdot(x, x) + np.vdot(y, y) < np.inf:
        r = np.sqrt(x * x + y * y)
        if (r > 1e-15).all():
            return r
    return np.hypot(x, y)


def over_squares(x, y, z):
    """x / (y**2 + z**2), also where the squares overflow."""
    if np.vdot(y, y) + np.vdot(z, z) < np.inf:
        return x / (y * y + z * z)
    r = np.hypot(y, z)
    return x / r / r


def log1p_square(x):
    """log(1 + x**2), also where the square overflows."""
    if np.vdot(x, x) < np.inf:
        return np.log1p(x * x)
    return np.where(np.abs(x) > 1, 2 * np.log(np.hypot(1, x)), np.log1p(np.minimum(np.abs(x), 1) ** 2))


def cofactor(A):
    """det(A) * inv(A).T, also where A is singular: the gradient of the determinant."""
    d = np.linalg.det(A)
    if d != 0:
        return d * np.linalg.inv(A).T
    U, s, Vt = np.linalg.svd(A)
    return np.linalg.det(U) * np.linalg.det(Vt) * (U * products_of_others(s)) @ Vt


def cofactor_along(A, B):
    """The derivative of cofactor(A) in the direction of B."""
    V = sure_inverse(A)
    if V is not None:
        VB = V @ B
        return np.linalg.det(A) * (np.trace(VB) * V - VB @ V).T
    U, s, Vt = np.linalg.svd(A)
    W = np.linalg.det(U) * np.linalg.det(Vt) * products_of_other_pairs(s)
    M = U.T @ B @ Vt.T
    return U @ (np.diag(W @ np.diag(M)) - W * M.T) @ Vt


def second_cofactor(A):
    """The derivative of cofactor(A): the Hessian of the determinant."""
    V = sure_inverse(A)
    if V is not None:
        T = np.linalg.det(A) * V.T[:, :, None, None] * V.T
    else:
        U, s, Vt = np.linalg.svd(A)
        W = np.linalg.det(U) * np.linalg.det(Vt) * products_of_other_pairs(s)
        G = U[:, None, :] * Vt.T
        T = np.tensordot(G @ W, G, (2, 2))
    return T - np.transpose(T, (0, 3, 2, 1))


def sure_inverse(A):
    """inv(A), or None where a third of its digits may be lost."""
    try:
        V = np.linalg.inv(A)
    except np.linalg.LinAlgError:
        return None
    condition = np.max(np.abs(A), initial=0) * np.max(np.abs(V), initial=0)
    return V if condition < np.finfo(V.dtype).eps ** (-1 / 3) else None


def products_of_others(x, axis=-1):
    """For each entry the product of all others, also where it is 0."""
    product = np.prod(x, axis=axis, keepdims=True)
    if (np.abs(product) > 1e-30).all():
        return product / x
    if isinstance(axis, tuple):  # all axes
        return products_of_others(x.reshape(-1)).reshape(x.shape)
    x = np.moveaxis(x, axis, -1)
    one = np.ones_like(x[..., :1])
    before = np.cumprod(np.concatenate([one, x[..., :-1]], axis=-1), axis=-1)
    after = np.cumprod(np.concatenate([one, x[..., :0:-1]], axis=-1), axis=-1)
    return np.moveaxis(before * after[..., ::-1], -1, axis)


def products_of_other_pairs(s):
    """For each pair of entries the product of all others; 0 on the diagonal."""
    same = np.eye(len(s), dtype=bool)
    return np.prod(np.where(same[:, None] | same, 1, s), axis=2) * ~same


def with_series(formula, near, series, distance):
    """The formula, with a series in its place for the entries that are near a point."""
    values, chosen = np.array(formula), np.nonzero(near)
    values[chosen] = series(distance[chosen])
    return values
'''

# Traced code takes no branches: it computes both forms, each of a harmless matrix where the other one is meant.
_JAX = '''\
def norm(x):
    """The square root of the sum of the squares, also where these overflow or underflow."""
    return norms(x, None)


def norms(x, axis):
    """The square roots of the sums of the squares, also where these overflow or underflow."""
    scale = jax.lax.stop_gradient(jnp.max(jnp.abs(x), axis=axis, keepdims=True, initial=0))
    scale = jnp.where((scale > 0) & (scale < jnp.inf), scale, 1)
    square = jnp.sum((x / scale) ** 2, axis=axis)
    length = jnp.where(square > 0, jnp.sqrt(jnp.where(square > 0, square, 1)), square)
    return length * jnp.squeeze(scale, axis=axis)


def centred(x, axis=None):
    """x - mean(x), exactly 0 where all entries are equal."""
    x = x - jax.lax.stop_gradient(jnp.min(x, axis=axis, keepdims=True))
    return x - jnp.mean(x, axis=axis, keepdims=True)


def cofactor(A):
    """det(A) * inv(A).T, also where A is singular: the gradient of the determinant."""
    return jax.grad(jnp.linalg.det)(A)


def cofactor_along(A, B):
    """The derivative of cofactor(A) in the direction of B."""
    return jnp.tensordot(second_cofactor(A), B, 2)


def second_cofactor(A):
    """The derivative of cofactor(A): the Hessian of the determinant."""
    regular = is_regular(A)
    V = jnp.linalg.inv(jnp.where(regular, A, jnp.eye(len(A)))).T
    U, s, Vt = jnp.linalg.svd(jnp.where(regular, jnp.diag(jnp.arange(1, len(A) + 1)), A))
    W = jnp.linalg.det(U) * jnp.linalg.det(Vt) * products_of_other_pairs(s)
    G = U[:, None, :] * Vt.T
    T = jnp.where(regular, jnp.linalg.det(A) * V[:, :, None, None] * V, jnp.tensordot(G @ W, G, (2, 2)))
    return T - jnp.transpose(T, (0, 3, 2, 1))


def is_regular(A):
    """Whether inv(A) has two thirds of its digits."""
    s = jnp.linalg.svd(jax.lax.stop_gradient(A), compute_uv=False)
    return jnp.min(s) > jnp.finfo(A.dtype).eps ** (1 / 3) * jnp.max(s)


def products_of_others(x, axis=-1):
    """For each entry the product of all others, also where it is 0."""
    if isinstance(axis, tuple):  # all axes
        return products_of_others(x.reshape(-1)).reshape(x.shape)
    x = jnp.moveaxis(x, axis, -1)
    one = jnp.ones_like(x[..., :1])
    before = jnp.cumprod(jnp.concatenate([one, x[..., :-1]], axis=-1), axis=-1)
    after = jnp.cumprod(jnp.concatenate([one, x[..., :0:-1]], axis=-1), axis=-1)
    return jnp.moveaxis(before * after[..., ::-1], -1, axis)


def products_of_other_pairs(s):
    """For each pair of entries the product of all others; 0 on the diagonal."""
    same = jnp.eye(len(s), dtype=bool)
    return jnp.prod(jnp.where(same[:, None] | same, 1, s), axis=2) * ~same
'''

_TORCH = '''\
def norm(x):
    """The square root of the sum of the squares, also where these overflow or underflow."""
    return norms(x.reshape(-1), 0)


def norms(x, dim):
    """The square roots of the sums of the squares, also where these overflow or underflow."""
    scale = torch.amax(torch.abs(x.detach()), dim=dim, keepdim=True)
    scale = torch.where((scale > 0) & (scale < torch.inf), scale, 1)
    square = torch.sum((x / scale) ** 2, dim=dim)
    length = torch.where(square > 0, torch.sqrt(torch.where(square > 0, square, 1)), square)
    return length * torch.squeeze(scale, dim=dim)


def centred(x, dim):
    """x - mean(x), exactly 0 where all entries are equal."""
    x = x - torch.amin(x.detach(), dim=dim, keepdim=True)
    return x - torch.mean(x, dim=dim, keepdim=True)


def cofactor(A):
    """det(A) * inv(A).T, also where A is singular: the gradient of the determinant."""
    regular = is_regular(A)
    V = torch.linalg.inv(torch.where(regular, A, torch.eye(len(A)).to(A))).T
    U, s, Vt = torch.linalg.svd(torch.where(regular, torch.diag(torch.arange(1, len(A) + 1)).to(A), A))
    C = torch.linalg.det(U) * torch.linalg.det(Vt) * (U * products_of_others(s)) @ Vt
    return torch.where(regular, torch.linalg.det(A) * V, C)


def cofactor_along(A, B):
    """The derivative of cofactor(A) in the direction of B."""
    return torch.tensordot(second_cofactor(A), B, 2)


def second_cofactor(A):
    """The derivative of cofactor(A): the Hessian of the determinant."""
    regular = is_regular(A)
    V = torch.linalg.inv(torch.where(regular, A, torch.eye(len(A)).to(A))).T
    U, s, Vt = torch.linalg.svd(torch.where(regular, torch.diag(torch.arange(1, len(A) + 1)).to(A), A))
    W = torch.linalg.det(U) * torch.linalg.det(Vt) * products_of_other_pairs(s)
    G = U[:, None, :] * Vt.T
    T = torch.where(regular, torch.linalg.det(A) * V[:, :, None, None] * V, torch.tensordot(G @ W, G, ([2], [2])))
    return T - torch.permute(T, (0, 3, 2, 1))


def is_regular(A):
    """Whether inv(A) has two thirds of its digits."""
    s = torch.linalg.svdvals(A.detach())
    return s.min() > torch.finfo(A.dtype).eps ** (1 / 3) * s.max()


def products_of_others(x, dim=-1):
    """For each entry the product of all others, also where it is 0."""
    if isinstance(dim, tuple):  # all axes
        return products_of_others(x.reshape(-1)).reshape(x.shape)
    x = torch.movedim(x, dim, -1)
    one = torch.ones_like(x[..., :1])
    before = torch.cumprod(torch.cat([one, x[..., :-1]], dim=-1), dim=-1)
    after = torch.cumprod(torch.cat([one, torch.flip(x[..., 1:], (-1,))], dim=-1), dim=-1)
    return torch.movedim(before * torch.flip(after, (-1,)), -1, dim)


def products_of_other_pairs(s):
    """For each pair of entries the product of all others; 0 on the diagonal."""
    same = torch.eye(len(s), dtype=torch.bool, device=s.device)
    return torch.prod(torch.where(same[:, None] | same, 1, s), dim=2) * ~same
'''


def _by_name(text: str) -> dict[str, str]:
    functions = text.rstrip().split("\n\n\n")
    return {re.match(r"def (\w+)", each).group(1): each for each in functions}  # type: ignore[union-attr]


HELPERS: Final[Mapping[str, Mapping[str, str]]] = {
    engine: _by_name(text) for engine, text in (("numpy", _NUMPY), ("jax", _JAX), ("torch", _TORCH))
}


def with_helpers(names: Iterable[str], engine: str) -> list[str]:
    """The text of each of these functions, and of those that they call, in the order of their declaration."""
    texts = HELPERS[engine]
    needed: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting.extend(word for word in re.findall(r"(\w+)\(", texts[name]) if word in texts)
    return [text for name, text in texts.items() if name in needed]
