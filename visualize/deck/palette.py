"""The colours of slides: those of a theme, each dark or light enough to be read."""

from dataclasses import dataclass
from functools import lru_cache

from visualize.looks.colors import CONTRAST as CONTRAST
from visualize.looks.colors import contrast as contrast
from visualize.looks.colors import mixed, readable
from visualize.looks.themes import THEMES, Theme


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
