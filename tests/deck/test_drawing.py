"""A drawn slide in which several things move."""

from fractions import Fraction

from matplotlib.figure import Figure

from visualize.deck.drawing import DrawnSlide, Moving, together
from visualize.film.canvas import Canvas
from visualize.formats.format import Timeline


def test_all_that_moves_ends_where_it_ends_and_a_still_shows_the_posters() -> None:
    seen: dict[str, int] = {}

    def moving(name: str, rate: int, frames: int, poster: int) -> Moving:
        return Moving(
            Timeline(Fraction(rate)), frames, poster, lambda frame: seen.update({name: frame})
        )

    both = (moving("film", 10, 5, 4), moving("picture", 4, 2, 0))
    figure = Figure(figsize=(1, 1), dpi=20)
    Canvas(figure)
    timeline, frames = together(both)
    slide = DrawnSlide(figure, timeline, frames, (), both)
    slide.picture(frames - 1)
    assert seen == {"film": 4, "picture": 1}
    slide.still()
    assert seen == {"film": 4, "picture": 0}
    slide.picture(0)
    assert seen == {"film": 0, "picture": 0}
