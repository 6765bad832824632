"""What values stand over: steps, epochs, evaluations, or the time of recorded runs."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from tests.film.films import RACE, a_film, a_scene
from tests.panels.test_panels import DATA, seen
from visualize import read_scene, simulate
from visualize.optimizers.optimizer import EVALUATIONS

BATCHES = DATA["a line, by batches"]


def values_over(what: str) -> list[dict[str, Any]]:
    return [{"kind": "values", "over": what}]


def test_over_evaluations_each_run_is_as_far_as_it_has_asked() -> None:
    optimizers = [RACE[0], {"name": "bfgs"}]
    scene = a_scene(optimizers=optimizers, panels=values_over("evaluations"))
    [view] = seen(scene)
    history = simulate(scene)
    for label, run in history.items():
        np.testing.assert_array_equal(view.series[label][..., 0], run.states[EVALUATIONS])
    assert view.names[0] == "evaluations"
    assert view.limits[0][1] > view.series["bfgs"][-1, 0, 0] > 8


def test_evaluations_are_there_whatever_is_kept_already() -> None:
    plain = a_scene(optimizers=[{"name": "bfgs"}])
    counting = plain.replaced(panels=values_over("evaluations"))
    store = Kept()
    simulate(plain, state=True, store=store)
    for state in (True, None):
        history = simulate(counting, state=state, store=store)
        assert history == simulate(counting, state=state)
        assert EVALUATIONS in history["bfgs"].states
    assert EVALUATIONS not in simulate(plain, state=True)["bfgs"].states


class Kept(dict[str, bytes]):
    """A store in memory."""

    def put(self, key: str, content: bytes) -> None:
        self[key] = content


def test_epochs_of_data_may_be_steps_and_the_other_way() -> None:
    sgd = [{"name": "sgd", "learning_rate": 0.1}]
    shown = {}
    for what in ("steps", "epochs"):
        settings = {"start": [0, 0], "steps": 12, "optimizers": sgd, **BATCHES}
        [view] = seen(a_scene(**settings, panels=values_over(what)))
        shown[view.names[0]] = view.series["sgd"][-1, 0, 0]
    scene = a_scene(**{"start": [0, 0], "optimizers": sgd, **BATCHES})
    assert shown == {"step": 12, "epoch": 12 / scene.objective.steps_per_epoch}


TABLE = "time,x,y,loss\n100.0,3,1,9\n100.5,2,1,5\n102.5,1,1,2\n"


def recorded(folder: Path, table: str, panels: str) -> Any:
    (folder / "run.csv").write_text(table)
    path = folder / "scene.yaml"
    path.write_text(f"trajectories: {{file: run.csv}}\npanels: [{panels}]\n")
    return read_scene(path)


@pytest.mark.parametrize("name", ["time", "seconds", "wall_time", "Elapsed"])
def test_recorded_runs_are_shown_over_their_time_from_the_start_on(
    tmp_path: Path, name: str
) -> None:
    scene = recorded(tmp_path, TABLE.replace("time", name), "{kind: values, over: time}")
    assert scene.objective.variables == ("x", "y")
    [view] = seen(scene)
    assert view.series["run"][:, 0].tolist() == [[0, 9], [0.5, 5], [2.5, 2]]


def test_a_variable_may_be_called_time(tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_text("time,x\n3,1\n1,2\n")
    path = tmp_path / "scene.yaml"
    objective = "objective: {expression: time**2 + x**2, variables: [time, x]}"
    path.write_text(f"trajectories: {{file: run.csv}}\n{objective}\n")
    assert read_scene(path).objective.variables == ("time", "x")


@pytest.mark.parametrize(
    ("what", "settings", "words"),
    [
        ("time", {}, "write over: evaluations, or play recorded runs"),
        ("epochs", {}, "epochs are of objectives made of data; write over: steps"),
        ("evaluation", {}, "evaluations"),
    ],
)
def test_what_has_not_passed_is_told(what: str, settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as raised:
        a_scene(**settings, panels=values_over(what))
    assert words in raised.value.errors()[0]["msg"]


@pytest.mark.parametrize(
    ("table", "what", "words"),
    [
        (TABLE.replace("time", "step").replace("100.0", "0"), "time", "do not go up by 1"),
        (TABLE.replace("102.5", "99"), "time", "a time never goes back"),
        ("x,y,loss\n3,1,9\n2,1,5\n", "time", "the recorded runs have no times"),
        (TABLE, "evaluations", "do not say how often they asked; write over: steps or time"),
    ],
)
def test_of_recorded_runs_too(tmp_path: Path, table: str, what: str, words: str) -> None:
    with pytest.raises(Exception, match=words):
        recorded(tmp_path, table, f"{{kind: values, over: {what}}}")


def test_lines_grow_with_the_steps_whatever_they_stand_over() -> None:
    film = a_film(optimizers=[{"name": "bfgs"}], panels=values_over("evaluations"))
    ends = []
    for frame in (0, 4, 8):
        film.draw(frame)
        ends.append(float(np.max(film.figure.axes[0].get_lines()[0].get_xdata())))
    assert ends[0] < ends[1] < ends[2]
