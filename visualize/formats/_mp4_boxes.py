"""The boxes in each other that an MP4 is made of (ISO/IEC 14496-12)."""

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

BEFORE_CONTENT = {b"meta": 4, b"data": 8}
"""Bytes after the head of some boxes: their version and flags, or what sort of value they hold."""
CAPTIONS = b"sbtl"
"""What handles a track of captions."""
ENABLED = 1
"""The flag of a track that is shown unless somebody says otherwise."""


def boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the kind of each box in a part of a file, and where its content begins and ends."""
    while start + 8 <= end:
        file.seek(start)
        length, kind = struct.unpack(">I4s", file.read(8))
        head = 8
        if length == 1 and start + 16 <= end:  # it is longer than four bytes can say
            length, head = int.from_bytes(file.read(8)), 16
        if not head <= length <= end - start:
            return
        yield kind, start + head + BEFORE_CONTENT.get(kind, 0), start + length
        start += length


def leave_captions_to_ask_for(path: Path) -> None:
    """Let captions be shown only where somebody asks for them: ffmpeg's muxer enables them."""
    with path.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        for _, *movie in _of_kind(file, b"moov", 0, size):
            for _, *track in _of_kind(file, b"trak", *movie):
                [(_, media, media_end)] = _of_kind(file, b"mdia", *track)
                [(_, handler, _)] = _of_kind(file, b"hdlr", media, media_end)
                [(_, header, _)] = _of_kind(file, b"tkhd", *track)
                file.seek(handler + 8)
                if file.read(4) == CAPTIONS:
                    file.seek(header + 3)  # the last byte of the flags
                    flags = file.read(1)[0]
                    file.seek(header + 3)
                    file.write(bytes([flags & ~ENABLED]))


def _of_kind(file: BinaryIO, kind: bytes, start: int, end: int) -> list[tuple[bytes, int, int]]:
    return [box for box in boxes(file, start, end) if box[0] == kind]
