"""Shapes of variables that are not declared: what the text is evidence of, then conventions, then scalar.

Evidence is drawn from every operation in both directions until nothing new follows. Where it leaves the number of axes
open, conventions decide, one variable at a time, each followed by what it implies:

1. What `@`, `.T`, `tr`, `det`, `inv`, `axis=` or an index needs: a capital letter is a matrix, a small one a vector.
   What is subscripted by an index of a sum before that has one axis more: in norm(x[i] - x[j]) x is a matrix.
2. A variable added to something with a shape has that shape (a small letter at most its last axis); so has one
   multiplied with it, unless it is named like a coefficient: Greek, or one of a b c d k s t. What is called eps,
   delta, lam, alpha... is a scalar in sums too.
3. What is summed or otherwise reduced is a vector, or for a capital letter a matrix.
4. Everything else is a scalar.

Dimensions that no declaration names are called n, d, k, m, ... in the order they are needed. A number that the text
only divides by is the leading dimension, if it has a usual name of one (n, N, m, M) and that dimension has no name yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from wrt.errors import LimitError
from wrt.expr.node import Expr, Symbol
from wrt.read.declare import SCALAR, Declaration, dimension
from wrt.read.evidence import Reader, needed_axes, picked_axes
from wrt.read.forms import Form, Unknown, has_rank, known
from wrt.read.letters import GREEK_NAMES
from wrt.read.tree import Program, Tree

DIMENSIONS = ("n", "d", "k", "m", "p", "q", "r", "s")
_LEADING = ("n", "N", "m", "M")
_LETTERS = frozenset("abcdks")
_COEFFICIENTS = _LETTERS | {"t"} | frozenset(GREEK_NAMES)
_SCALARS = frozenset({"eps", "epsilon", "delta", "lam", "alpha", "gamma", "eta", "tau", "rho", "kappa"})
_MOST_WORK = 2_000_000

_ELEMENTWISE = {"sum", "product", "power"}


def infer(program: Program, declared: Mapping[str, Declaration]) -> dict[str, Symbol]:
    """The symbols of all names in a program: declared ones, dimensions, and those whose shape follows from the text."""
    sizes = {symbol.name for each in declared.values() for size in each.shape for symbol in size.free}
    sizes |= {name for name, each in declared.items() if "dimension" in each.facts}
    open_names = [name for name in program.names if name not in declared and name not in sizes]
    symbols = {name: each.symbol(name) for name, each in declared.items()}
    symbols.update({name: dimension(name) for name in program.names if name in sizes and name not in declared})
    if not open_names:
        return symbols
    if not program.shaped and not any(declared[name].shape for name in program.names if name in declared):
        symbols.update({name: SCALAR.symbol(name) for name in open_names})
        return symbols
    if len(open_names) * len(program.steps) > _MOST_WORK:
        raise LimitError("too many variables are not declared", hint='declare their shapes: shapes={"x": "n", ...}')
    sizes |= _names_of_sizes(program, declared)
    return _Inference(program, declared, sizes).symbols()


def _names_of_sizes(program: Program, declared: Mapping[str, Declaration]) -> set[str]:
    """Names that stand where sizes do: eye(n), ones(n, d)."""
    found: set[str] = set()
    for step in program.steps:
        if step.op == "call" and step.value.sizes_after >= 0:
            waiting = list(step.args[step.value.sizes_after :])
            while waiting:
                each = waiting.pop()
                waiting.extend(each.args)
                if each.op == "name" and each.value not in declared:
                    found.add(each.value)
    return found


class _Inference:
    """One program: forms of its names, and the choices that make them known."""

    def __init__(self, program: Program, declared: Mapping[str, Declaration], sizes: set[str]) -> None:
        self.program = program
        self.declared = declared
        self.steps = program.steps
        self.forms = {name: Form() for name in program.names}
        for name in program.names:
            if name in declared:
                self.forms[name] = Form(declared[name].shape)
            elif name in sizes:
                self.forms[name] = Form(())
        self.sizes = sizes
        self.reader = Reader(self.steps, self.forms, sizes)

    def symbols(self) -> dict[str, Symbol]:
        """The symbols, with every dimension known."""
        reader = self.reader
        reader.learn(self.steps)
        self.choose_needed()
        while self.choose_partners() or self.choose_reduced():
            pass
        for form in self.forms.values():
            has_rank(form, 0)
        reader.learn(self.steps)
        self.name_dimensions()
        symbols = {name: each.symbol(name) for name, each in self.declared.items()}
        for name, form in self.forms.items():
            if name in self.declared:
                continue
            if name in self.sizes:
                symbols[name] = dimension(name)
            else:
                symbols[name] = Declaration(tuple(_settled(form))).symbol(name)
        return symbols

    def settle(self, carrier: Carrier, rank: int) -> None:
        """Decide how many axes a variable has beside those that indices take, and draw the conclusions."""
        form = self.forms[carrier.name]
        has_rank(form, rank + carrier.taken)
        self.reader.learn(self.reader.users[form])

    def is_open(self, step: Tree) -> bool:
        return self.reader.form(step).rank is None

    # Which variables carry a shape that an expression must have.

    def carriers(self, step: Tree) -> list[Carrier]:
        """The variables of unknown shape that can give an expression its shape: of each term, of a product's last."""
        if not self.is_open(step):
            return []
        match step.op:
            case "name":
                return [Carrier(step.value)]
            case "index" if step.scope:
                return [Carrier(each.name, each.taken + picked_axes(step)) for each in self.carriers(step.args[0])]
            case "sum":
                if any(self.reader.form(arg).rank for arg in step.args):
                    return []
                return [each for arg in step.args for each in self.carriers(arg)]
            case "product":
                if any(self.reader.form(arg).rank for arg in step.args):
                    return []
                found = [self.carriers(arg) for arg in step.args]
                vectors = [names for names in found if any(not _is_coefficient(each) for each in names)]
                return next((names for names in reversed(vectors or found) if names), [])
            case "part" | "negative" | "power" | "transpose" | "over":
                return self.carriers(step.args[0])
            case "call":
                if any(self.reader.form(arg).rank for arg in step.args):
                    return []
                return next((names for names in map(self.carriers, step.args) if names), [])
        return []

    def choose_needed(self) -> None:
        """Operands of what only vectors and matrices have, and of what has their shape."""
        for step in self.steps:
            if _runs(step):
                for operand in step.args:
                    self.choose_rows(operand)
        for step in self.steps:
            for operand, least in _needs(step):
                carrier = _main(self.carriers(operand))
                if carrier is not None:
                    self.settle(carrier, max(least, _usual_rank(carrier)))
            self.choose_partner(step)
        for step in reversed(self.steps):
            rank = self.reader.form(step).rank
            if rank and _is_elementwise(step) and not any(self.reader.form(arg).rank == rank for arg in step.args):
                carrier = _main([each for arg in step.args for each in self.carriers(arg)])
                if carrier is not None:
                    self.settle(carrier, rank)

    def choose_rows(self, operand: Tree) -> None:
        """What is subscripted inside an operand that has axes: norm(x[i] - c[k]) is of rows of matrices."""
        rows = [each for each in self.carriers(operand) if each.taken]
        for carrier in rows:
            if self.forms[carrier.name].rank is None:
                self.settle(carrier, _usual_rank(carrier))

    def choose_partners(self) -> bool:
        """Operands of all elementwise operations with something that has a shape."""
        chosen = [self.choose_partner(step) for step in self.steps]
        return any(chosen)

    def choose_partner(self, step: Tree) -> bool:
        """Operands of an elementwise operation with something that has a shape."""
        chosen = False
        if _is_elementwise(step) and step.op != "power":
            ranks = [self.reader.form(arg).rank for arg in step.args]
            rank = max((each or 0 for each in ranks), default=0)
            for carrier in [each for arg in step.args for each in self.carriers(arg)] if rank else []:
                if self.forms[carrier.name].rank is None:
                    scalar = _is_scalar(carrier) or (step.op != "sum" and _is_coefficient(carrier))
                    self.settle(carrier, 0 if scalar else rank if _is_matrix(carrier) else 1)
                    chosen = True
        return chosen

    def choose_reduced(self) -> bool:
        """The operand of one reduction, or of a function that runs over an axis."""
        for step in self.steps:
            if step.op == "call" and _runs(step) and self.is_open(step.args[0]):
                carriers = self.carriers(step.args[0])
                vectors = [each for each in carriers if not _is_scalar(each) and each.name not in _LETTERS] or carriers
                for carrier in carriers:
                    if self.forms[carrier.name].rank is None:
                        self.settle(carrier, _usual_rank(carrier) if carrier in vectors else 0)
                if carriers:
                    return True
        return False

    # Names for dimensions.

    def name_dimensions(self) -> None:
        """Give every dimension that has no name one, in the order they are needed."""
        used = {*self.declared, *self.program.names, *self.program.parts, *self.sizes}
        fresh = (name for name in _names() if name not in used)
        derived = [step for step in self.steps if step.op == "index" or _is_derived(step)]
        self.reader.shifted = True
        self.reader.learn(derived)
        leading = self.leading_name()
        for name in self.program.names:
            for size in self.forms[name].own.dimensions or ():
                size = known(size)
                if isinstance(size, Unknown):
                    chosen = leading or next(fresh)
                    self.sizes |= {chosen}
                    leading = None
                    size.equal = dimension(chosen)
                    self.reader.learn(derived)

    def leading_name(self) -> str | None:
        """The name that the text itself has for its leading dimension, as a number it divides by."""
        for name in _LEADING:
            first = self.program.names.get(name)
            if first is None or name in self.declared or name in self.sizes or self.forms[name].rank != 0:
                continue
            uses = [step for step in self.steps if step.op == "name" and step.value == name]
            if all(self.is_divisor(step) for step in uses):
                return name
        return None

    def is_divisor(self, use: Tree) -> bool:
        """Whether a number only divides: directly, or in a divisor made of numbers."""
        current = use
        while True:
            parent = next((step for step in self.reader.users[self.reader.form(current)] if current in step.args), None)
            if parent is None:
                return False
            if parent.op == "product":
                if parent.value[parent.args.index(current)] < 0:
                    return True
            elif parent.op not in ("sum", "negative") or not all(_is_number(arg, use) for arg in parent.args):
                return False
            current = parent


