"""Texts that are put as pixels: they look as texts do, at every resolution and in every file."""

import io
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray

from tests.film.films import a_scene
from visualize import compose, simulate
from visualize.film.stamps import Counter, Stamp, add_to


def ink(artist: Text, dpi: float) -> NDArray[np.float64]:
    """Return how dark each pixel is of a white figure with a text in it."""
    figure = Figure(figsize=(2, 0.6), dpi=dpi)
    canvas: Any = FigureCanvasAgg(figure)
    if isinstance(artist, Stamp):
        artist.set_position((0.1, 0.9))
        add_to(figure, artist)
    else:
        figure.text(0.1, 0.9, artist.get_text(), va="top")
    canvas.draw()
    pixels: NDArray[np.float64] = 1 - np.asarray(canvas.buffer_rgba())[..., 0] / 255
    return pixels


@pytest.mark.parametrize("dpi", [50, 100, 233])
@pytest.mark.parametrize("words", ["step 1207", "$\\eta^2$ = 3", "Gruß gj"])
@pytest.mark.parametrize("kind", [Stamp, Counter])
def test_a_stamp_is_where_a_text_would_be_and_as_dark(
    kind: type[Stamp], words: str, dpi: float
) -> None:
    stamp, text = ink(kind(words), dpi), ink(Text(text=words), dpi)
    assert stamp.sum() == pytest.approx(text.sum(), rel=0.08)
    for axis in (0, 1):
        middles = [
            np.average(np.arange(it.shape[axis]), weights=it.sum(1 - axis)) for it in (stamp, text)
        ]
        assert abs(middles[0] - middles[1]) < 1 + dpi / 100


def test_all_digits_stand_where_others_stood() -> None:
    first, second = ink(Counter("step 18"), 100), ink(Counter("step 10"), 100)
    changed = np.flatnonzero((first != second).any(axis=0))
    assert 1 < np.ptp(changed) < 12, "one digit"


def test_other_renderers_draw_the_text() -> None:
    figure = Figure()
    add_to(figure, Stamp("words", halo="white"))
    content = io.StringIO()
    figure.savefig(content, format="svg")
    assert "<!-- words -->" in content.getvalue()


@pytest.mark.parametrize("settings", [{}, {"transparent": True, "formats": ["png"]}])
@pytest.mark.parametrize("dpi", [40, 100, 171])
def test_a_film_in_a_subfigure_is_what_savefig_makes_of_it(
    settings: dict[str, Any], dpi: float
) -> None:
    pictures = []
    for draws_before in (True, False):
        figure = Figure(figsize=(4, 2), dpi=100)
        scene = a_scene(**settings)
        parts: Any = figure.subfigures(1, 2)
        film = compose(scene, simulate(scene), on=parts[1])
        if draws_before:
            for frame in range(film.frames):
                film.picture(frame)
        else:
            FigureCanvasAgg(figure)
            film.draw(film.frames - 1)
        content = io.BytesIO()
        figure.savefig(content, format="raw", dpi=dpi)
        pictures.append(content.getvalue())
    assert pictures[0] == pictures[1]
