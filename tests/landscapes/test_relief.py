"""Reliefs: where places are seen, what hides them, and which pixels show what."""

import numpy as np
import pytest

from visualize.landscapes.raster import raster_of
from visualize.landscapes.relief import Camera, Relief, Sight

SIDE = np.linspace(-0.5, 0.5, 101)
FLAT = Relief(np.zeros((101, 101)), (1.0, 1.0), 1.0)
WALL = Relief(np.where(np.abs(SIDE[:, np.newaxis]) < 0.021, 0.5, 0.0) * np.ones(101), (1, 1), 1)
"""Along y, in the middle of x."""


def sight(relief: Relief, azimuth: float, elevation: float = 30.0) -> Sight:
    return Sight(relief, Camera(azimuth, elevation), np.linspace(-0.75, 0.75, 151), 201)


@pytest.mark.parametrize(
    ("azimuth", "right", "away"),
    [(-90, (1, 0), (0, 1)), (0, (0, 1), (-1, 0)), (90, (-1, 0), (0, -1)), (180, (0, -1), (1, 0))],
)
def test_directions_are_those_of_who_looks(
    azimuth: float, right: tuple[int, int], away: tuple[int, int]
) -> None:
    camera = Camera(azimuth, 30)
    np.testing.assert_allclose(camera.right, right, atol=1e-12)
    np.testing.assert_allclose(camera.away, away, atol=1e-12)
    seen = camera.seen(np.array([(*right, 0.0), (*away, 0.0), (0.0, 0.0, 1.0)]))
    np.testing.assert_allclose(seen, [(1, 0), (0, 0.5), (0, np.sqrt(0.75))], atol=1e-12)


def test_turning_keeps_the_heights_of_what_is_in_the_middle() -> None:
    middle = np.array([0.0, 0.0, 0.3])
    seen = [Camera(azimuth, 40).seen(middle) for azimuth in (-60.0, 17.0, 300.0)]
    np.testing.assert_allclose(seen, [seen[0]] * 3, atol=1e-12)


def test_heights_between_points_are_those_of_a_bilinear_surface() -> None:
    x, y = np.meshgrid(SIDE, SIDE, indexing="ij")
    relief = Relief(1 + 2 * x - y + 3 * x * y, (1.0, 1.0), 9.0)
    places = np.random.default_rng(1).uniform(-0.5, 0.5, (50, 2))
    across, up = places.T
    np.testing.assert_allclose(relief.at(places), 1 + 2 * across - up + 3 * across * up, rtol=1e-3)


def test_a_wall_hides_what_is_behind_it_and_nothing_else() -> None:
    x = np.array([-0.4, -0.1, 0.1, 0.4])
    places = np.stack([x, np.zeros(4), np.zeros(4)], axis=1)
    assert sight(WALL, 0).hides(places).tolist() == [True, True, False, False]
    assert sight(WALL, 180).hides(places).tolist() == [False, False, True, True]
    assert sight(WALL, -90).hides(places).tolist() == [False] * 4
    # From far up one looks over it.
    assert sight(WALL, 0, 85).hides(places).tolist() == [False, False, False, False]


def test_a_flat_relief_hides_nothing_of_itself_and_the_ground_behind_its_front() -> None:
    places = np.stack([np.linspace(-0.49, 0.49, 9), np.zeros(9), np.zeros(9)], axis=1)
    seen = sight(FLAT, 0)
    assert not seen.hides(places).any()
    # Half of a side below, and 30 degrees: what is farther behind than 0.5 / tan is seen past it.
    below = places - [0, 0, 0.25]
    hidden = seen.hides(below, ground=True)
    expected = 0.5 - places[:, 0] > 0.25 / np.tan(np.radians(30))
    np.testing.assert_array_equal(hidden, expected)


def test_pixels_show_what_is_nearest() -> None:
    seen = sight(WALL, 0)
    raster = raster_of(seen, -0.5, 0.9, 140)
    picture = np.full(140 * 151, np.nan)
    picture[raster.pixels] = raster.of(seen.heights)
    column = picture.reshape(140, 151)[:, 75]
    there = np.flatnonzero(~np.isnan(column))
    assert (np.diff(there) == 1).all()
    # From the top: that of the wall, its side down to the ground in front; none of that behind.
    assert column[there[0]] == pytest.approx(0.5)
    assert column[there[-1]] == 0
    assert (np.diff(column[there]) <= 1e-9).all()
    assert not raster.is_below.any()


def test_what_is_seen_from_below_is_known() -> None:
    x = np.broadcast_to(SIDE[:, np.newaxis], (101, 101))
    bowl = Relief(2 * x**2, (1.0, 1.0), 1.0)
    raster = raster_of(sight(bowl, 0, 20), -0.5, 0.9, 140)
    assert 0 < np.count_nonzero(raster.is_below) < len(raster.pixels)


def test_a_hole_shows_nothing() -> None:
    heights = np.zeros((101, 101))
    heights[40:60, 40:60] = np.nan
    hole = raster_of(sight(Relief(heights, (1, 1), 1), 0), -0.5, 0.9, 140)
    whole = raster_of(sight(FLAT, 0), -0.5, 0.9, 140)
    assert set(hole.pixels) < set(whole.pixels)


def test_light_is_strongest_where_it_falls_at_right_angles() -> None:
    x = np.broadcast_to(SIDE[:, np.newaxis], (101, 101))
    slope = Relief(x, (1.0, 1.0), 1.0)
    np.testing.assert_allclose(slope.light(np.array([-1.0, 0.0, 1.0])), 1)
    np.testing.assert_allclose(slope.light(np.array([1.0, 0.0, 1.0])), 0, atol=1e-12)


def test_light_beside_a_hole_is_that_of_the_slope_around_it() -> None:
    heights = np.tile(np.linspace(0.0, 1.0, 6)[:, np.newaxis], (1, 5))
    towards = np.array([-1.0, 0.5, 1.0])
    whole = Relief(heights, (1.0, 1.0), 1.0).light(towards)
    holed = heights.copy()
    holed[2, 2] = holed[0, 0] = np.nan
    there = np.isfinite(holed)
    lit = Relief(holed, (1.0, 1.0), 1.0).light(towards)
    np.testing.assert_allclose(lit[there], whole[there])


@pytest.mark.parametrize("ground", [False, True])
def test_what_is_no_place_is_not_hidden(ground: bool) -> None:
    places = np.array([[np.nan, 0, 0], [np.inf, 0, 0], [0, 1e300, -1e300], [0.4, np.nan, np.inf]])
    assert not sight(WALL, 0).hides(places, ground=ground).any()
