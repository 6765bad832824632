"""WebM video (VP9): for web pages; free to use for everybody."""

from visualize.formats._ffmpeg import VideoWriter

QUALITY = 32
"""VP9's constant quality; lower is better and larger. Text is as clean as in our MP4s."""
THREADS = 2
"""Fixed: VP9's bytes depend on it. With `row-mt` two cost no more than one."""


class WebmWriter(VideoWriter):
    """Pipes every picture to ffmpeg as it comes: VP9, yuv420p, BT.709 in tags and pixels.

    Opacity is a second video in the file, which browsers show, but for Safari.
    `realtime` takes an eighth of the time of `good`, for a tenth more bytes. Without `bitexact`
    the file would have a random number in it; as it is, the same pictures make the same bytes.
    """

    transparent = True
    encoder = (
        *("-c:v", "libvpx-vp9", "-b:v", "0", "-crf", str(QUALITY)),
        *("-deadline", "realtime", "-cpu-used", "5", "-tune-content", "screen", "-g", "250"),
        *("-lag-in-frames", "0", "-tile-columns", "0", "-row-mt", "1", "-threads", str(THREADS)),
        *("-fflags", "+bitexact", "-flags:v", "+bitexact"),
    )
