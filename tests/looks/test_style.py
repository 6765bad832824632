"""Sizes of letters: they follow the picture."""

import pytest

from visualize.looks.style import default_font_size


@pytest.mark.parametrize(
    ("size", "pixels"),
    [
        ((1280, 720), 30.5),
        ((640, 360), 15.25),
        ((1920, 1080), 45.75),
        ((3840, 2160), 91.5),
        ((1200, 630), 30.5 * 0.875),
        ((720, 720), 30.5 * 0.5625),
        ((1280, 7200), 30.5),
        ((500, 300), 15.25),
        ((320, 180), 15.25),
        ((160, 90), 7.625),
        ((16, 16), 6),
    ],
)
def test_names_follow_the_smaller_side_and_stay_legible(
    size: tuple[int, int], pixels: float
) -> None:
    assert default_font_size(*size) * 100 / 72 == pytest.approx(pixels)
