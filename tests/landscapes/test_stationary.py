"""Saddle points and maxima: those that are known, and nothing false."""

import numpy as np
import pytest

from visualize.landscapes.stationary import find_stationary
from visualize.objectives.objective import read_objective

BOX = ((-2.0, 2.0), (-1.5, 1.5))


@pytest.mark.parametrize(
    ("objective", "limits", "saddles", "maxima"),
    [
        (
            "himmelblau",
            ((-6.0, 6.0), (-6.0, 6.0)),
            [(-3.07303, -0.08135), (-0.12796, -1.95371), (0.08668, 2.88425), (3.38515, 0.07385)],
            [(-0.27084, -0.92304)],
        ),
        ("x**2 - y**2", BOX, [(0, 0)], []),
        ("x*y", BOX, [(0, 0)], []),
        ("x**2*(x**2 - 2) + y**2", BOX, [(0, 0)], []),
        ("exp(-x**2 - y**2)", BOX, [], [(0, 0)]),
        ("(x**2 + y**2 - 1)**2", BOX, [], [(0, 0)]),
        ("x**3 - 3*x*y**2", BOX, [], []),
        ("x**4 - y**4", BOX, [], []),
        ("x**2 + 0*y", BOX, [], []),
        ("x + y", BOX, [], []),
        ("x**2 + y**2", BOX, [], []),
        ("log(x) - y**2", BOX, [], []),
        ("abs(x) - abs(y)", BOX, [], []),
        ("x**2 - y**2", ((1.0, 2.0), (1.0, 2.0)), [], []),
        ("0*x + 0*y", BOX, [], []),
        # Thousands of places on a plateau do not keep it from being found.
        ("(x + 1)*y*(x < 0)", BOX, [(-1, 0)], []),
    ],
)
def test_they_are_where_they_are_known_to_be(
    objective: str,
    limits: tuple[tuple[float, float], ...],
    saddles: list[tuple[float, float]],
    maxima: list[tuple[float, float]],
) -> None:
    found = find_stationary(read_objective(objective), limits)
    assert found is not None
    for kind, known in (("saddle", saddles), ("maximum", maxima)):
        points = sorted(it.point for it in found if it.kind == kind)
        assert np.array(points).reshape(-1, 2) == pytest.approx(
            np.array(known, dtype=float).reshape(-1, 2), abs=1e-4
        )


def test_six_humps_have_two_hills_and_the_passes_between_them() -> None:
    found = find_stationary(read_objective("six_hump_camel"), ((-2.0, 2.0), (-1.0, 1.0)))
    assert found is not None
    assert [it.kind for it in found].count("maximum") == 2
    assert [it.kind for it in found].count("saddle") == 7
    assert [it.value for it in found] == sorted(it.value for it in found)


def test_of_three_variables_or_without_second_derivatives_none_are_found() -> None:
    assert find_stationary(read_objective("x*y*z"), (*BOX, (-1.0, 1.0))) == ()
    unknown = read_objective(lambda x: x[0] ** 2 - x[1] ** 2)
    assert not unknown.has_hessian or find_stationary(unknown, BOX)


def test_of_thousands_it_is_said_that_they_are_too_many() -> None:
    waves = read_objective("sin(20*x)*sin(20*y)")
    assert find_stationary(waves, ((-5.0, 5.0), (-5.0, 5.0))) is None
    found = find_stationary(waves, ((-0.1, 0.1), (-0.1, 0.1)))
    assert found is not None
    assert [it.kind for it in found].count("saddle") == 1
