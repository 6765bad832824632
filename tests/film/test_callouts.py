"""Texts that point at places in a panel, for some of its steps."""

from typing import Any

import numpy as np
import pytest

from tests.film.films import LINE, a_film
from visualize import Film
from visualize.film.callouts import Callout

SIZE = (480, 270)
HERE: dict[str, Any] = {"at": [-2, 0], "text": "here"}


def callout_of(film: Film) -> Callout:
    [callout] = film.figure.findobj(Callout)
    assert isinstance(callout, Callout)
    return callout


def test_an_annotation_is_shown_from_a_step_until_another() -> None:
    film = a_film(SIZE, annotations=[{**HERE, "from_step": 3, "until_step": 5}])
    callout = callout_of(film)
    seen = []
    for frame in range(film.frames):
        film.draw(frame)
        seen.append(callout.get_visible())
    assert seen == [3 <= step <= 5 for step in range(9)]


def test_an_annotation_stands_within_its_panel_beside_its_place() -> None:
    film = a_film(SIZE, annotations=[HERE, {"at": [-7, 2], "text": "a start\u2026 and more"}])
    [axes] = film.figure.axes
    one, other = film.figure.findobj(Callout)
    assert isinstance(one, Callout)
    assert isinstance(other, Callout)
    boxes = [it._box(film.figure.canvas.get_renderer()) for it in (one, other)]  # type: ignore[attr-defined]  # noqa: SLF001  # ours
    for box, at in zip(boxes, ([-2, 0], [-7, 2]), strict=True):
        assert axes.bbox.padded(1).contains(*box.min)
        assert axes.bbox.padded(1).contains(*box.max)
        assert not box.contains(*axes.transData.transform(at))
    assert not boxes[0].overlaps(boxes[1])


def test_a_place_on_a_curve_is_known_by_x_alone() -> None:
    film = a_film(SIZE, **LINE, annotations=[{"at": -1, "text": "the start"}])
    callout = callout_of(film)
    [axes] = film.figure.axes
    np.testing.assert_allclose(callout._at(), axes.transData.transform((-1, 0)), atol=0.5)  # noqa: SLF001  # ours


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        ({"at": [1000, 0]}, "the annotation 'here' is outside of the picture's limits"),
        ({"from_step": 9}, "the annotation 'here' is never shown: there are 8 steps"),
        ({"at": [0]}, "the annotation 'here' has no place in the panels"),
    ],
)
def test_what_is_not_seen_is_told(annotation: dict[str, Any], words: str) -> None:
    remarks = a_film(SIZE, annotations=[HERE | annotation]).remarks
    assert any(words in remark for remark in remarks), remarks


def test_an_annotation_outside_of_the_limits_is_not_drawn() -> None:
    film = a_film(SIZE, annotations=[HERE | {"at": [1000, 0]}])
    assert np.array_equal(film.picture(3), a_film(SIZE).picture(3))


def test_where_the_camera_moves_an_annotation_is_shown_while_its_place_is_seen() -> None:
    film = a_film(
        SIZE,
        steps=30,
        annotations=[HERE | {"at": [-7, 2]}],
        panels=[
            {
                "kind": "contour",
                "limits": [[-8, 8], [-3, 3]],
                "camera": {"zoom": [[0, 1], [30, 20]]},
            }
        ],
    )
    callout = callout_of(film)
    seen = []
    for frame in range(film.frames):
        film.draw(frame)
        seen.append(callout.get_visible())
    assert seen[0]
    assert not seen[-1]
    assert not [remark for remark in film.remarks if "annotation" in remark]
