"""From a film to a file."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from visualize.errors import OutputError
from visualize.film.carrying import comment_about
from visualize.film.film import Clip, Film, settled
from visualize.film.fingerprint import comment_for
from visualize.film.movie_writer import over, picture_of
from visualize.formats._tracks import Caption, Chapter, Sound, Tracks
from visualize.formats.format import (
    FORMATS,
    FolderFormat,
    Format,
    Picture,
    cannot_carry,
    cannot_show,
)
from visualize.storage.files import folder_written_whole, written_whole
from visualize.text import did_you_mean

Progress = Callable[[int, int], object]


def save(
    clip: Clip,
    path: str | os.PathLike[str],
    *,
    sound: Sound | str | os.PathLike[str] | None = None,
    chapters: Sequence[Chapter] = (),
    captions: Sequence[Caption] = (),
    metadata: bool = True,
    progress: Progress | None = None,
) -> Path:
    """Write a film, or another clip, to a file whose suffix says the format; return its path.

    The file is written whole or not at all. A still is the clip's poster. A video may have a
    `sound` (a file, or how one is to be heard), `chapters` and `captions`. With `metadata` a film
    carries its scene, which `visualize remix` writes again. `progress` is called with the pictures
    encoded and all there will be. Raises `OutputError` where the file cannot be written, the sound
    cannot be decoded, or the format cannot do what the clip wants.

    >>> from visualize import Scene, compose, simulate
    >>> adagrad = {"name": "adagrad", "learning_rate": 1}
    >>> scene = Scene(objective="x**2", start=3, steps=5, optimizers=[adagrad])
    >>> save(compose(scene, simulate(scene)), "parabola.gif").name
    'parabola.gif'
    """
    path = Path(path)
    name = path.suffix.removeprefix(".")
    if name not in FORMATS.names():
        hint = did_you_mean(name, FORMATS.names())
        known = ", ".join(f".{known}" for known in FORMATS.names())
        raise OutputError(
            f"{path}: no format has the suffix '{path.suffix}'{hint}; there are {known}"
        )
    if words := cannot_show([name], transparent=clip.transparent):
        raise OutputError(f"{path}: {words}")
    kind = FORMATS.load(name)
    tracks = _tracks(sound, chapters, captions)
    if words := cannot_carry(name, tracks):
        raise OutputError(f"{path}: {words}")
    comment = comment_for(clip.fingerprint, kind, tracks)
    if metadata and isinstance(clip, Film):
        comment += comment_about(clip.scene, kind)
    taker = kind(clip.timeline, comment=comment)
    taker.tracks = tracks
    frames = [clip.poster] if kind.still else range(clip.frames)
    whole = (
        folder_written_whole(path, kind.strangers)
        if issubclass(kind, FolderFormat)
        else written_whole(path)
    )
    with whole as temporary, settled():
        if kind.looks_ahead:
            taker.look_ahead(_probes(clip, kind.looks_ahead))
        if isinstance(clip, Film):
            _save_film(clip, frames, temporary, taker, progress)
        else:
            _save_clip(clip, frames, temporary, taker, progress)
    if progress is not None:
        progress(len(frames), len(frames))
    return path


def _tracks(
    sound: Sound | str | os.PathLike[str] | None,
    chapters: Sequence[Chapter],
    captions: Sequence[Caption],
) -> Tracks:
    """Return what goes with the pictures; raise where the sound cannot be decoded."""
    if sound is not None and not isinstance(sound, Sound):
        sound = Sound(Path(sound))
    if sound is not None and sound.file is not None:
        from visualize.formats._sound import trouble_with

        if words := trouble_with(sound.file):
            raise OutputError(f"{sound.file}: {words}")
    return Tracks(
        sound,
        tuple(sorted(chapters, key=lambda chapter: chapter.start)),
        tuple(sorted(captions, key=lambda caption: caption.start)),
    )


def _save_film(
    film: Film, frames: Sequence[int], path: Path, taker: Format, progress: Progress | None
) -> None:
    """Let matplotlib's animation drive the format."""

    def report(done: int, total: int) -> None:
        if progress is not None:
            progress(done, total)
            film.draw(frames[done])  # it may have looked at another

    film.animation(frames).save(path, writer=over(taker), progress_callback=report)


def _save_clip(
    clip: Clip, frames: Sequence[int], path: Path, taker: Format, progress: Progress | None
) -> None:
    """Hand the pictures of what is no figure to the format."""
    with taker.writing(path, transparent=clip.transparent):
        for done, frame in enumerate(frames):
            if progress is not None:
                progress(done, len(frames))
            picture = _pixels(clip, frame)
            taker.take(picture, clip.damage())


def _probes(clip: Clip, count: int) -> Iterator[Picture]:
    """Yield pictures spread over the clip, the first and the last among them."""
    for frame in np.unique(np.linspace(0, clip.frames - 1, count).astype(int)):
        yield _pixels(clip, int(frame))


def _pixels(clip: Clip, frame: int) -> Picture:
    """Return a picture with its opacity; the next call may overwrite it."""
    if isinstance(clip, Film):
        clip.draw(frame)
        return picture_of(clip.figure)
    picture = clip.picture(frame)
    if picture.shape[2] == 3:
        picture = np.dstack([picture, np.full(picture.shape[:2], 255, dtype=np.uint8)])
    return picture
