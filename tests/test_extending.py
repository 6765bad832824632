"""Packages of others: the template of docs/extending.md as it stands there, and some that break."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest
from PIL import Image

from tests.conftest import ROOT, SMALL

DOCUMENT = (ROOT / "docs" / "extending.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(?:toml|python|yaml)\n# (\S+)\n(.*?)^```", DOCUMENT, re.M | re.S)


class Site(NamedTuple):
    """A folder of installed packages, and one for scenes."""

    packages: Path
    scenes: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Return what the program does there."""
        return subprocess.run(
            [sys.executable, "-m", "visualize", *words],
            cwd=self.scenes,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(self.packages), str(ROOT)])},
            capture_output=True,
            text=True,
            check=False,
        )


def install(project: Path, site: Path) -> None:
    """Install a project: by pip where its builder is there, else as pip would leave it."""
    if importlib.util.find_spec("hatchling"):
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
        there = ["--no-build-isolation", "--target", str(site), str(project)]
        subprocess.run([*pip, *there], check=True)
        return
    described = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    name, version = described["name"], described["version"]
    shutil.copytree(project / name, site / name)
    points = [
        f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in several.items())
        for group, several in described["entry-points"].items()
    ]
    write_information(site, name, version, "\n".join(points))


def write_information(site: Path, name: str, version: str, points: str) -> None:
    """Write what tells that a package is installed."""
    information = site / f"{name}-{version}.dist-info"
    information.mkdir(parents=True)
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    (information / "METADATA").write_text(head, "utf-8")
    (information / "entry_points.txt").write_text(points, "utf-8")


