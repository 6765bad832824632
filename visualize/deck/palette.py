"""The colours of slides: those of a theme, each dark or light enough to be read."""

import colorsys
from dataclasses import dataclass
from functools import lru_cache

from visualize.looks.themes import THEMES, Theme

CONTRAST = 4.5
"""That WCAG asks of text."""


@dataclass(frozen=True)
class Palette:
    """The colours of a deck's slides."""

    theme: Theme
    code: str
    """Behind code."""
    note: str
    """Behind what is set apart."""
    rule: str
    """Lines of tables and beside quotes."""
    link: str
    keyword: str
    string: str
    number: str
    name: str
    comment: str
    """Parts of programs."""
    added: str
    removed: str


@lru_cache
def palette_of(name: str) -> Palette:
    """Return the colours of the slides of a theme."""
    theme = THEMES[name]
    code = mixed(theme.background, theme.ink, 0.045)
    blue, orange, green, red, _, teal, violet, _ = theme.series
    return Palette(
        theme,
        code,
        note=mixed(theme.background, theme.series[0], 0.07),
        rule=mixed(theme.background, theme.ink, 0.22),
        link=readable(blue, theme.background),
        keyword=readable(blue, code),
        string=readable(green, code),
        number=readable(orange, code),
        name=readable(violet, code),
        comment=readable(theme.quiet, code),
        added=readable(teal, code),
        removed=readable(red, code),
    )


def readable(color: str, background: str) -> str:
    """Return a colour, or a darker or lighter one, that can be read on a background."""
    is_dark = _luminance(background) < 0.2
    red, green, blue = (channel / 255 for channel in _channels(color))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    while contrast(color, background) < CONTRAST and 0 < lightness < 1:
        lightness = min(max(lightness + (0.01 if is_dark else -0.01), 0), 1)
        channels = colorsys.hls_to_rgb(hue, lightness, saturation)
        color = "#" + "".join(f"{round(255 * it):02x}" for it in channels)
    return color


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG defines it, from 1 to 21."""
    dark, light = sorted([_luminance(one), _luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def mixed(one: str, other: str, part: float) -> str:
    """Return a colour with a part of another in it."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def _channels(color: str) -> tuple[int, int, int]:
    red, green, blue = (int(color[it : it + 2], 16) for it in (1, 3, 5))
    return red, green, blue


def _luminance(color: str) -> float:
    linear = [
        it / 255 / 12.92 if it / 255 <= 0.04045 else ((it / 255 + 0.055) / 1.055) ** 2.4
        for it in _channels(color)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
