r"""LaTeX as posts write it, in what the libraries that set it understand."""

import re

ENVIRONMENTS = {
    **dict.fromkeys(("align", "align*", "split", "eqnarray", "eqnarray*", "alignat"), "aligned"),
    **dict.fromkeys(("flalign", "flalign*", "alignat*", "multline", "multline*"), "aligned"),
    **dict.fromkeys(("gather", "gather*", "gathered"), "gathered"),
}
"""Those that are numbered or stand alone, and the one that looks alike."""
ALONE = ("equation", "equation*", "displaymath", "math")
KNOWN_ENVIRONMENTS = frozenset(
    {"aligned", "gathered", "cases", "rcases", "dcases", "matrix", "pmatrix", "bmatrix", "Bmatrix"}
    | {"vmatrix", "Vmatrix", "smallmatrix", "array", "matrix*", "pmatrix*", "bmatrix*", "vmatrix*"}
    | {"Bmatrix*", "Vmatrix*"}
)
BEGIN = re.compile(r"\\(begin|end)\s*\{([^{}]*)\}")
COMMENT = re.compile(r"(?<!\\)%.*")
NUMBERED = re.compile(r"\\tag\*?\s*\{([^{}]*)\}")
DROPPED = re.compile(
    r"\\(?:label|vspace|phantomsection)\s*\{[^{}]*\}|\\(?:nonumber|notag|displaylimits|allowbreak"
    r"|centering|noindent|hfill|hline|limits(?=\s*\\limits))(?![a-zA-Z])"
)
SAME = {
    r"\bm": r"\boldsymbol",
    r"\mathbold": r"\boldsymbol",
    r"\symbf": r"\boldsymbol",
    r"\bbR": r"\mathbb{R}",
    r"\R": r"\mathbb{R}",
    r"\N": r"\mathbb{N}",
    r"\Z": r"\mathbb{Z}",
    r"\E": r"\mathbb{E}",
    r"\argmin": r"\operatorname{arg\,min}",
    r"\argmax": r"\operatorname{arg\,max}",
    r"\softmax": r"\operatorname{softmax}",
    r"\sign": r"\operatorname{sign}",
    r"\diag": r"\operatorname{diag}",
    r"\Var": r"\operatorname{Var}",
    r"\Tr": r"\operatorname{Tr}",
    r"\tr": r"\operatorname{tr}",
    r"\KL": r"\operatorname{KL}",
    r"\coloneqq": ":=",
    r"\eqqcolon": "=:",
    r"\implies": r"\Longrightarrow",
    r"\impliedby": r"\Longleftarrow",
    r"\iff": r"\Longleftrightarrow",
    r"\land": r"\wedge",
    r"\lor": r"\vee",
    r"\lnot": r"\neg",
    r"\dots": r"\ldots",
    r"\dotsc": r"\ldots",
    r"\dotsb": r"\cdots",
    r"\dotsm": r"\cdots",
    r"\lvert": r"\vert",
    r"\rvert": r"\vert",
    r"\lVert": r"\Vert",
    r"\rVert": r"\Vert",
    r"\mid": r"\,|\,",
    r"\tfrac": r"\frac",
    r"\le": r"\leq",
    r"\ge": r"\geq",
    r"\bmod": r"\;\mathrm{mod}\;",
    r"\lt": "<",
    r"\gt": ">",
    r"\textbf": r"\mathbf",
    r"\textit": r"\mathit",
    r"\textrm": r"\text",
    r"\mbox": r"\text",
    r"\textnormal": r"\text",
    r"\mathds": r"\mathbb",
    r"\mathbbm": r"\mathbb",
    r"\boldmath": "",
    r"\strut": "",
    r"\mathstrut": "",
    r"\big": r"\big",
    r"\thinspace": r"\,",
    r"\nobreakspace": r"\ ",
    r"\enspace": r"\;",
}
"""Commands of packages, and macros that half of the field defines, as those that are known."""
SIGN_ABOVE = re.compile(
    r"([\^_])\s*(\\(?:star|ast|top|bot|perp|dagger|circ|pm|mp|times|parallel)(?![a-zA-Z])|[*+-])"
)
"""A sign by itself above or below: without braces mathtext would set it apart, as between terms."""
COMMAND = re.compile(r"\\[a-zA-Z]+")