def _settled(form: Form) -> Iterator[Expr]:
    for size in form.own.dimensions or ():
        settled = known(size)
        assert isinstance(settled, Expr)
        yield settled


def _names() -> Iterator[str]:
    yield from DIMENSIONS
    count = 1
    while True:
        yield f"n{count}"
        count += 1


class Carrier(NamedTuple):
    """A variable that gives an expression its shape, and how many of its first axes are taken by subscripts before."""

    name: str
    taken: int = 0


def _main(carriers: list[Carrier]) -> Carrier | None:
    """The one of several variables that carries a shape: a matrix before a vector, a vector before a coefficient."""
    for kind in (_is_matrix, lambda each: not _is_coefficient(each), lambda each: not _is_scalar(each)):
        found = [each for each in carriers if kind(each)]
        if found:
            return found[-1]
    return None


def _usual_rank(carrier: Carrier) -> int:
    """The axes beside those taken of what has some: two of a matrix in all, else one."""
    return max(1, 2 - carrier.taken) if _is_matrix(carrier) else 1


def _is_matrix(carrier: Carrier) -> bool:
    return carrier.name[0].isupper()


def _is_coefficient(carrier: Carrier) -> bool:
    return not carrier.taken and _stem(carrier.name) in _COEFFICIENTS


def _is_scalar(carrier: Carrier) -> bool:
    return not carrier.taken and _stem(carrier.name) in _SCALARS


