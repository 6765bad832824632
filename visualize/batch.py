"""Many scenes: which files they make, and in how many processes."""

import contextlib
import os
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from visualize.errors import Mistake, SceneError, VisualizeError
from visualize.formats import writer_for
from visualize.runs import BUDGET
from visualize.scene import Scene, read_scene

TERMINATED = 128 + signal.SIGTERM
GRACE = 2.0
"""Seconds that a worker has to clean up."""

Progress = Callable[[Path, int, int], object]
"""Called with the file being made, the pictures in it and all there will be."""


@dataclass(frozen=True)
class Job:
    """One scene and the files it is to become."""

    scene: Path
    outputs: tuple[Path, ...]
    force: bool = False
    """Make them also where they are current."""
    strict: bool = False
    """Look for runs that diverge also where the films are current."""
    budget: int = BUDGET


@dataclass(frozen=True)
class Outcome:
    """What became of a job."""

    job: Job
    written: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str = ""
    seconds: float = 0.0


def find_scenes(places: Sequence[Path]) -> tuple[list[Path], list[SceneError]]:
    """Return the scene files in `places` (a folder means its `*.yaml`), and what is not there."""
    found: dict[Path, Path] = {}
    errors = []
    for place in places:
        if place.is_dir():
            files = sorted(place.glob("*.yaml"))
            if not files:
                errors.append(
                    SceneError([Mistake(str(place), 0, 0, "", "no *.yaml in this folder")])
                )
        else:
            files = [place]
        for file in files:
            found.setdefault(file.resolve(), file)
    return list(found.values()), errors


def read_scenes(files: Sequence[Path], budget: int) -> tuple[dict[Path, Scene], list[SceneError]]:
    """Return the scenes that are sound, by file, and the mistakes of the others."""
    scenes, errors = {}, []
    for file in files:
        try:
            scenes[file] = read_scene(file, budget=budget)
        except SceneError as error:
            errors.append(error)
    return scenes, errors


def clashes(outputs: Mapping[Path, Sequence[Path]]) -> list[str]:
    """Return a sentence for each file that two scenes would write: by scene, what it writes."""
    makers = defaultdict(list)
    for scene, paths in outputs.items():
        for path in paths:
            makers[path].append(str(scene))
    return [
        f"{output} would be written by {' and by '.join(scenes)}"
        for output, scenes in makers.items()
        if len(scenes) > 1
    ]


def render(job: Job, progress: Progress | None = None) -> Outcome:
    """Make a scene's films; those that are current stay as they are."""
    from visualize.engine import simulate
    from visualize.film import compose, is_current, save

    begun = time.perf_counter()
    written: list[Path] = []
    warnings: list[str] = []
    error = ""
    try:
        scene = read_scene(job.scene, budget=job.budget)
        outputs = [path for path in job.outputs if job.force or not is_current(path, scene)]
        if outputs or job.strict:
            history = simulate(scene)
            warnings += history.divergences()
        if outputs:
            film = compose(scene, history)
            warnings += film.remarks
            for path in outputs:
                save(film, path, progress=progress and partial(progress, path))
                written.append(path)
    except VisualizeError as told:
        error = str(told)
    seconds = time.perf_counter() - begun
    return Outcome(job, tuple(written), tuple(warnings), error, seconds)


def too_fast(scene: Scene, formats: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for each format that cannot show all of a scene's pictures in time."""
    wanted = scene.frames.per_second
    for name in formats:
        most = writer_for(name).most_per_second
        if wanted > most:
            yield f"{name} shows {most:g} of {wanted:g} pictures a second at most"


def render_all(
    jobs: Sequence[Job], processes: int, progress: Progress | None = None
) -> Iterator[Outcome]:
    """Yield what became of each job as it is done; with one process in order, and here."""
    if processes == 1 or len(jobs) <= 1:
        for job in jobs:
            yield render(job, progress)
        return
    lost = []
    for job, outcome in _in_processes(jobs, processes):
        if outcome is None:
            lost.append(job)
        else:
            yield outcome
    for job in lost:  # each by itself: it is not known whose process was killed
        for _, outcome in _in_processes([job], 1):
            yield outcome or Outcome(job, error="the process that rendered it was killed, twice")


def _in_processes(jobs: Sequence[Job], processes: int) -> Iterator[tuple[Job, Outcome | None]]:
    """Yield each job and what became of it as it is done; nothing if its process was killed."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from concurrent.futures.process import BrokenProcessPool

    executor = ProcessPoolExecutor(
        min(processes, len(jobs)),
        multiprocessing.get_context("spawn"),
        initializer=_begin_work,
    )
    try:
        futures = {}
        for job in jobs:
            try:
                futures[executor.submit(_work, job)] = job
            except BrokenProcessPool:
                yield job, None
        for future in as_completed(futures):
            try:
                outcome = future.result()
            except BrokenProcessPool:
                outcome = None
            yield futures[future], outcome
    finally:
        # On the way out of an interrupt there are unfinished films: the workers clean up.
        executor.shutdown(wait=False, cancel_futures=True)
        for worker in multiprocessing.active_children():
            worker.terminate()
        executor.shutdown(wait=True)


def _begin_work() -> None:
    """In a worker: leave Ctrl-C to the parent, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_outlive_nobody, daemon=True).start()


def _outlive_nobody() -> None:
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _leave(*_: object) -> None:
    # Whatever swallows the exception, the process does not stay.
    last_resort = threading.Timer(GRACE, os._exit, (TERMINATED,))
    last_resort.daemon = True
    last_resort.start()
    raise SystemExit(TERMINATED)


def _work(job: Job) -> Outcome:
    try:
        return render(job)
    except SystemExit:
        # Everything is cleaned up by now. The executor would take this for the job's failure,
        # and begin the next one.
        os._exit(TERMINATED)


def processors() -> int:
    """Return how many processes can run at once."""
    with contextlib.suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
