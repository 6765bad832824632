"""Fonts that scenes ask for: families of this machine, and files."""

import shutil
from collections.abc import Callable
from pathlib import Path

import matplotlib
import pytest

from tests.conftest import SMALL
from tests.film.films import a_film, a_scene
from visualize import read_scene
from visualize.batch.parcel import packed, unpacked
from visualize.errors import SceneError
from visualize.film.fingerprint import fingerprint
from visualize.scene.fonts import OwnFont
from visualize.watching.sources import files_of

Write = Callable[..., Path]
FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"


@pytest.fixture
def brand(tmp_path: Path) -> Path:
    return Path(shutil.copy(FONTS / "STIXGeneral.ttf", tmp_path / "brand.ttf"))


def refused(path: Path) -> str:
    with pytest.raises(SceneError) as caught:
        read_scene(path)
    [mistake] = caught.value.mistakes
    assert mistake.setting.startswith("font")
    return mistake.message


@pytest.mark.parametrize(
    ("font", "family"),
    [("sans", "DejaVu Sans"), ("serif", "DejaVu Serif"), ("mono", "DejaVu Sans Mono")],
)
def test_three_families_are_everywhere(font: str, family: str) -> None:
    film = a_film((400, 250), font=font, title="A title")
    [title] = [text for text in film.figure.texts if text.get_text() == "A title"]
    assert film.figure.axes[0].xaxis.label.get_fontfamily()[0] == family
    assert title.get_fontfamily()[0].startswith(family)
    assert not film.remarks


def test_a_file_is_used_and_travels(brand: Path, write_scene: Write) -> None:
    scene = read_scene(write_scene(f"{SMALL}font: brand.ttf\n"))
    assert isinstance(scene.font, OwnFont)
    assert scene.portable()["font"] == {"file": "brand.ttf", "digest": scene.font.digest}
    assert [*files_of(scene)] == [brand]
    parcel = packed(scene)
    brand.unlink()
    there = unpacked(parcel)
    assert fingerprint(there) == fingerprint(scene)
    film = a_film((400, 250), font=there.font)
    assert film.figure.axes[0].xaxis.label.get_fontfamily()[0].startswith("STIXGeneral ")


def test_a_film_is_another_where_the_file_is(brand: Path, write_scene: Write) -> None:
    path = write_scene(f"{SMALL}font: brand.ttf\n")
    scene = read_scene(path)
    shutil.copy(FONTS / "DejaVuSerif.ttf", brand)
    assert fingerprint(read_scene(path)) != fingerprint(scene)
    assert isinstance(scene.font, OwnFont)
    write_scene(f"{SMALL}font: {{file: brand.ttf, digest: {scene.font.digest}}}\n")
    assert "the file holds another font now" in refused(path)


def test_a_letter_that_it_lacks_is_told() -> None:
    film = a_film((400, 250), font="DejaVu Serif", title="\N{PESETA SIGN}")
    assert not any("has no" in it for it in a_film((400, 250), font="serif").remarks)
    assert any("DejaVu Serif has no \N{PESETA SIGN}; drawn by " in it for it in film.remarks)


@pytest.mark.parametrize(
    ("font", "words"),
    [
        ("Dejavu Serf", "no font 'Dejavu Serf' on this machine; did you mean 'DejaVu Serif'?"),
        ("Zapfino", "there are DejaVu"),
        ("brnd.ttf", "brnd.ttf: no such file or directory; did you mean 'brand.ttf'?"),
        ("none.otf", "none.otf: no font that can be read"),
        ("../brand.ttf", "lies outside the scene's folder; --allow-outside reads it"),
        ("{fil: a.ttf}", "did you mean 'file'?"),
        ("12", "must be text (got 12); write font: serif"),
    ],
)
def test_a_font_that_there_is_not_is_answered(
    font: str, words: str, brand: Path, write_scene: Write
) -> None:
    (brand.parent / "none.otf").write_text("no font")
    assert words in refused(write_scene(f"{SMALL}font: {font}\n"))


def test_without_one_nothing_is_looked_for() -> None:
    assert a_scene().font is None
    assert "font" not in a_scene().portable()
