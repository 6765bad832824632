"""The music of a post: whether it can be played, and how it is heard."""

from collections.abc import Iterator
from pathlib import Path

from visualize.deck.settings import Music
from visualize.formats._tracks import Sound
from visualize.storage.files import is_inside


def misfits(
    music: Music, folder: Path, *, allow_outside: bool = False
) -> Iterator[tuple[str, str]]:
    """Yield each setting of a music that cannot be, and why; its file stands in a folder.

    The beginning of the track is decoded; all of it where some of it is to be left out.
    """
    from visualize.formats._sound import seconds_of, trouble_with

    track = folder / music.file
    if not allow_outside and not is_inside(track, folder):
        yield "file", "lies outside the post's folder; --allow-outside reads it"
    elif words := trouble_with(track):
        yield "file", words
    elif music.start and music.start >= (seconds := seconds_of(track)):
        yield "start", f"the track has only {seconds:.1f} s (got {music.start:g})"


def sound_of(music: Music, folder: Path) -> Sound:
    """Return how a music is heard whose file stands in a folder."""
    loudness = None if music.loudness == "as it is" else music.loudness
    return Sound(folder / music.file, music.volume, music.fade, music.start, music.loop, loudness)
