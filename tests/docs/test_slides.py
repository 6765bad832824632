"""The program of docs/slides.md runs, and the settings that it shows are right."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from visualize.deck.reading import read_deck
from visualize.errors import SceneError

TEXT = (ROOT / "docs" / "slides.md").read_text("utf-8")


def test_the_settings_are_those_that_there_are(tmp_path: Path) -> None:
    [settings] = re.findall(r"```yaml\n(---\n.*?---\n)```", TEXT, re.DOTALL)
    path = tmp_path / "post.md"
    path.write_text(f"{settings}\n# A\n", "utf-8")
    with pytest.raises(SceneError) as told:
        read_deck(path)
    assert [it.message for it in told.value.mistakes] == ["there is no such file"]  # the music


def test_the_post_that_it_shows_is_sound(tmp_path: Path) -> None:
    [post] = re.findall(r"````markdown\n(.*?)````", TEXT, re.DOTALL)
    path = tmp_path / "post.md"
    path.write_text(post, "utf-8")
    scene = (ROOT / "scenes" / "adagrad-contour.yaml").read_bytes()
    (tmp_path / "adagrad-contour.yaml").write_bytes(scene)  # a link would lead outside
    assert len(read_deck(path).slides) >= 1


@pytest.mark.parametrize("post", sorted((ROOT / "scenes").glob("*.md")), ids=lambda it: it.stem)
def test_the_posts_that_come_along_are_sound(post: Path) -> None:
    deck = read_deck(post)
    assert not deck.remarks
    assert len(deck.slides) > 10


def test_its_pictures_are_there() -> None:
    for name in re.findall(r"!\[[^]]*\]\((slides/[^)]*)\)", TEXT):
        assert (ROOT / "docs" / name).is_file()
