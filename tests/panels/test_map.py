"""A map: what its cells say is what the runs of the scene would, and mistakes are told."""

from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from numpy.typing import NDArray
from pydantic import ValidationError

from tests.film.films import a_film, a_scene
from tests.panels.test_panels import seen
from visualize import Film, Scene, compose, simulate
from visualize.errors import ArraysError
from visualize.looks.colors import contrast
from visualize.panels._map.varied import middles
from visualize.scene.budget import Budget

RATES = {"learning_rate": [0.1, 10], "momentum": [0, 0.9]}
PLAIN = {"name": "sgd", "learning_rate": 0.9, "label": "plain"}
HEAVY = {"name": "sgd", "learning_rate": 0.2, "momentum": 0.6, "label": "heavy"}
WILD = {"name": "sgd", "learning_rate": 5.0, "label": "wild"}


def a_map(**settings: Any) -> dict[str, Any]:
    return {"kind": "map", "samples": [6, 5], "over": RATES, **settings}


def view_of(panel: dict[str, Any], **settings: Any) -> Any:
    [view] = seen(a_scene(**{"steps": 30, "optimizers": [PLAIN], **settings}, panels=[panel]))
    return view


def message(panel: dict[str, Any], **settings: Any) -> tuple[str, str]:
    with pytest.raises(ValidationError) as raised:
        a_scene(**{"optimizers": [PLAIN], **settings}, panels=[panel])
    [found] = raised.value.errors()
    assert found["loc"][:2] == ("panels", 0)
    return ".".join(map(str, found["loc"][2:])), found["msg"]


def test_a_cell_is_the_run_with_the_settings_of_its_middle() -> None:
    view = view_of(a_map(tolerance=0.01))
    assert view.scales == ("log", "linear")
    assert view.limits == ((0.1, 10), (0, 0.9))
    rates = middles((0.1, 10), 6, logarithmic=True)
    momenta = middles((0, 0.9), 5, logarithmic=False)
    for row, momentum in enumerate(momenta):
        for column, rate in enumerate(rates):
            one = {"name": "sgd", "learning_rate": rate, "momentum": momentum}
            run = simulate(a_scene(steps=30, optimizers=[one]))["sgd"]
            low = run.values[:, 0] <= 0.01 * run.values[0, 0]  # the minimum's is 0
            stays = np.logical_and.accumulate(low[::-1])[::-1]
            expected = int(stays.argmax()) if stays.any() else np.nan
            np.testing.assert_equal(view.converged[row, column], expected)
            assert np.isnan(view.lost_at[row, column]) == (run.fates[0] is None)


def test_over_starts_a_cell_is_the_run_that_begins_there() -> None:
    panel = {"kind": "map", "shows": "value", "samples": [4, 3], "limits": [[-8, 8], [-3, 3]]}
    view = view_of(panel, steps=5)
    assert view.names == ("x", "y")
    starts = [[x, y] for y in (-2.0, 0.0, 2.0) for x in (-6.0, -2.0, 2.0, 6.0)]
    run = simulate(a_scene(steps=5, start=starts, optimizers=[PLAIN]))["plain"]
    np.testing.assert_array_equal(view.values.reshape(6, -1), run.values)
    assert list(view.series) == ["plain"]


def test_the_runs_that_differ_in_these_settings_only_are_dots() -> None:
    others = [{**PLAIN, "label": "nesterov", "momentum": 0.5, "nesterov": True}]
    others += [{"name": "adam", "learning_rate": 0.5}]
    others += [{"name": "sgd", "learning_rate": "0.5/(1 + t)", "label": "falling"}]
    view = view_of(a_map(), optimizers=[PLAIN, HEAVY, *others])
    assert {label: tuple(places[0, 0]) for label, places in view.series.items()} == {
        "plain": (0.9, 0.0),
        "heavy": (0.2, 0.6),
    }
    assert view.caption == "runs of plain"
    assert (
        view_of(
            a_map(of="adam", over={"beta_1": [0, 0.9], "beta_2": [0, 0.9]}),
            optimizers=[PLAIN, {"name": "adam", "learning_rate": 0.5, "beta_1": 0.3}],
        ).series["adam"][0, 0, 0]
        == 0.3
    )


def image_of(film: Film) -> NDArray[np.uint8]:
    [image] = film.figure.axes[0].images
    return np.asarray(image.get_array())


