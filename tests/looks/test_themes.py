"""Colours: what is seen on what, and what colour-blind readers tell apart.

The numbers are computed here, outside of what they are held against: contrast by WCAG 2.2, colour
blindness by the matrices of Machado, Oliveira and Fernandes, "A Physiologically-based Model for
Simulation of Color Vision Deficiency", IEEE TVCG 15(6), 2009, table 1, severity 1.0, in linear
sRGB; distances in CIELAB 1976 under D65 (CIE 15:2004).
"""

import itertools

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.contour import ContourSet
from numpy.typing import NDArray

from tests.film.films import LINE, RACE, a_film
from visualize.looks.legibility import doubts_about
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


EIGHT = [{"name": "sgd", "learning_rate": 0.01 * it, "label": f"{it}"} for it in range(1, 9)]
LABELS = {str(run["label"]) for run in RACE[:2]}


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


@pytest.fixture(params=[name for name in THEMES if name != "article"])
def strong(request: pytest.FixtureRequest) -> Theme:
    """Return a theme whose colours are ours, and not matplotlib's."""
    return THEMES[request.param]


def test_runs_are_seen_on_all_that_they_cross(strong: Theme) -> None:
    for color, below in itertools.product(
        strong.series, (strong.background, *strong.areas, *strong.lines, strong.faint)
    ):
        assert contrast(color, below) >= 3, f"{color} on {below}"


def looks_of(theme: Theme) -> list[tuple[str, str, str]]:
    film = a_film((48, 32), optimizers=EIGHT, steps=1, theme=theme.name, panels=["values"])
    heads = [it for it in film.figure.axes[0].lines if it.get_linestyle() == "None"]
    lines = [it for it in film.figure.axes[0].lines if it.get_linestyle() != "None"]
    shapes = [str(head.get_marker()) for head in heads if head.get_zorder() >= 12]
    drawn = [
        (str(it.get_color()), str(it.get_linestyle())) for it in lines if it.get_zorder() >= 10
    ]
    return [(*look, shape) for look, shape in zip(drawn, shapes, strict=True)]


@pytest.mark.parametrize("sight", SIGHTS)
def test_runs_are_told_apart(theme: Theme, sight: str) -> None:
    assert len(theme.series) == 8
    looks = looks_of(theme)
    assert len(looks) == 8
    for (one, *how), (other, *others) in itertools.combinations(looks, 2):
        distance = float(np.linalg.norm(lab(one, sight) - lab(other, sight)))
        assert distance >= 15 or how != others, f"{one} and {other}: {distance:.1f}"


def test_on_paper_nobody_needs_colours() -> None:
    paper = THEMES["paper"]
    looks = looks_of(paper)
    assert len({shape for *_, shape in looks}) == 8
    assert {dash for _, dash, _ in looks} == {*DASHES}
    plain = paper.model_dump(exclude={"name", "dashes", "markers", "box", "filled"})
    for value in plain.values():
        for color in [value] if isinstance(value, str) else value:
            assert len({color[1:3], color[3:5], color[5:7]}) == 1, f"{color} is no grey"


def test_twelve_runs_on_paper_are_twelve_looks() -> None:
    runs = [
        {"name": "sgd", "learning_rate": 0.01 * number, "label": f"run {number}"}
        for number in range(1, 13)
    ]
    [legend] = a_film((1280, 720), optimizers=runs, steps=2, theme="paper").figure.legends
    lines = legend.get_lines()[:12]
    assert len({(line.get_linestyle(), line.get_marker()) for line in lines}) == 12


def test_an_article_is_drawn_as_matplotlib_does() -> None:
    films = [a_film((320, 200), theme="article", **kind) for kind in ({}, LINE)]
    for film in films:
        film.picture(0)  # colours are given to lines when these are drawn
    contour, curve = (film.figure.axes[0] for film in films)
    [lines] = [it for it in contour.collections if isinstance(it, ContourSet)]
    assert not lines.filled
    drawn = np.atleast_2d(np.array(lines.get_edgecolor()))
    assert {to_hex(tuple(color)) for color in drawn} == {"#1f77b4"}
    assert to_hex(curve.lines[0].get_color()) == "#1f77b4"
    for axes in (contour, curve):
        assert axes.spines["top"].get_visible()
        assert axes.spines["right"].get_visible()
        [head] = [it for it in axes.lines if 12 <= it.get_zorder() < 13]
        assert head.get_color() == "#ff7f0e"


def test_areas_are_drawn_where_a_panel_wants_them() -> None:
    panels = [{"kind": "contour", "filled": True}]
    [axes] = a_film((160, 100), theme="paper", panels=panels).figure.axes
    assert any(isinstance(it, ContourSet) and it.filled for it in axes.collections)


def test_names_in_colours_that_are_too_pale_are_darker() -> None:
    film = a_film((640, 360), optimizers=RACE[:2], theme="article")
    [first, second] = [it for it in film.figure.axes[0].texts if it.get_text() in LABELS]
    assert contrast(to_hex(first.get_color()), "#ffffff") >= 3 > contrast("#ff7f0e", "#ffffff")
    assert second.get_color() == "#2ca02c"


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
    for color in (theme.ink, theme.quiet, theme.minimum):
        assert contrast(color, theme.background) >= 4.5, color


def test_names_of_runs_can_be_read(strong: Theme) -> None:
    for color in strong.series:
        assert contrast(color, strong.background) >= 4.5, color


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
        assert contrast(color, theme.background) >= (2.5 if theme.name == "article" else 3)


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


def test_of_a_theme_that_cannot_be_read_it_is_told() -> None:
    light = THEMES["light"]

    def doubts(**settings: object) -> str:
        own = light.model_dump() | {"name": "mine"} | settings
        return "; ".join(doubts_about(Theme.model_validate(own)))

    assert doubts() == ""
    assert "text of #22262b cannot be read on #101820" in doubts(background="#101820")
    assert "runs of yellow are lost on #ffffff" in doubts(series="yellow")
    assert "not told apart: #ff0000 and #fa0000" in doubts(series=["#ff0000", "#fa0000"])
    assert doubts(series=["#ff0000", "#fa0000"], dashes=["-", "--"]) == ""
    assert doubts(series=["#ff0000", "#fa0000"], markers=["o", "s"]) == ""
    few = THEMES["paper"].model_copy(update={"markers": ("square", "circle")})
    assert not [*doubts_about(few)]


@pytest.mark.parametrize("name", THEMES)
def test_ours_are_sound(name: str) -> None:
    theme = THEMES[name]
    assert Theme.model_validate(theme.model_dump()) == theme
    assert not [*doubts_about(theme)]
