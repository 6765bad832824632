"""How the work of a film grows, and what a second process would save.

    python benchmarks/growth.py [--rounds 3]

Whole processes are measured, as `compare.py` does; medians of the rounds. What a picture costs is
the difference of two films, by the difference of their numbers of pictures.
"""

import argparse
import itertools
import statistics
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from compare import Measure, measure

SCENE = """
objective: x**2/20 + y**2
start: [-7, 2]
steps: {steps}
optimizers: [{optimizers}]
panels: [{{kind: contour, filled: true, limits: [[-8, 2], [-3, 3]]}}]
frames: {{size: [{size}], count: {count}}}
counter: {counter}
"""
PART = """
import sys
from visualize import compose, read_scene, simulate
from visualize.film.movie_writer import over, picture_of
from visualize.formats.gif import Gif
scene = read_scene(sys.argv[1])
film = compose(scene, simulate(scene))
gif = Gif(film.timeline)
def some():
    for number in range(gif.looks_ahead):
        film.draw(number * (film.frames - 1) // (gif.looks_ahead - 1))
        yield picture_of(film.figure)
gif.look_ahead(some())
film.animation(range(int(sys.argv[3]), int(sys.argv[4]))).save(sys.argv[2], writer=over(gif))
"""


def write_scene(
    folder: Path,
    *,
    steps: int,
    count: int,
    runs: int = 2,
    size: str = "1280, 720",
    counter: bool = True,
) -> Path:
    """Write a scene: so many runs over a filled landscape, which move until the last step."""
    optimizers = ", ".join(
        f"{{name: sgd, learning_rate: {20 / steps * 0.9**index:.4g}, label: r{index}}}"
        for index in range(runs)
    )
    path = folder / f"{steps}-{count}-{runs}.yaml"
    path.write_text(
        SCENE.format(
            steps=steps,
            count=count,
            optimizers=optimizers,
            size=size,
            counter=str(counter).lower(),
        )
    )
    return path


def rendered(scene: Path, kind: str, rounds: int) -> Measure:
    """Return the medians of rendering a scene."""
    output = scene.with_suffix(f".{kind}")
    render = ["-m", "visualize", "render", "--force", "--format", kind, "-o", str(scene.parent)]
    measured = [measure([sys.executable, *render, str(scene)], output) for _ in range(rounds)]
    return Measure(*(statistics.median(values) for values in zip(*measured, strict=True)))


def per_picture(less: Measure, more: Measure, pictures: int) -> str:
    """Return the milliseconds of CPU of one picture more."""
    return f"{1000 * (more.cpu - less.cpu) / pictures:.1f}"


def main() -> None:
    """Measure everything and print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rendered(write_scene(folder, steps=2, count=3), "gif", 1)  # compiles

        print("| pictures of 3000 steps, 1920x1080 | format | CPU ms a picture | peak memory MB |")
        print("|---|---|---|---|")
        for kind in ("gif", "mp4"):
            films = {
                count: rendered(
                    write_scene(folder, steps=3000, count=count, size="1920, 1080"), kind, rounds
                )
                for count in (1, 200, 1000, 3000)
            }
            for less, more in itertools.pairwise(films):
                each = per_picture(films[less], films[more], more - less)
                print(f"| {less} to {more} | {kind} | {each} | {films[more].megabytes:.0f} |")

        print("\n| runs | CPU ms a picture (gif) |\n|---|---|")
        for runs in (1, 2, 4, 8, 16, 32):
            less, more = (
                rendered(write_scene(folder, steps=200, count=count, runs=runs), "gif", rounds)
                for count in (1, 200)
            )
            print(f"| {runs} | {per_picture(less, more, 199)} |")

        print("\n| a picture equal to the one before | CPU ms |\n|---|---|")
        for kind in ("gif", "mp4"):
            less, more = (
                rendered(write_scene(folder, steps=10, count=count, counter=False), kind, rounds)
                for count in (100, 1100)
            )
            print(f"| {kind} | {per_picture(less, more, 1000)} |")

        print("\n| pictures (gif) | wall s, one process | wall s, two with half each |")
        print("|---|---|---|")
        for count in (200, 1000, 3000):
            scene = write_scene(folder, steps=count, count=count)
            bounds = (0, count // 2, count)
            whole, halves = [], []
            for _ in range(rounds):
                whole.append(part(scene, 0, count))
                with ThreadPoolExecutor() as pool:
                    halves.append(max(pool.map(part, [scene] * 2, bounds[:2], bounds[1:])))
            print(f"| {count} | {statistics.median(whole):.1f} | {statistics.median(halves):.1f} |")


def part(scene: Path, first: int, last: int) -> float:
    """Return the wall seconds of making some of a film's pictures into a GIF."""
    output = scene.with_suffix(f".{first}.gif")
    arguments = [str(scene), str(output), str(first), str(last)]
    return measure([sys.executable, "-c", PART, *arguments], output).wall


if __name__ == "__main__":
    main()
