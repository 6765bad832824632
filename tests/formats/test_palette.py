"""The palette of a GIF: which colours stand for which others."""

import itertools

import numpy as np
import pytest

from visualize.formats._palette import MOST_COLORS, choose_palette


@pytest.mark.parametrize(("offset", "every_colour_counts"), [((5, 0, 0), False), ((5, 2, 1), True)])
def test_one_colour_stands_for_another_that_is_five_away(
    offset: tuple[int, int, int], every_colour_counts: bool
) -> None:
    steps = range(10, 250, 40)
    seeds = np.array(list(itertools.product(steps, steps, steps))[:150])
    colors = np.concatenate([seeds, seeds + offset]).astype(np.uint8)
    palette = choose_palette(colors, np.ones(len(colors)))
    assert (len(palette) == MOST_COLORS) is every_colour_counts
