"""Scenes of functions and objects: from the numbers to films, files and tests."""

import functools
import io
import json
import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from tests.conftest import SMALL
from visualize import (
    ForeignError,
    Function,
    History,
    Scene,
    SceneError,
    Trajectory,
    compose,
    read_scene,
    save,
    simulate,
)
from visualize.arrays import Array
from visualize.film.fingerprint import fingerprint, is_current
from visualize.formats.format import FORMATS
from visualize.optimizers.optimizer import OPTIMIZERS
from visualize.panels.panel import PANELS

SGD = {"name": "sgd", "learning_rate": 0.1}
DIMENSION = {"curve": 1}
"""Of the functions that panels show, where it is not 2."""


def bowl(x: Array) -> Any:
    return x[0] ** 2 / 20 + np.sum(x[1:] ** 2)


def slope(x: Array) -> Any:
    return np.concatenate([x[:1] / 10, 2 * x[1:]])


class Descent:
    """A rule without settings."""

    def init(self, points: Array) -> dict[str, Array]:
        return {"last": 0 * points}

    def update(self, gradients: Array, state: Any, step: Any) -> tuple[Array, dict[str, Array]]:
        del state, step
        return -0.1 * gradients, {"last": gradients}


def a_scene(**settings: Any) -> Scene:
    small = {"objective": Function(bowl, slope), "start": [-7, 2], "steps": 4, "optimizers": [SGD]}
    frames = {"size": [96, 64], "count": 3}
    return Scene.model_validate(small | {"frames": frames} | settings)


def test_a_function_goes_where_its_formula_goes() -> None:
    run = simulate(a_scene(steps=50))["sgd"]
    expected = simulate(a_scene(steps=50, objective="x**2/20 + y**2"))["sgd"]
    np.testing.assert_allclose(run.points, expected.points, rtol=1e-12)
    np.testing.assert_allclose(run.values, expected.values, rtol=1e-12)
    plain = simulate(a_scene(steps=50, objective=bowl))["sgd"]
    np.testing.assert_allclose(plain.points, expected.points, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("optimizer", OPTIMIZERS.names())
def test_every_optimizer_of_ours_goes_down_a_function(optimizer: str) -> None:
    kind: Any = OPTIMIZERS.load(optimizer)
    given = {"name": optimizer}
    if kind.model_fields["learning_rate"].is_required():
        given |= {"learning_rate": 0.01}  # type: ignore[dict-item]  # a number
    values = simulate(a_scene(optimizers=[given]))[optimizer].values
    assert values[-1] <= values[0]
    if kind.needs_hessian:
        with pytest.raises(ValidationError, match="needs second derivatives"):
            a_scene(objective=bowl, optimizers=[given])


@pytest.mark.parametrize(
    ("settings", "starts"),
    [
        ({"start": 3}, [[3]]),
        ({"start": np.array([1.0, 2.0])}, [[1, 2]]),
        ({"start": np.array([[1, 2], [3, 4]])}, [[1, 2], [3, 4]]),
        ({"start": [np.array([1, 2]), np.array([3, 4])]}, [[1, 2], [3, 4]]),
        ({"start": np.float32(3)}, [[3]]),
    ],
)
def test_a_start_may_be_an_array_and_says_how_many_coordinates_there_are(
    settings: dict[str, Any], starts: list[Any]
) -> None:
    scene = a_scene(**settings)
    assert scene.starts.tolist() == starts
    assert scene.objective.dimension == len(starts[0])


@pytest.mark.parametrize("start", [{"grid": [2, 3]}, {"random": 6}])
def test_starts_over_the_domain_of_a_function(start: Any) -> None:
    function = Function(bowl, slope, domain=[[-1, 1], [0, 2]])
    assert simulate(a_scene(objective=function, start=start))["sgd"].points.shape == (5, 6, 2)


def test_a_start_that_does_not_fit_is_told() -> None:
    named = Function(bowl, variables=("w", "b"))
    with pytest.raises(ValidationError, match=r"has 3 coordinates; .* 2 coordinates \(w, b\)"):
        a_scene(objective=named, start=[1, 2, 3])
    with pytest.raises(ValidationError, match="a grid and random starts need"):
        a_scene(objective=named, start={"random": 3})
    with pytest.raises(ValidationError, match="must be a number") as caught:
        a_scene(objective=bowl, start=["a", 2])
    assert caught.value.error_count() == 1
    with pytest.raises(ValidationError, match="no finite value at the start"):
        a_scene(objective=lambda x: np.log(x[0]), start=[-1, 2])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"start": {"random": 3}}, "a grid and random starts need the objective's domain"),
        ({"start": {"grid": []}}, "a grid and random starts need the objective's domain"),
        ({"start": [[]]}, "the point has no coordinates"),
        ({"start": np.zeros((2, 0))}, "the point has no coordinates"),
        ({"start": []}, "must be a number, a point or a list of points"),
        ({}, "Field required"),
    ],
)
def test_a_function_whose_coordinates_cannot_be_counted_is_told_of(
    settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValidationError, match=words) as caught:
        Scene.model_validate({"objective": bowl, "optimizers": [SGD]} | settings)
    assert caught.value.error_count() == 1
    assert caught.value.errors()[0]["loc"] == ("start",)


