"""What to write in place of a mistake: the example of a setting, and whose setting a name is."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from visualize.declare.registry import Catalogue
from visualize.declare.settings import (
    LONGEST_ECHO,
    LONGEST_FORM,
    Place,
    Settings,
    kind_called,
)
from visualize.errors import PluginError
from visualize.objectives._test_functions import TEST_FUNCTIONS
from visualize.objectives.formula import Formula
from visualize.objectives.objective import OBJECTIVES
from visualize.optimizers._schedules import SCHEDULES
from visualize.optimizers.optimizer import OPTIMIZERS
from visualize.panels.panel import PANELS
from visualize.scene.frames import Frames
from visualize.scene.runs import Appearance
from visualize.text import in_yaml

FIRST = {"optimizers": ("adam", "sgd"), "panels": ("contour", "values")}
"""Kinds that stand in examples, where they have the setting."""
OF_SEVERAL: Mapping[str, tuple[str, Catalogue[Any]]] = {
    "optimizers": ("name", OPTIMIZERS),
    "panels": ("kind", PANELS),
}
"""Lists in a scene whose entries name their kinds, and by which setting."""
EXPRESSION = "x**2 + y**2"


def example_of(scene: type[Settings], place: Place, value: Any) -> str:
    """Return how the setting at a place is written, as it could be copied; nothing if unknown."""
    while place and isinstance(place[-1], int):
        place = place[:-1]
    field = _field_at(scene, place, value)
    examples = field.examples if field else None
    return f"{place[-1]}: {in_yaml(examples[0])}" if examples else ""


def under_its_name(scene: type[Settings], name: str, value: Any) -> str:
    """Return what is to be written of a value, given under another name than `name`."""
    try:
        scene.model_validate({name: value})
    except ValidationError as error:
        for found in error.errors(include_url=False):
            _, write, form = found["msg"].partition("; write ")
            if found["loc"] == (name,) and write:
                return f" write {form}"
    return ""


def with_its_settings(scene: Any) -> dict[str, Any]:
    """Return the objective of a scene with its settings that stand beside it, where there are any.

    Nothing, where it is no objective with them either.
    """
    objective = scene.get("objective") if isinstance(scene, Mapping) else None
    if isinstance(objective, str):
        objective = {"name" if objective in TEST_FUNCTIONS else "expression": objective}
    if not isinstance(objective, Mapping):
        return {}
    others = [name for name in scene if name in Formula.known() and name != "name"]
    whole = {**objective, **{name: scene[name] for name in others if name not in objective}}
    try:
        Formula.model_validate(whole)
    except ValidationError:
        return {}
    return whole if len(whole) > len(objective) else {}


def belongs(scene: type[Settings], name: str, value: Any, given: Any = None) -> str:
    """Return whose setting `name` is, and how it is written there; nothing if nobody's.

    What is `given` is all of the scene.
    """
    pair = {name: value if value is not None and len(in_yaml(value)) <= LONGEST_ECHO else ...}
    written = in_yaml(pair).replace("Ellipsis", "...")[1:-1]
    if name in Frames.known():
        return f"it is a setting of frames; write frames: {{{written}}}"
    if name in scene.known():
        return f"it is a setting of the scene; write {written} at the beginning of a line"
    for setting, (key, kinds) in OF_SEVERAL.items():
        for kind, declared in _kinds(kinds, FIRST[setting]):
            extra = Appearance.known() if setting == "optimizers" else []
            if name in (*declared.known(), *extra):
                whose = f"{'an' if kind[0] in 'aeiou' else 'a'} {kind} " if extra == [] else "an "
                whose += "panel" if setting == "panels" else "optimizer"
                one = f"{{{key}: {kind}, {written}}}"
                return f"it is a setting of {whose}; write {setting}: [{one}]"
    for kind, declared in _kinds(SCHEDULES, ("cosine", "step")):
        if name in declared.known():
            one = written if name == "schedule" else f"schedule: {kind}, {written}"
            return f"it is a setting of a schedule; write learning_rate: {{{one}}}"
    if name in Formula.known():
        if name == "expression":
            return f"write objective: {value if isinstance(value, str) else EXPRESSION}"
        one = f"{{expression: {EXPRESSION}, {written}}}"
        if name in (whole := with_its_settings(given)) and len(in_yaml(whole)) <= LONGEST_FORM:
            one = in_yaml(whole)
        return f"it is a setting of the objective; write objective: {one}"
    return ""


def _kinds(kinds: Catalogue[Any], first: tuple[str, ...]) -> Iterator[tuple[str, type[Settings]]]:
    for kind in dict.fromkeys((*first, *kinds.names())):
        try:
            yield kind, kinds.load(kind)
        except (PluginError, KeyError):
            continue


def _field_at(scene: type[Settings], place: Place, value: Any) -> FieldInfo | None:
    kind: type[Settings] | None = scene
    field: FieldInfo | None = None
    outer = ""
    for part in place:
        value = _part(value, part)
        if isinstance(part, int):
            key, kinds = OF_SEVERAL.get(outer, ("", OPTIMIZERS))
            named = _part(value, key) if isinstance(value, Mapping) else value
            kind = kind_called(kinds, named)
            continue
        fields = dict(kind.model_fields if kind else {})
        if outer in ("optimizers", "trajectories"):
            fields |= Appearance.model_fields
        field = next((it for name, it in fields.items() if (it.alias or name) == part), None)
        if field is None and outer == "objective" and part in OBJECTIVES:
            kind = settings_in(kind_called(OBJECTIVES, part))
            outer = str(part)
            continue
        if field is None:
            return None
        outer = str(part)
        if outer == "learning_rate":
            named = _part(value, "schedule")
            kind = SCHEDULES.load(named) if named in SCHEDULES else None
        else:
            kind = Formula if outer == "objective" else settings_in(field.annotation)
    return field if place and isinstance(place[-1], str) else None


def _part(value: Any, part: int | str) -> Any:
    try:
        return value[part]
    except (LookupError, TypeError):
        return None


def settings_in(annotation: Any) -> type[Settings] | None:
    """Return the settings that a field has, be they optional."""
    for kind in (annotation, *get_args(annotation)):
        if isinstance(kind, type) and issubclass(kind, Settings):
            return kind
    return None
