"""The numbers and pictures of the articles that the project is held to: A, B and C.

A: a contour figure of AdaGrad on x²/20 + y², and three other algorithms on it. B: an animation of
AdaGrad on x - x³, and a run on 2x² + 2xy + 2y² - 6x. C: the chapter on AdaGrad of d2l, a textbook.
Numbers stand here as they are printed there; every printed digit must be right.
"""

from typing import Any

import numpy as np
import pytest

from tests.conftest import ROOT
from visualize import Film, History, Scene, Trajectory, compose, read_scene, simulate
from visualize.objectives.formula import Formula
from visualize.panels.contour import Contour
from visualize.panels.curve import Curve

BOWL = "x**2/20 + y**2"
"""A's function."""
SLOPE = "0.1*x1**2 + 2*x2**2"
"""C's function."""


def scene_of(name: str) -> Scene:
    """Return a scene of the folder."""
    return read_scene(ROOT / "scenes" / f"{name}.yaml")


def only_run(scene: Scene) -> Trajectory:
    """Return the one trajectory of a scene with one optimizer."""
    (trajectory,) = simulate(scene).values()
    return trajectory


def run(objective: Any, start: Any, steps: int, **optimizer: Any) -> Trajectory:
    """Return where one optimizer goes."""
    return only_run(
        Scene.model_validate(
            {"objective": objective, "start": start, "steps": steps, "optimizers": [optimizer]}
        )
    )


def half_a_digit(printed: str) -> float:
    """Return by how much a number may be off that is printed so."""
    mantissa, _, exponent = printed.partition("e")
    return 0.5000001 * 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))


def assert_printed(number: float, printed: str) -> None:
    """Assert that a number, rounded to the digits that are printed, is what is printed."""
    assert abs(number - float(printed)) <= half_a_digit(printed), f"{number!r} is not {printed}"


def film_of(scene: Scene) -> Film:
    """Return the film of a scene."""
    return compose(scene, simulate(scene))


# The claim that all of them make


@pytest.mark.parametrize(
    "name",
    ["adagrad-1d", "adagrad-2d", "adagrad-contour", "d2l-adagrad", "d2l-adagrad-faster"],
)
def test_on_every_adagrad_run_the_effective_rates_never_grow(name: str) -> None:
    scene = scene_of(name)
    (trajectory,) = simulate(scene, state=True).values()
    settings = scene.optimizers[0].model_dump()
    # Row k + 1 of the accumulator is what the update from row k divided by.
    inside = settings["epsilon_placement"] == "inside_sqrt"
    squares = trajectory.states["accumulator"][1:] + (settings["epsilon"] if inside else 0)
    rates = settings["learning_rate"] / (np.sqrt(squares) + (0 if inside else settings["epsilon"]))
    assert (np.diff(rates, axis=0) <= 0).all()
    points = trajectory.points
    slack = 8 * np.finfo(float).eps * (np.abs(points[1:]) + np.abs(points[:-1]))
    wrong = np.diff(points, axis=0) + rates * trajectory.gradients[:-1]
    assert (np.abs(wrong) <= slack).all()


# A: the contour figure


@pytest.fixture(scope="module")
def contour_scene() -> Scene:
    return scene_of("adagrad-contour")


@pytest.fixture(scope="module")
def by_difference(contour_scene: Scene) -> Trajectory:
    """The run of the scene: with the article's central difference."""
    return only_run(contour_scene)


@pytest.fixture(scope="module")
def analytic() -> Trajectory:
    """The same run with the exact gradient."""
    return run(BOWL, [-7, 2], 45, **A_ADAGRAD)


@pytest.fixture(scope="module", params=["analytic", "by_difference"])
def bowl_run(request: pytest.FixtureRequest) -> Trajectory:
    """Both of them, one after the other."""
    trajectory = request.getfixturevalue(request.param)
    assert isinstance(trajectory, Trajectory)
    return trajectory


A_ADAGRAD: dict[str, Any] = {
    "name": "adagrad",
    "learning_rate": 0.9,
    "epsilon": 1e-7,
    "epsilon_placement": "inside_sqrt",
    "initial_accumulator_value": 0,
}

