"""MP4 video (H.264): small, plays everywhere."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from visualize.formats._ffmpeg import VideoFormat
from visualize.formats._mp4_boxes import boxes
from visualize.formats.format import LONGEST_COMMENT

THREADS = 1
"""Fixed: x264's bytes depend on it; and one costs a fifth less than two."""
QUALITY = 23
"""x264's constant rate factor; lower is better and larger."""
TUNING = (
    "scenecut=0:rc-lookahead=10:aq-mode=0:psy=0:weightp=0"
    ":bframes=2:subme=0:me=umh:merange=32:trellis=1"
)
"""Pictures of lines and flat areas, not of nature: bits go where pixels differ, not where an eye
would forgive, and nothing is searched for that a drawing does not have. What moves is small and
goes by whole pixels, and far."""
TIMED = "scenecut=0:rc-lookahead=3:aq-mode=0:psy=0:weightp=0:bframes=0:subme=0:me=hex:trellis=1"
"""Slides. Weighted prediction would make fades a fifth smaller, and leave a trace of what was
there before: the background a level darker but for its letters.
"""
COARSE, AFTER_COARSE = 0.35, "ipratio=2.8"
"""Of the bits that a picture would have had; and how much better a picture is with which it begins
anew: x264 takes those before for its measure.
"""
COMMENT = (b"moov", b"udta", b"meta", b"ilst", b"\xa9cmt", b"data")
"""The boxes in each other that the comment is in."""


class Mp4(VideoFormat):
    """Pipes every picture to ffmpeg as it comes: H.264, yuv420p, BT.709 in tags and pixels.

    The index stands at the front, so that a film plays while it loads. The same pictures make the
    same bytes.
    """

    also_called: ClassVar = ("video", "avi", "mov", "mkv", "m4v", "mpeg", "mpg", "h264", "ffmpeg")
    coarsest: ClassVar[int] = 18
    codec: ClassVar[tuple[str, ...]] = (
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", str(QUALITY)),
        *("-x264-params", TUNING, "-threads", str(THREADS), "-movflags", "+faststart"),
    )

    @classmethod
    def timed(cls, coarse: Sequence[tuple[int, int]]) -> Sequence[str]:
        """Return the tuning of slides, with a share of the bits for what may be coarse."""
        zones = "/".join(f"{first},{last},b={COARSE}" for first, last in coarse)
        return ["-x264-params", f"{TIMED}:{AFTER_COARSE}:zones={zones}" if zones else TIMED]

    @classmethod
    def comment_in(cls, path: Path) -> str:
        """Return the comment, which stands in the index at the front."""
        with path.open("rb", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            outermost = list(boxes(file, 0, size))
            if not outermost or outermost[-1][2] != size:  # it is cut off
                return ""
            start, end = 0, size
            for wanted in COMMENT:
                for kind, *place in boxes(file, start, end):
                    if kind == wanted:
                        start, end = place
                        break
                else:
                    return ""
            if not 0 <= end - start <= LONGEST_COMMENT:
                return ""
            file.seek(start)
            return file.read(end - start).decode(errors="replace")
