"""What stands around the panels: title, step counter, legend, how runs ended."""

import math
import re
from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from visualize.film.arrangement import Arrangement
from visualize.film.callouts import Callout
from visualize.film.callouts import movers_of as movers_of_callouts
from visualize.film.labels import fit_labels
from visualize.film.layout import lay_out
from visualize.film.margins import Margins
from visualize.film.motion import CHEAP, Motion, boxes_of, bytes_of, place_near, with_box
from visualize.film.names import WIDEST_NAME, Name, movers_of, settle_names
from visualize.film.stamps import Counter, add_to
from visualize.film.texts import (
    fitted_text,
    formulas_unset_in,
    in_lines,
    settle_formulas,
    size,
)
from visualize.film.ticks import shorten_numbers, thin_out_numbers
from visualize.film.wording import names_of, title_of
from visualize.history.history import History
from visualize.looks.fonts import font_families
from visualize.looks.lettering import lettered, plain
from visualize.looks.style import Style
from visualize.panels._marks import words_in
from visualize.panels.panel import Mover
from visualize.scene.fonts import family_of
from visualize.scene.scene import Scene
from visualize.text import shown

LAG = 0.1
"""Seconds that the step counter may be late."""
MOST_NAMES = 5
"""Of more runs a legend says the names: at their heads they would be a crowd."""
MOST_OF_PANEL = 0.6
"""Of its height, that names take together, and of its width; larger ones stand in a legend."""
SMALLER_NAMES = (1, 0.9, 0.8)
"""How large names at heads are, the largest that breaks no word into lines; else a legend has
them."""
BESIDE = 1.5
"""Letters beside the rightmost axes from which on that room counts as the picture's."""
PANELS, MOST_FOR_PANELS = 0.45, 0.7
"""Of the height of the picture, that belongs to panels whatever stands around them; in many rows
more, at most."""
NO_ROOM = "there is no room for names and numbers beside all panels; make the picture larger"
ROW = 7.0
"""Letters that belong to each row of panels, with what stands below them, as far as there is room
for them."""


def annotate(
    figure: Figure | SubFigure,
    arrangement: Arrangement,
    panels: Sequence[Axes],
    motions: Sequence[Motion],
    callouts: Sequence[Callout],
    rows: Sequence[float],
    scene: Scene,
    history: History,
    style: Style,
) -> tuple[list[Mover], list[str]]:
    """Put title, step counter, legend and how runs ended around the panels.

    The space is shared out once: head and foot take what they need, the panels fill the rest.
    `rows` are those of the history that the frames show. Returns what moves, and what cannot be
    shown as the scene says it.
    """
    letter = style.font_size / 72 * figure.dpi
    gap = letter / 2
    width, height = figure.bbox.size
    shorten_numbers(panels)
    names = _names(figure, motions, scene, history, style)
    space = 1.5 * gap / width, 2 * gap / height, 5 * gap / height
    has_room = _lay_out_panels(figure, panels, *space)
    thin_out_numbers(panels)
    fit_labels(panels)
    left, right = _sides(figure, panels)
    if width - 3 * gap - right > BESIDE * letter:  # names or a colour bar stand there
        right = width - 3 * gap
    movers = [*movers_of(names), *movers_of_callouts(callouts)]
    free = right - left
    changes = _told_rows(scene, rows)
    has_counter = scene.counter and not style.is_small
    if has_counter:
        counter, mover = _counter(figure, history, style, changes)
        movers.append(mover)
        widest = size(counter)[0]
        free -= widest + 3 * gap
        # Both stand on one line: the title's letters are higher by what it is larger.
        lower = gap + 0.76 * (style.title - style.numbers) / 72 * figure.dpi
        counter.set_position(((right - widest) / width, 1 - lower / height))
    text = title_of(scene)
    fonts = font_families(title=True, own=family_of(scene.font))
    title = fitted_text(figure, text, free, style.title, fonts)
    title.set_position((left / width, 1 - gap / height))
    head = 2 * gap
    if text or has_counter:
        head += max(size(title)[1], style.title / style.font_size * letter)
    foot = gap
    if history.divergences():
        notice, mover = _notice(figure, history, style, right - left)
        movers.append(mover)
        foot += size(notice)[1] + gap
    named_runs = {name: label for label, name in arrangement.names.items()}
    if names or not _have_colors(arrangement, motions):
        named_runs = {}
    margins = Margins(figure, panels, arrangement, scene, style, right - left, named_runs)
    told = margins.give_up(height - head - foot - _least_of(arrangement, height, letter))
    if margins.subtitle is not None:
        head -= gap / 2  # it belongs to the title
        margins.subtitle.set_position((left / width, 1 - head / height))
        head += size(margins.subtitle)[1] + 1.5 * gap
    if margins.block is not None:
        margins.block.place(left, height - head)
        head += margins.block.height + 1.5 * gap
    if margins.legend is not None:
        margins.legend.set_bbox_to_anchor((left / width, 1 - head / height))
        head += size(margins.legend)[1] + gap
    below = gap
    if margins.caption is not None:
        margins.caption.set(va="bottom", position=(left / width, below / height))
        below += size(margins.caption)[1] + gap
        foot += size(margins.caption)[1] + gap
    if history.divergences():
        notice.set_position((left / width, below / height))
    space = 1.5 * gap / width, foot / height, head / height
    if not (_lay_out_panels(figure, panels, *space) and has_room) and not style.is_small:
        told.append(NO_ROOM)
    thin_out_numbers(panels)
    for cell, axes in zip(arrangement.cells, panels, strict=True):
        cell.panel.settle(axes)
        axes.apply_aspect()
    told_of_callouts = _stand_beside(callouts, motions, history.steps)
    if names:
        settle_names(names, names[0].motion, rows, changes, scene.frames.per_second)
    alone = len(motions) == len(panels) == 1 and not panels[0].images
    if has_counter and alone and motions[0].places and not motions[0].moves:
        _move_nearer(figure, counter, motions[0], names, rows, changes, style)
    given = [*([title] if scene.title is not None else []), *margins.texts]
    named = [*names, *callouts, *margins.named]
    told += told_of_callouts + formulas_unset_in([*given, *named])
    if (
        scene.title is not None
        and title.get_parse_math()
        and "$" in title.get_text()
        and size(title)[0] > free > 0
    ):
        told.append("a formula in the title is longer than a line of the picture")
    return movers, told


