"""What contour shows beside its lines: arrows, marks, basins, a bar, an inset, a moving view."""

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pydantic import ValidationError

from visualize import Film, Scene, compose, simulate
from visualize.film.names import Name
from visualize.landscapes import basins
from visualize.landscapes.levels import refined
from visualize.panels._contour import scenery
from visualize.panels._contour.by_minimum import shares_in_words
from visualize.panels._contour.camera import Zoom
from visualize.panels.contour import Contour
from visualize.panels.panel import Surroundings

BOWL: dict[str, Any] = {
    "objective": "x**2/20 + y**2",
    "start": [-7, 2],
    "steps": 8,
    "optimizers": [{"name": "sgd", "learning_rate": 0.4, "momentum": 0.8, "label": "Momentum"}],
}
WELLS: dict[str, Any] = {
    "objective": "(x**2 - 1)**2 + y**2",
    "start": {"grid": [6, 5]},
    "steps": 30,
    "optimizers": [{"name": "sgd", "learning_rate": 0.05}],
}
WELLS_GRID = {**WELLS, "start": [[x / 2, y / 2] for x in (-3, -2, 2, 3) for y in range(-3, 4)]}


def a_scene(base: dict[str, Any] = BOWL, more: dict[str, Any] | None = None, **panel: Any) -> Scene:
    frames = {"size": [160, 100], "pace": "even"}
    panels = [{"kind": "contour", "samples": 41, **panel}]
    return Scene.model_validate({**base, "panels": panels, "frames": frames, **(more or {})})


def seen(base: dict[str, Any] = BOWL, **panel: Any) -> Any:
    """Return the view of a scene's panel."""
    scene = a_scene(base, **panel)
    makers = {run.label: run.source for run in scene.runs}
    around = Surroundings(problem=scene.problem, optimizers=makers)
    return scene.panels[0].look_for(scene.objective, simulate(scene), around)


def a_film(base: dict[str, Any] = BOWL, more: dict[str, Any] | None = None, **panel: Any) -> Film:
    scene = a_scene(base, more, **panel)
    return compose(scene, simulate(scene))


