"""From a post's file to a deck: what it says, checked and laid out."""

import hashlib
import json
import os
from importlib.metadata import version
from pathlib import Path

from visualize.deck.blocks import Film, Picture
from visualize.deck.checks import check_formulas, check_letters
from visualize.deck.frame import Sheet
from visualize.deck.front_matter import read_front_matter
from visualize.deck.marks import Shown
from visualize.deck.media import Allowed
from visualize.deck.palette import palette_of
from visualize.deck.planning import slides_of
from visualize.deck.post import Post, read_post
from visualize.deck.sections import read_sections
from visualize.deck.settings import DeckSettings
from visualize.deck.slide import Deck, Slide
from visualize.errors import SceneError
from visualize.film.fingerprint import fingerprint as film_fingerprint
from visualize.looks.fonts import others_needed
from visualize.scene.budget import Budget
from visualize.scene.source import Mark
from visualize.version import __version__

DRAWN_BY = (
    *("matplotlib", "numpy", "pillow", "ziamath", "pygments", "markdown-it-py", "mdit-py-plugins"),
    *("typst", "pypdf"),
)
"""Packages on which the files of a deck depend."""


def read_deck(
    path: str | os.PathLike[str],
    *,
    budget: Budget | None = None,
    allow_outside: bool = False,
    download: bool = False,
) -> Deck:
    """Return the slides of a post, laid out, none of them drawn yet.

    Raises `SceneError` with every mistake in the post and its scenes, each at its place. Scenes
    are read as `read_scene` reads them.
    """
    post = read_post(Path(path))
    settings = read_front_matter(post, allow_outside=allow_outside)
    allowed = Allowed(budget or Budget(films=True), allow_outside, download)
    sections = read_sections(post, allowed)
    check_formulas(post, sections, settings.title)
    check_letters(post, sections, settings)
    if not sections and not settings.title and not post.mistakes:
        raise SceneError([post.at(Mark(1, 1, 1), "there is nothing in this post to show")])
    if post.mistakes:
        raise SceneError(dict.fromkeys(post.mistakes))
    sheet = Sheet(*settings.size, palette_of(settings.theme))
    slides = tuple(slides_of(sections, settings, sheet))
    remarks = tuple(f"{it}" for it in sorted(post.remarks, key=lambda it: (it.line, it.column)))
    return Deck(Path(path), settings, slides, _fingerprint(post, settings, slides), remarks)


def _fingerprint(post: Post, settings: DeckSettings, slides: tuple[Slide, ...]) -> str:
    """Return what tells the pictures of this deck from others."""
    drawn_by = {it: version(it) for it in DRAWN_BY}
    shown = [it.visual for slide in slides for it in slide.marks if isinstance(it, Shown)]
    files = [
        hashlib.sha256(it.file.read_bytes()).hexdigest() for it in shown if isinstance(it, Picture)
    ]
    films = [film_fingerprint(it.scene) for it in shown if isinstance(it, Film)]
    fonts = [] if post.text.isascii() else others_needed(post.text)
    told = [__version__, drawn_by, settings.model_dump(mode="json"), post.text, files, films, fonts]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]
