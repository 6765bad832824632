"""What a scene would cost is told before anything is computed, at the setting that is too large."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from visualize import Scene, read_scene
from visualize.errors import Mistake, SceneError
from visualize.objectives.objective import read_objective
from visualize.optimizers.optimizer import OPTIMIZERS
from visualize.scene.budget import GIB, Budget, Cost, cost_of_film, cost_of_runs

Refuse = Callable[..., Mistake]
SCENE: dict[str, str] = {
    "objective": "rosenbrock",
    "start": "[1, 2]",
    "optimizers": "[{name: sgd, learning_rate: 0.1}]",
}
SWEEP = "sweep: {learning_rate: [0.1, 0.2, 0.3]}"
HUGE = 10**30


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a scene of some settings."""

    def write(**settings: str) -> Path:
        path = tmp_path / "scene.yaml"
        lines = [f"{name}: {value}" for name, value in (SCENE | settings).items()]
        path.write_text("\n".join(lines))
        return path

    return write


@pytest.fixture
def refuse(write: Callable[..., Path]) -> Refuse:
    """Return a function that gives the one mistake in a scene of some settings."""

    def refuse(budget: Budget | int | None = None, **settings: str) -> Mistake:
        with pytest.raises(SceneError) as caught:
            read_scene(write(**settings), budget=budget)
        (mistake,) = caught.value.mistakes
        return mistake

    return refuse


def of_dimension(count: int) -> dict[str, str]:
    """Return the settings of a scene with so many variables."""
    variables = ", ".join(f"x{i}" for i in range(count))
    return {
        "objective": f"{{expression: x0**2, variables: [{variables}]}}",
        "start": str([1] * count),
    }


@pytest.mark.parametrize(
    ("settings", "place", "words"),
    [
        ({"steps": "1000000000"}, "steps", "1000000000 steps x 1 start x 1 optimizer"),
        ({"steps": f"{HUGE}"}, "steps", "over 10^15 steps"),
        ({"steps": f"{10**240}"}, "steps", "years; the budget is 10 minutes, --max-seconds raises"),
        ({"start": "{random: 1000000}"}, "start", "GiB of memory; the budget is 4 GiB"),
        ({"start": "{grid: [1000, 1000]}"}, "start", "--max-memory raises it"),
        ({"start": f"{{grid: [{HUGE}, {HUGE}]}}"}, "start", "over 10^15 starts"),
        ({"start": f"{{random: {HUGE}}}", "steps": "0"}, "start", "0 steps"),
        ({"start": "{grid: [100000, 100000]}", "steps": "0"}, "start", "--max-memory"),
        (
            {
                **of_dimension(500),
                "steps": "2000000",
            },
            "steps",
            "GiB of memory",
        ),
        (
            {
                **of_dimension(5000),
                "optimizers": "[{name: newton}]",
            },
            "objective",
            "hours",
        ),
        (
            {"frames": "{size: [8192, 8192], count: 100000}"},
            "frames.count",
            "100000 pictures of 8192 x 8192 would take about",
        ),
        ({"frames": "{size: [8192, 8192], count: 1000}"}, "frames.size", "minutes"),
        (
            {"steps": "99000", "frames": "{size: [800, 600], hold: 1}"},
            "frames",
            "99001 pictures",
        ),
    ],
)
def test_too_much_is_told_at_the_setting_that_is_too_large(
    refuse: Refuse, settings: dict[str, str], place: str, words: str
) -> None:
    mistake = refuse(**settings)
    assert mistake.setting == place
    assert words in mistake.message
    assert len(mistake.message) < 300


@pytest.mark.parametrize(
    ("entries", "place"),
    [
        (f"[{{name: sgd, {SWEEP}}}]", "optimizers[0].sweep"),
        (
            f"[{{name: adam, learning_rate: 1}}, {{name: sgd, {SWEEP}}}]",
            "optimizers[1].sweep",
        ),
        (
            "[" + ", ".join("{name: sgd, learning_rate: 1}" for _ in range(4)) + "]",
            "optimizers",
        ),
    ],
)
def test_many_runs_are_told_where_they_are_asked_for(
    refuse: Refuse, entries: str, place: str
) -> None:
    assert refuse(100, optimizers=entries).setting == place


