"""What goes with the pictures of a video: times of its pictures, sound, chapters, captions."""

import dataclasses
import struct
import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests.film.films import no_file_larger_than
from tests.formats.films import Pictures, decoded_times, patches
from tests.formats.sounds import a_tone, heard, loudness
from visualize import OutputError, save
from visualize.formats._loudness import CEILING
from visualize.formats._sound import seconds_of
from visualize.formats._tracks import Caption, Chapter, Sound
from visualize.formats.format import FORMATS, Timeline

VIDEOS = ("mp4", "webm")
videos = pytest.mark.parametrize("name", VIDEOS)
SLIDES = Timeline(Fraction(25), ticks=(75, 1, 1, 73, 50, 130))
"""A still, two pictures of a fade and what it ends in, and two stills: 13.2 s."""
WHOLE = Fraction(330, 25)
CHAPTERS = (Chapter(Fraction(0), "One"), Chapter(Fraction(3), "Two & <more> 数"))
CAPTIONS = (
    Caption(Fraction(0), Fraction(3), "The first slide\nhas two lines & a <tag>"),
    Caption(Fraction(3), WHOLE, "Größe: 数"),
)


def slides(**more: Any) -> Pictures:
    return Pictures(patches(6, (64, 48)), SLIDES, **more)


# Time


@videos
def test_each_picture_shows_exactly_when_it_should(name: str, tmp_path: Path) -> None:
    times = decoded_times(save(slides(), tmp_path / f"slides.{name}"))
    starts = [float(SLIDES.start(picture)) for picture in range(6)]
    assert set(starts) <= set(times)
    # What stands still is seen once a second.
    assert times[:5] == [0, 1, 2, 3, 3.04]
    assert max(np.diff([*times, float(WHOLE)])) < 2
    with av.open(str(tmp_path / f"slides.{name}")) as video:
        assert video.duration == pytest.approx(1e6 * float(WHOLE), abs=1e3)


@pytest.mark.parametrize("rate", ["2997/100", "24", "60", "10/3", "75750/1001"])
def test_any_rate_is_kept(rate: str, tmp_path: Path) -> None:
    timeline = Timeline(Fraction(rate), ticks=(7, 1, 90, 1), hold=Fraction(5, 4))
    path = save(Pictures(patches(4), timeline), tmp_path / "slides.mp4")
    with av.open(str(path)) as video:
        assert video.duration == pytest.approx(1e6 * float(timeline.end(4)), abs=1e3)
    times = decoded_times(path)
    for picture in range(4):
        assert min(abs(np.array(times) - float(timeline.start(picture)))) < 1e-4


@videos
def test_one_can_begin_where_the_timeline_says(name: str, tmp_path: Path) -> None:
    timeline = dataclasses.replace(SLIDES, beginnings=(0, 3, 5))
    path = save(Pictures(patches(6, (64, 48)), timeline), tmp_path / f"slides.{name}")
    with av.open(str(path)) as video:
        keys = [float(it.time or 0) for it in video.decode(video=0) if it.key_frame]
    assert keys == [0, 3.08, 8]


def test_what_is_gone_at_once_may_be_coarse(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (6, 48, 64, 3), dtype=np.uint8)
    coarse = dataclasses.replace(SLIDES, beginnings=(0, 3), passing=frozenset({1, 2}))

    def sizes(timeline: Timeline) -> list[int]:
        path = save(Pictures(list(noise), timeline), tmp_path / "it.mp4")
        with av.open(str(path)) as video:
            return [it.size for it in video.demux(video=0) if it.pts is not None]

    fine, found = sizes(SLIDES), sizes(coarse)
    assert max(found[3:5]) < 0.8 * min(fine[3:5])
    assert found[5] > 0.9 * fine[5], "what stays is as good as ever"


@videos
def test_what_stands_still_costs_next_to_nothing(name: str, tmp_path: Path) -> None:
    def size(ticks: int) -> int:
        timeline = Timeline(Fraction(25), ticks=(ticks, ticks))
        pictures = patches(2, (320, 180))
        return save(Pictures(pictures, timeline), tmp_path / f"it.{name}").stat().st_size

    assert size(25 * 60) - size(25) < 2 * 60 * 100


# What goes with it


