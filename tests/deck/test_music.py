"""The music of a post."""

from pathlib import Path

import pytest

from tests.formats.sounds import a_tone
from visualize.deck.music import misfits, sound_of
from visualize.deck.settings import Music


def test_a_track_beside_the_post_fits(tmp_path: Path) -> None:
    a_tone(tmp_path / "tone.wav")
    music = Music(file="tone.wav", volume=0.5, fade=1, start=1, loop=False)
    assert list(misfits(music, tmp_path)) == []
    sound = sound_of(music, tmp_path)
    assert (sound.file, sound.volume, sound.fade) == (tmp_path / "tone.wav", 0.5, 1)
    assert (sound.start, sound.loop, sound.loudness) == (1, False, -16)
    assert sound_of(music.model_copy(update={"loudness": "as it is"}), tmp_path).loudness is None


@pytest.mark.parametrize(
    ("name", "setting", "words"),
    [
        ("nowhere.mp3", "file", "no such file"),
        ("text.mp3", "file", "cannot be decoded"),
        ("folder", "file", "is a folder"),
        ("../tone.wav", "file", "outside the post's folder"),
        ("http://localhost:9/tone.mp3", "file", "no such file"),
    ],
)
def test_what_cannot_be_played_is_told(name: str, setting: str, words: str, tmp_path: Path) -> None:
    folder = tmp_path / "post"
    (folder / "folder").mkdir(parents=True)
    (folder / "text.mp3").write_text("la la la")
    a_tone(tmp_path / "tone.wav")
    [(where, why)] = misfits(Music(file=name), folder)
    assert where == setting
    assert words in why


def test_a_track_outside_may_be_allowed(tmp_path: Path) -> None:
    (tmp_path / "post").mkdir()
    a_tone(tmp_path / "tone.wav")
    music = Music(file="../tone.wav")
    assert list(misfits(music, tmp_path / "post", allow_outside=True)) == []


def test_a_start_behind_the_end_is_told(tmp_path: Path) -> None:
    a_tone(tmp_path / "tone.wav", 2)
    assert list(misfits(Music(file="tone.wav", start=3), tmp_path)) == [
        ("start", "the track has only 2.0 s (got 3)")
    ]
