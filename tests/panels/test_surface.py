"""The surface: from where it is seen, what of the runs, and what is said where there is none."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.lines import Line2D

from tests.panels.test_panels import a_film, a_scene
from visualize import History, read_scene, simulate
from visualize.errors import SceneError
from visualize.film.film import Film
from visualize.panels._surface.stage import Way
from visualize.panels._surface.view import SurfaceView
from visualize.panels.surface import Surface

SADDLE: dict[str, Any] = {
    "objective": "x**2 - y**2",
    "start": [-1.5, 0.1],
    "steps": 8,
    "optimizers": [{"name": "sgd", "learning_rate": 0.1}],
}
SMALL: dict[str, Any] = {"size": [120, 90]}


def view_of(panel: dict[str, Any], **settings: Any) -> tuple[SurfaceView, History]:
    panels = [{"kind": "surface", "samples": 41, **panel}]
    scene = a_scene(**(SADDLE | settings), panels=panels)
    history = simulate(scene)
    view = scene.panels[0].look(scene.objective, history)
    assert isinstance(view, SurfaceView)
    return view, history


def film_of(panel: dict[str, Any], **settings: Any) -> Film:
    panels = [{"kind": "surface", "samples": 41, **panel}]
    return a_film(**(SADDLE | settings), panels=panels, frames=SMALL)


def test_heads_are_where_the_values_are_seen() -> None:
    view, history = view_of({"azimuth": -60, "elevation": 30, "scale": "linear"})
    (label, run), *_ = history.items()
    places = view.stage.on_relief(view.in_box(run.points[:, 0]))
    low, high = np.nanmin(view.values), np.nanmax(view.values)
    np.testing.assert_allclose(
        places[:, 2], view.top * (run.values[:, 0] - low) / (high - low), atol=2e-3
    )
    seen = view.stage.camera(0).seen(places)
    np.testing.assert_allclose(view.series[label][:, 0], seen, atol=1e-12)


def test_a_turn_is_even_in_time_however_uneven_rows_are() -> None:
    panel = Surface(azimuth=-60, turn=90, samples=41)
    scene = a_scene(**SADDLE, panels=[panel])
    view = panel.look(scene.objective, simulate(scene))
    rows = np.concatenate([np.zeros(5), np.linspace(0, 1, 41)[1:] ** 3 * 8, np.full(6, 8.0)])
    paced: Any = panel.paced(view, rows)
    azimuths = np.array([paced.stage.camera(row).azimuth for row in rows])
    assert (azimuths[:5] == -60).all()
    assert (azimuths[-6:] == 30).all()
    middle = np.diff(azimuths)[12:38]
    np.testing.assert_allclose(middle, middle[0], rtol=1e-6)
    assert np.diff(azimuths).max() < 1.3 * 90 / 40


def test_without_a_turn_only_runs_move() -> None:
    still, turning = film_of({}), film_of({"turn": 30})
    assert {type(artist) for artist in still.draw(1)} == {Line2D}
    assert len(turning.draw(1)) > len(still.draw(1))
    assert turning.figure.axes[0].images[0] in turning.draw(1)


def test_one_looks_from_where_most_of_the_runs_is_seen() -> None:
    wall = "2*exp(-20*(y + 1)**2) + x**2/20 + y**2/20"  # between the runs and who looks from -y
    settings = {"objective": wall, "start": [1.5, 0.0], "steps": 20}
    limits = [[-2, 2], [-2, 2]]
    shares = {}
    for azimuth in (None, -60):
        view, _ = view_of({"limits": limits, "elevation": 20, "azimuth": azimuth}, **settings)
        camera = view.stage.camera(0)
        ways = [Way(it[:, 0]).ground for it in view.ways()[0].values()]
        places = view.stage.on_relief(np.concatenate(ways))
        shares[azimuth] = view.stage.sight(camera).hides(places).mean()
    assert shares[-60] > 0.3
    assert shares[None] < shares[-60] - 0.2


def test_a_head_behind_the_surface_is_a_ring() -> None:
    bowl = {"objective": "x**2 + y**2", "start": [0.1, 0.1], "steps": 1}
    for elevation, is_ball in ((5, False), (80, True)):
        panel = {"limits": [[-2, 2], [-2, 2]], "elevation": elevation, "floor": False}
        film = film_of(panel, **bowl)
        film.draw(0)
        (axes,) = film.figure.axes
        above = [line for line in axes.lines if 11.9 <= line.get_zorder() <= 12]
        [head] = [line for line in above if len(np.asarray(line.get_xydata()))]
        assert (head.get_markerfacecolor() == head.get_color()) == is_ball


def test_a_run_that_leaves_ends_at_the_edge_with_an_arrow() -> None:
    film = film_of({"limits": [[-2, 2], [-1, 1]]}, steps=30)
    assert any("ends outside of the limits of x, y" in it for it in film.remarks)
    film.picture(film.frames - 1)
    (axes,) = film.figure.axes
    arrows = [line for line in axes.lines if line.get_zorder() == 13 and line.get_visible()]
    assert len(arrows) == 1
    view, _ = view_of({"limits": [[-2, 2], [-1, 1]]}, steps=30)
    [ground] = view.ways()[0].values()
    assert (np.abs(ground) <= view.stage.relief.half).all()


def test_a_cut_off_wall_and_a_pole_leave_the_box() -> None:
    view, _ = view_of({"scale": "linear"}, objective="beale", start=[1.0, 1.5])
    assert np.nanmax(view.heights) > 1.5 * view.top
    assert view.stage.on_relief(view.stage.relief.corners())[:, 2].max() <= view.top * 1.001
    film = film_of({}, objective="1/(x**2 + y**2)", start=[1.0, 0.5])
    film.picture(film.frames - 1)


def test_a_plane_of_many_variables_is_shown() -> None:
    many = {"objective": "x1**2 + 5*x2**2 + x3**2", "start": [1.0, 2.0, 3.0]}
    view, _ = view_of({"plane": ["x1", "x3"]}, **many)
    assert view.names == ("x1", "x3")
    assert view.caption.startswith("3 coordinates")
    panels = [{"kind": "surface", "samples": 41}]
    axes = a_film(**SADDLE | many, panels=panels, frames={"size": [400, 300]}).figure.axes[0]
    assert "principal plane" in axes.get_title(loc="left")


def test_no_number_beside_it_lies_on_another() -> None:
    film = a_film(
        **SADDLE, panels=[{"kind": "surface", "samples": 41}], frames={"size": [640, 360]}
    )
    (axes,) = film.figure.axes
    boxes = [it.get_window_extent() for it in axes.texts if it.get_visible() and it.get_text()]
    assert len(boxes) > 8
    for index, one in enumerate(boxes):
        assert axes.bbox.padded(1).x0 <= one.x0
        assert one.x1 <= axes.bbox.padded(1).x1
        for other in boxes[:index]:
            across = min(one.x1, other.x1) - max(one.x0, other.x0)
            up = min(one.y1, other.y1) - max(one.y0, other.y0)
            assert min(across, up) < 6, "they lie on each other by more than their margins"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("objective: x**2\nstart: 1\npanels: [surface]", "curve"),
        ("objective: x**2 + y**2\nstart: [1, 1]\npanels: [curve]", "surface"),
        (
            "objective: x**2 + y**2\nstart: [1, 1]\npanels: [{kind: surface, azim: 30}]",
            "did you mean 'azimuth'",
        ),
        (
            "objective: x + y + z\nstart: [1, 1, 1]\npanels: [{kind: surface, plane: [x, w]}]",
            "no variable 'w'",
        ),
    ],
)
def test_what_it_cannot_show_is_answered(settings: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "scene.yaml"
    file.write_text(f"{settings}\nsteps: 3\noptimizers: [{{name: sgd, learning_rate: 0.1}}]\n")
    with pytest.raises(SceneError) as caught:
        read_scene(file)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("panel", "size", "more"),
    [
        ("surface", [64, 200], {"font": "mono", "font_size": 12}),
        ({"kind": "surface", "turn": 30}, [64, 200], {"font": "mono", "font_size": 12}),
        ("map", [320, 180], {"font_size": 80, "objective": "x**2 + y**2", "start": [1, 2]}),
        ("contour", [96, 64], {"font_size": 12, "formula": True}),
    ],
)
def test_where_axes_have_no_room_nothing_fails(
    panel: Any, size: list[int], more: dict[str, Any]
) -> None:
    makers = [{"name": "sgd", "learning_rate": 0.1, "label": it} for it in ("sgd", "S1", "adam")]
    many = {"objective": "x**2 + y**2 + z**2", "start": [1, 2, 3], "steps": 5}
    frames = {"size": size, "count": 3}
    film = a_film(**{**many, "optimizers": makers, **more}, panels=[panel], frames=frames)
    film.picture(0)
    film.picture(2)


def test_the_surface_is_lit_up_to_the_edge_of_a_hole() -> None:
    settings = {"objective": "log(x) + y**2", "start": [1, 1], "steps": 1}
    film = film_of({"azimuth": 3, "limits": [[-1, 2], [-1, 1]]}, **settings)
    film.picture(0)  # nothing is cast that is no number
    view, _ = view_of({"azimuth": 3, "limits": [[-1, 2], [-1, 1]]}, **settings)
    relief = view.stage.relief
    lit = relief.light(np.array([0.0, 0.0, 1.0]))
    assert np.isnan(relief.heights).any()
    assert np.isfinite(lit[np.isfinite(relief.heights)]).all()


@pytest.mark.parametrize("size", [[640, 360], [1280, 720]])
@pytest.mark.parametrize("kinds", [["surface", "values", "steps", "learning_rates"], ["surface"]])
def test_the_box_fills_its_place_among_other_panels(kinds: list[str], size: list[int]) -> None:
    panels = [{"kind": kind, "samples": 41} if kind == "surface" else kind for kind in kinds]
    film = a_film(**SADDLE, panels=panels, frames={"size": size})
    film.draw(0)
    axes, *others = film.figure.axes
    outline = axes.lines[0]
    ground = outline.get_transform().transform(np.asarray(outline.get_xydata()))
    assert len(ground) == 5
    assert np.ptp(ground, axis=0)[0] >= 0.4 * axes.bbox.height
    for other in others:
        assert axes.bbox.height > other.bbox.height
