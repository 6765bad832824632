"""Colours for numbers: even steps from what stands out to what does not."""

import numpy as np
import pytest
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.looks.ramp import COLORS, ramp_of
from visualize.looks.themes import THEMES


def lightness(colors: NDArray[np.uint8]) -> Array:
    share = colors[..., :3] / 255
    linear = np.where(share > 0.04045, ((share + 0.055) / 1.055) ** 2.4, share / 12.92)
    light: Array = np.cbrt(linear @ [0.2126, 0.7152, 0.0722])
    return light


@pytest.mark.parametrize("name", THEMES)
def test_it_goes_from_text_to_area_and_never_back(name: str) -> None:
    theme = THEMES[name]
    ramp = ramp_of(theme)
    assert ramp.shape == (COLORS, 4)
    ends = ["#" + "".join(f"{it:02x}" for it in ramp[at, :3]) for at in (0, -1)]
    assert ends == [theme.ink, theme.areas[-1]]
    changes = np.diff(lightness(ramp)[::8])
    assert (np.sign(changes) == np.sign(changes[0])).all()  # in grey, too, each is told apart


@pytest.mark.parametrize("name", THEMES)
def test_equal_distances_look_about_equal(name: str) -> None:
    steps = np.abs(np.diff(lightness(ramp_of(THEMES[name])[::32])))
    assert steps.max() < 3 * steps.min()
