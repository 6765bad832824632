"""What the tests of animated formats without loss share: they are the same, but for the name."""

import gc
import tracemalloc
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, cast

import numpy as np
import pytest
from matplotlib.animation import AbstractMovieWriter, FuncAnimation
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from tests.formats.films import RACE, Picture, Shown, a_film, a_scene, drawn_by, shown
from visualize import Film, save
from visualize.film.fingerprint import is_current
from visualize.formats.format import FORMATS, Writer

KINDS: dict[str, dict[str, Any]] = {
    "lines": {},
    "areas": {"panels": [{"kind": "contour", "filled": True}], "optimizers": RACE},
    "dark areas": {"panels": [{"kind": "contour", "filled": True}], "theme": "dark"},
    "a curve": {"objective": "x**2", "start": 3.0},
    "odd sides": {"frames": {"size": [161, 99]}, "optimizers": RACE},
    "one picture": {"steps": 0},
}
TIMES: list[dict[str, float]] = [
    *({"fps": fps} for fps in (1, 7.5, 24, 25, 29.97, 30, 60, 144, 240)),
    *({"interval": interval} for interval in (20, 33.3, 1000 / 3, 2500)),
]


@cache
def a_small_film(**frames: Any) -> Film:
    return a_film(panels=["values"], frames={"size": [64, 48], **frames})