A_ROWS = {
    0: ("-7", "2"),
    1: ("-6.1", "1.1"),
    2: ("-5.5087196682", "0.6662731282"),
    5: ("-4.3399691744", "0.1634029386"),
    10: ("-3.1505017478", "0.0162754339"),
    20: ("-1.8063709509", "1.619246475e-4"),  # and so in 40-digit arithmetic
    30: ("-1.0720748672", "1.611014923e-6"),
    44: ("-0.5246769612", "2.5351e-09"),
    45: ("-0.4987050022852", "1.598745680e-09"),
}


@pytest.mark.parametrize("row", A_ROWS)
def test_a_rows_of_the_scene_are_the_printed_ones(by_difference: Trajectory, row: int) -> None:
    for number, printed in zip(by_difference.points[row, 0], A_ROWS[row], strict=True):
        assert_printed(number, printed)


@pytest.mark.parametrize("row", A_ROWS)
def test_a_rows_of_the_exact_gradient_are_as_near_as_is_said(
    analytic: Trajectory, row: int
) -> None:
    for number, printed in zip(analytic.points[row, 0], A_ROWS[row], strict=True):
        assert abs(number - float(printed)) <= 2.7e-12 + half_a_digit(printed)


@pytest.mark.parametrize(("index", "printed"), [(0, -6.1), (1, 1.1)])
def test_a_the_first_step_is_nearly_the_learning_rate(
    bowl_run: Trajectory, index: int, printed: float
) -> None:
    # Epsilon under the root makes 0.9 g/√(g² + 1e-7) a little less than 0.9.
    assert 0 < abs(bowl_run.points[1, 0, index] - printed) < 1.5e-7


def test_a_both_paths_of_the_gradient_are_as_near_as_is_said(
    analytic: Trajectory, by_difference: Trajectory
) -> None:
    apart = np.abs(analytic.points - by_difference.points).max()
    assert 0 < apart <= 2.7e-12


def test_a_the_value_at_the_end(bowl_run: Trajectory) -> None:
    assert_printed(bowl_run.values[45, 0], "0.012435333965")


def test_a_every_step_is_shorter_than_the_one_before(bowl_run: Trajectory) -> None:
    lengths = np.linalg.norm(np.diff(bowl_run.points[:, 0], axis=0), axis=1)
    assert len(lengths) == 45
    assert (np.diff(lengths) < 0).all()
    assert_printed(lengths[0], "1.2728")
    assert_printed(lengths[-1], "0.02597")


def test_a_the_last_point_and_segment_are_in_the_film(contour_scene: Scene) -> None:
    assert contour_scene.frame_count == 46
    assert contour_scene.row(contour_scene.frame_count - 1) == 45


def test_a_settings_of_the_picture(contour_scene: Scene) -> None:
    (panel,) = contour_scene.panels
    assert isinstance(panel, Contour)
    assert panel.limits == ((-10, 10), (-10, 10))
    assert panel.levels == (0, 2, 4, 6, 8)
    assert panel.colormap == "binary"
    assert panel.marker == "+"
    assert panel.minimum == "dot"
    assert not panel.filled
    assert panel.samples >= 400  # arange(-10, 10, 0.05)
    assert contour_scene.frames.size == (640, 480)
    assert contour_scene.title == "AdaGrad 0.05x^2 + y^2"
    assert contour_scene.runs[0].color == "blue"
    assert isinstance(contour_scene.objective, Formula)
    assert contour_scene.objective.differentiation == "central_difference"
    assert contour_scene.objective.difference_step == 1e-4


def test_a_the_picture_itself(contour_scene: Scene) -> None:
    film = film_of(contour_scene)
    (axes,) = film.figure.axes
    assert film.frames == 46
    assert film.picture(45).shape == (480, 640, 3)
    assert (axes.get_xlim(), axes.get_ylim()) == ((-10, 10), (-10, 10))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x", "y")
    path = next(line for line in axes.lines if line.get_marker() == "+")
    assert path.get_color() == "blue"
    assert len(np.asarray(path.get_xdata())) >= 46
    np.testing.assert_allclose(np.asarray(path.get_xdata())[-1], -0.4987050022852, rtol=1e-9)
    minimum = next(line for line in axes.lines if line.get_label() == "minimum")
    assert minimum.get_marker() == "o"
    assert (list(minimum.get_xdata()), list(minimum.get_ydata())) == ([0], [0])  # type: ignore[arg-type]  # lists they are