@pytest.fixture(scope="module")
def rolling(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The document's package, installed, and its scene."""
    folder = tmp_path_factory.mktemp("rolling")
    for name, text in BLOCKS:
        path = folder / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    site = Site(folder / "site", folder / "scenes")
    site.packages.mkdir()
    site.scenes.mkdir()
    install(folder / "project", site.packages)
    shutil.move(folder / "project" / "cone.yaml", site.scenes)
    return site


def test_the_document_holds_a_whole_package() -> None:
    names = {name for name, _ in BLOCKS}
    described = tomllib.loads(dict(BLOCKS)["pyproject.toml"])["project"]
    for points in described["entry-points"].values():
        for point in points.values():
            assert point.partition(":")[0].replace(".", "/") + ".py" in names


def test_what_is_installed_is_listed_beside_ours(rolling: Site) -> None:
    listed = rolling.run("list", "optimizers")
    assert (listed.returncode, listed.stderr) == (0, "")
    lines = dict(line.split(maxsplit=1) for line in listed.stdout.splitlines())
    assert lines["heavyball"].startswith("A heavy ball: gradient descent that rolls on")
    assert "adam" in lines
    one = rolling.run("list", "optimizers", "heavyball").stdout
    for words in (
        "μ: how much of the velocity is kept.",
        "v ← μ v - η g",
        "convention: light: momentum 0.5",
    ):
        assert words in one
    assert "remembers: velocity, effective_learning_rate" in one
    assert "Polyak 1964" in one


def test_a_scene_that_uses_it_is_rendered(rolling: Site) -> None:
    done = rolling.run("render", "cone.yaml")
    assert (done.returncode, done.stdout.split()) == (0, ["output/cone.ppm", "output/cone.gif"])
    with Image.open(rolling.scenes / "output" / "cone.ppm") as picture:
        assert picture.size == (480, 240)
        colors = picture.convert("RGB").getcolors(480 * 240)
    assert colors is not None
    assert len(colors) > 20
    with Image.open(rolling.scenes / "output" / "cone.gif") as film:
        assert getattr(film, "n_frames", 1) > 10
    # The picture is of the runs' end, and shows the panel's lines: a pixel of each colour.
    assert {(0x1A, 0x5B, 0xB5), (0xC2, 0x50, 0x02)} <= {color for _, color in colors}


def test_films_of_another_version_of_it_are_made_anew(rolling: Site) -> None:
    assert rolling.run("render", "cone.yaml", "--format", "gif").returncode == 0
    assert "current" in rolling.run("render", "cone.yaml", "--format", "gif").stderr
    old = rolling.packages / "rolling-1.0.dist-info"
    metadata = (old / "METADATA").read_text("utf-8")
    (old / "METADATA").write_text(metadata.replace("Version: 1.0", "Version: 1.1"), "utf-8")
    assert "rendered to gif" in rolling.run("render", "cone.yaml", "--format", "gif").stderr


def test_a_mistake_in_its_settings_is_told_as_one_in_ours(rolling: Site) -> None:
    scene = (rolling.scenes / "cone.yaml").read_text("utf-8")
    wrong = scene.replace("learning_rate: 0.1}", "learning_rate: 0.1, momentum: 2}")
    wrong = wrong.replace("slope: 2", "slop: 2").replace("light, l", "heavy, l")
    (rolling.scenes / "wrong.yaml").write_text(wrong, "utf-8")
    done = rolling.run("check", "wrong.yaml")
    assert done.returncode == 2
    for words in (
        "wrong.yaml:1:20: objective.cone.slop: unknown setting; did you mean 'slope'?",
        "optimizers[0].momentum: must be less than 1 (got 2)",
        "heavyball has no convention 'heavy'; there are polyak, light",
    ):
        assert words in done.stderr


def test_editors_know_what_is_installed(rolling: Site) -> None:
    done = rolling.run("schema")
    assert (done.returncode, done.stderr) == (0, "")
    validator = jsonschema.Draft202012Validator(json.loads(done.stdout))

    def fits(**more: Any) -> bool:
        one = {"name": "heavyball", "learning_rate": 0.1, "momentum": 0.5}
        scene = {"objective": {"cone": {"slope": 2}}, "start": [1, 2], "optimizers": [one]}
        return bool(validator.is_valid({**scene, **more}))

    assert fits()
    assert fits(panels=["strides"], formats=["ppm"])
    assert not fits(objective={"cone": {"slop": 2}})
    assert not fits(objective={"cone": {}, "more": 1})
    assert not fits(optimizers=[{"name": "heavyball", "learning_rate": 0.1, "momentum": 2}])


# Packages that break

BROKEN = {
    "leaving": "raise SystemExit(3)",
    "failing": "raise ValueError('not today\\nor tomorrow')",
    "silent": "raise KeyError",
    "lacking": "from visualize.optimizers.optimizer import Optimizer\nclass It(Optimizer): ...",
    "other": "from visualize.optimizers.optimizer import Optimizer\nIt = Optimizer()",
    "misnamed": """
        import numpy as np
        from typing import Literal
        from visualize.optimizers.optimizer import Optimizer
        class It(Optimizer):
            name: Literal["named"] = "named"
            formula = property(lambda self: "x")
            def init(self, points, blocks): return {}
            def update(self, gradients, state, step): return -gradients, {}
    """,
    "tripping": """
        from typing import Literal
        from visualize.optimizers.optimizer import Optimizer
        class It(Optimizer):
            name: Literal["tripping"] = "tripping"
            weight: float
            formula = property(lambda self: "x")
            def init(self, points, blocks): return {}
            def update(self, gradients, state, step): return -gradients / (0 // 0), {}
    """,
}
"""Modules of a package that offers each as an optimizer."""
WORDS = {
    "leaving": "cannot be loaded: SystemExit: 3",
    "failing": "cannot be loaded: ValueError: not today",
    "silent": "cannot be loaded: KeyError",
    "lacking": "lacks formula, init, update",
    "other": "cannot be loaded: ",
    "misnamed": "must have the field name: Literal['misnamed'] = 'misnamed'",
}
"""What is said of those that cannot be used at all."""


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A package that breaks in every way, and scenes: one with each, and a sound one."""
    folder = tmp_path_factory.mktemp("broken")
    site = Site(folder / "site", folder / "scenes")
    (site.packages / "trouble").mkdir(parents=True)
    site.scenes.mkdir()
    (site.packages / "trouble" / "__init__.py").touch()
    lines = ["[visualize.optimizers]"]
    for name, text in BROKEN.items():
        indented = re.sub(r"^        ", "", text, flags=re.M)
        (site.packages / "trouble" / f"{name}.py").write_text(indented.strip(), "utf-8")
        lines.append(f"{name} = trouble.{name}:It")
        scene = SMALL.replace("name: sgd", f"name: {name}, weight: 1")
        (site.scenes / f"{name}.yaml").write_text(scene, "utf-8")
    lines += ["[visualize.objectives]", "hole = trouble.hole:Hole"]
    (site.packages / "trouble" / "hole.py").write_text("class Hole: ...", "utf-8")
    lines += ["[visualize.formats]", "film = trouble.nowhere:It", "gif = trouble.hole:Hole"]
    lines += ["[visualize.panels]", "Big = trouble.hole:Hole"]
    (site.scenes / "sound.yaml").write_text(SMALL, "utf-8")
    write_information(site.packages, "trouble", "1.0", "\n".join(lines))
    return site


def test_each_that_breaks_is_told_in_its_line_of_the_list(broken: Site) -> None:
    done = broken.run("list", "optimizers")
    assert (done.returncode, done.stderr) == (0, "")
    lines = dict(line.split(maxsplit=1) for line in done.stdout.splitlines() if " " in line)
    for name, words in WORDS.items():
        assert lines[name].startswith(f"'{name}' of trouble ")
        assert words in lines[name]
    assert lines["sgd"].endswith(".")
    assert "left out: 'Big' of trouble cannot be a name" in broken.run("list", "panels").stderr
    both = broken.run("list", "optimizers", "leaving", "sgd", "tripping")
    assert both.returncode == 0
    assert "SystemExit: 3" in both.stdout
    assert "momentum" in both.stdout


def test_a_scene_is_told_of_what_it_uses_and_the_others_go_on(broken: Site) -> None:
    done = broken.run("render", ".")
    assert done.returncode == 2
    assert done.stdout.split() == ["output/sound.gif"]
    assert "Traceback" not in done.stderr
    for name, words in WORDS.items():
        place = f"{name}.yaml:4:21: optimizers[0].name: '{name}' of trouble "
        [line] = [line for line in done.stderr.splitlines() if line.startswith(place)]
        assert words in line
    [told] = [line for line in done.stderr.splitlines() if line.startswith("tripping.yaml: ")]
    assert told.startswith("tripping.yaml: trouble: ZeroDivisionError: ")
    assert told.endswith("tripping.py, line 8, in update)")


@pytest.mark.parametrize("command", [["simulate"], ["verify", "--update", "--baselines", "b"]])
def test_what_raises_while_it_runs_stops_no_other_scene(broken: Site, command: list[str]) -> None:
    done = broken.run(*command, "tripping.yaml", "sound.yaml")
    assert done.returncode == 1
    assert "tripping.yaml: trouble: ZeroDivisionError: " in done.stderr
    assert done.stdout.split()[-1].endswith("sound.npz")
    assert "Traceback" not in done.stderr


def test_the_schema_is_of_all_that_can_be_used_and_the_rest_is_told(broken: Site) -> None:
    done = broken.run("schema")
    assert done.returncode == 0
    schema = json.loads(done.stdout)
    kinds = schema["properties"]["optimizers"]["items"]["anyOf"]
    names = {kind["properties"]["name"]["const"] for kind in kinds}
    assert "tripping" in names
    assert not names & {*WORDS}
    told = done.stderr.splitlines()
    assert len(told) == len(WORDS) + 4
    assert "left out: 'gif' of trouble is the name of one of ours" in told
    assert all(line.startswith("left out: '") for line in told)
    assert any("'hole' of trouble is no class of Objective" in line for line in told)
    assert any("'film' of trouble cannot be loaded: ModuleNotFoundError" in line for line in told)


def test_a_format_that_breaks_is_told_at_the_option(broken: Site) -> None:
    done = broken.run("render", "sound.yaml", "--format", "film")
    assert done.returncode == 2
    assert "'--format': 'film' of trouble cannot be loaded: ModuleNotFoundError" in done.stderr


def test_a_scene_of_ours_imports_nothing_of_theirs(broken: Site) -> None:
    code = (
        "import sys; from visualize import read_scene, simulate\n"
        "simulate(read_scene('sound.yaml')).metadata\n"
        "assert not [name for name in sys.modules if name.startswith('trouble')]"
    )
    path = os.pathsep.join([str(broken.packages), str(ROOT)])
    subprocess.run(
        [sys.executable, "-c", code],
        cwd=broken.scenes,
        env={**os.environ, "PYTHONPATH": path},
        check=True,
    )
