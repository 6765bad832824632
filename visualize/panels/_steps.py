"""Axes over the steps of the runs, for panels that show a number at every step."""

from typing import TYPE_CHECKING, Literal

import numpy as np

from visualize.arrays import Array
from visualize.landscapes.view import Range, widen

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Scale = Literal["auto", "linear", "log"]

STEEP = 100.0
"""A largest value this many times the smallest is shown on a logarithmic scale."""


def over_steps(values: Array) -> Array:
    """Return the place of each value over its step: `(rows, starts, 2)` of `(rows, starts)`."""
    steps = np.broadcast_to(np.arange(len(values))[:, np.newaxis], values.shape)
    return np.stack([steps, values], axis=-1)


def scale_axes(
    axes: "Axes",
    values: list[Array],
    covered: Range,
    steps: int,
    limits: Range | None,
    scale: Scale,
) -> float:
    """Set limits, scale and grid for values in a range; return the lowest that can be drawn."""
    from matplotlib.ticker import FixedLocator, MaxNLocator

    lowest = -np.inf
    low, high = limits or covered
    smallest = min(map(_smallest, values))
    logarithmic = scale == "log" or (
        scale == "auto" and limits is None and low >= 0 and high > STEEP * smallest
    )
    if logarithmic and high > 0:
        if low <= 0 or limits is None:
            low = max(low if low > 0 else min(smallest, high / STEEP), high * 1e-16)
        margin = 1.0 if limits else (high / low) ** 0.05 if high > low else 2.0
        axes.set_yscale("log")
        axes.set_ylim(low / margin, high * margin)
        _name_numbers(axes, high / low)
        lowest = low / 1e3
    else:
        axes.set_ylim(limits or widen((low, high), 0.06))
    axes.set_xlim(widen((0, steps), 0.02) if steps else (-0.5, 0.5))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True) if steps else FixedLocator([0]))
    axes.set_xlabel("step")
    axes.grid(True)
    return lowest


def _name_numbers(axes: "Axes", ratio: float) -> None:
    """Name other numbers than powers of ten on a logarithmic scale that has few of them."""
    from matplotlib.ticker import (
        AutoLocator,
        LogLocator,
        NullLocator,
        ScalarFormatter,
        StrMethodFormatter,
    )

    axis = axes.yaxis
    if ratio < 4:
        axis.set(major_locator=AutoLocator(), major_formatter=ScalarFormatter())
    elif ratio < 100:
        digits = (1, 2, 3, 4, 6, 8) if ratio < 20 else (1, 2, 5)
        axis.set(major_locator=LogLocator(subs=digits), major_formatter=StrMethodFormatter("{x:g}"))
    else:
        return
    axis.set_minor_locator(NullLocator())


def _smallest(values: Array) -> float:
    return float(np.min(values, initial=np.inf, where=values > 0))