def packets(path: Path, kind: str) -> list[tuple[float, float, bytes]]:
    """Return start, length and content of each packet of a kind of stream."""
    with av.open(str(path)) as container:
        [stream] = [it for it in container.streams if it.type == kind]
        return [
            (float(it.pts * it.time_base), float(it.duration * it.time_base), bytes(it))
            for it in container.demux(stream)
            if it.pts is not None and it.duration
        ]


@videos
def test_chapters_and_captions_are_found_by_players(name: str, tmp_path: Path) -> None:
    path = save(slides(), tmp_path / f"it.{name}", chapters=CHAPTERS, captions=CAPTIONS)
    with av.open(str(path)) as video:
        found = [
            (it["start"] * float(it["time_base"] or 0), it["metadata"]["title"])
            for it in video.chapters()
        ]
    assert found == [(0.0, "One"), (3.0, "Two & <more> 数")]
    texts = [caption.text.encode() for caption in CAPTIONS]
    if name == "mp4":
        texts = [struct.pack(">H", len(text)) + text for text in texts]
    assert packets(path, "subtitle") == [(0, 3, texts[0]), (3, float(WHOLE - 3), texts[1])]


def test_captions_of_an_mp4_are_of_the_kind_that_players_know(tmp_path: Path) -> None:
    path = save(slides(), tmp_path / "it.mp4", captions=CAPTIONS)
    with av.open(str(path)) as video:
        captions = video.streams.subtitles[0]
        assert captions.codec_context.name == "mov_text"
        assert not captions.disposition, "they are shown where somebody asks for them"
        assert video.streams.video[0].disposition
    content = path.read_bytes()
    assert b"tx3g" in content
    assert content.index(b"moov") < content.index(b"mdat"), "the index stands at the front"


@videos
def test_the_sound_is_as_long_as_the_pictures(name: str, tmp_path: Path) -> None:
    path = save(slides(), tmp_path / f"it.{name}", sound=a_tone(tmp_path / "tone.wav"))
    with av.open(str(path)) as video:
        assert video.streams.audio[0].codec_context.name == {"mp4": "aac", "webm": "opus"}[name]
        assert video.duration == pytest.approx(1e6 * float(WHOLE), abs=40_000)
    assert heard(path).shape[1] / 48_000 == pytest.approx(float(WHOLE), abs=0.03)


def test_a_silent_track_is_silent(tmp_path: Path) -> None:
    path = save(slides(), tmp_path / "it.mp4", sound=Sound())
    assert heard(path).shape == (2, pytest.approx(48_000 * float(WHOLE), abs=1024))
    assert not heard(path).any()


@videos
def test_the_same_things_make_the_same_bytes(name: str, tmp_path: Path) -> None:
    more: Any = {"chapters": CHAPTERS, "captions": CAPTIONS}
    more["sound"] = a_tone(tmp_path / "tone.wav")
    first = save(slides(), tmp_path / f"first.{name}", **more).read_bytes()
    assert save(slides(), tmp_path / f"second.{name}", **more).read_bytes() == first


@videos
def test_the_comment_tells_what_goes_with_the_pictures(name: str, tmp_path: Path) -> None:
    clip, path = slides(), tmp_path / f"it.{name}"
    plain = FORMATS.load(name).comment_in(save(clip, path))
    told = {plain, FORMATS.load(name).comment_in(save(clip, path, chapters=CHAPTERS))}
    told.add(FORMATS.load(name).comment_in(save(clip, path, sound=Sound())))
    assert len(told) == 3
    assert all(clip.fingerprint in comment for comment in told)


def test_a_film_of_its_own_pace_can_have_them_too(tmp_path: Path) -> None:
    film = Pictures(patches(30), Timeline(Fraction(20), hold=Fraction(3)))
    path = save(film, tmp_path / "it.mp4", sound=Sound(), captions=CAPTIONS[:1])
    assert decoded_times(path)[:3] == [0, 0.05, 0.1]
    with av.open(str(path)) as video:
        assert video.duration == 4_500_000


def test_a_format_without_sound_says_so_before_anything_is_drawn(tmp_path: Path) -> None:
    clip = slides()
    with pytest.raises(OutputError, match=r"gif cannot have sound or chapters; mp4, webm can"):
        save(clip, tmp_path / "it.gif", sound=Sound(), chapters=CHAPTERS)
    assert not clip.asked
    assert list(tmp_path.iterdir()) == []


