"""What docs/panels.md says holds."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from visualize import compose, read_scene, simulate

TEXT = (ROOT / "docs" / "panels.md").read_text("utf-8")
SCENES = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", SCENES, ids=range(len(SCENES)))
def test_its_scenes_are_drawn_as_they_stand(text: str, tmp_path: Path) -> None:
    path = tmp_path / "scene.yaml"
    path.write_text(text, "utf-8")
    scene = read_scene(path)
    assert compose(scene, simulate(scene)).remarks == ()
