"""What `import visualize` gives, and what it does not load."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import visualize
from tests.conftest import ROOT, SCENES, shrunk

HEAVY = (
    *("numpy", "pydantic", "ruamel", "matplotlib", "PIL", "imageio", "imageio_ffmpeg"),
    *("sympy", "click", "rich"),
)


def modules_after(code: str) -> set[str]:
    """Return the modules that a fresh Python has loaded after some lines."""
    code = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout))


def test_importing_it_loads_nothing_heavy() -> None:
    assert not modules_after("import visualize") & set(HEAVY)


def test_importing_it_loads_none_of_its_rooms() -> None:
    loaded = {name for name in modules_after("import visualize") if name[:10] == "visualize."}
    assert loaded == {"visualize.version"}


def test_reading_and_simulating_load_nothing_that_draws() -> None:
    lines = f"""
from visualize import read_scene, simulate
simulate(read_scene({str(SCENES[0])!r}))
"""
    assert not modules_after(lines) & {"matplotlib", "PIL", "imageio", "imageio_ffmpeg"}


def test_the_names_are_sorted_and_each_once() -> None:
    assert list(visualize.__all__) == sorted(set(visualize.__all__))


def test_the_names_are_those_of_the_lazy_table() -> None:
    table: dict[str, str] = vars(visualize)["_HOMES"]
    assert sorted(table) == list(visualize.__all__)


@pytest.mark.parametrize("name", visualize.__all__)
def test_every_name_can_be_had_and_lives_where_the_table_says(name: str) -> None:
    table: dict[str, str] = vars(visualize)["_HOMES"]
    found: Any = getattr(visualize, name)
    assert found.__name__ == name
    assert found.__module__ == f"visualize.{table[name]}"
    assert found.__doc__


def test_a_star_import_gives_them_all() -> None:
    names: dict[str, Any] = {}
    exec("from visualize import *", names)  # noqa: S102  # it is what users write
    assert names.keys() >= set(visualize.__all__)


def test_dir_tells_them_all() -> None:
    assert set(dir(visualize)) >= set(visualize.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        _ = visualize.simulat
    assert not hasattr(visualize, "__wrapped__")


@pytest.mark.parametrize("name", ["SceneError", "ExpressionError", "ArraysError", "OutputError"])
def test_every_error_is_one_of_ours(name: str) -> None:
    assert issubclass(getattr(visualize, name), visualize.VisualizeError)


def test_the_main_path_leads_from_a_file_to_a_film(tmp_path: Path) -> None:
    scene = visualize.read_scene(SCENES[0])
    assert isinstance(scene, visualize.Scene)
    scene = shrunk(scene)
    history = visualize.simulate(scene)
    assert isinstance(history, visualize.History)
    run = next(iter(history.values()))
    assert isinstance(run, visualize.Trajectory)
    np.testing.assert_array_equal(run.points[0], scene.starts)
    film = visualize.compose(scene, history)
    assert isinstance(film, visualize.Film)
    path = visualize.save(film, tmp_path / "film.gif")
    assert path == tmp_path / "film.gif"
    with Image.open(path) as image:
        assert image.size == scene.frames.size
    assert visualize.save(film, str(tmp_path / "film.mp4")).stat().st_size > 0


def test_a_mistake_is_told_as_a_scene_error(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("objectiv: x**2\nstart: 1\noptimizers: [sgd]\n", "utf-8")
    with pytest.raises(visualize.SceneError, match="did you mean 'objective'") as caught:
        visualize.read_scene(tmp_path / "bad.yaml")
    assert len(caught.value.mistakes) >= 2
