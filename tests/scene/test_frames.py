"""How long films are, and how large their files may be."""

from typing import Any

import pytest
from pydantic import ValidationError

from tests.film.films import a_scene, film_of
from visualize import Scene

BRIEF: dict[str, Any] = {
    "objective": "x**2",
    "start": 3,
    "steps": 45,
    "optimizers": [{"name": "sgd", "learning_rate": 0.1}],
}


def scene_with(**frames: Any) -> Scene:
    return Scene.model_validate(BRIEF | {"frames": {"size": [48, 32], **frames}})


def wrong(**frames: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        scene_with(**frames)
    [mistake] = caught.value.errors()
    return f"{mistake['loc'][-1]}: {mistake['msg']}"


@pytest.mark.parametrize(
    ("frames", "pictures"),
    [
        ({"duration": 8}, 200),
        ({"duration": 8, "hold": 2}, 150),
        ({"duration": 8, "hold": 2, "hold_start": 1}, 125),
        ({"duration": 2, "fps": 30}, 60),
        ({"duration": 2.5, "interval": 30}, 83),
        ({"duration": 0.08}, 2),
        ({"duration": 3, "pace": "adaptive"}, 55),
        ({"duration": 20, "pace": "adaptive", "hold": 4}, 400),
    ],
)
def test_a_film_lasts_as_long_as_it_is_to(frames: dict[str, Any], pictures: int) -> None:
    scene = scene_with(**frames)
    film = film_of(scene)
    assert film.frames == scene.frame_count == pictures
    picture = 1 / scene.frames.per_second
    assert float(film.timeline.end(film.frames)) == pytest.approx(frames["duration"], abs=picture)
    assert (film.row(0), film.row(film.frames - 1)) == (0, 45)
    assert Scene.model_validate(scene.canonical()) == scene


def test_rows_are_spread_evenly() -> None:
    scene = scene_with(duration=2, fps=5)
    assert [scene.row(frame) for frame in range(10)] == [5.0 * frame for frame in range(10)]


def test_who_says_how_long_says_the_pace() -> None:
    assert not scene_with(duration=8).frames.is_adaptive
    assert not scene_with(hold_start=1).frames.is_adaptive
    assert scene_with(hold_start=1, pace="adaptive").frames.is_adaptive


def test_the_first_picture_is_held() -> None:
    film = film_of(scene_with(hold_start=1, fps=10))
    assert [float(film.timeline.start(frame)) for frame in (0, 1, 2)] == [0, 1.1, 1.2]
    adaptive = film_of(scene_with(hold_start=2, pace="adaptive"))
    assert [adaptive.row(49), adaptive.row(50) > 0] == [0, True]


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        ({"duration": 8, "count": 3}, "duration: give count or duration, not both"),
        ({"duration": 8, "frames_per_step": 2}, "give frames_per_step or duration, not both"),
        ({"duration": 8, "steps_per_frame": 2}, "give steps_per_frame or duration, not both"),
        ({"duration": 1, "hold": 2}, "duration: holds of 2 s and 2 pictures at 25 a second take"),
        ({"duration": 0.01}, "duration: 2 pictures at 25 a second take 0.08 s (got 0.01)"),
        ({"duration": 9000, "fps": 100}, "9000 seconds would be 900000 pictures"),
        ({"max_size": "large"}, "must be a size (got 'large'); write max_size: 500 KB"),
        ({"max_size": "500 XB"}, "must be a size (got '500 XB'); write max_size: 500 KB"),
        ({"max_size": True}, "must be a size"),
    ],
)
def test_what_does_not_go_together_is_told(frames: dict[str, Any], words: str) -> None:
    assert words in wrong(**frames)


@pytest.mark.parametrize(
    ("given", "size"),
    [
        *(("500 KB", 500_000), ("500kB", 500_000), ("0.5 MB", 500_000), ("512 KiB", 2**19)),
        *((12345, 12345), ("2MiB", 2**21), ("900", 900), (5e5, 500_000)),
    ],
)
def test_a_size_is_written_in_many_ways(given: Any, size: int) -> None:
    scene = a_scene(frames={"max_size": given})
    assert scene.frames.max_size == size
    assert Scene.model_validate(scene.canonical()) == scene
