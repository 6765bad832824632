"""How long it takes from saving a scene to the new still, whole on the disk: `visualize watch`.

    python benchmarks/watch.py [SCENE...] [--saves 50]

A process watches a copy of the scene. It is saved again and again, each time with another title
or another learning rate, at moments that are spread over the drawing of the film before. What is
measured begins when the file is closed and ends when another file has the still's name.
"""

import argparse
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
SCENES = ("race", "adagrad-contour", "adagrad-1d", "regression")
LONGEST = 30.0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("scenes", nargs="*", default=[f"{ROOT}/scenes/{it}.yaml" for it in SCENES])
    parser.add_argument("--saves", type=int, default=50)
    asked = parser.parse_args()
    print("| scene | size | ms, median | 95 of 100 | most | by renaming |")
    print("|---|---|---|---|---|---|")
    for scene in asked.scenes:
        print(row(Path(scene), asked.saves), flush=True)


def row(scene: Path, saves: int) -> str:
    from visualize import read_scene

    width, height = read_scene(scene).frames.size
    taken = {renaming: sorted(measured(scene, saves, renaming)) for renaming in (False, True)}
    half, most, longest = summary(taken[False])
    _, renamed, _ = summary(taken[True])
    return f"| {scene.stem} | {width}x{height} | {half} | {most} | {longest} | {renamed} |"


def summary(seconds: list[float]) -> tuple[str, ...]:
    most = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    return tuple(f"{1000 * it:.0f}" for it in (statistics.median(seconds), most, seconds[-1]))


def measured(scene: Path, saves: int, renaming: bool) -> list[float]:
    """Return the seconds of each save."""
    chance = random.Random(0)  # noqa: S311  # moments, and no secrets
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for beside in scene.parent.glob("*.csv"):
            (folder / beside.name).write_bytes(beside.read_bytes())
        file, still = folder / scene.name, folder / "output" / f"{scene.stem}.png"
        text = scene.read_text("utf-8")
        file.write_text(text, "utf-8")
        watching = subprocess.Popen(
            [sys.executable, "-m", "visualize", "watch", file, "-o", still.parent],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "VISUALIZE_CACHE": str(folder / "cache")},
        )
        try:
            seen = waited_for(still, None)
            taken = []
            for number in range(saves):
                time.sleep(chance.uniform(0.2, 2.0))
                begun = saved(file, changed(text, number), renaming)
                seen = waited_for(still, seen)
                taken.append(time.perf_counter() - begun)
            return taken
        finally:
            watching.send_signal(signal.SIGTERM)
            watching.wait()


def changed(text: str, number: int) -> str:
    if number % 2:
        lines = [line for line in text.splitlines() if not line.startswith("title:")]
        return "\n".join([f"title: Saved {number} times", *lines, ""])
    return re.sub(r"(learning_rate: [0-9]*\.[0-9]+)", rf"\g<1>00{number}1", text)


def saved(file: Path, text: str, renaming: bool) -> float:
    """Save a text, and return when that was done."""
    if renaming:
        beside = file.with_name(f"{file.name}.new")
        beside.write_text(text, "utf-8")
        beside.replace(file)
    else:
        file.write_text(text, "utf-8")
    return time.perf_counter()


def waited_for(still: Path, seen: int | None) -> int:
    """Return which file the still is, as soon as it is another one."""
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        try:
            if (now := still.stat().st_ino) != seen:
                return now
        except FileNotFoundError:
            pass
        time.sleep(0.001)
    raise TimeoutError(f"no new still {still}")


if __name__ == "__main__":
    main()
