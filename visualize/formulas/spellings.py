"""How others write what formulas have here: other tools' names and pasted characters.

What can mean one thing only is taken as it is; of the rest `repairs` says how it is written here.
Where a name is one of our own it is ours, and nothing here is looked at.
"""

import ast
import copy
import re
import unicodedata
from collections.abc import Mapping, Sequence

from visualize.formulas.functions import CONSTANTS, NAMES, VARIABLE
from visualize.text import did_you_mean, in_yaml, shortened

TAKEN: Mapping[str, str] = {
    # logarithms and powers
    "ln": "log(a)",
    "loge": "log(a)",
    "lb": "log2(a)",
    "log_2": "log2(a)",
    "log_10": "log10(a)",
    "pow": "a**b",
    "power": "a**b",
    "float_power": "a**b",
    "square": "a**2",
    "sq": "a**2",
    "abs2": "a**2",
    "cube": "a**3",
    "cuberoot": "cbrt(a)",
    "rsqrt": "1/sqrt(a)",
    "exp10": "10**a",
    "reciprocal": "1/a",
    # angles
    "arcsin": "asin(a)",
    "arccos": "acos(a)",
    "arctan": "atan(a)",
    "arctan2": "atan2(a, b)",
    "arctg": "atan(a)",
    "atn": "atan(a)",
    "tg": "tan(a)",
    "sec": "1/cos(a)",
    "csc": "1/sin(a)",
    "cosec": "1/sin(a)",
    "cot": "1/tan(a)",
    "ctg": "1/tan(a)",
    "cotan": "1/tan(a)",
    "sind": "sin(a*pi/180)",
    "cosd": "cos(a*pi/180)",
    "tand": "tan(a*pi/180)",
    "sinpi": "sin(pi*a)",
    "cospi": "cos(pi*a)",
    "deg2rad": "a*pi/180",
    "radians": "a*pi/180",
    "rad2deg": "a*180/pi",
    "degrees": "a*180/pi",
    # hyperbolic functions
    "arcsinh": "asinh(a)",
    "arccosh": "acosh(a)",
    "arctanh": "atanh(a)",
    "arsinh": "asinh(a)",
    "arcosh": "acosh(a)",
    "artanh": "atanh(a)",
    "sh": "sinh(a)",
    "ch": "cosh(a)",
    "th": "tanh(a)",
    "sech": "1/cosh(a)",
    "csch": "1/sinh(a)",
    "coth": "1/tanh(a)",
    # sizes and signs
    "fabs": "abs(a)",
    "absolute": "abs(a)",
    "sgn": "sign(a)",
    "signum": "sign(a)",
    "maximum": "max(a, b)",
    "minimum": "min(a, b)",
    "fmax": "max(a, b)",
    "fmin": "min(a, b)",
    "clamp": "clip(a, b, c)",
    "clip_by_value": "clip(a, b, c)",
    "ceiling": "ceil(a)",
    "rint": "round(a)",
    "around": "round(a)",
    "ifelse": "where(a, b, c)",
    # sums and products as functions
    "add": "a + b",
    "subtract": "a - b",
    "multiply": "a*b",
    "mul": "a*b",
    "divide": "a/b",
    "true_divide": "a/b",
    "negative": "-a",
    # neural networks
    "relu": "max(0, a)",
    "logistic": "sigmoid(a)",
    "expit": "sigmoid(a)",
    "logaddexp": "logsumexp(a, b)",
}
"""Functions of other tools that can mean one thing only, in our words: a, b, c are the arguments.

Each argument stands there once, or nested calls would grow without bounds."""

