"""What several rooms' tests share."""

import gc
import os
from collections.abc import Callable, Generator, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

# As in a command of ours: threads of NumPy's BLAS would only wait for each other, and for the
# tests beside these.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

from visualize import Scene
from visualize.scene.frames import Frames
from visualize.storage.cache import FOLDER

ROOT = Path(__file__).parent.parent
SCENES = sorted((ROOT / "scenes").glob("*.yaml"))
FRAMES = "frames: {size: [48, 32], pace: even}"
SMALL = f"""\
objective: x**2/20 + y**2
start: [-7, 2]
steps: 5
optimizers: [{{name: sgd, learning_rate: 0.9}}]
panels: [values]
{FRAMES}
"""
"""A scene that is rendered in no time."""
LEAVING = SMALL.replace("0.9", "1e200")
"""It diverges."""
TWO_RUNS = """\
objective: x**2/20 + y**2
start: [-7, 2]
steps: 6
optimizers:
  - {name: sgd, learning_rate: 0.5}
  - {name: adam, learning_rate: 0.3}
"""
BAD = SMALL.replace("optimizers", "optimizer")

# How long an example takes says more of who else is at work than of what is tested.
settings.register_profile("without a deadline", deadline=None)
settings.load_profile("without a deadline")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while thousands of tests are collected, nor among them afterwards."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return folders for caches, of which none is there yet."""
    folder = tmp_path_factory.mktemp("caches")
    return (folder / str(number) for number in count())


@pytest.fixture(autouse=True)
def own_cache(caches: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give every test a cache of its own, and return where it will be."""
    folder = next(caches)
    monkeypatch.setenv(FOLDER, str(folder))
    return folder


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
    rate = {name: getattr(scene.frames, name) for name in ("fps", "interval")}
    rate = {name: it for name, it in rate.items() if it is not None}
    small = Frames.model_validate({"size": size, "count": frames, **rate})
    return scene.model_copy(update={"frames": small, "font_size": 5.0})


def shared_data() -> Path | None:
    """Return the folder of reference data, where this machine has one."""
    folder = os.environ.get("VISUALIZE_DATA")
    return Path(folder) if folder and Path(folder).is_dir() else None