def test_basins_are_counted_in_every_small_multiple(
    write: Callable[..., Path], refuse: Refuse
) -> None:
    names = [f"{{name: linesearch, label: {it}}}" for it in "abc"]
    settings = {"optimizers": f"[{', '.join(names)}]", "steps": "2"}
    each = "[values, {kind: contour, basins: true, each: optimizer}]"
    mistake = refuse(Budget(seconds=1), panels=each, **settings)
    assert mistake.setting == "panels[1].basins"
    assert mistake.message.startswith("400 steps x 144 runs x 3 panels would take about")
    one = "[{kind: contour, basins: b}]"
    assert "400 steps x 144 runs would" in refuse(Budget(seconds=1), panels=one, **settings).message
    for panels in (one, each):
        assert read_scene(write(panels=panels, **settings), budget=Budget(seconds=60)).steps == 2


def test_a_setting_that_is_not_given_is_not_told(refuse: Refuse) -> None:
    assert refuse(99).setting in SCENE
    assert refuse(99, steps="100").setting == "steps"


def test_a_number_is_a_budget_of_updates(write: Callable[..., Path], refuse: Refuse) -> None:
    settings = {
        "start": "{random: 5}",
        "optimizers": f"[{{name: sgd, {SWEEP}}}]",
        "steps": "7",
    }
    assert read_scene(write(**settings), budget=5 * 3 * 7).steps == 7
    words = refuse(5 * 3 * 7 - 1, **settings).message
    assert "7 steps x 5 starts x 3 optimizers are more than the budget of 104 updates" in words
    assert "--budget raises it" in words


def test_updates_that_are_allowed_may_take_their_time_but_not_all_memory(
    write: Callable[..., Path], refuse: Refuse
) -> None:
    assert read_scene(write(steps="20000000"), budget=20_000_000).steps == 20_000_000
    assert "--max-memory" in refuse(10**12, start="{random: 1000000}").message


@pytest.mark.parametrize(
    ("settings", "budget"),
    [
        ({"steps": "1000000000"}, Budget(memory=200 * GIB, seconds=1e6)),
        ({"start": "{random: 1000000}"}, Budget(memory=20 * GIB)),
        ({"steps": "20000000"}, Budget(seconds=3600)),
    ],
)
def test_a_larger_budget_allows_more(
    write: Callable[..., Path], refuse: Refuse, settings: dict[str, str], budget: Budget
) -> None:
    refuse(**settings)
    scene = read_scene(write(**settings), budget=budget)
    assert scene.steps == int(settings.get("steps", "100"))


@pytest.mark.parametrize(
    "settings",
    [
        {"start": "{random: 1000000}"},
        {"steps": "20000000"},
        {"frames": "{size: [8192, 8192], count: 50000}"},
    ],
)
def test_a_scene_that_a_larger_budget_has_let_pass_is_read_back(
    write: Callable[..., Path], refuse: Refuse, settings: dict[str, str]
) -> None:
    refuse(**settings)
    scene = read_scene(write(**settings), budget=Budget(memory=20 * GIB, seconds=1e6))
    assert Scene.model_validate(scene.canonical()) == scene


def test_a_long_history_may_be_simulated_but_its_film_is_refused(
    write: Callable[..., Path], refuse: Refuse
) -> None:
    assert read_scene(write(steps="90000"), budget=Budget(updates=10**6, seconds=3)).steps == 90000
    mistake = refuse(Budget(updates=10**6, seconds=3, films=True), steps="90000")
    assert mistake.message.startswith("145 pictures of 1280 x 720 would take about")


def test_a_long_history_of_which_nothing_is_said_makes_a_short_film(
    write: Callable[..., Path],
) -> None:
    scene = read_scene(write(steps="900000"), budget=Budget(films=True))
    assert scene.frame_count == 145


