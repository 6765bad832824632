"""Runs from a store: those that would be computed, each found by what its numbers depend on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import SCENES, TWO_RUNS
from visualize import Scene, read_scene, simulate
from visualize.simulation.kept import run_keys


class Counted(dict[str, bytes]):
    """A store that counts what is put into it."""

    def put(self, key: str, content: bytes) -> None:
        self[key] = content


def changed(**settings: Any) -> Scene:
    return Scene.model_validate({**BASE, **settings})


BASE: dict[str, Any] = {
    "objective": "x**2/20 + y**2",
    "start": [-7, 2],
    "steps": 6,
    "optimizers": [
        {"name": "sgd", "learning_rate": 0.5},
        {"name": "adam", "learning_rate": 0.3, "label": "Adam"},
    ],
}
SGD, ADAM = BASE["optimizers"]


@pytest.mark.parametrize("file", SCENES, ids=lambda file: file.stem)
@pytest.mark.parametrize("state", [None, True])
def test_a_kept_run_is_the_one_that_would_be_computed(file: Path, state: bool | None) -> None:
    scene, store = read_scene(file), Counted()
    computed = simulate(scene, state=state, store=store)
    assert computed == simulate(scene, state=state)
    before = dict(store)
    kept = simulate(scene, state=state, store=store)
    assert kept == computed
    assert list(kept.arrays) == list(computed.arrays)
    for name, array in kept.arrays.items():
        assert array.tobytes() == computed.arrays[name].tobytes()
        assert not array.flags.writeable
    assert store == before


SHOWN = {
    "title": "another",
    "panels": ["values"],
    "frames": {"fps": 7},
    "theme": "dark",
    "font_size": 20,
    "formats": ["mp4"],
    "counter": False,
    "legend": "top",
    "tolerance": {"rtol": 0.1},
}


@pytest.mark.parametrize("name", SHOWN)
def test_how_it_is_shown_changes_no_key(name: str) -> None:
    assert run_keys(changed(**{name: SHOWN[name]})) == run_keys(changed())


def test_labels_and_colours_change_no_key() -> None:
    renamed = changed(optimizers=[{**SGD, "label": "plain", "color": "#ff0000"}, ADAM])
    assert [*run_keys(renamed).values()] == [*run_keys(changed()).values()]


DEPENDS = {
    "objective": "x**2/20 + 2*y**2",
    "start": [-7, 1],
    "steps": 7,
    "seed": 1,
    "noise": {"standard_deviation": 0.1},
    "stop": {"gradient": 0.1},
}


@pytest.mark.parametrize("name", DEPENDS)
def test_what_the_numbers_depend_on_changes_every_key(name: str) -> None:
    keys = {*run_keys(changed()).values()}
    assert len(keys) == 2
    assert not keys & {*run_keys(changed(**{name: DEPENDS[name]})).values()}


def test_a_changed_rate_computes_that_optimizer_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    traced = counting(monkeypatch)
    store = Counted()
    simulate(changed(), store=store)
    assert traced == ["sgd", "adam"]
    faster = changed(optimizers=[{**SGD, "learning_rate": 0.6}, ADAM])
    assert simulate(faster, store=store) == simulate(faster)
    assert traced[2:] == ["sgd", "sgd", "adam"]  # the last two without a store


def test_optimizers_in_another_order_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Counted()
    simulate(changed(), store=store)
    traced = counting(monkeypatch)
    history = simulate(changed(optimizers=[ADAM, SGD]), store=store)
    assert list(history) == ["Adam", "sgd"]
    assert not traced


@given(st.lists(st.sampled_from([0.1, 0.2, 0.3]), min_size=1, max_size=4))
def test_a_sweep_is_computed_rate_by_rate(rates: list[float]) -> None:
    store = Counted()
    simulate(changed(optimizers=[{**SGD, "learning_rate": 0.1}]), store=store)
    scene = changed(optimizers=[{**SGD, "learning_rate": rate} for rate in rates])
    assert simulate(scene, store=store) == simulate(scene)
    assert len(store) == len({0.1, *rates})


def test_more_states_are_computed_once_and_serve_whoever_wants_fewer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, traced = Counted(), counting(monkeypatch)
    scene = changed(optimizers=[ADAM])
    simulate(scene, store=store)
    everything = simulate(scene, state=True, store=store)
    assert len(traced) == 2
    assert simulate(scene, store=store) == simulate(scene, state=False)
    one = scene.replaced(panels=[{"kind": "state", "array": "mean"}])
    assert list(simulate(one, store=store)["Adam"].states) == ["mean"]
    assert simulate(scene, state=True, store=store) == everything
    assert len(traced) == 3  # that without a store


def test_what_another_version_has_written_is_computed_anew() -> None:
    scene, store = changed(), Counted()
    for key in run_keys(scene).values():
        store[key] = b"something else"
    assert simulate(scene, store=store) == simulate(scene)
    assert all(len(content) > 100 for content in store.values())


def test_other_versions_have_other_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    now = run_keys(changed())
    monkeypatch.setattr("visualize.simulation.kept.__version__", "99.0")
    assert not {*now.values()} & {*run_keys(changed()).values()}
    monkeypatch.undo()
    monkeypatch.setattr(np, "__version__", "99.0")
    assert not {*now.values()} & {*run_keys(changed()).values()}


def test_another_function_of_python_has_another_key() -> None:
    def keys(power: int) -> set[str]:
        return {*run_keys(changed(objective=lambda x: x[0] ** power + x[1] ** 2)).values()}

    assert keys(2) == keys(2)
    assert not keys(2) & keys(4)


def test_data_are_known_by_content(tmp_path: Path, write_scene: Callable[..., Path]) -> None:
    text = TWO_RUNS.replace("x**2/20 + y**2", "{regression: {data: rows.csv}}").replace(
        "start: [-7, 2]\n", ""
    )
    (tmp_path / "rows.csv").write_text("a,b\n1,2\n2,3\n3,5\n")
    (tmp_path / "other").mkdir()
    here = run_keys(read_scene(write_scene(text)))
    (tmp_path / "other/rows.csv").write_text("a,b\n1,2\n2,3\n3,5\n")
    assert run_keys(read_scene(write_scene(text, "other/scene.yaml"))) == here
    (tmp_path / "rows.csv").write_text("a,b\n1,2\n2,3\n3,6\n")
    assert not {*run_keys(read_scene(write_scene(text))).values()} & {*here.values()}


def test_recordings_are_played_and_not_kept() -> None:
    scene = read_scene(next(file for file in SCENES if file.stem == "torch-network"))
    store = Counted()
    assert run_keys(scene) == {}
    assert simulate(scene, store=store) == simulate(scene)
    assert not store


def test_progress_of_a_kept_run_is_told_as_done() -> None:
    store = Counted()
    simulate(changed(), store=store)
    told: list[tuple[int, int]] = []
    simulate(changed(), store=store, progress=lambda *numbers: told.append(numbers))
    assert told == [(6, 12), (12, 12)]


def counting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the optimizers that are traced from now on."""
    from visualize.optimizers.optimizer import Optimizer

    traced: list[str] = []
    trace = Optimizer.trace

    def counted(optimizer: Any, problem: Any) -> Any:
        traced.append(optimizer.name)
        return trace(optimizer, problem)

    monkeypatch.setattr(Optimizer, "trace", counted)
    return traced
