"""Run the recipe and the product in turn, and print one table of ratios.

    python benchmarks/compare.py [--rounds 3]

Whole processes are measured, imports included: CPU seconds (with those of ffmpeg), wall seconds,
the largest memory of the Python process, and the size of the file. Medians of the rounds.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
SCENES = {"A": "adagrad-1d", "B": "race"}


class Measure(NamedTuple):
    """What one process cost."""

    cpu: float
    wall: float
    megabytes: float
    kilobytes: float


def measure(command: list[str], output: Path) -> Measure:
    """Run a command that makes `output`, and return what it cost."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    if status:
        sys.exit(f"failed: {' '.join(command)}")
    # The usage holds the children that the process has waited for: ffmpeg counts.
    cpu = usage.ru_utime + usage.ru_stime
    return Measure(cpu, wall, usage.ru_maxrss / 1024, output.stat().st_size / 1000)


def main() -> None:
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    packages = ("matplotlib", "numpy", "pillow", "imageio-ffmpeg")
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    print(f"Python {platform.python_version()}, {versions}")
    print(f"{os.cpu_count()} cores, medians of {rounds} rounds: recipe -> product\n")
    print("| film | CPU s | ratio | wall s | peak memory MB | file KB | size ratio |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for letter, scene in SCENES.items():
            for kind in ("gif", "mp4"):
                theirs, ours = Path(folder, f"recipe.{kind}"), Path(folder, f"{scene}.{kind}")
                file = HERE.parent / "scenes" / f"{scene}.yaml"
                render = ["-m", "visualize", "render", "--force", "--format", kind, "-o", folder]
                recipe, product = [], []
                for _ in range(rounds):
                    arguments = [str(HERE / "recipe.py"), letter, kind, str(theirs)]
                    recipe.append(measure([sys.executable, *arguments], theirs))
                    product.append(measure([sys.executable, *render, str(file)], ours))
                a, b = (
                    Measure(*(statistics.median(values) for values in zip(*measured, strict=True)))
                    for measured in (recipe, product)
                )
                cells = (
                    f"{letter} {kind.upper()}",
                    f"{a.cpu:.1f} -> {b.cpu:.2f}",
                    f"{a.cpu / b.cpu:.1f}x",
                    f"{a.wall:.1f} -> {b.wall:.2f}",
                    f"{a.megabytes:.0f} -> {b.megabytes:.0f}",
                    f"{a.kilobytes:.0f} -> {b.kilobytes:.0f}",
                    f"{b.kilobytes / a.kilobytes:.2f}",
                )
                print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
