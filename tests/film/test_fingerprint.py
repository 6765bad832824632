"""What tells one film from another, and whether a file is current."""

from pathlib import Path
from typing import Any

import pytest

from tests.film.films import a_film, a_scene
from visualize import Scene, save
from visualize.film.fingerprint import fingerprint, is_current
from visualize.formats.format import FORMATS, ManyFiles, writer_for
from visualize.scene.frames import Frames

FILES = [name for name in FORMATS.names() if not isinstance(writer_for(name), ManyFiles)]


CHANGES: dict[str, Any] = {
    "title": "Another",
    "objective": "x**2/20 + 2*y**2",
    "start": [-7, 2.0000000000000004],
    "steps": 9,
    "seed": 1,
    "noise": {"standard_deviation": 0.1},
    "optimizers": [{"name": "sgd", "learning_rate": 0.8}],
    "panels": [{"kind": "contour", "filled": True}],
    "frames": {"fps": 26},
    "counter": False,
    "theme": "dark",
    "font_size": 7.5,
    "transparent": True,
}


CHANGES_OF_FRAMES: dict[str, Any] = {
    "size": [160, 101],
    "fps": 26,
    "interval": 41,
    "count": 3,
    "steps_per_frame": 2,
    "frames_per_step": 2,
    "hold": 1.0,
    "loop": 3,
    "poster": "first",
}


def test_the_tables_of_changes_name_every_setting() -> None:
    # Formats and the tolerance of tests say nothing of the film; recordings have files.
    others = {"formats", "tolerance", "trajectories"}
    assert CHANGES.keys() == Scene.model_fields.keys() - others
    assert CHANGES_OF_FRAMES.keys() == Frames.model_fields.keys()


@pytest.mark.parametrize("setting", CHANGES)
def test_the_fingerprint_tells_another_scene(setting: str) -> None:
    changed = a_scene(**{setting: CHANGES[setting]}, formats=["png"])
    assert fingerprint(changed) != fingerprint(a_scene())


@pytest.mark.parametrize("setting", CHANGES_OF_FRAMES)
def test_the_fingerprint_tells_other_frames(setting: str) -> None:
    changed = a_scene(frames={setting: CHANGES_OF_FRAMES[setting]})
    assert fingerprint(changed) != fingerprint(a_scene())


@pytest.mark.parametrize("setting", ["label", "color", "momentum"])
def test_the_fingerprint_tells_other_optimizers(setting: str) -> None:
    value = {"label": "Mine", "color": "red", "momentum": 0.5}[setting]
    optimizer = {"name": "sgd", "learning_rate": 0.9, setting: value}
    assert fingerprint(a_scene(optimizers=[optimizer])) != fingerprint(a_scene())


def test_the_fingerprint_tells_another_version_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(a_scene())
    monkeypatch.setattr("visualize.film.fingerprint.__version__", "99.0")
    assert fingerprint(a_scene()) != before


def test_equal_scenes_have_equal_fingerprints() -> None:
    assert fingerprint(a_scene()) == fingerprint(a_scene())
    assert a_film().fingerprint == fingerprint(a_scene())
    written_out = a_scene(seed=0, theme="light", panels=[{"kind": "contour"}])
    assert fingerprint(written_out) == fingerprint(a_scene())


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_current_for_its_own_scene_only(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"film.{name}"
    assert not is_current(path, a_scene())
    save(a_film(), path)
    assert is_current(path, a_scene())
    assert not is_current(path, a_scene(theme="dark"))
    path.write_bytes(b"")
    assert not is_current(path, a_scene())
