"""A deck as a clip: times, fades, and what is drawn."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from tests.deck.decks import SIZE, Drawn, a_deck, a_slide, color
from visualize.deck.clip import DeckClip, starts_of
from visualize.formats.format import Box, Picture, Timeline

FILM = Timeline(Fraction(50), hold=Fraction(1, 2))
OTHER = Timeline(Fraction(30))


def end(clip: DeckClip) -> Fraction:
    return clip.timeline.end(clip.frames)


def starts(clip: DeckClip) -> list[float]:
    return [float(clip.timeline.start(frame)) for frame in range(clip.frames)]


def test_still_slides_are_a_picture_each() -> None:
    clip = DeckClip(a_deck(a_slide(), a_slide(seconds=2.5), a_slide(seconds=0.04)))
    assert starts(clip) == [0, 3, 5.5]
    assert end(clip) == Fraction("5.54")
    assert clip.size == SIZE


def test_what_moves_keeps_its_own_pace() -> None:
    clip = DeckClip(a_deck(a_slide(), a_slide(moves=((FILM, 200),)), a_slide()))
    assert end(clip) == 3 + Fraction(200, 50) + Fraction(1, 2) + 3
    assert starts(clip)[1:4] == [3, 3.02, 3.04]
    assert starts(clip)[-1] == 7.5


def test_of_what_moves_no_more_pictures_a_second_are_shown_than_the_post_says() -> None:
    clip = DeckClip(a_deck(a_slide(moves=((FILM, 200),)), fps=5))
    assert clip.frames == 20
    assert starts(clip)[:3] == [0, 0.2, 0.4]
    assert starts(clip)[-1] == float(FILM.start(199))
    assert end(clip) == Fraction("4.5")


def test_a_short_film_stays_as_long_as_its_slide() -> None:
    assert end(DeckClip(a_deck(a_slide(moves=((FILM, 5),))))) == 3


def test_several_films_of_a_slide_begin_together() -> None:
    slide = a_slide(moves=((FILM, 4), (OTHER, 3)))
    moves = {Fraction(it, 50) for it in range(4)} | {Fraction(it, 30) for it in range(3)}
    assert starts_of(slide) == sorted(moves)
    clip = DeckClip(a_deck(slide))
    assert clip.timeline.rate == 150
    assert end(clip) == 3


def test_times_of_any_kind_add_up_exactly() -> None:
    slides = [a_slide(seconds=seconds) for seconds in (1 / 3, 2.997, 4.321)]
    clip = DeckClip(a_deck(*slides, fps=29.97, transition="fade"))
    assert end(clip) == Fraction(1, 3) + Fraction("2.997") + Fraction("4.321")
    assert all(before < after for before, after in pairwise(starts(clip)))


# Fades


def test_a_fade_happens_within_the_slides_time() -> None:
    clip = DeckClip(a_deck(a_slide(), a_slide(), transition="fade"))
    assert end(clip) == 6
    assert starts(clip) == pytest.approx([0, 3, *(3 + step / 25 for step in range(1, 9))])


def test_a_fade_goes_from_one_slide_to_the_next_in_even_steps(drawn: list[Drawn]) -> None:
    clip = DeckClip(a_deck(a_slide(), a_slide(), transition="fade", fps=10))
    pictures = [clip.picture(frame)[0, 0, :3].astype(int) for frame in range(clip.frames)]
    first, last = np.array(color(0)), np.array(color(1))
    for step, picture in enumerate(pictures[1:], 1):
        assert np.abs(picture - (first + (last - first) * step / 4)).max() <= 1
    assert (pictures[0] == first).all()
    assert (pictures[-1] == last).all()
    assert [it.number for it in drawn] == [0, 1]


def test_a_film_moves_while_it_fades_in() -> None:
    slides = a_slide(), a_slide(moves=((FILM, 100),))
    clip = DeckClip(a_deck(*slides, transition="fade"))
    assert end(clip) == 3 + 3
    assert starts(clip)[1:4] == [3, 3.02, 3.04]
    assert clip.frames == 101


def test_a_short_slide_fades_shortly() -> None:
    clip = DeckClip(a_deck(a_slide(), a_slide(seconds=0.3), transition="fade"))
    assert starts(clip) == pytest.approx([0, 3, 3.04, 3.08])


def test_one_can_begin_where_a_slide_is_all_there() -> None:
    clip = DeckClip(a_deck(a_slide(), a_slide(), a_slide()))
    assert clip.timeline.beginnings == (0, 1, 2)
    clip = DeckClip(a_deck(a_slide(), a_slide(), a_slide(), transition="fade"))
    assert clip.timeline.beginnings == (0, 9, 18)


# What is drawn


def test_each_slide_is_drawn_once_and_only_one_is_kept(drawn: list[Drawn]) -> None:
    deck = a_deck(*(a_slide() for _ in range(5)), transition="fade")
    clip = DeckClip(deck)
    for frame in range(clip.frames):
        clip.picture(frame)
        clip.damage()
    assert [it.number for it in drawn] == [0, 1, 2, 3, 4]
    assert [it.is_forgotten for it in drawn] == [True] * 4 + [False]


@pytest.mark.usefixtures("drawn")
def test_pictures_are_the_same_in_any_order() -> None:
    deck = a_deck(a_slide(), a_slide(moves=((OTHER, 40),)), a_slide(), transition="fade")
    clip = DeckClip(deck)
    forth = [clip.picture(frame).copy() for frame in range(clip.frames)]
    clip = DeckClip(deck)
    back = [clip.picture(frame).copy() for frame in reversed(range(clip.frames))]
    np.testing.assert_array_equal(forth, back[::-1])


def test_what_may_differ_is_known_within_a_slide_only(
    drawn: list[Drawn], monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = Box(10, 12, 0, 50)
    monkeypatch.setattr(Drawn, "damage", lambda _: moved)
    slides = [a_slide(moves=((OTHER, 90),)) for _ in range(2)]
    clip = DeckClip(a_deck(*slides))
    seen = []
    for frame in (0, 1, 2, 90, 91):
        clip.picture(frame)
        seen.append(clip.damage())
    assert seen == [None, moved, moved, None, moved]
    assert len(drawn) == 2


def test_posters_are_handed_on_once(drawn: list[Drawn]) -> None:
    posters: dict[int, Picture] = {}
    deck = a_deck(a_slide(), a_slide(moves=((OTHER, 40),)), a_slide(), transition="fade")
    clip = DeckClip(deck, lambda number, picture: posters.setdefault(number, picture.copy()))
    for frame in range(clip.frames):
        clip.picture(frame)
    assert list(posters) == [0, 1, 2]
    assert drawn[1].asked[0] == drawn[1].frames - 1
    assert (posters[1][10, 39:41, :3] == 0).all()


def test_the_poster_of_a_deck_is_its_first_slide() -> None:
    clip = DeckClip(a_deck(a_slide(moves=((OTHER, 40),)), a_slide()))
    assert clip.poster == 39