def test_it_fills_as_steps_go_on_and_what_is_lost_lets_the_hatch_through() -> None:
    scene = a_scene(steps=30, optimizers=[PLAIN], panels=[a_map(tolerance=0.01)])
    film = compose(scene, simulate(scene))
    view: Any = seen(scene)[0]
    film.draw(0)
    pending = image_of(film)[0, 0, :3]
    for frame in (0, 10, 30):
        film.draw(frame)
        cells = image_of(film)
        known = (cells[..., :3] != pending).any(axis=-1) & (cells[..., 3] > 0)
        np.testing.assert_array_equal(known, view.converged_at <= frame)
        np.testing.assert_array_equal(cells[..., 3] == 0, view.lost_at <= frame)


def test_values_change_with_the_steps() -> None:
    film = a_film(steps=8, optimizers=[PLAIN], panels=[a_map(shows="value")])
    looks = []
    for frame in range(9):
        film.draw(frame)
        looks.append(image_of(film).tobytes())
    assert len({*looks}) > 5


def test_more_steps_than_the_films_pass_as_it_does() -> None:
    short, whole = (view_of(a_map(steps=it), steps=10) for it in (10, 40))
    both = np.isfinite(short.converged)
    assert np.isfinite(whole.converged).sum() > both.sum()
    np.testing.assert_allclose(whole.converged_at, whole.converged / 4)


def test_a_dot_lights_up_when_its_run_has_converged_and_is_crossed_when_it_is_lost() -> None:
    film = a_film(steps=40, optimizers=[PLAIN, WILD], panels=[a_map(tolerance=0.01)])
    dots = {str(line.get_color()): line for line in film.figure.axes[0].get_lines()}
    plain, wild = (dots[color] for color in list(dots)[:2])

    def face(line: Line2D) -> Any:
        return line.get_markerfacecolor()

    film.draw(0)
    assert face(plain) == face(wild) == "#ffffff"
    film.draw(40)
    assert (face(plain), plain.get_marker()) == (plain.get_color(), "o")
    assert (face(wild), wild.get_marker()) == (wild.get_color(), "X")


def test_without_a_known_minimum_a_short_gradient_is_what_counts() -> None:
    three: dict[str, Any] = {"objective": "x**2 + y**2 + z**4", "start": [1, 1, 0]}
    view = view_of(a_map(tolerance=0.01, over={**RATES, "learning_rate": [0.1, 1]}), **three)
    assert np.isfinite(view.converged).any()
    one = {"name": "sgd", "learning_rate": float(middles((0.1, 1), 6, logarithmic=False)[0])}
    momentum = float(middles((0, 0.9), 5, logarithmic=False)[0])
    run = simulate(a_scene(steps=30, **three, optimizers=[{**one, "momentum": momentum}]))["sgd"]
    limit = 0.01 * float(np.linalg.norm(run.gradients[0, 0]))
    np.testing.assert_equal(view.converged[0, 0], run.converged_at(limit)[0] or np.nan)


@pytest.mark.parametrize(
    ("objective", "start", "bar", "remark"),
    [
        ("x**2 + y**2", [1, 1], "steps to converge", "has converged"),
        (
            "x**2 + y**2 + z**2",
            [1, 1, 1],
            "steps until the gradient is small",
            "has a small gradient",
        ),
    ],
)
def test_the_bar_names_what_counts(
    objective: str, start: list[float], bar: str, remark: str
) -> None:
    settings: dict[str, Any] = {"objective": objective, "start": start, "optimizers": [PLAIN]}
    film = a_film((400, 400), **settings, panels=[a_map(tolerance=0.01)])
    [axes] = [it for it in film.figure.axes if it.images]
    label = axes.child_axes[0].yaxis.label
    assert label.get_text() == bar
    assert label.get_visible()
    settings["optimizers"] = [{**PLAIN, "learning_rate": 1e-6}]
    slow = {"learning_rate": [1e-7, 1e-6], "momentum": [0, 0.1]}
    remarks = a_film(**settings, panels=[a_map(over=slow)]).remarks
    assert any(f"no run of the map {remark} in" in it for it in remarks)


def test_the_order_of_settings_is_that_of_the_axes_and_stays_so() -> None:
    turned = {name: RATES[name] for name in reversed(RATES)}
    scenes = [a_scene(optimizers=[PLAIN], panels=[a_map(over=it)]) for it in (RATES, turned)]
    assert scenes[0].canonical() != scenes[1].canonical()
    for scene in scenes:
        again = type(scene).model_validate(scene.canonical())
        assert again == scene
    assert view_of(a_map(over=turned)).names == ("momentum", "learning rate")


