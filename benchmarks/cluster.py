"""What a scene takes that another machine makes: there, on the way, and of whoever has asked.

python -m benchmarks.cluster [SCENES] [WORKERS]
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.batch import HD, SMALL, write
from visualize.batch.cluster import Cluster
from visualize.batch.job import jobs_of
from visualize.batch.rendering import render_jobs
from visualize.batch.scenes import find_scenes, read_scenes
from visualize.batch.task import Task
from visualize.scene.budget import Budget

PORT = 18901
KINDS = {
    "GIF 1280x720, 200 pictures": (HD, 200, [["gif"]]),
    "MP4 1280x720, 200 pictures": (HD, 200, [["mp4"]]),
    "PNG 320x240": (SMALL, 1, [["png"]]),
}


def begin(resources: ExitStack, workers: int) -> str:
    """Return the address of a scheduler and its workers, each a process of its own."""
    address = f"tcp://127.0.0.1:{PORT}"
    quiet = {"stderr": subprocess.DEVNULL, "env": {**os.environ, "OMP_NUM_THREADS": "1"}}
    commands = [["distributed.cli.dask_scheduler", "--port", str(PORT), "--no-dashboard"]]
    worker = ["distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard"]
    for command in (*commands, *[worker] * workers):
        process = subprocess.Popen([sys.executable, "-m", *command], **quiet)
        resources.callback(process.wait)
        resources.callback(process.terminate)
    return address


def sent(task: Task) -> int:
    """Return how many bytes of a task go out."""
    import pickle

    return len(pickle.dumps(task))


def measure(address: str, folder: Path, scenes: int, kind: str) -> str:
    """Return a row of the table."""
    size, count, formats = KINDS[kind]
    write(folder, scenes, size, count, formats)
    begun, of_us = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    files, _ = find_scenes([folder])
    read, _ = read_scenes(files, Budget())
    jobs, _ = jobs_of(read, folder / "films")
    outcomes = list(render_jobs(jobs, lambda _: Cluster(address)))
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - of_us.ru_utime - of_us.ru_stime
    there = statistics.mean(it.seconds for it in outcomes)
    back = statistics.mean(it.outputs[0].size for it in outcomes)
    out = sent(Task("", jobs[0].scene, {}, ()))
    columns = (
        f"{there:.3f}",
        f"{out / 1000:.1f}",
        f"{back / 1000:.0f}",
        f"{1e3 * cpu / scenes:.1f}",
    )
    return f"| {kind} | {' | '.join(columns)} | {wall / scenes:.3f} |"


def main(scenes: int = 100, workers: int = 2) -> None:
    """Print the table."""
    print(f"{scenes} scenes of each kind, {workers} workers\n")
    print("| scenes | s in a worker | kB out | kB back | CPU ms of us | wall s |")
    print("|---|---|---|---|---|---|")
    with ExitStack() as resources:
        folder = Path(resources.enter_context(tempfile.TemporaryDirectory()))
        address = begin(resources, workers)
        time.sleep(5)
        for number, kind in enumerate(KINDS):
            print(measure(address, folder / str(number), scenes, kind), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
