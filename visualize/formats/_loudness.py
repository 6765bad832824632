"""How loud a sound is, by ITU-R BS.1770, and how it is made louder without being cut off."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame

Samples = NDArray[np.float32]
"""`(2, samples)`: left and right."""
RATE = 48_000
"""Samples a second."""
SECOND = RATE
"""Samples that are looked at together."""
SILENCE = -70.0
"""LUFS below which BS.1770 hears nothing."""
CEILING = 10 ** (-1 / 20)
"""The highest sample: 1 decibel below full scale, so that no player's decoder cuts it off."""


def loudness_of(blocks: Iterable[Samples]) -> tuple[float, float]:
    """Return the integrated loudness of a sound in LUFS (ITU-R BS.1770-4), and its highest sample.

    Where there is nothing to be heard it is -70.
    """
    graph, peak, loudness = _graph(("ebur128", "metadata=1")), 0.0, SILENCE
    for frame in frames(blocks):
        peak = max(peak, float(np.abs(frame.to_ndarray()).max()))
        graph.push(frame)
        for metered in _pulled(graph):
            loudness = float(metered.metadata["lavfi.r128.I"])
    return max(loudness, SILENCE), peak


def limited(blocks: Iterable[Samples], gain: float) -> Iterator[Samples]:
    """Yield a sound made louder by a factor, with its peaks held down to the ceiling."""
    settings = f"level_in={gain:.9g}:limit={CEILING:.9g}:level=0:latency=1"
    graph = _graph(("alimiter", settings), ("aformat", "sample_fmts=fltp"))
    for frame in chain(frames(blocks), [None]):
        graph.push(frame)
        yield from (samples_of(held) for held in _pulled(graph))


def frames(blocks: Iterable[Samples], size: int = SECOND) -> Iterator["AudioFrame"]:
    """Yield samples as PyAV's frames, so many in each but the last."""
    from av.audio.frame import AudioFrame

    time = 0
    for block in _in_blocks(blocks, size):
        frame = AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = RATE, time
        time += block.shape[1]
        yield frame


def samples_of(frame: Any) -> Samples:
    """Return what is in a frame, which is stereo at our rate already."""
    samples: Samples = frame.to_ndarray()
    return samples


def _in_blocks(blocks: Iterable[Samples], size: int) -> Iterator[Samples]:
    rest = np.empty((2, 0), dtype=np.float32)
    for block in blocks:
        rest = np.hstack([rest, block])
        whole = rest.shape[1] // size * size
        for first in range(0, whole, size):
            yield np.ascontiguousarray(rest[:, first : first + size])
        rest = rest[:, whole:]
    if rest.shape[1]:
        yield np.ascontiguousarray(rest)


def _graph(*filters: tuple[str, str]) -> Any:
    from av.filter import Graph

    graph: Any = Graph()
    last = graph.add_abuffer(sample_rate=RATE, format="fltp", layout="stereo", channels=2)
    for name, settings in (*filters, ("abuffersink", "")):
        following = graph.add(name, settings)
        last.link_to(following)
        last = following
    graph.configure()
    return graph


def _pulled(graph: Any) -> Iterator[Any]:
    """Yield what comes out of a graph of filters until it wants more."""
    from av.error import BlockingIOError as Waiting
    from av.error import EOFError as Ended

    with suppress(Waiting, Ended):
        while True:
            yield graph.pull()
