"""What tells one film from another, and whether a file is current."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import PIL
import pytest

from tests.conftest import ROOT
from tests.film.films import a_film, a_scene
from tests.formats.films import FILES, NAMES, Pictures, patches
from visualize import Scene, save
from visualize.film.fingerprint import comment_for, fingerprint, is_current
from visualize.formats.format import FORMATS
from visualize.scene.frames import Frames

CHANGES: dict[str, Any] = {
    "title": "Another",
    "objective": "x**2/20 + 2*y**2",
    "start": [-7, 2.0000000000000004],
    "steps": 9,
    "stop": {"gradient": 1e-8},
    "seed": 1,
    "noise": {"standard_deviation": 0.1},
    "optimizers": [{"name": "sgd", "learning_rate": 0.8}],
    "panels": [{"kind": "contour", "filled": True}],
    "layout": [["contour"], ["."]],
    "subtitle": "Slowly",
    "caption": "It bends.",
    "formula": True,
    "annotations": [{"at": [0, 0], "text": "here"}],
    "frames": {"fps": 26},
    "counter": False,
    "legend": "none",
    "theme": "dark",
    "font_size": 7.5,
    "font": "serif",
    "transparent": True,
}
CHANGES_OF_FRAMES: dict[str, Any] = {
    "size": [160, 101],
    "fps": 26,
    "interval": 41,
    "pace": "adaptive",
    "count": 3,
    "steps_per_frame": 2,
    "frames_per_step": 2,
    "hold": 1.0,
    "hold_start": 1.0,
    "duration": 3.0,
    "max_size": 10_000,
    "loop": 3,
    "poster": "first",
}


def test_the_tables_of_changes_name_every_setting() -> None:
    # Formats and the tolerance of tests say nothing of the film; recordings have files; epochs
    # are steps, and what sweeps are called are labels.
    others = {"formats", "tolerance", "trajectories", "epochs", "sweep_label"}
    assert CHANGES.keys() == {*Scene.known()} - others
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


@pytest.mark.parametrize(
    "version", ["visualize.film.fingerprint.__version__", "matplotlib.__version__"]
)
def test_the_fingerprint_tells_who_draws(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(a_scene())
    monkeypatch.setattr(version, "99.0")
    assert fingerprint(a_scene()) != before


def test_equal_scenes_have_equal_fingerprints() -> None:
    assert fingerprint(a_scene()) == fingerprint(a_scene())
    assert a_film().fingerprint == fingerprint(a_scene())
    written_out = a_scene(seed=0, theme="light", panels=[{"kind": "contour"}])
    assert fingerprint(written_out) == fingerprint(a_scene())


VERSIONS = {
    "zlib.ZLIB_RUNTIME_VERSION": {"apng", "frames", "png"},
    "PIL.__version__": {"gif", "webp"},
    "imageio_ffmpeg.__version__": {"mp4", "webm"},
}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_format_depends_on_its_own_encoder_only(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def comments() -> dict[str, str]:
        kinds = {name: FORMATS.load(name) for name in FORMATS.names()}
        return {name: comment_for("0123", kind) for name, kind in kinds.items()}

    assert imageio_ffmpeg.__version__ != "99.0" != PIL.__version__
    before = comments()
    monkeypatch.setattr(version, "99.0")
    assert {name for name, comment in comments().items() if comment != before[name]} == VERSIONS[
        version
    ]


def test_whether_a_gif_is_current_is_known_without_ffmpeg(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from visualize import Scene
from visualize.film.fingerprint import is_current
scene = Scene.model_validate({
    "objective": "x", "start": 1, "optimizers": [{"name": "sgd", "learning_rate": 1}],
})
print(is_current(Path("film.gif"), scene), "imageio_ffmpeg" in sys.modules)
"""
    path = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=os.environ | path,
    )
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_current_for_its_own_scene_only(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"film.{name}"
    scene = a_scene(frames={"count": 3})
    assert not is_current(path, scene, metadata=False)
    save(Pictures(patches(3), fingerprint=fingerprint(scene)), path)
    assert is_current(path, scene, metadata=False)
    assert not is_current(path, a_scene(frames={"count": 3}, theme="dark"), metadata=False)


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_not_current(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"film.{name}"
    save(Pictures(patches(3), fingerprint=fingerprint(a_scene())), path)
    assert is_current(path, a_scene(), metadata=False)
    for content in (path.read_bytes()[:-40], b""):
        path.write_bytes(content)
        assert not is_current(path, a_scene(), metadata=False)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes")
def test_a_pipe_is_not_current_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "film.gif")
    assert not is_current(tmp_path / "film.gif", a_scene())
    (tmp_path / "film.frames").write_bytes(b"no folder")
    assert not is_current(tmp_path / "film.frames", a_scene())
