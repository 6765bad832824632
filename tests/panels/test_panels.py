"""Panels: each kind draws everything that it says it shows, whatever its settings."""

import io
import subprocess
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from pydantic import ValidationError

import visualize.panels.panel
from tests.conftest import ROOT, SCENES
from visualize import Film, History, Scene, Trajectory, compose, read_scene, simulate
from visualize.declare.descriptions import describe_all
from visualize.errors import ArraysError
from visualize.film.layout import expected_shape
from visualize.history.recording import RecordedRun
from visualize.landscapes.grid import grid
from visualize.landscapes.limits import SHAPE
from visualize.looks.style import Style, default_font_size
from visualize.looks.themes import THEMES
from visualize.objectives._test_functions import TEST_FUNCTIONS
from visualize.optimizers.optimizer import Optimizer
from visualize.panels._steps import OverSteps
from visualize.panels.panel import PANELS, Panel, Surroundings, View

SGD = [{"name": "sgd", "learning_rate": 0.001}]
FAST = [{"name": "sgd", "learning_rate": 0.4}]
OTHER: dict[str, dict[str, Any]] = {
    "x**2 in one": {"objective": "x**2", "start": 1.0, "optimizers": FAST},
    "a curve with a local minimum": {
        "objective": "x - x**3",
        "start": -1.0,
        "optimizers": [{"name": "sgd", "learning_rate": 0.1}],
    },
    "a pole": {"objective": "1/x", "start": 1.0},
    "a kink": {"objective": "abs(x) + abs(y)", "start": [1.0, 2.0]},
    "a hole": {"objective": "log(x) + y", "start": [2.0, 1.0]},
    "a flat place": {"objective": "max(x, 0)*max(y, 0) + 0*x", "start": [-2.0, -1.0]},
    "a plane": {"objective": "x + y", "start": [1.0, 2.0]},
    "one of one thing": {"objective": "x**2 + 0*y", "start": [1.0, 1.0]},
    "large numbers": {"objective": "1e12*x**2 + 1e-3*y**2", "start": [1.0, 1.0]},
    "three variables": {"objective": "x**2 + y**2 + z**2", "start": [1.0, 2.0, 3.0]},
    "ten variables": {
        "objective": "+".join(f"x{i}**2" for i in range(1, 11)),
        "start": [float(i) for i in range(10)],
    },
    "several starts": {"objective": "x**2 + y**2", "start": [[1.0, 2.0], [-3.0, 0.5]]},
    "many starts": {"objective": "himmelblau", "start": {"grid": [5, 5]}},
    "at the minimum already": {"objective": "x**2 + y**2", "start": [0.0, 0.0]},
    "no steps": {"objective": "x**2 + y**2", "start": [1.0, 2.0], "steps": 0},
    "divergence": {
        "objective": "x**2 + y**2",
        "start": [1.0, 2.0],
        "optimizers": [{"name": "sgd", "learning_rate": 1e200}],
    },
}
FLATS = {"data": str(ROOT / "scenes" / "flats.csv"), "features": ["area"]}
DATA: dict[str, dict[str, Any]] = {
    "a line": {"objective": {"regression": FLATS}},
    "a line, by batches": {"objective": {"regression": {**FLATS, "batch_size": 8}}},
    "a logistic curve": {
        "objective": {
            "regression": {"data": str(ROOT / "scenes" / "exam.csv"), "model": "logistic"}
        },
        "start": [-2.0, 2.0],
    },
    "a network": {"objective": {"regression": {**FLATS, "mlp": {"hidden": [2]}}}},
    "lines of several starts": {
        "objective": {"regression": {**FLATS, "batch_size": 7}},
        "start": [[1.0, 2.0], [-3.0, 0.5]],
    },
    "a line that is lost": {
        "objective": {"regression": FLATS},
        "optimizers": [{"name": "sgd", "learning_rate": 1e200}],
    },
}
"""With a panel of the data that a model is fitted to."""


def a_scene(**settings: Any) -> Scene:
    frames = {"size": [160, 100], "pace": "even", **settings.pop("frames", {})}
    plain: dict[str, Any] = {"steps": 5, "optimizers": SGD, "frames": frames}
    return Scene.model_validate(plain | settings)


def a_film(**settings: Any) -> Film:
    scene = a_scene(**settings)
    return compose(scene, simulate(scene))


def of_a_test_function(name: str) -> dict[str, Any]:
    start = [low + 0.3 * (high - low) for low, high in TEST_FUNCTIONS[name].domain]
    return {"objective": name, "start": start}


OBJECTIVES = {name: of_a_test_function(name) for name in TEST_FUNCTIONS} | OTHER | DATA


def a_panel(kind: str, name: str) -> dict[str, Any]:
    """Return a panel that shows an objective, as small as can be."""
    if kind != "map":
        return {"kind": kind}
    over = {} if dimension(OBJECTIVES[name]) == 2 else RATES
    return {"kind": kind, "samples": 6, **over}


@cache
def shared_film(kind: str, name: str) -> Film:
    """Return the film of an objective in one panel; tests that use it change nothing in it."""
    return a_film(**OBJECTIVES[name], panels=[a_panel(kind, name)])


def seen(scene: Scene, shape: float = SHAPE) -> list[View]:
    """Return what the panels of a scene see."""
    history = simulate(scene)
    made = {run.label: run.source for run in scene.runs if isinstance(run.source, Optimizer)}
    around = Surroundings(shape, scene.problem if made else None, made)
    return [panel.look_for(scene.objective, history, around) for panel in scene.panels]


def dimension(settings: dict[str, Any]) -> int:
    if "start" not in settings:
        return a_scene(**settings).objective.dimension
    if settings["objective"] in list(TEST_FUNCTIONS):
        return len(TEST_FUNCTIONS[settings["objective"]].domain)
    start = settings["start"]
    first = start[0] if isinstance(start, list) else start
    if isinstance(first, list):
        return len(first)
    return len(start) if isinstance(start, list) else 1


OF_COORDINATES = ("state", "learning_rates")
SWARMS = ("several starts", "many starts", "lines of several starts")
SOME = (
    *("x**2 in one", "a hole", "a plane", "several starts", "at the minimum already", "no steps"),
    *("divergence", "three variables", "a line, by batches"),
)
RATES = {"over": {"learning_rate": [0.0001, 1], "momentum": [0.1, 0.9]}}
PAIRS = [
    (kind, name)
    for kind in PANELS.names()
    for name, settings in OBJECTIVES.items()
    if dimension(settings) in PANELS.load(kind).shows
    and not (kind in OF_COORDINATES and name in {"ten variables", "a network"})  # too many lines
    and (kind in {"contour", "curve"} or name in {*OTHER, *DATA, "rosenbrock"})
    and (kind != "histogram" or name in SWARMS)
    and (kind not in {"steps", "learning_rates", "map"} or name in SOME)
    and not (kind == "fit" and name not in DATA)
]
"""Every kind of panel with every objective that it shows; of those over steps some are enough."""

A_FEW = [
    (kind, name)
    for kind, name in PAIRS
    if name in {*OTHER, *DATA}
    and (name in SOME or kind in {"contour", "curve", "surface", "fit", "histogram"})
]

every_kind = pytest.mark.parametrize("kind", PANELS.names())


# What all of them do


@pytest.mark.parametrize(("kind", "name"), PAIRS)
def test_it_sees_what_it_says_it_shows(kind: str, name: str) -> None:
    [view] = seen(a_scene(**OBJECTIVES[name], panels=[a_panel(kind, name)]))
    for low, high in view.limits:
        assert -np.inf < low < high < np.inf


