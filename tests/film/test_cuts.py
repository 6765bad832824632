"""Less than a film: drafts, and contact sheets."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.film.films import RACE, a_film
from visualize import Film, save
from visualize.film.cuts import DRAFT_RATE, MOST_DRAFTED, cut_of
from visualize.film.sheet import GAP, Sheet
from visualize.film.smaller import scaled, thinned
from visualize.looks.themes import THEMES


def test_fewer_pictures_keep_their_times() -> None:
    film = a_film(frames={"fps": 10, "hold": 2})
    few = thinned(film, 3)
    assert [few.row(frame) for frame in range(few.frames)] == [0, 3, 6, 8]
    assert [float(few.timeline.start(frame)) for frame in range(4)] == [0, 0.3, 0.6, 0.8]
    assert few.timeline.end(few.frames) == film.timeline.end(film.frames)
    assert np.array_equal(few.picture(1), film.picture(3))
    assert few.poster == 3


@pytest.mark.parametrize("poster", ["first", 4, "last"])
def test_a_poster_stays_where_it_was_as_nearly_as_can_be(poster: object) -> None:
    few = thinned(a_film(frames={"poster": poster}), 3)
    assert few.row(few.poster) == {"first": 0, 4: 3, "last": 8}[poster]


def test_smaller_pictures_are_drawn_and_the_film_is_as_before() -> None:
    film = a_film((160, 100), optimizers=RACE)
    before = film.picture(5)
    with scaled(film, 0.5):
        assert film.size == (80, 50)
        assert film.picture(5).shape == (50, 80, 3)
    assert np.array_equal(film.picture(5), before)


def test_a_draft_has_few_pictures_and_lasts_as_long() -> None:
    film = a_film(steps=400, frames={"fps": 50})
    draft = cut_of(film, "draft")
    assert draft.frames <= MOST_DRAFTED + 1
    assert draft.timeline.end(draft.frames) == film.timeline.end(film.frames)
    assert draft.fingerprint != film.fingerprint
    slow = a_film(frames={"fps": DRAFT_RATE / 2})
    assert cut_of(slow, "draft").frames == slow.frames


def a_sheet(film: Film) -> Sheet:
    sheet = cut_of(film, "sheet")
    assert isinstance(sheet, Sheet)
    return sheet


@pytest.mark.parametrize("theme", THEMES)
def test_a_sheet_shows_the_film_from_its_start_to_its_end(theme: str) -> None:
    film = a_film((120, 80), theme=theme)
    sheet = a_sheet(film)
    pixels = sheet.picture(0)
    gap = max(round(GAP * 120), 4)
    assert sheet.size == pixels.shape[1::-1] == (3 * (120 + gap) + gap, pixels.shape[0])
    assert np.array_equal(pixels[gap : gap + 80, gap : gap + 120], film.picture(0))
    second = gap + (pixels.shape[0] - gap) // 2
    last = pixels[second : second + 80, 2 * (120 + gap) + gap : 3 * (120 + gap)]
    assert np.array_equal(last, film.picture(film.frames - 1))


def test_a_sheet_of_few_steps_shows_each() -> None:
    assert a_sheet(a_film((120, 80), steps=0)).size[0] < 140
    smooth = a_film((120, 80), steps=1, frames={"frames_per_step": 5})
    assert 240 < a_sheet(smooth).size[0] < 280


def test_a_large_sheet_has_smaller_pictures_and_a_transparent_one_a_background(
    tmp_path: Path,
) -> None:
    film = a_film((800, 500), transparent=True, formats=["png"], steps=1)
    pixels = a_sheet(film).picture(0)
    assert pixels.shape[1] < 3 * 700
    assert (pixels == 255).all(axis=2).mean() > 0.3
    assert save(replace(a_sheet(film)), tmp_path / "sheet.png").stat().st_size > 1000