# A: the four algorithms


@pytest.fixture(scope="module")
def four() -> History:
    return simulate(scene_of("four-algorithms"))


@pytest.mark.parametrize(
    ("label", "x", "y"),
    [
        ("SGD", "-0.387174580942", "-0.094202573945"),
        ("Momentum", "0.814112149508", "0.272877852380"),
        ("AdaGrad", "-0.1361853999074", "9.070978726e-17"),
        ("Adam", "0.020149064718", "0.321957221871"),
    ],
)
def test_a_the_four_algorithms_end_where_they_should(
    four: History, label: str, x: str, y: str
) -> None:
    assert four[label].points.shape == (30, 1, 2)
    np.testing.assert_array_equal(four[label].points[0, 0], [-7, 2])
    assert_printed(four[label].points[29, 0, 0], x)
    assert_printed(four[label].points[29, 0, 1], y)


def test_a_the_four_algorithms_come_in_the_order_of_the_article(four: History) -> None:
    assert list(four) == ["SGD", "Momentum", "AdaGrad", "Adam"]


def test_a_the_values_stand_beside_the_contours() -> None:
    scene = scene_of("four-algorithms")
    assert [panel.model_dump()["kind"] for panel in scene.panels] == ["contour", "values"]
    assert scene.row(scene.frame_count - 1) == 29


@pytest.mark.parametrize(
    ("optimizer", "printed"),
    [
        ({"name": "sgd", "learning_rate": 0.9}, "5.05e-4"),
        (A_ADAGRAD, "1.24e-2"),
        ({"name": "sgd", "learning_rate": 0.1, "momentum": 0.9}, "3.02e-2"),
    ],
    ids=["SGD", "AdaGrad", "Momentum"],
)
def test_a_what_the_text_calls_very_good_is_told_by_the_values(
    optimizer: dict[str, Any], printed: str
) -> None:
    assert_printed(run(BOWL, [-7, 2], 45, **optimizer).values[45, 0], printed)


# B: the animation


@pytest.fixture(scope="module")
def slide_scene() -> Scene:
    return scene_of("adagrad-1d")


@pytest.fixture(scope="module")
def slide(slide_scene: Scene) -> Trajectory:
    return only_run(slide_scene)


B_ROWS = {
    0: -1.0,
    1: -0.950613520411423,
    2: -0.9183420563142966,
    5: -0.8547840259030052,
    10: -0.7898800811890181,
    50: -0.6221128889817197,
    100: -0.5853077574128558,
    199: -0.5776275678518916,
    500: -0.5773502796523358,
    1000: -0.5773502691896274,
}
LOCAL_MINIMUM = -1 / np.sqrt(3)


@pytest.mark.parametrize("row", B_ROWS)
def test_b_rows_of_the_animation_are_the_printed_ones(slide: Trajectory, row: int) -> None:
    assert slide.points.shape == (1001, 1, 1)
    assert float(slide.points[row, 0, 0]) == B_ROWS[row]  # they are printed in full


def test_b_the_value_at_the_end(slide: Trajectory) -> None:
    assert_printed(slide.values[-1, 0], "-0.3849001794597505")


@pytest.mark.parametrize(("error", "row"), [(1e-3, 162), (1e-4, 230)])
def test_b_how_soon_it_has_reached_the_minimum(slide: Trajectory, error: float, row: int) -> None:
    errors = np.abs(slide.points[:, 0, 0] - LOCAL_MINIMUM)
    assert np.flatnonzero(errors < error)[0] == row
    assert (errors[row:] < error).all()


