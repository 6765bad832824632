"""Chapters of a video, and the list of them that video sites take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.deck.decks import a_deck, a_slide
from visualize.deck.chapters import chapter_list, chapters_of, listed_chapters
from visualize.deck.slide import Deck, Slide


def starts(deck: Deck) -> list[tuple[float, str]]:
    return [(float(it.start), it.title) for it in listed_chapters(deck)]


def sections(*headings: tuple[str, int, float]) -> tuple[Slide, ...]:
    return tuple(a_slide(text, level=level, seconds=long) for text, level, long in headings)


def test_every_heading_is_a_chapter_of_the_video() -> None:
    slides = (
        a_slide("Post", level=0),
        a_slide("One", part=(1, 2)),
        a_slide("One", part=(2, 2)),
        a_slide("Two", level=2),
    )
    found = [(float(it.start), it.title) for it in chapters_of(a_deck(*slides))]
    assert found == [(0, "Post"), (3, "One"), (9, "Two")]


def test_a_title_is_no_longer_than_a_video_can_say() -> None:
    [chapter] = chapters_of(a_deck(a_slide("数" * 200)))
    assert chapter.title == "数" * 82 + "…"


def test_short_slides_are_joined_under_their_headings() -> None:
    deck = a_deck(*(a_slide(f"Part {number}") for number in range(12)))
    assert starts(deck) == [(0, "Part 0"), (12, "Part 4"), (24, "Part 8")]


def test_higher_headings_come_first() -> None:
    deck = a_deck(
        *sections(("Title", 0, 3), ("A", 1, 9), ("a", 2, 9), ("B", 1, 3), ("b", 2, 9)),
        *sections(("C", 1, 12)),
    )
    assert starts(deck) == [(0, "Title"), (21, "B"), (33, "C")]


def test_time_alone_decides_where_headings_leave_too_few() -> None:
    deck = a_deck(*sections(("a", 2, 10), ("B", 1, 5), ("c", 2, 5), ("d", 2, 10)))
    assert starts(deck) == [(0, "a"), (10, "B"), (20, "d")]


def test_slides_within_a_section_count_at_last() -> None:
    slides = (a_slide("Only", part=(number, 9), seconds=4) for number in range(1, 10))
    assert starts(a_deck(*slides)) == [(0, "Only"), (12, "Only (4/9)"), (24, "Only (7/9)")]


@pytest.mark.parametrize("slides", [1, 9])
def test_a_short_video_has_none(slides: int) -> None:
    assert starts(a_deck(*(a_slide(f"{number}") for number in range(slides)))) == []


def test_the_list_is_as_sites_want_it() -> None:
    deck = a_deck(*sections(("x < y", 1, 65.5), ("two\nlines", 1, 3600), ("", 1, 10)))
    lines = chapter_list(listed_chapters(deck)).splitlines()
    assert lines == ["0:00 x \u2039 y", "1:05 two lines", "1:01:05 Slide 1"]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 200)), min_size=1, max_size=40))
def test_every_list_keeps_the_rules(parts: list[tuple[int, int]]) -> None:
    slides = (a_slide(f"{at}", level=it[0], seconds=it[1] / 10) for at, it in enumerate(parts))
    deck = a_deck(*slides)
    whole = sum(seconds for _, seconds in parts) / 10
    found = [time for time, _ in starts(deck)]
    if found:
        assert found[0] == 0
        assert len(found) >= 3
        shown = [int(time) for time in found]
        ends = [*shown[1:], whole]
        assert all(end - start >= 10 for start, end in zip(shown, ends, strict=True))
    else:
        assert whole < 30 or max(seconds for _, seconds in parts) > 0
