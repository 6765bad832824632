"""What a watcher's processes do: draw a scene's still, or its films."""

import contextlib
import gc
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from visualize.batch.jobs import Job
from visualize.batch.warm import Heart
from visualize.declare.packages import blamed
from visualize.errors import OutputError, VisualizeError
from visualize.scene.scene import Scene
from visualize.storage.cache import Cache, usual_folder

NO_MEMORY = "there is not enough memory; take fewer steps or starts, or smaller pictures"

ANYTHING = {
    "objective": "x**2 + y**2",
    "start": [1, 1],
    "steps": 2,
    "optimizers": [{"name": "sgd", "learning_rate": 0.1}],
    "frames": {"size": [320, 240]},
}


@dataclass(frozen=True)
class Drawn:
    """What became of a job."""

    written: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str = ""
    seconds: float = 0.0


class _Kept:
    """The cache of runs, as far as it can be used."""

    def __init__(self) -> None:
        self._cache = Cache(usual_folder())

    def get(self, key: str) -> bytes | None:
        """Return what was kept under a key."""
        return self._cache.get(key)

    def put(self, key: str, content: bytes) -> None:
        """Keep bytes under a key, if there is a place for them."""
        with contextlib.suppress(OutputError):
            self._cache.put(key, content)


def warm_up() -> None:
    """Import what drawing takes, and draw something: the first picture looks for the fonts."""
    from visualize.film.compose import compose
    from visualize.film.save import save
    from visualize.simulation.simulate import simulate

    scene = Scene.model_validate(ANYTHING)
    with tempfile.TemporaryDirectory(prefix="visualize-") as folder:
        save(compose(scene, simulate(scene)), Path(folder) / "still.png")
    # What is there now stays. To look through it for garbage takes as long as half a picture.
    gc.freeze()
    gc.set_threshold(50_000)


def draw(job: Job, heart: Heart) -> Drawn:
    """Make a scene's files that are not current; the heart is asked at every step and picture."""
    from visualize.film.compose import compose
    from visualize.film.fingerprint import is_current
    from visualize.film.save import save
    from visualize.simulation.simulate import simulate

    begun = time.perf_counter()
    written: list[Path] = []
    warnings: list[str] = []
    error = ""
    try:
        with blamed():
            films = job.films
            due = [path for path in films if not is_current(path, films[path])]
            if due:
                history = simulate(job.scene, store=_Kept(), progress=partial(heart, None))
                warnings += history.divergences()
            for theme in dict.fromkeys(films[path].theme for path in due):
                paths = [path for path in due if films[path].theme == theme]
                film = compose(films[paths[0]], history)
                warnings += (words for words in film.remarks if words not in warnings)
                for path in paths:
                    save(film, path, progress=partial(heart, path))
                    written.append(path)
    except VisualizeError as caught:
        error = str(caught)
    except MemoryError:
        error = NO_MEMORY
    return Drawn(tuple(written), tuple(warnings), error, time.perf_counter() - begun)
