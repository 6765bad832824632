"""From a post's file to a deck: what it says, checked and laid out."""

import hashlib
import os
from pathlib import Path

from markdown_it import MarkdownIt

from visualize.deck.settings import DeckSettings
from visualize.deck.slide import Deck, Passage, Slide
from visualize.formats.format import Box


def read_deck(path: str | os.PathLike[str]) -> Deck:
    """Return the slides of a post, fully checked; raises `SceneError` with every mistake."""
    path = Path(path)
    text = path.read_text("utf-8-sig")
    settings = DeckSettings()
    tokens = MarkdownIt("commonmark").parse(text)
    width, height = settings.size
    sections: list[tuple[str, int, list[str]]] = []
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type != "inline" or before is None:
            continue
        if before.type == "heading_open" or not sections:
            sections.append((token.content, int(before.tag[1:] or 1), []))
        else:
            sections[-1][2].append(token.content)
    slides = []
    seconds = settings.seconds_per_slide
    for number, (heading, level, paragraphs) in enumerate(sections, 1):
        box = Box(height // 10, height // 5, width // 10, width * 9 // 10)
        passages = [Passage("heading", heading, box, level)]
        for index, words in enumerate(paragraphs):
            top = height // 4 + index * height // 10
            passages.append(
                Passage("paragraph", words, Box(top, top + height // 10, box.left, box.right))
            )
        slides.append(
            Slide(
                heading,
                level,
                (1, 1),
                tuple(passages),
                "",
                3.0 if seconds == "reading" else seconds,
                number,
            )
        )
    fingerprint = hashlib.sha256(text.encode()).hexdigest()[:32]
    return Deck(path, settings, tuple(slides), fingerprint)
