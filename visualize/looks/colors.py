"""Colours as eyes see them: how well one is read on another, and whether two are told apart."""

import colorsys
import math

CONTRAST = 4.5
"""That WCAG asks of text."""
LARGE = 3.0
"""That it asks of large text, and of what is drawn."""
TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.072175),
    (0.0193339, 0.119192, 0.9503041),
)
WHITE = (0.95047, 1.0, 1.08883)
"""sRGB under D65."""


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG defines it, from 1 to 21.

    >>> round(contrast("#000000", "#ffffff")), round(contrast("#767676", "#ffffff"), 2)
    (21, 4.54)
    """
    dark, light = sorted([_luminance(one), _luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def distance(one: str, other: str) -> float:
    """Return how different two colours look: their distance in CIELAB; less than 2 is not seen.

    >>> round(distance("#ff0000", "#fa0000"), 1), round(distance("#000000", "#ffffff"))
    (1.9, 100)
    """
    return math.dist(_lab(one), _lab(other))


def readable(color: str, background: str, least: float = CONTRAST) -> str:
    """Return a colour, or a darker or lighter one, that can be read on a background."""
    is_dark = _luminance(background) < 0.2
    red, green, blue = (channel / 255 for channel in _channels(color))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    while contrast(color, background) < least and 0 < lightness < 1:
        lightness = min(max(lightness + (0.01 if is_dark else -0.01), 0), 1)
        channels = colorsys.hls_to_rgb(hue, lightness, saturation)
        color = "#" + "".join(f"{round(255 * it):02x}" for it in channels)
    return color


def mixed(one: str, other: str, part: float) -> str:
    """Return a colour with a part of another in it."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def _channels(color: str) -> tuple[int, int, int]:
    red, green, blue = (int(color[it : it + 2], 16) for it in (1, 3, 5))
    return red, green, blue


def _linear(color: str) -> list[float]:
    parts = (it / 255 for it in _channels(color))
    return [it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in parts]


def _luminance(color: str) -> float:
    red, green, blue = _linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _lab(color: str) -> tuple[float, float, float]:
    linear = _linear(color)
    parts = [
        sum(share * it for share, it in zip(row, linear, strict=True)) / white
        for row, white in zip(TO_XYZ, WHITE, strict=True)
    ]
    x, y, z = (
        it ** (1 / 3) if it > (6 / 29) ** 3 else it / (3 * (6 / 29) ** 2) + 4 / 29 for it in parts
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)
