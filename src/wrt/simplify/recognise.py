"""Named functions found in what is written out: 1/(1 + exp(-x)) is a sigmoid, log(1 + exp(x)) a softplus."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from wrt import functions
from wrt.expr.arithmetic import factors_of, is_zero, split_coefficient
from wrt.expr.build import ONE, PI, ZERO, add, compare, div, mul, neg, number, power, sub, total
from wrt.expr.facts import is_positive
from wrt.expr.node import MINUS_ONE, Add, Call, Cases, Constant, Contract, Expr, Mul, Power
from wrt.expr.walk import rebuild_once
from wrt.simplify.absolute import absolute_product
from wrt.simplify.inverses import det_of_power
from wrt.simplify.joined import join_pieces
from wrt.simplify.kinds import kinds
from wrt.simplify.piecewise import absorb_into_cases, merge_conditions

HALF = number(Fraction(1, 2))
ROOT_TWO = power(2, HALF)
ONE_OVER_ROOT_PI = power(PI, -HALF)


def recognise(root: Expr) -> Expr:
    """The expression with named functions wherever their definitions stand.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> print(recognise(functions.log(1 + functions.exp(x))))
    softplus(x)
    """
    return rebuild_once(root, "recognised", _recognised)


def _recognised(node: Expr) -> Expr:
    match node:
        case Call() if node.function.name == "log":
            return _recognise_log(node)
        case Call() if node.function.name in ("maximum", "minimum") and node.args[0] is neg(node.args[1]):
            return functions.abs(node.args[0]) if node.function.name == "maximum" else neg(functions.abs(node.args[0]))
        case Mul() | Power():
            return join_pieces(recognise_product(node))
        case Contract():
            return _recognise_groups(node)
        case Add():
            return recognise_sum(node)
        case Cases() | Call():
            return join_pieces(node)
        case _:
            return node


def _is_call(node: Expr, name: str) -> bool:
    return isinstance(node, Call) and node.function.name == name


def _one_plus_exp(node: Expr) -> Expr | None:
    """u where the expression is 1 + exp(u)."""
    if isinstance(node, Add) and len(node.terms) == 2 and ONE in node.terms:
        (other,) = (term for term in node.terms if term is not ONE)
        if isinstance(other, Call) and other.function.name == "exp":
            return other.args[0]
    return None


def _recognise_log(node: Call) -> Expr:
    (argument,) = node.args
    exponent = _one_plus_exp(argument)
    if exponent is not None:
        return functions.softplus(exponent)
    if isinstance(argument, Contract) and len(argument.operands) == 1 and _is_call(argument.operands[0], "exp"):
        (subscript,) = argument.subscripts
        kept = tuple(index for index in subscript if index in argument.out)
        if argument.out == kept and len(set(subscript)) == len(subscript):
            (exp,) = argument.operands
            axes = tuple(axis for axis, index in enumerate(subscript) if index not in argument.out)
            return functions.TABLE["logsumexp"](exp.operands[0], axis=axes)
    return node


def recognise_product(node: Expr) -> Expr:
    """A product or quotient with sigmoid, softmax, absolute value or normal density named where they stand."""
    coefficient, factors = factors_of(node)
    replaced = _by_rules(coefficient, factors)
    return node if replaced is None else recognise_product(replaced)


def _by_rules(coefficient: object, factors: tuple[Expr, ...]) -> Expr | None:
    """The product by the first rule that finds something; only rules for what stands among the factors are tried."""
    for kind in kinds(factors):
        for rule in PRODUCT_RULES.get(kind, ()):
            replaced = rule(coefficient, factors)
            if replaced is not None:
                return replaced
    return None


def _sigmoid(coefficient: object, factors: tuple[Expr, ...]) -> Expr | None:
    """exp(u)**a / (1 + exp(u))**b = σ(u)**a σ(-u)**(b - a) for 0 <= a <= b."""
    for factor in factors:
        if not (isinstance(factor, Power) and isinstance(factor.exponent, Constant)):
            continue
        u, times = _one_plus_exp(factor.base), factor.exponent.value
        if u is None or not isinstance(times, int) or times > 0:
            continue
        above = next((each for each in factors if isinstance(each, Call) and each.function.name == "exp"), None)
        count = _multiple(above.args[0], u) if isinstance(above, Call) else 0
        if not 0 <= count <= -times:
            count = 0
        rest = [each for each in factors if each is not factor and each is not above]
        if isinstance(above, Call):
            rest.append(functions.exp(add(above.args[0], mul(-count, u))))
        up, down = functions.sigmoid(u), functions.sigmoid(neg(u))
        return mul(coefficient, *rest, power(up, count), power(down, -times - count))
    return None


def _mirrored_sigmoid(coefficient: object, factors: tuple[Expr, ...]) -> Expr | None:
    """σ(u)·exp(-u) = σ(-u)."""
    exponential = next((each for each in factors if _is_call(each, "exp")), None)
    if exponential is None:
        return None
    for factor in factors:
        base = factor.base if isinstance(factor, Power) and is_positive(factor.exponent) else factor
        if _is_call(base, "sigmoid"):
            u = base.operands[0]
            if _multiple(exponential.operands[0], neg(u)) >= 1:
                rest = [each for each in factors if each is not factor and each is not exponential]
                left = functions.exp(add(exponential.operands[0], u))
                return mul(coefficient, *rest, div(factor, base), left, functions.sigmoid(neg(u)))
    return None


def _lambert(coefficient: object, factors: tuple[Expr, ...]) -> Expr | None:
    """W(u)·exp(W(u)) = u, which defines W."""
    for factor in factors:
        if _is_call(factor, "lambertw"):
            exponential = functions.exp(factor)
            if exponential in factors:
                rest = [each for each in factors if each is not factor and each is not exponential]
                return mul(coefficient, *rest, factor.operands[0])
    return None


def _multiple(whole: Expr, part: Expr) -> int:
    """k where whole = k·part for a whole k, or 1 where part is among the terms of whole; else 0."""
    have, rest = split_coefficient(whole)
    unit, core = split_coefficient(part)
    if rest is core and Fraction(have) % Fraction(unit) == 0:
        return int(Fraction(have) / Fraction(unit))
    if isinstance(whole, Add) and part in whole.terms:
        return 1
    return 0


def _softmax(coefficient: object, factors: tuple[Expr, ...]) -> Expr | None:
    """exp(z) / sum(exp(z))."""
    for factor in factors:
        if _is_call(factor, "exp") and factor.ndim == 1:
            divisor = power(total(factor), -1)
            if divisor in factors:
                rest = [each for each in factors if each is not factor and each is not divisor]
                return mul(coefficient, *rest, functions.TABLE["softmax"](factor.operands[0]))
    return None


def _sigmoid_of_difference(coefficient: object, factors: tuple[Expr, ...]) -> Expr | None:
    """exp(u) / (exp(u) + exp(v)) = σ(u − v)."""
    for divisor in factors:
        terms = divisor.base.terms if isinstance(divisor, Power) and isinstance(divisor.base, Add) else ()
        if len(terms) != 2 or divisor.operands[1] is not MINUS_ONE or not all(_is_call(term, "exp") for term in terms):
            continue
        for term, other in (terms, terms[::-1]):
            if term in factors:
                rest = [each for each in factors if each is not term and each is not divisor]
                return mul(coefficient, *rest, functions.sigmoid(sub(term.operands[0], other.operands[0])))
    return None


def _ramp(coefficient: object, factors: tuple[Expr, ...]) -> Expr | None:
    """relu(u)·(1 if u > 0 else 0) = relu(u), and the same of max(u, 0) and of their positive powers."""
    for factor in factors:
        base = factor.base if isinstance(factor, Power) and is_positive(factor.exponent) else factor
        u = _ramp_argument(base)
        if u is None:
            continue
        condition = merge_conditions(compare(">", u, 0))
        for step in factors:
            if _is_step(step, condition):
                return mul(coefficient, *(each for each in factors if each is not step))
    return None


def _is_step(node: Expr, condition: Expr) -> bool:
    """Whether the expression is 1 where the condition holds, else 0."""
    return (
        isinstance(node, Cases) and node.conditions == (condition,) and node.values == (ONE,) and node.otherwise is ZERO
    )


def _ramp_argument(node: Expr) -> Expr | None:
    """u where the expression is relu(u) or max(u, 0)."""
    if _is_call(node, "relu"):
        return node.operands[0]
    if _is_call(node, "maximum") and ZERO in node.operands:
        return node.operands[0] if node.operands[1] is ZERO else node.operands[1]
    return None


def _normal_density(coefficient: object, factors: tuple[Expr, ...]) -> Expr | None:
    """exp(-u²/2) / sqrt(2π); u may have either sign, because the density is even."""
    if ONE_OVER_ROOT_PI not in factors or ROOT_TWO not in factors:
        return None
    for factor in factors:
        if isinstance(factor, Call) and factor.function.name == "exp":
            square = mul(-2, factor.args[0])
            u = _without_signs(power(square, HALF))
            if power(u, 2) is square and not isinstance(u, Power):
                rest = [each for each in factors if each not in (factor, ONE_OVER_ROOT_PI, ROOT_TWO)]
                return mul(coefficient, 2, *rest, functions.normpdf(u))
    return None


def _without_signs(node: Expr) -> Expr:
    """A product with u for every |u|."""
    coefficient, factors = factors_of(node)
    bare = []
    for factor in factors:
        base, exponent = (factor.base, factor.exponent) if isinstance(factor, Power) else (factor, ONE)
        bare.append(power(base.operands[0], exponent) if _is_call(base, "abs") else factor)
    return mul(coefficient, *bare)


PRODUCT_RULES: Mapping[str, tuple[Callable[[object, tuple[Expr, ...]], Expr | None], ...]] = {
    "power of a sum": (_sigmoid,),
    "sigmoid": (_mirrored_sigmoid,),
    "exp": (_softmax, _sigmoid_of_difference, _normal_density),
    "lambertw": (_lambert,),
    "sign": (absolute_product,),
    "abs": (absolute_product,),
    "relu": (_ramp,),
    "maximum": (_ramp,),
    "det": (det_of_power,),
}


def _recognise_groups(node: Contract) -> Expr:
    """An einsum whose operands with the same indices form a product that has a name."""
    groups: dict[tuple[int, ...], list[Expr]] = {}
    for operand, subscript in zip(node.operands, node.subscripts, strict=True):
        groups.setdefault(subscript, []).append(operand)
    changed = False
    operands: list[Expr] = []
    for members in groups.values():
        named = _by_rules(ONE, tuple(members))
        changed = changed or named is not None
        operands.append(_hadamard(members) if named is None else named)
    if not changed:
        return node
    from wrt.expr.contract import contract

    return contract(operands, tuple(groups), node.out, node.sizes)


def _hadamard(members: list[Expr]) -> Expr:
    return members[0] if len(members) == 1 else mul(*members)


def recognise_sum(node: Expr) -> Expr:
    """A sum with cosh, sinh, tanh and the normal distribution function in the place of what they stand for."""
    if not isinstance(node, Add):
        return node
    for rule in (_hyperbolic, _normal_distribution, join_pieces, _ramps, _shifted_sigmoid):
        replaced = rule(node)
        if replaced is not None and replaced is not node:
            return recognise_sum(replaced)
    return node


def _hyperbolic(node: Add) -> Expr | None:
    """exp(u) + exp(-u) = 2 cosh(u), exp(u) - exp(-u) = 2 sinh(u)."""
    exponentials = {}
    for term in node.terms:
        coefficient, rest = split_coefficient(term)
        if isinstance(rest, Call) and rest.function.name == "exp":
            exponentials[rest.args[0]] = (coefficient, term)
    for u, (coefficient, term) in exponentials.items():
        partner = exponentials.get(neg(u))
        if partner is None or abs(partner[0]) != abs(coefficient) or (coefficient < 0 < partner[0]):
            continue
        others = [each for each in node.terms if each is not term and each is not partner[1]]
        name = functions.cosh if partner[0] == coefficient else functions.sinh
        argument = neg(u) if _is_negative(u) else u
        sign = -1 if argument is not u and name is functions.sinh else 1
        return add(*others, mul(2 * sign * coefficient, name(argument)))
    return None


def _is_negative(node: Expr) -> bool:
    return split_coefficient(node)[0] < 0


def _normal_distribution(node: Add) -> Expr | None:
    """(1 + erf(u/√2))/2 = Φ(u)."""
    for constant, scale in ((ONE, 2), (HALF, 1)):
        if constant not in node.terms:
            continue
        for term in node.terms:
            coefficient, rest = split_coefficient(term)
            if _is_call(rest, "erf") and coefficient * 2 == scale:
                u = mul(ROOT_TWO, rest.operands[0])
                if _has_no_surd(u):
                    others = [each for each in node.terms if each is not constant and each is not term]
                    return add(*others, mul(scale, functions.normcdf(u)))
    return None


def _has_no_surd(node: Expr) -> bool:
    _, factors = factors_of(node)
    return not any(isinstance(each, Power) and isinstance(each.base, Constant) for each in factors)


def _ramps(node: Add) -> Expr | None:
    """u·(1 if u > 0 else 0) = max(u, 0), called what the sum calls it."""
    ramps = {}
    for term in node.terms:
        for factor in factors_of(term)[1]:
            u = _ramp_argument(factor)
            if u is not None:
                ramps[u] = factor
    for u, ramp in ramps.items():
        condition = merge_conditions(compare(">", u, 0))
        for term in node.terms:
            coefficient, factors = factors_of(absorb_into_cases(term))
            piece = factors[0] if len(factors) == 1 else None
            if isinstance(piece, Cases) and piece.conditions == (condition,) and is_zero(piece.otherwise):
                times, inside = factors_of(piece.values[0])
                if u in inside:
                    rest = mul(coefficient, times, ramp, *(each for each in inside if each is not u))
                    return add(*(each for each in node.terms if each is not term), rest)
    return None


def _shifted_sigmoid(node: Add) -> Expr | None:
    """2σ(2u) - 1 = tanh(u), where 2u has an even coefficient."""
    constant = next((term for term in node.terms if isinstance(term, Constant)), None)
    if constant is None:
        return None
    for term in node.terms:
        coefficient, rest = split_coefficient(term)
        if _is_call(rest, "sigmoid") and coefficient == -2 * constant.value:
            times, _ = split_coefficient(rest.operands[0])
            if isinstance(times, int) and times % 2 == 0:
                others = [each for each in node.terms if each is not constant and each is not term]
                tanh = functions.tanh(mul(HALF, rest.operands[0]))
                return add(*others, mul(coefficient, HALF, tanh))
    return None
