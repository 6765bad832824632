"""What videos share: the pipe to the ffmpeg that imageio ships, the colours, and the failures."""

import functools
import hashlib
import importlib.metadata
import os
import re
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO, ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from visualize.formats._container import put_together
from visualize.formats._pixels import places_in
from visualize.formats.format import Box, Format, Picture
from visualize.storage.files import scratch_folder

POINT = 16
"""Binary digits behind the point of `BT_709`: whole numbers are the same on every machine."""
BT_709 = np.rint(
    # Rows: Y, Cb, Cr; columns: red, green, blue. Limited range: black is 16, white 235.
    np.array(
        [
            [0.2126 * 219, 0.7152 * 219, 0.0722 * 219],
            [-0.2126 / 1.8556 * 224, -0.7152 / 1.8556 * 224, 0.5 * 224],
            [0.5 * 224, -0.7152 / 1.5748 * 224, -0.0722 / 1.5748 * 224],
        ]
    )
    / 255
    * 2**POINT
).astype(np.int32)
TAGS = (
    *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
    *("-color_range", "tv"),
)
SLOWEST, FASTEST = Fraction(25), Fraction(60)
"""Pictures a second that an encoder of pictures with times is told."""
CRF = "-crf"
"""ffmpeg's option of codecs that have a constant quality: a larger number is coarser."""
ROOMY = 2**20
"""Bytes of a pipe: what fits in at once wakes nobody twice."""
SPECIAL = re.compile(r"[=;#\\\n]")
"""Letters that mean something in a file of ffmpeg's metadata, unless there is a \\ before them."""
MANY = 2**14
"""Blocks converted at a time, so that memory stays small."""


