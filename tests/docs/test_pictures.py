"""What docs/pictures.md says holds."""

import re
from pathlib import Path

from tests.conftest import ROOT, TWO_RUNS
from visualize import Scene, compose, read_scene, simulate
from visualize.looks.fonts import OTHER_FONTS
from visualize.looks.style import SMALL
from visualize.looks.themes import THEMES
from visualize.panels._trails import FADE
from visualize.scene.scene import scene_of
from visualize.scene.source import document_of

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


def test_what_is_said_of_themes_and_sizes_can_be_written() -> None:
    words = " ".join(TEXT.split())
    for setting in ("theme: {base", "frames: {duration"):
        [text] = re.findall(f"`({setting}.*?}})`", words)
        document = document_of(f"{TWO_RUNS}{text}\n", "scene.yaml")
        scene = scene_of(document, Path())
    assert scene.frames.max_size == 500_000
    assert float(scene.frames.timeline.end(scene.frame_count)) == scene.frames.duration == 8


def test_all_themes_and_generic_fonts_are_named() -> None:
    for name in (*THEMES, "sans", "serif", "mono"):
        assert f"`{name}`" in TEXT


def test_every_family_of_other_fonts_is_named() -> None:
    words = " ".join(TEXT.split())
    for family in OTHER_FONTS:
        assert family.removeprefix("Noto Sans ").removeprefix("CJK ") in words, family


def test_its_numbers_are_those_of_the_code() -> None:
    assert f"more than {2 * FADE} rows is strong for its last {FADE}" in " ".join(TEXT.split())
    assert f"less than {SMALL} pixels wide" in " ".join(TEXT.split())
