"""The scenes of docs/data.md run as they stand there."""

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT
from visualize import compose, read_scene, simulate
from visualize.objectives._datasets import DATASETS, FOLDER
from visualize.objectives.regression import Regression

TEXT = (ROOT / "docs" / "data.md").read_text("utf-8")
SCENES = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", SCENES)
def test_every_scene_runs_and_is_drawn(text: str, tmp_path: Path) -> None:
    found = re.search(r"dataset: (\w+)", text)
    if found and not (Path(os.environ.get(FOLDER, "")) / DATASETS[found[1]].file).is_file():
        pytest.skip(f"{FOLDER} names no folder with {DATASETS[found[1]].file}")
    shutil.copy(ROOT / "scenes" / "flats.csv", tmp_path)
    for name in re.findall(r"runs/([\w-]+).npz", text):  # those of the scenes before
        (tmp_path / "one.yaml").write_text(SCENES[0], "utf-8")
        simulate(read_scene(tmp_path / "one.yaml")).save(tmp_path / "runs" / f"{name}.npz")
    (tmp_path / "scene.yaml").write_text(text, "utf-8")
    scene = read_scene(tmp_path / "scene.yaml")
    film = compose(scene, simulate(scene))
    assert film.remarks == ()
    assert film.picture(film.frames - 1).any()


def test_every_setting_is_in_it() -> None:
    whole = SCENES[1]
    names = {*Regression.known()} - {"dataset", "mlp", "digest"}
    assert {name for name in names if f" {name}:" in whole} == names


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_is_in_it(name: str) -> None:
    assert f"| `{name}` | `{DATASETS[name].file}` |" in TEXT
    assert ", ".join(DATASETS[name].columns) in TEXT
