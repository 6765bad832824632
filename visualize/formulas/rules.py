r"""Rule of an optimizer -> mathematics: `x ← x - η g / √s` as `$x \leftarrow x - ...$`.

A rule is text for people: a line may have words beside formulas, which stay what they are.
"""

from collections.abc import Iterator, Sequence

from visualize.formulas._parts import after_a_sign
from visualize.formulas._rules import RuleReader, Sign, decomposed, signs_of
from visualize.formulas._setting import part_of

RELATIONS = {"←": r"\leftarrow", "<-": r"\leftarrow", "≤": r"\leq", "<=": r"\leq"} | {
    "≥": r"\geq",
    ">=": r"\geq",
    "≈": r"\approx",
}


def rule_in_mathematics(line: str) -> str:
    r"""Return a line of a rule with its formulas as mathtext between dollar signs.

    Words stay outside of them; what is neither is returned as it stands.

    >>> rule_in_mathematics("x ← x - η g / √s where it helps")
    '$x \\leftarrow x - \\dfrac{\\eta\\,g}{\\sqrt{s}}$ where it helps'
    """
    plain = decomposed(line)
    signs = signs_of(plain)
    if signs is None or not any(sign.kind == "relation" for sign in signs):
        return line.replace("$", r"\$")
    written, place = "", 0
    for run in _runs(signs):
        first, last = run[0].start, run[-1].end
        written += plain[place:first] + _run_in_mathematics(run, plain[first:last])
        # Behind a relation there is room already.
        place = last + (run[-1].kind == "relation" and plain[last : last + 1] == " ")
    return written + plain[place:]


def letters_in(rule: str) -> frozenset[str]:
    """Return the names in a rule: x, β₁, ε_root."""
    signs = (signs_of(decomposed(line)) or () for line in rule.splitlines())
    return frozenset(sign.text for line in signs for sign in line if sign.kind == "name")


def _runs(signs: Sequence[Sign]) -> Iterator[list[Sign]]:
    """Yield the signs of each formula; words and commas stand between them."""
    run: list[Sign] = []
    depth = 0
    for sign in signs:
        depth += (sign.text == "(") - (sign.text == ")")
        if depth == 0 and (sign.kind == "word" or sign.text == ","):
            if run:
                yield run
            run = []
        else:
            run.append(sign)
    if run:
        yield run


def _run_in_mathematics(signs: Sequence[Sign], text: str) -> str:
    """Return formulas between relations, one of which may be left to words: y = the change."""
    sides, relations = [list[Sign]()], list[str]()
    depth = 0
    for sign in signs:
        depth += (sign.text == "(") - (sign.text == ")")
        if sign.kind == "relation" and depth == 0:
            relations.append(RELATIONS.get(sign.text, sign.text))
            sides.append([])
        else:
            sides[-1].append(sign)
    try:
        parts = [part_of(RuleReader(side).whole()).text if side else "" for side in sides]
    except (LookupError, TypeError, ValueError, RecursionError):
        return text
    whole = parts[0]
    for relation, part in zip(relations, parts[1:], strict=True):
        whole += f" {relation} {after_a_sign(part)}"
    return f"${whole.strip()}$"
