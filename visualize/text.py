"""How values and mistakes are put into words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

PLAIN = re.compile(
    r"(?!(?:true|false|null|yes|no)$)[A-Za-z(][^,:#\[\]{}'\"\n]*(?<! )", re.IGNORECASE
)
"""Text that needs no quotes in YAML."""
MOST_LISTED = 12
"""Names that are listed in a sentence."""


def shown(value: Any) -> str:
    """Return a value of a scene as its author would write it, shortened."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case str():
            return repr(shortened(value, 40))
        case list() | tuple():
            return "a list"
        case Mapping():
            return "a mapping"
        case int() if abs(value) >= 10**20:
            return f"a number of {len(str(abs(value)))} digits"
        case _:
            return f"{value}"


def in_yaml(value: Any) -> str:
    """Return a value as a scene file has it, in one line."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return value if PLAIN.fullmatch(value) else "'" + value.replace("'", "''") + "'"
        case list() | tuple():
            return f"[{', '.join(map(in_yaml, value))}]"
        case Mapping():
            return "{" + ", ".join(f"{name}: {in_yaml(it)}" for name, it in value.items()) + "}"
        case _:
            return f"{value}"


def counted(number: int, thing: str) -> str:
    """Return how many there are of a thing: "1 step", "2 steps"."""
    shown_short = f"{number}" if number < 10**15 else "over 10^15"
    return f"{shown_short} {thing}" if number == 1 else f"{shown_short} {thing}s"


def listed(names: Sequence[str]) -> str:
    """Return names with commas; of many the first and the last.

    >>> listed(["x", "y", "z"]), listed([f"x{i}" for i in range(1000)])[-12:]
    ('x, y, z', 'x10, …, x999')
    """
    few = names if len(names) <= MOST_LISTED else [*names[: MOST_LISTED - 1], "…", names[-1]]
    return ", ".join(few)


def shortened(text: str, longest: int) -> str:
    """Return a text of so many letters at most; what is cut off is an ellipsis."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean '...'?" where somebody surely meant a known name, else nothing."""
    near = " or ".join(f"'{it}'" for it in near_names(name, known))
    return f"; did you mean {near}?" if near else ""


def near_names(name: str, known: Iterable[str]) -> list[str]:
    """Return what `name` is another way to write, or a slip of the hand away from; two at most.

    A wrong guess is worse than none: what is a word of its own ('sinc', 'legend') is near nothing.
    """
    typed = _letters(name)
    folded = {_letters(candidate): candidate for candidate in known}
    if typed in folded:
        return [folded[typed]]
    slips = {folded[it]: _slips(typed, it) for it in folded if _may_be_a_slip(typed, it)}
    fewest = min(slips.values(), default=0)
    nearest = [candidate for candidate, count in slips.items() if count == fewest]
    if not nearest and len(typed) >= 3:
        nearest = [folded[it] for it in folded if it.startswith(typed)]
    return nearest if len(nearest) <= 2 else []


def _letters(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))


def _may_be_a_slip(typed: str, known: str) -> bool:
    shorter = min(len(typed), len(known))
    allowed = 0 if shorter < 3 else 1 if shorter < 6 else 2 if shorter < 12 else 3
    if abs(len(typed) - len(known)) > allowed or _digits(typed) != _digits(known):
        return False
    if _slips(typed, known) > allowed:
        return False
    # Of short words another letter makes another word: tan, ran.
    return shorter > 3 or typed[0] == known[0] or sorted(typed) == sorted(known)


def _slips(one: str, other: str) -> int:
    """Return how many letters were left out, added, mistaken or exchanged with the next."""
    before, row = [0], list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted)))
            if i > 1 and j > 1 and letter == other[j - 2] and wanted == one[i - 2]:
                row[j] = min(row[j], last[j - 2] + 1)
    return row[-1]
