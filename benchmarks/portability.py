"""How far trajectories differ between processors' instructions and between versions of NumPy.

    python benchmarks/portability.py [PYTHON...]

Simulates the scenes, and every optimizer on four test functions, in this Python and the others
named: with all instructions the processor has, without AVX512, with the least that NumPy runs on,
and with OpenBLAS's kernels for older processors. Prints for each the largest relative difference
from the first, how many runs are the same to the last bit, and which are beyond the tolerance that
the pytest plugin begins with.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from visualize import History
from visualize.optimizers.optimizer import OPTIMIZERS
from visualize.scene.source import text_of

ROOT = Path(__file__).parent.parent
FUNCTIONS = {"ackley": [1.5, 2.0], "beale": [1.0, 1.5], "rastrigin": [0.4, 0.3], "levy": [2.0, 3.0]}
STEPS = 50
ABSOLUTE = 1e-12
"""What is allowed beside the relative difference, as in the plugin."""
FEATURES = """
try:
    from numpy._core import _multiarray_umath as it
except ImportError:
    from numpy.core import _multiarray_umath as it
there = [name for name in it.__cpu_dispatch__ if it.__cpu_features__[name]]
import numpy
print(numpy.__version__)
print(*there)
print(*(name for name in there if "512" in name or name == "X86_V4"))
"""


def write_scenes(folder: Path) -> None:
    for function, start in FUNCTIONS.items():
        runs = [
            {"name": name, "learning_rate": 0.01}
            for name in OPTIMIZERS.names()
            if not OPTIMIZERS.load(name).needs_hessian
        ]
        scene = {"objective": function, "start": start, "steps": STEPS, "optimizers": runs}
        (folder / f"{function}.yaml").write_text(text_of(scene), "utf-8")


def simulate(
    python: str, settings: dict[str, str], scenes: Path, folder: Path
) -> dict[str, History]:
    command = [python, "-m", "visualize", "simulate", str(ROOT / "scenes"), str(scenes)]
    plain = {name: value for name, value in os.environ.items() if "BLAS" not in name}
    environment = {**plain, "PYTHONPATH": str(ROOT), **settings}
    subprocess.run([*command, "-o", str(folder)], check=True, env=environment, capture_output=True)
    return {file.stem: History.load(file) for file in sorted(folder.glob("*.npz"))}


def apart(first: dict[str, History], other: dict[str, History]) -> tuple[float, str, int, str, int]:
    """Return the largest relative difference and where, how many runs are the same to the last
    bit, which are beyond the plugin's tolerance, and how many there are."""
    worst, where, same, beyond, runs = 0.0, "-", 0, [], 0
    for scene, history in first.items():
        beyond += [f"{scene}, {it.run}" for it in other[scene].compare(history)]
        for label in history:
            names = [name for name in history.arrays if name.startswith(f"{label}/")]
            pairs = [(history.arrays[name], other[scene].arrays[name]) for name in names]
            runs += 1
            same += all(old.tobytes() == new.tobytes() for old, new in pairs)
            for old, new in pairs:
                with np.errstate(all="ignore"):
                    relative = np.maximum(np.abs(new - old) - ABSOLUTE, 0) / np.abs(old)
                largest = float(np.nanmax(relative, initial=0.0))
                if largest > worst:
                    worst, where = largest, f"{scene}, {label}"
    return worst, where, same, "; ".join(beyond) or "none", runs


def main() -> None:
    first = None
    print("| NumPy | instructions | same bytes | largest relative difference | beyond 1e-9 |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        scenes = Path(folder) / "scenes"
        scenes.mkdir()
        write_scenes(scenes)
        for number, python in enumerate([sys.executable, *sys.argv[1:]]):
            told = subprocess.run(
                [python, "-c", FEATURES], check=True, capture_output=True, text=True
            )
            version, dispatched, wide = told.stdout.splitlines()
            variants = {
                "all": {},
                "without AVX512": {"NPY_DISABLE_CPU_FEATURES": wide},
                "the least": {"NPY_DISABLE_CPU_FEATURES": dispatched},
                "OpenBLAS as on a Haswell": {"OPENBLAS_CORETYPE": "Haswell"},
                "OpenBLAS as on a Prescott": {"OPENBLAS_CORETYPE": "Prescott"},
            }
            for words, settings in variants.items():
                output = Path(folder) / f"{number}-{words}"
                histories = simulate(python, settings, scenes, output)
                first = first or histories
                worst, where, same, beyond, runs = apart(first, histories)
                print(
                    f"| {version} | {words} | {same} of {runs} runs "
                    f"| {worst:.1e} ({where}) | {beyond} |"
                )


if __name__ == "__main__":
    main()
