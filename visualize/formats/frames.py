"""A folder of numbered PNGs, one for each frame: for video editors and other programs."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from visualize.formats._pixels import changed_box
from visualize.formats._png import comment_of, is_whole, write, zlib_used
from visualize.formats.format import Box, FolderFormat, Picture

LEFT_BY_SYSTEMS = {".DS_Store", "Thumbs.db", "desktop.ini"}
"""Files that come about where somebody looks into a folder."""
EFFORT = 6
"""zlib's; with 9 the files are a tenth smaller and take twice as long."""


class FramesFolder(FolderFormat):
    """Writes each picture as it comes, without loss, to a file of its own: `00000.png` and on.

    They are numbered as the film's frames are. How long they stay is not for files.
    """

    transparent: ClassVar[bool] = True

    def start(self, picture: Picture) -> None:
        """Write the first picture."""
        self._shown = picture.copy()
        self._write()

    def follow(self, picture: Picture, box: Box) -> None:
        """Write a picture, which may be the one before again."""
        changed = changed_box(self._shown, picture, box)
        if changed is None:
            shutil.copyfile(self._path(self.count - 1), self._path(self.count))
        else:
            self._shown[changed.slices] = picture[changed.slices]
            self._write()

    def end(self) -> None:
        """Do nothing: every file is there."""

    def _write(self) -> None:
        write(self._path(self.count), self._shown, self.comment, EFFORT)

    def _path(self, frame: int) -> Path:
        return self.path / _name(frame)

    @classmethod
    def encoder(cls) -> str:
        """Return zlib's version."""
        return zlib_used()

    @classmethod
    def comment_in(cls, path: Path) -> str:
        """Return the comment that all files carry, if they are frames from 0 on, each whole."""
        names = _names_in(path)
        if names != {_name(frame) for frame in range(len(names))}:
            return ""
        files = [path / name for name in names]
        comments = {comment_of(file) if is_whole(file) else "" for file in files}
        return comments.pop() if len(comments) == 1 else ""

    @classmethod
    def count_in(cls, folder: Path) -> int:
        """Return how many frames a folder holds."""
        return len(_names_in(folder))

    @classmethod
    def strangers(cls, folder: Path) -> Iterator[str]:
        """Yield the names of what in a folder is no frame that was written here."""
        for file in sorted(folder.iterdir()):
            if not file.is_file() or not (file.name in LEFT_BY_SYSTEMS or _is_ours(file)):
                yield file.name


def _is_ours(file: Path) -> bool:
    numbered = file.stem.isdecimal() and file.name == _name(int(file.stem))
    return numbered and comment_of(file).startswith("visualize ")


def _names_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()} - LEFT_BY_SYSTEMS


def _name(frame: int) -> str:
    return f"{frame:05}.png"
