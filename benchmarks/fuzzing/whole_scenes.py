"""Whole scenes by chance, read, simulated, drawn and saved: valid, or nearly so.

python benchmarks/fuzzing/whole_scenes.py 1000

Nothing but our own errors may come out, and no warning; every file can be decoded and has the
film's size; arrays are finite up to where a run ends, NaN after it, and the same when loaded.
"""

import random
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
from PIL import Image

from benchmarks.fuzzing.figures import Figures
from benchmarks.fuzzing.grammar import ODD_TEXTS, SCHEMA, formula, rate, settings
from visualize import Scene, compose, read_scene, save, simulate
from visualize.errors import ArraysError, SceneError
from visualize.film.film import Film
from visualize.history.history import History
from visualize.objectives._test_functions import TEST_FUNCTIONS
from visualize.scene.source import text_of

SIZE = (64, 48)
MOST_PICTURES = 10
COORDINATES = [0, 1, -1, 3, -7, 0.5, 2, 1e-8, 100, 1e6, -1e150]
OPTIMIZERS = SCHEMA["properties"]["optimizers"]["items"]["anyOf"]
PANELS = SCHEMA["properties"]["panels"]["items"]["anyOf"]


def whole_scenes(count: int, seed: int) -> Figures:
    """Make so many scenes and their films; the same seed makes the same ones."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    figures = Figures()
    begun = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(count):
            text = text_of(random_scene(chance))
            with tempfile.TemporaryDirectory() as name, figures.of(text):
                folder = Path(name)
                np.save(folder / "run.npy", np.linspace([3.0, 1.0], [0.0, 0.0], 5))
                (folder / "scene.yaml").write_text(text, "utf-8")
                try:
                    for words in _made(folder):
                        figures.tell(words, text)
                    figures.sound += 1
                except (SceneError, ArraysError):
                    pass
    figures.seconds = time.perf_counter() - begun
    return figures


def _made(folder: Path) -> Iterator[str]:
    """Make a scene's films, and yield what is not sound of them."""
    scene = read_scene(folder / "scene.yaml")
    history = simulate(scene)
    film = compose(scene, history)
    if scene.optimizers:
        yield from _ended(history)
    if dict(History.load(history.save(folder / "arrays.npz"))) != dict(history):
        yield "other arrays are loaded than were saved"
    for suffix in scene.formats:
        path = save(film, folder / f"film.{suffix}")
        size, pictures = _decoded(path)
        if size != SIZE:
            yield f"{suffix} has the size {size}"
        if pictures < 1 or (suffix == "frames" and pictures != film.frames):
            yield f"{suffix} has {pictures} pictures"
    yield from _drawn(scene, film)


def _ended(history: History) -> Iterator[str]:
    """Yield how arrays are not finite before a run ends, or not NaN after it.

    Where no start of a grid has a value, they are not known, and how runs end is not either.
    """
    for label, run in history.items():
        for start, end in enumerate(() if np.isnan(run.values).all() else run.diverged_at):
            last = run.steps + 1 if end is None else end
            several = (run.points[:, start], run.values[:, start], run.gradients[:, start])
            for array, until in zip(several, (last, last, last - 1), strict=True):
                if not np.isfinite(array[: max(until, 0)]).all():
                    yield f"{label.split()[0]} is not finite before its end"
                if not np.isnan(array[last + 1 :]).all():
                    yield f"{label.split()[0]} is not NaN after its end"


def _decoded(path: Path) -> tuple[tuple[int, int], int]:
    """Return the size and number of a film's pictures, all of them decoded."""
    if path.suffix == ".frames":
        files = sorted(path.iterdir())
        sizes = {_decoded(file)[0] for file in files}
        return (sizes.pop() if len(sizes) == 1 else (0, 0)), len(files)
    if path.suffix in {".mp4", ".webm"}:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # imageio_ffmpeg's
            frames = imageio_ffmpeg.read_frames(path)
            size = next(frames)["size"]
            return (size[0], size[1]), sum(1 for _ in frames)
    with Image.open(path) as picture:
        count = getattr(picture, "n_frames", 1)
        for index in range(count):
            picture.seek(index)
            picture.load()
        return picture.size, count


def _drawn(scene: Scene, film: Film) -> Iterator[str]:
    """Yield how pictures are not what they should be."""
    pictures = [film.picture(frame) for frame in sorted({0, scene.poster, film.frames - 1})]
    channels = 4 if scene.transparent else 3
    if any(picture.shape != (SIZE[1], SIZE[0], channels) for picture in pictures):
        yield "a picture has another shape"
    if any(picture.min() == picture.max() for picture in pictures):
        yield "a picture is empty"