def mistake(base: dict[str, Any] = BOWL, **panel: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        a_scene(base, **panel)
    [error] = caught.value.errors()
    return f"{error['loc'][2]}: {error['msg']}"


def labels(axes: Axes) -> list[str]:
    return axes.get_legend_handles_labels()[1]


def shown_axes(figure: Figure) -> Axes:
    return figure.axes[0]


@pytest.fixture(autouse=True)
def _few_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(basins, "ACROSS", 40)


# Arrows


def test_arrows_are_what_the_gradient_asks_and_the_step_that_is_done() -> None:
    view = seen(arrows=True)
    [(label, arrows)] = view.arrows.items()
    points = view.series[label]
    # They are drawn as long as they are: a step ends where the next begins.
    np.testing.assert_allclose(arrows[1, :-1], np.diff(points, axis=0), atol=0.2)
    np.testing.assert_allclose(arrows[1, 0], points[1] - points[0])
    asked = -0.4 * np.stack([points[..., 0] / 10, 2 * points[..., 1]], axis=-1)
    np.testing.assert_allclose(arrows[0, 0], asked[0])


@pytest.mark.parametrize("rate", [1e-6, 0.4, 3.0, 1e30])
@pytest.mark.parametrize("camera", [None, "follow", {"zoom": [[0, 1], [8, 50]]}])
def test_arrows_never_leave_the_axes(rate: float, camera: Any) -> None:
    optimizers = [{"name": "sgd", "learning_rate": rate, "momentum": 0.9}]
    view = seen({**BOWL, "optimizers": optimizers}, arrows="parts", camera=camera)
    heads = Contour(camera=camera).seen(view).series["sgd"]
    times = view.windows[:, 2, None, None] if len(view.windows) else 1.0
    low, high = np.transpose(view.limits)
    for arrow in view.arrows["sgd"]:
        tips = heads + times * arrow
        inside = ((heads >= low) & (heads <= high)).all(axis=-1)
        assert ((tips >= low) & (tips <= high)).all(axis=-1)[inside].all()
        assert np.isfinite(arrow).all()


def test_the_parts_of_a_step_add_up_head_to_tail() -> None:
    film = a_film(arrows="parts")
    assert {"carried over", "gradient adds", "step"} <= {*labels(shown_axes(film.figure))}


def test_of_a_rule_that_carries_nothing_there_are_no_parts() -> None:
    adagrad = [{"name": "adagrad", "learning_rate": 1.0}]
    film = a_film({**BOWL, "optimizers": adagrad}, arrows="parts")
    assert "carried over" not in labels(shown_axes(film.figure))


def test_decay_is_a_part_of_its_own() -> None:
    sgd = {"name": "sgd", "learning_rate": 0.3, "momentum": 0.8, "weight_decay": 0.3}
    base = {**BOWL, "optimizers": [sgd]}
    carried, held = seen(base, arrows="parts").arrows["sgd"][2:, 0]
    assert not carried.any()
    assert held.any()
    film = a_film(base, arrows="parts")
    assert {"carried over", "decay", "gradient adds"} <= {*labels(shown_axes(film.figure))}
    plain = a_film({**BOWL, "optimizers": [{**sgd, "momentum": 0.0}]}, arrows="parts")
    assert "carried over" not in labels(shown_axes(plain.figure))
    assert "decay" in labels(shown_axes(plain.figure))


def test_recorded_runs_have_arrows_of_their_steps_and_gradients() -> None:
    scene = a_scene(arrows=True)
    view: Any = scene.panels[0].look(scene.objective, simulate(scene))
    assert np.abs(view.arrows["Momentum"][:2]).max(axis=(1, 2, 3)).min() > 0


def test_a_swarm_has_no_arrows_and_that_is_told() -> None:
    film = a_film({**WELLS, "objective": "himmelblau"}, arrows=True)
    assert film.remarks == ("arrows are drawn of runs with at most 20 starts",)


def test_a_field_points_down() -> None:
    view = seen(field=True)
    x, y, across, up = view.downhill.reshape(-1, 4).T
    middle = x + across / 2, y + up / 2
    assert (across * middle[0] / 10 + up * 2 * middle[1] < 0).all()


# What is marked, and written beside


def test_saddles_and_maxima_have_marks_and_names() -> None:
    film = a_film({**WELLS, "start": [0.5, 1]}, saddles=True)
    assert "saddle" in labels(shown_axes(film.figure))
    hill = {**BOWL, "objective": "exp(-x**2 - y**2)", "start": [1, 1]}
    assert "maximum" in labels(shown_axes(a_film(hill, saddles=True, limits=[[-2, 2]] * 2).figure))


def test_values_stand_beside_minima_local_ones_too() -> None:
    tilted = {**WELLS, "objective": "(x**2 - 1)**2 + 0.1*x + y**2", "start": [0.5, 1]}
    large = {"frames": {"size": [640, 360]}}
    film = a_film(tilted, large, minimum_values=True, limits=[[-2, 2]] * 2)
    words = [it for it in shown_axes(film.figure).texts if "f =" in it.get_text()]
    texts = [it.get_text().replace("\N{MINUS SIGN}", "-") for it in words]
    assert texts == ["f = -0.101", "f = 0.0994"]
    one, other = (it.get_window_extent() for it in words)
    assert not one.overlaps(other)


def test_values_of_minima_lie_above_a_swarm() -> None:
    swarm = {**BOWL, "start": {"grid": [6, 6]}, "objective": "himmelblau"}
    axes = shown_axes(a_film(swarm, {"frames": {"size": [480, 300]}}, minimum_values=True).figure)
    words = [it for it in axes.texts if "f =" in it.get_text()]
    heads = [line for line in axes.lines if len(np.atleast_1d(line.get_xdata())) == 36]
    assert heads
    assert min(it.zorder for it in words) > max(it.zorder for it in heads)


def test_local_minima_of_test_functions_have_values_too() -> None:
    camel = {**BOWL, "objective": "six_hump_camel", "start": [1.0, 0.5]}
    assert len(seen(camel, minimum_values=True, limits=[[-2, 2], [-1, 1]]).minima) == 6
    assert len(seen(camel, limits=[[-2, 2], [-1, 1]]).minima) == 2


@pytest.mark.parametrize("settings", [{}, {"filled": False}, {"levels": [1, 2, 3]}])
def test_a_bar_says_what_colours_and_lines_mean(settings: dict[str, Any]) -> None:
    film = a_film(BOWL, {"frames": {"size": [480, 300]}}, colorbar=True, **settings)
    [bar] = shown_axes(film.figure).child_axes
    numbers = [float(it.get_text()) for it in bar.get_yticklabels()]
    assert numbers == sorted(numbers)
    assert len(numbers) >= 3
    assert bar.bbox.height == pytest.approx(shown_axes(film.figure).bbox.height, rel=1e-3)


# Minima and who reaches them


def test_each_start_has_the_colour_of_the_minimum_that_it_ends_in() -> None:
    view = seen(WELLS_GRID, color_by="minimum")
    starts = view.series["sgd"][0]
    ends = view.minima[view.reached["sgd"], 0]
    np.testing.assert_array_equal(np.sign(starts[:, 0]), np.sign(ends))


def test_the_legend_says_how_many_end_where() -> None:
    film = a_film(WELLS_GRID, {"frames": {"size": [480, 300]}}, color_by="minimum")
    names = [it.replace("\N{MINUS SIGN}", "-") for it in labels(shown_axes(film.figure))]
    assert sorted(names) == ["(-1, 0)  50 %", "(1, 0)  50 %"]


def test_those_that_end_nowhere_are_told() -> None:
    film = a_film({**WELLS_GRID, "steps": 1}, color_by="minimum")
    assert "elsewhere: 86 %" in labels(shown_axes(film.figure))


TWO = [
    {"name": "sgd", "learning_rate": 0.1, "label": "plain"},
    {"name": "adam", "learning_rate": 0.1},
]


def legend_of(film: Any) -> list[str]:
    return [text.get_text() for it in film.figure.legends for text in it.get_texts()]


@pytest.mark.parametrize("panel", [{}, {"each": "optimizer"}])
def test_of_several_runs_the_legend_names_the_minima_once(panel: dict[str, Any]) -> None:
    settings = {"frames": {"size": [480, 300]}, "optimizers": TWO}
    film = a_film(WELLS_GRID, settings, color_by="minimum", **panel)
    names = [it.replace("\N{MINUS SIGN}", "-") for it in legend_of(film)]
    assert sorted(names) == ["(-1, 0)", "(1, 0)", "elsewhere"]


def test_where_another_panel_has_the_colours_of_runs_the_legend_names_them() -> None:
    panels = [{"kind": "contour", "color_by": "minimum", "samples": 41}, "values"]
    frames = {"size": [480, 300], "pace": "even"}
    scene = Scene.model_validate(
        {**WELLS_GRID, "panels": panels, "frames": frames, "optimizers": TWO}
    )
    assert {"plain", "adam"} <= {*legend_of(compose(scene, simulate(scene)))}


@pytest.mark.parametrize("color_by", ["minimum", "run"])
def test_a_name_at_a_head_has_no_colour_that_is_not_the_heads(color_by: str) -> None:
    settings = {"frames": {"size": [480, 300]}, "optimizers": TWO, "legend": "ends"}
    film = a_film({**WELLS, "start": [0.5, 0.5]}, settings, color_by=color_by)
    names = film.figure.findobj(Name)
    colors = {name.get_color() for name in names}
    assert len(names) == 2
    assert len(colors) == (1 if color_by == "minimum" else 2)
    assert (colors == {film.scene.look.ink}) == (color_by == "minimum")


def test_a_small_picture_has_no_captions_and_no_colour_bars() -> None:
    rosenbrock = {**BOWL, "objective": "x**2 + y**2 + z**2", "start": [1, 2, 3]}
    film = a_film(rosenbrock, colorbar=True)
    axes = shown_axes(film.figure)
    assert not axes.child_axes
    assert not axes.get_title(loc="left")


def test_basins_are_those_of_the_run_that_is_named() -> None:
    two = [*WELLS["optimizers"], {"name": "sgd", "learning_rate": 3.0, "label": "wild"}]
    base = {**WELLS, "optimizers": two, "start": [0.5, 1]}
    assert [*seen(base, basins=True).basins] == ["sgd"]
    [(label, reached)] = seen(base, basins="wild").basins.items()
    assert label == "wild"
    assert (reached == -1).mean() > 0.5


def test_small_multiples_have_the_basins_of_each() -> None:
    two = [*WELLS["optimizers"], {"name": "adam", "learning_rate": 0.1}]
    scene = a_scene({**WELLS, "optimizers": two, "start": [0.5, 1]}, basins=True)
    makers = {run.label: run.source for run in scene.runs}
    around = Surroundings(problem=scene.problem, optimizers=makers, groups=[["sgd"], ["adam"]])
    view: Any = scene.panels[0].look_for(scene.objective, simulate(scene), around)
    assert [*view.basins] == ["sgd", "adam"]


# A view that moves, and an inset


def test_a_zoom_is_smooth_between_its_steps() -> None:
    zoom = Zoom.model_validate({"zoom": [[0, 1], [60, 8]]})
    times = np.array([zoom.at(row) for row in np.linspace(-5, 70, 151)])
    assert times[0] == 1
    assert times[-1] == pytest.approx(8)
    assert zoom.at(30) == pytest.approx(8**0.5)
    assert (np.diff(times) >= 0).all()
    assert np.max(times[1:] / times[:-1]) < 1.05


def test_a_camera_comes_nearer_to_the_minimum_where_the_first_run_ends() -> None:
    film = a_film(camera={"zoom": [[0, 1], [8, 10]]})
    axes = shown_axes(film.figure)
    film.picture(0)
    whole = np.ptp(axes.get_xlim())
    film.picture(film.frames - 1)
    assert whole / np.ptp(axes.get_xlim()) == pytest.approx(10)
    assert np.mean(axes.get_xlim()) == pytest.approx(0, abs=1e-6)
    assert not len(axes.get_xticks())


def test_there_are_lines_however_near_and_they_are_the_same() -> None:
    view = seen(camera={"zoom": [[0, 1], [8, 1000]]})
    scales = 10
    assert {name.partition("/")[0] for name in view.nearer} == {*map(str, range(1, scales + 1))}
    levels = view.levels
    for number in range(1, scales + 1):
        finer = view.nearer[f"{number}/levels"]
        values = view.nearer[f"{number}/values"]
        assert np.count_nonzero((finer > values.min()) & (finer < values.max())) >= 7
        kept = levels[(levels > values.min()) & (levels < values.max())]
        assert all(np.isclose(finer, level, rtol=1e-9).any() for level in kept)
        levels = finer


def test_levels_between_levels_are_even_in_the_root_of_the_height() -> None:
    levels = refined(np.array([1.0, 4.0, 9.0]), 0.0, (0.5, 5.0), 4)
    np.testing.assert_allclose(np.sqrt(levels), [0.75, 1.0, 1.25, 1.5, 1.75, 2.0])


def test_a_camera_that_follows_keeps_all_heads_in_view() -> None:
    long = {**BOWL, "objective": "rosenbrock", "start": [-1.5, 2], "steps": 100}
    long["optimizers"] = [{"name": "adam", "learning_rate": 0.05}]
    view = seen(long, camera="follow")
    [heads] = Contour(camera="follow").seen(view).series.values()
    low, high = np.transpose(view.limits)
    assert ((heads > low) & (heads < high)).all()
    assert np.ptp(view.windows[:, 2]) == 0
    assert view.windows[0, 2] > 1.5
    turns = np.abs(np.diff(view.windows[:, :2], 2, axis=0)).max()
    assert turns < 0.02 * np.abs(np.diff(view.limits)).max()


def test_the_pace_of_a_film_sees_what_the_camera_sees() -> None:
    view = seen(camera={"zoom": [[0, 1], [8, 10]]})
    panel = Contour.model_validate({"camera": {"zoom": [[0, 1], [8, 10]]}})
    assert len(panel.pacing(view).series) == 1 + 4  # doublings
    still = seen()
    assert Contour().pacing(still) is still


def test_an_inset_shows_what_is_around_a_point_in_a_free_corner() -> None:
    film = a_film(inset={"at": [1, 0], "zoom": 4})
    axes, inset = film.figure.axes
    film.picture(film.frames - 1)
    assert np.mean(inset.get_xlim()) == pytest.approx(1)
    scale = inset.bbox.width / np.ptp(inset.get_xlim())
    assert scale / (axes.bbox.width / np.ptp(axes.get_xlim())) == pytest.approx(4, rel=0.15)
    assert axes.bbox.contains(inset.bbox.x0, inset.bbox.y0)
    assert axes.bbox.contains(inset.bbox.x1, inset.bbox.y1)


def test_an_inset_looks_by_itself_where_the_first_run_ends() -> None:
    view = seen(inset=True)
    middle = view.inset["window"].mean(axis=1)
    np.testing.assert_allclose(middle, view.series["Momentum"][-1, 0])


# What cannot be


@pytest.mark.parametrize(
    ("panel", "words"),
    [
        ({"arrows": "part"}, "arrows: must be true, false or parts (got 'part')"),
        ({"basins": "momentun"}, "there is no run 'momentun'; did you mean 'Momentum'?"),
        ({"basins": 3}, "must be true, false or the name of a run (got 3)"),
        ({"basins": True, "filled": True}, "either heights or basins; leave out filled"),
        ({"camera": 8}, "write camera: follow, or camera: {zoom: [[0, 1], [60, 8]]}"),
        ({"camera": {"zoom": 8}}, "write zoom: [[0, 1], [60, 8]]"),
        ({"camera": {"zoom": [[5, 1], [3, 8]]}}, "the steps must rise (got 5, 3)"),
        ({"inset": 4}, "write inset: {zoom: 4}"),
        ({"inset": [0, 1]}, "write inset: {at: [0, 1]}"),
        ({"quiver": True}, "did you mean 'field'?"),
        ({"zoom": 3}, "write camera: {zoom: [[0, 1], [60, 8]]}, or inset: {zoom: 8}"),
    ],
)
def test_a_mistake_is_answered(panel: dict[str, Any], words: str) -> None:
    assert words in mistake(**panel)


@pytest.mark.parametrize("setting", ["saddles", "minimum_values", "basins", "color_by"])
def test_in_a_plane_of_three_variables_some_of_it_has_no_meaning(setting: str) -> None:
    three = {**BOWL, "objective": "x**2 + y**2 + z**2", "start": [1, 2, 3]}
    value = "minimum" if setting == "color_by" else True
    assert "not in a plane of 3; arrows, field, camera and inset can be" in mistake(
        three, **{setting: value}
    )


@pytest.mark.parametrize(
    ("there", "of", "words"),
    [
        (0, 1000, ["0 %", "100 %"]),
        (1, 1000, ["< 1 %", "> 99 %"]),
        (10, 1000, ["1 %", "99 %"]),
        (996, 1000, ["> 99 %", "< 1 %"]),
        (1000, 1000, ["100 %", "0 %"]),
        (20, 20, ["20 of 20", "0 of 20"]),
    ],
)
def test_all_and_none_are_only_said_of_all_and_none(there: int, of: int, words: list[str]) -> None:
    ends = np.where(np.arange(of) < there, 0, -1).astype(np.int16)
    assert shares_in_words({"a": ends}, 1) == words


def test_basins_of_fewer_steps_than_the_scene_has_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scenery, "SECONDS", 1e-9)
    slow = {"name": "sgd", "learning_rate": 1e-4}
    more = {"steps": 450, "start": [1, 1], "optimizers": [slow]}
    panel: dict[str, Any] = {"basins": True, "limits": [[-2, 2], [-1, 1]]}
    words = "the basins of 'sgd' are those after 400 steps"
    assert any(words in it for it in a_film({**WELLS, **more}, **panel).remarks)
    monkeypatch.setattr(scenery, "SECONDS", 4.0)
    assert not any(words in it for it in a_film({**WELLS, **more}, **panel).remarks)