def test_a_function_has_the_coordinates_of_recorded_points(tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_text("step,y,x\n0,1,2\n1,0.5,1\n", "utf-8")
    recorded = [{"file": str(tmp_path / "run.csv")}]
    scene = Scene.model_validate({"objective": bowl, "trajectories": recorded})
    assert scene.objective.variables == ("y", "x")
    run = simulate(scene)["run"]
    np.testing.assert_allclose(run.values[:, 0], [bowl(x) for x in run.points[:, 0]])
    np.save(tmp_path / "run.npy", np.ones((4, 3)))
    recorded = [{"file": str(tmp_path / "run.npy")}]
    scene = Scene.model_validate({"objective": bowl, "trajectories": recorded})
    assert scene.objective.variables == ("x1", "x2", "x3")
    # What is wrong with the recording is all that is told.
    with pytest.raises(ValidationError) as caught:
        Scene.model_validate({"objective": bowl, "trajectories": [{"file": "none.npy"}]})
    assert [error["loc"] for error in caught.value.errors()] == [("trajectories", 0, "file")]


def test_what_a_function_raises_comes_out_of_a_scene_with_its_traceback() -> None:
    def mine(_: Array) -> Any:
        raise ValueError("no such thing")

    with pytest.raises(ForeignError, match="mine raised ValueError: no such thing") as caught:
        a_scene(objective=mine)
    assert isinstance(caught.value.__cause__, ValueError)


def test_what_a_function_raises_on_the_way_names_the_run() -> None:
    def mine(x: Array) -> Any:
        if x[0] > -6:
            raise RuntimeError("too far")
        return bowl(x)

    scene = a_scene(objective=Function(mine, slope), steps=50)
    with pytest.raises(ForeignError, match="run 'sgd': mine raised RuntimeError: too far"):
        simulate(scene)


@pytest.mark.parametrize("panel", PANELS.names())
def test_every_panel_shows_a_function(panel: str) -> None:
    if panel == "fit":
        pytest.skip("it shows data")
    start: Any = [-7, 2][: DIMENSION.get(panel, 2)]
    if panel == "histogram":
        start = [[-7, 2], [1, 1]]
    scene = a_scene(start=start, panels=[panel], optimizers=[SGD, Descent(), Descent])
    film = compose(scene, simulate(scene))
    pictures = [film.picture(frame) for frame in range(3)]
    assert np.ptp(pictures[0]) > 0
    assert (pictures[0] != pictures[2]).any()


def test_a_plane_through_a_function_of_many_variables_is_shown() -> None:
    scene = a_scene(start=[-7, 2, 1, 1], panels=["contour", {"kind": "contour", "samples": 20}])
    assert compose(scene, simulate(scene)).picture(0).shape == (64, 96, 3)


@pytest.mark.parametrize("name", FORMATS.names())
def test_every_format_holds_a_film_of_a_function(name: str, tmp_path: Path) -> None:
    scene = a_scene(formats=[name], panels=["values"])
    path = tmp_path / ("film" if name == "frames" else f"film.{name}")
    path = save(compose(scene, simulate(scene)), tmp_path / f"film.{name}")
    assert path.exists()
    assert is_current(path, scene)
    assert is_current(path, a_scene(formats=[name], panels=["values"]))
    others: list[dict[str, Any]] = [
        {"objective": Function(lambda x: 2 * bowl(x), slope)},
        {"optimizers": [Descent()]},
    ]
    for other in others:
        assert not is_current(path, a_scene(formats=[name], panels=["values"], **other))


def test_fingerprints_tell_objects_by_what_they_are() -> None:
    class Faster(Descent):
        def update(self, gradients: Array, *_: Any) -> Any:
            return -0.2 * gradients, {"last": gradients}

    Faster.__name__ = Faster.__qualname__ = "Descent"
    one, other = (a_scene(optimizers=[kind()]) for kind in (Descent, Faster))
    assert one.runs[0].label == other.runs[0].label == "descent"
    assert fingerprint(one) == fingerprint(a_scene(optimizers=[Descent()]))
    assert fingerprint(one) != fingerprint(other)


def test_the_canonical_scene_is_json_and_says_what_was_given() -> None:
    scene = a_scene(optimizers=[Descent(), SGD])
    plain = json.loads(json.dumps(scene.canonical()))
    assert plain == scene.canonical()
    assert plain["objective"]["python"] == "bowl"
    assert plain["objective"]["variables"] == ["x", "y"]
    assert len(plain["objective"]["identity"]) == 32
    assert plain["optimizers"][0]["python"] == "Descent"
    one, other = (a_scene(optimizers=[Descent(), SGD]) for _ in range(2))
    assert one == other
    assert hash(one.optimizers) == hash(other.optimizers)


def test_a_file_that_was_written_of_it_says_that_it_was_given_in_python(tmp_path: Path) -> None:
    text = io.StringIO()
    YAML().dump(a_scene(optimizers=[Descent(), SGD]).canonical(), text)
    (tmp_path / "scene.yaml").write_text(text.getvalue(), "utf-8")
    with pytest.raises(SceneError) as caught:
        read_scene(tmp_path / "scene.yaml")
    told = {mistake.setting: mistake.message for mistake in caught.value.mistakes}
    assert told.keys() == {"objective", "optimizers[0]"}
    assert told["objective"].startswith("the function bowl was given in Python")
    assert told["optimizers[0]"].startswith("descent was given in Python")


def test_saved_arrays_say_what_they_are_of(tmp_path: Path) -> None:
    scene = a_scene(optimizers=[Descent()])
    history = simulate(scene)
    one, other = (simulate(scene).save(tmp_path / name) for name in ("a.npz", "b.npz"))
    assert one.read_bytes() == other.read_bytes()
    loaded = History.load(one)
    assert dict(loaded) == dict(history)
    assert loaded.metadata["scene"] == scene.portable()
    assert loaded.variables == ("x", "y")
    assert compose(scene, loaded).picture(2).shape == (64, 96, 3)


def test_the_plugin_holds_runs_of_functions(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    code = """
from visualize import Scene, simulate

class Descent:
    def init(self, points): return None
    def update(self, gradients, state, step): return -RATE * gradients, None

def test_it(trajectory_regression):
    bowl, rules = lambda x: x[0]**2 + x[1]**2, [Descent]
    scene = Scene(objective=bowl, start=[1, 2], steps=5, optimizers=rules)
    trajectory_regression.check(simulate(scene))
"""
    pytester.makepyfile(test_mine="RATE = 0.1" + code)
    pytester.runpytest().assert_outcomes(failed=1)
    pytester.runpytest().assert_outcomes(passed=1)
    pytester.makepyfile(test_mine="RATE = 0.11" + code)
    result = pytester.runpytest("--trajectory-picture")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*descent: differs from its baseline from step 1 on*", "*identity*"]
    )
    assert list(pytester.path.rglob("*.png"))


def test_a_scene_of_a_file_takes_a_function_and_optimizers_of_ones_own(
    tmp_path: Path,
) -> None:
    (tmp_path / "scene.yaml").write_text(SMALL, "utf-8")
    scene = read_scene(tmp_path / "scene.yaml")
    history = simulate(scene, objective=bowl, optimizers=[Descent(), SGD])
    replaced = scene.replaced(objective=bowl, optimizers=[Descent(), SGD])
    assert simulate(replaced) == history
    assert list(history) == ["descent", "sgd"]
    assert replaced.steps == scene.steps
    assert replaced.frames == scene.frames
    assert compose(replaced, history).picture(0).shape == (32, 48, 3)
    # Only what is given is replaced.
    assert list(simulate(scene, objective=bowl)) == ["sgd"]
    assert (
        simulate(scene, optimizers=[Descent()]).metadata["scene"]["objective"]
        == (scene.portable()["objective"])
    )


def test_runs_of_one_thing_are_not_drawn_over_another() -> None:
    scene = a_scene()
    with pytest.raises(ValueError, match=r"another objective.*scene\.replaced"):
        compose(scene, simulate(scene, objective=lambda x: 2 * bowl(x)))
    with pytest.raises(ValueError, match=r"no run 'descent'.*scene\.replaced"):
        compose(scene, simulate(scene, optimizers=[Descent()]))
    compose(scene, History(simulate(scene).trajectories))  # which says nothing of where it is from


def counting_in_a_closure() -> Any:
    calls: list[int] = []

    def counting(x: Array) -> Any:
        calls.append(len(calls))
        return bowl(x)

    return counting


def counting_in_itself() -> Any:
    class Counting:
        calls = 0

        def __call__(self, x: Array) -> Any:
            self.calls += 1
            return bowl(x)

        def method(self, x: Array) -> Any:
            return self(x)

    return Counting()


@pytest.mark.parametrize("made", [counting_in_a_closure, counting_in_itself])
def test_runs_of_a_function_that_counts_its_calls_are_drawn(made: Any, tmp_path: Path) -> None:
    limits = [[-8, 8], [-3, 3]]
    small = {"kind": "contour", "samples": 11, "limits": limits, "minimum": "none"}
    scene, function = a_scene(panels=[small]), made()
    given = getattr(function, "method", function)
    history = simulate(scene, objective=given)
    again = getattr(function, "method", function)
    assert compose(scene.replaced(objective=again), history).picture(0).shape == (64, 96, 3)
    other = made()
    for _ in range(3):  # it has counted its own
        other(np.ones(2))
    with pytest.raises(ValueError, match="another objective"):
        compose(scene.replaced(objective=getattr(other, "method", other)), history)
    history = History.load(history.save(tmp_path / "run.npz"))
    assert compose(scene.replaced(objective=again), history).picture(0).shape == (64, 96, 3)
    named = Function(given, identity="v1"), Function(again, identity="v1")
    compose(scene.replaced(objective=named[0]), simulate(scene, objective=named[1]))


def test_labels_and_colours_stand_beside_an_object() -> None:
    scene = a_scene(optimizers=[{"optimizer": Descent(), "label": "mine", "color": "red"}, Descent])
    assert [(run.label, run.color) for run in scene.runs] == [("mine", "red"), ("descent", None)]


@pytest.mark.parametrize("label", ["a/b", "_a", 3, "a" * 81])
def test_a_label_that_cannot_be_one_is_told(label: Any) -> None:
    rule = Descent()
    rule.label = label  # type: ignore[attr-defined]  # anybody may set it
    with pytest.raises(ValidationError, match="must be plain text without '/'"):
        a_scene(optimizers=[rule])


def test_a_class_that_needs_arguments_is_told() -> None:
    class Needing(Descent):
        def __init__(self, rate: float) -> None:
            self.rate = rate

    with pytest.raises(ValidationError, match=r"give an object, Needing\(\.\.\.\)"):
        a_scene(optimizers=[Needing])


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (None, "update of broken returned NoneType"),
        ((1, 2, 3), "update of broken returned tuple"),
        (("low", None), "the updates of broken are no array of numbers but str"),
        ((np.zeros(3), None), r"the updates of broken have the shape \(3,\)"),
    ],
)
def test_what_an_update_returns_is_looked_at(returned: Any, words: str) -> None:
    class Broken(Descent):
        def update(self, *_: Any) -> Any:
            return returned

    with pytest.raises(ForeignError, match=f"run 'broken': {words}"):
        simulate(a_scene(optimizers=[Broken()]))


