"""The JSON Schema of scene files, for editors that complete and check while typing."""

from typing import Any

from visualize.declare.descriptions import describe_schemas
from visualize.declare.registry import Registry
from visualize.formats.format import FORMATS
from visualize.looks.themes import THEMES
from visualize.objectives.objective import OBJECTIVES
from visualize.optimizers.optimizer import OPTIMIZERS
from visualize.panels.panel import PANELS
from visualize.scene.reading import MOST_PANELS, WITHOUT_RECORDING
from visualize.scene.runs import Appearance
from visualize.scene.scene import Scene
from visualize.scene.themes import BASE, MOST


def scene_schema() -> dict[str, Any]:
    """Return the JSON Schema of scene files, for editors that complete and check while typing.

    What is installed and cannot be used is left out: the registries' `broken` is that.
    """
    for registry in (OPTIMIZERS, OBJECTIVES, PANELS):
        for name in registry.sound():
            registry.load(name)
    describe_schemas()
    schema = Scene.model_json_schema()
    properties = schema["properties"]
    schema["anyOf"] = [{"required": list(WITHOUT_RECORDING)}, {"required": ["trajectories"]}]
    # A name brings its expression.
    del schema["$defs"]["Formula"]["required"]
    schema["$defs"]["Unknown"]["required"] = ["variables"]
    schema["$defs"]["Formula"]["anyOf"] = [{"required": ["expression"]}, {"required": ["name"]}]
    appearance = Appearance.model_json_schema()["properties"]
    schema["$defs"]["Recording"]["properties"] |= appearance
    optimizers = _declarations(OPTIMIZERS, "name", schema["$defs"])
    for one in optimizers:
        conventions = OPTIMIZERS.load(one["properties"]["name"]["const"]).conventions
        one["properties"]["convention"]["enum"] = [*conventions, None]
        one["properties"] |= appearance | {"sweep": {"type": "object", "minProperties": 1}}
        one["required"] = ["name"]  # all others may stand in the sweep
    panels = _declarations(PANELS, "kind", schema["$defs"])
    properties["optimizers"] |= {"minItems": 1, "items": {"anyOf": optimizers}}
    named = {"enum": list(PANELS.sound())}
    several = {
        "type": "array",
        "minItems": 1,
        "maxItems": MOST_PANELS,
        "items": {"anyOf": [*panels, named]},
    }
    multiples = {"type": "object", "required": ["each"]}
    properties["panels"] |= {"anyOf": [several, multiples]}
    del properties["panels"]["type"], properties["panels"]["items"]
    themes = {"enum": list(THEMES)}
    own = schema["$defs"]["Theme"]
    own["properties"] = {"base": {**themes, "default": BASE}, **own["properties"]}
    del own["required"]  # what is not given is the base's
    files = {"type": "string", "pattern": r"\.ya?ml$"}
    each = [themes, files, {"$ref": "#/$defs/Theme"}]
    several = {"type": "array", "minItems": 1, "maxItems": MOST, "items": {"anyOf": each}}
    properties["theme"]["anyOf"] = [*each, several]
    properties["formats"]["items"]["enum"] = list(FORMATS.sound())
    kinds = _objectives(schema["$defs"])
    properties["objective"]["anyOf"] += kinds
    # They may know themselves where to start.
    of_a_kind = {"anyOf": [{"required": kind["required"]} for kind in kinds]}
    schema["anyOf"].append(
        {
            "required": ["objective", "optimizers"],
            "properties": {"objective": {"type": "object", **of_a_kind}},
        }
    )
    for one in (schema, *schema["$defs"].values()):
        one["description"] = one.get("description", "").partition("\n\n>>> ")[0]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _declarations(
    catalogue: Registry[Any], key: str, definitions: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return the schema of each class in a folder; what they share goes to `definitions`."""
    schemas = []
    for settings in map(catalogue.load, catalogue.sound()):
        one = _taken_apart(settings, definitions)
        one["required"] = [key, *one.get("required", ())]
        schemas.append(one)
    return schemas


def _objectives(definitions: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the schema of each kind of objective that stands below its name, and that alone."""
    schemas: list[dict[str, Any]] = []
    for name in sorted({*OBJECTIVES.sound()} - {"formula", "unknown"}):
        kind: Any = OBJECTIVES.load(name)
        properties = {name: _taken_apart(kind, definitions)}
        whole = {"additionalProperties": False, "required": [name]}
        schemas.append({"type": "object", "properties": properties, **whole})
    return schemas


def _taken_apart(settings: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a class; what it shares with others goes to `definitions`."""
    one: dict[str, Any] = settings.model_json_schema()
    definitions.update(one.pop("$defs", {}))
    return one
