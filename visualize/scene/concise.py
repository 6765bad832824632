"""A scene as somebody would write it: without what goes without saying."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from pydantic_core import to_jsonable_python

from visualize.errors import SceneError
from visualize.looks.themes import THEMES
from visualize.scene.frames import Frames
from visualize.scene.runs import Appearance
from visualize.scene.scene import Scene

Settings = dict[str, Any]
ALWAYS = (
    *("name", "kind", "schedule", "trajectories", "file", "run", "digest"),
    *Appearance.model_fields,
)
"""Settings that say what something is, or that the dump of a scene does not have."""
FIRST = ("title", "objective", "trajectories")
"""How people begin a scene."""
OF_TIME = ("hold", "hold_start", "steps_per_frame", "fps", "pace")
"""Settings of frames whose defaults depend on each other, in the order in which they may go."""
OTHERS = tuple(name for name in Frames.model_fields if name not in OF_TIME)
LARGEST_WHOLE = 10**9
"""Numbers from here on keep the form in which Python writes them."""


def concise(scene: Scene, read: Callable[[Settings], Scene]) -> Settings:
    """Return the settings of a scene without its defaults: what is read of them is the same.

    `read` reads settings, and is what decides; it raises `SceneError` where they are not sound.
    """
    whole = scene.portable()
    wanted = _told(scene)

    def is_enough(settings: Settings) -> bool:
        with suppress(SceneError):
            return _told(read(settings)) == wanted
        return False

    changed = scene.model_dump(
        by_alias=True,
        exclude_none=True,
        exclude_defaults=True,
        exclude={"trajectories"},
        context={"portable": True},
    )
    guide = to_jsonable_python(changed) | {"frames": whole["frames"]}
    shorter = _without_defaults(whole, guide)
    found = shorter if is_enough(shorter) else whole
    for forms in OTHER_FORMS:
        found = next(filter(is_enough, forms(found)), found)
    first = {name: found[name] for name in FIRST if name in found}
    return first | found


def _told(scene: Scene) -> str:
    """Return a scene as text: 1 and 1.0, which are equal, are not the same."""
    return json.dumps(scene.portable(), sort_keys=True)


def _without_defaults(whole: Any, changed: Any) -> Any:
    if isinstance(whole, Mapping) and isinstance(changed, Mapping):
        return {
            name: _without_defaults(value, changed.get(name, value))
            for name, value in whole.items()
            if name in changed or name in ALWAYS
        }
    both = isinstance(whole, list) and isinstance(changed, list)
    if both and len(whole) == len(changed):
        return [*map(_without_defaults, whole, changed)]
    return whole


# Other ways to write a setting, the shortest first


def _objective(settings: Settings) -> Iterator[Settings]:
    objective = settings.get("objective")
    if isinstance(objective, Mapping):
        for name in ("name", "expression"):
            if name in objective:
                yield {**settings, "objective": objective[name]}
                yield {**settings, "objective": _but(objective, "variables", "domain", "minima")}


def _start(settings: Settings) -> Iterator[Settings]:
    start = settings.get("start")
    yield _but(settings, "start")
    if isinstance(start, list) and len(start) == 1:
        [point] = start
        if isinstance(point, list) and len(point) == 1:
            yield {**settings, "start": point[0]}
        yield {**settings, "start": point}


def _frames(name: str, settings: Settings) -> Iterator[Settings]:
    yield {**settings, "frames": _but(settings.get("frames", {}), name)}


def _theme(settings: Settings) -> Iterator[Settings]:
    theme = settings.get("theme")
    if not isinstance(theme, Mapping):
        return
    bases = ({"name": name, **to_jsonable_python(it)} for name, it in THEMES.items())
    forms = [
        {"base": base["name"]} | {name: it for name, it in theme.items() if it != base.get(name)}
        for base in bases
    ]
    for form in sorted(forms, key=len):
        yield {**settings, "theme": _but(form, "name")}
        yield {**settings, "theme": form}


def _nothing(settings: Settings) -> Iterator[Settings]:
    yield {name: value for name, value in settings.items() if value not in ({}, [])}


def _panels(settings: Settings) -> Iterator[Settings]:
    panels = settings.get("panels", [])
    yield _but(settings, "panels")
    yield {**settings, "panels": [it["kind"] if it.keys() == {"kind"} else it for it in panels]}


def _labels(settings: Settings) -> Iterator[Settings]:
    for runs in ("optimizers", "trajectories"):
        if runs in settings:
            yield {**settings, runs: [_but(run, "label") for run in settings[runs]]}


def _whole_numbers(settings: Settings) -> Iterator[Settings]:
    yield _with_whole_numbers(settings)


def _with_whole_numbers(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _with_whole_numbers(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [*map(_with_whole_numbers, value)]
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < LARGEST_WHOLE
    return int(value) if is_whole else value


OTHER_FORMS: tuple[Callable[[Settings], Iterator[Settings]], ...] = (
    *(_objective, _start, _panels, _labels, _theme),
    *(partial(_frames, name) for name in (*OTHERS, *OF_TIME)),
    *(_nothing, _whole_numbers),
)


def _but(settings: Mapping[str, Any], *names: str) -> Settings:
    return {name: value for name, value in settings.items() if name not in names}
