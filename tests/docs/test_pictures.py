"""What docs/pictures.md says holds."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from visualize import compose, read_scene, simulate
from visualize.looks.fonts import OTHER_FONTS
from visualize.looks.style import SMALL
from visualize.panels._trails import FADE

TEXT = (ROOT / "docs" / "pictures.md").read_text("utf-8")


SCENES = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", SCENES)
def test_its_scenes_are_drawn(text: str, tmp_path: Path) -> None:
    path = tmp_path / "scene.yaml"
    path.write_text(text, "utf-8")
    scene = read_scene(path)
    if text == SCENES[0]:
        assert list(scene.by_theme) == ["light", "dark"]
    assert compose(scene, simulate(scene)).remarks == ()


def test_every_family_of_other_fonts_is_named() -> None:
    words = " ".join(TEXT.split())
    for family in OTHER_FONTS:
        assert family.removeprefix("Noto Sans ").removeprefix("CJK ") in words, family


def test_its_numbers_are_those_of_the_code() -> None:
    assert f"more than {2 * FADE} rows is strong for its last {FADE}" in " ".join(TEXT.split())
    assert f"less than {SMALL} pixels wide" in " ".join(TEXT.split())
