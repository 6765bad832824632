"""Why a film is made anew: what is other than in the file that is there."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from visualize.errors import printable
from visualize.film.carried import MARK, carried_by
from visualize.film.carrying import carried_of
from visualize.film.fingerprint import Cut, comment_for, drawn_by, fingerprint
from visualize.formats.format import FORMATS
from visualize.scene.scene import Scene
from visualize.text import in_yaml, shortened

RUNS = ("optimizers", "trajectories")
MOST_TOLD = 3
"""Changes of a scene that are told; of others there is their number."""
LONGEST = 40
"""Letters of a value."""


def reason_for(path: Path, scene: Scene, *, metadata: bool = True, cut: Cut = "film") -> str:
    """Return why the file at `path` is not the scene's film: the end of a sentence about it."""
    if not path.exists():
        return "it was not there"
    kind = FORMATS.load(path.suffix.removeprefix("."))
    try:
        told, mark, _ = kind.comment_in(path).partition(MARK)
        carried = carried_by(path)
    except OSError:
        return "it cannot be read"
    if not told:
        return "it is cut off, or was not made here"
    if told == comment_for(fingerprint(scene, cut), kind) and bool(mark) != metadata:
        return "it is to carry its scene" if metadata else "it is to carry no scene"
    if carried is None:
        return "the scene has changed, or who draws it; it carries no scene that would tell"
    wanted = carried_of(scene, with_runs=bool(carried.files)).scene
    changes = [*_changes_of_runs(wanted, carried.scene)]
    changes += _changes(_by_name(_without_runs(wanted)), _by_name(_without_runs(carried.scene)))
    changes += _changes(drawn_by(scene), carried.drawn_by)
    if not changes:
        return f"another encoder or version has made it ({told})"
    more = len(changes) - MOST_TOLD
    told = "; ".join(changes[:MOST_TOLD]) + (f"; and {more} more changes" if more > 0 else "")
    return printable(told)  # what a film carries may be anybody's


def _changes_of_runs(now: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is other in the optimizers or recorded runs, each known by its label."""
    ours, theirs = _runs(now), _runs(before)
    yield from (f"'{label}' is new" for label in ours if label not in theirs)
    yield from (f"'{label}' is gone" for label in theirs if label not in ours)
    both = [label for label in ours if label in theirs]
    for label in both:
        for change in _changes(_by_name(ours[label]), _by_name(theirs[label])):
            yield f"{label}: {change}"
    if both != [label for label in theirs if label in ours]:
        yield "the runs have another order"


def _runs(scene: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    listed = [it for name in RUNS if isinstance(scene.get(name), list) for it in scene[name]]
    return {str(it.get("label")): it for it in listed if isinstance(it, Mapping)}


def _without_runs(scene: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in scene.items() if name not in RUNS}


def _changes(now: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys([*now, *before]):
        if name not in before:
            yield f"{name} is {_shown(now[name])}"
        elif name not in now:
            yield f"{name} was {_shown(before[name])}"
        elif now[name] != before[name] and name.endswith("digest"):
            owner = name.removesuffix("digest").rstrip(".")
            yield (
                f"{owner}: the file holds other numbers"
                if owner
                else "the file holds other numbers"
            )
        elif now[name] != before[name]:
            yield f"{name} was {_shown(before[name])}, is {_shown(now[name])}"


def _shown(value: Any) -> str:
    return shortened(value if isinstance(value, str) else in_yaml(value), LONGEST)


def _by_name(value: Any, name: str = "") -> dict[str, Any]:
    """Return what is in a scene by how a mistake would name it: optimizers[0].learning_rate."""
    match value:
        case Mapping() if value:
            parts = {f"{name}.{key}".lstrip("."): it for key, it in value.items()}
        case list() if any(isinstance(it, Mapping | list) for it in value):
            parts = {f"{name}[{index}]": it for index, it in enumerate(value)}
        case _:
            return {name: value}
    return {inner: it for key, part in parts.items() for inner, it in _by_name(part, key).items()}
