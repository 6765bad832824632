"""Whether a theme of somebody's can be read, and tells runs apart."""

from collections.abc import Iterator
from itertools import combinations

from visualize.looks.colors import LARGE, contrast, distance
from visualize.looks.themes import Theme

FAINTEST = 2.0
"""Contrast of a run with what is behind it, below which it is lost there."""
ALIKE = 10.0
"""CIELAB: colours that are nearer are taken for one."""
TEXTS = ("ink", "quiet")


def doubts_about(theme: Theme) -> Iterator[str]:
    """Yield what cannot be read or told apart in a theme, as sentences."""
    behind = _hex(theme.background)
    for name in TEXTS:
        color = getattr(theme, name)
        found = contrast(_hex(color), behind)
        if found < LARGE:
            is_dark = contrast(behind, "#ffffff") > contrast(behind, "#000000")
            other = "a lighter one, as of base: dark" if is_dark else "a darker one"
            words = f"theme {theme.name}: text of {color} cannot be read on {theme.background}"
            yield f"{words} (contrast {found:.1f}:1, 3:1 is needed); give {name} {other}"
    series = dict.fromkeys(theme.series)
    for color in series:
        if (found := contrast(_hex(color), behind)) < FAINTEST:
            words = f"theme {theme.name}: runs of {color} are lost on {theme.background}"
            yield f"{words} (contrast {found:.1f}:1, {FAINTEST:g}:1 is needed)"
    for (one, *how), (other, *others) in combinations(_looks(theme), 2):
        if how == others and distance(_hex(one), _hex(other)) < ALIKE:
            both = f"{one} and {other}" if one != other else f"{one} is twice in series"
            yield f"theme {theme.name}: runs are not told apart: {both}"
            return


def _looks(theme: Theme) -> list[tuple[str, str, str]]:
    """Return colour, dash and marker of as many runs as there are colours."""
    return [
        (color, theme.dash_of(it, again=0), theme.marker_of(it))
        for it, color in enumerate(theme.series)
    ]


def _hex(color: str) -> str:
    from matplotlib.colors import to_hex

    return to_hex(color)