@pytest.mark.parametrize("method", ["init", "update"])
def test_what_an_optimizer_raises_is_told_with_the_step(method: str) -> None:
    def failing(*_: Any) -> Any:
        raise ValueError("no such thing")

    rule: Any = type("Broken", (Descent,), {method: failing})
    when = "in step 0" if method == "update" else "before its first step"
    with pytest.raises(ForeignError, match=f"broken raised ValueError: no such thing, {when}"):
        simulate(a_scene(optimizers=[rule()]))


def test_an_object_may_have_a_loop_of_its_own() -> None:
    class Jumping(Descent):
        def trace(self, problem: Any) -> Any:
            ours = OPTIMIZERS.load("sgd").model_validate({"learning_rate": 0.1})
            return ours.trace(problem)

    history = simulate(a_scene(optimizers=[Jumping(), SGD]))
    assert history["jumping"] == history["sgd"]


def test_curves_of_saved_runs_are_those_of_computed_ones(tmp_path: Path) -> None:
    class Jumping(Descent):
        def trace(self, problem: Any) -> Any:
            points = np.linspace(1, 0, problem.steps + 1)[:, None, None] * problem.starts
            return Trajectory(points, *problem.objective.value_and_gradient(points))

    (tmp_path / "data.csv").write_text("x,y\n" + "1,2\n2,3\n3,5\n4,6\n" * 5, "utf-8")
    data = {"regression": {"data": str(tmp_path / "data.csv"), "evaluate_every": 7}}
    given = {"objective": data, "start": [3, 3], "steps": 30, "panels": ["values"]}
    scene = a_scene(**given, optimizers=[Jumping(), {**SGD, "learning_rate": 0.01}])
    history = simulate(scene)
    loaded = History.load(history.save(tmp_path / "run.npz"))
    assert [run.evaluate_every for run in loaded.values()] == [1, 7]
    for frame in (0, 2):
        one, other = (compose(scene, it).picture(frame) for it in (history, loaded))
        np.testing.assert_array_equal(one, other)


