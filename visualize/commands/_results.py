"""What became of scenes that were rendered: a line for each, a table of all, and JSON."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from visualize.commands._options import is_terminal
from visualize.text import counted

if TYPE_CHECKING:
    from visualize.batch.job import Outcome, Output, State

IN_WORDS: dict["State", str] = {
    "failed": "failed",
    "made": "made",
    "kept": "from the cache",
    "current": "current",
}
"""The states of films, and of a scene: the first that one of its films has."""
NUMBERS = ("seconds", "size", "warnings")
NARROW = 60
"""Columns of a terminal below which a table has two."""
PLAIN_WIDTH = 200
"""Columns of a table that goes into a file."""


def line_about(outcome: "Outcome") -> str:
    """Return in one line what became of a scene, without its name."""
    parts = []
    if made := _formats_of(outcome, "made"):
        parts.append(f"rendered to {made} in {outcome.seconds:.1f} s")
    if kept := _formats_of(outcome, "kept"):
        parts.append(f"{kept} from the cache")
    return "; ".join(parts) or "current"


def _formats_of(outcome: "Outcome", *states: "State") -> str:
    """Return the formats of films in one of these states."""
    suffixes = (it.path.suffix for it in outcome.outputs if it.state in states)
    return ", ".join(dict.fromkeys(suffix.removeprefix(".") for suffix in suffixes))


def reasons_of(outcome: "Outcome") -> list[str]:
    """Return why each film was made, or was not, and which runs were computed for it."""
    reasons = [f"{it.path.name}: {IN_WORDS[it.state]}: {it.why}" for it in outcome.outputs]
    if outcome.simulated or outcome.recalled:
        simulated = ", ".join(outcome.simulated) or "nothing"
        recalled = f"; from the cache: {', '.join(outcome.recalled)}" if outcome.recalled else ""
        reasons.append(f"simulated: {simulated}{recalled}")
    return reasons


def show_table(outcomes: Sequence["Outcome"], seconds: float) -> None:
    """Show a row for each scene, and how many became what, on stderr, if there is one."""
    if sys.stderr is None:
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(stderr=True, width=None if is_terminal(sys.stderr) else PLAIN_WIDTH)
    rows = [_row(outcome) for outcome in outcomes]
    columns = [*rows[0]] if console.width >= NARROW else ["scene", "state"]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        widest = max(len(row[name]) for row in rows)
        table.add_column(
            name,
            justify="right" if name in NUMBERS else "left",
            no_wrap=True,
            overflow="ellipsis",
            min_width=None if name == "scene" else max(widest, len(name)),
        )
    for row in rows:
        table.add_row(*(escape(row[name]) for name in columns))
    console.print(table, highlight=False)
    states = Counter(row["state"] for row in rows)
    told = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
    console.print(f"{counted(len(rows), 'scene')}: {told}, in {seconds:.1f} s", highlight=False)


def _row(outcome: "Outcome") -> dict[str, str]:
    return {
        "scene": str(outcome.file),
        "films": _formats_of(outcome, "made", "kept", "current", "failed"),
        "state": _state_of(outcome),
        "seconds": f"{outcome.seconds:.1f}" if outcome.seconds else "",
        "size": in_bytes(sum(it.size for it in outcome.outputs)),
        "warnings": str(len(outcome.warnings) or ""),
    }


def _state_of(outcome: "Outcome") -> str:
    """Return in a word or two what became of a scene."""
    if outcome.error:
        return IN_WORDS["failed"]
    states = {it.state for it in outcome.outputs}
    return next(words for state, words in IN_WORDS.items() if state in states)


def in_bytes(size: int) -> str:
    """Return a size as it is told: 285 kB."""
    for unit, much in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= 0.9995 * much:  # which is rounded to that
            return f"{size / much:.3g} {unit}"
    return f"{size} B" if size else ""


def in_json(outcomes: Sequence["Outcome"]) -> str:
    """Return what became of all scenes, for programs."""
    return json.dumps([_plain(it) for it in outcomes], indent=2)


def _plain(outcome: "Outcome") -> dict[str, Any]:
    return {
        "scene": str(outcome.file),
        "state": _state_of(outcome),
        "films": [_plain_film(it) for it in outcome.outputs],
        "seconds": round(outcome.seconds, 3),
        "simulated": outcome.simulated,
        "recalled": outcome.recalled,
        "warnings": outcome.warnings,
        "error": outcome.error,
    }


def _plain_film(output: "Output") -> dict[str, Any]:
    return {
        "path": str(output.path),
        "state": output.state,
        "bytes": output.size,
        "why": output.why,
    }
