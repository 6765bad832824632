"""What a post is made of, as its author meant it: blocks, and in them running text."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from visualize.scene.scene import Scene
from visualize.scene.source import Mark


@dataclass(frozen=True)
class Words:
    """Running text in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    struck: bool = False
    link: bool = False
    raised: bool = False
    """Whether it is raised, as the number of a footnote is."""
    lowered: bool = False


@dataclass(frozen=True)
class Formula:
    """A formula in LaTeX; where it is displayed it has a line of its own."""

    latex: str
    mark: Mark


@dataclass(frozen=True)
class Break:
    """The end of a line, where the author wants one."""


@dataclass(frozen=True)
class Picture:
    """A picture in a file; a GIF may play."""

    file: Path
    size: tuple[int, int]
    """Width and height in its own pixels."""
    alternative: str
    caption: str = ""
    moves: bool = False
    opaque: bool = True


@dataclass(frozen=True)
class Missing:
    """A picture that is not shown: what it is of, in words."""

    alternative: str


@dataclass(frozen=True)
class Film:
    """A scene, played where it stands."""

    scene: Scene
    alternative: str
    given: frozenset[str] = frozenset()
    """The settings that its author has given."""
    file: str = ""
    """Its name as the post has it; nothing where it stands in the post."""


Inline = tuple[Words | Formula | Break | Picture, ...]
Visual = Picture | Film


@dataclass(frozen=True)
class Heading:
    """The heading of a section, which begins a slide."""

    level: int
    words: Inline


@dataclass(frozen=True)
class Rule:
    """`---`: another slide of the same section."""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    words: Inline


@dataclass(frozen=True)
class Item:
    """An item of a list."""

    blocks: "tuple[Block, ...]"
    mark: str
    """Its number with a point, or its bullet."""
    checked: bool | None = None
    """Of a task: whether it is done."""


@dataclass(frozen=True)
class Listing:
    """A list."""

    items: tuple[Item, ...]
    ordered: bool
    loose: bool = False
    """Whether its items stand apart."""


@dataclass(frozen=True)
class Quote:
    """A quotation, or a note that is set apart and has a title."""

    blocks: "tuple[Block, ...]"
    title: str = ""


@dataclass(frozen=True)
class Code:
    """Lines of a program."""

    text: str
    language: str


@dataclass(frozen=True)
class Table:
    """A table; its first row are the names of the columns."""

    rows: tuple[tuple[Inline, ...], ...]
    alignments: tuple[Literal["left", "center", "right"], ...]


@dataclass(frozen=True)
class Display:
    """A formula on a line of its own."""

    formula: Formula


@dataclass(frozen=True)
class Visuals:
    """Pictures and films that stand beside each other."""

    of: tuple[Visual | Missing, ...]


@dataclass(frozen=True)
class Footnote:
    """What is said at the foot of the slides of a section."""

    number: str
    words: Inline


Block = Heading | Rule | Paragraph | Listing | Quote | Code | Table | Display | Visuals | Footnote
Layout = Literal["title", "text", "beside", "picture", "code", "quote", "columns"]


@dataclass(frozen=True)
class Section:
    """What one slide says, or several if it is too much."""

    heading: Heading | None
    own: bool
    """Whether the heading stands here, and not further above."""
    within: str
    """The heading that it is below of, in plain words."""
    blocks: tuple[Block, ...]
    seconds: float | None = None
    note: str = ""
    layout: Layout | None = None

    @property
    def films(self) -> tuple[Film, ...]:
        """Its scenes, in order."""
        return tuple(
            film
            for block in self.blocks
            if isinstance(block, Visuals)
            for film in block.of
            if isinstance(film, Film)
        )


def plain(words: Inline) -> str:
    """Return running text without its styles; of a formula its LaTeX."""
    parts = []
    for part in words:
        match part:
            case Words(text=text):
                parts.append(text)
            case Formula(latex=latex):
                parts.append(latex)
            case Break():
                parts.append(" ")
            case Picture(alternative=alternative):
                parts.append(alternative)
    return " ".join("".join(parts).split())
