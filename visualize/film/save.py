"""From a film to a file."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from visualize.errors import OutputError
from visualize.film.film import Film, settled
from visualize.film.fingerprint import comment_of
from visualize.formats._pixels import Picture, picture_of
from visualize.formats.format import FORMATS, LooksAhead, ManyFiles, Still, cannot_show, writer_for
from visualize.storage.files import folder_written_whole, written_whole
from visualize.text import did_you_mean


def save(
    film: Film,
    path: str | os.PathLike[str],
    *,
    progress: Callable[[int, int], object] | None = None,
) -> Path:
    """Write the film to a file whose suffix says the format, and return its path.

    The file is written whole or not at all. A still is the film's poster. `progress` is called
    with the pictures encoded and all there will be. Raises `OutputError` where the file cannot
    be written, or the format has no transparent background and the film wants one.
    """
    path = Path(path)
    name = path.suffix.removeprefix(".")
    if name not in FORMATS.names():
        hint = did_you_mean(name, FORMATS.names())
        known = ", ".join(f".{known}" for known in FORMATS.names())
        raise OutputError(
            f"{path}: no format has the suffix '{path.suffix}'{hint}; there are {known}"
        )
    if words := cannot_show([name], transparent=film.transparent):
        raise OutputError(f"{path}: {words}")
    make_writer = writer_for(name)
    comment = comment_of(film.fingerprint)
    writer = make_writer(fps=1000 / film.interval, hold=film.hold, loop=film.loop, comment=comment)
    frames = [film.poster] if isinstance(writer, Still) else range(film.frames)
    whole = (
        folder_written_whole(path, writer.strangers)
        if isinstance(writer, ManyFiles)
        else written_whole(path)
    )

    def tell(done: int, total: int) -> None:
        if progress is not None:
            progress(done, total)
            film.draw(frames[done])  # it may have looked at another

    with whole as temporary, settled():
        if isinstance(writer, LooksAhead):
            writer.look_ahead(_probes(film, writer.probes))
        film.animation(frames).save(
            temporary,
            writer=writer,
            progress_callback=tell,
        )
    if progress is not None:
        progress(len(frames), len(frames))
    return path


def _probes(film: Film, count: int) -> Iterator[Picture]:
    """Yield pictures spread over the film, the first and the last among them."""
    for frame in np.unique(np.linspace(0, film.frames - 1, count).astype(int)):
        film.draw(int(frame))
        yield picture_of(film.figure)