def _least_of(arrangement: Arrangement, height: float, letter: float) -> float:
    """Return how much of the height panels have at least, with what stands beside them."""
    rows = len({cell.area.rows.start for cell in arrangement.cells})
    return max(PANELS * height, min(ROW * letter * rows, MOST_FOR_PANELS * height))


def _have_colors(arrangement: Arrangement, motions: Sequence[Motion]) -> bool:
    """Return whether runs have their colours in some panel."""
    return any(motion.has_run_colors for motion in motions) or any(
        not cell.panel.has_heads for cell in arrangement.cells
    )


def _stand_beside(callouts: Sequence[Callout], motions: Sequence[Motion], steps: int) -> list[str]:
    """Let callouts stand beside their places, and names stay off them, and off other words.

    Returns a sentence about each that is never seen.
    """
    stood: list[Bbox] = []
    told: list[str] = []
    for panel in motions:
        for words in words_in(panel.axes):
            stood.append(words.get_window_extent())
            panel.take(stood[-1])
    for callout in callouts:
        if not callout.is_seen_in(steps):
            words = shown(callout.annotation.text)
            told.append(f"the annotation {words} is outside of the picture's limits")
            continue
        motion = next((it for it in motions if it.axes is callout.axes), None)
        box = callout.stand_beside(motion, stood)
        stood.append(box)
        if motion is not None:
            motion.take(box)
    return told


def _lay_out_panels(
    figure: Figure | SubFigure, panels: Sequence[Axes], side: float, foot: float, head: float
) -> bool:
    """Share out the figure between the panels; `side`, `foot` and `head` stay free around them.

    Returns whether there is room for all that stands beside them.
    """
    side = min(side, 0.2)  # letters may be larger than the picture
    area = Bbox.from_bounds(side, foot, 1 - 2 * side, max(1 - foot - head, 0.1))
    return lay_out(figure, panels, area, 2 * side)


def _sides(figure: Figure | SubFigure, panels: Sequence[Axes]) -> tuple[float, float]:
    """Return where the leftmost axes begin and the rightmost end, in the figure's pixels.

    Axes of equal scales may fill their place only in part.
    """
    boxes = [axes.get_position(original=True) for axes in panels]
    width = figure.bbox.width
    return min(box.x0 for box in boxes) * width, max(box.x1 for box in boxes) * width


