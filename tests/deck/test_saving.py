"""From a deck to files."""

import dataclasses
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pypdf
import pytest
from PIL import Image

from tests.deck.decks import Drawn, a_deck, a_slide, color
from tests.formats.films import shown
from tests.formats.sounds import a_tone, heard, loudness
from visualize import OutputError
from visualize.deck.saving import part_of, save_deck, save_slide, tracks_of
from visualize.formats.format import FORMATS, Timeline

pytestmark = pytest.mark.usefixtures("drawn")
FILES = {"post.mp4", "post.vtt", "post.chapters.txt", "post.pdf", "post.sheet.png"}
SLIDES = [a_slide(f"Part {number}") for number in range(12)]


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_deck_becomes_a_video_and_what_goes_beside_one(tmp_path: Path) -> None:
    saved = save_deck(a_deck(*SLIDES), tmp_path)
    assert {path.name for path in saved.written} == FILES == set(contents(tmp_path))
    assert not saved.remarks + saved.notes
    with av.open(str(tmp_path / "post.mp4")) as video:
        assert video.duration == 36_000_000
        assert len(video.chapters()) == 12
        assert {it.type for it in video.streams} >= {"video", "subtitle"}
        assert not video.streams.audio
    assert (tmp_path / "post.vtt").read_text().count("-->") == 12
    assert (tmp_path / "post.chapters.txt").read_text().splitlines()[1] == "0:12 Part 4"
    assert len(pypdf.PdfReader(tmp_path / "post.pdf").pages) == 12


def test_the_contact_sheet_shows_every_slide(tmp_path: Path) -> None:
    save_deck(a_deck(*SLIDES[:5]), tmp_path)
    with Image.open(tmp_path / "post.sheet.png") as image:
        sheet = np.asarray(image.convert("RGB"))
    for number in range(5):
        row, column = divmod(number, 4)
        top, left = 16 + row * (360 + 16), 16 + column * (480 + 16)
        middle = sheet[top + 200, left + 240].astype(int)
        assert np.abs(middle - color(number)).max() <= 1


def test_each_slide_is_drawn_once_for_all_files(tmp_path: Path, drawn: list[Drawn]) -> None:
    save_deck(a_deck(*SLIDES, transition="fade"), tmp_path)
    assert [it.number for it in drawn] == list(range(12))


def test_what_is_current_is_not_written_again(tmp_path: Path, drawn: list[Drawn]) -> None:
    deck = a_deck(*SLIDES)
    save_deck(deck, tmp_path)
    drawn.clear()
    assert not save_deck(deck, tmp_path).written
    assert not drawn
    assert len(save_deck(deck, tmp_path, force=True).written) == 5
    (tmp_path / "post.pdf").unlink()
    assert [it.name for it in save_deck(deck, tmp_path).written] == ["post.pdf"]
    other = dataclasses.replace(deck, fingerprint="another")
    names = {it.name for it in save_deck(other, tmp_path).written}
    assert names == {"post.mp4", "post.pdf", "post.sheet.png"}


def test_bytes_are_equal_from_run_to_run(tmp_path: Path) -> None:
    a_tone(tmp_path / "tone.wav")
    folders = tmp_path / "one", tmp_path / "other"
    for folder in folders:
        folder.mkdir()
        deck = a_deck(*SLIDES, path=tmp_path / "post.md", music="tone.wav", transition="fade")
        save_deck(deck, folder)
    assert contents(folders[0]) == contents(folders[1])


def test_a_short_video_has_no_list_of_chapters_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "post.chapters.txt").write_text("0:00 of a longer one\n")
    saved = save_deck(a_deck(*SLIDES[:3]), tmp_path)
    assert not (tmp_path / "post.chapters.txt").exists()
    [note] = saved.notes
    assert note == "no list of chapters: video sites take none of a video under 30 s"
    [note] = save_deck(a_deck(*SLIDES[:11]), tmp_path).notes
    assert "want 3 of 10 s or more" in note


