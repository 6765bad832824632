"""From the plan of a slide to pictures of it."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import lcm, nextafter

import numpy as np
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.figure import Figure, SubFigure
from matplotlib.image import AxesImage
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.transforms import Affine2D, IdentityTransform
from numpy.typing import NDArray

from visualize.deck.blocks import Film, Picture
from visualize.deck.marks import Area, Letters, Place, Shown
from visualize.deck.pictures import picture_frames, still_picture
from visualize.deck.slide import Deck, Slide
from visualize.deck.visuals import timeline_of
from visualize.film.canvas import Canvas
from visualize.film.compose import compose
from visualize.film.film import settled
from visualize.film.movie_writer import damage_of, picture_of
from visualize.formats.format import Box, Timeline
from visualize.looks.style import DOTS_PER_INCH, default_font_size
from visualize.looks.themes import THEMES, Theme
from visualize.panels.panel import Mover
from visualize.scene.scene import Scene
from visualize.simulation.simulate import simulate
from visualize.storage.cache import Store

LEAST_LETTERS = 27
"""Pixels of the letters in a film, at least, on a slide that is 1080 high."""


@dataclass(frozen=True)
class Moving:
    """Something that moves in a slide: when its pictures show, and how one is put there."""

    timeline: Timeline
    frames: int
    poster: int
    show: Callable[[int], object]


@dataclass(frozen=True)
class DrawnSlide:
    """A slide that has been drawn: its pictures, one where nothing moves in it."""

    figure: Figure
    timeline: Timeline
    """When each of its pictures shows, from the slide's beginning; all that moves begins then."""
    frames: int
    """How many pictures."""
    remarks: tuple[str, ...]
    """What the slide cannot show as the post says it."""
    _moving: tuple[Moving, ...] = ()
    _shown: dict[int, int] = field(default_factory=dict)

    def picture(self, frame: int = 0) -> NDArray[np.uint8]:
        """Return the pixels of a frame (from 0): `(height, width, 4)`; the next overwrite them."""
        time = self.timeline.start(frame)
        return self._with([frame_at(it.timeline, it.frames, time) for it in self._moving])

    def still(self) -> NDArray[np.uint8]:
        """Return the pixels of the slide as a still shows it: each film as its poster."""
        return self._with([it.poster for it in self._moving])

    def _with(self, frames: Sequence[int]) -> NDArray[np.uint8]:
        """Return the pixels with a frame of each of what moves."""
        with settled():
            for number, (moving, wanted) in enumerate(zip(self._moving, frames, strict=True)):
                if self._shown.get(number) != wanted:
                    moving.show(wanted)
                    self._shown[number] = wanted
            return picture_of(self.figure)

    def damage(self) -> Box | None:
        """Return where pictures may differ from when this was asked last; None: anywhere."""
        return damage_of(self.figure)

    def forget(self) -> None:
        """Let its pixels go now: Python would find much later that nobody has the figure."""
        FigureCanvasBase(self.figure)


def draw(slide: Slide, deck: Deck, store: Store | None = None) -> DrawnSlide:
    """Draw a slide: what stands still now, what moves when a picture is asked for.

    Runs that a `store` has are not computed again.
    """
    width, height = deck.settings.size
    theme = THEMES[deck.settings.theme]
    remarks: list[str] = []
    moving: list[Moving] = []
    with settled():
        figure = Figure(figsize=(_inches(width), _inches(height)), dpi=DOTS_PER_INCH)
        figure.set_facecolor(theme.background)
        Canvas(figure)
        _draw_areas(figure, [it for it in slide.marks if isinstance(it, Area)])
        for mark in slide.marks:
            if isinstance(mark, Shown) and isinstance(mark.visual, Picture):
                moving += _draw_picture(figure, mark.visual, mark.place, slide.seconds, theme)
        _draw_letters(figure, [it for it in slide.marks if isinstance(it, Letters)])
    for mark in slide.marks:
        if isinstance(mark, Shown) and isinstance(mark.visual, Film):
            moving.append(_draw_film(figure, mark.visual, mark.place, deck, remarks, store))
    timeline, frames = together(moving)
    return DrawnSlide(figure, timeline, frames, tuple(remarks), tuple(moving))


def _inches(pixels: int) -> float:
    # A hundredth is no binary fraction: 29 / 100 * 100 is below 29, and would be cut to 28.
    return nextafter(pixels / DOTS_PER_INCH, float("inf"))


def frame_at(timeline: Timeline, frames: int, time: Fraction) -> int:
    """Return which of so many frames shows at a time; the last stays."""
    return max(bisect_right(range(frames), time, key=timeline.start) - 1, 0)


def together(moving: Sequence[Moving]) -> tuple[Timeline, int]:
    """Return the timeline of all that moves: a picture wherever one of them changes."""
    if not moving:
        return Timeline(Fraction(25)), 1
    if len(moving) == 1:
        return moving[0].timeline, moving[0].frames
    starts = sorted({it.timeline.start(frame) for it in moving for frame in range(it.frames)})
    end = max(it.timeline.end(it.frames) for it in moving)
    rate = lcm(*(it.denominator for it in (*starts, end)))
    times = [*starts, end]
    ticks = tuple(int((after - at) * rate) for at, after in pairwise(times))
    return Timeline(Fraction(rate), ticks, loop=1), len(starts)