def random_scene(chance: random.Random) -> dict[str, Any]:
    """Return a scene of a small film of at most ten pictures."""
    odd = chance.choice((0, 0, 0, 0.01))
    objective, dimension = _objective(chance)
    frames = _mapping(chance, SCHEMA["$defs"]["Frames"], odd, 0.15)
    frames.pop(chance.choice(("fps", "interval")), None)
    frames.pop(chance.choice(("steps_per_frame", "frames_per_step")), None)
    frames.pop("pace", None)
    frames |= {"size": list(SIZE), "count": chance.randint(1, MOST_PICTURES)}
    frames["hold"] = chance.choice((0, 0, 0.5, 3))
    if isinstance(frames.get("poster"), int):
        frames["poster"] = chance.randrange(frames["count"])
    scene: dict[str, Any] = {"objective": objective, "frames": frames}
    if dimension == 2 and chance.random() < 0.05:
        scene["trajectories"] = {"file": "run.npy"}
    else:
        scene |= {
            "start": _start(chance, objective, dimension),
            "steps": chance.choice((0, 1, 2, 5, 10, 30)),
            "optimizers": [_optimizer(chance, odd) for _ in range(chance.randint(1, 3))],
        }
        scene |= {"stop": {"gradient": chance.choice((1e-8, 0.1, 1e9))}} if _seldom(chance) else {}
        if _seldom(chance):
            scene["noise"] = {"standard_deviation": chance.choice((0.1, 1e3, 1e160))}
    if chance.random() < 0.8:
        shown = [_panel(chance, dimension, odd) for _ in range(chance.choice((1, 1, 2, 3)))]
        scene["panels"] = shown
    names = [name for name in ("counter", "theme", "font_size", "seed") if _seldom(chance)]
    members = SCHEMA["properties"]
    scene |= {name: settings(chance, members[name], odd=odd, given=1) for name in names}
    if _seldom(chance):
        scene["title"] = chance.choice([text for text in ODD_TEXTS if text.strip()])
    able = ["apng", "frames", "png", "webm", "webp"]
    scene["transparent"] = chance.random() < 0.2
    scene["formats"] = [chance.choice(able if scene["transparent"] else [*able, "gif", "mp4"])]
    return scene


def _seldom(chance: random.Random) -> bool:
    return chance.random() < 0.2


def _objective(chance: random.Random) -> tuple[Any, int]:
    """Return an objective, as scenes have it, and how many variables it has."""
    if chance.random() < 0.25:
        name = chance.choice(sorted(TEST_FUNCTIONS))
        return name, len(TEST_FUNCTIONS[name].domain)
    dimension = chance.choice((1, 1, 2, 2, 2, 2, 3, 4))
    names = [f"x{i + 1}" for i in range(dimension)] if dimension > 2 else ["x", "y"][:dimension]
    text = formula(chance, names)
    if chance.random() < 0.5:
        return text, dimension
    whole: dict[str, Any] = {"expression": text, "variables": names}
    if _seldom(chance):
        whole["gradient"] = "central_difference"
        whole["difference_step"] = chance.choice((1e-4, 1e-300, 1.0, 1e200))
    if chance.random() < 0.6:
        ranges = ([-5, 5], [0, 1], [-1e300, 1e300], [-1, 1e-9], [1e6, 1e6 + 1], [-0.5, 3])
        whole["domain"] = [chance.choice(ranges) for _ in names]
    if _seldom(chance):
        whole["minima"] = [[chance.choice(COORDINATES) for _ in names]]
    return whole, dimension


def _start(chance: random.Random, objective: Any, dimension: int) -> Any:
    """Return starts in one of their forms."""

    def point() -> list[float]:
        few = COORDINATES[: chance.choice((7, 7, 7, len(COORDINATES)))]
        return [chance.choice(few) for _ in range(dimension)]

    has_domain = (
        objective in TEST_FUNCTIONS if isinstance(objective, str) else "domain" in objective
    )
    if has_domain and chance.random() < 0.5:
        grid = [chance.choice((1, 2, 5)) for _ in range(dimension)]
        return chance.choice(({"grid": grid}, {"random": chance.choice((1, 3, 30))}))
    if dimension == 1 and chance.random() < 0.7:
        return point()[0]
    return [point() for _ in range(chance.randint(1, 4))] if _seldom(chance) else point()


def _mapping(
    chance: random.Random, kind: dict[str, Any], odd: float, given: float
) -> dict[str, Any]:
    """Return settings of a kind, of which some may be odd."""
    while not isinstance(made := settings(chance, kind, odd=odd, given=given), dict):
        pass
    return made


def _optimizer(chance: random.Random, odd: float) -> dict[str, Any]:
    kind = chance.choice(OPTIMIZERS)
    one = _mapping(chance, kind, odd, 0.1)
    if chance.random() < 0.9:
        one.pop("label", None)
    if "sweep" in one:
        one.pop("learning_rate", None)
    return one if "sweep" in one else {"learning_rate": rate(chance), **one}


def _panel(chance: random.Random, dimension: int, odd: float) -> Any:
    """Return a panel that may show an objective of so many variables."""
    kinds = {1: ("curve", "values", "state")}.get(
        dimension, ("contour", "contour", "values", "state")
    )
    kind = chance.choice(kinds)
    if chance.random() < 0.1:
        return kind
    schema = next(
        it for it in PANELS if it.get("properties", {}).get("kind", {}).get("const") == kind
    )
    panel = _mapping(chance, schema, odd, 0.25)
    if panel.get("samples", 0) != 0:
        panel["samples"] = chance.choice((2, 3, 11, 41, 301))
    if isinstance(panel.get("plane"), list):
        panel["plane"] = ["x1", "x2"] if dimension > 2 else ["y", "x"]
    return panel


def main() -> None:
    """Say what came of so many scenes."""
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    whole_scenes(count, seed).report("whole scenes")


if __name__ == "__main__":
    main()