def test_parts_of_steps_are_of_rules_that_can_be_asked_again() -> None:
    base = {**BOWL, "optimizers": [{"name": "bfgs"}]}
    assert "not known of 'bfgs', which searches; write" in mistake(base, arrows="parts")
    both = [{"name": "sgd", "learning_rate": 0.1}, {"name": "ftrl", "learning_rate": 0.1}]
    words = mistake({**BOWL, "optimizers": both}, arrows="parts")
    assert "of 'ftrl', which solves for its points anew" in words
    assert "(of 'sgd' they are); write arrows: true" in words


@pytest.mark.parametrize(
    ("panel", "words"),
    [
        ({"camera": {"zoom": [[0, 1], [60, 8]]}}, "camera: step 60 is beyond the last one, 8"),
        ({"inset": {"at": [90, 0]}}, "inset: what it looks at is outside of the picture"),
    ],
)
def test_what_is_never_seen_is_told(panel: dict[str, Any], words: str) -> None:
    assert words in a_film(**panel).remarks


@pytest.mark.parametrize("waves", ["sin(5*x)*sin(5*y)", "sin(20*x)*sin(20*y)"])
def test_of_many_saddles_none_is_marked_and_it_is_told(waves: str) -> None:
    base = {**BOWL, "objective": waves, "start": [0.1, 0.1], "steps": 1}
    base["optimizers"] = [{"name": "sgd", "learning_rate": 1e-3}]
    film = a_film(base, saddles=True, limits=[[-5, 5], [-5, 5]])
    assert "there are more than 60 saddle points and maxima: none is marked" in film.remarks
    assert not {"saddle", "saddle point", "maximum"} & {*labels(shown_axes(film.figure))}


@pytest.mark.parametrize("objective", ["x**2 + y**2", "x + y", "0*x + 0*y", "log(x) + y"])
@pytest.mark.parametrize("rate", [0.1, 1e200])
def test_all_of_it_can_be_drawn_of_anything(objective: str, rate: float) -> None:
    base = {**BOWL, "objective": objective, "start": [1, 2], "steps": 3}
    base["optimizers"] = [{"name": "sgd", "learning_rate": rate}]
    panel = {"arrows": "parts", "field": True, "colorbar": True, "inset": True, "saddles": True}
    panel |= {"camera": "follow", "minimum_values": True, "color_by": "minimum"}
    film = a_film(base, {"frames": {"size": [80, 60]}}, **panel)
    film.picture(film.frames - 1)