class UnsettableError(Exception):
    """A formula that cannot be set; `command` is what is in the way, where that is known."""

    def __init__(self, reason: str, command: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.command = command


def normalised(latex: str) -> str:
    r"""Return a formula without what only numbers or labels it, in commands that are known.

    >>> normalised(r"\begin{align*} a &= b \\ \label{x} &= \bm{c} \nonumber \end{align*}")
    '\\begin{aligned} a &= b \\\\ &= \\boldsymbol{c} \\end{aligned}'
    """
    text = COMMENT.sub("", latex).strip()
    text = NUMBERED.sub(r"\\qquad (\\text{\1})", text)
    text = DROPPED.sub("", text)
    text = BEGIN.sub(_environment, text)
    text = re.sub(r"(\\begin\{aligned\})\s*(?:\[[tbc]\]|\{\d+\})", r"\1", text)
    text = re.sub(r"\\\\\s*\[[^\]]*\]", r"\\\\", text)  # more space between lines
    text = re.sub(
        r"\\(boldsymbol|bm|math(?:bf|rm|cal|bb|it|sf|frak|scr))(?![a-zA-Z])\s*(\\[a-zA-Z]+|[a-zA-Z0-9])(?![{])",
        r"\\\1{\2}",
        text,
    )
    text = re.sub(r"\\not\s*=", r"\\neq ", text)
    text = re.sub(r"\\not\s*\\in(?![a-zA-Z])", r"\\notin", text)
    text = SIGN_ABOVE.sub(r"\1{\2}", text)
    text = re.sub(r"\\operatorname\*", r"\\operatorname", text)
    text = re.sub(r"\\left\s*\\\{", r"\\left\\{", text)
    text = re.sub(r"\\\\\s*(?=\\end\{)", "", text)
    text = COMMAND.sub(lambda it: SAME.get(it[0], it[0]), text)
    return " ".join(text.split())


def _environment(found: re.Match[str]) -> str:
    name = found[2].strip()
    if name in ALONE:
        return ""
    return f"\\{found[1]}{{{ENVIRONMENTS.get(name, name)}}}"


def displayed(text: str) -> str:
    r"""Return a formula whose outermost fractions are as large as on a line of their own.

    >>> displayed(r"\frac{a}{b} + x^{\frac{1}{2}}")
    '\\dfrac{a}{b} + x^{\\frac{1}{2}}'
    """
    depth = 0
    pieces = []
    for part in re.findall(r"\\[a-zA-Z]+|\\.|[^\\]", text, re.DOTALL):
        depth += (part == "{") - (part == "}")
        pieces.append(r"\dfrac" if part == r"\frac" and depth == 0 else part)
    return "".join(pieces)


ENDING = frozenset(
    {"=", "<", ">", r"\leq", r"\geq", r"\approx", r"\leftarrow", r"\to", r"\in", "+", "-"}
)
"""Before which a line may end."""
BETWEEN = frozenset({r"\quad", r"\qquad"})


def parts_of(latex: str) -> list[list[str]]:
    r"""Return the statements of a formula, and of each the pieces between which a line may end.

    Statements stand apart by \quad; a piece begins with a relation or a sign.

    >>> parts_of(r"a = \frac{b = c}{d} + e, \quad f")
    [['a ', '= \\frac{b = c}{d} ', '+ e, '], [' f']]
    """
    statements, depth = [[""]], 0
    for part in PART.findall(normalised(latex)):
        depth += part in OPENING or bool(OPENS.match(part))
        depth -= part in CLOSING or bool(CLOSES.match(part))
        pieces = statements[-1]
        if depth == 0 and part in BETWEEN:
            if pieces[-1].strip():
                statements.append([""])
            continue
        if depth == 0 and part in ENDING and pieces[-1].strip():
            pieces.append("")
        pieces[-1] += part
    return statements


PART = re.compile(
    r"\\(?:begin|end)\{[^}]*\}|\\(?:left|right|middle)(?![a-zA-Z])\s*(?:\\[a-zA-Z]+|\\.|.)|\\[a-zA-Z]+|\\.|."
)
OPENS = re.compile(r"\\(?:begin|left)(?![a-zA-Z])")
CLOSES = re.compile(r"\\(?:end|right)(?![a-zA-Z])")
OPENING = frozenset("{([")
CLOSING = frozenset("})]")


def in_mathtext(text: str) -> str:
    """Return a formula with what mathtext has other names for."""
    text = re.sub(r"\\text\s*\{([^{}$]*)\}", _words, text)
    text = text.replace(r"\lbrace", r"\{").replace(r"\rbrace", r"\}")
    return text.replace(r"\Longrightarrow", r"\Longrightarrow")


def _words(found: re.Match[str]) -> str:
    """Return words in a formula with their spaces, which mathtext would leave out."""
    return r"\mathrm{" + re.sub(r"\s+", r"\\ ", found[1]).replace("-", r"\text{-}") + "}"


def check_braces(text: str) -> None:
    r"""Raise where braces, or \left and \right, do not come in pairs."""
    depth = 0
    for part in re.findall(r"\\.|[{}]", text, re.DOTALL):
        depth += (part == "{") - (part == "}")
        if depth < 0:
            raise UnsettableError("a brace '}' closes nothing", "}")
    if depth:
        raise UnsettableError("a brace '{' is not closed", "{")
    left, right = (len(re.findall(rf"\\{it}(?![a-zA-Z])", text)) for it in ("left", "right"))
    if left != right:
        words = ("\\left", "\\right") if left > right else ("\\right", "\\left")
        raise UnsettableError(
            f"has no {words[1]}; where nothing is to be seen write {words[1]}.", words[0]
        )


def letters_in(text: str) -> str:
    """Return the letters of a formula that are no ASCII: not every font has them."""
    return "".join(dict.fromkeys(it for it in text if ord(it) > 0x2E7F or 0x590 < ord(it) < 0x1E00))


def unknown_in(text: str, markup: str) -> None:
    """Raise where a command was not understood: it stands in the markup as it was written."""
    if found := re.search(r">(\\[a-zA-Z]+)", markup):
        raise UnsettableError("is not known", found[1])
    for found in BEGIN.finditer(text):
        if found[2].strip() not in KNOWN_ENVIRONMENTS:
            raise UnsettableError("is not known", f"\\begin{{{found[2]}}}")
    begun = [it[2] for it in BEGIN.finditer(text) if it[1] == "begin"]
    ended = [it[2] for it in BEGIN.finditer(text) if it[1] == "end"]
    if sorted(begun) != sorted(ended):
        name = next((it for it in begun if it not in ended), ended[0] if ended else "")
        raise UnsettableError("has no \\end", f"\\begin{{{name}}}")