def test_b_the_animation_lasts_four_seconds(slide_scene: Scene) -> None:
    frames = slide_scene.frames
    assert frames.interval == 20
    assert frames.per_second == 50
    assert slide_scene.frame_count == 200
    assert slide_scene.frame_count / frames.per_second + frames.hold == 4.0
    assert [slide_scene.row(frame) for frame in range(200)] == list(range(200))


def test_b_settings_of_the_picture(slide_scene: Scene) -> None:
    (panel,) = slide_scene.panels
    assert isinstance(panel, Curve)
    assert panel.limits == ((-5, 5), (-5, 5))
    assert panel.samples == 10_000
    assert panel.grid
    assert panel.minimum
    assert slide_scene.frames.size == (1920, 1080)
    assert slide_scene.font_size == 22
    assert slide_scene.title == "Adagrad, learning_rate = 0.05"
    assert slide_scene.runs[0].color == "red"
    assert "gif" in slide_scene.formats


def test_b_the_picture_itself(slide_scene: Scene) -> None:
    film = film_of(slide_scene)
    (axes,) = film.figure.axes
    assert (film.frames, film.interval) == (200, 20)
    assert film.timeline.end(film.frames) == 4
    assert film.picture(0).shape == (1080, 1920, 3)
    assert (axes.get_xlim(), axes.get_ylim()) == ((-5, 5), (-5, 5))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x", "y")
    assert axes.yaxis.label.get_rotation() == 0
    dashed = next(line for line in axes.lines if line.get_label() == "local minimum")
    np.testing.assert_allclose(np.asarray(dashed.get_ydata()), -0.3849001794597505, rtol=1e-12)
    assert dashed.get_linestyle() == "--"
    assert all(line.get_visible() for line in (*axes.get_xgridlines(), *axes.get_ygridlines()))
    graph = max(axes.lines, key=lambda line: len(np.asarray(line.get_xdata())))
    x = np.asarray(graph.get_xdata())
    np.testing.assert_array_equal(x, np.linspace(-5, 5, 10_000))
    np.testing.assert_allclose(np.asarray(graph.get_ydata()), x - x**3, rtol=0, atol=1e-12)
    film.draw(199)
    dot = next(line for line in axes.lines if line.get_color() == "red")
    np.testing.assert_allclose(np.asarray(dot.get_xdata())[-1], B_ROWS[199], rtol=1e-12)


# B: the run in two dimensions


@pytest.fixture(scope="module")
def tilted() -> Trajectory:
    return only_run(scene_of("adagrad-2d"))


@pytest.mark.parametrize(
    ("row", "printed"),
    [
        (1, "1.049386479589"),
        (10, "1.236819425268"),
        (100, "1.72323165882"),
        (500, "1.992103541404"),
        (1000, "1.999903443378"),
    ],
)
def test_b_rows_in_two_dimensions_are_the_printed_ones(
    tilted: Trajectory, row: int, printed: str
) -> None:
    assert tilted.points.shape == (1001, 1, 2)
    assert_printed(tilted.points[row, 0, 0], printed)


def test_b_the_run_in_two_dimensions_ends_near_the_minimum(tilted: Trajectory) -> None:
    assert_printed(tilted.points[-1, 0, 0], "1.999903443378")
    assert_printed(tilted.points[-1, 0, 1], "-0.999903443378")
    assert np.linalg.norm(tilted.points[-1, 0] - [2, -1]) < 2e-4


def test_b_the_coordinates_add_up_to_1_on_the_whole_path(tilted: Trajectory) -> None:
    np.testing.assert_allclose(tilted.points.sum(axis=-1), 1, rtol=0, atol=1e-12)


def test_b_the_film_in_two_dimensions_shows_the_end() -> None:
    scene = scene_of("adagrad-2d")
    assert scene.row(scene.frame_count - 1) == 1000


# B: what leaves for good


@pytest.mark.parametrize(("start", "steps"), [(0.58, 44), (1, 14)])
def test_b_gradient_descent_leaves_from_beyond_the_hill(start: float, steps: int) -> None:
    path = run("x - x**3", start, steps + 10, name="sgd", learning_rate=0.05).points[:, 0, 0]
    assert np.abs(path[:steps]).max() <= 1e6
    assert np.abs(path[steps]) > 1e6


