"""A still PNG: one picture of the film, as its poster."""

from pathlib import Path
from typing import ClassVar

from visualize.formats._palette import in_few
from visualize.formats._pixels import is_opaque
from visualize.formats._png import comment_of, is_whole, write, write_indexed, zlib_used
from visualize.formats.format import Box, Format, Picture


class Png(Format):
    """Writes the picture it is given, without loss; of several the last.

    Which one of a film's that is, `poster` says in the scene's frames. A still has no time.
    """

    also_called: ClassVar = ("jpg", "jpeg", "image", "still", "picture", "bmp", "tiff")
    transparent: ClassVar[bool] = True
    still: ClassVar[bool] = True
    palettes: ClassVar[tuple[int, ...]] = (255, 128, 64, 32, 16)

    def start(self, picture: Picture) -> None:
        """Keep the picture."""
        self._picture = picture.copy()

    def follow(self, picture: Picture, box: Box) -> None:
        """Keep the picture in place of the one before."""
        self._picture[box.slices] = picture[box.slices]

    def end(self) -> None:
        """Write the file."""
        pixels = in_few(self._picture, self.colors) if self.colors else self._picture
        if self.colors and is_opaque(pixels):
            write_indexed(self.path, pixels, self.comment)
        else:
            write(self.path, pixels, self.comment)

    @classmethod
    def encoder(cls) -> str:
        """Return zlib's version."""
        return zlib_used()

    @classmethod
    def comment_in(cls, path: Path) -> str:
        """Return the comment, which stands before the pixels."""
        return comment_of(path) if is_whole(path) else ""