@pytest.mark.parametrize(
    ("settings", "place", "words"),
    [
        ({"of": "plan"}, "of", "no run here is called 'plan'; did you mean 'plain'?"),
        ({"over": {"learning_rate": [0.1, 1]}}, "over", "two settings"),
        ({"over": "momentum"}, "over", "must be starts, or two settings"),
        (
            {"over": {"learning_rate": 0.1, "momentum": [0, 0.9]}},
            "over",
            "learning_rate must have a range, two numbers of which the first is lower: [0.001, 1]",
        ),
        ({"samples": 1}, "samples", "must be 2 to 512 cells, in both directions or in each"),
        ({"samples": [3, 4, 5]}, "samples", "[64, 48]"),
        ({"samples": True}, "samples", "must be 2 to 512 cells"),
        (
            {"over": {"lr": [0.1, 1], "momentum": [0, 0.9]}},
            "over",
            "'lr' is none of its settings: sgd; did you mean 'learning_rate'?",
        ),
        (
            {"over": {"learning_rate": [0.1, 1], "nesterov": [0, 1]}},
            "over",
            "'nesterov' is not one number",
        ),
        (
            {"over": {"learning_rate": [0.1, 1], "momentum": [0, 2]}},
            "over",
            "momentum: Input should be less than 1 (got 1.8)",
        ),
        (
            {"over": {"learning_rate": [0, 1], "momentum": [0, 0.9]}, "scale": ["log", "auto"]},
            "scale",
            "a logarithmic scale begins above 0 (learning_rate begins at 0)",
        ),
        ({"limits": [[0, 1], [0, 1]]}, "limits", "are of starts"),
    ],
)
def test_what_there_is_not_is_told(settings: dict[str, Any], place: str, words: str) -> None:
    where, told = message(a_map(**settings))
    assert where == place
    assert words in told


def test_starts_need_two_variables() -> None:
    where, told = message({"kind": "map"}, objective="x**2", start=1)
    assert (where, "write over: {learning_rate" in told) == ("over", True)


class Own:
    """A rule of Python's."""

    def init(self, _: Any) -> Any:
        return {}

    def update(self, gradients: Any, state: Any, _: Any) -> Any:
        return -0.1 * gradients, state


def test_an_object_of_python_cannot_have_many_settings_and_who_can_is_told() -> None:
    where, told = message(a_map(), optimizers=[Own(), PLAIN])
    assert where == "kind"
    assert "plain can" in told


def test_a_map_without_optimizers_is_told() -> None:
    scene = a_scene(optimizers=[PLAIN], panels=[a_map()])
    with pytest.raises(ArraysError, match="of its own"):
        scene.panels[0].look(scene.objective, simulate(scene))


def test_a_map_that_would_take_for_ever_is_refused() -> None:
    scene = a_scene(optimizers=[PLAIN], panels=[a_map(samples=512, steps=10_000)]).canonical()
    with pytest.raises(ValidationError, match="10000 steps x 262144 runs would take about"):
        Scene.model_validate(scene, context={"budget": Budget(seconds=10)})


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("adam", "write over: {learning_rate: [0.001, 1], beta_1: [0, 0.99]}"),
        ("sgd", "write over: {learning_rate: [0.001, 1], momentum: [0, 0.99]}"),
        ("rprop", "write over: {learning_rate: [0.001, 1], minimum_step: [0, 0.99]}"),
        ("bfgs", "and bfgs has no two settings to vary"),
    ],
)
def test_where_starts_fill_no_plane_settings_are_proposed_that_there_are(
    name: str, words: str
) -> None:
    optimizer = {"name": name, "learning_rate": 0.1}
    place, told = message({"kind": "map"}, objective="x**2", start=3, optimizers=[optimizer])
    assert place == "over"
    assert words in told


def named_in(film: Film) -> dict[str, Any]:
    handles, names = film.figure.axes[0].get_legend_handles_labels()
    return dict(zip(names, handles, strict=True))


def test_the_legend_says_what_is_true_at_every_step() -> None:
    panel = a_map(tolerance=1e-9)
    assert {*named_in(a_film(steps=10, optimizers=[PLAIN], panels=[panel]))} == {
        "not converged",
        "diverges",
    }


def test_where_nothing_diverges_the_legend_says_that_it_stays() -> None:
    panel = a_map(shows="diverged", over={"learning_rate": [0.1, 0.5], "momentum": [0, 0.5]})
    assert {*named_in(a_film(optimizers=[PLAIN], panels=[panel]))} == {"stays"}


@pytest.mark.parametrize("theme", ["light", "dark", "paper", "article"])
def test_what_diverges_and_what_has_not_converged_are_told_apart_without_colours(
    theme: str,
) -> None:
    panel = a_map(tolerance=1e-9)
    film = a_film(steps=10, optimizers=[PLAIN], panels=[panel], theme=theme)
    named = named_in(film)
    lost, still = named["diverges"], named["not converged"]
    assert contrast(to_hex(lost.get_edgecolor()), to_hex(still.get_facecolor())) > 3
