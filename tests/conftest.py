"""What several rooms' tests share."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from visualize import Scene

ROOT = Path(__file__).parent.parent
SCENES = sorted((ROOT / "scenes").glob("*.yaml"))


@pytest.fixture
def write_scene(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes a scene file and returns its path."""

    def write(text: str, name: str = "scene.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write


def shrunk(scene: Scene, frames: int = 4, size: tuple[int, int] = (96, 64)) -> Scene:
    """Return the scene as a few tiny pictures."""
    small = scene.frames.model_copy(update={"size": size, "count": frames, "hold": 0.0})
    return scene.model_copy(update={"frames": small, "font_size": 5.0})


def shared_data() -> Path | None:
    """Return the folder of reference data, where this machine has one."""
    folder = os.environ.get("VISUALIZE_DATA")
    return Path(folder) if folder and Path(folder).is_dir() else None