TOLD: Mapping[str, tuple[str, ...]] = {
    "sqr": ("a**2", "sqrt(a)"),
    "lg": ("log10(a)", "log2(a)"),
    "logb": ("log(b)/log(a)", "log(a)/log(b)"),
    "nthroot": ("a**(1/b)",),
    "root": ("a**(1/b)",),
    "trunc": ("sign(a)*floor(abs(a))",),
    "fix": ("sign(a)*floor(abs(a))",),
    "frac": ("a - floor(a)",),
    "fmod": ("mod(a, b)",),
    "rem": ("mod(a, b)",),
    "remainder": ("mod(a, b)",),
    "div": ("a/b", "floor(a/b)"),
    "floor_divide": ("floor(a/b)",),
    "mean": ("(a + b)/2",),
    "acot": ("atan(1/a)",),
    "arccot": ("atan(1/a)",),
    "haversin": ("(1 - cos(a))/2",),
    "logit": ("log(a/(1 - a))",),
    "log_sigmoid": ("-softplus(-a)",),
    "logsigmoid": ("-softplus(-a)",),
    "silu": ("a*sigmoid(a)",),
    "swish": ("a*sigmoid(a)",),
    "mish": ("a*tanh(softplus(a))",),
    "elu": ("where(a > 0, a, exp(a) - 1)",),
    "leaky_relu": ("max(a, 0.01*a)",),
    "relu6": ("clip(a, 0, 6)",),
    "hardtanh": ("clip(a, -1, 1)",),
    "softsign": ("a/(1 + abs(a))",),
    "logcosh": ("log(cosh(a))",),
    "heaviside": ("where(a < 0, 0, 1)",),
    "step": ("where(a < 0, 0, 1)",),
    "iif": ("where(a, b, c)",),
    "lerp": ("a + c*(b - a)",),
    "float": ("a",),
    "double": ("a",),
    "real": ("a",),
    "log": ("log(a)/log(b)",),
    "atan": ("atan2(a, b)",),
}
"""Functions of other tools that mean several things, or have no name here: what to write instead.

Also where one of ours is given other arguments."""

IN_WORDS: Mapping[str, str] = {
    **dict.fromkeys(
        ("rand", "randn", "random", "normal", "uniform", "noise"),
        "a formula has no random numbers; write noise: {standard_deviation: 0.1} in the scene",
    ),
    **dict.fromkeys(
        ("diff", "derivative", "grad", "gradient", "jacobian", "hessian"),
        "derivatives are found here; write the function alone",
    ),
    **dict.fromkeys(
        ("dot", "inner", "matmul", "vdot", "sumsq"), "write the sum itself, for example x*x + y*y"
    ),
    **dict.fromkeys(
        ("softmax", "log_softmax"), "write one part of it, for example exp(x)/(exp(x) + exp(y))"
    ),
    **dict.fromkeys(
        ("Piecewise", "piecewise", "cases"), "write for example where(x < 0, -x, x**2)"
    ),
    **dict.fromkeys(
        ("factorial", "gamma"), "there is none here; write the product, for example 1*2*3"
    ),
    **dict.fromkeys(
        ("inf", "Inf", "Infinity", "infinity", "infty", "oo"),
        "there is no infinity here; write a large number, 1e9",
    ),
    **dict.fromkeys(("nan", "NaN", "NAN", "NA"), "that is no number"),
    **dict.fromkeys(("tau", "Tau", "TAU"), "write 2*pi"),
    **dict.fromkeys(("M_PI", "Math_PI"), "write pi"),
    **dict.fromkeys(("E", "M_E", "exp1"), "write e, or exp(x) for e**x"),
    **dict.fromkeys(("phi", "golden", "golden_ratio"), "write (1 + sqrt(5))/2"),
    **dict.fromkeys(("deg", "degree"), "write pi/180"),
    **dict.fromkeys(("i", "j", "I", "im"), "all numbers are real here"),
    "eps": "write the number, 1e-8",
}
"""Names that have nothing like them here, or are written in another way altogether."""