# Loudness


@pytest.mark.parametrize(("amplitude", "wanted"), [(0.01, -16.0), (0.99, -23.0)])
def test_music_is_brought_to_a_stated_loudness(
    amplitude: float, wanted: float, tmp_path: Path
) -> None:
    tone = a_tone(tmp_path / "tone.wav", loudness=amplitude, height=997)
    path = save(slides(), tmp_path / "it.mp4", sound=Sound(tone, loudness=wanted, fade=0.5))
    assert loudness(path) == pytest.approx(wanted, abs=0.5)


def test_a_volume_is_a_factor_of_it(tmp_path: Path) -> None:
    sound = Sound(a_tone(tmp_path / "tone.wav"), volume=0.5, fade=0)
    path = save(slides(), tmp_path / "it.mp4", sound=sound)
    assert loudness(path) == pytest.approx(-22, abs=0.5)
    assert sound.target == pytest.approx(-22.02, abs=0.01)
    nothing = dataclasses.replace(sound, volume=0)
    assert not heard(save(slides(), tmp_path / "it.mp4", sound=nothing)).any()


def test_music_can_be_left_as_it_is(tmp_path: Path) -> None:
    tone = a_tone(tmp_path / "tone.wav", loudness=0.2, channels=2)
    path = save(slides(), tmp_path / "it.mp4", sound=Sound(tone, loudness=None, fade=0))
    assert np.abs(heard(path)[:, 48_000:-48_000]).max() == pytest.approx(0.2, abs=0.01)


def test_peaks_are_held_down_and_not_cut_off(tmp_path: Path) -> None:
    rate, seconds = 48_000, 13
    noise = np.random.default_rng(0).normal(0, 0.2, rate * seconds)
    noise = np.convolve(noise, np.full(16, 1 / 16), "same")  # AAC leaves out what is very high
    noise[:: rate // 4] = 0.9
    path = tmp_path / "clicks.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((noise.clip(-1, 1) * 32767).astype("<i2").tobytes())
    found = save(slides(), tmp_path / "it.mp4", sound=Sound(path, fade=0))
    assert np.abs(heard(found)).max() < CEILING + 0.08, "AAC goes a little beyond"
    assert loudness(found) == pytest.approx(-16, abs=1)


@pytest.mark.parametrize("wrong", [{"volume": -1}, {"fade": -1}, {"start": -1}, {"loudness": 3}])
def test_a_sound_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        Sound(**wrong)  # type: ignore[arg-type]  # each takes a number


def test_silence_is_not_made_louder(tmp_path: Path) -> None:
    sound = Sound(a_tone(tmp_path / "tone.wav", loudness=0))
    assert not heard(save(slides(), tmp_path / "it.mp4", sound=sound)).any()


# Length


def levels(path: Path, seconds: float = 0.25) -> list[float]:
    """Return how loud each quarter of a second is, as a part of the loudest."""
    samples = heard(path)[0]
    size = round(48_000 * seconds)
    found = [np.abs(samples[at : at + size]).max() for at in range(0, len(samples) - size, size)]
    return [float(it / max(found)) for it in found]


def test_it_comes_and_goes(tmp_path: Path) -> None:
    sound = Sound(a_tone(tmp_path / "tone.wav"), fade=2)
    found = levels(save(slides(), tmp_path / "it.mp4", sound=sound))
    assert found[0] < 0.2
    assert found[3] == pytest.approx(0.5, abs=0.1)
    assert min(found[8:-10]) > 0.9
    assert found[-1] < 0.25


def test_a_short_track_plays_again_unless_it_shall_not(tmp_path: Path) -> None:
    tone = a_tone(tmp_path / "tone.wav", 2)
    found = levels(save(slides(), tmp_path / "it.mp4", sound=Sound(tone, fade=0)))
    assert min(found) > 0.9
    once = Sound(tone, fade=0.5, loop=False)
    found = levels(save(slides(), tmp_path / "it.mp4", sound=once))
    assert min(found[2:6]) > 0.9
    assert found[7] < 0.6, "it goes where the track ends"
    assert max(found[9:]) < 0.01


def test_the_beginning_of_a_track_can_be_left_out(tmp_path: Path) -> None:
    low, high = (a_tone(tmp_path / f"{it}.wav", 4, height=it) for it in (200, 2000))
    both = tmp_path / "both.wav"
    a_tone(both, 8)
    content = low.read_bytes()[44:] + high.read_bytes()[44:]
    both.write_bytes(both.read_bytes()[:44] + content)
    samples = heard(save(slides(), tmp_path / "it.mp4", sound=Sound(both, start=4, fade=0)))[0]
    crossings = np.diff(np.sign(samples[4800:100_000])) != 0
    assert crossings.sum() / (100_000 - 4800) * 48_000 / 2 == pytest.approx(2000, rel=0.02)
    assert seconds_of(both) == pytest.approx(8, abs=0.01)


# What cannot be played


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no such file"),
        (b"", "cannot be decoded: "),
        (b"these are the words of a song", "cannot be decoded: "),
        (b"#EXTM3U\n#EXTINF:9\nhttp://localhost:9/a.ts\n#EXT-X-ENDLIST\n", "decoded"),
    ],
)
def test_a_track_that_cannot_be_played_is_told_before_anything_is_drawn(
    content: bytes | None, words: str, tmp_path: Path
) -> None:
    track, clip = tmp_path / "track.mp3", slides()
    if content is not None:
        track.write_bytes(content)
    with pytest.raises(OutputError, match=words) as caught:
        save(clip, tmp_path / "it.mp4", sound=track)
    assert str(track) in str(caught.value)
    assert not clip.asked
    assert not (tmp_path / "it.mp4").exists()


