"""From the tree of a post to its sections: what is said under each heading, checked."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from markdown_it.tree import SyntaxTreeNode

from visualize.deck.blocks import (
    Block,
    Break,
    Code,
    Display,
    Footnote,
    Formula,
    Heading,
    Inline,
    Item,
    Listing,
    Missing,
    Paragraph,
    Picture,
    Rule,
    Section,
    Table,
    Visual,
    Visuals,
    Words,
    plain,
)
from visualize.deck.comments import Wishes, obey
from visualize.deck.directives import (
    DIRECTIVE_CODE,
    HIDDEN,
    MYST,
    NOTES,
    OF_TEXT,
    PANDOC_LANGUAGE,
    SILENT,
    options_of,
    table_of,
    without_options,
)
from visualize.deck.hoisting import hoisted
from visualize.deck.markdown import tree_of, tree_of_lines
from visualize.deck.media import Allowed, film_of_file, film_of_lines, is_scene, picture_at
from visualize.deck.notes import note_of, set_apart
from visualize.deck.post import Finder, Post
from visualize.deck.running_text import (
    COMMENT,
    HTML_LEFT_OUT,
    HTML_PICTURE,
    InlineReader,
    RunningText,
    html_picture_left_out,
    inline_of,
)
from visualize.scene.source import Mark
from visualize.text import near_names

QUOTED = re.compile(r"^[ >]*")
OURS = "visualize"
"""The language of a scene's fence."""
FIGURES = ("figure", "image")
MATHS = ("math",)
KNOWN = frozenset((*NOTES, *OF_TEXT, *SILENT, *MATHS, "code-cell"))
"""Directives that may have no argument."""
LONGEST_HEADING = 300
"""Letters: what has more is none."""
LONGEST_CAPTION = 140
"""Letters below a picture."""


@dataclass
class _Gathered:
    """A section while it is read."""

    heading: Heading | None
    own: bool
    within: str
    blocks: list[Block] = field(default_factory=list)
    footnotes: list[str] = field(default_factory=list)
    wishes: Wishes = field(default_factory=Wishes)


def read_sections(post: Post, allowed: Allowed) -> tuple[Section, ...]:
    """Return what a post says, slide by slide; mistakes and remarks are noted with the post."""
    return _Reader(post, allowed).read(tree_of(post))


