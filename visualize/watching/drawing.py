"""What a watcher's processes do: draw a scene's still, or its films."""

import functools
import gc
from dataclasses import replace
from pathlib import Path

from visualize.batch.crews import Here
from visualize.batch.job import Job, Outcome
from visualize.batch.rendering import render_jobs
from visualize.batch.task import Task, make
from visualize.scene.scene import Scene
from visualize.storage.cache import Cache, Forgiving
from visualize.watching.warm import Heart

ANYTHING = {
    "objective": "x**2 + y**2",
    "start": [1, 1],
    "steps": 2,
    "optimizers": [{"name": "sgd", "learning_rate": 0.1}],
    "frames": {"size": [320, 240]},
}


def warm_up() -> None:
    """Import what drawing takes, and draw something: the first picture looks for the fonts."""
    make(Task("", Scene.model_validate(ANYTHING), {"still.png": "light"}, ("light",)))
    # What is there now stays. To look through it for garbage takes as long as half a picture.
    gc.freeze()
    gc.set_threshold(50_000)


@functools.cache
def _cache_in(folder: Path) -> Cache:
    """Return a cache, which knows from one drawing to the next how much it has put there."""
    return Cache(folder)


def draw(job: Job, heart: Heart, *, cache: Path | None) -> Outcome:
    """Make a scene's files that are not current; the heart beats at every step and picture.

    What the `cache` folder has need not be made; with None there is no cache.
    """
    troubles: list[str] = []
    store = None if cache is None else Forgiving(_cache_in(cache), troubles.append)

    def report(_: str, what: str, done: int, total: int) -> None:
        heart(what, done, total)

    [outcome] = render_jobs([job], lambda _: Here(report), store)
    return replace(outcome, warnings=(*outcome.warnings, *troubles))
