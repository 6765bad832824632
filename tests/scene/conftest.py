"""What tests of scenes share: a function that reads a wrong one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from visualize import read_scene
from visualize.errors import Mistake, SceneError

Refuse = Callable[[str], tuple[Mistake, ...]]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where a scene may be written."""
    return tmp_path_factory.mktemp("scenes") / "scene.yaml"


@pytest.fixture(scope="module")
def refuse(file: Path) -> Refuse:
    """Return a function that reads a wrong scene and returns its mistakes."""

    def refuse(text: str) -> tuple[Mistake, ...]:
        file.write_text(text, "utf-8")
        with pytest.raises(SceneError) as caught:
            read_scene(file)
        return caught.value.mistakes

    return refuse
