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
    light = lightness(ramp)
    ink = lightness(np.array([[int(theme.ink[at : at + 2], 16) for at in (1, 3, 5)]], np.uint8))
    assert np.abs(light - ink).argmin() == 0
    changes = np.diff(light[::8])
    assert (np.sign(changes) == np.sign(changes[0])).all()  # in grey, too, each is told apart


@pytest.mark.parametrize("name", THEMES)
def test_its_last_colour_is_none_of_the_backgrounds(name: str) -> None:
    theme = THEMES[name]
    behind = [
        [int(it[at : at + 2], 16) for at in (1, 3, 5)] for it in (theme.faint, theme.background)
    ]
    apart = np.abs(lightness(np.array(behind, dtype=np.uint8)) - lightness(ramp_of(theme)[-1:]))
    assert (apart > 0.05).all()


@pytest.mark.parametrize("name", THEMES)
def test_equal_distances_look_about_equal(name: str) -> None:
    steps = np.abs(np.diff(lightness(ramp_of(THEMES[name])[::32])))
    assert steps.max() < 3 * steps.min()