class _Reader:
    """One reading of one post."""

    def __init__(self, post: Post, allowed: Allowed) -> None:
        self._post, self._allowed = post, allowed
        self._above: dict[int, str] = {}
        """Headings by level that the present section is below of."""
        self._sections = [_Gathered(None, False, "")]
        self._footnotes: dict[str, Footnote] = {}
        self._waiting_footnotes: list[str] = []
        """Of a heading that has been read, and begins a section yet."""
        self._checked: bool | None = None
        """Of the task that is being read: whether it is done."""

    def read(self, tree: SyntaxTreeNode) -> tuple[Section, ...]:
        for node in tree.children:
            if node.type == "footnote_block":
                self._read_footnotes(node)
        for node in tree.children:
            for block in self._blocks(node):
                for part in hoisted(block):
                    self._add(part)
        return tuple(self._sound(it) for it in self._sections if self._says_something(it))

    def _says_something(self, section: _Gathered) -> bool:
        return bool(section.own or section.blocks)

    def _sound(self, section: _Gathered) -> Section:
        labels = dict.fromkeys(section.footnotes)
        notes = tuple(self._footnotes[it] for it in labels if it in self._footnotes)
        return Section(
            section.heading,
            section.own,
            section.within,
            (*section.blocks, *notes),
            section.wishes.seconds,
            "\n".join(section.wishes.notes),
            section.wishes.layout,
        )

    def _add(self, block: Block) -> None:
        """Add a block to the present section, or begin another."""
        now = self._sections[-1]
        if isinstance(block, Heading):
            self._above = {it: text for it, text in self._above.items() if it < block.level}
            within = self._above[max(self._above)] if self._above else ""
            self._above[block.level] = plain(block.words)
            waiting = now if not self._says_something(now) else None
            begun = _Gathered(block, True, within)
            if waiting:  # a comment above the heading is about its slide, too
                begun.wishes = waiting.wishes
            begun.footnotes += self._waiting_footnotes
            self._waiting_footnotes = []
            self._sections.append(begun)
        elif isinstance(block, Rule):
            self._sections.append(_Gathered(now.heading, False, now.within))
        else:
            now.blocks.append(block)

    # Blocks

    def _blocks(self, node: SyntaxTreeNode) -> Iterator[Block]:
        match node.type:
            case "heading":
                yield from self._heading(node)
            case "hr":
                yield Rule()
            case "paragraph":
                yield from self._paragraph(node)
            case "dt":
                for block in self._paragraph(node):
                    if isinstance(block, Paragraph):
                        yield Paragraph(tuple(map(_bold, block.words)))
            case "bullet_list" | "ordered_list":
                yield self._listing(node)
            case "blockquote":
                yield from self._quote(node)
            case "fence":
                yield from self._fence(node)
            case "code_block":
                yield from _code(node.content, "")
            case "math_block" | "math_block_label" | "amsmath":
                yield self._display(node)
            case "table":
                yield from self._table(node)
            case "html_block":
                self._html(node)
            case "container_div":
                yield from self._div(node)
            case "dl":
                for child in node.children:
                    yield from self._blocks(child)
            case "dd":
                yield Listing((Item(tuple(self._children(node)), ""),), ordered=True)
            case "footnote_block":
                pass
            case _:
                yield from self._children(node)

    def _children(self, node: SyntaxTreeNode) -> Iterator[Block]:
        for child in node.children:
            for block in self._blocks(child):
                if not isinstance(block, Rule):
                    yield block

    def _heading(self, node: SyntaxTreeNode) -> Iterator[Block]:
        text = self._running(node.children[0], node, of_heading=True)
        if len(plain(text.words)) > LONGEST_HEADING:  # a paragraph, and below it three dashes
            yield Rule()
            yield from self._parts_of(text)
            return
        heading = Heading(int(node.tag[1:]), text.words)
        self._waiting_footnotes = list(text.footnotes)
        yield heading
        if text.visuals:
            yield Visuals(text.visuals)

    def _paragraph(self, node: SyntaxTreeNode) -> Iterator[Block]:
        if not node.children:
            return
        text = self._running(node.children[0], node)
        yield from self._parts_of(text)

    def _parts_of(self, text: RunningText) -> Iterator[Block]:
        """Yield a paragraph and the pictures in it; a formula alone is displayed."""
        words = [it for it in text.words if not (isinstance(it, Words) and not it.text.strip())]
        if len(words) == 1 and isinstance(words[0], Formula) and self._is_displayed(words[0]):
            yield Display(words[0])
        elif words:
            yield Paragraph(text.words)
        if text.visuals:
            yield Visuals(text.visuals)

    def _is_displayed(self, formula: Formula) -> bool:
        line = self._post.lines[formula.mark.line - 1].strip()
        return line.startswith(("$$", r"\[", r"\\[")) or line == formula.latex.split("\n")[0]

    def _listing(self, node: SyntaxTreeNode) -> Listing:
        ordered = node.type == "ordered_list"
        number = int(node.attrs.get("start", 1))
        items = []
        for item in node.children:
            blocks: list[Block] = []
            checked = None
            for child in item.children:
                blocks += (it for it in self._blocks(child) if not isinstance(it, Rule))
                if child.type == "paragraph" and checked is None:
                    checked, self._checked = self._checked, None
            mark = f"{number}." if ordered else "•"
            if ordered and checked is not None and blocks and isinstance(blocks[0], Paragraph):
                # A box stands in the place of its number.
                blocks[0] = Paragraph((Words(f"{mark} "), *blocks[0].words))
            items.append(Item(tuple(blocks), mark, checked))
            number += 1
        loose = any(
            not child.hidden
            for item in node.children
            for child in item.children
            if child.type == "paragraph"
        )
        return Listing(tuple(items), ordered, loose)

    def _quote(self, node: SyntaxTreeNode) -> Iterator[Block]:
        yield from set_apart(*note_of(list(self._children(node))))

    def _display(self, node: SyntaxTreeNode) -> Display:
        first, end = node.map or (0, 1)
        mark = self._post.finder(first, end).find(node.content)
        return Display(Formula(node.content.strip(), mark))

    def _table(self, node: SyntaxTreeNode) -> Iterator[Block]:
        """Yield a table, and the pictures in it."""
        rows = [row for part in node.children for row in part.children]
        visuals: list[Visual | Missing] = []
        texts: list[tuple[Inline, ...]] = []
        for row in rows:
            cells: list[Inline] = []
            for cell in row.children:
                text = self._running(cell.children[0], row) if cell.children else None
                cells.append(text.words if text else ())
                visuals += text.visuals if text else ()
            texts.append(tuple(cells))
        styles = [str(cell.attrs.get("style", "")) for cell in rows[0].children]
        sides: dict[str, Literal["left", "center", "right"]] = {
            "text-align:center": "center",
            "text-align:right": "right",
        }
        if any(plain(cell) for cells in texts for cell in cells):
            yield Table(tuple(texts), tuple(sides.get(style, "left") for style in styles))
        if visuals:
            yield Visuals(tuple(visuals))

    def _html(self, node: SyntaxTreeNode) -> None:
        first, end = node.map or (0, 1)
        finder = self._post.finder(first, end)
        for found in COMMENT.finditer(node.content):
            self._comment(found[1], finder)
        rest = COMMENT.sub("", node.content).strip()
        pictures = [*HTML_PICTURE.finditer(rest)]
        for picture in pictures:
            self._post.remark(finder.find(picture[0]), html_picture_left_out(picture[1]))
        if rest and not pictures:
            mark = self._post.finder(first, end).find(rest)
            self._post.remark(mark, f"{HTML_LEFT_OUT}; write it as Markdown to show it")

    def _div(self, node: SyntaxTreeNode) -> Iterator[Block]:
        """`::: {.callout-note}` of Quarto, `:::{note} Title` of MyST, `::: warning` of others."""
        myst = MYST.match(node.info.strip())
        within = self._source_of(node)
        if myst and (myst["name"] in SILENT or myst["name"] in (*DIRECTIVE_CODE, *MATHS)):
            yield from self._directive(node, myst["name"], myst["argument"], within)
            return
        if myst and myst["name"] in FIGURES and myst["argument"]:
            yield from self._figure(node, myst["argument"], options_of(within), node)
            return
        info = myst["name"] if myst else re.sub(r"[\w-]+=(?:\"[^\"]*\"|\S+)", "", node.info)
        names = re.findall(r"[\w-]+", info)
        names = [it.lower().removeprefix("callout-") for it in names]
        if "notes" in names:  # of the speaker, in Quarto
            self._sections[-1].wishes.notes.append(within.strip())
            return
        kind = next((it for it in names if it in NOTES), "")
        blocks = list(self._children(node))
        named = re.search(r"\btitle=\"([^\"]*)\"", node.info)
        title = _in_words(myst["argument"] if myst else named[1] if named else "")
        if kind or re.search(r"[^\W\d]", title):
            title = title or kind.capitalize()
            if kind and blocks and isinstance(blocks[0], Heading):  # Quarto's title of a callout
                title = plain(blocks[0].words)
                blocks = blocks[1:]
            yield from set_apart(blocks, title)
        else:
            yield from blocks

    def _source_of(self, node: SyntaxTreeNode) -> str:
        """Return what the post has between the first line of a block and its last."""
        first, end = node.map or (0, 1)
        lines = [QUOTED.sub("", it) for it in self._post.lines[first + 1 : end]]
        if lines and re.fullmatch(":{3,}", lines[-1].strip()):
            lines.pop()
        return "\n".join(lines)

    def _figure(
        self, node: SyntaxTreeNode, source: str, options: Mapping[str, str], within: SyntaxTreeNode
    ) -> Iterator[Block]:
        """Yield a picture of MyST, with what stands within as its caption."""
        first, end = node.map or (0, 1)
        finder = self._post.finder(first, end)
        blocks = [it for it in self._children(within) if isinstance(it, Paragraph)]
        caption = " ".join(plain(it.words) for it in blocks)
        alternative = options.get("alt", caption)
        if any(isinstance(part, Formula) for it in blocks for part in it.words):
            yield Visuals((self._visual(source, alternative, "", finder),))
            yield from blocks
        else:
            yield from self._captioned(source, alternative, caption, finder)

    def _captioned(
        self, source: str, alternative: str, caption: str, finder: Finder
    ) -> Iterator[Block]:
        """Yield a picture with its caption; one that is long stands beside it as text."""
        is_long = len(caption) > LONGEST_CAPTION
        yield Visuals((self._visual(source, alternative, "" if is_long else caption, finder),))
        if is_long:
            yield Paragraph((Words(caption),))

    # Fences

    def _fence(self, node: SyntaxTreeNode) -> Iterator[Block]:
        info = node.info.strip()
        language = re.split(r"[\s{,]", info, maxsplit=1)[0]
        first, _ = node.map or (0, 1)
        if language == OURS:
            yield Visuals((self._inline_scene(node, info.removeprefix(OURS).strip()),))
            return
        if self._is_nearly_ours(language, first):
            return
        myst = MYST.match(info)
        if myst and (myst["argument"] or myst["name"].lower() in KNOWN):
            yield from self._directive(node, myst["name"].lower(), myst["argument"], node.content)
            return
        if info.startswith("{") and (found := PANDOC_LANGUAGE.match(info)):
            language = found["language"]
        if language == "math":
            yield Display(Formula(node.content.strip(), self._mark_below(first, node.content)))
        elif not any(HIDDEN.match(line) for line in node.content.split("\n")):
            text = without_options(node.content) if info.startswith("{") else node.content
            yield from _code(text, language)

    def _is_nearly_ours(self, language: str, first: int) -> bool:
        """Whether a fence is that of a scene but for a slip of the hand, which is told."""
        if len(language) < len(OURS) - 1 or not near_names(language, (OURS,)):
            return False
        mark = self._post.finder(first, first + 1).find(language)
        self._post.refuse(mark, f"no such language of code; did you mean '{OURS}'?")
        return True

    def _mark_below(self, first: int, content: str) -> Mark:
        return self._post.finder(first + 1, first + 1 + content.count("\n")).find(content)

    def _directive(
        self, node: SyntaxTreeNode, name: str, argument: str, content: str
    ) -> Iterator[Block]:
        first, _ = node.map or (0, 1)
        text = without_options(content)
        if name in SILENT:
            return
        if name in DIRECTIVE_CODE:
            yield from _code(text, "python" if name == "code-cell" else argument)
        elif name in MATHS:
            finder = self._post.finder(first + 1, first + 2 + content.count("\n"))
            yield Display(Formula(text.strip(), finder.find(text)))
        else:
            above = first + 1 + content.count("\n") - text.count("\n")
            tree = tree_of_lines([""] * above + text.split("\n"))
            if name in FIGURES:
                yield from self._figure(node, argument, options_of(content), tree)
                return
            blocks = [block for it in tree.children for block in self._blocks(it)]
            if name == "list-table" and (table := table_of(blocks)):
                yield from (table, *_caption(argument))
                return
            title = _in_words(argument) or (name.capitalize() if name in NOTES else "")
            yield from set_apart(blocks, title)

    def _inline_scene(self, node: SyntaxTreeNode, alternative: str) -> Visual | Missing:
        first, end = node.map or (0, 1)
        count = node.content.count("\n")
        lines = [
            QUOTED.sub(lambda it: it[0].replace(">", " "), line)
            for line in self._post.lines[first + 1 : min(first + 1 + count, end)]
        ]
        if not alternative:
            alternative = self._above[max(self._above)] if self._above else "An animation"
        return film_of_lines(self._post, first + 1, lines, alternative, self._allowed)

    # Inline text, pictures, comments, footnotes

    def _comment(self, text: str, finder: Finder) -> None:
        obey(text, self._sections[-1].wishes, self._post, finder)

    def _running(
        self, node: SyntaxTreeNode, around: SyntaxTreeNode, *, of_heading: bool = False
    ) -> RunningText:
        first, end = node.map or around.map or (0, 1)
        finder = self._post.finder(first, end)
        text = InlineReader(self._post, finder, self._visual, self._comment).read(node)
        if text.checked is not None:
            self._checked = text.checked
        if not of_heading:
            self._sections[-1].footnotes += text.footnotes
        return text

    def _visual(
        self, source: str, alternative: str, caption: str, finder: Finder
    ) -> Visual | Missing:
        mark = finder.find(source)
        if is_scene(source):
            return film_of_file(self._post, source, alternative, mark, self._allowed)
        return picture_at(self._post, source, mark, (alternative, caption))

    def _read_footnotes(self, node: SyntaxTreeNode) -> None:
        for number, note in enumerate(node.children, 1):
            parts: list[Words | Formula | Break | Picture] = []
            for child in note.children:
                if child.type == "paragraph" and child.children:
                    parts += [Words(" ")] if parts else []
                    parts += self._running(child.children[0], child, of_heading=True).words
            meta: Mapping[str, object] = note.meta
            label = str(meta.get("id", number - 1))
            self._footnotes[label] = Footnote(f"{number}", tuple(parts))


def _code(text: str, language: str) -> Iterator[Block]:
    """Yield the lines of a program, if there are any."""
    if text.strip():
        yield Code(text.rstrip("\n"), language)


def _caption(text: str) -> Iterator[Block]:
    if text:
        yield Paragraph((Words(text),))


def _in_words(title: str) -> str:
    """Return a title without its marks."""
    return plain(inline_of(title)) if title else ""


def _bold(part: Words | Formula | Break | Picture) -> Words | Formula | Break | Picture:
    return replace(part, bold=True) if isinstance(part, Words) else part
