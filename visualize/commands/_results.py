"""What became of scenes that were rendered: a line for each, a table of all, and JSON."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from visualize.batch.job import Outcome, Output, State

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
    reasons = [f"{it.path.name}: {_IN_WORDS[it.state]}: {it.why}" for it in outcome.outputs]
    if outcome.simulated or outcome.recalled:
        simulated = ", ".join(outcome.simulated) or "nothing"
        recalled = f"; from the cache: {', '.join(outcome.recalled)}" if outcome.recalled else ""
        reasons.append(f"simulated: {simulated}{recalled}")
    return reasons


_IN_WORDS = {
    "made": "rendered",
    "kept": "taken from the cache",
    "current": "current",
    "failed": "not made",
}


def show_table(outcomes: Sequence["Outcome"]) -> None:
    """Show a row for each scene on stderr."""
    import sys

    from rich.console import Console
    from rich.table import Table

    console = Console(stderr=True, width=None if sys.stderr.isatty() else PLAIN_WIDTH)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("scene", no_wrap=True, overflow="ellipsis")
    for name in ("films", "what", "seconds", "size", "warnings"):
        right = name in ("seconds", "size", "warnings")
        table.add_column(name, justify="right" if right else "left", no_wrap=True)
    for outcome in outcomes:
        table.add_row(
            str(outcome.file),
            _formats_of(outcome, "made", "kept", "current", "failed"),
            _state_of(outcome),
            f"{outcome.seconds:.1f}" if outcome.seconds else "",
            in_bytes(sum(it.size for it in outcome.outputs)),
            str(len(outcome.warnings) or ""),
        )
    console.print(table, markup=False, highlight=False)


def _state_of(outcome: "Outcome") -> str:
    if outcome.error:
        return "failed"
    states = {it.state for it in outcome.outputs}
    return "made" if "made" in states else "from the cache" if "kept" in states else "current"


def in_bytes(size: int) -> str:
    """Return a size as it is told: 285 kB."""
    if size < 1000:
        return f"{size} B" if size else ""
    for unit, much in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= much:
            return f"{size / much:.3g} {unit}"
    return ""


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
