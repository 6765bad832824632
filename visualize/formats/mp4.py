"""MP4 video (H.264): small, plays everywhere."""

from visualize.formats._ffmpeg import VideoWriter

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


class Mp4Writer(VideoWriter):
    """Pipes every picture to ffmpeg as it comes: H.264, yuv420p, BT.709 in tags and pixels.

    The index stands at the front, so that a film plays while it loads. The same pictures make the
    same bytes.
    """

    encoder = (
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", str(QUALITY)),
        *("-x264-params", TUNING, "-threads", str(THREADS), "-movflags", "+faststart"),
    )