def test_b_gradient_descent_converges_at_one_half() -> None:
    path = run("x - x**3", -1, 1000, name="sgd", learning_rate=0.5).points[:, 0, 0]
    assert abs(path[-1] - LOCAL_MINIMUM) < 1e-9


def test_b_gradient_descent_wanders_at_seven_tenths() -> None:
    path = run("x - x**3", -1, 1000, name="sgd", learning_rate=0.7).points[:, 0, 0]
    assert np.isfinite(path).all()
    assert np.abs(path).max() < 5
    assert np.abs(np.diff(path[-100:])).max() > 0.1


def test_b_gradient_descent_diverges_in_nine_steps_at_seventy_nine_hundredths() -> None:
    path = run("x - x**3", -1, 30, name="sgd", learning_rate=0.79)
    x = path.points[:, 0, 0]
    assert np.abs(x[:9]).max() <= 1e6
    assert np.abs(x[9]) > 1e6
    assert path.diverged_at[0] is not None


# C: d2l


def epoch(trajectory: Trajectory) -> str:
    """Return what the textbook's `train_2d` prints."""
    x1, x2 = trajectory.points[-1, 0]
    return f"epoch {trajectory.steps}, x1 {x1:f}, x2 {x2:f}"


C_ADAGRAD: dict[str, Any] = {
    "name": "adagrad",
    "learning_rate": 0.4,
    "epsilon": 1e-6,
    "epsilon_placement": "inside_sqrt",
    "initial_accumulator_value": 0,
}


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("d2l-adagrad", "epoch 20, x1 -2.382563, x2 -0.158591"),
        ("d2l-adagrad-faster", "epoch 20, x1 -0.002295, x2 -0.000000"),
    ],
)
def test_c_the_scenes_print_what_the_textbook_prints(name: str, printed: str) -> None:
    trajectory = only_run(scene_of(name))
    assert trajectory.points.shape == (21, 1, 2)
    assert epoch(trajectory) == printed


def test_c_the_last_digit_tells_where_epsilon_is() -> None:
    inside = run(SLOPE, [-5, -2], 20, **C_ADAGRAD)
    outside = run(SLOPE, [-5, -2], 20, **{**C_ADAGRAD, "epsilon_placement": "outside_sqrt"})
    assert f"{inside.points[-1, 0, 0]:f}" == "-2.382563"
    assert f"{outside.points[-1, 0, 0]:f}" == "-2.382564"


def in_the_velocity(rate: float, momentum: float) -> dict[str, Any]:
    # v = m v + η g, x -= v: with a constant rate that is the same as the rate outside.
    return {"name": "sgd", "learning_rate": rate, "momentum": momentum}


@pytest.mark.parametrize(
    ("optimizer", "x1", "x2"),
    [
        ({"name": "sgd", "learning_rate": 0.4}, "-0.943467", "-0.000073"),
        ({"name": "sgd", "learning_rate": 0.6}, "-0.387814", "-1673.365109"),
        (in_the_velocity(0.4, 0.5), "-0.062843", "0.001202"),
        (in_the_velocity(0.6, 0.5), "0.007188", "0.002553"),
        (
            {
                "name": "rmsprop",
                "learning_rate": 0.4,
                "rho": 0.9,
                "epsilon": 1e-6,
                "epsilon_placement": "inside_sqrt",
            },
            "-0.010599",
            "0.000000",
        ),
    ],
    ids=["gd-0.4", "gd-0.6", "momentum-0.4", "momentum-0.6", "rmsprop"],
)
def test_c_the_same_chapter(optimizer: dict[str, Any], x1: str, x2: str) -> None:
    path = run(SLOPE, [-5, -2], 20, **optimizer)
    assert epoch(path) == f"epoch 20, x1 {x1}, x2 {x2}"


def test_c_gradient_descent_in_two_dimensions() -> None:
    path = run("x1**2 + 2*x2**2", [-5, -2], 20, name="sgd", learning_rate=0.1)
    assert epoch(path) == "epoch 20, x1 -0.057646, x2 -0.000073"


