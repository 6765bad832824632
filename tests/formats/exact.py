"""What the tests of animated formats without loss share: they are the same, but for the name."""

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from PIL import Image

from tests.formats.films import (
    KINDS,
    RATES,
    Picture,
    Shown,
    a_film,
    drawn,
    patches,
    shown,
    write,
)
from visualize import Film, save


class Exact:
    """What every animated format without loss does."""

    name: ClassVar[str]
    tolerance: ClassVar[float]
    """Milliseconds that a time may be off."""

    def saved(self, film: Film, folder: Path) -> Path:
        return save(film, folder / f"film.{self.name}")

    def written(self, pictures: list[Picture], folder: Path, **timeline: Any) -> Shown:
        return shown(write(self.name, pictures, folder / f"film.{self.name}", **timeline))

    # Pictures

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_pixel_is_exactly_what_was_drawn(self, kind: str, tmp_path: Path) -> None:
        film = a_film(**KINDS[kind])
        seen = shown(self.saved(film, tmp_path))
        for frame, picture in enumerate(drawn(kind)):
            at = seen.at((frame + 0.5) * film.interval)
            np.testing.assert_array_equal(at, picture, f"frame {frame}")

    @pytest.mark.parametrize("kind", ["lines", "areas"])
    def test_a_transparent_film_is_as_exact(self, kind: str, tmp_path: Path) -> None:
        film = a_film(**KINDS[kind], transparent=True, formats=[self.name])
        assert film.picture(0)[..., 3].min() == 0
        with Image.open(self.saved(film, tmp_path)) as image:
            assert getattr(image, "n_frames", 1) == film.frames
            for frame in range(film.frames):
                image.seek(frame)
                seen, exact = np.asarray(image.convert("RGBA")), film.picture(frame)
                np.testing.assert_array_equal(seen[..., 3], exact[..., 3], f"frame {frame}")
                there = exact[..., 3] > 0
                np.testing.assert_array_equal(seen[there], exact[there], f"frame {frame}")

    def test_a_single_pixel_that_changes_is_shown_wherever_it_is(self, tmp_path: Path) -> None:
        white = np.full((41, 51, 3), 255, np.uint8)
        pictures = [white]
        for place in [(0, 0), (0, 50), (40, 0), (40, 50), (20, 25), (21, 24)]:
            pictures += [white.copy(), white]
            pictures[-2][place] = (200, 30, 0)
        seen = self.written(pictures, tmp_path)
        np.testing.assert_array_equal(seen.pictures, pictures)

    def test_noise_comes_back(self, tmp_path: Path) -> None:
        random = np.random.default_rng(0)
        pictures = list(random.integers(0, 256, (4, 21, 33, 3), dtype=np.uint8))
        np.testing.assert_array_equal(self.written(pictures, tmp_path).pictures, pictures)

    def test_noise_that_can_be_seen_through_comes_back(self, tmp_path: Path) -> None:
        random = np.random.default_rng(0)
        pictures = list(random.integers(0, 256, (6, 21, 33, 4), dtype=np.uint8))
        path = write(self.name, pictures, tmp_path / f"film.{self.name}")
        with Image.open(path) as image:
            for frame, picture in enumerate(pictures):
                image.seek(frame)
                seen, there = np.asarray(image.convert("RGBA")), picture[..., 3] > 0
                np.testing.assert_array_equal(seen[..., 3], picture[..., 3])
                np.testing.assert_array_equal(seen[there], picture[there])

    # Time

    @pytest.mark.parametrize("rate", RATES)
    def test_every_picture_comes_when_it_should(self, rate: float, tmp_path: Path) -> None:
        pictures = patches(21)
        seen = self.written(pictures, tmp_path, per_second=rate)
        assert len(seen.pictures) == 21
        assert abs(seen.total - 21_000 / rate) <= self.tolerance
        np.testing.assert_array_equal(seen.pictures, pictures)
        expected = 1000 / rate * np.arange(21)
        np.testing.assert_allclose(seen.starts, expected, rtol=1e-12, atol=self.tolerance)

    @pytest.mark.parametrize("hold", [0.01, 1.23, 600])
    @pytest.mark.parametrize("rate", [24, 29.97, 50])
    def test_the_last_picture_stays_for_its_hold(
        self, rate: float, hold: float, tmp_path: Path
    ) -> None:
        pictures = patches(5)
        seen = self.written(pictures, tmp_path, per_second=rate, hold=hold)
        assert abs(seen.total - 5000 / rate - 1000 * hold) <= self.tolerance
        last = seen.at(4000 / rate + 2 * self.tolerance)
        np.testing.assert_array_equal(last, pictures[-1])

    def test_a_picture_may_stay_longer_than_the_format_can_say(self, tmp_path: Path) -> None:
        one, other = patches(2)
        seen = self.written([one, other], tmp_path, per_second=1 / 100_000, hold=200_000)
        assert seen.total == 1000 * 400_000
        np.testing.assert_array_equal(seen.at(99_999_999), one)
        np.testing.assert_array_equal(seen.at(100_000_001), other)
        np.testing.assert_array_equal(seen.pictures[-1], other)

    # Bytes

    def test_equal_pictures_cost_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "long").mkdir()
        pictures = patches(5)
        short = write(self.name, pictures, tmp_path / f"film.{self.name}")
        more = [*pictures, *[pictures[-1]] * 500]
        long = write(self.name, more, tmp_path / "long" / f"film.{self.name}")
        assert long.stat().st_size == short.stat().st_size

    def test_pictures_cost_what_changes_in_them(self, tmp_path: Path) -> None:
        noise = np.random.default_rng(0).integers(0, 256, (120, 160, 3), dtype=np.uint8)
        pictures = [noise]
        for number in range(10):
            pictures.append(pictures[-1].copy())
            pictures[-1][10 * number : 10 * number + 5, 9:12] = number
        (tmp_path / "one").mkdir()
        whole = write(self.name, pictures, tmp_path / f"film.{self.name}").stat().st_size
        one = write(self.name, [noise], tmp_path / "one" / f"film.{self.name}").stat().st_size
        assert (whole - one) / 10 < 200 < one / 100

    # What the file says

    @pytest.mark.parametrize("loop", [0, 1, 2, 65_535])
    def test_the_file_says_how_often_it_is_shown(self, loop: int, tmp_path: Path) -> None:
        assert self.written(patches(2), tmp_path, loop=loop).info["loop"] == loop
