"""A text at a place in the picture, for some of its steps."""

from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field

from visualize.declare.checks import Mistakes
from visualize.declare.settings import Natural, Settings, Synonyms, custom_error, each, mistake_at
from visualize.scene.runs import check_formulas
from visualize.text import shown

Place = tuple[float, ...]


def _read_place(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = [value]
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= 2:
        words = "must be a point in the picture, or x alone on a curve"
        raise custom_error(f"{words} (got {shown(value)}); write at: [0, 0]")
    return tuple(value)


def _it_begins_before_it_ends(from_step: int, until_step: int | None) -> Mistakes:
    """What is shown is there for a while."""
    if until_step is not None and until_step < from_step:
        yield mistake_at(f"must not be before from_step, {from_step}", "until_step")


class Annotation(Settings):
    """A text at a place in the picture, for some of its steps."""

    synonyms: ClassVar[Synonyms] = {
        **each("xy point position pos location where", "at"),
        **each("s label note words", "text"),
        **each("from start since begin first", "from_step"),
        **each("until end to last", "until_step"),
    }
    checks = (_it_begins_before_it_ends,)

    at: Annotated[Place, BeforeValidator(_read_place), Field(examples=[[0, 0]])]
    """Where: the point that it points at, [x, y] of the first panel; of a curve x may do."""
    text: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(check_formulas)]
    """What it says."""
    from_step: Natural = 0
    """The first step at which it is shown."""
    until_step: Natural | None = Field(None, examples=[60])
    """The last step at which it is shown; default: the end."""
