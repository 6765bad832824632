"""The table of test functions: formulas, domains, minima; and derivatives of them all."""

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.conftest import shared_data
from tests.objectives.test_formula import formula, inside, named
from visualize.arrays import Array
from visualize.errors import ExpressionError
from visualize.objectives._test_functions import (
    TEST_FUNCTIONS,
    TestFunction,
    register_test_function,
)
from visualize.objectives.objective import read_objective

NO_GRADIENT = {"bukin_6"}
"""At the minima of these the gradient is undefined."""
CONES = {"ackley", "drop_wave"}
"""At the minima of these there is a corner, whose gradient is midway between its sides: 0."""
ON_THE_EDGE = {"eggholder"}
"""The minimum of these lies on the edge of the domain, where the function still falls."""
KINKED = {"bukin_6", "cross_in_tray", "eggholder", "holder_table"}
"""These have kinks, on lines of their own."""


def differences(of: Callable[[Array], Array], points: Array, step: float) -> Array:
    """Return the derivatives by central differences of the fourth order, along a last axis."""
    derivatives = []
    for along in np.eye(points.shape[-1]) * step:
        near = of(points + along) - of(points - along)
        far = of(points + 2 * along) - of(points - 2 * along)
        derivatives.append((8 * near - far) / (12 * step))
    return np.stack(derivatives, axis=-1)


def entries() -> list[Any]:
    """Return the reference table, or nothing where this machine has none."""
    folder = shared_data()
    if folder is None:
        return []
    return list(json.loads((folder / "test_functions.json").read_text("utf-8")))


needs_data = pytest.mark.skipif(
    shared_data() is None, reason="VISUALIZE_DATA does not name a folder with test_functions.json"
)


@needs_data
def test_the_table_has_the_functions_of_the_reference() -> None:
    assert {entry["name"] for entry in entries()} <= TEST_FUNCTIONS.keys()
    assert len(entries()) == 41


@needs_data
@pytest.mark.parametrize(
    "entry", [pytest.param(entry, id=entry["name"]) for entry in entries()] or [None]
)
def test_a_function_is_that_of_the_reference(entry: dict[str, Any]) -> None:
    ours = named(entry["name"])
    theirs = formula(entry["expression"], variables=entry["variables"])
    assert ours.variables == tuple(entry["variables"])
    assert ours.domain is not None
    np.testing.assert_array_equal(np.array(ours.domain), np.array(entry["domain"]))
    points = inside(ours.domain, 500)
    np.testing.assert_allclose(ours.value(points), theirs.value(points), rtol=1e-13, atol=1e-13)
    minima = np.array(sorted(ours.minima or ())).reshape(-1, ours.dimension)
    expected = np.array(sorted(map(tuple, entry["minima"]))).reshape(-1, ours.dimension)
    np.testing.assert_allclose(minima, expected, rtol=0, atol=1e-12)
    if entry["minima"]:
        np.testing.assert_allclose(
            ours.value(minima), entry["minimum"], rtol=1e-12, atol=1e-12, equal_nan=False
        )


def test_there_are_as_many_functions_as_promised() -> None:
    assert len(TEST_FUNCTIONS) >= 41


def test_names_are_snake_case() -> None:
    for name in TEST_FUNCTIONS:
        assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", name), name


def test_an_entry_is_a_formula_with_a_domain() -> None:
    for name in TEST_FUNCTIONS:
        objective = named(name)
        assert objective.formula == name, name
        assert objective.domain is not None, name
        assert len(objective.domain) == objective.dimension == len(objective.variables), name
        assert all(low < high for low, high in objective.domain), name
        assert np.isfinite(objective.value(inside(objective.domain, 100))).all(), name


def test_it_is_declared_by_its_name() -> None:
    for name in TEST_FUNCTIONS:
        assert read_objective(name) == named(name)


def test_nothing_in_the_domain_is_below_the_minima() -> None:
    for name in TEST_FUNCTIONS:
        objective = named(name)
        if not objective.minima:
            assert TEST_FUNCTIONS[name].note.startswith("no minimum"), name
            continue
        assert objective.domain is not None, name
        minima = np.array(objective.minima, dtype=float)
        low, high = np.array(objective.domain).T
        assert ((low <= minima) & (minima <= high)).all(), name
        values = objective.value(minima)
        if "local" in TEST_FUNCTIONS[name].note and "only" in TEST_FUNCTIONS[name].note:
            around = tuple((x - 0.5, x + 0.5) for x in minima[0])
            assert objective.value(inside(around, 10_000)).min() >= values[0], name
            continue
        lowest = objective.value(inside(objective.domain, 10_000)).min()
        # What is printed with 16 digits need not be the last bit's best.
        assert (values <= lowest + 1e-12 * max(1.0, abs(lowest))).all(), name
        np.testing.assert_allclose(values, values[0], rtol=1e-9, atol=1e-12)


