r"""Names of variables and settings as mathtext: x1 is x with an index, theta is a letter."""

import re
import unicodedata

from visualize.formulas._parts import Level, Part, indexed

GREEK = frozenset(
    (
        *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"),
        *("lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi"),
        *("psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon"),
        *("Phi", "Psi", "Omega"),
    )
)
ALSO_LAMBDA = frozenset({"lam", "lambd", "lamda"})
"""lambda is a word of Python's, and cannot be a name in formulas."""
HAT = "\u0302"
SIGNS = {"∞": r"\infty", "∇": r"\nabla"}
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ₜᵢⱼₖₙ∞", "0123456789+-tijkn∞", strict=True))
"""Signs of an index, and what they are above."""
PARTS = re.compile(
    rf"(?P<head>[^\W\d_]|[∇∞])(?P<hat>{HAT}?)(?P<index>\d+|_\w+|[{''.join(LOWERED)}]*)"
    r"(?P<beside>['*⁺⁻]*)"
)
"""A letter, and what stands around it."""


def named(name: str) -> Part:
    r"""Return a name: one letter, Greek or not, is slanted and may have an index; words are not.

    >>> named("x1").text, named("theta_in").text, named("width").text, named("β₁").text
    ('x_1', '\\theta_{\\mathrm{in}}', '\\mathrm{width}', '\\beta_1')
    """
    if name.isascii():
        return Part(_of_ascii(name), Level.ATOM)
    found = PARTS.fullmatch(unicodedata.normalize("NFD", name))
    if not found:
        return Part(_upright(name), Level.ATOM)
    text = _letter(found["head"])
    if found["hat"]:
        text = rf"\hat{{{text}}}"
    if found["index"]:
        text = indexed(text, _index(found["index"]))
    beside = found["beside"].translate({ord("⁺"): "+", ord("⁻"): "-"})
    if not beside:
        return Part(text, Level.ATOM)
    return Part(text + (beside if beside == "'" else f"^{{{beside}}}"), Level.POWER)


def _of_ascii(name: str) -> str:
    if name.endswith("'"):
        return f"{_of_ascii(name[:-1])}'"
    found = re.fullmatch(r"([A-Za-z]+?)(\d*)(?:_(\w+))?", name)
    head, *indices = found.groups("") if found else (name,)
    letter = _letter(head)
    if not indices or letter.startswith(r"\mathrm"):
        return _upright(name)
    index = ",".join(
        _upright(it) if len(it) > 1 and not it.isdigit() else it for it in indices if it
    )
    return indexed(letter, index) if index else letter


def _letter(head: str) -> str:
    if head in SIGNS:
        return SIGNS[head]
    plain = head
    if not head.isascii():
        of = unicodedata.name(head, "").partition("GREEK ")[2].split()
        plain = of[-1].lower() if of else head
        plain = plain.capitalize() if of[:1] == ["CAPITAL"] else plain
    if plain in ALSO_LAMBDA or plain == "Lamda":
        plain = "lambda" if plain.islower() else "Lambda"
    if plain == "epsilon":
        return r"\varepsilon"
    if plain in GREEK:
        return f"\\{plain}"
    return head if len(head) == 1 else _upright(head)


def _index(written: str) -> str:
    if written.startswith("_"):
        word = written[1:]
        return word if len(word) == 1 or word.isdigit() else _upright(word)
    return "".join(SIGNS.get(LOWERED.get(it, it), LOWERED.get(it, it)) for it in written)


def _upright(word: str) -> str:
    escaped = re.sub(r"_+", r"\\_", word)
    return rf"\mathrm{{{escaped}}}"
