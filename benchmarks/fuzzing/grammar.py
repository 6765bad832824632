"""Formulas and settings by chance: valid, or nearly so."""

import random
from collections.abc import Sequence
from typing import Any

from visualize.formulas.functions import FUNCTIONS
from visualize.scene.schema import scene_schema

SCHEMA = scene_schema()
NUMBERS = [0, 1, 2, 0.5, -1, 3, 10, 0.1, 1e-3, -2.5, 100]
ODD_NUMBERS = [
    *(1e308, -1e308, 1e-320, float("nan"), float("inf"), -float("inf"), -0.0, 10**30, -(10**30)),
    *(1e154, -1e-160, 2**53 + 1, 2**31, 65_536, 10**8, 1e25, 1 + 1e-15, 10**240),
]
ODD_TEXTS = [
    *("", " ", "x", "a" * 400, "ü", "\u202e", "\u0301", "😀", "$x^{$", r"$\frac{1}{2}$", "\\", "'"),
    *("{a}", "%s", "sin", "auto", "none", "1e3", "0x10", "t", "x**2", "x +", "contour", "adam"),
    *(r"$\left($", "_x", "a/b", "\t", "\n", "../x", "*", "&a", "!", "<<", "~", "#", "a: b", "\x7f"),
]
SPECIAL = [
    *("1/{0}", "tan({0})", "log(abs({0}))", "sqrt(abs({0}))", "abs({0})", "floor(2*{0})"),
    *("max(0, {0})", "{0}**2", "{0}**4 - {0}**2", "exp(-{0}**2)", "where({0} > 1, {0}, -{0})"),
    *("1/({0} - 1)**2", "exp({0}**2)", "mod({0}, 1)", "1000000 + {0}", "1e-9*{0}", "sign({0})"),
    *("({0} > 0)*{0}**2", "{0}**2 if {0} < 2 else 5", "sinc({0})", "cbrt({0})", "0*{0} + 3"),
    *("1e300*{0}**2", "log({0})", "asin({0})", "{0}*sin(1/{0})", "round({0})", "1/{0}**3 + {0}"),
    *("-1/{0}**2", "exp(-1/{0}**2)", "{0}**3", "softplus({0})", "abs({0})**0.5", "-{0}**4 + {0}"),
]
SIGNS = ["+", "-", "*", "/", "**", "%", "<", ">=", "==", " and ", " or "]


def formula(chance: random.Random, variables: Sequence[str]) -> str:
    """Return a formula in variables: terms with poles, jumps and kinks, or grown at random."""
    if chance.random() < 0.1 and "x1" in variables:
        last = len(variables) - (chance.random() < 0.8)
        body = _grown(chance, ["x[i]", "x[i+1]", "i"], chance.randint(1, 4))
        return f"{chance.choice(['sum', 'sum', 'prod'])}({body} for i in 1..{last})"
    if chance.random() < 0.4:
        return _grown(chance, variables, chance.randint(2, 6))
    terms = [chance.choice([*SPECIAL, "{0}**2"]).format(name) for name in variables]
    terms += [_grown(chance, variables, 3)] * (chance.random() < 0.3)
    return chance.choice([" + ", " + ", " - ", "*"]).join(f"({term})" for term in terms)


def rate(chance: random.Random) -> Any:
    """Return a learning rate: a number, or a formula in t."""
    if chance.random() < 0.75:
        return chance.choice([0.1, 0.01, 0.3, 1, 0.9, 1e-3, 10, 1e5, 1e150, 1e-300])
    schedules = ("0.1*exp(-t)", "0.1*min(1, t/10)", "0.1 if t < 5 else 0.01", "1/(1 + t)")
    return chance.choice([*schedules, _grown(chance, ["t"], chance.randint(1, 3))])