def test_chapters_may_be_left_out(tmp_path: Path) -> None:
    (tmp_path / "post.chapters.txt").write_text("0:00 of an earlier one\n")
    saved = save_deck(a_deck(*SLIDES, chapters=False), tmp_path)
    assert not saved.remarks + saved.notes
    assert not (tmp_path / "post.chapters.txt").exists()
    with av.open(str(tmp_path / "post.mp4")) as video:
        assert video.chapters() == []


def test_music_is_heard_and_silence_is_a_track(tmp_path: Path) -> None:
    a_tone(tmp_path / "tone.wav")
    music = {"file": "tone.wav", "fade": 0.5}
    deck = a_deck(*SLIDES[:4], path=tmp_path / "post.md", music=music)
    save_deck(deck, tmp_path)
    assert loudness(tmp_path / "post.mp4") == pytest.approx(-16, abs=0.5)
    before = (tmp_path / "post.mp4").read_bytes()
    a_tone(tmp_path / "tone.wav", height=600)
    save_deck(deck, tmp_path)
    assert (tmp_path / "post.mp4").read_bytes() != before, "another track of the same name"
    save_deck(a_deck(*SLIDES[:4]), tmp_path, silent=True)
    assert not heard(tmp_path / "post.mp4").any()


@pytest.mark.parametrize("kind", ["gif", "webm", "apng"])
def test_a_deck_can_be_another_kind_of_video(kind: str, tmp_path: Path) -> None:
    deck = a_deck(*SLIDES, transition="fade")
    saved = save_deck(deck, tmp_path, kind=kind)
    assert saved.written[0] == tmp_path / f"post.{kind}"
    assert deck.fingerprint in FORMATS.load(kind).comment_in(saved.written[0])
    if kind != "webm":
        assert shown(saved.written[0]).total == pytest.approx(36_000, abs=10)


def test_a_gif_has_no_sound_and_says_so(tmp_path: Path) -> None:
    a_tone(tmp_path / "tone.wav")
    deck = a_deck(*SLIDES, path=tmp_path / "post.md", music="tone.wav")
    assert "gif has no sound: the music is left out" in save_deck(deck, tmp_path, kind="gif").notes
    assert tracks_of(deck).sound


def test_what_slides_cannot_show_is_told_once(tmp_path: Path) -> None:
    slides = [a_slide(f"{number}", note="no font can draw it") for number in range(12)]
    assert save_deck(a_deck(*slides), tmp_path).remarks == ("no font can draw it",)


def test_what_cannot_be_written_is_told_and_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "post.pdf").mkdir()
    with pytest.raises(OutputError, match=r"post\.pdf"):
        save_deck(a_deck(*SLIDES), tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"post.pdf", "post.mp4"}


def test_a_slide_alone_is_a_picture_or_a_clip(tmp_path: Path) -> None:
    moving = a_slide(moves=((Timeline(Fraction(20)), 40),))
    deck = a_deck(a_slide(), moving, music="nowhere.mp3", transition="fade")
    assert [it.name for it in save_slide(deck, 1, tmp_path).written] == ["post-slide-1.png"]
    assert [it.name for it in save_slide(deck, 2, tmp_path).written] == ["post-slide-2.mp4"]
    save_slide(deck, 2, tmp_path, "gif")
    with av.open(str(tmp_path / "post-slide-2.mp4")) as video:
        assert video.duration == 3_000_000
    with Image.open(tmp_path / "post-slide-1.png") as image:
        assert image.convert("RGB").getpixel((0, 0)) == color(0)


def test_a_part_of_a_deck_has_files_of_its_own(tmp_path: Path) -> None:
    deck = a_deck(*SLIDES)
    part = part_of(deck, 3, 5)
    assert part.slides == deck.slides[2:5]
    assert part.fingerprint != part_of(deck, 3, 6).fingerprint != deck.fingerprint
    names = {path.name for path in save_deck(part, tmp_path).written}
    assert names == {
        "post-slides-3-5.mp4",
        "post-slides-3-5.vtt",
        "post-slides-3-5.pdf",
        "post-slides-3-5.sheet.png",
    }