def test_files_may_be_paths(tmp_path: Path) -> None:
    table = tmp_path / "data.csv"
    table.write_text("x,y\n" + "1,2\n2,3\n3,5\n4,6\n" * 5, "utf-8")
    np.save(tmp_path / "run.npy", np.ones((4, 2)))

    def scenes(kind: Any) -> tuple[Scene, Scene]:
        data = {"regression": {"data": kind(table)}}
        recorded = {"trajectories": [{"file": kind(tmp_path / "run.npy")}]}
        return (
            Scene.model_validate({"objective": data, "optimizers": [SGD]}),
            Scene.model_validate({"objective": data, **recorded}),
        )

    assert scenes(Path) == scenes(str)
    assert [it.canonical() for it in scenes(Path)] == [it.canonical() for it in scenes(str)]


@pytest.mark.parametrize("beside", ["clip_norm", "maximize", "name", "learning_rate", "sweep"])
def test_settings_beside_an_object_are_told(beside: str) -> None:
    setting = {"learning_rate": [0.1, 0.2]} if beside == "sweep" else 1
    given = {"optimizer": Descent(), "label": "mine", beside: setting}
    with pytest.raises(
        ValidationError, match="beside an object stand only label, color, line"
    ) as it:
        a_scene(optimizers=[SGD, given])
    assert [error["loc"] for error in it.value.errors()] == [("optimizers", 1, beside)]