def _draw_areas(figure: Figure, areas: Sequence[Area]) -> None:
    height = figure.bbox.height
    for area in areas:
        left, top, right, bottom = area.place
        # Whole pixels: edges are crisp.
        sides = (round(left), round(height - bottom), round(right), round(height - top))
        wide = max(sides[2] - sides[0], 1)
        high = max(sides[3] - sides[1], 1)
        radius = min(area.radius, wide / 2, high / 2)
        outline = _rounded(sides[0], sides[1], wide, high, radius)
        _add(figure, outline, area.color)


def _rounded(left: float, low: float, wide: float, high: float, radius: float) -> Outline:
    if radius < 0.5:
        to_place = Affine2D().scale(wide, high).translate(left, low)
        return Outline.unit_rectangle().transformed(to_place)
    right, top, r = left + wide, low + high, radius
    corners = [
        *((left + r, low), (right - r, low), (right, low), (right, low + r)),
        *((right, top - r), (right, top), (right - r, top), (left + r, top)),
        *((left, top), (left, top - r), (left, low + r), (left, low), (left + r, low)),
        (left + r, low),
    ]
    line, curve = Outline.LINETO, Outline.CURVE3
    codes = [
        *(Outline.MOVETO, line, curve, curve, line, curve, curve),
        *(line, curve, curve, line, curve, curve, Outline.CLOSEPOLY),
    ]
    return Outline(corners, codes)


def _draw_letters(figure: Figure, letters: Sequence[Letters]) -> None:
    """Draw all letters of a colour as one outline."""
    height = figure.bbox.height
    vertices: dict[str, list[NDArray[np.float64]]] = {}
    codes: dict[str, list[NDArray[np.uint8]]] = {}
    for it in letters:
        if len(it.ink.vertices):
            placed = it.ink.vertices * it.size + [it.left, height - it.baseline]
            vertices.setdefault(it.color, []).append(placed)
            codes.setdefault(it.color, []).append(it.ink.codes)
    for color, parts in vertices.items():
        _add(figure, Outline(np.concatenate(parts), np.concatenate(codes[color])), color)


def _add(figure: Figure, outline: Outline, color: str) -> None:
    patch = PathPatch(outline, facecolor=color, linewidth=0, transform=IdentityTransform())
    patch.set_clip_on(False)
    patch.set_snap(False)
    figure.add_artist(patch)


def _draw_picture(
    figure: Figure, picture: Picture, place: Place, seconds: float, theme: Theme
) -> list[Moving]:
    """Draw a picture; of a GIF that plays, return how it moves."""
    size = (round(place.width), round(place.height))
    low = round(figure.bbox.height - place.bottom)
    found = timeline_of(picture, seconds)
    if found is None:
        pixels = still_picture(picture, size, theme)
        figure.figimage(pixels, round(place.left), low, origin="upper")
        return []
    timeline, frames = found
    pixels_of = picture_frames(picture, size, theme)
    wide, high = figure.bbox.size
    axes = figure.add_axes((round(place.left) / wide, low / high, size[0] / wide, size[1] / high))
    axes.set_axis_off()
    axes.set(xlim=(0, size[0]), ylim=(size[1], 0))
    image = AxesImage(axes, interpolation="nearest", extent=(0, size[0], size[1], 0))
    image.set_data(pixels_of(0))
    axes.add_image(image)

    def show(frame: float) -> None:
        image.set_data(pixels_of(int(frame)))

    if isinstance(figure.canvas, Canvas):
        figure.canvas.movers = [*figure.canvas.movers, Mover((image,), show, "axes")]
    return [Moving(timeline, frames, 0, show)]


def _draw_film(
    figure: Figure,
    film: Film,
    place: Place,
    deck: Deck,
    remarks: list[str],
    store: Store | None,
) -> Moving:
    """Compose a scene's film on its place in the slide."""
    part = _part(figure, place)
    scene = _for_slide(film, place, deck)
    history = simulate(scene, store=store)
    remarks += history.divergences()
    composed = compose(scene, history, on=part)
    remarks += (it for it in composed.remarks if it not in remarks)
    timeline = Timeline(composed.timeline.rate, composed.timeline.ticks, composed.timeline.hold, 1)
    return Moving(timeline, composed.frames, composed.poster, composed.draw)


def _part(figure: Figure, place: Place) -> SubFigure:
    """Return the part of a figure that is a place of the slide."""
    wide, high = figure.bbox.size
    grid = figure.add_gridspec(
        3,
        3,
        width_ratios=[place.left, place.width, wide - place.right],
        height_ratios=[place.top, place.height, high - place.bottom],
        wspace=0,
        hspace=0,
    )
    return figure.add_subfigure(grid[1, 1])


def _for_slide(film: Film, place: Place, deck: Deck) -> Scene:
    """Return the scene in the colours of the deck, unless it has its own, and with letters that
    are large enough.
    """
    scene = film.scene
    themes = scene.by_theme
    if "theme" not in film.given:
        scene = scene.model_copy(update={"theme": deck.settings.theme})
    else:
        scene = themes.get(deck.settings.theme) or next(iter(themes.values()))
    unit = min(deck.settings.size) / 1080
    if scene.font_size is None:
        points = default_font_size(round(place.width), round(place.height))
    else:
        width, height = scene.frames.size
        points = scene.font_size * min(place.width / width, place.height / height)
    points = max(points, LEAST_LETTERS * unit * 72 / DOTS_PER_INCH)
    return scene.model_copy(update={"font_size": points, "transparent": False})
