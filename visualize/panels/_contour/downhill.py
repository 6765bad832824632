"""A field of small arrows: the way down from each place of a grid."""

from typing import TYPE_CHECKING, Any

import numpy as np

from visualize.arrays import Array, length
from visualize.looks.style import Style
from visualize.objectives.objective import Objective, Ranges

if TYPE_CHECKING:
    from matplotlib.axes import Axes

UP = 11
"""Arrows above each other; beside each other as many as are as far apart."""
PART = 0.78
"""Of the distance of two places, that the longest arrow takes."""
COMPRESSED = 0.3
"""The power by which lengths differ less: a hundredfold slope is four times as long."""
LEAST = 0.3
"""Of the longest, that an arrow has which is there at all."""


def downhill(objective: Objective, limits: Ranges, shape: float) -> Array:
    """Return places of a grid and from each the way down, -∇f, compressed: `(across, up, 4)`.

    The axes are as wide as high times `shape`; where there is no slope the arrow is 0.
    """
    across = max(round(UP * shape), 2)
    low, high = np.transpose(limits)
    cell = (high - low) / (across, UP)
    middles = [
        start + size * (np.arange(count) + 0.5)
        for start, size, count in zip(low, cell, (across, UP), strict=True)
    ]
    points = np.stack(np.meshgrid(*middles, indexing="ij"), axis=-1)
    with np.errstate(all="ignore"):
        ways = -objective.gradient(points)
        # How long they are as they are seen: in cells.
        lengths = length(ways / cell)
        sizes = length(ways)
        known = np.isfinite(lengths) & (lengths > 0)
        steepest = float(np.quantile(sizes[known], 0.95)) if known.any() else 1.0
        compressed = np.clip((sizes / steepest) ** COMPRESSED, LEAST, 1.0) * PART
        arrows = np.where(
            known[..., np.newaxis], ways * (compressed / lengths)[..., np.newaxis], 0.0
        )
    return np.concatenate([points - arrows / 2, arrows], axis=-1)


def draw_downhill(axes: "Axes", arrows: Array, style: Style) -> Any:
    """Draw the arrows, pale, over the landscape."""
    x, y, across, up = arrows.reshape(-1, 4).T
    there = (across != 0) | (up != 0)
    return axes.quiver(
        x[there],
        y[there],
        across[there],
        up[there],
        angles="xy",
        scale_units="xy",
        scale=1,
        units="dots",
        width=max(style.line * 0.8 * dots_of_a_point(axes), 1.2),
        headwidth=3.4,
        headlength=3.6,
        headaxislength=3.4,
        minlength=0,
        color=style.theme.quiet,
        alpha=0.5,
        zorder=2,
    )


def dots_of_a_point(axes: "Axes") -> float:
    """Return how many pixels a point has."""
    figure: Any = axes.get_figure(root=True)
    return float(figure.dpi) / 72