def test_the_gradient_vanishes_at_the_minima() -> None:
    for name in TEST_FUNCTIONS:
        if name in NO_GRADIENT | CONES | ON_THE_EDGE:
            continue
        objective = named(name)
        minima = np.array(objective.minima or (), dtype=float).reshape(-1, objective.dimension)
        gradients = objective.gradient(minima)
        scale = np.abs(objective.hessian(minima)).max(axis=(-1, -2), initial=1.0)
        assert (np.abs(gradients).max(axis=-1, initial=0) <= 1e-7 * scale).all(), name


@pytest.mark.parametrize("name", sorted(NO_GRADIENT | CONES))
def test_a_minimum_without_gradient_is_a_cone_or_a_kink(name: str) -> None:
    objective = named(name)
    minima = np.array(objective.minima, dtype=float)
    assert (np.abs(objective.gradient(minima)) < 1e-7).all() == (name in CONES)
    np.testing.assert_array_less(
        objective.value(minima), objective.value(minima + 1e-3 * np.array([0.6, 0.8]))
    )


def test_eggholder_still_falls_at_the_edge_where_its_minimum_is() -> None:
    objective = named("eggholder")
    assert objective.domain is not None
    (minimum,) = np.array(objective.minima, dtype=float)
    assert minimum[0] == objective.domain[0][1]
    slope = objective.gradient(minimum)
    assert slope[0] < -1
    assert abs(slope[1]) < 1e-6
    assert objective.value(minimum + np.array([1.0, 0.0])) < objective.value(minimum)


def test_the_gradient_is_that_of_the_central_difference() -> None:
    for name in TEST_FUNCTIONS:
        objective = named(name)
        assert objective.domain is not None, name
        points = inside(objective.domain, 200, seed=1)
        step = 1e-6 * max(high - low for low, high in objective.domain)
        found = objective.gradient(points)
        assert np.isfinite(found).all(), name
        wrong = np.abs(found - differences(objective.value, points, step)).max(axis=1)
        scale = np.abs(found).max() + np.abs(objective.value(points)).max()
        # A difference across a kink is no derivative; few points are so near to one.
        assert (wrong > 1e-8 * scale).mean() <= (0.02 if name in KINKED else 0), name


def test_the_hessian_is_symmetric_and_that_of_the_central_difference() -> None:
    for name in TEST_FUNCTIONS:
        objective = named(name)
        assert objective.domain is not None, name
        points = inside(objective.domain, 200, seed=2)
        found = objective.hessian(points)
        assert found.shape == (200, objective.dimension, objective.dimension), name
        assert np.isfinite(found).all(), name
        size = np.abs(found).max(axis=(-1, -2), keepdims=True)
        assert (np.abs(found - np.swapaxes(found, -1, -2)) <= 1e-12 * size).all(), name
        step = 1e-6 * max(high - low for low, high in objective.domain)
        wrong = np.abs(found - differences(objective.gradient, points, step)).max(axis=(-1, -2))
        scale = np.abs(found).max() + np.abs(objective.gradient(points)).max()
        assert (wrong > 1e-7 * scale).mean() <= (0.02 if name in KINKED else 0), name


# From outside


WELL = TestFunction("(x**2 - 1)**2", ((-2, 2),), ((-1,), (1,)))


def test_a_function_that_is_registered_is_one_of_the_table() -> None:
    register_test_function("double_well", WELL)
    try:
        objective = read_objective("double_well")
        assert objective.minima == ((-1,), (1,))
        assert objective.value(np.array([0.0])) == 1
        register_test_function("double_well", WELL)  # twice the same does no harm
        with pytest.raises(ValueError, match="there is a test function 'double_well' already"):
            register_test_function("double_well", TEST_FUNCTIONS["sphere"])
    finally:
        del TEST_FUNCTIONS["double_well"]


@pytest.mark.parametrize(
    ("name", "function", "words"),
    [
        ("sphere", WELL, "there is a test function 'sphere' already"),
        ("Well", WELL, "snake_case"),
        ("double well", WELL, "snake_case"),
        ("double_well", TestFunction("x*y", ((-2, 2),)), "one interval for each of x, y"),
    ],
)
def test_what_cannot_be_a_test_function_is_refused(
    name: str, function: TestFunction, words: str
) -> None:
    before = dict(TEST_FUNCTIONS)
    with pytest.raises(ValueError, match=words):
        register_test_function(name, function)
    assert before == TEST_FUNCTIONS


def test_a_test_function_is_a_formula() -> None:
    with pytest.raises(ExpressionError, match="unknown function"):
        register_test_function("well", TestFunction("wel(x)", ((-2, 2),)))
