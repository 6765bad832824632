"""The box in which a relief stands: its floor, its edges, and the numbers beside them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text

from visualize.arrays import Array
from visualize.landscapes.relief import Camera
from visualize.looks.style import Style

FACING = 0.1, 0.3
"""How much an edge faces who looks from which on its numbers are seen, and are strong."""
PASSING = 0.12
"""How far an edge is from being the leftmost when the upright numbers begin to go over to it."""
SAME = 1e-6
"""Places in the box that differ by less are one."""
TICK, PAD = 0.22, 0.3
"""How long ticks are, and how far beyond them numbers stand, in letters."""
CLEAR = -0.15
"""Between two numbers, in letters: what is around them is of no ink."""
SMALLER = 1.0, 0.85, 0.7
"""Numbers and names, as a part of what they are in other panels, where there is little room."""
MOST_OF_PLACE = 0.6
"""Of the width or the height of its axes, that the box takes at least."""
ROUNDS = 4
"""In which the box finds its place between the numbers around it."""


@dataclass(frozen=True, eq=False)
class Ruler:
    """Numbers along an edge, and its name."""

    parts: Array
    """How far along it each number stands: `(n,)`."""
    words: Sequence[str]
    name: str


def has_room(axes: Axes) -> bool:
    """Return whether anything can be drawn in axes: in a tiny picture others may take all."""
    return bool(axes.bbox.width > 0 and axes.bbox.height > 0)


class Box:
    """Floor, upright edge, numbers and names around a relief, as a camera sees them."""

    def __init__(
        self, axes: Axes, ground: Array, heights: tuple[float, float], style: Style
    ) -> None:
        """`ground` are the corners of the floor, `(4, 2)`, one after the other.

        `heights` are those of the floor and the top."""
        self._axes, self._style = axes, style
        self._floor = np.insert(ground, 2, heights[0], axis=1)
        self._roof = np.insert(ground, 2, heights[1], axis=1)
        self._outline = _line(axes, style, 0.9)
        self._rulers: list[_RulerArtists] = []

    @property
    def artists(self) -> list[Artist]:
        """All that is drawn."""
        return [self._outline, *(it for ruler in self._rulers for it in ruler.artists)]

    def add_rulers(
        self, across: Ruler, up: Ruler, upright: Ruler, cameras: Sequence[Camera]
    ) -> None:
        """Add numbers and names beside those edges that some camera sees in front, or leftmost."""
        for index in range(4):
            ruler, along = ((across, 0), (up, 1))[index % 2]
            ends = np.stack([self._floor[index], self._floor[(index + 1) % 4]])
            front = _Front(ends[np.argsort(ends[:, along])], self._floor.mean(axis=0))
            if any(front.strength(camera) > 0 for camera in cameras):
                self._rulers.append(_RulerArtists(self._axes, ruler, front, self._style))
        rule = _Left(self._floor, self._roof, turns=len(cameras) > 1)
        self._rulers.append(_RulerArtists(self._axes, upright, rule, self._style))

    def show(self, camera: Camera) -> None:
        """Put all where a camera sees it, in axes whose data are places in its picture."""
        around = camera.seen(self._floor[[0, 1, 2, 3, 0]])
        self._outline.set_data(around[:, 0], around[:, 1])
        for ruler in self._rulers if has_room(self._axes) else ():
            ruler.show(camera, self._axes)

    def fit(self, cameras: Sequence[Camera]) -> None:
        """Set the limits of the axes so that all is in them for some cameras, as large as can be.

        Scales are equal to the right and upwards. Where the box would be small between its numbers
        and names, these are smaller, or left out."""
        for ruler in self._rulers:
            ruler.has_texts = True
        for smaller in SMALLER:
            for ruler in self._rulers:
                ruler.scale(smaller)
            if self._fit(cameras) >= MOST_OF_PLACE:
                return
        for ruler in self._rulers:
            ruler.has_texts = False
        self._fit(cameras)

    def _fit(self, cameras: Sequence[Camera]) -> float:
        """Set the limits; return how much of the axes the box takes, of their width or height."""
        corners = np.concatenate([self._floor, self._roof])
        seen = np.concatenate([camera.seen(corners) for camera in cameras])
        low, high = seen.min(axis=0), seen.max(axis=0)
        room = np.array([self._axes.bbox.width, self._axes.bbox.height])
        before = after = np.zeros(2)  # pixels around the box, to the left and below, and beyond
        for _ in range(ROUNDS):
            free = np.maximum(room - before - after, room / 4)
            scale = float((free / (high - low)).min())
            middle = (low + high) / 2 + (after - before) / 2 / scale
            for (left, right), name in zip(
                np.stack([middle - room / scale / 2, middle + room / scale / 2], axis=1),
                ("xlim", "ylim"),
                strict=True,
            ):
                self._axes.set(**{name: (left, right)})
            for ruler in self._rulers:
                ruler.thin_out(cameras)
            least, most = self._around(cameras)
            box = self._axes.transData.transform([low, high])
            before, after = np.maximum(box[0] - least, 0), np.maximum(most - box[1], 0)
        return float((scale * (high - low) / room).max())

    def _around(self, cameras: Sequence[Camera]) -> tuple[Array, Array]:
        """Return the lowest and the highest pixels of all numbers and names."""
        ends = [self._axes.transData.transform(camera.seen(self._floor)) for camera in cameras]
        for camera in cameras:
            self.show(camera)
            ends += [it for ruler in self._rulers for it in ruler.extents()]
        every = np.concatenate(ends)
        return every.min(axis=0), every.max(axis=0)


class _Front:
    """A ruler at the floor: it is seen where its edge faces who looks."""

    def __init__(self, ends: Array, middle: Array) -> None:
        self._ends, self._middle = ends, middle

    def strength(self, camera: Camera) -> float:
        """Return how strong its numbers are: from 0 to 1."""
        outward = (self._ends.mean(axis=0) - self._middle)[:2]
        facing = -float(outward @ camera.away) / float(np.hypot(*outward))
        return float(np.clip((facing - FACING[0]) / (FACING[1] - FACING[0]), 0, 1))

    def ends(self, camera: Camera) -> Array:
        """Return where it begins and ends, in the box: `(2, 3)`."""
        del camera
        return self._ends

    def outward(self, camera: Camera) -> Array:
        """Return where its numbers stand beside the edge in the picture: a direction."""
        one, other = camera.seen(self._ends)
        along = other - one
        across = np.array([along[1], -along[0]]) / (np.hypot(*along) or 1.0)
        return across if across[1] < 0 else -across


class _Left:
    """The upright ruler: it stands at the leftmost edge, and goes over to the next."""

    def __init__(self, floor: Array, roof: Array, *, turns: bool) -> None:
        self._floor, self._roof, self._turns = floor, roof, turns

    def strength(self, camera: Camera) -> float:
        """It is always there."""
        del camera
        return 1.0

    def ends(self, camera: Camera) -> Array:
        """Return where it begins and ends, in the box: `(2, 3)`."""
        places = camera.seen(self._floor)
        beyond = places[:, 0] - places[:, 0].min()
        if self._turns:
            weights = np.maximum(1 - beyond / PASSING, 0) ** 2
        else:  # of two that are as far to the left the one in front
            weights = np.zeros(4)
            weights[np.lexsort((places[:, 1], np.rint(beyond / SAME)))[0]] = 1
        weights /= weights.sum()
        return np.stack([weights @ self._floor, weights @ self._roof])

    def outward(self, camera: Camera) -> Array:
        """Return where its numbers stand beside the edge in the picture: a direction."""
        del camera
        return np.array([-1.0, 0.0])


class _RulerArtists:
    """The artists of a ruler."""

    def __init__(self, axes: Axes, ruler: Ruler, rule: _Front | _Left, style: Style) -> None:
        self._axes, self._rule = axes, rule
        self._parts = ruler.parts[:, np.newaxis]
        self._ticks = _line(axes, style, 0.95)
        self._style = style
        self._letter = style.numbers / 72 * axes.get_figure(root=True).dpi  # type: ignore[union-attr]
        self._size = self._letter
        self.has_texts = True
        """Whether numbers and names are seen."""
        shared: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 5, "clip_on": True}
        self._numbers = [
            axes.text(0, 0, word, color=style.theme.quiet, fontsize=style.numbers, **shared)
            for word in ruler.words
        ]
        self._name = axes.text(0, 0, ruler.name, fontsize=style.font_size, **shared)
        self._name.set_parse_math(False)
        self.artists: list[Artist] = [self._ticks, *self._numbers, self._name]
        for text in (*self._numbers, self._name):
            text.set_in_layout(False)
        self._sizes: list[Array] = []
        self._left_out: set[int] = set()
        """Of the numbers."""

    def scale(self, smaller: float) -> None:
        """Write so many times as large as in other panels."""
        if self._letter == smaller * self._size:
            return
        self._letter = smaller * self._size
        self._sizes = []
        for text in self._numbers:
            text.set_fontsize(smaller * self._style.numbers)
        self._name.set_fontsize(smaller * self._style.font_size)

    def show(self, camera: Camera, axes: Axes) -> None:
        """Put ticks, numbers and name beside the edge; letters keep their size."""
        strength = self._rule.strength(camera)
        for artist in self.artists:
            artist.set_visible(strength > 0)
            artist.set_alpha(None if strength == 1 else strength)
        for index in range(len(self._numbers)) if not self.has_texts else self._left_out:
            self._numbers[index].set_visible(False)
        self._name.set_visible(strength > 0 and self.has_texts)
        if strength == 0:
            return
        out = self._rule.outward(camera)
        to_pixels, to_data = axes.transData, axes.transData.inverted()
        ends = camera.seen(self._rule.ends(camera))
        places = ends[0] + self._parts * (ends[1] - ends[0])
        feet = to_pixels.transform(places)
        tips = to_data.transform(feet + out * TICK * self._letter)
        gaps = np.full_like(tips, np.nan)
        lines = np.stack([places, tips, gaps], axis=1).reshape(-1, 2)
        lines = np.concatenate([ends, gaps[:1], lines]) if len(gaps) else ends
        self._ticks.set_data(lines[:, 0], lines[:, 1])
        sizes = self._measured()
        reach = (TICK + PAD) * self._letter
        farthest = reach
        for foot, text, size in zip(feet, self._numbers, sizes, strict=False):
            half = float(np.abs(out) @ size) / 2
            _put(text, to_data.transform(foot + out * (reach + half)))
            farthest = max(farthest, reach + 2 * half)
        size = sizes[-1]
        if isinstance(self._rule, _Left):
            top = to_pixels.transform(ends[1])
            place = top + np.array([0, PAD * self._letter + size[1] / 2])
        else:
            half = float(np.abs(out) @ size) / 2
            place = to_pixels.transform(ends.mean(axis=0))
            place = place + out * (farthest + 0.6 * PAD * self._letter + half)
        _put(self._name, to_data.transform(place))

    def thin_out(self, cameras: Sequence[Camera]) -> None:
        """Leave out numbers that lie on others, unless they only do so in passing."""
        self._left_out = set()
        if len(cameras) > 1 and isinstance(self._rule, _Front):
            return
        self.show(cameras[0], self._axes)
        last: Array | None = None
        for index, (low, high) in enumerate(self.extents()):
            if index == len(self._numbers):
                break
            apart = CLEAR * self._letter
            if (
                last is not None
                and (low < last[1] + apart).all()
                and (last[0] < high + apart).all()
            ):
                self._left_out.add(index)
            else:
                last = np.stack([low, high])

    def extents(self) -> Iterator[Array]:
        """Yield the lower left and the upper right corner of each text that is seen."""
        for text, size in zip((*self._numbers, self._name), self._measured(), strict=True):
            if text.get_visible():
                middle = self._axes.transData.transform(text.get_position())
                yield np.stack([middle - size / 2, middle + size / 2])

    def _measured(self) -> list[Array]:
        """Return how wide and high each number is, and the name, in pixels."""
        if not self._sizes:
            self._sizes = [_size(text) for text in (*self._numbers, self._name)]
        return self._sizes


def _put(text: Text, place: Array) -> None:
    text.set_position((float(place[0]), float(place[1])))


def _size(text: Text) -> Array:
    extent = text.get_window_extent()
    return np.array([extent.width, extent.height])


def _line(axes: Axes, style: Style, zorder: float) -> Line2D:
    line = Line2D([], [], color=style.theme.axes, linewidth=style.line * 0.6, zorder=zorder)
    axes.add_line(line)
    return line
