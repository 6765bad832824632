"""Numbers over the steps of the runs, for panels that show one at every step."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import Range
from visualize.history.history import History
from visualize.landscapes.limits import DWARFING, cover, widen
from visualize.objectives.objective import Objective
from visualize.panels.panel import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

Scale = Literal["auto", "linear", "log"]

STEEP = 100.0
"""A largest value this many times the smallest is shown on a logarithmic scale."""
POWERS = (1,)
AROUND, MOST_AROUND = 0.65, 0.2
"""Of a head's size, what is free around its middle, with the ring of one that it covers; and the
most of an axis that this is."""
ENOUGH = 8


@dataclass(frozen=True, eq=False)
class OverSteps(View):
    """A number of each run at every step."""

    steps: int
    digits: tuple[int, ...]
    """Whose products with powers of ten are named on a logarithmic axis; (1,) powers alone.

    Empty: numbers that are evenly spaced are named, as on a linear axis."""
    reached: tuple[Range, Range]
    """What the runs reach of each axis, of all small multiples."""
    coordinates: tuple[str, ...] = ()
    """The names of several lines of a run."""


@dataclass(frozen=True, eq=False)
class Past:
    """What has passed of something at every row of each run: what stands on the horizontal axis."""

    name: str
    by_label: Mapping[str, Array]
    """`(rows, starts)`, or one for all starts."""
    whole: float
    """The most of all."""


def epoch_of(objective: Objective, history: History) -> int:
    """Return how many steps are one on the horizontal axis: those of an epoch, if one is over.

    Runs that were recorded elsewhere count steps.
    """
    steps = objective.steps_per_epoch
    recorded = "trajectories" in history.metadata.get("scene", {})
    return steps if 1 < steps <= history.steps and not recorded else 1


def over_steps(
    name: str,
    numbers: Mapping[str, Array],
    covered: Range,
    steps: int,
    limits: Range | None,
    scale: Scale,
    coordinates: tuple[str, ...] = (),
    epoch: int = 1,
    past: Past | None = None,
) -> OverSteps:
    """Return the view of numbers, `(..., rows, starts)` by label, of which a range is covered.

    On a logarithmic scale numbers that it has no place for stay at its lower end, or below given
    limits. Where so many
    steps are an `epoch`, and not 1, those are counted; or what has passed, `past`, in their place.
    """
    past = past or _counted_steps(numbers, steps, epoch)
    low, high = limits or covered
    smallest = min(map(_smallest, numbers.values()))
    logarithmic = scale == "log" or (
        scale == "auto" and limits is None and low >= 0 and high > STEEP * smallest
    )
    lowest = -np.inf
    digits: tuple[int, ...] = ()
    kind: Literal["linear", "log"] = "linear"
    if logarithmic and high > 0:
        if low <= 0 or limits is None:
            low = max(low if low > 0 else min(smallest, high / STEEP), high * 1e-16)
        margin = 1.0 if limits else (high / low) ** 0.05 if high > low else 2.0
        vertical, kind = (low / margin, high * margin), "log"
        lowest, digits = low / (1e3 if limits else 1.0), digits_of(high / low)
    else:
        vertical = limits or widen((low, high), 0.06)
    return OverSteps(
        names=(past.name, name),
        limits=(widen((0, past.whole), 0.02) if past.whole else (-0.5, 0.5), vertical),
        scales=("linear", kind),
        series={
            label: _places(past.by_label[label], np.maximum(it, lowest))
            for label, it in numbers.items()
        },
        steps=steps,
        digits=digits,
        reached=((0.0, past.whole), _reached([*numbers.values()], vertical)),
        coordinates=coordinates,
    )


def _reached(numbers: Sequence[Array], limits: Range) -> Range:
    """Return the range of the numbers that are within limits, or these where none is."""
    low, high = limits
    inside = [it[(it >= low) & (it <= high)] for it in numbers]
    lowest = min(float(np.min(it, initial=np.inf)) for it in inside)
    highest = max(float(np.max(it, initial=-np.inf)) for it in inside)
    return (lowest, highest) if lowest <= highest else limits


def covered_by(history: History, numbers: Mapping[str, Array]) -> Range:
    """Return the range of numbers over rows: all of every start that does not diverge."""
    reaches = []
    for label in numbers:
        run = history[label]
        ends_well = [
            fate is None and growing is None
            for fate, growing in zip(run.fates, run.growing_since, strict=True)
        ]
        reaches.append(np.where(ends_well, np.inf, DWARFING))
    return cover([*numbers.values()], reaches)


def _counted_steps(numbers: Mapping[str, Array], steps: int, epoch: int) -> Past:
    times = {label: np.arange(it.shape[-2])[:, np.newaxis] / epoch for label, it in numbers.items()}
    return Past("epoch" if epoch > 1 else "step", times, steps / epoch)


def needs_positive(scale: Scale, limits: Range | None) -> Iterator[tuple[str, str]]:
    """Yield that a logarithmic scale has no place for any of the limits."""
    if scale == "log" and limits is not None and limits[1] <= 0:
        yield "limits", "a logarithmic scale shows what is greater than 0"


def some_are_negative(numbers: Mapping[str, Array]) -> bool:
    """Whether a logarithmic scale has no place for some of the numbers; 0 lies at its end."""
    return any(bool((it < 0).any()) for it in numbers.values())


def draw_axes(axes: "Axes", view: OverSteps) -> None:
    """Set limits, scale and grid."""
    from matplotlib.ticker import FixedLocator

    from visualize.panels._numbers import StepNumbers

    if view.scales[1] == "log":
        axes.set_yscale("log")
        name_numbers(axes.yaxis, view.digits)
    axes.set_ylim(view.limits[1])
    axes.set_xlim(view.limits[0])
    ends = (float(np.nanmax(it[..., 0], initial=0)) for it in view.series.values())
    last = max(ends, default=view.limits[0][1])  # a small multiple may have no lines
    if not last:
        axes.xaxis.set_major_locator(FixedLocator([0]))
    elif last.is_integer() and view.names[0] in {"step", "epoch"}:  # a number of the scene's
        axes.xaxis.set_major_locator(StepNumbers(int(last)))
    axes.set_xlabel(view.names[0])
    axes.grid(True)
    axes.update_datalim(np.transpose(view.reached))


def make_room_for_heads(axes: "Axes", *, limits_are_given: bool) -> None:
    """Widen axes that have their place until no head, and no start, is cut off at an edge."""
    figure: Any = axes.get_figure(root=True)
    sizes = [float(it.get_markersize() + it.get_markeredgewidth()) for it in axes.lines]
    radius = AROUND * max(sizes, default=0) * figure.dpi / 72
    for axis, pixels in ((axes.xaxis, axes.bbox.width), (axes.yaxis, axes.bbox.height)):
        if limits_are_given and axis is axes.yaxis:
            continue
        along = axis.get_transform()
        limits = before = along.transform(np.array(axis.get_view_interval()))
        data = along.transform(np.array(axis.get_data_interval()))
        share = min(radius / max(pixels, 1), MOST_AROUND)
        for _ in range(ENOUGH):  # it needs more room the wider the axis gets
            room = share * (limits[1] - limits[0])
            limits = np.array([min(limits[0], data[0] - room), max(limits[1], data[1] + room)])
        if not np.array_equal(limits, before):
            low, high = along.inverted().transform(limits)
            axis.set_view_interval(low, high, ignore=True)


def name_numbers(axis: "Axis", digits: tuple[int, ...]) -> None:
    """Name other numbers than powers of ten on a logarithmic scale that has few of them."""
    from matplotlib.ticker import (
        AutoLocator,
        LogLocator,
        NullLocator,
        ScalarFormatter,
        StrMethodFormatter,
    )

    if digits == POWERS:
        return
    if digits:
        axis.set_major_locator(LogLocator(subs=digits))
        axis.set_major_formatter(StrMethodFormatter("{x:g}"))
    else:
        axis.set_major_locator(AutoLocator())
        axis.set_major_formatter(ScalarFormatter())
    axis.set_minor_locator(NullLocator())


def digits_of(ratio: float) -> tuple[int, ...]:
    """Return the digits of the numbers that are named between a number and `ratio` times it."""
    if ratio < 4:
        return ()
    if ratio < 20:
        return (1, 2, 3, 4, 6, 8)
    return (1, 2, 5) if ratio < 100 else POWERS


def _places(past: Array, numbers: Array) -> Array:
    """Return the place of each number over what has passed: `(..., rows, starts, 2)`."""
    return np.stack([np.broadcast_to(past, numbers.shape), numbers], axis=-1)


def _smallest(numbers: Array) -> float:
    return float(np.min(numbers, initial=np.inf, where=numbers > 0))
