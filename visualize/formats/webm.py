"""WebM video (VP9): for web pages; free to use for everybody."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, ClassVar

from visualize.formats._ffmpeg import VideoFormat
from visualize.formats.format import LONGEST_COMMENT

QUALITY = 32
"""VP9's constant quality; lower is better and larger. Text is as clean as in our MP4s."""
THREADS = 2
"""Fixed: VP9's bytes depend on it. With `row-mt` two cost no more than one."""
SEGMENT, CLUSTER, TAGS, TAG, SIMPLE_TAG = "18538067", "1f43b675", "1254c367", "7373", "67c8"
TAG_NAME, TAG_STRING = "45a3", "4487"
"""Matroska's elements, by their numbers."""
Place = tuple[int, int]
"""Where a part of a file begins and ends."""


class Webm(VideoFormat):
    """Pipes every picture to ffmpeg as it comes: VP9, yuv420p, BT.709 in tags and pixels.

    Opacity is a second video in the file, which browsers show, but for Safari.
    `realtime` takes an eighth of the time of `good`, for a tenth more bytes. Without `bitexact`
    the file would have a random number in it; as it is, the same pictures make the same bytes.
    """

    transparent: ClassVar[bool] = True
    coarsest: ClassVar[int] = 24
    codec: ClassVar[tuple[str, ...]] = (
        *("-c:v", "libvpx-vp9", "-b:v", "0", "-crf", str(QUALITY)),
        *("-deadline", "realtime", "-cpu-used", "5", "-tune-content", "screen", "-g", "250"),
        *("-lag-in-frames", "0", "-tile-columns", "0", "-row-mt", "1", "-threads", str(THREADS)),
        *("-fflags", "+bitexact", "-flags:v", "+bitexact"),
    )

    @classmethod
    def comment_in(cls, path: Path) -> str:
        """Return the comment, which stands in the tags before the pictures."""
        with path.open("rb", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            places = [(0, size)]
            for kind in (SEGMENT, TAGS, TAG, SIMPLE_TAG):
                places = [found for place in places for found in _find(file, kind, place)]
                if kind == SEGMENT and [end for _, end in places] != [size]:  # it is cut off
                    return ""
            for place in places:
                parts = {kind: _content(file, it) for kind, it in _elements(file, place)}
                if parts.get(TAG_NAME) == "COMMENT":
                    return parts.get(TAG_STRING, "")
        return ""


def _find(file: BinaryIO, wanted: str, place: Place) -> Iterator[Place]:
    """Yield where the elements of a kind are in a part of a file, before the pictures."""
    for kind, found in _elements(file, place):
        if kind == CLUSTER:
            return
        if kind == wanted:
            yield found


def _elements(file: BinaryIO, place: Place) -> Iterator[tuple[str, Place]]:
    """Yield the kind of each element in a part of a file, and where its content is."""
    start, end = place
    while start < end:
        file.seek(start)
        head = file.read(min(12, end - start))
        # As many bytes as the first one has zeros before its first one, and one more.
        first = 9 - head[0].bit_length()
        if not head[0] or len(head) <= first or not head[first]:
            return
        second = 9 - head[first].bit_length()
        length = int.from_bytes(head[first : first + second]) - (1 << 7 * second)
        begin, start = start + first + second, start + first + second + length
        if start <= end:
            yield head[:first].hex(), (begin, start)


def _content(file: BinaryIO, place: Place) -> str:
    start, end = place
    if end - start > LONGEST_COMMENT:
        return ""
    file.seek(start)
    return file.read(end - start).decode(errors="replace")