def it_draws_what_it_has_seen(film: Film) -> None:
    picture = film.picture(film.frames - 1)
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 5


@pytest.mark.parametrize(("kind", "name"), A_FEW)
def test_it_draws(kind: str, name: str) -> None:
    film = shared_film(kind, name)
    it_draws_what_it_has_seen(film)
    landscapes_have_a_frame_and_charts_are_open(film, kind)
    it_moves_the_same_artists_above_all_others(film)
    the_same_row_is_the_same_picture(film)


@every_kind
def test_it_shows_something(kind: str) -> None:
    assert len([pair for pair in PAIRS if pair[0] == kind]) >= 2


@every_kind
def test_its_name_is_the_files(kind: str) -> None:
    declared = PANELS.load(kind)
    assert issubclass(declared, Panel)
    assert declared().model_dump()["kind"] == kind
    assert declared.__module__ == f"visualize.panels.{kind}"
    assert declared.__name__.lower() == kind.replace("_", "")


def test_every_file_in_the_folder_is_a_kind() -> None:
    folder = Path(visualize.panels.panel.__file__).parent
    assert {*PANELS.names(), "panel"} == {file.stem for file in folder.glob("[!_]*.py")}


@every_kind
def test_its_file_and_its_settings_say_what_they_are(kind: str) -> None:
    assert PANELS.summary(kind).endswith(".")
    PANELS.load(kind)
    describe_all()
    for name, field in PANELS.load(kind).model_fields.items():
        assert name == "kind" or field.description, f"{kind}.{name} is not described"


@every_kind
def test_it_is_frozen_and_refuses_what_it_does_not_know(kind: str) -> None:
    panel: Any = PANELS.load(kind)()
    with pytest.raises(ValidationError, match="frozen"):
        panel.kind = kind
    with pytest.raises(ValidationError, match="unknown setting"):
        PANELS.load(kind).model_validate({"kind": kind, "no_such_thing": 1})


def test_importing_panels_loads_nothing_that_draws() -> None:
    lines = "\n".join(f"import visualize.panels.{kind}" for kind in PANELS.names())
    code = f"{lines}\nimport sys\nprint('matplotlib' in sys.modules, 'PIL' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]


FRAMED = ("contour", "map")


def landscapes_have_a_frame_and_charts_are_open(film: Film, kind: str) -> None:
    (axes,) = film.figure.axes
    sides = {side for side, spine in axes.spines.items() if spine.get_visible()}
    assert sides == {"left", "bottom", *(("top", "right") if kind in FRAMED else ())}


def it_moves_the_same_artists_above_all_others(film: Film) -> None:
    moving = film.draw(0)
    for frame in range(film.frames):
        assert [id(artist) for artist in film.draw(frame)] == [id(artist) for artist in moving]
    for axes in film.figure.axes:
        inside = {id(artist): artist.get_zorder() for artist in moving if artist.axes is axes}
        assert inside
        assert min(inside.values()) >= (9.8 if axes.images else 10)  # halos lie over images
        still = [child for child in axes.get_children() if id(child) not in inside]
        # Lines may rest above: they are drawn again with what moves.
        below = [child for child in still if type(child) is not Line2D]
        assert max(child.get_zorder() for child in below) < min(inside.values())


