"""The sentence below a setting describes it, once descriptions are wanted."""

from typing import Annotated

from pydantic import Field

from visualize.declare.descriptions import describe_all, describe_schemas
from visualize.declare.settings import Settings


class Parent(Settings):
    first: int = 1
    """The first; over
    two lines."""
    second: Annotated[int, Field(description="Said already.")] = 2
    """Not this."""
    bare: int = 3


class Child(Parent):
    first: int = 4
    inner: Parent = Parent()
    """Another."""


def test_settings_are_described_by_the_sentences_below_them() -> None:
    describe_all()
    described = {name: field.description for name, field in Child.model_fields.items()}
    assert described == {
        "first": "The first; over\ntwo lines.",
        "second": "Said already.",
        "bare": None,
        "inner": "Another.",
    }
    describe_schemas()
    schema = Child.model_json_schema()
    assert schema["properties"]["first"]["description"] == "The first; over\ntwo lines."
    assert schema["$defs"]["Parent"]["properties"]["first"]["description"].startswith("The first")


def test_settings_whose_source_is_not_to_be_had_have_no_descriptions() -> None:
    made = type("Made", (Settings,), {"__annotations__": {"number": int}, "number": 1})
    describe_all()
    assert made.model_fields["number"].description is None  # type: ignore[attr-defined]  # it has