def _runs(step: Tree) -> bool:
    """Whether an operation runs over axes of its operands."""
    return step.op == "matmul" or (step.op == "call" and step.value.shaped and not _is_elementwise(step))


def _stem(name: str) -> str:
    return name.rstrip("0123456789").partition("_")[0]


def _is_elementwise(step: Tree) -> bool:
    if step.op != "call":
        return step.op in _ELEMENTWISE
    function = step.value.function
    elementwise = step.value.name == "where" or (function is not None and function.kind in ("elementwise", "reduction"))
    return elementwise and len(step.args) > 1


def _is_derived(step: Tree) -> bool:
    return step.op == "call" and step.value.name in ("diff", "kron")


def _is_number(step: Tree, use: Tree) -> bool:
    if step.op == "name":
        return bool(step.value == use.value)
    return step.op in ("number", "sum", "product", "negative") and all(_is_number(arg, use) for arg in step.args)


def _needs(step: Tree) -> Iterator[tuple[Tree, int]]:
    """Operands that have axes, and how many at least."""
    if step.op in ("matmul", "transpose") or (step.op == "call" and step.value.name in ("dot", "matmul", "transpose")):
        for arg in step.args:
            yield arg, 1
    elif step.op == "index":
        yield step.args[0], needed_axes(step)
    elif step.op == "call" and step.value.name in ("solve", "diag"):
        yield step.args[-1], 1
    elif step.op == "call" and step.options.get("axis") is not None and step.args:
        axis = step.options["axis"]
        axes = axis if isinstance(axis, tuple) else (axis,)
        yield step.args[0], max((each + 1 if each >= 0 else -each for each in axes), default=1)
