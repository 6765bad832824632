"""What a picture of each kind of panel costs.

    python benchmarks/panels.py [--rounds 3] [--size 1280 720] [kind ...]

For every kind of panel, those that packages register included, a small scene is drawn: 100 pictures
spread over its film, in one process, after the first; and its GIF is saved, whole. CPU milliseconds
a picture, the least of the rounds, and how many times as much as a contour panel that is. A kind
without a scene below is a mistake: add one.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from visualize import Scene, compose, save, simulate
from visualize.panels.panel import PANELS

BOWL: dict[str, Any] = {
    "objective": "x**2/20 + y**2",
    "start": [-7, 2],
    "steps": 100,
    "optimizers": [
        {"name": "adagrad", "learning_rate": 1.5},
        {"name": "sgd", "learning_rate": 0.1, "momentum": 0.9},
    ],
}
SWARM = {
    "objective": "himmelblau",
    "start": {"random": 300},
    "steps": 100,
    "optimizers": [{"name": "adam", "learning_rate": 0.1}],
}
DATA = {
    "objective": {"regression": {"data": "scenes/flats.csv", "features": ["area"]}},
    "steps": 100,
    "optimizers": [{"name": "sgd", "learning_rate": 0.05}],
}
RATES = {"learning_rate": [0.01, 10], "momentum": [0, 0.99]}
SCENES: dict[str, dict[str, Any]] = {
    "contour": BOWL,
    "curve": BOWL | {"objective": "x**2/20 + cos(x)", "start": -7},
    "fit": DATA,
    "histogram": SWARM,
    "learning_rates": BOWL,
    "map": BOWL | {"panels": [{"kind": "map", "of": "sgd", "over": RATES}]},
    "state": BOWL,
    "steps": BOWL,
    "surface": BOWL,
    "values": BOWL,
}
"""By kind of panel a scene that it shows; it is alone in it, unless the scene says how."""
FIRST = "contour"
"""What the others are compared with."""
PICTURES = 100


def cpu_of(work: Callable[[], object]) -> float:
    """Return the CPU seconds that something takes."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def costs(kind: str, size: list[int], folder: Path) -> tuple[float, float]:
    """Return the CPU milliseconds a picture: of drawing, and of all there is from scene to file."""
    settings = {"panels": [kind], **SCENES[kind], "frames": {"size": size, "count": PICTURES}}
    scene = Scene.model_validate(settings)
    history = simulate(scene)
    film = compose(scene, history)
    film.picture(0)
    frames = np.linspace(0, film.frames - 1, PICTURES).astype(int)
    drawing = cpu_of(lambda: [film.picture(int(frame)) for frame in frames])
    whole = cpu_of(lambda: save(compose(scene, history), folder / f"{kind}.gif"))
    return 1000 * drawing / PICTURES, 1000 * whole / PICTURES


def main() -> None:
    """Print a table of all kinds."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, nargs=2, default=[1280, 720])
    parser.add_argument("kinds", nargs="*")
    options = parser.parse_args()
    kinds = [FIRST, *(kind for kind in options.kinds or PANELS.names() if kind != FIRST)]
    if missing := [kind for kind in kinds if kind in PANELS and kind not in SCENES]:
        sys.exit(f"{', '.join(missing)}: no scene shows this kind; add one to SCENES")
    if unknown := [kind for kind in kinds if kind not in PANELS]:
        sys.exit(f"{', '.join(unknown)}: there is no such panel")
    print("| panel | drawing, ms a picture | to contour | GIF, ms a picture | to contour |")
    print("|---|---|---|---|---|")
    first: tuple[float, ...] = ()
    with tempfile.TemporaryDirectory() as folder:
        for kind in kinds:
            rounds = [costs(kind, options.size, Path(folder)) for _ in range(options.rounds)]
            least = tuple(map(min, zip(*rounds, strict=True)))
            first = first or least
            cells = (f"{it:.1f} | {it / one:.2f}" for it, one in zip(least, first, strict=True))
            print(f"| {kind} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