def _names(
    figure: Figure | SubFigure,
    motions: Sequence[Motion],
    scene: Scene,
    history: History,
    style: Style,
) -> list[Name]:
    """Add the names of the runs to their heads in the first panel, if they are to stand there."""
    words = [re.compile(rf"(?<!\w){re.escape(label)}(?!\w)", re.IGNORECASE) for label in history]
    are_told = len(words) == 1 and words[0].search(title_of(scene))
    alone = all(len(run.fates) == 1 for run in history.values())
    fit = alone and len(history) <= MOST_NAMES and not style.is_small
    if scene.legend != "ends" or are_told or not fit:
        return []
    motion = next((it for it in motions if it.places.keys() == history.keys()), None)
    if motion is None or max(places.shape[1] for places in motion.places.values()) > 1:
        return []  # a run of several lines has a head on each
    shown = names_of(scene.runs)
    names = [
        Name(motion, label, lettered(shown[label]), style, style.theme.background)
        for label in history
    ]
    settle_formulas(names)
    width = motion.axes.bbox.width
    texts = [name.get_text() for name in names]
    for smaller in SMALLER_NAMES:
        for name, text in zip(names, texts, strict=True):
            name.set_fontsize(style.font_size * smaller)
            name.set_text(in_lines(name, text, WIDEST_NAME * width))
        are_whole = [name.get_text().split() for name in names] == [it.split() for it in texts]
        if are_whole:
            break
    sizes = np.array([name.size() for name in names])
    fit = sizes[:, 0].max() <= MOST_OF_PANEL * width
    if not (fit and are_whole) or sizes[:, 1].sum() > MOST_OF_PANEL * motion.axes.bbox.height:
        for name in names:
            name.remove()
        return []
    if motion.is_over_steps and len(motions) == 1:
        for name in names:
            name.make_room(sizes[:, 0].max() + 2 * name.away / 72 * figure.dpi)
    return names


def _told_rows(scene: Scene, rows: Sequence[float]) -> list[float]:
    """Return the rows at which the counter changes: few enough a second, but first and last.

    Each change costs a GIF, which has one box a picture, all that lies between it and the runs.
    """
    per_second = scene.frames.per_second
    every = 1 + math.floor(per_second * LAG) if per_second * LAG > 1 else 1
    frames = {*range(0, len(rows), every), len(rows) - 1, scene.poster}
    return sorted({rows[frame] for frame in frames})


def _counter(
    figure: Figure | SubFigure, history: History, style: Style, told: Sequence[float]
) -> tuple[Counter, Mover]:
    """Add the step counter, for now as wide as it will ever be.

    It changes at the rows that are `told`, which rise, and stays the same between them.
    """
    counter = Counter(f"step {history.steps}", zorder=20)
    counter.set(color=style.theme.quiet, fontsize=style.numbers)
    add_to(figure, counter)

    def move(row: float) -> None:
        counter.set_text(f"step {math.floor(told[max(bisect_right(told, row) - 1, 0)])}")

    return counter, Mover((counter,), move, "artist")


def _move_nearer(
    figure: Figure | SubFigure,
    counter: Counter,
    motion: Motion,
    names: Sequence[Name],
    rows: Sequence[float],
    told: Sequence[float],
    style: Style,
) -> None:
    """Put the counter into the one panel, near the runs, if it is dear beside the title."""
    margin = float(counter.get_fontsize()) / 72 * figure.dpi / 2
    boxes = boxes_of(motion, rows, margin)
    at = np.searchsorted(rows, told[1:]) - 1
    dear = bytes_of(with_box(boxes[at], counter.get_window_extent())) - bytes_of(boxes[at])
    if dear <= CHEAP * bytes_of(boxes):
        return
    taken = [name.everywhere(margin) for name in names]
    taken += [*motion.taken, motion.nearby(rows).reshape(-1, 2)]
    place = place_near(boxes[at], size(counter), motion, taken, margin)
    if place is not None:
        counter.halo = None if style.halo else style.theme.background
        left, top = figure.transSubfigure.inverted().transform((place.x0, place.y1))
        counter.set_position((left, top))


def _notice(
    figure: Figure | SubFigure, history: History, style: Style, width: float
) -> tuple[Text, Mover]:
    """Add the line that says how runs ended that did not end well, each from its step on."""

    def words(row: float) -> str:
        return "    ".join(map(lettered, history.divergences(row)))

    notice = fitted_text(figure, words(math.inf), width, style.font_size * 0.9)
    rows = {fate.step for run in history.values() for fate in run.fates if fate is not None}
    rows |= {row for run in history.values() for row in run.growing_since if row is not None}
    lines = {words(row): in_lines(notice, words(row), width) for row in sorted(rows)}
    if not notice.get_parse_math():
        lines = {words: plain(line) for words, line in lines.items()}
    notice.set_text(lines[words(math.inf)])
    notice.set(va="bottom", color=style.theme.minimum, zorder=20)
    return notice, Mover(
        (notice,), lambda row: notice.set_text(lines.get(words(row), "")), "artist"
    )
