"""Colours for numbers from low to high: those of a theme, with even steps for the eye."""

import numpy as np
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.looks.themes import Theme

COLORS = 256
BEGIN, END = 0.1, 0.85
"""Parts of the way from black, of which eyes and pixels know few kinds, to a high area's colour, where
colours begin and end: none is taken for a background."""
LIGHT_FROM_RED = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
"""What three kinds of cones in the eye get from red, green and blue light."""
OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
"""Lightness, and two colours, from the cube roots of that. Source: Ottosson 2020."""


def ramp_of(theme: Theme) -> NDArray[np.uint8]:
    """Return colours for numbers: `(256, 4)` from 0 to 255; the lowest stands out most.

    They go nearly from the colour of text by that of the first run nearly to that of high areas,
    evenly in Oklab, so that equal distances look equal, in print without colour as well.
    """
    stops = _to_oklab(np.array([_rgb(it) for it in (theme.ink, theme.series[0], theme.areas[-1])]))
    lengths = np.append(0, np.cumsum(np.linalg.norm(np.diff(stops, axis=0), axis=1)))
    along = np.linspace(BEGIN, END, COLORS) * lengths[-1]
    between = np.stack([np.interp(along, lengths, it) for it in stops.T], axis=-1)
    colors = np.concatenate([_from_oklab(between), np.ones((COLORS, 1))], axis=-1)
    ramp: NDArray[np.uint8] = np.rint(255 * colors).astype(np.uint8)
    return ramp


def _rgb(color: str) -> list[float]:
    return [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def _to_oklab(colors: Array) -> Array:
    light = np.where(colors > 0.04045, ((colors + 0.055) / 1.055) ** 2.4, colors / 12.92)
    lab: Array = np.cbrt(light @ LIGHT_FROM_RED.T) @ OKLAB.T
    return lab


def _from_oklab(colors: Array) -> Array:
    light = (colors @ np.linalg.inv(OKLAB).T) ** 3 @ np.linalg.inv(LIGHT_FROM_RED).T
    light = np.clip(light, 0, 1)
    return np.clip(
        np.where(light > 0.0031308, 1.055 * light ** (1 / 2.4) - 0.055, 12.92 * light), 0, 1
    )