def the_same_row_is_the_same_picture(film: Film) -> None:
    last = film.frames - 1
    first = [film.picture(frame) for frame in (0, last // 2, last)]
    again = [film.picture(frame) for frame in (last, last // 2, 0)]
    for one, other in zip(first, reversed(again), strict=True):
        np.testing.assert_array_equal(one, other)


def options(annotation: Any) -> Iterator[Any]:
    """Yield the values of a Literal, also of one among several types."""
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    elif isinstance(annotation, types.UnionType) or get_origin(annotation) is not None:
        for part in get_args(annotation):
            yield from options(part)


GIVEN: dict[tuple[str, str], Sequence[Any]] = {
    ("contour", "limits"): [((-3.0, 4.0), (-2.0, 5.0)), ((1e-9, 2e-9), (-1.0, 1.0))],
    ("contour", "levels"): [1, 2, 200, (1.0,), (0.0, 2.0, 4.0), (-9.0, 1e9), (1e9,)],
    ("contour", "color"): ["red", "#1f77b4"],
    ("contour", "lines"): [True, False],
    ("contour", "filled"): [True, False],
    ("contour", "samples"): [2, 3, 400],
    ("contour", "inset"): [True, {"at": [1, 1], "zoom": 3}],
    ("curve", "limits"): [((-5.0, 5.0), (-5.0, 5.0)), ((1e-9, 2e-9), (0.0, 1.0))],
    ("curve", "samples"): [2, 3, 100_000],
    ("surface", "limits"): [((-3.0, 4.0), (-2.0, 5.0)), ((1e-9, 2e-9), (-1.0, 1.0))],
    ("surface", "azimuth"): [-90.0, 100.0],
    ("surface", "elevation"): [5.0, 85.0],
    ("surface", "turn"): [30.0, -400.0],
    ("surface", "samples"): [10, 41],
    ("values", "limits"): [(-1.0, 5.0), (1e-12, 1e12), (-5.0, -1.0)],
    ("values", "over"): ["steps", "evaluations"],
    ("state", "limits"): [(-1.0, 5.0), (1e-12, 1e12), (-5.0, -1.0)],
    ("state", "array"): ["velocity"],
    ("steps", "limits"): [(-1.0, 5.0), (1e-12, 1e12), (-5.0, -1.0)],
    ("learning_rates", "limits"): [(-1.0, 5.0), (1e-12, 1e12), (-5.0, -1.0)],
    ("histogram", "limits"): [(-1.0, 5.0), (1e-12, 1e12), (-5.0, -1.0)],
    ("histogram", "measure"): ["value", "gradient_norm", "distance", "x"],
    ("histogram", "bins"): [2, 500],
    ("map", "over"): ["starts", RATES["over"], [{"momentum": [0, 0.9]}, {"learning_rate": [1, 2]}]],
    ("map", "of"): ["sgd"],
    ("map", "samples"): [2, (3, 5), [5, 3]],
    ("map", "steps"): [1, 20],
    ("map", "tolerance"): [1e-9, 10.0],
    ("map", "limits"): [((-3.0, 4.0), (-2.0, 5.0)), ((1e-9, 2e-9), (-1.0, 1.0))],
    ("fit", "limits"): [((-3.0, 4.0), (-2.0, 5.0)), ((1e-9, 2e-9), (-1.0, 1.0))],
}
"""Values of the settings that are neither true or false nor one of some words."""


def changes(kind: str) -> Iterator[tuple[str, Any]]:
    for name, field in PANELS.load(kind).model_fields.items():
        if name == "kind":
            continue
        if isinstance(field.default, bool):
            yield name, not field.default
        elif (kind, name) in GIVEN:
            yield from ((name, value) for value in GIVEN[kind, name])
        elif name == "each":  # which all have
            yield name, "optimizer"
        elif words := list(options(field.annotation)):
            # Of many words, like the names of colormaps, some are enough.
            yield from ((field.alias or name, it) for it in words[:: len(words) // 4 or 1])
        else:
            yield name, None


CHANGES = [
    pytest.param(turn, kind, name, value, id=f"{kind}-{name}-{value}")
    for kind in PANELS.names()
    for turn, (name, value) in enumerate(changes(kind))
    if (kind, name) != ("map", "each")  # which it refuses
]
SHOWN = {
    1: OTHER["x**2 in one"],
    2: {"objective": "x**2/20 + y**2", "start": [-7.0, 2.0], "optimizers": FAST},
}
ALIKE = {"values", "state", "steps", "learning_rates", "histogram"}
"""Kinds that show one variable as they show two: each value with one of these, in turn."""
FILLED_TOO_WITH = {"levels", "lines", "colormap", "limits"}
"""Settings of the contour panel that matter for areas and for lines."""


@pytest.mark.parametrize(("turn", "kind", "name", "value"), CHANGES)
def test_it_draws_with_every_setting(turn: int, kind: str, name: str, value: Any) -> None:
    assert value is not None, f"give some values of {kind}.{name} in GIVEN"
    declared = PANELS.load(kind)
    shown = [SHOWN[n] for n in SHOWN if n in declared.shows]
    if kind in ALIKE:
        shown = [shown[turn % len(shown)]]
    for settings in [DATA["a line, by batches"], DATA["a network"]] if kind == "fit" else shown:
        few: dict[str, Any] = {"samples": 41} if "samples" in declared.model_fields else {}
        if kind == "map":
            plain = settings is SHOWN[2] and name != "scale"
            few = {"samples": 4, **({} if plain else RATES)}
            if settings is SHOWN[1] and name in {"over", "limits"}:
                continue  # it shows them of two variables
        if kind == "histogram":
            settings = settings | {"start": [[1.0, 2.0], [-3.0, 0.5], [4.0, 4.0]]}
            if settings["objective"] == SHOWN[1]["objective"]:
                settings = settings | {"start": [[1.0], [-3.0]]}
        for more in (
            [{}, {"filled": True}] if kind == "contour" and name in FILLED_TOO_WITH else [{}]
        ):
            panel = declared.model_validate({"kind": kind, **few, **more, name: value})
            film = a_film(**settings, panels=[panel], frames={"size": [96, 64]})
            film.picture(film.frames - 1)


# What it has seen


def test_every_view_of_every_scene_is_saved_as_plain_arrays() -> None:
    for path in SCENES:
        scene = read_scene(path)
        for view in seen(scene):
            arrays: dict[str, Any] = view.arrays
            content = io.BytesIO()
            np.savez(content, **arrays)
            content.seek(0)
            with np.load(content, allow_pickle=False) as loaded:
                assert {*loaded} == {*arrays}
                for name, array in arrays.items():
                    assert array.dtype != object, name
                    np.testing.assert_array_equal(loaded[name], array)
            series = [name for name in arrays if name.startswith("series/")]
            assert {name.partition("/")[2] for name in series} <= {run.label for run in scene.runs}
            assert series
            assert all(arrays[name].shape[-1] == 2 for name in series)


def around_of(axes: Axes) -> Surroundings:
    style = Style(THEMES["light"], {}, {}, {}, {}, default_font_size(160, 100))
    return Surroundings(expected_shape(axes, style))


@pytest.mark.parametrize(("kind", "name"), A_FEW)
def test_what_is_drawn_is_what_was_seen(kind: str, name: str) -> None:
    scene = a_scene(**OBJECTIVES[name], panels=[a_panel(kind, name)])
    [view] = seen(scene)
    (axes,) = shared_film(kind, name).figure.axes
    if kind == "map" and dimension(OBJECTIVES[name]) == 2:
        [view] = seen(scene, around_of(axes).shape)
    if kind == "contour":  # as wide as is needed for equal scales in these axes
        [view] = seen(scene, around_of(axes).shape)
        for (low, high), shown in zip(view.limits, (axes.get_xlim(), axes.get_ylim()), strict=True):
            assert shown[0] <= low
            assert high <= shown[1] < high + 0.1 * (high - low)
        view = replace(view, limits=(axes.get_xlim(), axes.get_ylim()))
    if kind == "surface":  # with space for the numbers around it
        view = scene.panels[0].look_for(scene.objective, simulate(scene), around_of(axes))
        for (low, high), shown in zip(view.limits, (axes.get_xlim(), axes.get_ylim()), strict=True):
            assert shown[0] <= low + 1e-9
            assert high <= shown[1] + 1e-9
        view = replace(view, limits=(axes.get_xlim(), axes.get_ylim()))
    if isinstance(view, OverSteps):  # with room for heads at the edges
        for (low, high), shown in zip(view.limits, (axes.get_xlim(), axes.get_ylim()), strict=True):
            assert shown[0] <= low + 1e-9 * abs(low)
            assert high <= shown[1] + 1e-9 * abs(high)
        view = replace(view, limits=(axes.get_xlim(), axes.get_ylim()))
    assert (axes.get_xlim(), axes.get_ylim()) == view.limits
    assert (axes.get_xscale(), axes.get_yscale()) == view.scales
    assert (axes.get_xlabel(), " ".join(axes.get_ylabel().split())) == view.names


def test_looking_loads_nothing_that_draws() -> None:
    code = (
        "import sys\n"
        "from visualize import read_scene, simulate\n"
        f"scene = read_scene({str(SCENES[0].parent / 'effective-rates.yaml')!r})\n"
        "history = simulate(scene)\n"
        "views = [panel.look(scene.objective, history) for panel in scene.panels]\n"
        "print(len(views), 'matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["2", "False"]


# The contour panel


def test_every_colormap_is_one_of_matplotlibs() -> None:
    assert {*options(PANELS.load("contour").model_fields["colormap"].annotation)} <= {*colormaps}


def drawn(settings: dict[str, Any], **panel: Any) -> Axes:
    film = a_film(**settings, panels=[{"kind": "contour", **panel}])
    film.picture(0)
    return film.figure.axes[0]


def contours(axes: Axes) -> list[ContourSet]:
    return [child for child in axes.get_children() if isinstance(child, ContourSet)]


def lines_of(axes: Axes) -> ContourSet:
    return next(contour for contour in contours(axes) if not contour.filled)


def values_in(axes: Axes, settings: dict[str, Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    points = np.stack(grid((axes.get_xlim(), axes.get_ylim()), 301), axis=-1)
    values = a_scene(**settings).objective.value(points)
    return values[np.isfinite(values)]


OF_TWO = [
    name
    for kind, name in PAIRS
    if kind == "contour" and dimension(OBJECTIVES[name]) == 2 and name != "a flat place"
]


FILLED_TOO = ["rosenbrock", "beale", "goldstein_price", "himmelblau", "easom", "a hole"]


@pytest.mark.parametrize("filled", [False, True])
@pytest.mark.parametrize("name", OF_TWO)
def test_levels_rise_between_the_lowest_and_the_highest_value(name: str, filled: bool) -> None:
    scene = a_scene(**OBJECTIVES[name], panels=[{"kind": "contour", "filled": filled}])
    arrays = scene.panels[0].look(scene.objective, simulate(scene)).arrays
    levels, values = arrays["levels"], arrays["values"]
    assert len(levels) >= 10
    assert (np.diff(levels) > 0).all()
    assert np.nanmin(values) < levels[0]
    assert levels[-1] < np.nanmax(values)


@pytest.mark.parametrize("name", FILLED_TOO)
def test_each_level_is_a_line_in_the_picture(name: str) -> None:
    lines = lines_of(drawn(OBJECTIVES[name], filled=True, lines=True))
    for level, pieces in zip(np.asarray(lines.levels), lines.allsegs, strict=True):
        assert any(len(piece) for piece in pieces), f"nothing is to be seen of {level}"


@pytest.mark.parametrize(
    "name", ["rosenbrock", "beale", "goldstein_price", "himmelblau", "sphere", "three_hump_camel"]
)
def test_levels_tell_flat_and_steep_places_apart(name: str) -> None:
    settings = OBJECTIVES[name]
    axes = shared_film("contour", name).figure.axes[0]
    levels = np.asarray(lines_of(axes).levels)
    values = values_in(axes, settings)
    shares = np.histogram(values, [-np.inf, *levels, np.inf])[0] / values.size
    assert shares.max() < 0.25
    below_the_middle = np.mean(values < levels[len(levels) // 2])
    assert 0.3 < below_the_middle < 0.85  # more lines for valleys


def test_the_levels_of_a_narrow_hole_lie_in_the_hole() -> None:
    levels = np.asarray(lines_of(drawn(OBJECTIVES["easom"])).levels)
    assert levels[0] < -0.9
    assert levels[-1] > -0.2


@pytest.mark.parametrize("count", [1, 5, 50])
def test_as_many_levels_are_drawn_as_are_asked_for(count: int) -> None:
    assert len(np.asarray(lines_of(drawn(SHOWN[2], levels=count)).levels)) == count


def test_the_levels_asked_for_are_the_levels_drawn() -> None:
    axes = drawn(SHOWN[2], levels=[8, 0, 2, 2, 4], limits=[[-10, 10], [-10, 10]])
    assert list(np.asarray(lines_of(axes).levels)) == [0, 2, 4, 8]


def test_the_areas_cover_everything_between_the_lowest_and_the_highest_value() -> None:
    axes = drawn(SHOWN[2], levels=[2, 4], filled=True, limits=[[-1, 1], [-3, 3]])
    areas = next(contour for contour in contours(axes) if contour.filled)
    edges = np.asarray(areas.levels)
    values = values_in(axes, SHOWN[2])
    assert edges[0] <= values.min()
    assert edges[-1] >= values.max()
    assert list(edges[1:-1]) == [2, 4]


@pytest.mark.parametrize("filled", [False, True])
@pytest.mark.parametrize(
    ("objective", "start"),
    [
        ("log(x) + y", [2.0, 1.0]),
        ("sqrt(x) + y**2", [0.5, 1.0]),
        ("1/(x**2 + y**2)", [1.0, 1.0]),
        ("exp(exp(x)) + y", [1.0, 1.0]),
        ("log(x) + log(y)", [1e-3, 1e-3]),
        ("sqrt(1e-9 - x**2) + y", [0.0, 1.0]),
    ],
)
def test_where_the_objective_has_no_value_nothing_is_drawn(
    objective: str, start: list[float], filled: bool
) -> None:
    panel = {"kind": "contour", "filled": filled, "limits": [[-4, 5], [-3, 3]]}
    film = a_film(objective=objective, start=start, panels=[panel])
    film.picture(film.frames - 1)
    for contour in contours(film.figure.axes[0]):
        assert np.isfinite(np.asarray(contour.levels)).all()


def test_an_objective_without_any_value_in_the_picture_is_an_empty_picture() -> None:
    panel = {"kind": "contour", "limits": [[-4, -3], [-3, 3]]}
    film = a_film(objective="log(x) + y", start=[2.0, 1.0], panels=[panel])
    film.picture(0)
    assert not contours(film.figure.axes[0])


def test_where_all_is_equally_high_no_level_is_drawn() -> None:
    for filled in (False, True):
        assert not contours(drawn(OTHER["a flat place"], filled=filled))


def test_with_equal_aspect_both_variables_have_one_scale() -> None:
    film = a_film(**SHOWN[2], panels=[{"kind": "contour", "aspect": "equal"}])
    film.picture(0)
    axes = film.figure.axes[0]
    unit = axes.transData.transform([(0, 0), (1, 1)])
    assert np.ptp(unit[:, 0]) == pytest.approx(np.ptp(unit[:, 1]))


@pytest.mark.parametrize("kind", ["contour", "curve"])
def test_limits_are_kept_to_the_letter(kind: str) -> None:
    settings = SHOWN[2] if kind == "contour" else SHOWN[1]
    film = a_film(**settings, panels=[{"kind": kind, "limits": [[-9, 3], [-1.5, 7]]}])
    film.picture(3)
    axes = film.figure.axes[0]
    assert (axes.get_xlim(), axes.get_ylim()) == ((-9, 3), (-1.5, 7))


def place_of(line: Line2D) -> np.ndarray[Any, np.dtype[np.float64]]:
    data: Any = line.get_data()
    return np.ravel(np.asarray(data, dtype=float))


def stars(axes: Axes) -> list[Line2D]:
    return [line for line in axes.get_lines() if "minimum" in str(line.get_label())]


def test_every_minimum_in_the_picture_has_a_star() -> None:
    axes = drawn(OBJECTIVES["himmelblau"])
    places = {tuple(np.round(place_of(star), 6)) for star in stars(axes)}
    expected = {tuple(np.round(point, 6)) for point in TEST_FUNCTIONS["himmelblau"].minima}
    assert places == expected
    assert {star.get_marker() for star in stars(axes)} == {"*"}


def test_minima_can_be_dots_or_left_out() -> None:
    bowl = {"objective": "x**2 + y**2", "start": [1.0, 2.0], "optimizers": FAST}
    assert {star.get_marker() for star in stars(drawn(bowl, minimum="dot"))} == {"o"}
    assert {star.get_marker() for star in stars(drawn(bowl))} == {"*"}
    assert not stars(drawn(bowl, minimum="none"))


def test_a_local_minimum_is_called_that() -> None:
    axes = drawn(
        {"objective": "(x**2 - 1)**2 + 0.3*x + y**2", "start": [1.5, 1.0]},
        limits=[[-2, 2], [-2, 2]],
    )
    labels = {str(star.get_label()): place_of(star)[0] for star in stars(axes)}
    assert labels.keys() == {"minimum", "local minimum"}
    assert labels["minimum"] < 0 < labels["local minimum"]


@pytest.mark.parametrize("color", ["red", "#1f77b4"])
def test_one_colour_is_that_of_all_lines(color: str) -> None:
    edges = np.asarray(lines_of(drawn(SHOWN[2], color=color)).get_edgecolor())
    assert {tuple(edge) for edge in edges} == {to_rgba(color)}


def test_a_colormap_goes_from_its_lowest_to_its_highest_colour() -> None:
    edges = np.asarray(lines_of(drawn(SHOWN[2], colormap="gray")).get_edgecolor())
    assert list(edges[0][:3]) == [0, 0, 0]
    assert list(edges[-1][:3]) == [1, 1, 1]


def test_the_axes_carry_the_names_of_the_variables() -> None:
    axes = drawn({"objective": "x1**2 + x2**2", "start": [1.0, 1.0]})
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x1", "x2")


# The curve panel


def curve(settings: dict[str, Any], **panel: Any) -> Axes:
    return a_film(**settings, panels=[{"kind": "curve", **panel}]).figure.axes[0]


def dashed(axes: Axes) -> list[Line2D]:
    return [line for line in axes.get_lines() if line.get_linestyle() == "--"]


@pytest.mark.parametrize("panel", [{}, {"limits": [[-5, 5], [-5, 5]]}], ids=["chosen", "limits"])
def test_the_dashed_line_is_at_the_value_of_the_local_minimum(panel: dict[str, Any]) -> None:
    (line,) = dashed(curve(OTHER["a curve with a local minimum"], **panel))
    expected = -0.3849001794597505  # -2 / (3 * sqrt(3))
    assert np.asarray(line.get_ydata()) == pytest.approx([expected, expected], abs=1e-15)
    assert line.get_label() == "local minimum"


def test_the_legend_says_that_it_is_local() -> None:
    film = a_film(**OTHER["a curve with a local minimum"], frames={"size": [400, 250]})
    (legend,) = film.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["local minimum"]


def test_a_global_minimum_is_called_minimum() -> None:
    (line,) = dashed(curve(SHOWN[1]))
    assert line.get_label() == "minimum"
    assert list(np.asarray(line.get_ydata())) == [0, 0]


@pytest.mark.parametrize("objective", ["x", "exp(x)", "x**3", "atan(x)"])
def test_without_a_minimum_there_is_no_dashed_line(objective: str) -> None:
    assert not dashed(curve({"objective": objective, "start": 1.0}))


def test_the_dashed_line_can_be_left_out() -> None:
    assert not dashed(curve(SHOWN[1], minimum=False))


def test_the_graph_is_that_of_the_objective() -> None:
    axes = curve({"objective": "x - x**3", "start": -1.0}, limits=[[-5, 5], [-5, 5]], samples=101)
    graph = next(line for line in axes.get_lines() if len(np.asarray(line.get_xdata())) == 101)
    x = np.linspace(-5, 5, 101)
    np.testing.assert_array_equal(graph.get_xdata(), x)
    np.testing.assert_allclose(np.asarray(graph.get_ydata(), dtype=float), x - x**3, rtol=1e-14)


@pytest.mark.parametrize(
    ("settings", "number"), [(SHOWN[1], 0.0), (OTHER["a curve with a local minimum"], -0.57735)]
)
def test_the_view_holds_the_whole_run_and_the_minimum(
    settings: dict[str, Any], number: float
) -> None:
    low, high = curve(settings).get_xlim()
    assert low < number < high
    assert low < settings["start"] < high


# The values panel


def values(**settings: Any) -> Axes:
    return a_film(**({"panels": ["values"]} | settings)).figure.axes[0]


FROM_FAR = {"objective": "x**2 + y**2", "start": [9.0, 9.0], "steps": 9, "optimizers": FAST}


@pytest.mark.parametrize(
    ("settings", "scale"),
    [
        (FROM_FAR, "log"),
        (FROM_FAR | {"optimizers": SGD}, "linear"),
        (FROM_FAR | {"objective": "x**2 + y**2 - 1"}, "linear"),
        (FROM_FAR | {"objective": "x**2 + y**2 + 100"}, "linear"),
        (FROM_FAR | {"panels": [{"kind": "values", "scale": "linear"}]}, "linear"),
        (FROM_FAR | {"panels": [{"kind": "values", "limits": (0.0, 9.0)}]}, "linear"),
        (FROM_FAR | {"panels": [{"kind": "values", "scale": "log"}], "optimizers": SGD}, "log"),
        (FROM_FAR | {"steps": 0}, "linear"),
    ],
)
def test_the_scale_is_logarithmic_where_values_span_a_hundredfold(
    settings: dict[str, Any], scale: str
) -> None:
    assert values(**settings).get_yscale() == scale


@pytest.mark.parametrize("lowest", [1000, 30, 10, 1, 0.5, 0.1])
def test_a_logarithmic_scale_of_few_powers_of_ten_names_other_numbers(lowest: float) -> None:
    axes = values(
        objective=f"x**2/20 + y**2 + {lowest!r}",
        start=[-7, 2],
        optimizers=[{"name": "adam", "learning_rate": 0.3}],
        panels=[{"kind": "values", "scale": "log"}],
        frames={"size": [640, 360]},
    )
    axes.figure.canvas.draw()
    low, high = axes.get_ylim()
    named = {
        label.get_text(): place
        for place, label in zip(axes.get_yticks(), axes.get_yticklabels(), strict=True)
        if low <= place <= high
    }
    assert 3 <= len(named) <= 10
    for text, place in named.items():
        assert float(text) == pytest.approx(place, rel=1e-6)


def test_a_logarithmic_scale_can_take_a_value_of_zero() -> None:
    to_zero = [{"name": "sgd", "learning_rate": 0.5}]
    axes = values(
        **FROM_FAR | {"optimizers": to_zero, "panels": [{"kind": "values", "scale": "log"}]}
    )
    low, high = axes.get_ylim()
    assert axes.get_yscale() == "log"
    assert 0 < low < 162 < high


@pytest.mark.parametrize("limits", [(-1.0, 10.0), (1e-3, 10.0)])
def test_a_logarithmic_scale_keeps_the_upper_limit(limits: tuple[float, float]) -> None:
    axes = values(**FROM_FAR | {"panels": [{"kind": "values", "scale": "log", "limits": limits}]})
    low, high = axes.get_ylim()
    assert low < high
    assert high == limits[1]
    if limits[0] > 0:
        assert low == limits[0]


@pytest.mark.parametrize("kind", ["values", "state"])
def test_a_logarithmic_scale_without_place_for_its_limits_is_a_mistake(kind: str) -> None:
    panel = {"kind": kind, "scale": "log", "limits": (-5.0, -1.0)}
    with pytest.raises(ValidationError, match="greater than 0"):
        a_scene(**FROM_FAR | {"panels": [panel]})


def test_the_limits_of_a_linear_scale_are_kept_to_the_letter() -> None:
    axes = values(**FROM_FAR | {"panels": [{"kind": "values", "limits": (-1.0, 10.0)}]})
    assert axes.get_ylim() == (-1, 10)


@pytest.mark.parametrize("measure", ["value", "distance"])
@pytest.mark.parametrize(("objective", "start"), [("x**3 - 3*x", -0.9999), ("cos(x)", 1e-4)])
def test_a_run_that_begins_slowly_is_seen_to_its_end_on_the_scale_asked_for(
    objective: str, start: float, measure: str
) -> None:
    slow = {"objective": objective, "start": start, "optimizers": FAST}
    panels = [{"kind": "values", "measure": measure, "scale": "log"}]
    scene = a_scene(**slow, steps=30, panels=panels)
    view = scene.panels[0].look(scene.objective, simulate(scene))
    low, high = view.limits[1]
    shown = view.series["sgd"][..., 1]
    assert view.scales[1] == "log"
    assert ((shown >= low) & (shown <= high)).all()


def test_the_steps_go_from_the_first_to_the_last() -> None:
    low, high = values(**FROM_FAR).get_xlim()
    assert low <= 0
    assert 9 <= high < 10
    assert all(tick == round(tick) for tick in values(**FROM_FAR).get_xticks())


# Runs, in any panel


STYLE = Style(
    THEMES["light"], {"sgd": "#0072b2"}, {"sgd": "-"}, {"sgd": "circle"}, {"sgd": 1.0}, 10.0
)


def moved_by(
    kind: str, settings: dict[str, Any]
) -> tuple[Callable[[float], list[Artist]], Axes, History]:
    """Return what moves a panel's artists and returns them, its axes, and the runs in it."""
    scene = a_scene(**settings)
    figure = Figure(figsize=(3, 2))
    FigureCanvasAgg(figure)
    history = simulate(scene)
    panel = PANELS.load(kind)()
    axes = panel.axes(figure, figure.add_gridspec()[0])
    movers = panel.draw(axes, panel.look(scene.objective, history), STYLE)

    def move(row: float) -> list[Artist]:
        for mover in movers:
            mover.move(row)
        return [artist for mover in movers for artist in mover.artists]

    return move, axes, history


def line_of(artist: Any) -> tuple[Any, Any]:
    x, y = artist.get_data()
    return np.asarray(x, dtype=float), np.asarray(y, dtype=float)


def head(artists: Sequence[Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array(artists[-1].get_data(), dtype=float).T


def test_of_more_than_twenty_starts_only_the_heads_are_drawn() -> None:
    few = {"objective": "x**2 + y**2", "start": [[float(i), 1.0] for i in range(20)]}
    many = {"objective": "x**2 + y**2", "start": [[float(i), 1.0] for i in range(21)]}
    assert len(moved_by("contour", few)[0](0)) == 2
    move, _, history = moved_by("contour", many)
    (only,) = move(3)
    np.testing.assert_array_equal(head([only]), history["sgd"].points[3])


MEASURES = {"gradient_norm": "gradient norm", "distance": "distance to the minimum"}


def looked(measure: str, **settings: Any) -> OverSteps:
    """Return what a values panel sees."""
    scene = a_scene(**settings, panels=[{"kind": "values", "measure": measure}])
    view = scene.panels[0].look(scene.objective, simulate(scene))
    assert isinstance(view, OverSteps)
    return view


@pytest.mark.parametrize("measure", MEASURES)
def test_the_axis_says_what_is_measured(measure: str) -> None:
    axes = values(panels=[{"kind": "values", "measure": measure}], **FROM_FAR)
    assert " ".join(axes.get_ylabel().split()) == MEASURES[measure]


def test_the_gradient_norm_and_the_distance_are_those_of_the_run() -> None:
    settings = {"objective": "(x - 1)**2 + 2*(y + 1)**2", "start": [4.0, 3.0]}
    run = simulate(a_scene(**settings))["sgd"]
    norm = looked("gradient_norm", **settings).series["sgd"][:, 0, 1]
    np.testing.assert_allclose(norm, np.linalg.norm(run.gradients[:, 0], axis=-1), rtol=1e-14)
    distance = looked("distance", **settings).series["sgd"][:, 0, 1]
    way = np.linalg.norm(run.points[:, 0] - [1, -1], axis=-1)
    np.testing.assert_allclose(distance, way, rtol=1e-9)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"objective": "x**2/20 + y**2", "start": [-7.0, 2.0], "steps": 1}, np.hypot(7, 2)),
        ({"objective": "(x - 100)**2", "start": 1.0, "steps": 0}, 99.0),
        # The nearest of four minima; and the only global one, though a local one is nearer.
        ({"objective": "himmelblau", "start": [3.0, 3.0], "steps": 0}, 1.0),
        ({"objective": "ackley", "start": [3.0, 4.0], "steps": 0}, 5.0),
        (
            {
                "objective": {"expression": "x**2 + y**2 + z**2", "minima": [[0, 0, 0]]},
                "start": [2.0, 3.0, 6.0],
                "steps": 0,
            },
            7.0,
        ),
    ],
)
def test_the_distance_is_that_to_the_nearest_global_minimum(
    settings: dict[str, Any], expected: float
) -> None:
    distance = looked("distance", **settings).series["sgd"][0, 0, 1]
    np.testing.assert_allclose(distance, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"objective": "x**2 + y**2 + z**2", "start": [1.0, 2.0, 3.0]}, "give objective: "),
        ({"objective": {"expression": "x**2", "minima": []}, "start": 1.0}, "give objective: "),
    ],
)
def test_a_distance_to_no_known_minimum_is_a_mistake(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=f"minimum is not known; {words}"):
        looked("distance", **settings)


def test_where_no_minimum_is_found_there_is_no_distance() -> None:
    with pytest.raises(ArraysError, match="no minimum is found"):
        looked("distance", objective="x + y", start=[1.0, 2.0])


def test_recorded_runs_are_measured_as_far_as_they_can_be() -> None:
    points = np.array([[[1.0, 2.0]], [[0.5, 1.0]]])
    unknown = np.full((2, 1), np.nan)
    gradients = {"none": np.full_like(points, np.nan), "all": 2 * points}
    runs = {
        name: RecordedRun.of(Trajectory(points, unknown, array), name)
        for name, array in gradients.items()
    }

    def played(measure: str, name: str, **settings: Any) -> Scene:
        panels = [{"kind": "values", "measure": measure}]
        return Scene.model_validate({"trajectories": [runs[name]], "panels": panels, **settings})

    scene = played("gradient_norm", "all")
    view: OverSteps = scene.panels[0].look(scene.objective, simulate(scene))  # type: ignore[assignment]  # the panel is of that kind
    np.testing.assert_allclose(view.series["all"][:, 0, 1], np.sqrt([20, 5]))
    for measure, words in (("gradient_norm", "no gradients"), ("distance", "without an objective")):
        with pytest.raises(ValidationError, match=words):
            played(measure, "none")
        assert played(measure, "none", objective="x**2 + y**2").panels


@pytest.mark.parametrize("measure", ["value", *MEASURES])
def test_runs_that_leave_are_measured(measure: str) -> None:
    film = a_film(
        objective="x**4 + y**2",
        start=[[1.0, 2.0], [1e70, 0.0]],
        optimizers=[{"name": "sgd", "sweep": {"learning_rate": [0.1, 1e200]}}],
        panels=[{"kind": "values", "measure": measure}],
    )
    film.picture(5)


@pytest.mark.parametrize("kind", ["contour", "curve", "values"])
def test_a_run_that_diverged_stays_where_it_was_seen_last(kind: str) -> None:
    settings = OTHER["divergence"]
    if kind == "curve":
        settings = settings | {"objective": "x**2", "start": 1.0}
    move, _, history = moved_by(kind, settings)
    step = history["sgd"].diverged_at[0]
    assert step is not None
    last = head(move(step))
    assert np.isfinite(last).all()
    for row in range(step, history.steps + 1):
        np.testing.assert_array_equal(head(move(row)), last)


def test_trails_of_several_starts_are_not_joined() -> None:
    settings = {"objective": "x**2 + y**2", "start": [[1.0, 2.0], [-3.0, 0.5]], "optimizers": FAST}
    move, _, history = moved_by("contour", settings)
    x, y = line_of(move(5)[0])
    pieces = np.split(np.stack([x, y], axis=-1), np.flatnonzero(np.isnan(x)))
    pieces = [piece[np.isfinite(piece[:, 0])] for piece in pieces]
    pieces = [piece for piece in pieces if len(piece)]
    assert len(pieces) == 2
    for start, piece in enumerate(pieces):
        np.testing.assert_array_equal(piece[:6], history["sgd"].points[:6, start])


@pytest.mark.parametrize("kind", ["contour", "curve"])
def test_without_a_trail_only_the_head_moves(kind: str) -> None:
    settings = SHOWN[2] if kind == "contour" else SHOWN[1]
    film = a_film(**settings, panels=[{"kind": kind, "trail": False}])
    inside = [artist for artist in film.draw(2) if artist.axes is not None]
    assert len(inside) == 1


def test_the_starts_stay_marked() -> None:
    _, axes, history = moved_by("contour", SHOWN[2])
    start = history["sgd"].points[0, 0]
    places = [place_of(line) for line in axes.get_lines()]
    assert [place for place in places if len(place) == 2 and (place == start).all()]


# The state panel

TWO_MEMORIES = {
    "objective": "x**2/20 + y**2",
    "start": [-7.0, 2.0],
    "optimizers": [
        {"name": "adagrad", "learning_rate": 0.9},
        {"name": "adam", "learning_rate": 0.3},
        {"name": "bfgs"},
    ],
}


def lines_at_the_end(film: Film) -> list[Line2D]:
    """Return the growing lines of the last panel, in the order of coordinates, then of runs."""
    axes = film.figure.axes[-1]
    moved = film.draw(film.frames - 1)
    return [
        artist
        for artist in moved
        if isinstance(artist, Line2D) and artist.axes is axes and artist.get_linestyle() != "None"
    ]


@pytest.mark.parametrize("array", ["effective_learning_rate", "accumulator", "mean", "gradient"])
def test_every_coordinate_of_every_run_that_keeps_it_has_a_line(array: str) -> None:
    scene = a_scene(**TWO_MEMORIES, panels=[{"kind": "state", "array": array}])
    history = simulate(scene)
    keeping = [run.states[array] for run in history.values() if array in run.states]
    assert keeping
    lines = lines_at_the_end(compose(scene, history))
    expected = [states[:, 0, coordinate] for coordinate in range(2) for states in keeping]
    for line, column in zip(lines, expected, strict=True):
        x, y = line_of(line)
        np.testing.assert_array_equal(x[:6], np.arange(6))
        np.testing.assert_array_equal(y[:6], column)
    assert len({line.get_linestyle() for line in lines}) == 2


def test_coordinates_are_named_where_there_are_several() -> None:
    for settings, names in ((SHOWN[1], []), (SHOWN[2], ["x", "y"])):
        axes = a_film(**settings, panels=["state"]).figure.axes[0]
        assert axes.get_legend_handles_labels()[1] == names


def mistakes_of(**settings: Any) -> list[tuple[tuple[int | str, ...], str]]:
    with pytest.raises(ValidationError) as refused:
        a_scene(**settings)
    return [(found["loc"], found["msg"]) for found in refused.value.errors()]


@pytest.mark.parametrize(
    ("array", "words"),
    [
        ("acumulator", "no run here keeps 'acumulator'; did you mean 'accumulator'?"),
        ("hessian", "no run here keeps 'hessian'; there are effective_learning_rate, "),
        ("inverse_hessian", "'inverse_hessian' is no number for each coordinate"),
    ],
)
def test_a_state_that_cannot_be_shown_is_told_at_its_name(array: str, words: str) -> None:
    [(place, told)] = mistakes_of(**TWO_MEMORIES, panels=[{"kind": "state", "array": array}])
    assert place == ("panels", 0, "array")
    assert told.startswith(words)


def test_beside_a_broken_optimizer_nothing_is_said_of_its_states() -> None:
    broken = [{"name": "adam", "learning_rate": -0.1}]
    told = mistakes_of(
        **SHOWN[2] | {"optimizers": broken}, panels=[{"kind": "state", "array": "m"}]
    )
    assert [place[0] for place, _ in told] == ["optimizers"]


@pytest.mark.parametrize("array", ["accumulator", "mean_square", "effective_learning_rate"])
def test_no_coordinate_leaves_the_picture(array: str) -> None:
    settings = TWO_MEMORIES | {"panels": [{"kind": "state", "array": array}], "steps": 40}
    film = a_film(**settings)
    low, high = film.figure.axes[0].get_ylim()
    for line in lines_at_the_end(film):
        y = line_of(line)[1][1:]  # a memory begins at 0, which a logarithm has not
        assert (y[np.isfinite(y)] >= low).all()
        assert (y[np.isfinite(y)] <= high).all()


def test_one_number_for_all_coordinates_has_one_line() -> None:
    lars = {"optimizers": [{"name": "lars", "learning_rate": 1.0}]}
    film = a_film(**SHOWN[2] | lars, panels=[{"kind": "state", "array": "trust_ratio"}])
    assert len(lines_at_the_end(film)) == 1
    assert film.figure.axes[0].get_legend_handles_labels()[1] == []


@pytest.mark.parametrize("kind", ["values", "state"])
def test_without_steps_there_is_one_tick(kind: str) -> None:
    axes = a_film(**SHOWN[2] | {"steps": 0}, panels=[kind]).figure.axes[0]
    assert list(axes.get_xticks()) == [0]


def test_a_history_without_states_says_how_to_get_them() -> None:
    scene = a_scene(**SHOWN[2], panels=["state"])
    with pytest.raises(ArraysError, match="keeps what the optimizers remember"):
        compose(scene, simulate(scene, state=False))


def test_the_engine_keeps_states_where_a_panel_shows_them() -> None:
    assert not simulate(a_scene(**SHOWN[2]))["sgd"].states
    assert simulate(a_scene(**SHOWN[2], panels=["contour", "state"]))["sgd"].states


def test_a_rate_that_is_infinite_is_left_out() -> None:
    still = {"name": "adagrad", "learning_rate": 0.1, "epsilon": 0}
    settings = {"objective": "x**2 + 0*y", "start": [1.0, 1.0], "optimizers": [still]}
    film = a_film(**settings, panels=["state"])
    _, second = lines_at_the_end(film)
    assert np.isnan(line_of(second)[1]).all()
    film.picture(film.frames - 1)


@pytest.mark.parametrize(
    ("settings", "lines", "areas"),
    [
        ({}, True, True),
        ({"filled": True}, True, True),
        ({"filled": False}, True, False),
        ({"lines": False}, False, True),
        ({"filled": False, "lines": False}, False, False),
        ({"color": "red"}, True, False),
        ({"levels": [1.0, 2.0]}, True, False),
        ({"colormap": "viridis"}, True, False),
        ({"colormap": "viridis", "filled": True}, True, True),
    ],
)
def test_lines_are_drawn_over_areas_unless_one_of_both_is_not_wanted(
    settings: dict[str, Any], lines: bool, areas: bool
) -> None:
    found = {contour.filled for contour in contours(drawn(SHOWN[2], **settings))}
    assert found == {filled for filled, there in ((False, lines), (True, areas)) if there}


# What cannot be seen


def remarks(**settings: Any) -> tuple[str, ...]:
    return a_film(**settings).remarks


@pytest.mark.parametrize(
    "panel",
    [
        {"kind": "contour", "limits": [[10, 11], [10, 12]]},
        {"kind": "values", "limits": [100, 101]},
        {"kind": "state", "limits": [5, 6]},
    ],
)
def test_a_run_outside_of_the_limits_is_told(panel: dict[str, Any]) -> None:
    (remark,) = remarks(objective="x**2 + y**2", start=[1.0, 2.0], panels=[panel])
    assert "'sgd'" in remark


def test_a_run_that_only_passes_through_the_limits_is_seen() -> None:
    leap = [{"name": "sgd", "learning_rate": 0.99}]
    panel = {"kind": "contour", "limits": [[-0.5, 0.5], [-0.5, 0.5]]}
    settings = {"objective": "x**2 + y**2", "start": [5.0, 5.0], "optimizers": leap}
    told = remarks(**settings, panels=[panel], steps=1)
    assert told == ("'sgd' ends outside of the limits of x, y",)


def test_a_run_that_is_thrown_out_of_the_picture_is_told() -> None:
    far = {"objective": "tan(x)", "start": 1.0, "steps": 40}
    told = remarks(**far, optimizers=[{"name": "sgd", "learning_rate": 0.05}])
    assert told == ("'sgd' ends outside of the limits of x, y",)


def test_of_several_starts_it_is_told_how_many_end_outside() -> None:
    panel = {"kind": "contour", "limits": [[-1, 5], [-1, 5]]}
    starts = [[4.0, 4.0], [1.0, 1.0], [-0.5, 4.0]]
    told = remarks(objective="x + y", start=starts, optimizers=FAST, panels=[panel], steps=6)
    assert told == ("'sgd' ends outside of the limits of x, y in 2 of 3 starts",)


def test_where_a_run_is_lost_or_its_value_is_zero_no_end_is_missed() -> None:
    newton = [{"name": "newton"}]
    panel = {"kind": "values", "scale": "log"}
    assert remarks(objective="x**2", start=3.0, optimizers=newton, panels=[panel], steps=3) == ()
    wild = [{"name": "sgd", "learning_rate": 1e200}]
    assert remarks(objective="x**4", start=3.0, optimizers=wild, steps=9) == ()


def test_levels_outside_of_the_values_are_told_if_none_is_seen() -> None:
    panel = {"kind": "contour", "limits": [[-1, 3], [-1, 3]], "levels": [100, 200]}
    settings: dict[str, Any] = {"objective": "x**2 + y**2", "start": [1.0, 2.0]}
    (remark,) = remarks(**settings, panels=[panel])
    assert "0 to 18" in remark
    assert remarks(**settings, panels=[panel | {"levels": [1, 100]}]) == ()


@pytest.mark.parametrize("filled", [True, False])
@pytest.mark.parametrize(
    ("expression", "limits", "words"),
    [
        ("max(x**2 + y**2 - 100, 0)", [[0, 2], [0, 2]], "flat here: f = 0"),
        ("max(x**2 + y**2 - 100, 0) - 2.5", [[0, 2], [0, 2]], "flat here: f = -2.5"),
        ("log(x) + y", [[-3, -2], [0, 2]], "f has no value here"),
    ],
)
def test_a_picture_without_a_landscape_says_why(
    expression: str, limits: Any, words: str, filled: bool
) -> None:
    panel = {"kind": "contour", "limits": limits, "filled": filled}
    film = a_film(objective=expression, start=[1.0, 1.0], panels=[panel])
    assert words in [text.get_text() for text in film.figure.axes[0].texts]
    assert [remark for remark in film.remarks if words in remark]


def test_the_star_of_a_minimum_outside_of_the_limits_is_not_drawn_beside_the_axes() -> None:
    left = [[-2, 0], [-1, 3]]
    assert not stars(drawn({"objective": "rosenbrock", "start": [-1.0, 1.0]}, limits=left))


def test_every_well_of_a_typed_formula_has_a_star() -> None:
    ackley = TEST_FUNCTIONS["ackley"]
    typed = {"objective": ackley.expression, "start": [3.3, -2.6]}
    found = stars(drawn(typed, limits=[list(it) for it in ackley.domain]))
    assert len(found) == 121
    assert [star.get_label() for star in found].count("minimum") == 1


def test_where_minima_are_everywhere_only_the_global_one_is_marked() -> None:
    typed = {"objective": "sin(3*x)**2 + sin(3*y)**2 + x**2/9 + y**2/9", "start": [1.0, 1.0]}
    found = stars(drawn(typed, limits=[[-25, 25]] * 2))
    assert [star.get_label() for star in found] == ["minimum"]


@pytest.mark.parametrize("expression", ["1/x + x + 1/y + y", "1/x + y**2 + x"])
def test_levels_lie_where_the_run_goes_and_not_in_poles(expression: str) -> None:
    scene = a_scene(objective=expression, start=[3.0, 2.5])
    view = scene.panels[0].look(scene.objective, simulate(scene))
    start = float(scene.objective.value(np.array([3.0, 2.5])))
    assert isinstance(view.arrays["levels"], np.ndarray)
    assert np.sum((view.arrays["levels"] > 0) & (view.arrays["levels"] < 2 * start)) >= 3


def test_the_curve_is_not_joined_over_a_pole_and_shows_what_is_beside_it() -> None:
    typed = {"expression": "1/x + x", "domain": [[-2, 2.1]]}
    scene = a_scene(objective=typed, start=1.0, steps=0)
    view = scene.panels[0].look(scene.objective, simulate(scene))
    low, high = view.limits[1]
    assert -100 < low < 2 < high < 100
    x, y = view.arrays["x"], view.arrays["y"]
    assert np.abs(x[np.isnan(y)]).max() < 1e-12
    assert (np.diff(np.sign(y[np.isfinite(y)])) != 0).sum() == 1  # below the pole, and above


@pytest.mark.parametrize("told", [True, False])
def test_a_logarithmic_scale_shows_negative_values_above_the_minimum(told: bool) -> None:
    objective: dict[str, Any] = {"expression": "x**2 + y**2 - 1"}
    objective |= {"minima": [[0, 0]]} if told else {}
    scene = a_scene(
        objective=objective,
        start=[3.0, 2.0],
        panels=[{"kind": "values", "scale": "log"}],
        steps=30,
        optimizers=[{"name": "sgd", "learning_rate": 0.1}],
    )
    history = simulate(scene)
    view = scene.panels[0].look(scene.objective, history)
    assert view.names[1] == "value \N{MINUS SIGN} minimum"
    shown = view.series["sgd"][:, 0, 1]
    np.testing.assert_allclose(shown, history["sgd"].values[:, 0] + 1, rtol=1e-9, atol=1e-12)
    assert view.limits[1][0] < shown.min()


def test_without_a_minimum_it_shows_them_above_the_lowest_seen() -> None:
    scene = a_scene(
        objective="x - y",
        start=[3.0, 2.0],
        panels=[{"kind": "values", "scale": "log"}],
        steps=9,
        optimizers=[{"name": "sgd", "learning_rate": 1.0}],
    )
    view = scene.panels[0].look(scene.objective, simulate(scene))
    assert view.names[1] == "value \N{MINUS SIGN} lowest seen"
    np.testing.assert_allclose(view.series["sgd"][:3, 0, 1], [18, 16, 14])


def test_a_logarithmic_scale_shows_negative_states_by_their_size() -> None:
    scene = a_scene(
        objective="x**2",
        start=3.0,
        steps=20,
        optimizers=[{"name": "sgd", "learning_rate": 0.1, "momentum": 0.9}],
        panels=[{"kind": "state", "array": "velocity", "scale": "log"}],
    )
    view = scene.panels[0].look(scene.objective, simulate(scene, state=True))
    assert view.names[1] == "|velocity|"
    assert (view.series["sgd"][..., 1] >= 0).all()


@pytest.mark.parametrize("where", ["limits", "domain"])
def test_equal_scales_that_would_draw_a_line_are_a_mistake(where: str) -> None:
    sides = [[0, 1e-12], [0, 1e12]]
    panel: dict[str, Any] = {"kind": "contour", "aspect": "equal"}
    objective: dict[str, Any] = {"expression": "x**2 + y**2"}
    (panel if where == "limits" else objective)[where] = sides
    with pytest.raises(ValidationError, match="a line"):
        a_scene(objective=objective, start=[1.0, 1.0], panels=[panel])


@pytest.mark.parametrize("kind", ["contour", "values"])
def test_limits_beyond_what_can_be_drawn_are_a_mistake(kind: str) -> None:
    limits: Any = [-1e308, 1e308] if kind == "values" else [[-1e308, 1e308], [0, 1]]
    with pytest.raises(ValidationError, match="1e\\+100 at most"):
        a_scene(
            objective="x**2 + y**2", start=[1.0, 1.0], panels=[{"kind": kind, "limits": limits}]
        )


@pytest.mark.parametrize("filled", [True, False])
@pytest.mark.parametrize(
    "expression",
    ["1e308*x + y", "exp(exp(x)) + y", "x*1e-320 + y*1e-320", "1/max(x, 0) + y", "log(x) + 0*y"],
)
@pytest.mark.parametrize("start", [[0.5, 0.5], [1.0, 1e100]])
def test_whatever_the_values_are_nothing_is_raised_or_warned_of(
    expression: str, start: list[float], filled: bool
) -> None:
    panels = [{"kind": "contour", "filled": filled}, {"kind": "values"}]
    assert a_film(objective=expression, start=start, panels=panels, steps=2).picture(0).any()
