"""Less than a film: some of its pictures, or a few of them side by side."""

from dataclasses import replace

from visualize.film.film import Clip, Film
from visualize.film.fingerprint import Cut, fingerprint
from visualize.film.sheet import Sheet
from visualize.film.smaller import thinned

DRAFT_RATE = 10
"""Pictures a second of a draft."""
MOST_DRAFTED = 60
"""Pictures of a draft."""


def cut_of(film: Film, cut: Cut) -> Clip:
    """Return what is made of a film's pictures."""
    if cut == "film":
        return film
    own = fingerprint(film.scene, cut)
    if cut == "sheet":
        return Sheet(film, own)
    every = max(round(film.timeline.rate / DRAFT_RATE), -(-film.frames // MOST_DRAFTED), 1)
    return replace(thinned(film, every), fingerprint=own)
