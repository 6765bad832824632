"""matplotlib's own way: anybody's writer saves our films."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.animation import FuncAnimation, PillowWriter
from PIL import Image

from tests.film.films import a_film, ends_of


def test_matplotlibs_own_writer_saves_the_animation(tmp_path: Path) -> None:
    film = a_film()
    animation = film.animation()
    assert isinstance(animation, FuncAnimation)
    animation.save(str(tmp_path / "film.gif"), writer=PillowWriter(fps=20))
    with Image.open(tmp_path / "film.gif") as image:
        assert image.size == (160, 100)
        assert getattr(image, "n_frames", 1) == film.frames
        for frame in ends_of(film):
            image.seek(frame)
            shown = np.asarray(image.convert("RGB"), dtype=int)
            # Its palettes are its own: most pixels are nearly right, and all are in place.
            assert np.mean(abs(shown - film.picture(frame))) < 3


def test_the_animation_has_the_films_timing() -> None:
    film = a_film(frames={"interval": 33.3, "loop": 1})
    assert film.interval == pytest.approx(33.3)
    once, always = film.animation(), a_film().animation()
    for animation in (once, always):
        animation.pause()
        vars(animation)["_draw_was_started"] = True  # they are not to be rendered
    assert not vars(once)["_repeat"]
    assert vars(always)["_repeat"]
