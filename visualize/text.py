"""How values and mistakes are put into words."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any


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


def counted(number: int, thing: str) -> str:
    """Return how many there are of a thing: "1 step", "2 steps"."""
    shown_short = f"{number}" if number < 10**15 else "over 10^15"
    return f"{shown_short} {thing}" if number == 1 else f"{shown_short} {thing}s"


def shortened(text: str, longest: int) -> str:
    """Return a text of so many letters at most; what is cut off is an ellipsis."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean '...'?" where a known name is near, else nothing."""
    folded = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(name.lower(), folded, n=1, cutoff=0.6)
    return f"; did you mean '{folded[near[0]]}'?" if near else ""
