"""The picture of a run that is not as its baseline: both paths, where they part, and how far."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from numpy.typing import NDArray
from PIL import Image

import visualize.film.save
from visualize import Film, Scene, simulate
from visualize.baselines.picture import draw_parting
from visualize.baselines.verify import Baseline, Check, check
from visualize.history.comparison import Tolerance
from visualize.looks.themes import THEMES
from visualize.objectives.formula import Formula
from visualize.objectives.objective import Objective
from visualize.storage.npz import SavedArrays

Array = NDArray[Any]

NOW, BASELINE = THEMES["light"].series[:2]
MARK = THEMES["light"].ink
WALK = np.random.default_rng(1).normal(size=(30, 5)).cumsum(axis=0)
PARTING = 12
"""The step from which the changed walks differ."""


def changed(walk: Array) -> Array:
    other = walk.copy()
    later = np.arange(1.0, len(walk) - PARTING + 1)
    other[PARTING:] += 0.3 * later.reshape(-1, *[1] * (walk.ndim - 1))
    return other


@pytest.fixture
def films(monkeypatch: pytest.MonkeyPatch) -> list[Film]:
    """Return a list to which every film that is saved is added."""
    seen: list[Film] = []
    save = visualize.film.save.save

    def look(film: Film, path: Path, **more: Any) -> Path:
        seen.append(film)
        return save(film, path, **more)

    monkeypatch.setattr(visualize.film.save, "save", look)
    return seen


def held(
    folder: Path,
    before: Mapping[str, Array],
    now: Mapping[str, Array],
    objective: Objective | None = None,
    **tolerance: Any,
) -> Check:
    """Return arrays held against others, which were saved."""
    SavedArrays(before).save(folder / "baseline.npz")
    return check(
        Baseline.read(folder / "baseline.npz"), SavedArrays(now), Tolerance(**tolerance), objective
    )


def drawn(found: Check, folder: Path, films: list[Film]) -> Film:
    """Draw the only difference, and return its film."""
    [difference] = found.differences
    path = folder / "parting.png"
    assert draw_parting(found, difference, path) == path
    with Image.open(path) as image:
        image.load()
        assert image.format == "PNG"
        assert image.size == (1280, 720)
    [film] = films
    return film


def histories(
    settings: dict[str, Any], **other: Any
) -> tuple[dict[str, Array], dict[str, Array], Objective]:
    """Return the arrays of a scene with one Adam, those with another, and the objective."""
    scenes = [
        Scene.model_validate({"steps": 20} | settings | {"optimizers": [{"name": "adam", **adam}]})
        for adam in ({"learning_rate": 0.3}, {"learning_rate": 0.3, **other})
    ]
    before, now = (dict(simulate(scene).arrays) for scene in scenes)
    return before, now, scenes[0].objective


def trails(axes: Axes, color: str) -> list[Array]:
    """Return the paths of a colour that are drawn as lines, `(rows, 2)`."""
    return [
        np.column_stack([np.asarray(line.get_xdata()), np.asarray(line.get_ydata())])
        for line in axes.lines
        if to_hex(line.get_color()) == color
        and line.get_linestyle() == "-"
        and line.get_zorder() >= 10
    ]


def the_trail(axes: Axes, color: str) -> Array:
    [trail] = trails(axes, color)
    return trail


def the_mark(axes: Axes) -> Array:
    """Return where the head of the marked step is."""
    [mark] = [
        line for line in axes.lines if to_hex(line.get_color()) == MARK and line.get_zorder() >= 12
    ]
    assert isinstance(mark, Line2D)
    assert mark.get_visible()
    return np.ravel([mark.get_xdata(), mark.get_ydata()])


def legend(film: Film) -> list[str]:
    [found] = film.figure.legends
    return [text.get_text() for text in found.get_texts()]


def texts(film: Film) -> list[str]:
    return [text.get_text() for text in film.figure.texts]


# What is drawn


def test_of_two_variables_both_paths_lie_on_the_contours(tmp_path: Path, films: list[Film]) -> None:
    before, now, objective = histories(
        {"objective": "x**2/20 + y**2", "start": [-7.0, 2.0]}, learning_rate=0.4
    )
    film = drawn(held(tmp_path, before, now, objective), tmp_path, films)
    landscape, distance = film.figure.axes
    old, new = (arrays["adam/points"][:, 0] for arrays in (before, now))
    np.testing.assert_array_equal(the_trail(landscape, BASELINE), old)
    np.testing.assert_array_equal(the_trail(landscape, NOW), new)
    np.testing.assert_array_equal(the_mark(landscape), old[1])
    assert (landscape.get_xlabel(), landscape.get_ylabel()) == ("x", "y")
    assert landscape.collections  # contour lines
    apart = np.linalg.norm(new - old, axis=1)
    np.testing.assert_allclose(the_trail(distance, NOW), np.column_stack([range(21), apart]))
    assert distance.get_xlabel() == "step"
    assert distance.get_ylabel() == "difference in points"
    assert legend(film)[:3] == ["baseline", "now", "step 1"]
    assert texts(film) == ["adam differs from its baseline from step 1 on"]


def test_of_one_variable_both_paths_lie_on_its_curve(tmp_path: Path, films: list[Film]) -> None:
    before, now, objective = histories({"objective": "x**2 + sin(3*x)", "start": 2.0}, beta_1=0.8)
    film = drawn(held(tmp_path, before, now, objective), tmp_path, films)
    curve, distance = film.figure.axes
    for arrays, color in ((before, BASELINE), (now, NOW)):
        x, y = the_trail(curve, color).T
        np.testing.assert_array_equal(x, arrays["adam/points"][:, 0, 0])
        np.testing.assert_allclose(y, x**2 + np.sin(3 * x), atol=1e-12)
    [difference] = held(tmp_path, before, now, objective).differences
    assert difference.first is not None
    step = difference.first.step
    assert the_mark(curve)[0] == before["adam/points"][step, 0, 0]
    assert legend(film)[:3] == ["baseline", "now", f"step {step}"]
    assert distance.get_ylabel() == "difference in points"


def test_of_many_variables_both_paths_lie_in_a_plane(tmp_path: Path, films: list[Film]) -> None:
    before, now, objective = histories(
        {"objective": "x1**2 + 3*x2**2 + x3**4 + x4**2 + x5**2", "start": [1.0, 2, 3, 4, 5]},
        learning_rate=0.4,
    )
    film = drawn(held(tmp_path, before, now, objective), tmp_path, films)
    plane, distance = film.figure.axes
    assert plane.get_title(loc="left") == (
        "5 coordinates, in their principal plane,\nlandscape through the end of baseline"
    )
    assert plane.get_xlabel().startswith("PC1")
    old, new = the_trail(plane, BASELINE), the_trail(plane, NOW)
    assert old.shape == new.shape == (21, 2)
    np.testing.assert_allclose(old[-1], 0, atol=1e-12)
    np.testing.assert_allclose(the_mark(plane), old[1])
    apart = np.linalg.norm(now["adam/points"] - before["adam/points"], axis=-1)[:, 0]
    np.testing.assert_allclose(the_trail(distance, NOW)[:, 1], apart)


def test_of_several_starts_the_first_that_differs_is_drawn(
    tmp_path: Path, films: list[Film]
) -> None:
    objective = Formula(expression="x**2 + y**2", variables=("x", "y"))
    points = WALK[:, :6].copy()[:, :4].reshape(30, 2, 2)
    other = points.copy()
    other[9:, 0, 1] += 1
    other[5:, 1, 0] += 2
    found = held(tmp_path, {"a/points": points}, {"a/points": other}, objective)
    film = drawn(found, tmp_path, films)
    landscape, distance = film.figure.axes
    inside = 15  # then the baseline leaves the picture, which is that of where they part
    for color, path in ((BASELINE, points), (NOW, other)):
        np.testing.assert_array_equal(the_trail(landscape, color)[:inside], path[:inside, 1])
    np.testing.assert_array_equal(the_mark(landscape), points[5, 1])
    np.testing.assert_allclose(the_trail(distance, NOW)[:, 1], 2.0 * (np.arange(30) >= 5))
    assert legend(film)[:3] == ["baseline", "now", "step 5"]


def test_points_of_an_unknown_objective_lie_on_a_grid(tmp_path: Path, films: list[Film]) -> None:
    points = WALK[:, np.newaxis, :2]
    found = held(tmp_path, {"a/points": points}, {"a/points": changed(points)})
    axes, _ = drawn(found, tmp_path, films).figure.axes
    np.testing.assert_array_equal(the_trail(axes, BASELINE), points[:, 0])
    np.testing.assert_array_equal(the_trail(axes, NOW), changed(points)[:, 0])
    np.testing.assert_array_equal(the_mark(axes), points[PARTING, 0])
    assert axes.get_title(loc="left") == ""


@pytest.mark.parametrize("shape", [(30,), (30, 1)])
def test_single_numbers_are_drawn_over_their_steps(
    tmp_path: Path, films: list[Film], shape: tuple[int, ...]
) -> None:
    loss = WALK[:, 0].reshape(shape)
    found = held(tmp_path, {"loss": loss}, {"loss": changed(loss)})
    film = drawn(found, tmp_path, films)
    axes, distance = film.figure.axes
    steps = np.arange(30)
    np.testing.assert_array_equal(the_trail(axes, BASELINE), np.column_stack([steps, loss.ravel()]))
    np.testing.assert_array_equal(
        the_trail(axes, NOW), np.column_stack([steps, changed(loss).ravel()])
    )
    np.testing.assert_array_equal(the_mark(axes), [PARTING, loss.ravel()[PARTING]])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("step", "loss")
    assert distance.get_ylabel() == "difference in loss"
    np.testing.assert_allclose(the_trail(distance, NOW)[:, 1], np.abs(changed(loss) - loss).ravel())
    assert legend(film) == ["baseline", "now", f"step {PARTING}"]
    assert texts(film) == [f"loss differs from its baseline from step {PARTING} on"]


@pytest.mark.parametrize("dimension", [2, 3, 5])
def test_rows_of_numbers_are_paths(tmp_path: Path, films: list[Film], dimension: int) -> None:
    weights = WALK[:, :dimension]
    found = held(tmp_path, {"weights": weights}, {"weights": changed(weights)})
    film = drawn(found, tmp_path, films)
    axes, distance = film.figure.axes
    old, new = the_trail(axes, BASELINE), the_trail(axes, NOW)
    if dimension == 2:
        np.testing.assert_array_equal(old, weights)
    else:
        assert axes.get_title(loc="left") == f"{dimension} coordinates, in their principal plane"
    np.testing.assert_array_equal(old[:PARTING], new[:PARTING])
    assert (np.abs(old[PARTING:] - new[PARTING:]).max(axis=1) > 0.1).all()
    np.testing.assert_array_equal(the_mark(axes), old[PARTING])
    apart = np.linalg.norm(changed(weights) - weights, axis=1)
    np.testing.assert_allclose(the_trail(distance, NOW)[:, 1], apart)


def test_of_an_array_with_starts_the_one_that_differs_is_drawn(
    tmp_path: Path, films: list[Film]
) -> None:
    points = WALK[:, :4].reshape(30, 2, 2)
    other = points.copy()
    other[PARTING:, 1, 0] += 3
    axes, distance = drawn(held(tmp_path, {"w": points}, {"w": other}), tmp_path, films).figure.axes
    np.testing.assert_array_equal(the_trail(axes, BASELINE), points[:, 1])
    np.testing.assert_array_equal(the_trail(axes, NOW), other[:, 1])
    np.testing.assert_array_equal(the_mark(axes), points[PARTING, 1])
    np.testing.assert_allclose(the_trail(distance, NOW)[:, 1], 3.0 * (np.arange(30) >= PARTING))


def test_of_values_alone_that_differ_the_points_are_drawn(
    tmp_path: Path, films: list[Film]
) -> None:
    points, values = WALK[:, np.newaxis, :2], WALK[:, :1]
    objective = Formula(expression="x**2 + y**2", variables=("x", "y"))
    found = held(
        tmp_path,
        {"a/points": points, "a/values": values},
        {"a/points": points, "a/values": changed(values)},
        objective,
    )
    axes, distance = drawn(found, tmp_path, films).figure.axes
    np.testing.assert_array_equal(the_trail(axes, NOW), points[:, 0])
    np.testing.assert_array_equal(the_mark(axes), points[PARTING, 0])
    np.testing.assert_allclose(
        the_trail(distance, NOW)[:, 1], np.abs(changed(values) - values)[:, 0]
    )
    assert distance.get_ylabel() == "difference in values"


def test_only_what_was_compared_is_drawn(tmp_path: Path, films: list[Film]) -> None:
    weights = WALK[:, :2]
    found = held(tmp_path, {"w": weights}, {"w": changed(weights)}, until=PARTING + 3)
    axes, distance = drawn(found, tmp_path, films).figure.axes
    np.testing.assert_array_equal(the_trail(axes, BASELINE), weights[: PARTING + 4])
    np.testing.assert_array_equal(the_trail(axes, NOW), changed(weights)[: PARTING + 4])
    assert len(the_trail(distance, NOW)) == PARTING + 4


def test_each_run_that_differs_has_its_own_picture(tmp_path: Path, films: list[Film]) -> None:
    before = {"a": WALK[:, :2], "b": WALK[:, 2:4], "c": WALK[:, 0]}
    found = held(tmp_path, before, {"a": changed(before["a"]), "b": before["b"], "c": -before["c"]})
    assert [difference.run for difference in found.differences] == ["a", "c"]
    for difference in found.differences:
        assert draw_parting(found, difference, tmp_path / f"{difference.run}.png")
    assert [texts(film)[0][:9] for film in films] == ["a differs", "c differs"]


def test_a_long_run_is_drawn_to_its_end(tmp_path: Path, films: list[Film]) -> None:
    walk = np.random.default_rng(2).normal(size=(1000, 2)).cumsum(axis=0)
    found = held(tmp_path, {"w": walk}, {"w": changed(walk)})
    axes, _ = drawn(found, tmp_path, films).figure.axes
    pieces = sorted(trails(axes, NOW), key=lambda piece: np.argmin(np.abs(walk - piece[0]).sum(1)))
    assert any((piece[-1] == changed(walk)[-1]).all() for piece in pieces)
    assert sum(len(piece) - 1 for piece in pieces) == 999


@pytest.mark.parametrize("dtype", ["<f4", "<f2", "<i8", "|u1", "?"])
def test_real_numbers_of_any_kind_are_drawn(tmp_path: Path, films: list[Film], dtype: str) -> None:
    before = np.array([0, 1, 0, 1], dtype=dtype)
    now = np.array([0, 1, 1, 1], dtype=dtype)
    film = drawn(held(tmp_path, {"w": before}, {"w": now}), tmp_path, films)
    np.testing.assert_array_equal(the_trail(film.figure.axes[1], NOW)[:, 1], [0, 0, 1, 0])
    assert legend(film) == ["baseline", "now", "step 2"]


def test_one_row_is_drawn(tmp_path: Path, films: list[Film]) -> None:
    film = drawn(held(tmp_path, {"w": WALK[:1]}, {"w": WALK[:1] + 1}), tmp_path, films)
    assert legend(film) == ["baseline", "now", "step 0"]


# Runs that leave


@pytest.mark.parametrize("lost", [np.nan, np.inf])
@pytest.mark.parametrize("dimension", [1, 2, 5])
def test_a_run_that_is_lost_now_is_said_to_be(
    tmp_path: Path, films: list[Film], lost: float, dimension: int
) -> None:
    before = WALK[:, :dimension]
    now = before.copy()
    now[PARTING:] = lost
    film = drawn(held(tmp_path, {"w": before}, {"w": now}), tmp_path, films)
    axes, distance = film.figure.axes
    assert len(the_trail(axes, BASELINE)) == 30
    assert np.isfinite(the_trail(axes, NOW)).all()
    old = the_trail(axes, BASELINE)
    np.testing.assert_array_equal(the_mark(axes), old[PARTING])
    words = "became NaN" if np.isnan(lost) else "grew beyond all bounds"
    assert f"now {words} at step {PARTING}" in texts(film)
    assert legend(film) == ["baseline", "now", f"step {PARTING}"]
    assert -np.inf < distance.get_ylim()[0] < distance.get_ylim()[1] < np.inf


def test_a_run_that_was_lost_in_its_baseline_is_said_to_be(
    tmp_path: Path, films: list[Film]
) -> None:
    before = WALK[:, :2].copy()
    before[PARTING:] = np.nan
    film = drawn(held(tmp_path, {"w": before}, {"w": WALK[:, :2]}), tmp_path, films)
    np.testing.assert_array_equal(the_trail(film.figure.axes[0], NOW), WALK[:, :2])
    assert f"baseline became NaN at step {PARTING}" in texts(film)


def test_a_scenes_run_that_diverges_now_is_drawn(tmp_path: Path, films: list[Film]) -> None:
    scenes = [
        Scene.model_validate(
            {
                "objective": "x**2/20 + y**4",
                "start": [-7.0, 2.0],
                "steps": 12,
                "optimizers": [{"name": "sgd", "learning_rate": rate}],
            }
        )
        for rate in (0.01, 0.9)
    ]
    before, now = (dict(simulate(scene).arrays) for scene in scenes)
    assert np.isnan(now["sgd/points"][-1]).all()
    film = drawn(held(tmp_path, before, now, scenes[0].objective), tmp_path, films)
    axes, _ = film.figure.axes
    np.testing.assert_array_equal(the_trail(axes, BASELINE), before["sgd/points"][:, 0])
    assert "now grew beyond all bounds" in texts(film)[-1]


@pytest.mark.parametrize("which", ["before", "now"])
def test_runs_that_are_lost_from_the_first_step_on_are_drawn(tmp_path: Path, which: str) -> None:
    arrays = {"before": WALK[:, :3], "now": WALK[:, :3]}
    arrays[which] = np.full((30, 3), np.nan)
    found = held(tmp_path, {"w": arrays["before"]}, {"w": arrays["now"]})
    assert draw_parting(found, found.differences[0], tmp_path / "parting.png")


@pytest.mark.parametrize("large", [1e100, 1e200, 1e308])
@pytest.mark.parametrize("dimension", [1, 3])
def test_very_large_numbers_are_drawn(
    tmp_path: Path, films: list[Film], large: float, dimension: int
) -> None:
    before = WALK[:, :dimension]
    now = before.copy()
    now[PARTING:] = large
    film = drawn(held(tmp_path, {"w": before}, {"w": now}), tmp_path, films)
    assert legend(film) == ["baseline", "now", f"step {PARTING}"]


@settings(max_examples=10, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(data=st.data())
def test_whatever_numbers_differ_a_picture_comes(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    shape = data.draw(
        st.sampled_from([(1,), (4,), (3, 1), (4, 2), (3, 3), (2, 2, 2), (3, 2, 2, 1)])
    )
    numbers = st.lists(
        st.floats(-1e99, 1e99) | st.sampled_from([np.nan, np.inf, 0.0]),
        min_size=int(np.prod(shape)),
        max_size=int(np.prod(shape)),
    )
    before, now = (np.array(data.draw(numbers)).reshape(shape) for _ in range(2))
    folder = tmp_path_factory.mktemp("parting")
    found = held(folder, {"w": before}, {"w": now})
    for difference in found.differences:
        assert draw_parting(found, difference, folder / "w.png") == folder / "w.png"


# What there is no picture of


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({"w": WALK + 1j}, {"w": WALK + 2j}),
        ({"w": np.array(["a", "b"])}, {"w": np.array(["a", "c"])}),
        ({"w": WALK}, {"w": WALK[:5]}),
        ({"w": WALK}, {"w": WALK.astype(np.float32)}),
        ({"w": WALK}, {}),
        ({}, {"w": WALK}),
        ({"w": WALK}, {"v": WALK}),
        ({"w/points": WALK}, {"w/points": WALK, "w/values": WALK}),
    ],
    ids=["complex", "text", "shape", "type", "missing", "extra", "renamed", "one array more"],
)
def test_without_two_paths_of_numbers_there_is_no_picture(
    tmp_path: Path, films: list[Film], before: dict[str, Array], now: dict[str, Array]
) -> None:
    found = held(tmp_path, before, now)
    assert found.differences
    for difference in found.differences:
        assert draw_parting(found, difference, tmp_path / "parting.png") is None
    assert not films
    assert not (tmp_path / "parting.png").exists()


def test_without_a_baseline_there_is_no_picture(tmp_path: Path) -> None:
    [difference] = held(tmp_path, {"w": WALK}, {"w": -WALK}).differences
    new = check(Baseline.read(tmp_path / "none.npz"), SavedArrays({"w": WALK}), Tolerance())
    assert draw_parting(new, difference, tmp_path / "parting.png") is None


def test_one_number_alone_is_no_path_but_does_no_harm(tmp_path: Path) -> None:
    found = held(tmp_path, {"w": np.array(1.0)}, {"w": np.array(2.0)})
    [difference] = found.differences
    path = tmp_path / "parting.png"
    assert draw_parting(found, difference, path) in {None, path}


@pytest.mark.parametrize("shape", [(30,), (30, 5)])
def test_an_array_beside_points_that_has_no_row_for_each_start_is_drawn(
    tmp_path: Path, films: list[Film], shape: tuple[int, ...]
) -> None:
    points = WALK[:, :4].reshape(30, 2, 2)
    rates = WALK[:, 0] if len(shape) == 1 else WALK
    others = rates.copy()
    others[PARTING:, ...] = changed(rates)[PARTING:] if len(shape) == 1 else others[PARTING:]
    if len(shape) == 2:
        others[PARTING:, 4] += 1
    before = {"a/points": points, "a/rates": rates}
    film = drawn(held(tmp_path, before, before | {"a/rates": others}), tmp_path, films)
    assert film.figure.axes[1].get_ylabel() == "difference in rates"


@pytest.mark.parametrize("name", ["baseline", "now", f"step {PARTING}", "$x_$", "ü", "n" * 100])
def test_whatever_a_run_is_called_it_is_drawn(tmp_path: Path, films: list[Film], name: str) -> None:
    found = held(tmp_path, {name: WALK[:, 0]}, {name: changed(WALK[:, 0])})
    film = drawn(found, tmp_path, films)
    assert legend(film) == ["baseline", "now", f"step {PARTING}"]


def test_a_long_name_stays_in_the_picture(tmp_path: Path, films: list[Film]) -> None:
    name = "the_loss_of_the_" + "very_" * 16 + "large_model"
    film = drawn(held(tmp_path, {name: WALK[:, 0]}, {name: changed(WALK[:, 0])}), tmp_path, films)
    for axes in film.figure.axes:
        box = axes.yaxis.label.get_window_extent()
        assert box.y0 >= 0
        assert box.y1 <= 720


def test_the_baseline_is_told_from_the_curve_it_lies_on(tmp_path: Path, films: list[Film]) -> None:
    before, now, objective = histories({"objective": "x**2", "start": 2.0}, learning_rate=0.4)
    film = drawn(held(tmp_path, before, now, objective), tmp_path, films)
    axes = film.figure.axes[0]
    [graph] = [line for line in axes.lines if len(np.asarray(line.get_xdata())) > 1000]
    apart = [
        abs(int(to_hex(graph.get_color())[i : i + 2], 16) - int(BASELINE[i : i + 2], 16))
        for i in (1, 3, 5)
    ]
    assert sum(apart) > 100


def test_a_picture_that_is_there_is_replaced(tmp_path: Path, films: list[Film]) -> None:
    (tmp_path / "parting.png").write_bytes(b"old")
    drawn(held(tmp_path, {"w": WALK}, {"w": changed(WALK)}), tmp_path, films)
    assert [path.name for path in tmp_path.glob("*.png")] == ["parting.png"]


def test_the_same_difference_makes_the_same_bytes(tmp_path: Path) -> None:
    found = held(tmp_path, {"w": WALK}, {"w": changed(WALK)})
    for name in ("one.png", "other.png"):
        draw_parting(found, found.differences[0], tmp_path / name)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "other.png").read_bytes()
