"""What videos share: the pipe to the ffmpeg that imageio ships, the colours, and the failures."""

import math
import subprocess
import tempfile
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, Self, cast

import imageio_ffmpeg
import numpy as np
from matplotlib.animation import AbstractMovieWriter
from matplotlib.figure import Figure
from numpy.typing import NDArray

from visualize.formats import Picture, changed_box, picture_of, touched

BT_709 = np.array(
    # Rows: Y, Cb, Cr; columns: red, green, blue. Limited range: black is 16, white 235.
    [
        [0.2126 * 219, 0.7152 * 219, 0.0722 * 219],
        [-0.2126 / 1.8556 * 224, -0.7152 / 1.8556 * 224, 0.5 * 224],
        [0.5 * 224, -0.7152 / 1.5748 * 224, -0.0722 / 1.5748 * 224],
    ],
    dtype=np.float32,
) / np.float32(255)
TAGS = (
    *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
    *("-color_range", "tv"),
)
ROOMY = 2**20
"""Bytes of a pipe: what fits in at once wakes nobody twice."""
STRIP = 64
"""Rows converted at a time, so that memory stays small."""


class VideoWriter(AbstractMovieWriter):
    """Pipes every picture to ffmpeg as it comes: yuv420p, BT.709 in tags and pixels.

    The colours are converted here, and only where a picture changed. An odd side is padded by
    one pixel, since yuv420p has none. The codec and its options are all that a format adds.
    """

    most_per_second = math.inf
    see_through = False

    def __init__(self, *, fps: float, hold: float = 0.0, loop: int = 0, comment: str = "") -> None:
        del loop  # no video can say it
        super().__init__(fps=fps)  # type: ignore[arg-type]  # the stubs say int; any number is
        self._hold = hold
        self._comment = comment

    @property
    @abstractmethod
    def encoder(self) -> Sequence[str]:
        """ffmpeg's options: the codec with its settings, and the container's."""

    @contextmanager
    def saving(self, *args: Any, **keywords: Any) -> Iterator[Self]:
        """Set up, let the frames come, and finish; what was broken off is not finished."""
        with tempfile.TemporaryFile() as self._log:
            self.setup(*args, **keywords)
            try:
                yield self
                self.finish()
            finally:
                self._ffmpeg.kill()
                self._ffmpeg.wait()
                with suppress(BrokenPipeError):
                    self._pipe.close()

    def setup(self, fig: Figure, outfile: Any, dpi: float | None = None) -> None:
        """Start ffmpeg."""
        super().setup(fig, outfile, dpi=dpi)
        self._shown: Picture | None = None
        width, height = (side + side % 2 for side in self.frame_size)
        self._luma = np.empty((height, width), dtype=np.uint8)
        self._chroma = np.empty((2, height // 2, width // 2), dtype=np.uint8)
        rate = str(Fraction(self.fps).limit_denominator(100_000))
        command = [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", "-nostdin"),
            *("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{width}x{height}", "-r", rate),
            *(*TAGS, "-i", "pipe:0", "-an"),
            *(*self.encoder, "-pix_fmt", "yuv420p", *TAGS),
            *("-metadata", f"comment={self._comment}", str(Path(outfile).absolute())),
        ]
        self._ffmpeg = subprocess.Popen(  # noqa: S603  # the program that imageio ships
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            process_group=0,  # Ctrl-C is for us
        )
        self._pipe = cast("BinaryIO", self._ffmpeg.stdin)
        with suppress(ImportError, AttributeError, OSError):  # where there are such pipes
            from fcntl import F_SETPIPE_SZ, fcntl

            fcntl(self._pipe, F_SETPIPE_SZ, ROOMY)

    def grab_frame(self, **_savefig_kwargs: Any) -> None:
        """Take the figure's picture."""
        picture = picture_of(self.fig)
        if self._shown is None:
            self._shown = picture.copy()
            self._convert(picture, slice(0, picture.shape[0]), slice(0, picture.shape[1]))
        elif box := changed_box(self._shown, picture, touched(self.fig)):
            self._shown[box] = picture[box]
            self._convert(picture, *box)
        self._send()

    def finish(self) -> None:
        """Hold the last picture, and wait until ffmpeg has written the file."""
        for _ in range(round(self._hold * self.fps) if self._shown is not None else 0):
            self._send()
        try:
            self._pipe.close()
        except BrokenPipeError:
            raise self._failure() from None
        if self._ffmpeg.wait():
            raise self._failure()

    def _convert(self, picture: Picture, rows: slice, columns: slice) -> None:
        """Bring luma and chroma up to date in a box of the picture."""
        height, width = self._luma.shape
        left, right = columns.start // 2 * 2, min((columns.stop + 1) // 2 * 2, width)
        for top in range(rows.start // 2 * 2, rows.stop, STRIP):
            bottom = min(top + STRIP, (rows.stop + 1) // 2 * 2, height)
            strip = picture[top:bottom, left:right, :3].astype(np.float32)
            strip = _even(strip)
            luma = strip @ BT_709[0] + np.float32(16.5)
            self._luma[top:bottom, left:right] = luma
            blocks = (strip[::2, ::2] + strip[1::2, ::2] + strip[::2, 1::2] + strip[1::2, 1::2]) / 4
            for plane, weights in zip(self._chroma, BT_709[1:], strict=True):
                chroma = blocks @ weights + np.float32(128.5)
                plane[top // 2 : bottom // 2, left // 2 : right // 2] = chroma

    def _send(self) -> None:
        try:
            self._pipe.write(self._luma.data)
            self._pipe.write(self._chroma.data)
        except BrokenPipeError:
            raise self._failure() from None

    def _failure(self) -> OSError:
        """Return what ffmpeg itself says was wrong; a broken pipe is only how it shows here."""
        code = self._ffmpeg.wait()
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        full = [line for line in lines if "No space left" in line]
        return OSError(f"ffmpeg stopped: {(full or lines or [f'exit code {code}'])[-1]}")


def _even(strip: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return pixels with even sides: the last row or column stands twice where it must."""
    odd_rows, odd_columns = strip.shape[0] % 2, strip.shape[1] % 2
    return np.pad(strip, ((0, odd_rows), (0, odd_columns), (0, 0)), mode="edge")