class VideoFormat(Format):
    """Pipes every picture to ffmpeg as it comes: yuv420p, BT.709 in tags and pixels.

    The colours are converted here, and only where a picture changed. An odd side is padded by
    one pixel, since yuv420p has none. A picture that stays for some ticks is sent so many times.
    The codec and its options are all that a format adds; one that is `transparent` is handed the
    opacity as well, of pictures that have it.

    Where the timeline says how long pictures stay, or there are tracks, each is sent once, and
    once a second while it stays; ffmpeg's video is then put together anew, with the true times.
    """

    has_tracks: ClassVar[bool] = True
    codec: ClassVar[Sequence[str]]
    """ffmpeg's options: the codec with its settings, and the container's."""

    def start(self, picture: Picture) -> None:
        """Start ffmpeg, and send it the first picture."""
        picture = _even(picture)
        height, width = picture.shape[:2]
        self._shown: Picture = np.empty((height, width, 4), dtype=np.uint8)
        self._luma = np.empty((height, width), dtype=np.uint8)
        self._chroma = np.empty((2, height // 2, width // 2), dtype=np.uint8)
        self._opacity = np.empty((height, width), dtype=np.uint8)
        self._planes = [self._luma, self._chroma]
        if self.has_opacity:
            self._planes.append(self._opacity)
        self._starts: list[Fraction] = []
        self._start_ffmpeg(width, height)
        self._convert(picture, *places_in(np.ones(self._chroma.shape[1:], dtype=bool)))
        self._send(self._times(0))

    def follow(self, picture: Picture, box: Box) -> None:
        """Send a picture."""
        if not box.is_empty:
            picture = _even(picture)
            top, left = box.top // 2, box.left // 2
            box = Box(2 * top, (box.bottom + 1) // 2 * 2, 2 * left, (box.right + 1) // 2 * 2)
            now, before = (it[box.slices].view(np.uint32) for it in (picture, self._shown))
            pairs = (now != before)[..., 0].view(np.uint16)
            down, right = places_in(pairs[::2] | pairs[1::2] != 0)
            self._convert(picture, down + top, right + left)
        self._send(self._times(self.count))

    def end(self) -> None:
        """Hold the last picture, and wait until ffmpeg has written the file."""
        end, hold = self.timeline.start(self.count), self.timeline.hold
        if self._is_timed:
            self._send([end + second for second in range(int(hold))])
        else:
            self._send([end] * round(hold * self.timeline.rate))
        try:
            self._pipe.close()
        except BrokenPipeError:
            raise self._failure() from None
        if self._ffmpeg.wait():
            raise self._failure()
        if self._is_timed:
            whole = self.timeline.end(self.count)
            put_together(self._video, self.path, self._starts, whole, self.tracks, self.comment)

    @classmethod
    def encoder(cls) -> str:
        """Return the versions of PyAV and imageio's ffmpeg, or what is named in place of that."""
        import imageio_ffmpeg

        own = os.environ.get("IMAGEIO_FFMPEG_EXE")
        packed_by = _known_by_its_content(own) if own else imageio_ffmpeg.__version__
        return f"imageio-ffmpeg {packed_by} av {importlib.metadata.version('av')}"

    @classmethod
    def timed(cls, coarse: Sequence[tuple[int, int]]) -> Sequence[str]:
        """Return options in addition where pictures get their times afterwards.

        There may be no B-frames. Pictures from a number to another may be `coarse`.
        """
        del coarse
        return ()

    @property
    def _is_timed(self) -> bool:
        return bool(self.timeline.ticks or self.tracks.names)

    @property
    def _rate(self) -> Fraction:
        """Pictures a second as ffmpeg sees them: an encoder's quality and level depend on it."""
        if not self.timeline.ticks:
            return self.timeline.rate
        return min(max(self.timeline.rate / min(self.timeline.ticks), SLOWEST), FASTEST)

    @property
    def _video(self) -> Path:
        """The file that ffmpeg writes."""
        path = self.path.absolute()
        return path.with_name(f"{path.stem}-pictures{path.suffix}") if self._is_timed else path

    def _start_ffmpeg(self, width: int, height: int) -> None:
        import imageio_ffmpeg

        codec = self._codec()
        if self._is_timed:
            self.resources.callback(self._video.unlink, missing_ok=True)
            codec = [*codec, *self._options()]
        log = tempfile.TemporaryFile()  # noqa: SIM115  # it is closed with the others
        self._log = self.resources.enter_context(log)
        pixels = "yuva420p" if self.has_opacity else "yuv420p"
        rate = str(self._rate)
        command = [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", "-nostdin"),
            *("-f", "rawvideo", "-pix_fmt", pixels, "-s", f"{width}x{height}", "-r", rate),
            *(*TAGS, "-i", "pipe:0", "-f", "ffmetadata", "-i", str(self._told()), "-an"),
            *(*codec, "-pix_fmt", pixels, *TAGS),
            *("-map_metadata", "1", str(self._video)),
        ]
        with _interrupts_wait():  # or nobody would stop what has just been started
            self._ffmpeg = subprocess.Popen(  # noqa: S603  # the program that imageio ships
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=self._log,
                process_group=0,  # Ctrl-C is for us
            )
            self._pipe = cast("BinaryIO", self._ffmpeg.stdin)
            self.resources.callback(self._close_pipe)
            self.resources.callback(self._ffmpeg.wait)
            self.resources.callback(self._ffmpeg.kill)  # first of all, if it has not finished
        with suppress(ImportError, AttributeError, OSError):  # where there are such pipes
            from fcntl import F_SETPIPE_SZ, fcntl

            fcntl(self._pipe, F_SETPIPE_SZ, ROOMY)

    def _codec(self) -> Sequence[str]:
        """Return the codec's options, so much coarser."""
        codec = [*self.codec]
        if self.coarser:
            at = codec.index(CRF) + 1
            codec[at] = str(int(codec[at]) + self.coarser)
        return codec

    def _told(self) -> Path:
        """Return a file with the comment, as ffmpeg reads it: no command line is so long."""
        file = self.resources.enter_context(scratch_folder()) / "comment.txt"
        comment = SPECIAL.sub(r"\\\g<0>", self.comment)
        # A last \ would take the end of its line for its own.
        file.write_text(f";FFMETADATA1\ncomment={comment}", "utf-8")
        return file

    def _close_pipe(self) -> None:
        with suppress(BrokenPipeError):
            self._pipe.close()

    def _convert(self, picture: Picture, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> None:
        """Take some blocks of a picture, each two pixels wide and high, into all planes."""
        height, width = self._chroma.shape[1:]
        now, shown = (
            it.view(np.uint32).reshape(height, 2, width, 2) for it in (picture, self._shown)
        )
        luma, opacity = (
            plane.reshape(height, 2, width, 2) for plane in (self._luma, self._opacity)
        )
        for first in range(0, len(rows), MANY):
            down, right = (it[first : first + MANY] for it in (rows, columns))
            shown[down, :, right] = pixels = now[down, :, right]
            blocks = pixels.view(np.uint8).reshape(-1, 4, 4)
            colors = blocks[..., :3].T.astype(np.int32)  # red, green, blue; four pixels; blocks
            luma[down, :, right] = (16 + _weighted(colors, 0, POINT)).T.reshape(-1, 2, 2)
            opacity[down, :, right] = blocks[..., 3].reshape(-1, 2, 2)
            sums = colors[:, 0] + colors[:, 1] + colors[:, 2] + colors[:, 3]
            self._chroma[0, down, right] = 128 + _weighted(sums, 1, POINT + 2)
            self._chroma[1, down, right] = 128 + _weighted(sums, 2, POINT + 2)

    def _times(self, picture: int) -> list[Fraction]:
        """Return when a picture is sent: once a second is enough where its times are kept."""
        ticks, start = self.timeline.ticks_of(picture), self.timeline.start(picture)
        if not self._is_timed:
            return [start] * ticks
        return [start + second for second in range(max(int(ticks / self.timeline.rate), 1))]

    def _options(self) -> list[str]:
        """Return ffmpeg's options of pictures that get their times afterwards.

        Where it is to begin anew is said in seconds as it counts them, what may be coarse by the
        numbers of what it gets.
        """
        line = self.timeline
        sent = [0, *accumulate(len(self._times(it)) for it in range(len(line.ticks)))]
        begun = (f"{float(sent[it] / self._rate):.6f}" for it in line.beginnings)
        spans = [(sent[it], sent[it + 1] - 1) for it in sorted(line.passing)]
        return [*self.timed(spans), "-force_key_frames", ",".join(begun) or "0"]

    def _send(self, times: Sequence[Fraction]) -> None:
        """Send the picture that is shown, for each of the times."""
        self._starts += times
        try:
            for _ in times:
                for plane in self._planes:
                    self._pipe.write(plane.data)
        except BrokenPipeError:
            raise self._failure() from None

    def _failure(self) -> OSError:
        """Return what ffmpeg itself says was wrong; a broken pipe is only how it shows here."""
        code = self._ffmpeg.wait()
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        full = [line for line in lines if "No space left" in line]
        return OSError(f"ffmpeg stopped: {(full or lines or [f'exit code {code}'])[-1]}")


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Let signals that arrive meanwhile take effect afterwards."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[int] = []
    handlers = {kind: signal.getsignal(kind) for kind in (signal.SIGINT, signal.SIGTERM)}
    for kind in handlers:
        signal.signal(kind, lambda arrived, _: waiting.append(arrived))
    try:
        yield
    finally:
        for kind, handler in handlers.items():
            signal.signal(kind, handler)
        for number in waiting:
            signal.raise_signal(number)


def _weighted(colors: NDArray[np.int32], plane: int, digits: int) -> NDArray[np.int32]:
    """Return colours in a plane, without so many binary digits behind the point, rounded."""
    red, green, blue = BT_709[plane]
    exact: NDArray[np.int32] = red * colors[0] + green * colors[1] + blue * colors[2]
    return (exact + (1 << digits - 1)) >> digits


def _even(picture: Picture) -> Picture:
    """Return a picture with even sides: the last row or column stands twice where it must."""
    height, width = picture.shape[:2]
    if height % 2 or width % 2:
        picture = np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return picture


@functools.cache
def _known_by_its_content(program: str) -> str:
    """Return what tells a program from others."""
    try:
        return hashlib.sha256(Path(program).read_bytes()).hexdigest()[:8]
    except OSError:  # it cannot be started either, which is told then
        return "unknown"