CHARACTERS = {
    **dict.fromkeys("\N{MINUS SIGN}\N{EN DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}", "-"),
    **dict.fromkeys("\N{MULTIPLICATION SIGN}\N{MIDDLE DOT}\N{DOT OPERATOR}", "*"),
    **dict.fromkeys("\N{BULLET OPERATOR}\N{ASTERISK OPERATOR}", "*"),
    **dict.fromkeys("\N{DIVISION SIGN}\N{DIVISION SLASH}\N{FRACTION SLASH}\N{RATIO}", "/"),
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "½": "(1/2)",
    "¼": "(1/4)",
    "¾": "(3/4)",
}
"""Signs that are pasted, and what they are here."""
OVER_AN_INDEX = {"Σ": "sum", "∑": "sum", "Π": "prod", "∏": "prod"}
"""Signs of what stands over an index."""
LETTERS = {"π": "pi", "\N{SCRIPT SMALL E}": "e", "∞": "inf", "\N{PLANCK CONSTANT}": "h"}
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
POWER = re.compile("[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
INDEX = re.compile("(?<=[A-Za-z])[₀₁₂₃₄₅₆₇₈₉]+")
ROOT = re.compile(
    r"([√∛])(?:\s*(?=\()|\s*(\d+(?:\.\d+)?|[A-Za-z]\d*)(?=\s*(?:[-+*/)<>=,×·÷−]|$))(?!\s*\*\*))"  # noqa: RUF001  # they are pasted
)
QUOTES = re.compile(r"\s*[“„\u2018«](?P<inside>.*)[”“\u2019»]\s*", re.DOTALL)


MOST_VARIABLES, LONGEST_FORMULA = 8, 60
"""What an answer repeats at most."""
LARGEST_ECHO = 60
"""Parts of a formula that may be repeated in an answer."""


def in_our_characters(text: str) -> tuple[str, Sequence[int]]:
    """Return a formula in our characters, and the column where each of them stood."""
    if text.isascii():
        return text, range(len(text) + 1)
    letters: list[str] = []
    columns: list[int] = []
    inside = QUOTES.fullmatch(text)
    first, last = inside.span("inside") if inside else (0, len(text))
    at = first
    while at < last:
        length, ours = _ours(text, at, letters[-1:])
        letters += ours
        columns += [at] * len(ours)
        at += length
    return "".join(letters), [*columns, last]


def _ours(text: str, at: int, before: Sequence[str]) -> tuple[int, str]:
    """Return how many characters of a text make one sign, and how it is written here."""
    letter = text[at]
    if letter.isascii():
        return 1, letter
    if found := POWER.match(text, at):
        return len(found[0]), f"**{found[0].translate(SUPERSCRIPTS)}"
    if found := INDEX.match(text, at):
        return len(found[0]), found[0].translate(SUBSCRIPTS)
    if found := ROOT.match(text, at):
        name = "sqrt" if found[1] == "√" else "cbrt"
        return len(found[0]), f"{name}({found[2]})" if found[2] else name
    if letter in LETTERS:
        apart = " " if before and before[0].isalnum() else ""
        close = " " if text[at + 1 : at + 2].isalnum() else ""
        return 1, f"{apart}{LETTERS[letter]}{close}"
    if unicodedata.category(letter) == "Zs":
        return 1, " "
    if "\U0001d400" <= letter <= "\U0001d7ff" or "\uff01" <= letter <= "\uff5e":
        plain = unicodedata.normalize("NFKC", letter)  # mathematical and full-width letters
        return 1, plain if plain.isascii() else letter
    return 1, CHARACTERS.get(letter, letter)


def in_our_words(tree: ast.Expression) -> None:
    """Put our functions for those of others that can mean one thing only."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                value[:] = [_ours_for(item) for item in value]
            elif isinstance(value, ast.AST):
                setattr(node, name, _ours_for(value))
        waiting += ast.iter_child_nodes(node)


def _ours_for(node: ast.AST) -> ast.AST:
    match node:
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in TAKEN:
            template = TAKEN[name]
            if name not in NAMES and can_be_written(template, len(arguments)):
                return filled(template, arguments, node)
    return node


def can_be_written(template: str, arguments: int) -> bool:
    """Whether a template is of so many arguments, and of functions that there are."""
    tree = ast.parse(template, mode="eval")
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    if not all(isinstance(function, ast.Name) and function.id in NAMES for function in called):
        return False
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names & set("abc") == set("abc"[:arguments])


def filled(template: str, arguments: Sequence[ast.expr], place: ast.expr) -> ast.expr:
    """Return a template's tree with arguments in it, all of it at a place."""
    given = dict(zip("abc", arguments, strict=False))

    used: set[str] = set()

    class Fill(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            argument = given.get(node.id, node)
            again = node.id in used
            used.add(node.id)
            return copy.deepcopy(argument) if again else argument

    tree = ast.parse(template, mode="eval").body
    for node in ast.walk(tree):
        ast.copy_location(node, place)
    filled: ast.expr = Fill().visit(tree)
    return filled


def of_function(name: str, arguments: Sequence[ast.expr]) -> str:
    """Return what to say to somebody who calls a function that there is not, or not like that."""
    if name in IN_WORDS:
        return f"; {IN_WORDS[name]}"
    templates = TOLD.get(name, (TAKEN[name],) if name in TAKEN else ())
    fitting = [it for it in templates if can_be_written(it, len(arguments))]
    if sum(1 for argument in arguments for _ in ast.walk(argument)) > LARGEST_ECHO:
        fitting = []
    if fitting:
        node = ast.Constant(0, lineno=1, col_offset=0)
        ways = [written(filled(it, copy.deepcopy(arguments), node)) for it in fitting]
        return f"; write {' or '.join(ways)}"
    if name in NAMES:
        return ""
    return _as_a_function(name) or did_you_mean(name, NAMES)


def _as_a_function(name: str) -> str:
    """Return what a foreign function is, if `name` is one."""
    ways = TOLD.get(name, (TAKEN[name],) if name in TAKEN else ())
    letters = ", ".join(letter for letter in "abc" if re.search(rf"\b{letter}\b", "".join(ways)))
    return f"; {name}({letters}) is written {' or '.join(ways)}" if ways else ""


def of_character(letter: str) -> str:
    """Return what to write for a character that may not stand in a formula."""
    if letter in OVER_AN_INDEX:
        return f"; write for example {OVER_AN_INDEX[letter]}(x[i]**2 for i in 1..3)"
    name = unicodedata.name(letter, "")
    if found := re.fullmatch("GREEK (SMALL|CAPITAL) LETTER ([A-Z]+)", name):
        plain = found[2].lower() if found[1] == "SMALL" else found[2].capitalize()
        return f"; write it in letters, {'lambda_' if plain == 'lamda' else plain}"
    return "; write sqrt(...)" if letter == "√" else ""


def of_name(name: str, known: Sequence[str]) -> str:
    """Return what to say to somebody who writes a name that there is not."""
    if name in IN_WORDS:
        return f"; {IN_WORDS[name]}"
    if found := re.fullmatch(r"([A-Za-z])_(\d+)", name):
        return f"; write {found[1]}{found[2]}"
    return _as_a_function(name) or did_you_mean(name, [*known, *CONSTANTS, *NAMES])


def of_variables(text: str, names: Sequence[str]) -> str:
    """Return how a scene says that other names are variables, too."""
    names = [name for name in dict.fromkeys(names) if name not in {*CONSTANTS, *NAMES}]
    if len(names) > MOST_VARIABLES or len("".join(names)) > LONGEST_FORMULA:
        return "; others are named in variables: [...]"
    formula = " ".join(text.split()) if len(text) <= LONGEST_FORMULA else "..."
    others = [name for name in names if not VARIABLE.fullmatch(name)]
    numbers = ""
    if len(others) < len(names):
        numbers = f", or {in_yaml({'expression': formula, 'constants': dict.fromkeys(others, 1)})}"
        numbers += " for a number" if len(others) == 1 else " for numbers"
    return f"; for others write {in_yaml({'expression': formula, 'variables': names})}{numbers}"


def written(tree: ast.expr) -> str:
    """Return a formula's text as people write it."""
    text = re.sub(r" (\*\*|\*|/) ", r"\1", ast.unparse(tree))
    return shortened(text, 80)
