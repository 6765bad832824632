"""From a film to a file."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from visualize.errors import OutputError
from visualize.film.carrying import comment_about
from visualize.film.film import Clip, Film, settled
from visualize.film.fingerprint import comment_for
from visualize.film.fitting import NOTHING, Loss, fit, in_kilobytes, losses_of
from visualize.film.movie_writer import over, picture_of
from visualize.film.smaller import scaled, thinned
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
    told: Callable[[str], object] | None = None,
) -> Path:
    """Write a film, or another clip, to a file whose suffix says the format; return its path.

    The file is written whole or not at all. A still is the clip's poster. A video may have a
    `sound` (a file, or how one is to be heard), `chapters` and `captions`. With `metadata` a film
    carries its scene, which `visualize remix` writes again. `progress` is called with the pictures
    encoded and all there will be, and `told` with what was given up so that the file is no larger
    than `max_size` in the scene's frames. Raises `OutputError` where the file cannot be written or
    be so small, the sound cannot be decoded, or the format cannot do what the clip wants.

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
    whole = (
        folder_written_whole(path, kind.strangers)
        if issubclass(kind, FolderFormat)
        else written_whole(path)
    )
    with whole as temporary, settled():
        encoding = _Encoding(kind, comment, tracks, temporary, progress)
        encoding.write(clip)
        limit = clip.scene.frames.max_size if isinstance(clip, Film) else None
        if limit is not None and isinstance(clip, Film) and temporary.is_file():
            words = _fit(clip, limit, encoding, path)
            if words and told is not None:
                told(words)
        elif limit is not None and told is not None:
            told("max_size is of files; a folder of pictures is as large as it is")
    return path


@dataclass(frozen=True)
class _Encoding:
    """How a clip becomes a file."""

    kind: type[Format]
    comment: str
    tracks: Tracks
    path: Path
    progress: Progress | None

    def write(self, clip: Clip, loss: Loss = NOTHING) -> None:
        """Write the file, with some colours or details less."""
        taker = self.kind(clip.timeline, comment=self.comment)
        taker.tracks, taker.colors, taker.coarser = self.tracks, loss.colors, loss.coarser
        frames = [clip.poster] if self.kind.still else range(clip.frames)
        if self.kind.looks_ahead:
            taker.look_ahead(_probes(clip, self.kind.looks_ahead))
        if isinstance(clip, Film):
            _save_film(clip, frames, self.path, taker, self.progress)
        else:
            _save_clip(clip, frames, self.path, taker, self.progress)
        if self.progress is not None:
            self.progress(len(frames), len(frames))


def _fit(film: Film, limit: int, encoding: _Encoding, path: Path) -> str:
    """Make a file that is too large smaller; return what was given up, nothing if it was not.

    Raises `OutputError` where no file of that size can be made.
    """
    whole = encoding.path.stat().st_size
    if whole <= limit:
        return ""
    size, best = film.size, b""
    picture = _pixels(film, film.poster).copy()
    row = losses_of(encoding.kind, picture, float(film.timeline.rate), film.frames)
    smaller: dict[Loss, tuple[int, int]] = {}

    def size_of(loss: Loss) -> int:
        nonlocal best
        with scaled(film, loss.scale):
            smaller[loss] = film.size
            encoding.write(thinned(film, loss.every), loss)
        made = encoding.path.read_bytes()
        best = made if len(made) <= limit else best
        return len(made)

    found = fit(row, whole, limit, size_of)
    words = found.loss.in_words(size, smaller.get(found.loss, size))
    if not best:
        least = in_kilobytes(found.size) + (f" ({words})" if words else "")
        asked = f"{path.name}: cannot be as small as {in_kilobytes(limit)}"
        raise OutputError(f"{asked}; the smallest is {least}")
    encoding.path.write_bytes(best)
    return f"{in_kilobytes(len(best))}: {words}"


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
