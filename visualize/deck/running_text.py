"""Running text of a post: words in their styles, formulas, small pictures."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from markdown_it.tree import SyntaxTreeNode

from visualize.deck.blocks import Break, Formula, Inline, Missing, Picture, Visual, Words
from visualize.deck.dialects import APART
from visualize.deck.markdown import parser
from visualize.deck.post import Finder, Post

COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
CHECKBOX = re.compile(r'<input class="task-list-item-checkbox"')
LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
SMALL = re.compile(r"<(/)?(sub|sup)>", re.IGNORECASE)
"""Raised and lowered letters: without them x<sup>2</sup> would be another number."""
STYLES: dict[str, dict[str, Any]] = {
    "strong": {"bold": True},
    "em": {"italic": True},
    "s": {"struck": True},
    "link": {"link": True},
}
HTML_LEFT_OUT = "HTML is left out"
HTML_PICTURE = re.compile(r"""<img\b[^>]*?\bsrc\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
UNSEEN = re.compile(f"\ufe0f?\u20e3|{APART}")
"""What makes a key of the digit before it, and is in no font; what keeps formulas from digits."""
FIRST_IN_LINE = re.compile(r"^\s+")


@dataclass(frozen=True)
class RunningText:
    """What the text between two block marks says."""

    words: Inline
    visuals: tuple[Visual | Missing, ...]
    """Pictures in it that are too large to stand among words."""
    footnotes: tuple[str, ...]
    """The labels of the footnotes that it refers to."""
    checked: bool | None
    """Of a task: whether it is done."""


class InlineReader:
    """Reads the inline part of one block."""

    def __init__(
        self,
        post: Post,
        finder: Finder,
        picture: Callable[[str, str, str, Finder], Visual | Missing],
        comment: Callable[[str, Finder], None],
    ) -> None:
        self._post, self._finder = post, finder
        self._picture, self._comment = picture, comment
        self.parts: list[Words | Formula | Break | Picture] = []
        self.visuals: list[Visual | Missing] = []
        self.footnotes: list[str] = []
        self.checked: bool | None = None
        self._told = False
        self._small: str | None = None

    def read(self, node: SyntaxTreeNode) -> RunningText:
        """Return what an inline node says."""
        for child in node.children:
            self._read(child, Words(""))
        return RunningText(
            tidied(self.parts), tuple(self.visuals), tuple(self.footnotes), self.checked
        )

    def _read(self, node: SyntaxTreeNode, style: Words) -> None:
        match node.type:
            case "text":
                small = {"raised": self._small == "sup", "lowered": self._small == "sub"}
                text = UNSEEN.sub("", node.content)
                self.parts.append(replace(style, text=text, **small))
            case "code_inline":
                self._finder.find(node.content)
                self.parts.append(replace(style, text=node.content, code=True))
            case "softbreak":
                self.parts.append(replace(style, text=" "))
            case "hardbreak":
                self.parts.append(Break())
            case "math_inline" | "math_inline_double":
                mark = self._finder.find(node.content)
                self.parts.append(Formula(node.content.strip(), mark))
            case "image":
                self._read_image(node)
            case "html_inline":
                self._read_html(node.content)
            case "footnote_ref":
                if self.parts and isinstance(self.parts[-1], Words) and self.parts[-1].raised:
                    self.parts.append(Words(",", raised=True))
                self.footnotes.append(str(node.meta["id"]))
                number = f"{node.meta['id'] + 1}"
                self.parts.append(Words(number, raised=True))
            case "footnote_anchor":
                pass
            case kind if kind in STYLES:
                for child in node.children:
                    self._read(child, replace(style, **STYLES[kind]))
            case _:
                for child in node.children:
                    self._read(child, style)

    def _read_image(self, node: SyntaxTreeNode) -> None:
        alternative = "".join(_texts(node)) or str(node.attrs.get("alt", ""))
        source, title = str(node.attrs["src"]), str(node.attrs.get("title", ""))
        found = self._picture(source, alternative, title, self._finder)
        if isinstance(found, Picture) and max(found.size) <= LARGEST_AMONG_WORDS:
            self.parts.append(found)
        else:
            self.visuals.append(found)
            self.parts.append(Words(" "))

    def _read_html(self, content: str) -> None:
        if found := COMMENT.fullmatch(content):
            self._comment(found[1], self._finder)
        elif CHECKBOX.match(content):
            self.checked = "checked" in content.replace("checkbox", "")
        elif LINE_BREAK.fullmatch(content):
            self.parts.append(Break())
        elif found := SMALL.fullmatch(content):
            self._small = None if found[1] else found[2].lower()
        elif picture := HTML_PICTURE.match(content):
            self._post.remark(self._finder.find(content), html_picture_left_out(picture[1]))
        elif not self._told:
            self._told = True
            self._post.remark(self._finder.find(content), HTML_LEFT_OUT)


def html_picture_left_out(source: str) -> str:
    """Return what is said of a picture in HTML."""
    return f"a picture in HTML is left out; write ![what it shows]({source}) to show it"


def inline_of(text: str) -> Inline:
    """Return a title as running text: emphasis, code and formulas are what they are in a post."""
    [root] = SyntaxTreeNode(parser().parseInline(text)).children
    post = Post(Path(), text, (text,))
    return (
        InlineReader(
            post, post.finder(0, 1), lambda _, alternative, *__: Missing(alternative), _hear
        )
        .read(root)
        .words
    )


def _hear(*_: object) -> None:
    """Let a comment be."""


LARGEST_AMONG_WORDS = 48
"""Pixels: a picture that is no larger stands among words, as an icon does."""


def _texts(node: SyntaxTreeNode) -> Iterator[str]:
    for child in node.children:
        if child.type in ("text", "code_inline", "math_inline"):
            yield child.content
        elif child.type in ("softbreak", "hardbreak"):
            yield " "
        yield from _texts(child)


def tidied(parts: list[Words | Formula | Break | Picture]) -> Inline:
    """Return running text in which pieces of one style are one, and none begins with a space."""
    whole: list[Words | Formula | Break | Picture] = []
    for part in parts:
        last = whole[-1] if whole else Break()
        if isinstance(part, Words):
            if not part.code and isinstance(last, Break):
                part = replace(part, text=FIRST_IN_LINE.sub("", part.text))
            if not part.text:
                continue
            if isinstance(last, Words) and replace(last, text="") == replace(part, text=""):
                whole[-1] = replace(last, text=last.text + part.text)
                continue
        whole.append(part)
    while whole and (
        isinstance(whole[-1], Break)
        or (isinstance(whole[-1], Words) and not whole[-1].text.strip())
    ):
        whole.pop()
    return tuple(whole)
