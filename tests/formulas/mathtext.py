"""What a reader takes mathematics for: its value, and where it would have to guess."""

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np

TOKEN = re.compile(r"\\mathrm\{\w+\}|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\S")
FUNCTIONS: Mapping[str, Callable[..., float]] = {
    **{rf"\{name}": getattr(np, name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    r"\exp": np.exp,
    r"\ln": np.log,
    r"\log_{2}": np.log2,
    r"\log_{10}": np.log10,
    r"\arctan": np.arctan,
    r"\max": lambda *them: np.max(them),
    r"\min": lambda *them: np.min(them),
    r"\mathrm{sigmoid}": lambda x: 1 / (1 + np.exp(-x)),
    r"\mathrm{sign}": np.sign,
    r"\mathrm{clip}": lambda x, low, high: min(max(x, low), high),
    r"\mathrm{arsinh}": np.arcsinh,
}
WITHOUT_BRACKETS = {it for it in FUNCTIONS if "mathrm" not in it} - {r"\max", r"\min"}
CLOSING = {"(": ")", "[": "]", "|": "|", r"\lfloor": r"\rfloor", r"\lceil": r"\rceil", "{": "}"}
RELATIONS = {"<": operator.lt, r"\leq": operator.le, ">": operator.gt, r"\geq": operator.ge} | {
    "=": operator.eq,
    r"\neq": operator.ne,
}
ENDS = {"", "+", "-", ",", ")", "]", "}", r"\right", r"\rfloor", r"\rceil", *RELATIONS}
ENDS |= {rf"\mathrm{{{word}}}" for word in ("if", "else", "and", "or", "mod")}


class UnclearError(Exception):
    """A reader would have to guess."""


def value_of(mathematics: str, variables: Mapping[str, float]) -> float:
    """Return the value of a formula as it is read; raise where that can be done in two ways."""
    with np.errstate(all="ignore"):
        reader = Reader(mathematics, variables)
        value = reader.choice()
    if reader.next:
        raise UnclearError(reader.next)
    return float(value)


class Reader:
    """Reads by recursive descent, and computes on the way."""

    def __init__(self, text: str, variables: Mapping[str, float]) -> None:
        plain = re.sub(r"\\[, ]|\{(-)\}", r" \1", text).replace(r"\log_2", r"\log_{2}")
        self.tokens: Sequence[str] = [*TOKEN.findall(plain), ""]
        self.at = 0
        self.variables = dict(variables)
        self.in_bars = False

    @property
    def next(self) -> str:
        return self.tokens[self.at]

    def take(self, *texts: str) -> str:
        if self.next in texts and self.next:
            self.at += 1
            return self.tokens[self.at - 1]
        return ""

    def want(self, text: str) -> None:
        if not self.take(text):
            raise UnclearError(f"{self.next!r} where {text!r} should be")

    def ends_bars(self) -> bool:
        return self.in_bars and self.next == "|"

    def choice(self) -> float:
        value = self.sum()
        if self.take(r"\mathrm{mod}"):
            return float(np.mod(value, self.sum()))
        if not self.take(r"\mathrm{if}"):
            return value
        holds = self.condition()
        self.want(",")
        other = self.sum() if self.take(r"\mathrm{else}") else self.choice()
        return value if holds else other

    def condition(self) -> bool:
        holds = self.all_of()
        while self.take(r"\mathrm{or}"):
            holds = self.all_of() or holds
        return holds

    def all_of(self) -> bool:
        holds = self.comparison()
        while self.take(r"\mathrm{and}"):
            holds = self.comparison() and holds
        return holds

    def comparison(self) -> bool:
        if self.take(r"\mathrm{not}"):
            self.want("(")
            holds = self.condition()
            self.want(")")
            return not holds
        left, holds = self.sum(), True
        if self.next not in RELATIONS:
            raise UnclearError(self.next)
        while relation := self.take(*RELATIONS):
            right = self.sum()
            holds, left = holds and bool(RELATIONS[relation](left, right)), right
        return holds

    def sum(self) -> float:
        value = -self.product() if self.take("-") else self.product()
        while sign := self.take("+", "-"):
            if self.next in ("+", "-"):
                raise UnclearError("two signs")
            value = value + self.product() if sign == "+" else value - self.product()
        return value

    def product(self) -> float:
        value, divided = self.factor(), False
        while self.next not in ENDS and not self.ends_bars():
            before = "^" if self.tokens[self.at - 2] == "^" else self.tokens[self.at - 1]
            if self.take("/"):
                value, divided = value / self.factor(), True
                continue
            if divided:
                raise UnclearError("a factor behind a slash")
            if not self.take(r"\cdot"):
                fraction = self.next == r"\dfrac" and self.tokens[self.at + 2][0].isdigit()
                if self.next[0].isdigit() or (before[0].isdigit() and fraction):
                    raise UnclearError("numbers side by side")
            value = value * self.factor()
        return value

    def factor(self) -> float:
        base = self.atom()
        return np.float64(base) ** self.script() if self.take("^") else base

    def script(self) -> float:
        return self.group() if self.next == "{" else self.atom()

    def group(self) -> float:
        self.want("{")
        value = self.choice()
        self.want("}")
        return value

    def atom(self) -> float:
        sign = self.take(self.next)
        if sign and sign[0].isdigit():
            return float(sign)
        if sign == r"\left":
            opening = self.take(self.next)
            value = self.inside(opening, tall=True)
        elif sign in CLOSING:
            value = self.inside(sign, tall=False)
        elif sign == r"\dfrac":
            value = self.group() / self.group()
        elif sign == r"\sqrt":
            index = 0.0
            if self.take("["):
                index = self.sum()
                self.want("]")
            value = np.cbrt(self.group()) if index else np.sqrt(self.group())
        elif sign in (r"\sum", r"\prod"):
            return self.over_an_index(np.sum if sign == r"\sum" else np.prod)
        elif sign == r"\log":
            self.want("_")
            value = self.function(rf"\log_{{{self.group():g}}}")
        elif sign in FUNCTIONS:
            value = self.function(sign)
        else:
            return self.name(sign)
        return value

    def inside(self, opening: str, *, tall: bool) -> float:
        before, self.in_bars = self.in_bars, opening == "|" and not tall
        value = float(self.condition()) if opening == "[" else self.choice()
        self.in_bars = before
        if tall:
            self.want(r"\right")
        self.want(CLOSING[opening])
        return (
            abs(value)
            if opening == "|"
            else {
                r"\lfloor": np.floor,
                r"\lceil": np.ceil,
            }.get(opening, float)(value)
        )

    def function(self, name: str) -> float:
        power = self.script() if self.take("^") else 1.0
        tall = bool(self.take(r"\left"))
        if self.take("("):
            arguments = [self.choice()]
            while self.take(","):
                arguments.append(self.choice())
            if tall:
                self.want(r"\right")
            self.want(")")
        elif name in WITHOUT_BRACKETS and not tall:
            arguments = [self.atom()]
            after = ENDS | WITHOUT_BRACKETS | {r"\log"}
            if self.next not in after and not self.ends_bars():
                raise UnclearError(f"where does {name} end before {self.next}?")
        else:
            raise UnclearError(f"{name} of what?")
        return np.float64(FUNCTIONS[name](*arguments)) ** power

    def over_an_index(self, over: Callable[..., float]) -> float:
        self.want("_")
        self.want("{")
        index = self.take(self.next)
        self.want("=")
        first = self.sum()
        self.want("}")
        self.want("^")
        last = self.script()
        start, found = self.at, []
        for number in range(int(first), int(last) + 1):
            self.at = start
            self.variables[index] = number
            found.append(self.product())
        return over(found)

    def name(self, sign: str) -> float:
        index = ""
        if self.take("_"):
            index = f"{self.script():g}"
        constants = {"e": math.e, r"\pi": math.pi}
        return {**constants, **self.variables}[sign + index]
