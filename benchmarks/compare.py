"""Run the recipe and the product in turn, and print one table of ratios.

    python benchmarks/compare.py [--rounds 3]

Whole processes are measured, imports included: CPU seconds (with those of ffmpeg), wall seconds,
the largest memory of the Python process, and the size of the file. Medians of the rounds.

Bytecode is kept between the processes, as it is where a package was installed: a round before the
first compiles. The product's files are also held against the pictures that were drawn: a GIF's
colours, an MP4's luma; and pixels that change in a GIF where nothing changed in the pictures are
counted.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from visualize import Film, compose, read_scene, simulate

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
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(output.parent / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    megabytes, done = 0.0, 0
    while not done:
        megabytes = max(megabytes, peak(process.pid))
        time.sleep(0.01)
        done, status, usage = os.wait4(process.pid, os.WNOHANG)
    wall = time.perf_counter() - begun
    if status:
        sys.exit(f"failed: {' '.join(command)}")
    # The usage holds the children that the process has waited for: ffmpeg counts.
    cpu = usage.ru_utime + usage.ru_stime
    return Measure(cpu, wall, megabytes, output.stat().st_size / 1000)


def peak(process: int) -> float:
    """Return the largest memory that a process has had so far, in MB; not its children's."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def quality(film: Film, path: Path) -> str:
    """Return what a file has kept of the film's pictures."""
    squares, largest, before, flicker = [], 0, None, 0
    for frame, shown in zip(range(film.frames), pictures(film, path), strict=True):
        drawn = film.picture(frame)
        if path.suffix == ".mp4":
            drawn = np.rint(drawn @ [0.2126, 0.7152, 0.0722] * 219 / 255 + 16)[..., np.newaxis]
        off = np.abs(drawn.astype(float) - shown)
        squares.append(float(np.mean(off**2)))
        largest = max(largest, int(off.max()))
        if before is not None:
            still = (drawn == before[0]).all(axis=-1)
            flicker += int((still & (shown != before[1]).any(axis=-1)).sum())
        before = drawn, shown
    decibels = 10 * np.log10(255**2 / np.mean(squares))
    if path.suffix == ".mp4":
        return f"{decibels:.1f} dB of luma, off by {largest} at most"
    return f"{decibels:.1f} dB, off by {largest} at most, {flicker} pixels flicker"


def pictures(film: Film, path: Path) -> Iterator[NDArray[np.uint8]]:
    """Yield what is shown when each of the film's pictures should be."""
    if path.suffix == ".gif":
        with Image.open(path) as image:
            end, number = 0.0, -1
            for frame in range(film.frames):
                while end <= frame * film.interval:
                    number += 1
                    image.seek(number)
                    end += image.info["duration"]
                yield np.asarray(image.convert("RGB"))
        return
    width, height = film.figure.canvas.get_width_height()
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-f", "rawvideo"]
    with tempfile.TemporaryFile() as planes:
        subprocess.run([*command, "-pix_fmt", "yuv420p", "-"], stdout=planes, check=True)
        planes.seek(0)
        while picture := planes.read(width * height * 3 // 2):
            luma = np.frombuffer(picture, np.uint8)[: width * height]
            yield luma.reshape(height, width, 1)


def main() -> None:
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    packages = ("matplotlib", "numpy", "pillow", "imageio-ffmpeg")
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    print(f"Python {platform.python_version()}, {versions}")
    print(f"{os.cpu_count()} cores, medians of {rounds} rounds: recipe -> product\n")
    print("| film | CPU s | ratio | wall s | peak memory MB | file KB | size ratio | quality |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for letter, scene in SCENES.items():
            read = read_scene(HERE.parent / "scenes" / f"{scene}.yaml")
            film = compose(read, simulate(read))
            for kind in ("gif", "mp4"):
                theirs, ours = Path(folder, f"recipe.{kind}"), Path(folder, f"{scene}.{kind}")
                file = HERE.parent / "scenes" / f"{scene}.yaml"
                render = ["-m", "visualize", "render", "--force", "--format", kind, "-o", folder]
                measure([sys.executable, *render, str(file)], ours)
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
                    quality(film, ours),
                )
                print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
