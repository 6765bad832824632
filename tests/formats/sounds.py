"""What the tests of sound share: tracks that are made here, and how a video's sound is heard."""

import re
import subprocess
import wave
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray


def a_tone(
    path: Path,
    seconds: float = 2,
    *,
    height: float = 440,
    loudness: float = 0.3,
    rate: int = 44_100,
    channels: int = 1,
) -> Path:
    """Write a sine as a WAV file."""
    times = np.arange(round(seconds * rate)) / rate
    samples = (loudness * 32767 * np.sin(2 * np.pi * height * times)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(samples[:, np.newaxis], channels, axis=1).tobytes())
    return path


def heard(path: Path) -> NDArray[np.float32]:
    """Return the sound of a file as a player plays it: `(channels, samples)`."""
    with av.open(str(path)) as container:
        blocks = [frame.to_ndarray() for frame in container.decode(audio=0)]
    return np.hstack(blocks).astype(np.float32)


def loudness(path: Path) -> float:
    """Return a file's integrated loudness in LUFS, as another filter than ours measures it."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(path), "-vn"]
    command += ["-af", "loudnorm=print_format=json", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    found = re.search(r'"input_i" : "(.*?)"', said)
    assert found
    return float(found[1])
