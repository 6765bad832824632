"""Colours: what is seen on what, and what colour-blind readers tell apart.

The numbers are computed here, outside of what they are held against: contrast by WCAG 2.2, colour
blindness by the matrices of Machado, Oliveira and Fernandes, "A Physiologically-based Model for
Simulation of Color Vision Deficiency", IEEE TVCG 15(6), 2009, table 1, severity 1.0, in linear
sRGB; distances in CIELAB 1976 under D65 (CIE 15:2004).
"""

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.film.films import a_film
from visualize.looks.style import DASHES
from visualize.looks.themes import THEMES, Theme

SIGHTS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def linear(color: str) -> NDArray[np.float64]:
    part = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    dark, light = sorted(float(linear(it) @ [0.2126, 0.7152, 0.0722]) for it in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(color: str, sight: str) -> NDArray[np.float64]:
    seen = np.clip(SIGHTS[sight] @ linear(color), 0, 1)
    ratio = TO_XYZ @ seen / WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_the_oracle_knows_what_is_known() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)  # W3C's own example
    # sRGB red, as Lindbloom's calculator has it.
    assert lab("#ff0000", "normal") == pytest.approx([53.24, 80.09, 67.20], abs=0.02)
    # Grey stays grey.
    assert lab("#808080", "protanopia")[1:] == pytest.approx([0, 0], abs=0.1)


@pytest.fixture(params=THEMES)
def theme(request: pytest.FixtureRequest) -> Theme:
    return THEMES[request.param]


def test_runs_are_seen_on_all_that_they_cross(theme: Theme) -> None:
    for color, below in itertools.product(
        theme.series, (theme.background, *theme.areas, *theme.lines, theme.faint)
    ):
        assert contrast(color, below) >= 3, f"{color} on {below}"


@pytest.mark.parametrize("sight", SIGHTS)
def test_runs_are_told_apart(theme: Theme, sight: str) -> None:
    assert len(theme.series) == 8
    for one, other in itertools.combinations(theme.series, 2):
        distance = float(np.linalg.norm(lab(one, sight) - lab(other, sight)))
        assert distance >= 15, f"{one} and {other}: {distance:.1f}"


def test_neighbouring_areas_are_told_apart_in_the_dark() -> None:
    dark = THEMES["dark"]
    for one, other in itertools.pairwise(dark.areas):
        assert contrast(one, other) >= 1.3, f"{one} and {other}"


@pytest.mark.parametrize("levels", [3, 5, 9, 22, 40])
def test_so_they_are_in_the_picture(levels: int) -> None:
    panel = {"kind": "contour", "filled": True, "levels": levels}
    film = a_film((400, 250), theme="dark", panels=[panel])
    pixels = film.picture(0).reshape(-1, 3)
    colors, counts = np.unique(pixels, axis=0, return_counts=True)
    large = {"#" + bytes(color).hex() for color in colors[counts > 1500]}
    areas = large - {THEMES["dark"].background}
    assert 2 <= len(areas) <= len(THEMES["dark"].areas)
    for one, other in itertools.combinations(areas, 2):
        assert contrast(one, other) >= 1.3


def test_text_can_be_read(theme: Theme) -> None:
    for color in (theme.ink, theme.quiet, *theme.series):
        assert contrast(color, theme.background) >= 4.5, color
    assert contrast(theme.minimum, theme.background) >= 4.5


def test_more_runs_than_colours_have_other_dashes() -> None:
    runs = [
        {"name": "sgd", "learning_rate": 0.01 * number, "label": f"run {number}"}
        for number in range(1, 19)
    ]
    [legend] = a_film((1280, 720), optimizers=runs, steps=2).figure.legends
    looks = [(line.get_color(), line.get_linestyle()) for line in legend.get_lines()[:18]]
    assert len(set(looks)) == 18
    series = THEMES["light"].series
    assert [look[1] for look in looks] == [*(DASHES[0],) * 8, *(DASHES[1],) * 8, *(DASHES[2],) * 2]
    assert [look[0] for look in looks] == [*series, *series, *series[:2]]


GREY = "#808080"


def test_on_a_grey_page_nothing_vanishes(theme: Theme) -> None:
    bare = theme.without_background()
    for color in (bare.ink, bare.quiet, bare.curve, bare.axes, theme.background):
        assert contrast(color, GREY) >= 3, color
    for color in theme.series:  # the halo is of the theme's background
        assert contrast(color, theme.background) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_a_halo_is_around_what_moves(theme: str) -> None:
    film = a_film(
        (1280, 720),
        transparent=True,
        theme=theme,
        panels=["values"],
        formats=["png"],
        counter=False,
    )
    picture = film.picture(8)
    opaque = picture[picture[..., 3] == 255][:, :3]
    halo = [int(THEMES[theme].background[i : i + 2], 16) for i in (1, 3, 5)]
    assert (opaque == halo).all(axis=-1).sum() > 400