class Exact:
    """What every animated format without loss does."""

    name: ClassVar[str]
    tolerance: ClassVar[float]
    """Milliseconds that a time may be off."""

    def writer(self, **settings: Any) -> AbstractMovieWriter:
        made: Any = {"fps": 10, "hold": 0, "loop": 0, "comment": ""} | settings
        return cast("Writer", FORMATS.load(self.name))(**made)

    def saved(self, film: Film, folder: Path) -> Path:
        return save(film, folder / f"film.{self.name}")

    def written(self, pictures: list[Picture], path: Path, **settings: Any) -> Shown:
        """Write pictures of your own."""
        height, width = pictures[0].shape[:2]
        figure = Figure(figsize=(width / 50, height / 50), dpi=50)
        FigureCanvasAgg(figure)
        image = figure.figimage(pictures[0], resize=False)
        writer = self.writer(**settings)
        with writer.saving(figure, str(path), 50):
            for picture in pictures:
                image.set_data(picture)
                writer.grab_frame()
        return shown(path)

    # Pictures

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_pixel_is_exactly_what_was_drawn(self, kind: str, tmp_path: Path) -> None:
        film = a_film(**KINDS[kind])
        seen = shown(self.saved(film, tmp_path))
        for frame in range(film.frames):
            picture = seen.at((frame + 0.5) * film.interval)
            np.testing.assert_array_equal(picture, film.picture(frame), f"frame {frame}")

    @pytest.mark.parametrize(
        "place", [(0, 0), (0, 50), (40, 0), (40, 50), (20, 25), (21, 24)], ids=str
    )
    def test_a_single_pixel_that_changes_is_shown(
        self, place: tuple[int, int], tmp_path: Path
    ) -> None:
        before = np.full((41, 51, 3), 255, np.uint8)
        after = before.copy()
        after[place] = (200, 30, 0)
        seen = self.written([before, after, before], tmp_path / f"film.{self.name}")
        np.testing.assert_array_equal(seen.pictures, [before, after, before])

    def test_noise_comes_back(self, tmp_path: Path) -> None:
        random = np.random.default_rng(0)
        pictures = list(random.integers(0, 256, (4, 21, 33, 3), dtype=np.uint8))
        seen = self.written(pictures, tmp_path / f"film.{self.name}")
        np.testing.assert_array_equal(seen.pictures, pictures)

    # Time

    @pytest.mark.parametrize("time", TIMES, ids=str)
    def test_every_picture_comes_when_it_should(
        self, time: dict[str, float], tmp_path: Path
    ) -> None:
        film = a_small_film(**time)
        seen = shown(self.saved(film, tmp_path))
        assert abs(seen.total - film.frames * film.interval) <= self.tolerance
        starts = np.concatenate([[0], np.cumsum(seen.milliseconds)[:-1]])
        for start, picture in zip(starts, seen.pictures, strict=True):
            frame = round(start / film.interval)
            assert abs(start - frame * film.interval) <= self.tolerance
            np.testing.assert_array_equal(picture, film.picture(frame))

    @pytest.mark.parametrize("hold", [0.01, 1.23, 600])
    @pytest.mark.parametrize("time", [{"fps": 24}, {"fps": 29.97}, {"interval": 20}], ids=str)
    def test_the_last_picture_stays_for_its_hold(
        self, time: dict[str, float], hold: float, tmp_path: Path
    ) -> None:
        film = a_small_film(**time, hold=hold)
        seen = shown(self.saved(film, tmp_path))
        assert abs(seen.total - film.frames * film.interval - 1000 * hold) <= self.tolerance
        last = seen.at((film.frames - 1) * film.interval + 2 * self.tolerance)
        np.testing.assert_array_equal(last, film.picture(film.frames - 1))

    def test_a_picture_may_stay_longer_than_the_format_can_say(self, tmp_path: Path) -> None:
        one = np.full((8, 8, 3), 255, np.uint8)
        path = tmp_path / f"film.{self.name}"
        seen = self.written([one, 0 * one], path, fps=1 / 100_000, hold=200_000)
        assert seen.total == 1000 * 400_000
        np.testing.assert_array_equal(seen.at(99_999_999), one)
        np.testing.assert_array_equal(seen.at(100_000_001), 0 * one)
        np.testing.assert_array_equal(seen.pictures[-1], 0 * one)

    # Bytes

    def test_equal_pictures_cost_nothing(self, tmp_path: Path) -> None:
        short = self.saved(a_small_film(count=21), tmp_path).stat().st_size
        long = self.saved(a_small_film(count=500), tmp_path).stat().st_size
        assert long == short

    def test_pictures_cost_what_changes_in_them(self, tmp_path: Path) -> None:
        areas = {"panels": [{"kind": "contour", "filled": True}]}
        film = a_film(frames={"size": [640, 360]}, **areas)
        whole = self.saved(film, tmp_path).stat().st_size
        first = a_film(frames={"size": [640, 360], "count": 1}, **areas)
        one = self.saved(first, tmp_path).stat().st_size
        assert (whole - one) / (film.frames - 1) < one / 5

    def test_the_same_film_makes_the_same_bytes(self, tmp_path: Path) -> None:
        one = self.saved(a_film(**KINDS["areas"]), tmp_path / "one").read_bytes()
        other = self.saved(a_film(**KINDS["areas"]), tmp_path / "other").read_bytes()
        assert one == other

    # What the file says

    @pytest.mark.parametrize("loop", [0, 1, 2, 65_535])
    def test_the_file_says_how_often_it_is_shown(self, loop: int, tmp_path: Path) -> None:
        assert shown(self.saved(a_small_film(loop=loop), tmp_path)).info["loop"] == loop

    def test_it_is_known_to_be_current(self, tmp_path: Path) -> None:
        path = self.saved(a_film(), tmp_path)
        assert is_current(path, a_scene())
        assert not is_current(path, a_scene(theme="dark"))

    # matplotlib's way, memory and failures

    def test_the_writer_is_matplotlibs_own_kind(self) -> None:
        assert issubclass(FORMATS.load(self.name), AbstractMovieWriter)

    def test_the_writer_saves_somebody_elses_animation_twice(self, tmp_path: Path) -> None:
        figure = Figure(figsize=(1.5, 1), dpi=100)
        canvas = FigureCanvasAgg(figure)
        (line,) = figure.add_subplot().plot([0, 1], [0, 1])

        def draw(frame: int) -> list[Artist]:
            line.set_ydata([0, frame / 10])
            return [line]

        writer = self.writer()
        paths = [tmp_path / f"{number}.{self.name}" for number in range(2)]
        for path in paths:
            animation = FuncAnimation(figure, draw, frames=10, cache_frame_data=False)
            animation.save(str(path), writer=writer)
        assert paths[0].read_bytes() == paths[1].read_bytes()
        seen = shown(paths[0])
        assert seen.total == 1000
        for frame in range(10):
            draw(frame)
            np.testing.assert_array_equal(seen.at(100 * frame + 50), drawn_by(canvas))

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_transparent_film_is_as_exact(self, kind: str, tmp_path: Path) -> None:
        film = a_film(**KINDS[kind], transparent=True, formats=[self.name])
        assert film.picture(0)[..., 3].min() == 0
        with Image.open(self.saved(film, tmp_path)) as image:
            assert getattr(image, "n_frames", 1) == film.frames
            for frame in range(film.frames):
                image.seek(frame)
                seen, drawn = np.asarray(image.convert("RGBA")), film.picture(frame)
                np.testing.assert_array_equal(seen[..., 3], drawn[..., 3], f"frame {frame}")
                there = drawn[..., 3] > 0
                np.testing.assert_array_equal(seen[there], drawn[there], f"frame {frame}")

    def test_memory_does_not_grow_with_the_number_of_frames(self, tmp_path: Path) -> None:
        def peak(frames: int) -> int:
            film = a_film(steps=300, panels=["values"], counter=False, frames={"count": frames})
            film.picture(0)
            tracemalloc.start()
            try:
                self.saved(film, tmp_path)
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

        peak(2)  # whatever is loaded and cached once
        few, many = peak(30), peak(300)
        assert many - few < 3 * 160 * 100 * 4

    def test_a_film_that_is_broken_off_leaves_no_file(self, tmp_path: Path) -> None:
        def interrupt(done: int, _total: int) -> None:
            if done == 6:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            save(a_film(), tmp_path / f"film.{self.name}", progress=interrupt)
        gc.collect()  # what was left open is told now
        assert list(tmp_path.iterdir()) == []