def test_a_still_is_one_picture(write: Callable[..., Path], refuse: Refuse) -> None:
    frames = "{size: [4000, 4000], count: 90000}"
    refuse(frames=frames)
    assert read_scene(write(frames=frames, formats="[png]")).formats == ("png",)


def test_many_starts_are_cheaper_than_as_many_steps(write: Callable[..., Path]) -> None:
    assert read_scene(write(start="{random: 1000}", steps="10000")).steps == 10000


def test_of_runs_that_are_refused_no_rates_are_computed(
    refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(OPTIMIZERS.load("sgd"), "learning_rates", none)
    rate = "0.1*exp(-t/10)*(1 + cos(t))"
    optimizers = f"[{{name: sgd, learning_rate: {rate}}}]"
    assert refuse(optimizers=optimizers, steps="40000000").setting == "steps"
    # Where the objective has a mistake, its runs cannot be told; it is the only one all the same.
    mistake = refuse(optimizers=optimizers, steps="40000000", objective="x +")
    assert mistake.setting == "objective"


@pytest.mark.parametrize("t", [0, 2**16 - 1, 2**16, 150_000])
def test_a_rate_is_looked_at_at_every_step(refuse: Refuse, t: int) -> None:
    rate = f"1 - 2*(t == {t})"
    mistake = refuse(optimizers=f"[{{name: sgd, learning_rate: {rate}}}]", steps="150001")
    assert f"at least 0; it is -1 at t = {t}" in mistake.message


def test_a_rate_may_be_0_for_long(write: Callable[..., Path]) -> None:
    optimizers = "[{name: sgd, learning_rate: 0.1*(t >= 140000)}]"
    assert read_scene(write(optimizers=optimizers, steps="150000")).steps == 150_000


# The estimates


def cost(
    name: str = "sgd", objective: str = "rosenbrock", steps: int = 100, starts: int = 1
) -> Cost:
    optimizer = OPTIMIZERS.load(name).model_validate({"learning_rate": 0.1})
    return cost_of_runs(read_objective(objective), steps, starts, [optimizer], ())


def test_the_memory_is_at_least_that_of_the_arrays() -> None:
    rows = 1001 * 50
    assert cost(steps=1000, starts=50).memory > rows * (2 + 2 + 1) * 8
    shown = cost_of_runs(
        read_objective("rosenbrock"),
        1000,
        50,
        [OPTIMIZERS.load("adam").model_validate({"learning_rate": 0.1})],
        ["mean"],
    )
    assert shown.memory > rows * (2 + 2 + 1 + 2) * 8


@pytest.mark.parametrize(
    ("more", "less"),
    [
        (cost(steps=1000), cost(steps=100)),
        (cost(starts=10_000), cost(starts=100)),
        (cost(objective="ackley"), cost(objective="x**2 + y**2")),
        (cost("conjugategradient"), cost("sgd")),
        (cost("newton", starts=1000), cost("sgd", starts=1000)),
        (cost_of_film(["gif"], 100, (1280, 720)), cost_of_film(["gif"], 100, (640, 360))),
        (cost_of_film(["gif", "mp4"], 100, (640, 360)), cost_of_film(["gif"], 100, (640, 360))),
    ],
)
def test_more_work_takes_longer(more: Cost, less: Cost) -> None:
    assert more.seconds > less.seconds


def test_the_cost_of_every_optimizer_is_known() -> None:
    costs: dict[str, Any] = {name: cost(name) for name in OPTIMIZERS.names()}
    assert all(0 < it.seconds < 1 and it.memory > 0 for it in costs.values())


def test_a_sum_over_an_index_costs_what_it_is_written_out() -> None:
    short, long = read_objective("x1**2"), read_objective("sum(x[i]**2 for i in 1..300)")
    sgd = OPTIMIZERS.load("sgd").model_validate({"learning_rate": 0.1})
    of_one, of_many = (cost_of_runs(it, 1000, 1, [sgd], ()) for it in (short, long))
    assert of_many.seconds > 50 * of_one.seconds
