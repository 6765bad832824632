"""Directives of other tools, in the places of a fence's language or a div's name."""

import itertools
import re
from collections.abc import Sequence
from typing import Literal

from visualize.deck.blocks import Block, Inline, Listing, Paragraph, Table, Words

MYST = re.compile(r"\{(?P<name>[\w:-]+)\}\s*(?P<argument>.*)")
"""A directive of MyST in the place of a fence's language: {note} Title."""
PANDOC_LANGUAGE = re.compile(r"\{\s*\.?(?P<language>[\w+#-]+)")
"""Quarto's ```{python}, and pandoc's ```{.python .numberLines}."""
OPTION = re.compile(r"\s*(?::[\w-]+:|#\|)")
HIDDEN = re.compile(r"#\|\s*(?:echo|include):\s*false\b")
NOTES = (
    *("note", "tip", "hint", "important", "warning", "caution", "danger", "attention", "error"),
    *("info", "success", "example", "abstract", "summary", "question", "quote", "seealso"),
)
"""What is set apart with a title."""
SILENT = ("tableofcontents", "contents", "toctree", "bibliography", "raw", "eval-rst", "index")
"""What other tools put together, and we leave out."""
OF_TEXT = (
    *("admonition", "dropdown", "margin", "sidebar", "topic", "epigraph", "pull-quote"),
    "list-table",
)
"""Directives of text that may have no title."""
DIRECTIVE_CODE = ("code", "code-block", "code-cell", "literalinclude", "sourcecode", "prompt")


def without_options(text: str) -> str:
    """Return the lines of a directive, or a cell, without the options at their beginning."""
    lines = text.split("\n")
    while lines and OPTION.match(lines[0]):
        lines = lines[1:]
    return "\n".join(lines)


def options_of(text: str) -> dict[str, str]:
    """Return the options at the beginning of a directive."""
    lines = text.split("\n")
    begun = itertools.takewhile(OPTION.match, lines)
    return dict(re.findall(r":([\w-]+):\s*(.*)", "\n".join(begun)))


def table_of(blocks: Sequence[Block]) -> Table | None:
    """Return the table of a list of rows, each a list of cells; nothing where that is none."""
    rows = blocks[0] if blocks else None
    if not isinstance(rows, Listing) or len(blocks) > 1:
        return None
    texts = []
    for row in rows.items:
        cells = row.blocks[0] if row.blocks else None
        if not isinstance(cells, Listing) or len(row.blocks) > 1:
            return None
        if any(not isinstance(it, Paragraph) for cell in cells.items for it in cell.blocks):
            return None
        texts.append(tuple(_text_of(cell.blocks) for cell in cells.items))
    columns = max(map(len, texts), default=0)
    whole = tuple((*row, *[()] * (columns - len(row))) for row in texts)
    sides: tuple[Literal["left"], ...] = ("left",)
    return Table(whole, sides * columns)


def _text_of(blocks: Sequence[Block]) -> Inline:
    parts: Inline = ()
    for block in blocks:
        if isinstance(block, Paragraph):
            parts += (Words(" "), *block.words) if parts else block.words
    return parts