def test_a_video_without_sound_is_no_track(tmp_path: Path) -> None:
    silent = save(slides(), tmp_path / "silent.mp4")
    with pytest.raises(OutputError, match="no sound"):
        save(slides(), tmp_path / "it.mp4", sound=silent)


def test_a_track_that_is_over_before_it_shall_start_is_told(tmp_path: Path) -> None:
    sound = Sound(a_tone(tmp_path / "tone.wav", 2), start=5)
    with pytest.raises(OutputError, match="has ended before its second 5"):
        save(slides(), tmp_path / "it.mp4", sound=sound)
    assert [it.name for it in tmp_path.iterdir()] == ["tone.wav"]


def test_damage_in_the_middle_of_a_track_is_left_out(tmp_path: Path) -> None:
    track = save(slides(), tmp_path / "it.mp4", sound=a_tone(tmp_path / "tone.wav"))
    content = bytearray(track.read_bytes())
    middle = content.index(b"mdat") + len(content[content.index(b"mdat") :]) // 2
    content[middle : middle + 2000] = bytes(2000)
    (tmp_path / "damaged.mp4").write_bytes(content)
    path = save(slides(), tmp_path / "again.mp4", sound=tmp_path / "damaged.mp4")
    assert min(levels(path)[10:16]) > 0.5


# What goes wrong while it is written


@videos
@pytest.mark.parametrize("limit", [0, 100, 5000, 60_000])
def test_a_disk_that_is_full_is_told_and_leaves_what_was_there(
    name: str, limit: int, tmp_path: Path
) -> None:
    path = tmp_path / f"it.{name}"
    path.write_bytes(b"old")
    tone = a_tone(tmp_path / "tone.wav")
    noise = np.random.default_rng(0).integers(0, 256, (6, 40, 60, 3), dtype=np.uint8)
    with no_file_larger_than(limit), pytest.raises(OutputError) as caught:
        save(Pictures(list(noise), SLIDES), path, sound=tone, captions=CAPTIONS)
    assert "it." in str(caught.value)
    assert {it.name for it in tmp_path.iterdir()} == {path.name, "tone.wav"}
    assert path.read_bytes() == b"old"


@videos
def test_breaking_off_while_it_is_put_together_leaves_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("visualize.formats._container._chapters", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save(slides(), tmp_path / f"it.{name}", chapters=CHAPTERS)
    assert list(tmp_path.iterdir()) == []


def test_a_caption_that_is_longer_than_a_file_can_say_is_cut(tmp_path: Path) -> None:
    captions = (Caption(Fraction(0), WHOLE, "ß" * 40_000),)
    path = save(slides(), tmp_path / "slides.mp4", captions=captions)
    with av.open(str(path)) as video:
        [stream] = video.streams.subtitles
        packets = [packet for packet in video.demux(stream) if packet.size]
    assert bytes(packets[0])[2:].decode() == "ß" * 32_767
