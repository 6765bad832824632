"""Posts of many kinds, as they are: nothing on their slides is cut off, meets or is too small."""

import itertools
from functools import cache
from pathlib import Path

import pytest

from visualize.deck.fitting import BODY, FLOOR
from visualize.deck.marks import Letters, Shown
from visualize.deck.palette import CONTRAST, contrast
from visualize.deck.reading import read_deck
from visualize.deck.slide import Deck, Passage, Slide
from visualize.errors import SceneError
from visualize.looks.themes import THEMES

POSTS = sorted((Path(__file__).parent / "posts").glob("*.md"))
SIZES = ([1920, 1080], [1080, 1920], [1280, 720], [800, 800])
LEAST_OF_ALL = 0.45
"""Of the size of text: the smallest letters, which are numbers at a formula's letters apart."""


@cache
def deck_of(post: Path) -> Deck:
    try:
        return read_deck(post)
    except SceneError as error:
        if any("no font on this machine" not in it.message for it in error.mistakes):
            raise
        pytest.skip(f"{error}")


def test_there_are_thirty() -> None:
    assert len(POSTS) >= 30


@pytest.mark.parametrize("post", POSTS, ids=lambda it: it.stem)
def test_nothing_leaves_its_slide_or_meets_something_else(post: Path) -> None:
    for slide in deck_of(post).slides:
        check(slide, *deck_of(post).settings.size)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", ["02-long-list", "03-wide-table", "16-formulas", "27-mixed"])
def test_so_it_is_on_slides_of_other_shapes(
    name: str, size: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = POSTS[0].parent
    text = (folder / f"{name}.md").read_text("utf-8")
    (tmp_path / "images").symlink_to(folder / "images")
    path = tmp_path / "post.md"
    path.write_text(f"---\nsize: {size}\n---\n{text}", "utf-8")
    monkeypatch.chdir(tmp_path)
    for slide in read_deck(path).slides:
        check(slide, *size)


def check(slide: Slide, width: int, height: int) -> None:
    where = f"slide {slide.number}: {slide.heading}"
    for it in slide.passages:
        box = it.box
        inside = 0 <= box.left <= box.right <= width and 0 <= box.top <= box.bottom <= height
        assert inside, f"{where}: {it}"
    for one, other in itertools.combinations(slide.passages, 2):
        assert not meet(one, other), f"{where}: {one} and {other}"
    for mark in slide.marks:
        if isinstance(mark, Letters) and len(mark.ink.vertices):
            points = mark.ink.vertices[mark.ink.codes != 79] * mark.size
            left, right = points[:, 0].min() + mark.left, points[:, 0].max() + mark.left
            top = mark.baseline - points[:, 1].max()
            bottom = mark.baseline - points[:, 1].min()
            assert -1 <= left <= right <= width + 1, where
            assert -1 <= top <= bottom <= height + 1, where


def meet(one: Passage, other: Passage) -> bool:
    met = one.box.intersection(other.box)
    return met.right - met.left > 2 and met.bottom - met.top > 2


@pytest.mark.parametrize("post", POSTS, ids=lambda it: it.stem)
def test_no_letters_are_below_the_floor(post: Path) -> None:
    deck = deck_of(post)
    floor = BODY * FLOOR * min(deck.settings.size) / 1080
    for slide in deck.slides:
        sizes = [it.size for it in slide.marks if isinstance(it, Letters)]
        assert min(sizes, default=floor) >= LEAST_OF_ALL * floor, slide.heading


@pytest.mark.parametrize("post", POSTS, ids=lambda it: it.stem)
def test_a_heading_is_alone_only_where_nothing_is_below_it(post: Path) -> None:
    for slide in deck_of(post).slides:
        if slide.part != (1, 1):
            assert len(slide.passages) > 1, slide.heading


@pytest.mark.parametrize("post", POSTS, ids=lambda it: it.stem)
def test_the_parts_of_a_section_are_counted(post: Path) -> None:
    for one, other in itertools.pairwise(deck_of(post).slides):
        if one.part[0] < one.part[1]:
            assert other.part == (one.part[0] + 1, one.part[1])
            assert other.heading == one.heading


@pytest.mark.parametrize("theme", THEMES)
def test_all_that_is_read_can_be_told_from_what_is_behind_it(theme: str, tmp_path: Path) -> None:
    path = tmp_path / "post.md"
    code = "```python\n@decorated\ndef f(x=1): return 'a'  # b\n```"
    text = f"---\ntheme: {theme}\n---\n# A `b` [c](d)[^1]\n\ntext\n\n{code}\n\n> quote\n\n[^1]: e\n"
    path.write_text(text, "utf-8")
    background = THEMES[theme].background
    colors = {
        it.color
        for slide in read_deck(path).slides
        for it in slide.marks
        if isinstance(it, Letters)
    }
    # In print without colour they differ in weight and slant.
    assert len(colors) > (2 if theme == "paper" else 5)
    assert all(contrast(color, background) >= CONTRAST for color in colors)


def test_the_same_post_is_the_same_deck() -> None:
    one, other = read_deck(POSTS[0]), read_deck(POSTS[0])
    assert one.fingerprint == other.fingerprint
    assert [it.passages for it in one.slides] == [it.passages for it in other.slides]


def test_pictures_keep_their_shape() -> None:
    deck = deck_of(next(it for it in POSTS if it.stem == "06-images"))
    shown = [it for slide in deck.slides for it in slide.marks if isinstance(it, Shown)]
    assert len(shown) >= 7
    for it in shown:
        width, height = it.visual.size  # type: ignore[union-attr]  # there are no films in it
        assert abs(it.place.width / it.place.height / (width / height) - 1) < 0.05