class Half:
    def init(self, points: Array) -> None: ...


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (lambda gradients: -0.1 * gradients, "<lambda>"),
        (bowl, "bowl"),
        (np.sin, "sin"),
        (functools.partial(bowl), "partial"),
        (dict, "dict"),
        (Half, "Half"),
        (Half(), "Half"),
    ],
)
@pytest.mark.parametrize("beside", [False, True])
def test_what_is_no_optimizer_is_told(
    given: Any, name: str, beside: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    entry = {"optimizer": given, "label": "mine"} if beside else given
    with pytest.raises(ValidationError, match=f"{name} is no optimizer; one is an object") as it:
        a_scene(optimizers=[entry])
    assert it.value.error_count() == 1


def test_who_needs_second_derivatives_is_told_where_they_come_from(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("x,y\n" + "1,2\n2,3\n3,5\n4,6\n" * 5, "utf-8")
    network = {"regression": {"data": str(tmp_path / "data.csv"), "model": "mlp"}}
    by_difference = {"expression": "x**2 + y**2", "gradient": "central_difference"}
    for objective, words in (
        (bowl, r"differences of a function do not have; give Function\(f, gradient=...\)"),
        (by_difference, "central_difference does not have; use gradient: analytic"),
        (network, "this objective does not have; take bfgs"),
    ):
        given: dict[str, Any] = {"objective": objective, "optimizers": [{"name": "newton"}]}
        given |= {} if objective is network else {"start": [1, 2]}
        with pytest.raises(ValidationError, match=f"newton needs second derivatives, .*{words}"):
            Scene.model_validate(given)
    exact = Function(bowl, slope)
    a_scene(objective=exact, optimizers=[{"name": "newton"}])


class TestReplaced:
    def test_what_was_chosen_by_default_is_chosen_anew(self) -> None:
        scene = a_scene()
        assert scene.objective.variables == ("x", "y")
        assert [PANELS.name_of(type(panel)) for panel in scene.panels] == ["contour"]
        scene = scene.replaced(start=[1])
        assert scene.objective.variables == ("x",)
        assert [PANELS.name_of(type(panel)) for panel in scene.panels] == ["curve"]

    def test_what_was_given_stays(self) -> None:
        run = {**SGD, "label": "mine", "color": "red"}
        scene = a_scene(panels=["values"], title="Mine", theme="dark", seed=3, optimizers=[run])
        replaced = scene.replaced(objective="x**2 + 3*y**2")
        assert replaced.runs == scene.runs
        assert replaced == a_scene(
            panels=["values"],
            title="Mine",
            theme="dark",
            seed=3,
            optimizers=[run],
            objective="x**2 + 3*y**2",
        )
        assert scene.replaced() == scene

    def test_runs_follow_the_optimizers(self) -> None:
        scene = a_scene().replaced(optimizers=[{**SGD, "name": "adam"}, SGD])
        assert [run.label for run in scene.runs] == ["adam", "sgd"]
        assert [run.source for run in scene.runs] == list(scene.optimizers)

    def test_steps_give_way_to_epochs_of_data(self, tmp_path: Path) -> None:
        (tmp_path / "data.csv").write_text("x,y\n" + "1,2\n2,3\n3,5\n4,6\n" * 5, "utf-8")
        data = {"regression": {"data": str(tmp_path / "data.csv"), "batch_size": 5}}
        scene = a_scene().replaced(objective=data, start=[0, 0], panels=["values"])
        assert scene.steps == 4
        assert scene.replaced(epochs=3).steps == 12
        assert scene.replaced(epochs=3).replaced(steps=5).steps == 5
        assert np.isfinite(simulate(scene, optimizers=[Descent()])["descent"].points).all()

    def test_the_start_and_the_steps_that_data_have_chosen_are_chosen_anew(
        self, tmp_path: Path
    ) -> None:
        rows = np.random.default_rng(0).normal(size=(40, 4))
        table = "\n".join(",".join(map(str, row)) for row in rows)
        (tmp_path / "data.csv").write_text(f"a,b,c,y\n{table}\n", "utf-8")

        def data(**settings: Any) -> Any:
            return {"regression": {"data": str(tmp_path / "data.csv"), "target": "y"} | settings}

        mlp = {"model": "mlp", "mlp": {"hidden": [2], "activation": "tanh"}}
        some = {"features": ["a"], "batch_size": 16}
        changes: list[dict[str, Any]] = [
            {"seed": 5},
            {"objective": data(features=["a", "b"])},
            {"objective": data(**mlp)},
            {"objective": data(features=["a"], batch_size=3)},
            {"epochs": 1.5},
            {"steps": 7},
            {"start": [1, 1]},
            {"start": [1, 1], "seed": 5},
        ]
        for length in ({"epochs": 2.3}, {"steps": 5}, {}):
            given = {"objective": data(**some), "optimizers": [SGD], "panels": ["values"], **length}
            scene = Scene.model_validate(given)
            assert scene.replaced() == scene
            for change in changes:
                own = [it for it in ("steps", "epochs") if it in change]
                kept = {it: given[it] for it in given if not (own and it in length)}
                assert scene.replaced(**change) == Scene.model_validate(kept | change)
        given["optimizers"] = [{**SGD, "name": "adam"}]
        scene = Scene.model_validate({**given, "epochs": 2})
        again = pickle.loads(pickle.dumps(scene))  # noqa: S301  # written right here
        assert again.replaced(seed=5) == scene.replaced(seed=5)
        assert scene.only(["adam"]).replaced(seed=5) == scene.replaced(seed=5)
        with pytest.raises(ValidationError, match="are of objectives made of data"):
            scene.replaced(objective="x**2", start=1)

    def test_mistakes_are_told(self) -> None:
        with pytest.raises(ValidationError, match="did you mean 'objective'"):
            a_scene().replaced(objectiv=bowl)
        with pytest.raises(ValidationError, match="has 1 coordinate"):
            a_scene(objective="x**2 + y**2").replaced(start=[1])

    def test_recorded_runs_give_way_to_optimizers_and_back(self, tmp_path: Path) -> None:
        np.save(tmp_path / "run.npy", np.ones((4, 2)))
        played = Scene.model_validate(
            {"objective": bowl, "trajectories": {"file": str(tmp_path / "run.npy")}}
            | {"objective": Function(bowl, variables=("x", "y"))}
        )
        assert list(simulate(played)) == ["run"]
        assert played.replaced(title="Mine").trajectories == played.trajectories
        run = played.replaced(start=[1, 2], optimizers=[SGD], steps=3)
        assert list(simulate(run)) == ["sgd"]
        again = run.replaced(trajectories={"file": str(tmp_path / "run.npy")})
        assert list(simulate(again)) == ["run"]
