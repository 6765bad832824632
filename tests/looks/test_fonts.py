"""Letters: what draws them, and what is said of those that nothing draws."""

import json
from pathlib import Path

import matplotlib
import pytest
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager, get_font

from tests.film.films import a_film, a_scene
from visualize.film.fingerprint import fingerprint
from visualize.looks.fonts import (
    MATHEMATICS,
    SHIPPED,
    TEXT_FONT,
    TITLE_FONT,
    TYPE,
    _drawn_by,
    font_families,
    remarks_on,
)

LATIN = "".join(map(chr, [*range(0x21, 0x7F), *range(0xC0, 0x17F)]))
GREEK = "αβγδεζηθικλμνξοπρστυφχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ"
MATHEMATICAL = (
    "∂∇√∞≈≠≤≥±×÷·∑∏∫∈∉∀∃→←↔⇒⇔∝‖″⊙∘∥⟨⟩⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉"
    "\N{MINUS SIGN}\N{PRIME}\N{SCRIPT SMALL L}\N{DOUBLE-STRUCK CAPITAL R}"
)


@pytest.mark.parametrize("letters", [LATIN, GREEK, MATHEMATICAL])
def test_what_comes_along_draws_latin_greek_and_mathematics(letters: str) -> None:
    drawn_by = _drawn_by(letters, [TEXT_FONT, MATHEMATICS])
    assert None not in drawn_by.values()
    if letters != MATHEMATICAL:
        own = [letter for letter, family in drawn_by.items() if family == TEXT_FONT]
        assert len(own) > 0.97 * len(drawn_by)


def test_the_files_come_along_with_their_licence_and_are_small() -> None:
    sizes = [(TYPE / file).stat().st_size for file in SHIPPED.values()]
    assert sum(sizes) < 200_000
    assert "SIL OPEN FONT LICENSE Version 1.1" in (TYPE / "OFL.txt").read_text("utf-8")


@pytest.mark.parametrize("family", SHIPPED)
def test_digits_are_all_as_wide(family: str) -> None:
    font_families()
    [entry] = [entry for entry in fontManager.ttflist if entry.name == family]
    font = get_font(entry.fname)
    font.set_size(100, 72)
    widths = {font.load_char(ord(digit)).linearHoriAdvance for digit in "0123456789"}
    assert len(widths) == 1


def test_pictures_use_them() -> None:
    film = a_film((400, 250), title="A title")
    [title] = [text for text in film.figure.texts if text.get_text() == "A title"]
    assert title.get_fontfamily()[0] == TITLE_FONT
    assert film.figure.axes[0].xaxis.label.get_fontfamily()[0] == TEXT_FONT


@pytest.mark.parametrize(
    ("letter", "wanted"), [("学", "Noto Sans CJK SC"), ("🦉", "Noto Emoji"), ("\U00010380", "Noto")]
)
def test_it_is_told_what_to_install_for_letters_that_nothing_draws(
    letter: str, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = [entry for entry in fontManager.ttflist if entry.name in {*SHIPPED, MATHEMATICS}]
    monkeypatch.setattr(fontManager, "ttflist", only)
    figure = Figure()
    figure.text(0, 0, f"x {letter}")
    with matplotlib.rc_context({"font.family": font_families()}):
        [remark] = remarks_on(figure)
    assert f"draw {letter}; install {wanted}" in remark


def test_the_fingerprint_tells_which_file_of_another_font_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scene = a_scene(title="A 学 title")
    plain = a_scene(title="A title")
    without, of_plain = fingerprint(scene), fingerprint(plain)
    # A font of the list, as far as anybody can tell: matplotlib's own of another name.
    [dejavu] = [entry for entry in fontManager.ttflist if entry.name == "DejaVu Sans Display"]
    seen = []
    for version in (b"", b" "):
        file = tmp_path / f"{len(version)}.ttf"
        file.write_bytes(Path(dejavu.fname).read_bytes() + version)
        monkeypatch.setattr(
            "visualize.looks.fonts._drawn_by", lambda written, _: dict.fromkeys(written, "Other")
        )
        monkeypatch.setattr(
            "visualize.looks.fonts._entries",
            lambda file=file: {"Other": type(dejavu)(fname=str(file), name="Other")},
        )
        seen.append(fingerprint(scene))
        assert fingerprint(plain) == of_plain
    assert len({without, *seen}) == 3


def test_no_other_font_is_looked_for_where_none_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> list[str]:
        raise AssertionError("looked for")

    monkeypatch.setattr("visualize.looks.fonts.others_needed", fail)
    assert json.dumps(fingerprint(a_scene(title="Größe αβγ Шаг ½")))