def _grown(chance: random.Random, variables: Sequence[str], leaves: int) -> str:
    if leaves <= 1:
        if chance.random() < 0.7:
            return chance.choice(variables)
        return str(chance.choice([*NUMBERS, "pi", "e"]))
    kind = chance.random()
    if kind < 0.4:
        name = chance.choice(sorted(FUNCTIONS))
        kind = FUNCTIONS[name]
        count = int(min(max(kind.fewest, chance.randint(1, 3)), kind.most))
        each = max(leaves // count, 1) - (count == 1)
        return f"{name}({', '.join(_grown(chance, variables, each) for _ in range(count))})"
    left = chance.randint(1, leaves - 1)
    one, two = _grown(chance, variables, left), _grown(chance, variables, leaves - left)
    if kind < 0.5:
        return f"({one} if {chance.choice(variables)} > {chance.choice(NUMBERS)} else {two})"
    return f"({one} {chance.choice(SIGNS[: 5 if kind < 0.9 else None])} {two})"


def settings(chance: random.Random, schema: dict[str, Any], *, odd: float, given: float) -> Any:
    """Return a value of a kind: so many of those within it odd, so many that may be left out given.

    Kinds are written as in the JSON Schema of scenes, whose bounds are kept where nothing is odd.
    """
    if chance.random() < odd:
        return odd_value(chance)

    def inside(schema: dict[str, Any]) -> Any:
        return settings(chance, schema, odd=odd, given=given)

    match schema:
        case {"$ref": reference}:
            return inside(SCHEMA["$defs"][reference.rpartition("/")[2]])
        case {"const": value}:
            return value
        case {"enum": values}:
            return chance.choice([value for value in values if value is not None] or [None])
        case {"anyOf": ways} if "properties" not in schema:
            return inside(chance.choice([way for way in ways if way.get("type") != "null"]))
        case {"properties": members}:
            needed = schema.get("required", ())
            names = [name for name in members if name in needed or chance.random() < given]
            return {name: _known(chance, name) or inside(members[name]) for name in names}
        case {"prefixItems": several}:
            return _rising([inside(it) for it in several])
        case {"items": one}:
            fewest = schema.get("minItems", 0)
            count = chance.randint(fewest, min(schema.get("maxItems", 3), fewest + 2))
            return [inside(one) for _ in range(count)]
        case {"type": "boolean"}:
            return chance.random() < 0.5
        case {"type": "integer" | "number" as kind}:
            return _number(chance, schema, whole=kind == "integer")
        case {"type": "string"}:
            return chance.choice(["x", "y", "red", "#12ab9f", "a text", "contour", "x**2 + y**2"])
    return None


def odd_value(chance: random.Random) -> Any:
    """Return a value that is seldom right."""
    kinds = [None, True, [], {}, [[]], {"a": 1}, [1, "x"], [[1], [2, 3]], {"": None}]
    return chance.choice(
        [chance.choice(kinds), chance.choice(ODD_NUMBERS), chance.choice(ODD_TEXTS)]
    )


def _known(chance: random.Random, name: str) -> Any:
    """Return the value of a setting of which the schema says too little, if it is one."""
    match name:
        case "learning_rate":
            return rate(chance)
        case "color":
            return chance.choice(["red", "#1f77b4", "black"])
        case "array":
            return chance.choice(["effective_learning_rate", "velocity", "mean", "accumulator"])
        case "levels":
            return chance.choice([1, 5, 200, [0, 1, 2], [-1e300, 1e-300, 5], [chance.gauss(0, 9)]])
        case "label":
            return chance.choice(["a", "b", "$x^2$", "5$ and 6$", "é 漢", "_a"])
        case "sweep":
            return {"learning_rate": [rate(chance) for _ in range(chance.randint(1, 3))]}
    return None


def _number(chance: random.Random, schema: dict[str, Any], *, whole: bool) -> float:
    low = schema.get("minimum", schema.get("exclusiveMinimum", -1e300))
    high = schema.get("maximum", schema.get("exclusiveMaximum", 1e300))
    fitting = [
        number
        for number in [*NUMBERS, 0.9, 0.999, 16, 200, 1e-8, 1e5, low, high]
        if low <= number <= high and number != schema.get("exclusiveMinimum")
        if number != schema.get("exclusiveMaximum") and (not whole or number == int(number))
    ]
    number = chance.choice(fitting or [low])
    return int(number) if whole else number


def _rising(pair: list[Any]) -> list[Any]:
    """Return two numbers the lower first, as ranges have them."""
    alike = all(isinstance(it, int | float) for it in pair)
    if not alike:
        return pair
    low, high = sorted(pair)
    return [low, high if high > low else low + 1]
