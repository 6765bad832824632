"""What folders of scenes take: with one process and with two, and where little has changed.

python -m benchmarks.batch [ROUNDS]
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

OBJECTIVES = (
    "x**2/20 + y**2",
    "x**2 + 10*y**2",
    "x**4/4 - x**2/2 + y**2",
    "sin(x) + y**2/4 + x**2/10",
    "log(1 + x**2) + y**2/3",
)
OPTIMIZERS = ("adagrad", "sgd", "adam", "rmsprop")
HD, SMALL = (1280, 720), (320, 240)
MIXED = (["gif"], ["mp4"], ["gif", "mp4"], ["webp"])


def scene(number: int, size: tuple[int, int], count: int, formats: Sequence[str]) -> str:
    """Return a scene: JSON is YAML."""
    runs = [OPTIMIZERS[(number + it) % 4] for it in range(2)]
    return json.dumps(
        {
            "title": f"Scene {number}",
            "objective": OBJECTIVES[number % 5],
            "start": [-1.5, 1 + number % 3 / 5],
            "steps": 60,
            "optimizers": [{"name": name, "learning_rate": 0.1} for name in runs],
            "frames": {"size": size, "fps": 25, "count": count},
            "formats": formats,
        }
    )


def write(
    folder: Path, many: int, size: tuple[int, int], count: int, formats: Sequence[Sequence[str]]
) -> None:
    """Write many scenes."""
    folder.mkdir()
    for number in range(many):
        text = scene(number, size, count, formats[number % len(formats)])
        (folder / f"scene-{number:03}.yaml").write_text(text)


def seconds(folder: Path, *options: object) -> float:
    """Return how long `visualize render` takes, from its start to its end."""
    words = [sys.executable, "-m", "visualize", "render", folder, "-o", folder / "films", *options]
    begun = time.perf_counter()
    subprocess.run([*map(str, words)], check=True, capture_output=True)
    return time.perf_counter() - begun


def anew(folder: Path, *options: object) -> float:
    """Return how long it takes where there are no films, and without the cache."""
    shutil.rmtree(folder / "films", ignore_errors=True)
    return seconds(folder, "--no-cache", *options)


def median(rounds: int, measure: Callable[[], float]) -> float:
    """Return the median of some measurements."""
    return statistics.median(measure() for _ in range(rounds))


def with_each(rounds: int, folder: Path) -> tuple[float, float]:
    """Return how long one process takes and how long two do: medians, measured in turn."""
    pairs = [(anew(folder, "-j", 1), anew(folder, "-j", 2)) for _ in range(rounds)]
    one, two = zip(*pairs, strict=True)
    return statistics.median(one), statistics.median(two)


def main(rounds: int = 3) -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        os.environ["VISUALIZE_CACHE"] = str(place / "cache")
        write(place / "gif", 20, HD, 170, [["gif"]])
        write(place / "mixed", 20, HD, 170, MIXED)
        write(place / "small", 40, SMALL, 20, [["gif"]])
        write(place / "many", 120, SMALL, 20, [["gif"]])
        print("scenes                    one process  two processes  ratio")
        for title, folder in (
            ("20 GIFs of 170 pictures", "gif"),
            ("20 mixed, with MP4s", "mixed"),
            ("40 small GIFs", "small"),
        ):
            one, two = with_each(rounds, place / folder)
            print(f"{title:26}{one:9.2f} s{two:13.2f} s{one / two:7.2f}")
        many = place / "many"
        seconds(many)
        print(f"\n120 films, all current    {median(rounds, lambda: seconds(many)):9.2f} s")
        print(f"one changed rate of 120   {median(rounds, lambda: after_a_change(many)):9.2f} s")
        print(f"all from the cache        {median(rounds, lambda: from_the_cache(many)):9.2f} s")
        print(f"120 other titles          {titled(many):9.2f} s")


def after_a_change(folder: Path) -> float:
    """Return how long it takes after the rates of one scene have changed."""
    file = folder / "scene-007.yaml"
    settings = json.loads(file.read_text())
    settings["optimizers"][0]["learning_rate"] += 0.001
    file.write_text(json.dumps(settings))
    return seconds(folder)


def from_the_cache(folder: Path) -> float:
    """Return how long it takes where the films are gone, and the cache has them."""
    shutil.rmtree(folder / "films")
    return seconds(folder)


def titled(folder: Path) -> float:
    """Return how long it takes where only titles have changed: runs are kept, films drawn anew."""
    for file in folder.glob("*.yaml"):
        file.write_text(json.dumps({**json.loads(file.read_text()), "title": "Another"}))
    return seconds(folder)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