@pytest.mark.parametrize(
    ("rate", "printed"),
    [(0.2, "0.06046617600"), (0.05, "3.4867844010"), (1.1, "61.9173642240")],
)
def test_c_gradient_descent_in_one_dimension(rate: float, printed: str) -> None:
    x = run("x**2", 10, 10, name="sgd", learning_rate=rate).points[-1, 0, 0]
    assert f"{x:.{len(printed.partition('.')[2])}f}" == printed


@pytest.mark.parametrize(
    ("name", "rate", "printed"),
    [("gradient-descent-1d", 0.2, "0.0604661760"), ("divergence", 1.1, "61.9173642240")],
)
def test_c_the_scenes_in_one_dimension(name: str, rate: float, printed: str) -> None:
    scene = scene_of(name)
    assert scene.optimizers[0].model_dump()["learning_rate"] == rate
    assert f"{only_run(scene).points[-1, 0, 0]:.10f}" == printed


@pytest.mark.parametrize("name", ["d2l-adagrad", "d2l-adagrad-faster"])
def test_c_the_picture(name: str) -> None:
    scene = scene_of(name)
    assert scene.frames.size == (700, 500)  # twice 3.5 x 2.5 inches
    film = film_of(scene)
    (axes,) = film.figure.axes
    assert film.frames == 21
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x1", "x2")
    # The textbook's grid: x1 from arange(-5.5, 1, 0.1), x2 from arange(-3, 1, 0.1).
    assert (axes.get_xlim(), axes.get_ylim()) == ((-5.5, 1), (-3, 1))
    film.draw(20)
    path = max(
        (line for line in axes.lines if line.get_color() == "#ff7f0e"),
        key=lambda line: len(np.asarray(line.get_xdata())),
    )
    assert path.get_marker() == "o"
    assert path.get_linestyle() == "-"
    assert len(np.asarray(path.get_xdata())) >= 21
    (panel,) = scene.panels
    assert isinstance(panel, Contour)
    assert panel.color == "#1f77b4"


@pytest.mark.parametrize(
    ("rate", "steps"),
    [(0.1, 50), ("0.1*exp(-0.1*t)", 1000), ("0.1*(1 + 0.1*t)**-0.5", 50)],
    ids=["constant", "exponential", "polynomial"],
)
def test_c_schedules_under_noise_are_seeded(rate: float | str, steps: int) -> None:
    def noisy(seed: int) -> Trajectory:
        return only_run(
            Scene.model_validate(
                {
                    "objective": "x1**2 + 2*x2**2",
                    "start": [-5, -2],
                    "steps": steps,
                    "seed": seed,
                    "noise": {"standard_deviation": 1.0},
                    "optimizers": [{"name": "sgd", "learning_rate": rate}],
                }
            )
        )

    first, again, other = noisy(0), noisy(0), noisy(1)
    assert first.points.tobytes() == again.points.tobytes()
    assert (first.points[-1] != other.points[-1]).all()
    exact = np.stack([2 * first.points[..., 0], 4 * first.points[..., 1]], axis=-1)
    noise = (first.gradients - exact)[:-1]
    assert 0.5 < noise.std() < 1.5


def test_c_under_noise_rates_that_fall_fast_stop_and_those_that_fall_slowly_arrive() -> None:
    scene = scene_of("d2l-noise")
    ends: dict[str, list[float]] = {"constant": [], "exponential": [], "polynomial": []}
    for seed in range(10):
        for label, ran in simulate(scene.model_copy(update={"seed": seed})).items():
            points = ran.points[-100:, 0]
            ends[label].append(float(np.linalg.norm(points, axis=1).mean()))
            if label == "exponential":
                assert np.ptp(points, axis=0).max() < 1e-6
    constant, exponential, polynomial = (float(np.mean(ends[label])) for label in ends)
    assert polynomial < 0.6 * constant < 0.3 * exponential
    # The same noise moves all of them: the first updates differ in the rate alone.
    first = [ran.gradients[0] for ran in simulate(scene).values()]
    np.testing.assert_array_equal(first[0], first[1])
    np.testing.assert_array_equal(first[0], first[2])
