"""The panel of data and what runs make of them."""

from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D

from tests.conftest import ROOT
from visualize import Film, Scene, compose, simulate
from visualize.errors import ArraysError
from visualize.objectives.regression import Regression
from visualize.panels.fit import Fit

FLATS = {"data": str(ROOT / "scenes" / "flats.csv"), "features": ["area"]}


def a_scene(settings: dict[str, Any] | None = None, panel: Any = "fit", **more: Any) -> Scene:
    plain: dict[str, Any] = {
        "objective": {"regression": {**FLATS, **(settings or {})}},
        "steps": 4,
        "optimizers": [{"name": "sgd", "learning_rate": 0.3}],
        "panels": [panel],
        "frames": {"size": [240, 160], "pace": "even"},
    }
    return Scene.model_validate(plain | more)


def film_of(scene: Scene) -> Film:
    return compose(scene, simulate(scene))


def line_of(film: Film, **properties: Any) -> Line2D:
    [axes] = film.figure.axes
    [line] = [
        line
        for line in axes.lines
        if all(getattr(line, f"get_{name}")() == value for name, value in properties.items())
    ]
    return line


def test_the_line_is_what_the_model_says() -> None:
    scene = a_scene()
    history = simulate(scene)
    film = compose(scene, history)
    for frame in range(5):
        film.draw(frame)
        w, b = history["sgd"].points[frame, 0]
        x, y = line_of(film, linestyle="-", zorder=12).get_data()
        np.testing.assert_allclose(np.asarray(y)[:2], w * np.asarray(x)[:2] + b)


def test_the_faint_line_is_the_least_squares() -> None:
    scene = a_scene()
    assert isinstance(scene.objective, Regression)
    sample = scene.objective.sample
    slope, offset = np.polyfit(sample.features[:, 0], sample.targets, 1)
    line = line_of(film_of(scene), label="least squares")
    x, y = (np.asarray(it) for it in line.get_data())
    np.testing.assert_allclose(y, slope * x + offset, atol=1e-12)
    without = film_of(a_scene(panel={"kind": "fit", "best": False}))
    assert "least squares" not in [it.get_label() for it in without.figure.axes[0].lines]


def test_the_batch_of_the_last_update_is_marked() -> None:
    scene = a_scene({"batch_size": 8})
    history = simulate(scene)
    film = compose(scene, history)
    assert isinstance(scene.objective, Regression)
    sample = scene.objective.sample
    marks = line_of(film, label="batch")
    film.draw(0)
    assert len(marks.get_xdata()) == 0  # type: ignore[arg-type]  # no single number
    for frame in (1, 3):
        film.draw(frame)
        rows = history["sgd"].states["batch"][frame, 0].astype(int)
        np.testing.assert_array_equal(marks.get_xdata(), sample.features[rows, 0])
        np.testing.assert_array_equal(marks.get_ydata(), sample.targets[rows])


def test_without_batches_none_is_marked() -> None:
    film = film_of(a_scene())
    assert "batch" not in [line.get_label() for line in film.figure.axes[0].lines]


def test_between_two_steps_the_batch_of_the_step_is_marked() -> None:
    scene = a_scene({"batch_size": 8}, frames={"size": [240, 160], "frames_per_step": 2})
    history = simulate(scene)
    film = compose(scene, history)
    film.draw(3)  # half way from row 1 to row 2
    rows = history["sgd"].states["batch"][2, 0].astype(int)
    assert isinstance(scene.objective, Regression)
    x = scene.objective.sample.features[rows, 0]
    np.testing.assert_array_equal(line_of(film, label="batch").get_xdata(), x)


def test_squares_stand_between_the_line_and_the_data_and_are_as_wide_as_high() -> None:
    scene = a_scene(panel={"kind": "fit", "residuals": True})
    film = film_of(scene)
    film.draw(2)
    [axes] = film.figure.axes
    [squares] = [it for it in axes.collections if isinstance(it, PolyCollection)]
    corners = [np.asarray(path.vertices, dtype=float)[:4] for path in squares.get_paths()]
    assert len(corners) == 60
    for square in map(axes.transData.transform, corners):
        wide, high = np.ptp(square, axis=0)
        assert wide == pytest.approx(high)
    sides = [np.ptp(square[:, 1]) for square in corners]
    run = simulate(scene)["sgd"]
    assert np.mean(np.square(sides)) / 2 == pytest.approx(run.values[2, 0])


def test_a_logistic_model_is_a_curve_of_probabilities() -> None:
    exam = {"data": str(ROOT / "scenes" / "exam.csv"), "model": "logistic", "features": ["hours"]}
    film = film_of(a_scene(exam, start=[2.0, 0.5]))
    film.draw(0)
    x, y = (np.asarray(it)[:-1] for it in line_of(film, linestyle="-", zorder=12).get_data())
    np.testing.assert_allclose(y, 1 / (1 + np.exp(-(2.0 * x + 0.5))))
    assert line_of(film, label="best fit").get_visible()


def test_axes_are_called_as_columns_are() -> None:
    view = Fit().look(a_scene().objective, simulate(a_scene()))
    assert view.names == ("area (standardised)", "rent (standardised)")
    plain = a_scene({"standardise": False}, optimizers=[{"name": "adam", "learning_rate": 1}])
    assert Fit().look(plain.objective, simulate(plain)).names == ("area", "rent")


def test_a_history_without_its_batches_is_drawn_without_marks() -> None:
    scene = a_scene({"batch_size": 8})
    film = compose(scene, simulate(scene, state=False))
    assert "batch" not in [line.get_label() for line in film.figure.axes[0].lines]


def test_what_has_no_data_cannot_be_looked_at() -> None:
    scene = Scene.model_validate(
        {"objective": "x**2", "start": 1, "optimizers": [{"name": "sgd", "learning_rate": 0.1}]}
    )
    with pytest.raises(ArraysError, match="no data to fit"):
        Fit().look(scene.objective, simulate(scene))
