"""What every declared thing is made of: frozen settings that check themselves.

A field carries its bounds, default, unit and one sentence, once; scenes, the JSON schema,
`visualize list` and the messages all come from it.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, ClassVar, Self, cast, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_core.core_schema import ErrorType

from visualize.declare.checks import Check, mistakes_between
from visualize.declare.registry import Catalogue, Kind
from visualize.errors import PluginError
from visualize.text import did_you_mean, in_yaml, near_names, shown

NATIVE_ERRORS = frozenset(get_args(ErrorType))
UNKNOWN_SETTING = "unknown_setting"
"""The type of a mistake that is about a setting's name, not its value."""
MISSING_SETTING = "missing_setting"
"""The type of a mistake that is about what is not there, with words of its own."""
KNOWN_ARE = "; known are "
"""How an answer goes on that has nothing better to say."""
LONGEST_FORM = 100
"""Letters of an entry that an answer writes anew."""
LONGEST_ECHO = 60
"""Letters of a value that an answer repeats."""
Place = tuple[int | str, ...]
"""Where a value stands in nested settings: names and positions in lists."""


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


ListToTuple = BeforeValidator(_as_tuple)
"""Lets a list stand for a tuple: YAML has lists only."""


def _as_whole(value: Any) -> Any:
    """Return a number without a fraction as a whole one: YAML reads 1e3 as a float."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _as_text(value: Any) -> Any:
    return os.fspath(value) if isinstance(value, os.PathLike) else value


FileName = Annotated[str, StringConstraints(min_length=1), BeforeValidator(_as_text)]
"""A file as text; in Python it may be a path."""
Number = Annotated[float, Field(allow_inf_nan=False)]
AsWhole = BeforeValidator(_as_whole)
"""Lets a number without a fraction stand for a whole one; behind the bounds, for the schema."""
Whole = Annotated[int, Field(ge=1), AsWhole]
Natural = Annotated[int, Field(ge=0), AsWhole]
"""A whole number from 0."""
Positive = Annotated[Number, Field(gt=0)]
NotNegative = Annotated[Number, Field(ge=0)]
Fraction = Annotated[Number, Field(ge=0, lt=1)]


def custom_error(message: str, **context: Any) -> PydanticCustomError:
    """Return an error whose words are final; `column` and `length` may narrow its place."""
    # The message comes last: what its author wrote between braces stays as it is.
    return PydanticCustomError("custom", "{message}", {**context, "message": message})


def _rising(interval: tuple[float, float]) -> tuple[float, float]:
    if interval[0] >= interval[1]:
        raise custom_error("the first number must be below the second")
    return interval


Range = Annotated[tuple[Number, Number], ListToTuple, AfterValidator(_rising)]


COLORS = (
    *("black", "white", "gray", "silver", "red", "maroon", "orange", "gold", "yellow", "olive"),
    *("green", "lime", "teal", "cyan", "blue", "navy", "purple", "magenta", "pink", "brown"),
)


ONE_LETTER = {"b": "blue", "g": "green", "r": "red", "c": "cyan", "m": "magenta", "y": "yellow"} | {
    "k": "black",
    "w": "white",
    "grey": "gray",
}
"""matplotlib's, and another spelling."""


def _color_meant(color: str) -> str:
    """Return what to write for a colour that is written in another way."""
    name = color.strip().lower().partition(":")[2] or color.strip().lower()
    if digits := re.fullmatch("(?:#|0x)?([0-9a-f]{3}|[0-9a-f]{6})", name):
        full = digits[1] if len(digits[1]) == 6 else "".join(2 * digit for digit in digits[1])
        return f"; write '#{full}', in quotes"
    if ONE_LETTER.get(name, name) in COLORS:
        return f"; write {ONE_LETTER.get(name, name)}"
    return did_you_mean(name, COLORS)


def _check_color(color: str) -> str:
    if color not in COLORS and not re.fullmatch("#[0-9a-fA-F]{6}", color):
        hint = _color_meant(color) or "; plain names are " + ", ".join(COLORS)
        raise custom_error(f"must be a colour, like '#1f77b4' or 'blue'{hint}")
    return color


Color = Annotated[str, AfterValidator(_check_color)]

