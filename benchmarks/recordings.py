"""Large recordings: how long it takes to read them, and to find their principal plane.

python benchmarks/recordings.py
"""

import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np

from visualize.history.history import History
from visualize.history.recording import read_recording
from visualize.landscapes.projection import principal_plane

ROUNDS = 5
RUNS, STEPS, COORDINATES = 50, 1000, 1000


def measured(work: Callable[[], object]) -> str:
    """Return the median of seconds, and the memory that is taken beside what there is."""
    seconds = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    tracemalloc.start()
    work()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return f"{statistics.median(seconds):.2f} | {peak / 1e6:.0f}"


def main() -> None:
    """Print the table of benchmarks/README.md."""
    generator = np.random.default_rng(0)
    print("| what | wall s | memory MB |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.npz"
        arrays = {
            f"run {number}": np.cumsum(generator.normal(size=(STEPS, COORDINATES)), axis=0)
            for number in range(RUNS)
        }
        np.savez(path, allow_pickle=False, **arrays)
        size = f"{RUNS} runs of {STEPS} rows in {COORDINATES} coordinates"
        print(f"| {size}, .npz: read | {measured(lambda: read_recording(path))} |")
        history = History({run.name: run.trajectory for run in read_recording(path)})
        origin = np.zeros(COORDINATES)
        print(f"| their principal plane | {measured(lambda: principal_plane(history, origin))} |")
        for name, rows in {"one column": 1_000_000, "100 columns": 10_000}.items():
            table = Path(folder) / f"{name}.csv"
            np.savetxt(table, generator.normal(size=(rows, 1_000_000 // rows)), delimiter=",")
            print(f"| a million numbers, {name}, .csv: read | {measured(read_of(table))} |")


def read_of(path: Path) -> Callable[[], object]:
    """Return what reads a recording."""
    return lambda: read_recording(path)


if __name__ == "__main__":
    main()
