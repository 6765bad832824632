"""What docs/pictures.md says holds."""

import re
from pathlib import Path

from tests.conftest import ROOT
from visualize import Scene, compose, read_scene, simulate
from visualize.looks.fonts import OTHER_FONTS
from visualize.looks.style import SMALL
from visualize.panels._trails import FADE

TEXT = (ROOT / "docs" / "pictures.md").read_text("utf-8")


def scenes_in(folder: Path) -> list[Scene]:
    texts = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    for number, text in enumerate(texts):
        (folder / f"{number}.yaml").write_text(text, "utf-8")
    return [read_scene(folder / f"{number}.yaml") for number in range(len(texts))]


def test_its_scenes_are_drawn_the_first_in_both_themes(tmp_path: Path) -> None:
    scenes = scenes_in(tmp_path)
    assert list(scenes[0].by_theme) == ["light", "dark"]
    for scene in scenes:
        assert compose(scene, simulate(scene)).remarks == ()


def test_every_family_of_other_fonts_is_named() -> None:
    words = " ".join(TEXT.split())
    for family in OTHER_FONTS:
        assert family.removeprefix("Noto Sans ").removeprefix("CJK ") in words, family


def test_its_numbers_are_those_of_the_code() -> None:
    assert f"more than {2 * FADE} rows is strong for its last {FADE}" in " ".join(TEXT.split())
    assert f"less than {SMALL} pixels wide" in " ".join(TEXT.split())