LONGEST_LABEL = 80


def is_label(text: str) -> bool:
    """Whether a run can be called that, in pictures and in files."""
    plain = "/" not in text and text.isprintable() and bool(text.strip()) and text[0] != "_"
    return plain and len(text) <= LONGEST_LABEL


def _check_label(label: str) -> str:
    if not is_label(label):
        raise custom_error("must be plain text without '/', and not begin with '_'")
    return label


Label = Annotated[str, Field(max_length=LONGEST_LABEL), AfterValidator(_check_label)]
"""What the picture and the saved arrays call a run."""


Synonyms = Mapping[str, tuple[str, ...] | str]
"""Other tools' names of settings, and what they are here: words that say it, or names.

A dotted name is a setting within another; of those with a `|` between them it is the first that
there is, or the words at the end."""


def each(names: str, *meaning: str) -> dict[str, tuple[str, ...]]:
    """Return synonyms that all mean the same settings."""
    return dict.fromkeys(names.split(), meaning)


def told(names: str, words: str) -> dict[str, str]:
    """Return synonyms that all get the same answer."""
    return dict.fromkeys(names.split(), words)


class Settings(BaseModel):
    """Frozen, checked settings; an unknown name is answered with the nearest known one."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        defer_build=True,  # most kinds are never read
    )

    kinds: ClassVar[list[type["Settings"]]] = []
    """All that have been imported, in the order in which they were defined."""
    synonyms: ClassVar[Synonyms] = {}
    """What people write from habit, and what it is here; a class's parents' count too."""
    beside: ClassVar[tuple[str, ...]] = ()
    """Names that may stand among the settings in a scene, and are taken out before."""
    alternatives: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Settings of which only one may be given."""
    checks: ClassVar[tuple[Check, ...]] = ()
    """What is checked of several settings at once."""

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        Settings.kinds.append(cls)

    @model_validator(mode="wrap")
    @classmethod
    def _check_names(
        cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        del info
        if not isinstance(data, Mapping):
            return handler(data)
        mistakes = list(cls.unknown_settings(data))
        if not (mistakes or cls.checks):
            return handler(data)
        sound, found = parsed({name: data[name] for name in data if name in cls.known()}, handler)
        mistakes += [*found, *mistakes_between(cls.checks, sound)]
        if mistakes:
            raise error_of(cls.without_repetition(mistakes))
        return handler(data)

    def __getstate__(self) -> dict[Any, Any]:
        """Return what another process is given: the settings, not what was computed from them."""
        state = super().__getstate__()
        fields = type(self).model_fields
        own = {name: it for name, it in state["__dict__"].items() if name in fields}
        return {**state, "__dict__": own}

    @classmethod
    def unknown_settings(cls, data: Mapping[str, Any]) -> Iterator[InitErrorDetails]:
        """Yield a mistake for each name that is none of ours, and for each pair of alternatives."""
        for name, value in data.items():
            if words := cls.answer(name, value):
                yield unknown_setting(words, name)
        for one, other in cls.alternatives:
            if data.get(one) is not None and data.get(other) is not None:
                yield mistake_at(f"give {one} or {other}, not both", other)

    @classmethod
    def without_repetition(cls, mistakes: Sequence[InitErrorDetails]) -> list[InitErrorDetails]:
        """Return the mistakes but those of a setting that is missing under its own name only."""
        places = [found.get("loc", ()) for found in mistakes]
        unknown = [
            str(place[0])
            for found, place in zip(mistakes, places, strict=True)
            if len(place) == 1 and _kind_of(found) == UNKNOWN_SETTING
        ]
        meant = {(right,) for name in unknown for right in cls.meant(name)}
        return [
            found
            for found, place in zip(mistakes, places, strict=True)
            if not (place in meant and _kind_of(found) in {"missing", MISSING_SETTING})
        ]

    @classmethod
    def meant(cls, name: str) -> tuple[str, ...]:
        """Return the settings that somebody means who writes `name`, if that is sure."""
        meaning = cls._meaning(name)
        if isinstance(meaning, str):
            return ()
        near = near_names(str(name), cls.known())
        return meaning or tuple(near if len(near) == 1 else ())

    @classmethod
    def answer(cls, name: str, value: Any = None) -> str:
        """Return what to say to somebody who gives a setting `name`: nothing, if it is known."""
        known = cls.known()
        if name in known:
            return ""
        meaning = cls._meaning(name)
        if isinstance(meaning, str):
            return f"unknown setting; {meaning}"
        if meaning:
            words = "unknown setting; did you mean " + " and ".join(f"'{it}'" for it in meaning)
            outer, _, inner = meaning[0].partition(".")
            written = in_yaml(value)
            if inner and len(meaning) == 1 and value is not None and len(written) <= LONGEST_ECHO:
                return f"{words}? write {outer}: {{{inner}: {written}}}"
            return f"{words}?"
        hint = did_you_mean(str(name), (*known, *cls.beside))
        return f"unknown setting{hint or KNOWN_ARE + ', '.join((*known, *cls.beside))}"

    @classmethod
    def _meaning(cls, name: str) -> tuple[str, ...] | str:
        """Return what a name of other tools is here: settings, or words; nothing if unknown."""
        known = (*cls.known(), *cls.beside)
        folded = _folded(str(name))
        tables = (vars(one).get("synonyms", {}) for one in cls.__mro__)
        for theirs, meaning in (pair for table in tables for pair in table.items()):
            if _folded(theirs) != folded:
                continue
            if isinstance(meaning, str):
                return meaning
            one_of = [tuple(it.split("|")) for it in meaning]
            right = tuple(next((it for it in ways if _outer(it) in known), "") for ways in one_of)
            words: str = one_of[0][-1]
            if len(meaning) == 1 and not right[0] and " " in words:
                return words
            if all(right):
                return right
        return ()

    @classmethod
    def known(cls) -> list[str]:
        """Return the names of the settings, as scenes write them."""
        return [
            field.alias or name for name, field in cls.model_fields.items() if not field.exclude
        ]


def _folded(name: str) -> str:
    """Return a name as it is compared: maxIter and max_iter are one."""
    return name.replace("_", "").replace("-", "").replace(" ", "").casefold()


def _outer(setting: str) -> str:
    return setting.partition(".")[0]


def _kind_of(mistake: InitErrorDetails) -> str:
    kind = mistake["type"]
    return kind if isinstance(kind, str) else kind.type


def parsed(
    given: dict[str, Any], parse: Callable[[dict[str, Any]], Settings]
) -> tuple[dict[str, Any], list[InitErrorDetails]]:
    """Return the sound settings, those by default among them, and the mistakes of the others."""
    mistakes: list[InitErrorDetails] = []
    failed: set[int | str] = set()
    while True:
        try:
            settings = parse({name: value for name, value in given.items() if name not in failed})
        except ValidationError as error:
            if failed:  # something is needed that is wrong
                return {}, mistakes
            mistakes = mistakes_of(error)
            failed = {found["loc"][0] for found in error.errors() if found["loc"]}
            if not failed:
                return {}, mistakes
        else:
            fields = type(settings).model_fields.items()
            names = (name for name, field in fields if (field.alias or name) not in failed)
            return {name: getattr(settings, name) for name in names}, mistakes


def mistake_at(message: str, *place: int | str) -> InitErrorDetails:
    """Return a mistake at a place below the value that is being checked."""
    return InitErrorDetails(type=custom_error(message), loc=place, input=None)


def unknown_setting(message: str, *place: int | str) -> InitErrorDetails:
    """Return a mistake that is about the name of a setting."""
    error = PydanticCustomError(UNKNOWN_SETTING, "{message}", {"message": message})
    return InitErrorDetails(type=error, loc=place, input=None)


def error_of(mistakes: list[InitErrorDetails]) -> ValidationError:
    """Return an error that tells all the mistakes."""
    return ValidationError.from_exception_data("settings", mistakes)


def error_at(message: str, *place: int | str) -> ValidationError:
    """Return an error at a place below the value that is being checked."""
    return error_of([mistake_at(message, *place)])


@contextmanager
def collected(
    mistakes: list[InitErrorDetails], *place: int | str, into: Mapping[str, Place] | None = None
) -> Iterator[None]:
    """Keep the mistakes that are raised in a list, at a place."""
    try:
        yield
    except ValidationError as error:
        mistakes += mistakes_of(error, *place, into=into)
    except PydanticCustomError as error:
        mistakes.append(InitErrorDetails(type=error, loc=place, input=None))
    except PluginError as error:
        mistakes.append(mistake_at(str(error), *place))


def mistakes_of(
    error: ValidationError,
    *prefix: int | str,
    into: Mapping[str, Place] | None = None,
) -> list[InitErrorDetails]:
    """Return the mistakes of `error` in the form in which they can be raised again.

    Their places get `prefix`; a setting named in `into` stands at the place given there.
    """
    mistakes = []
    for found in error.errors(include_url=False):
        place, kind, context = found["loc"], found["type"], found.get("ctx", {})
        if into and place and place[0] in into:
            place = (*into[str(place[0])], *place[1:])
        mistakes.append(
            InitErrorDetails(
                type=kind
                if kind in NATIVE_ERRORS
                else PydanticCustomError(kind, "{message}", context),
                loc=(*prefix, *place),
                input=found["input"],
                ctx=context,
            )
        )
    return mistakes


def declared_in(catalogue: Catalogue[Kind], kind: type[Any], key: str, entry: Any) -> Kind:
    """Return what an entry declares: an instance, a name, or a mapping with the name in it."""
    if isinstance(entry, kind):
        return cast("Kind", entry)
    if isinstance(entry, str):
        entry = {key: entry}
    if not isinstance(entry, Mapping):
        raise error_at(f"must be a mapping with '{key}' and its settings")
    name = entry.get(key)
    if name is None:
        named = in_our_words(catalogue, key, entry)
        if named and len(written := in_yaml(named)) <= LONGEST_FORM:
            raise error_at(f"needs '{key}'; write {written}")
        raise error_at(f"needs '{key}', one of {', '.join(catalogue.names())}")
    if name not in catalogue:
        raise error_at(f"unknown {key} {shown(str(name))}{catalogue.hint(str(name))}", key)
    try:
        settings: Any = catalogue.load(name)
    except PluginError as error:
        raise error_at(str(error), key) from error
    return cast("Kind", settings.model_validate(dict(entry)))


def in_our_words(catalogue: Catalogue[Any], key: str, entry: Any) -> dict[str, Any]:
    """Return an entry as it is to be written: in our form, under our names, with all it needs.

    What has no place here is left out; where its kind cannot be told, nothing is returned.
    """
    if isinstance(entry, str):
        entry = {key: entry}
    if not isinstance(entry, Mapping):
        return {}
    if key not in entry:
        entry = _with_its_name(catalogue, key, entry)
    kind = kind_called(catalogue, entry.get(key))
    if kind is None:
        return {}
    ours: dict[str, Any] = {}
    for name, value in entry.items():
        meant = (name,) if name in (*kind.known(), *kind.beside) else kind.meant(name)
        if len(meant) == 1:
            ours.setdefault(meant[0], value)
        elif isinstance(value, list) and len(value) == len(meant):
            ours |= dict(zip(meant, value, strict=True))
    for name, field in kind.model_fields.items():
        if field.is_required() and field.examples:
            ours.setdefault(name, field.examples[0])
    return ours


def kind_called(catalogue: Catalogue[Any], name: Any) -> Any:
    """Return the class of a name; None where there is no such name, or it cannot be loaded."""
    try:
        return catalogue.load(name) if name in catalogue else None
    except PluginError:
        return None


def _with_its_name(catalogue: Catalogue[Any], key: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry that begins with a kind, `{adam: {beta_1: 0.5}}`, in our form; else {}.

    Or that has it under another name, `{type: adam}`.
    """
    for name, value in entry.items():
        kind = kind_called(catalogue, value)
        if kind and kind.meant(name) == (key,):
            return {key: value, **{it: entry[it] for it in entry if it != name}}
    kind = next(iter(entry), "")
    if kind not in catalogue:
        return {}
    inner, others = entry[kind], {name: it for name, it in entry.items() if name != kind}
    if isinstance(inner, int | float) and not isinstance(inner, bool) and key == "name":
        others = {"learning_rate": inner, **others}
    return {key: kind, **(inner if isinstance(inner, Mapping) else {}), **others}
