"""Scene files: what can be said, what it means, and how a mistake is told."""

import json
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, SCENES
from tests.scene.conftest import Refuse
from visualize import Scene, SceneError, VisualizeError, read_scene
from visualize.errors import Mistake
from visualize.formats.format import FORMATS
from visualize.looks.themes import THEMES
from visualize.objectives.formula import Formula
from visualize.optimizers.optimizer import OPTIMIZERS
from visualize.panels.panel import PANELS
from visualize.scene.frames import Frames
from visualize.scene.schema import scene_schema
from visualize.scene.source import read_document

Read = Callable[[str], Scene]

SCHEMA = ROOT / "visualize" / "scene.schema.json"


def text(
    objective: str = "x**2 + y**2",
    start: str = "[1, 2]",
    optimizers: str = "[{name: sgd, learning_rate: 0.1}]",
    more: str = "",
) -> str:
    """Return a scene file with objective, start and optimizers on its first three lines."""
    return f"objective: {objective}\nstart: {start}\noptimizers: {optimizers}\n{more}\n"


def sgd(settings: str) -> str:
    """Return a scene file with one sgd of these settings."""
    return text(optimizers=f"[{{name: sgd, {settings}}}]")


@pytest.fixture(scope="module")
def read(file: Path) -> Read:
    """Return a function that reads a scene from a text."""

    def read(text: str) -> Scene:
        file.write_text(text, "utf-8")
        return read_scene(file)

    return read


def marked(mistake: Mistake) -> str:
    """Return the part of its line that a mistake marks."""
    return mistake.source[mistake.column - 1 :][: mistake.length]


def labels(scene: Scene) -> list[str | None]:
    return [run.label for run in scene.runs]


# The smallest scene and the defaults


FOUR_LINES = """\
objective: x**2/20 + y**2
start: [-7, 2]
steps: 45
optimizers: [{name: adagrad, learning_rate: 0.9}]
"""


def test_four_lines_are_a_scene_and_the_rest_has_defaults(read: Read) -> None:
    scene = read(FOUR_LINES)
    assert isinstance(scene.objective, Formula)
    assert scene.objective.expression == "x**2/20 + y**2"
    assert scene.objective.variables == ("x", "y")
    assert scene.objective.differentiation == "analytic"
    assert scene.starts.tolist() == [[-7, 2]]
    assert scene.steps == 45
    assert scene.seed == 0
    assert scene.noise is None
    assert labels(scene) == ["adagrad"]
    assert [panel.model_dump()["kind"] for panel in scene.panels] == ["contour"]
    assert scene.frames == Frames()
    assert scene.frames.size == (1280, 720)
    assert scene.frames.per_second == 25
    assert scene.frames.pace == "adaptive"
    assert scene.frames.hold == 2
    assert scene.frames.loop == 0
    assert scene.frame_count == 25 + 120
    assert scene.theme == "light"
    assert scene.font_size is None
    assert scene.title is None
    assert scene.formats == ("gif",)


def test_a_scene_file_may_be_json(read: Read) -> None:
    scene = read(json.dumps({"objective": "x**2", "start": 1, "optimizers": [
        {"name": "sgd", "learning_rate": 0.1, "label": "Größe"}
    ]}))  # fmt: skip
    assert labels(scene) == ["Größe"]


def test_a_path_may_be_text(file: Path) -> None:
    file.write_text(FOUR_LINES)
    assert read_scene(str(file)) == read_scene(file)


def test_a_scene_cannot_be_changed(read: Read) -> None:
    scene = read(FOUR_LINES)
    with pytest.raises(ValueError, match="frozen"):
        scene.steps = 5  # type: ignore[misc]  # that is the point


@pytest.mark.parametrize("scene", SCENES, ids=lambda path: path.stem)
def test_every_scene_that_comes_along_is_sound(scene: Path) -> None:
    assert read_scene(scene).runs


def test_the_template_is_sound() -> None:
    assert len(read_scene(ROOT / "visualize" / "commands" / "template.yaml").optimizers) == 3


# Start


@pytest.mark.parametrize(
    ("objective", "start", "starts"),
    [
        ("x**2", "1", [[1]]),
        ("x**2", "-1.5", [[-1.5]]),
        ("x**2", "[1]", [[1]]),
        ("x**2", "[[1], [2], [3]]", [[1], [2], [3]]),
        ("square", "{grid: [3]}", [[-10], [0], [10]]),
        ("square", "{grid: [1]}", [[0]]),
        ("x + y", "[-7, 2]", [[-7, 2]]),
        ("x + y", "[[1, 2]]", [[1, 2]]),
        ("x + y", "[[1, 2], [3.5, 4]]", [[1, 2], [3.5, 4]]),
        ("saddle", "{grid: [2, 3]}", [[-1, -1], [-1, 0], [-1, 1], [1, -1], [1, 0], [1, 1]]),
        ("saddle", "{grid: [1, 2]}", [[0, -1], [0, 1]]),
        ("x + y + z", "[1, 2, 3]", [[1, 2, 3]]),
        ("{expression: x*y, domain: [[0, 1], [2, 4]]}", "{grid: [1, 2]}", [[0.5, 2], [0.5, 4]]),
        ("x", "1e308", [[1e308]]),
    ],
)
def test_a_start_can_be_said_in_all_its_forms(
    read: Read, objective: str, start: str, starts: list[list[float]]
) -> None:
    array = read(text(objective, start)).starts
    assert array.dtype == np.float64
    assert array.tolist() == starts


@pytest.mark.parametrize(("objective", "dimension"), [("square", 1), ("rosenbrock", 2)])
def test_random_starts_come_from_the_domain_by_the_seed(
    read: Read, objective: str, dimension: int
) -> None:
    scene = read(text(objective, "{random: 500}"))
    low, high = np.array(scene.objective.domain).T
    assert scene.starts.shape == (500, dimension)
    assert (scene.starts >= low).all()
    assert (scene.starts <= high).all()
    assert (scene.starts.min(axis=0) < low + 0.1 * (high - low)).all()
    assert (scene.starts.max(axis=0) > high - 0.1 * (high - low)).all()
    np.testing.assert_array_equal(scene.starts, scene.starts)
    other = read(text(objective, "{random: 500}", more="seed: 1"))
    assert not (scene.starts == other.starts).any()


@pytest.mark.parametrize(
    ("objective", "start", "words", "mark"),
    [
        ("x**2", "[1, 2]", "2 coordinates; the objective has 1 coordinate (x)", "["),
        ("x + y", "1", "1 coordinate; the objective has 2 coordinates (x, y)", "1"),
        ("x + y", "[1, 2, 3]", "3 coordinates", "["),
        ("x + y", "[]", "a number, a point or a list of points", "["),
        ("x + y", "[[]]", "0 coordinates", "["),
        ("x + y", "[[1, 2], [3]]", "1 coordinate", "["),
        ("x + y", "[1, true]", "must be a number (got true)", "true"),
        ("x + y", "[1, 'a']", "must be a number (got 'a')", "'a'"),
        ("x + y", "[1, null]", "must be a number", "null"),
        ("x + y", "abc", "number", "abc"),
        ("x + y", "null", "number", "null"),
        ("x + y", "true", "number", "true"),
        ("x + y", "[1, .nan]", "must be a finite number (got nan)", ".nan"),
        ("x + y", "[-.inf, 1]", "must be a finite number (got -inf)", "-.inf"),
        ("x + y", "[1, 1e400]", "must be a finite number", "1e400"),
        ("x + y", f"[1, 1{'0' * 350}]", "number", "1" + "0" * 350),
        ("x**2", f"1{'0' * 350}", "number", "1" + "0" * 350),
        ("x + y", "[[1, 2], [3, .nan]]", "must be a finite number", ".nan"),
        ("x + y", "{grid: [3, 3]}", "domain", "{"),
        ("x + y", "{random: 3}", "domain", "{"),
        ("saddle", "{grid: [3]}", "the objective has 2 coordinates (x, y)", "{"),
        ("saddle", "{grid: [3, 3, 3]}", "the objective has 2 coordinates (x, y)", "{"),
        ("saddle", "{grid: 3}", "must be a list (got 3)", "3"),
        ("saddle", "{grid: [0, 3]}", "must be at least 1 (got 0)", "0"),
        ("saddle", "{grid: [2.5, 3]}", "must be a whole number (got 2.5)", "2.5"),
        ("saddle", "{random: 0}", "must be at least 1 (got 0)", "0"),
        ("saddle", "{random: 5.5}", "must be a whole number (got 5.5)", "5.5"),
        ("log(x) + y", "[-1, 2]", "no finite value at the start (-1, 2)", "["),
        ("1/x + y", "[0, 2]", "no finite value at the start (0, 2)", "["),
        ("exp(x) + y", "[1000, 2]", "no finite value at the start (1000, 2)", "["),
        ("log(x) + y", "[[1, 2], [-1, 2]]", "no finite value at the start (-1, 2)", "["),
    ],
)
def test_a_wrong_start_is_told(
    refuse: Refuse, objective: str, start: str, words: str, mark: str
) -> None:
    (mistake,) = refuse(text(objective, start))
    assert mistake.line == 2
    assert mistake.setting.startswith("start")
    assert words in mistake.message
    assert marked(mistake) == mark


LONG = 3000 * "x"


@pytest.mark.parametrize(
    "line",
    [
        f"theme: {LONG}",
        f"formats: {LONG}",
        f"formats: [{LONG}]",
        f"panels: [{LONG}]",
        f"panels: [{{kind: contour, plane: [x, {LONG}]}}]",
        f"{LONG}: 1",
    ],
)
def test_what_is_long_is_not_repeated(refuse: Refuse, line: str) -> None:
    (mistake,) = refuse(text("x + y", more=line))
    assert len(mistake.message) < 1000


@pytest.mark.parametrize("entry", [f"name: {LONG}", f"name: adam, convention: {LONG}"])
def test_what_is_long_of_an_optimizer_is_not_repeated(refuse: Refuse, entry: str) -> None:
    mistakes = refuse(text("x + y", optimizers=f"[{{{entry}}}]"))
    assert all(len(it.message) < 1000 for it in mistakes)


def test_of_many_variables_some_are_listed(refuse: Refuse) -> None:
    (mistake,) = refuse(text("sum(x[i]**2 for i in 1..300)", "[1, 2]"))
    assert "the objective has 300 coordinates (x1, x2, " in mistake.message
    assert mistake.message.endswith(", …, x300)")
    assert len(mistake.message) < 200


@pytest.mark.parametrize(
    "objective",
    [f"{{name: {LONG}}}", f"{{expression: x + y, variables: [x, {LONG}]}}", f"x + {LONG}"],
)
def test_what_is_long_in_an_objective_is_not_repeated(refuse: Refuse, objective: str) -> None:
    assert all(len(it.message) < 1000 for it in refuse(text(objective, "[1, 2]")))


def test_of_several_starts_the_wrong_one_is_marked(refuse: Refuse) -> None:
    (mistake,) = refuse(text("log(x) + y", "\n  - [1, 2]\n  - [-1, 2]\n  - [3, 4]"))
    assert (mistake.line, mistake.setting) == (4, "start[1]")
    (mistake,) = refuse(text("x + y", "\n  - [1, 2]\n  - [3, 4]\n  - [5]"))
    assert (mistake.line, mistake.setting) == (5, "start[2]")


# Objective


@pytest.mark.parametrize(
    ("objective", "start", "formula", "variables"),
    [
        ("x**2/20 + y**2", "[1, 2]", "x**2/20 + y**2", ("x", "y")),
        ("y**2 + x", "[1, 2]", "y**2 + x", ("x", "y")),
        (
            "0.1*x1**2 + 2*x10**2 + x2",
            "[1, 2, 3]",
            "0.1*x1**2 + 2*x10**2 + x2",
            ("x1", "x2", "x10"),
        ),
        ("x", "1", "x", ("x",)),
        ("rosenbrock", "[1, 2]", "rosenbrock", ("x", "y")),
        ("square", "1", "square", ("x",)),
        ("{name: rosenbrock}", "[1, 2]", "rosenbrock", ("x", "y")),
        ("{expression: x*y}", "[1, 2]", "x*y", ("x", "y")),
        ("{expression: y - x, variables: [y, x]}", "[1, 2]", "y - x", ("y", "x")),
        ("{expression: alpha*b, variables: [alpha, b]}", "[1, 2]", "alpha*b", ("alpha", "b")),
        ("{expression: x**2, variables: [x, y]}", "[1, 2]", "x**2", ("x", "y")),
        ("|\n  x**2 +\n  y**2", "[1, 2]", "x**2 +\ny**2\n", ("x", "y")),
        ("x**2 +\n  y**2", "[1, 2]", "x**2 + y**2", ("x", "y")),
    ],
)
def test_an_objective_can_be_said_in_all_its_forms(
    read: Read, objective: str, start: str, formula: str, variables: tuple[str, ...]
) -> None:
    scene = read(text(objective, start))
    assert scene.objective.formula == formula
    assert scene.objective.variables == variables
    assert scene.objective.dimension == len(variables)


def test_variables_give_the_order_of_coordinates(read: Read) -> None:
    scene = read(text("{expression: y - x, variables: [y, x]}", "[5, 1]"))
    assert scene.objective.value(scene.starts).tolist() == [4]
    assert scene.objective.gradient(scene.starts).tolist() == [[1, -1]]


def test_an_objective_by_name_brings_domain_and_minima(read: Read) -> None:
    objective = read(text("rosenbrock")).objective
    assert objective.domain == ((-2, 2), (-1, 3))
    assert objective.minima == ((1, 1),)
    objective = read(text("{name: rosenbrock, domain: [[-1, 1], [-2, 2]], minima: []}")).objective
    assert objective.domain == ((-1, 1), (-2, 2))
    assert objective.minima == ()


def test_an_objective_may_name_its_own_domain_and_minima(read: Read) -> None:
    objective = read(
        text("{expression: x**2 + y**2, minima: [[0, 0]], domain: [[-10, 10], [-5, 5]]}")
    ).objective
    assert objective.domain == ((-10, 10), (-5, 5))
    assert objective.minima == ((0, 0),)


@pytest.mark.parametrize("step", [1e-4, 0.5])
def test_a_gradient_can_be_a_central_difference(read: Read, step: float) -> None:
    scene = read(
        text(f"{{expression: x**3, gradient: central_difference, difference_step: {step}}}", "2")
    )
    (((slope,),),) = [scene.objective.gradient(scene.starts).tolist()]
    assert slope == pytest.approx(12 + step**2, rel=1e-10)
    assert slope != 12


def test_the_default_difference_step_is_1e_4(read: Read) -> None:
    scene = read(text("{expression: x**3, gradient: central_difference}", "2"))
    assert isinstance(scene.objective, Formula)
    assert scene.objective.difference_step == 1e-4
    assert read(text("x**3", "2")).objective.gradient(np.array([[2.0]])).tolist() == [[12]]


@pytest.mark.parametrize(
    ("objective", "setting", "words", "mark"),
    [
        ("5", "objective", "a constant has nothing to minimise", "5"),
        ("1.5", "objective", "a constant has nothing to minimise", "1.5"),
        ("'2 + 3'", "objective", "a constant has nothing to minimise", "'2 + 3'"),
        ("true", "objective", "", "true"),
        ("null", "objective", "", "null"),
        ("[x]", "objective", "", "["),
        ("x^2 + y", "objective", "use **", "^"),
        ("'x^2 + y'", "objective", "use **", "^"),
        ("2*x + 3y", "objective", "write 2*x + 3*y", "3y"),
        ("x + expp(y)", "objective", "did you mean 'exp'?", "expp"),
        ("x + foo", "objective", "unknown name 'foo'", "foo"),
        ("y + foo", "objective", "unknown name 'foo'", "foo"),
        ("x1 + x2 + alpha", "objective", "unknown name 'alpha'", "alpha"),
        ("x + p*y", "objective", "variables: [x, p, y]", "p"),
        (
            "__import__('os').system('ls')",
            "objective",
            "not allowed",
            "__import__('os').system('ls')",
        ),
        ("x + y.real", "objective", "a dot", "y.real"),
        ("x + log(0)", "objective", "no real value", "log(0)"),
        ("x + 1/0", "objective", "division by zero", "1/0"),
        ("9**9**9**9 + x", "objective", "too large", "9**9**9"),
        ("''", "objective", "empty", "'"),
        ("rosenbrok", "objective", "did you mean 'rosenbrock'?", "rosenbrok"),
        ("Rosenbrock", "objective", "did you mean 'rosenbrock'?", "Rosenbrock"),
        ("{name: rosenbrok}", "objective.name", "did you mean 'rosenbrock'?", "rosenbrok"),
        ("{name: 5}", "objective.name", "5", "5"),
        ("{name: square, expression: x}", "objective", "not both", "{"),
        ("{expression: 5}", "objective.expression", "must be text (got 5)", "5"),
        ("{expression: x^2}", "objective.expression", "use **", "^"),
        ("{expression: y + foo}", "objective.expression", "unknown name 'foo'", "foo"),
        ("{expression: x + y, variables: [x]}", "objective.expression", "unknown name 'y'", "y"),
        ("{expression: x, variables: []}", "objective.variables", "at least 1", "["),
        ("{expression: x, variables: x}", "objective.variables", "must be a list (got 'x')", "x"),
        ("{expression: x, variables: [x, x]}", "objective.variables", "'x' is given twice", None),
        ("{expression: x, variables: [x, sin]}", "objective.variables[1]", "'sin'", "sin"),
        ("{expression: x, variables: [e]}", "objective.variables[0]", "'e'", "e"),
        ("{expression: x, variables: [2x]}", "objective.variables[0]", "a letter", "2x"),
        ("{expression: x, variables: ['']}", "objective.variables[0]", "", "''"),
        ("{expression: x, variables: [1]}", "objective.variables[0]", "must be text (got 1)", "1"),
        (
            "{expression: x, gradient: numeric}",
            "objective.gradient",
            "'central_difference'",
            "numeric",
        ),
        ("{expression: x, difference_step: 0}", "objective.difference_step", "greater than 0", "0"),
        ("{expression: x, difference_step: .inf}", "objective.difference_step", "finite", ".inf"),
        ("{expression: x, minima: [[0, 0]]}", "objective.minima", "x (got 2)", None),
        ("{expression: x, minima: [0]}", "objective.minima[0]", "must be a list (got 0)", "0"),
        ("{expression: x, domain: [[1, -1]]}", "objective.domain[0]", "below the second", "["),
        ("{expression: x, domain: [[1, 1]]}", "objective.domain[0]", "below the second", "["),
        ("{expression: x, domain: [[0, 1], [0, 1]]}", "objective.domain", "x (got 2)", None),
        ("{expression: x, domain: [[0, .nan]]}", "objective.domain[0][1]", "finite", ".nan"),
        ("\"'{column}'*x\"", "objective", "'{column}' is not a number", "'{column}'"),
    ],
)
def test_a_wrong_objective_is_told(
    refuse: Refuse, objective: str, setting: str, words: str, mark: str | None
) -> None:
    mistakes = [it for it in refuse(text(objective, "1")) if it.setting.startswith("objective")]
    (mistake,) = [it for it in mistakes if it.setting == setting]
    assert len(mistakes) == 1, "what is not missing is said to be missing"
    assert words in mistake.message
    assert mistake.line == 1
    if mark is not None:
        assert marked(mistake) == mark


@pytest.mark.parametrize(
    ("objective", "line"),
    [("|\n  x**2 +\n  y^2", 3), (">\n  x**2 +\n  y^2", 3), ("x**2 +\n  y^2", 2), ("\n  x^2", 2)],
)
def test_a_mistake_in_a_formula_of_several_lines_is_on_its_line(
    refuse: Refuse, objective: str, line: int
) -> None:
    (mistake,) = refuse(text(objective))
    assert mistake.line == line
    assert marked(mistake) == "^"


# Optimizers


def test_every_optimizer_can_be_asked_for_by_its_name(read: Read) -> None:
    for name in OPTIMIZERS.names():
        has_rate = "learning_rate" in OPTIMIZERS.load(name).model_fields
        rate = ", learning_rate: 0.1" if has_rate else ""
        scene = read(text(optimizers=f"[{{name: {name}{rate}}}]"))
        assert scene.optimizers[0].name == name
        assert labels(scene) == [name]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (["sgd", "adam"], ["sgd", "adam"]),
        (["sgd", "adam", "sgd"], ["sgd 1", "adam", "sgd 2"]),
        (["sgd", "sgd", "sgd"], ["sgd 1", "sgd 2", "sgd 3"]),
        (["sgd, label: A", "sgd"], ["A", "sgd"]),
        (["sgd, label: sgd", "sgd"], ["sgd", "sgd 1"]),
        (["sgd", "sgd, label: sgd 1", "sgd"], ["sgd 2", "sgd 1", "sgd 3"]),
        (["sgd, label: adam", "adam"], ["adam", "adam 1"]),
        (["sgd, label: 'Größe ✓'"], ["Größe ✓"]),
    ],
)
def test_labels_are_the_names_numbered_where_alike(
    read: Read, entries: list[str], expected: list[str]
) -> None:
    listed = ", ".join(f"{{learning_rate: 0.1, name: {entry}}}" for entry in entries)
    assert labels(read(text(optimizers=f"[{listed}]"))) == expected


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("a/b", "'/'"),
        ("''", ""),
        ("'  '", ""),
        ("_a", "'_'"),
        ('"a\\nb"', ""),
        ('"a\\u202eb"', ""),
        ('"a\\u0000b"', ""),
        ("x" * 81, "80 characters"),
        ("5", "must be text (got 5)"),
        ("[a]", "must be text (got a list)"),
    ],
)
def test_a_label_must_be_plain_text(refuse: Refuse, label: str, words: str) -> None:
    (mistake,) = refuse(sgd(f"learning_rate: 1, label: {label}"))
    assert mistake.setting == "optimizers[0].label"
    assert words in mistake.message
    assert label.startswith(marked(mistake))


def test_a_label_that_stands_twice_is_refused(refuse: Refuse) -> None:
    mistakes = refuse(
        text(
            optimizers="\n  - {name: sgd, learning_rate: 1, label: A}"
            "\n  - {name: sgd, learning_rate: 1, label: B}"
            "\n  - {name: adam, learning_rate: 1, label: A}"
        )
    )
    assert {it.setting for it in mistakes} <= {"optimizers[0].label", "optimizers[2].label"}
    assert all("'A'" in it.message and marked(it) == "A" for it in mistakes)


@pytest.mark.parametrize(
    ("optimizers", "setting", "words", "mark"),
    [
        ("[]", "optimizers", "list of optimizers", "["),
        ("{}", "optimizers", "list of optimizers", "{"),
        ("sgd", "optimizers", "list of optimizers", "sgd"),
        ("5", "optimizers", "list of optimizers", "5"),
        ("null", "optimizers", "list of optimizers", "null"),
        ("[{}]", "optimizers[0]", "adagrad, adam", "{"),
        ("[5]", "optimizers[0]", "'name'", "5"),
        ("[{learning_rate: 1}]", "optimizers[0]", "'name'", "{"),
        ("[{name: 5}]", "optimizers[0].name", "'5'", "5"),
        ("[{name: adagard}]", "optimizers[0].name", "did you mean 'adagrad'?", "adagard"),
        ("[{name: SGD}]", "optimizers[0].name", "did you mean 'sgd'?", "SGD"),
        ("[{name: zzz}]", "optimizers[0].name", "adagrad, adam", "zzz"),
        ("[sgd]", "optimizers[0].learning_rate", "is missing", "sgd"),
        ("[{name: sgd}]", "optimizers[0].learning_rate", "is missing", "{"),
    ],
)
def test_a_wrong_list_of_optimizers_is_told(
    refuse: Refuse, optimizers: str, setting: str, words: str, mark: str
) -> None:
    (mistake,) = refuse(text(optimizers=optimizers))
    assert (mistake.line, mistake.setting) == (3, setting)
    assert words in mistake.message
    assert marked(mistake) == mark


@pytest.mark.parametrize(
    ("name", "wrong", "words", "mark"),
    [
        ("sgd", "momentum: 1", "must be less than 1 (got 1)", "1"),
        ("sgd", "momentum: -0.5", "must be at least 0 (got -0.5)", "-0.5"),
        ("sgd", "momentum: .nan", "must be a finite number (got nan)", ".nan"),
        ("sgd", "momentum: '0.9'", "must be a number (got '0.9')", "'0.9'"),
        ("sgd", "momentum: true", "must be a number (got true)", "true"),
        ("sgd", "momentum: null", "must be a number (got nothing)", "null"),
        ("sgd", "momentum: [0.9]", "must be a number (got a list)", "["),
        ("sgd", "momentum: {a: 1}", "must be a number (got a mapping)", "{"),
        ("sgd", f"momentum: {'9' * 350}", "", "9" * 350),
        ("sgd", "nesterov: 1", "must be true or false (got 1)", "1"),
        ("sgd", "nesterov: yes", "must be true or false (got 'yes')", "yes"),
        ("sgd", "color: rde", "did you mean 'red'?", "rde"),
        ("sgd", "color: '#12345'", "colour", "'#12345'"),
        ("adam", "beta_1: 1.0", "must be less than 1", "1.0"),
        ("adam", "epsilon: -1e-8", "must be at least 0 (got -1e-08)", "-1e-8"),
        ("adam", "epsilon_placement: inside", "did you mean 'inside_sqrt'?", "inside"),
        ("adagrad", "epsilon_placement: epsilon_hat", "'outside_sqrt'", "epsilon_hat"),
        ("adagrad", "initial_accumulator_value: -1", "must be at least 0", "-1"),
        ("rmsprop", "centered: 'true'", "must be true or false (got 'true')", "'true'"),
    ],
)
def test_a_wrong_hyper_parameter_is_told(
    refuse: Refuse, name: str, wrong: str, words: str, mark: str
) -> None:
    (mistake,) = refuse(text(optimizers=f"[{{name: {name}, learning_rate: 1, {wrong}}}]"))
    assert mistake.setting == f"optimizers[0].{wrong.partition(':')[0]}"
    assert words in mistake.message
    assert marked(mistake) == mark


def test_nesterov_without_momentum_is_told(refuse: Refuse) -> None:
    (mistake,) = refuse(sgd("learning_rate: 1, nesterov: true"))
    assert mistake.setting.startswith("optimizers[0]")
    assert "momentum" in mistake.message


@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [
        ("sgd", "lr", "'learning_rate'"),
        ("adam", "rate", "'learning_rate'"),
        ("adam", "step_size", "'learning_rate'"),
        ("adam", "learning_rat", "'learning_rate'"),
        ("adam", "LearningRate", "'learning_rate'"),
        ("adam", "eps", "'epsilon'"),
        ("adagrad", "eps", "'epsilon'"),
        ("adam", "betas", "'beta_1' and 'beta_2'"),
        ("adam", "beta1", "'beta_1'"),
        ("adam", "b2", "'beta_2'"),
        ("rmsprop", "alpha", "'rho'"),
        ("rmsprop", "decay", "'rho'"),
        ("sgd", "momentun", "'momentum'"),
        ("sgd", "l2", "'weight_decay'"),
        ("sgd", "colour", "'color'"),
        ("adagrad", "initial_accumulator", "'initial_accumulator_value'"),
        ("sgd", "swep", "'sweep'"),
    ],
)
def test_what_people_write_from_habit_is_answered_with_the_right_name(
    refuse: Refuse, name: str, wrong: str, right: str
) -> None:
    mistakes = refuse(text(optimizers=f"[{{name: {name}, learning_rate: 1, {wrong}: 0.1}}]"))
    (mistake,) = [it for it in mistakes if it.setting == f"optimizers[0].{wrong}"]
    assert f"did you mean {right}?" in mistake.message
    assert marked(mistake) == wrong
    assert len(mistakes) == 1


def test_adagard_is_answered_with_adagrad(refuse: Refuse) -> None:
    (mistake,) = refuse(text(optimizers="[{name: adagard, lr: 1}]"))
    assert mistake.message == "unknown name 'adagard'; did you mean 'adagrad'?"


# Learning rates


@pytest.mark.parametrize(
    ("rate", "rates"),
    [
        ("0.5", [0.5, 0.5, 0.5]),
        ("2", [2, 2, 2]),
        ("1e-8", [1e-8, 1e-8, 1e-8]),
        ("1" + "0" * 20, [1e20, 1e20, 1e20]),
        ("'0.5'", [0.5, 0.5, 0.5]),
        ("0.1 * exp(-0.1*t)", [0.1, 0.1 * math.exp(-0.1), 0.1 * math.exp(-0.2)]),
        (
            "0.05 * (1 + cos(pi*t/100))",
            [0.05 * (1 + math.cos(math.pi * t / 100)) for t in range(3)],
        ),
        ("1/(1 + t)", [1, 1 / 2, 1 / 3]),
        ("'max(0.1, 1 - t)'", [1, 0.1, 0.1]),
        ("2 - t/2", [2, 1.5, 1]),
    ],
)
def test_a_learning_rate_is_a_number_or_a_formula_in_t(
    read: Read, rate: str, rates: list[float]
) -> None:
    scene = read(sgd(f"learning_rate: {rate}") + "steps: 3")
    np.testing.assert_allclose(scene.optimizers[0].learning_rates(scene.steps), rates, rtol=1e-15)


@pytest.mark.parametrize(
    ("rate", "words", "mark"),
    [
        ("0", "must be greater than 0 (got 0)", "0"),
        ("-0.1", "must be greater than 0 (got -0.1)", "-0.1"),
        (".nan", "must be a finite number (got nan)", ".nan"),
        (".inf", "must be a finite number (got inf)", ".inf"),
        ("1" + "0" * 350, "number", "1" + "0" * 350),
        ("true", "a formula in t", "true"),
        ("null", "a formula in t", "null"),
        ("[1]", "a formula in t", "["),
        ("0.1*exp(-n)", "the updates done so far are called t; write 0.1*exp(-t)", "n"),
        ("'0.1*exp(-m)'", "unknown name 'm'; the variables are t", "m"),
        ("0.1*t^2", "use **", "^"),
        ("__import__('os')", "'__import__'", "__import__"),
        ("''", "empty", "'"),
        ("1 - t/10", "it is -0.1 at t = 11", "1 - t/10"),
        ("0.1 - t", "it is -0.9 at t = 1", "0.1 - t"),
        ("0*t", "must not be 0 at every step", "0*t"),
        ("'0'", "must not be 0 at every step", "'0'"),
        ("1/t", "it is inf at t = 0", "1/t"),
        ("sqrt(5 - t)", "it is nan at t = 6", "sqrt(5 - t)"),
        ("log(t + 0.5)", "at t = 0", "log(t + 0.5)"),
        ("exp(8*t)", "it is inf at t = 89", "exp(8*t)"),
        ("'-0.1'", "it is -0.1 at t = 0", "'-0.1'"),
    ],
)
def test_a_wrong_learning_rate_is_told(refuse: Refuse, rate: str, words: str, mark: str) -> None:
    (mistake,) = refuse(sgd(f"learning_rate: {rate}"))
    assert (mistake.line, mistake.setting) == (3, "optimizers[0].learning_rate")
    assert words in mistake.message
    assert marked(mistake) == mark


def test_a_rate_need_be_one_only_while_the_run_lasts(read: Read) -> None:
    assert read(sgd("learning_rate: 1 - t/10") + "steps: 11").steps == 11


@pytest.mark.parametrize(
    "rate", ["0.1*t/10", "'0.01*min(1, t/5)'", "t", "0.5*(1 + cos(pi*t/50))", "0.1*abs(t - 3)"]
)
def test_a_rate_may_be_0_at_single_steps(read: Read, rate: str) -> None:
    scene = read(sgd(f"learning_rate: {rate}") + "steps: 60")
    assert (scene.optimizers[0].learning_rates(60) == 0).any()


@pytest.mark.parametrize("name", ["ftrl", "adabound"])
def test_a_rule_that_divides_by_its_rate_is_given_one(refuse: Refuse, name: str) -> None:
    (mistake,) = refuse(text(optimizers=f"[{{name: {name}, learning_rate: 0.1*t}}]"))
    assert f"greater than 0 for {name}; it is 0 at t = 0" in mistake.message


def test_no_step_needs_no_rate(read: Read) -> None:
    assert read(sgd("learning_rate: t") + "steps: 0").steps == 0


# Conventions


def test_a_convention_brings_its_variant_and_defaults(read: Read) -> None:
    scene = read(sgd("convention: keras, momentum: 0.9"))
    [one] = scene.canonical()["optimizers"]
    assert (one["learning_rate"], one["momentum"]) == (0.01, 0.9)
    assert one["learning_rate_in_velocity"] is True


def test_a_scene_of_conventions_read_back_is_the_same(read: Read) -> None:
    scene = read(sgd("convention: keras, learning_rate_in_velocity: false"))
    [one] = scene.canonical()["optimizers"]
    assert one["convention"] == "keras"
    assert Scene.model_validate(scene.canonical()) == scene


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("AdamW", "adamw"),
        ("sign_sgd", "signsgd"),
        ("lbfgs", "bfgs"),
        ("conjugate_gradient", "conjugategradient"),
        ("gradient_descent", "sgd"),
        ("Nesterov", "sgd"),
        ("steepest_descent", "linesearch"),
    ],
)
def test_other_names_of_optimizers_are_answered_with_ours(
    refuse: Refuse, name: str, nearest: str
) -> None:
    (told,) = refuse(f"objective: x**2\nstart: 1\noptimizers: [{{name: {name}}}]\n")
    assert told.message == f"unknown name '{name}'; did you mean '{nearest}'?"


# Sweeps


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            "sweep: {learning_rate: [0.1, 0.4, 2]}",
            ["sgd learning_rate=0.1", "sgd learning_rate=0.4", "sgd learning_rate=2"],
        ),
        (
            "label: A, sweep: {learning_rate: [0.1, 0.2], momentum: [0, 0.9]}",
            [
                "A learning_rate=0.1, momentum=0",
                "A learning_rate=0.1, momentum=0.9",
                "A learning_rate=0.2, momentum=0",
                "A learning_rate=0.2, momentum=0.9",
            ],
        ),
        ("learning_rate: 1, sweep: {momentum: [0.5]}", ["sgd momentum=0.5"]),
        (
            "learning_rate: 1, sweep: {convention: [null, keras]}",
            ["sgd convention=none", "sgd convention=keras"],
        ),
        ("sweep: {convention: [torch, keras]}", ["sgd convention=torch", "sgd convention=keras"]),
        (
            "learning_rate: 1, momentum: 0.9, sweep: {nesterov: [true, false]}",
            ["sgd nesterov=true", "sgd nesterov=false"],
        ),
    ],
)
def test_a_sweep_makes_one_run_of_each(read: Read, settings: str, expected: list[str]) -> None:
    assert labels(read(sgd(settings))) == expected


def test_a_sweep_over_lists_writes_them_out(read: Read) -> None:
    swept = "{name: aggmo, learning_rate: 1, sweep: {momenta: [[0, 0.9], [0.5]]}}"
    scene = read(f"objective: x**2\nstart: 1\noptimizers: [{swept}]\n")
    assert labels(scene) == ["aggmo momenta=[0, 0.9]", "aggmo momenta=[0.5]"]


def test_a_sweep_is_the_product_of_its_lists(read: Read) -> None:
    scene = read(sgd("weight_decay: 0.5, sweep: {learning_rate: [0.1, 0.2], momentum: [0, 0.9]}"))
    assert [
        (it["learning_rate"], it["momentum"], it["weight_decay"])
        for it in scene.canonical()["optimizers"]
    ] == [(0.1, 0, 0.5), (0.1, 0.9, 0.5), (0.2, 0, 0.5), (0.2, 0.9, 0.5)]


def test_more_runs_than_a_scene_may_have_are_told(refuse: Refuse) -> None:
    some = ", ".join(f"0.{number}" for number in range(10, 24))
    swept = f"sweep: {{learning_rate: [{some}], momentum: [{some}]}}"
    entries = (f"{{name: sgd, label: run {number}, {swept}}}" for number in range(60))
    (mistake,) = refuse(text(optimizers=f"[{', '.join(entries)}]"))
    assert mistake.setting == "optimizers[51]"
    assert mistake.message == "with these there are more than 10000 runs"


def test_a_swept_formula_has_a_label_without_a_slash(read: Read) -> None:
    scene = read(sgd("sweep: {learning_rate: [0.1/(1 + t), 0.2]}"))
    assert len(scene.optimizers) == 2
    assert not any("/" in str(label) for label in labels(scene))


def test_a_sweep_over_long_formulas_has_labels_that_fit(read: Read) -> None:
    long = "0.05 * (1 + cos(pi*t/100)) + 0.05 * exp(-0.1*t) + 0.001 * (1 + sin(pi*t/10))"
    found = labels(read(sgd(f"sweep: {{learning_rate: ['{long}', '{long} + 0.1']}}")))
    assert len(set(found)) == 2
    assert all(len(str(label)) <= 80 for label in found)


@pytest.mark.parametrize(
    ("settings", "setting", "words", "mark"),
    [
        (
            "sweep: {learning_rate: [0.1, -0.4, 2]}",
            "optimizers[0].sweep.learning_rate[1]",
            "must be greater than 0 (got -0.4)",
            "-0.4",
        ),
        (
            "sweep: {learning_rate: [0.1, 0.2], momentum: [0, 1.9]}",
            "optimizers[0].sweep.momentum[1]",
            "must be less than 1 (got 1.9)",
            "1.9",
        ),
        (
            "sweep: {learning_rate: ['0.1*x', 2]}",
            "optimizers[0].sweep.learning_rate[0]",
            "unknown name 'x'",
            "x",
        ),
        (
            "sweep: {learning_rate: [2, 1 - t]}",
            "optimizers[0].sweep.learning_rate[1]",
            "it is -1 at t = 2",
            "1 - t",
        ),
        (
            "sweep: {convention: [torch, jax]}",
            "optimizers[0].sweep.convention[1]",
            "sgd has no convention 'jax'; there are torch, keras, optax",
            "jax",
        ),
        ("sweep: {learning_rate: 0.1}", "optimizers[0].sweep.learning_rate", "list", "0.1"),
        ("sweep: {learning_rate: []}", "optimizers[0].sweep.learning_rate", "list", "["),
        ("sweep: {}", "optimizers[0].sweep", "mapping", "{"),
        ("sweep: [1]", "optimizers[0].sweep", "mapping", "["),
        ("sweep: null", "optimizers[0].sweep", "mapping", "null"),
        (
            "learning_rate: 1, sweep: {momentun: [0, 0.9]}",
            "optimizers[0].sweep.momentun",
            "did you mean 'momentum'?",
            "momentun",
        ),
        (
            "learning_rate: 1, sweep: {epsilon: [1, 2]}",
            "optimizers[0].sweep.epsilon",
            "unknown setting",
            "epsilon",
        ),
        (
            "learning_rate: 1, sweep: {name: [adam, sgd]}",
            "optimizers[0].sweep.name",
            "cannot be swept",
            None,
        ),
        (
            "learning_rate: 1, sweep: {label: [a, b]}",
            "optimizers[0].sweep.label",
            "cannot be swept",
            None,
        ),
        (
            "learning_rate: 1, sweep: {learning_rate: [1, 2]}",
            "optimizers[0].sweep.learning_rate",
            "has a value already",
            None,
        ),
        (
            "label: 5, sweep: {learning_rate: [1, 2]}",
            "optimizers[0].label",
            "must be text (got 5)",
            "5",
        ),
        ("sweep: {learning_rate: [1, 1]}", None, "two runs are called", None),
    ],
)
def test_a_mistake_in_a_sweep_has_its_place(
    refuse: Refuse, settings: str, setting: str | None, words: str, mark: str | None
) -> None:
    (mistake,) = refuse(sgd(settings))
    assert mistake.line == 3
    if setting is not None:
        assert mistake.setting == setting
    assert words in mistake.message
    if mark is not None:
        assert marked(mistake) == mark


def test_behind_a_sweep_mistakes_keep_their_places(refuse: Refuse) -> None:
    swept = "\n  - {name: sgd, sweep: {learning_rate: [1, 2, 3]}}"
    (mistake,) = refuse(text(optimizers=swept + "\n  - {name: sgd, learning_rate: 1 - t}"))
    assert (mistake.line, mistake.setting) == (5, "optimizers[1].learning_rate")
    twice = "\n  - {name: sgd, learning_rate: 1, label: A}"
    mistakes = refuse(text(optimizers=swept + twice + twice))
    assert {it.setting for it in mistakes} <= {"optimizers[1].label", "optimizers[2].label"}
    assert {marked(it) for it in mistakes} == {"A"}


def test_a_sweep_without_end_is_refused_up_front(tmp_path: Path) -> None:
    values = ", ".join(f"{i / 1000}" for i in range(1, 31))
    swept = ["learning_rate", "beta_1", "beta_2", "epsilon", "weight_decay"]
    lists = ", ".join(f"{name}: [{values}]" for name in swept)
    path = tmp_path / "sweep.yaml"
    path.write_text(text(optimizers=f"[{{name: adam, sweep: {{{lists}}}}}]"))
    program = (
        "import sys, visualize\n"
        "try: visualize.read_scene(sys.argv[1])\n"
        "except visualize.SceneError as error: print(error)\n"
    )
    try:
        done = subprocess.run(
            [sys.executable, "-c", program, path], capture_output=True, text=True, timeout=3
        )
    except subprocess.TimeoutExpired:
        pytest.fail("more than 3 s")
    assert "runs; 200 are the most" in done.stdout


# Frames


@pytest.mark.parametrize(
    ("steps", "frames", "rows"),
    [
        (4, "{pace: even}", [0, 1, 2, 3, 4]),
        (4, "{hold: 1}", [0, 1, 2, 3, 4]),
        (4, "{fps: 5}", [0, 1, 2, 3, 4]),
        (4, "{interval: 5}", [0, 1, 2, 3, 4]),
        (0, "{pace: even}", [0]),
        (0, "{}", [0]),
        (4, "{pace: adaptive, fps: 1}", [0, 1, 2, 3, 4]),
        (4, "{pace: even, steps_per_frame: 2}", [0, 2, 4]),
        (10, "{steps_per_frame: 5}", [0, 5, 10]),
        (10, "{steps_per_frame: 4}", [0, 4, 8, 10]),
        (10, "{steps_per_frame: 100}", [0, 10]),
        (2, "{frames_per_step: 4}", [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]),
        (1000, "{count: 3}", [0, 1, 2]),
        (2, "{count: 5}", [0, 1, 2, 2, 2]),
        (10, "{count: 2, steps_per_frame: 4}", [0, 4]),
        (10, "{count: 5, steps_per_frame: 4}", [0, 4, 8, 10, 10]),
        (1, "{count: 4, frames_per_step: 2}", [0, 0.5, 1, 1]),
        (5, "{count: 1}", [0]),
    ],
)
def test_frames_show_the_rows_they_should(
    read: Read, steps: int, frames: str, rows: list[float]
) -> None:
    scene = read(text(more=f"steps: {steps}\nframes: {frames}"))
    assert scene.frame_count == len(rows)
    assert [scene.row(frame) for frame in range(len(rows))] == rows


def test_200_frames_of_1000_steps_show_rows_0_to_199(read: Read) -> None:
    scene = read(text(more="steps: 1000\nframes: {count: 200}"))
    assert [scene.row(frame) for frame in range(scene.frame_count)] == list(range(200))


@pytest.mark.parametrize(
    ("frames", "per_second"),
    [
        ("{}", 25),
        ("{fps: 50}", 50),
        ("{fps: 29.97}", 29.97),
        ("{interval: 20}", 50),
        ("{interval: 40}", 25),
    ],
)
def test_pictures_a_second_can_be_said_either_way(
    read: Read, frames: str, per_second: float
) -> None:
    assert read(text(more=f"frames: {frames}")).frames.per_second == per_second


@pytest.mark.parametrize(
    ("frames", "setting", "words", "mark"),
    [
        ("{size: [100000, 16]}", "frames.size[0]", "at most 8192 (got 100000)", "100000"),
        ("{size: [16, 0]}", "frames.size[1]", "must be at least 16 (got 0)", "0"),
        ("{size: [1280]}", "frames.size[1]", "is missing", "["),
        ("{size: [1, 2, 3]}", "frames.size", "", None),
        (
            "{size: 1280}",
            "frames.size",
            "must be width and height (got 1280); write size: [1280, 720]",
            "1280",
        ),
        ("{size: [100.5, 20]}", "frames.size[0]", "must be a whole number (got 100.5)", "100.5"),
        ("{fps: 0}", "frames.fps", "must be greater than 0 (got 0)", "0"),
        ("{fps: 1000}", "frames.fps", "must be at most 240 (got 1000)", "1000"),
        ("{fps: .inf}", "frames.fps", "finite", ".inf"),
        ("{fps: 1e-9}", "frames.fps", "at least 1/60, a picture a minute (got 1e-09)", "1e-9"),
        ("{interval: 1e-9}", "frames.interval", "at least 1, a millisecond (got 1e-09", "1e-9"),
        ("{interval: 60001}", "frames.interval", "must be at most 60000", "60001"),
        ("{fps: '25'}", "frames.fps", "must be a number (got '25')", "'25'"),
        ("{interval: 0}", "frames.interval", "must be greater than 0 (got 0)", "0"),
        ("{fps: 25, interval: 40}", "frames.interval", "not both", None),
        ("{count: 0}", "frames.count", "must be at least 1 (got 0)", "0"),
        ("{count: 1000000000}", "frames.count", "must be at most 100000", "1000000000"),
        ("{count: 200.5}", "frames.count", "must be a whole number (got 200.5)", "200.5"),
        ("{steps_per_frame: 0}", "frames.steps_per_frame", "must be at least 1 (got 0)", "0"),
        ("{frames_per_step: -1}", "frames.frames_per_step", "must be at least 1 (got -1)", "-1"),
        ("{frames_per_step: 100000}", "frames", "set count or steps_per_frame", None),
        ("{steps_per_frame: 2, frames_per_step: 2}", "frames.frames_per_step", "not both", None),
        ("{hold: -1}", "frames.hold", "must be at least 0 (got -1)", "-1"),
        ("{loop: -1}", "frames.loop", "must be at least 0 (got -1)", "-1"),
        ("{loop: true}", "frames.loop", "must be a whole number (got true)", "true"),
        ("{poster: frist}", "frames.poster", "did you mean 'first'? (got 'frist')", "frist"),
        ("{poster: middle}", "frames.poster", "first, last or the number of a frame", "middle"),
        ("{poster: 1.5}", "frames.poster", "(got 1.5)", "1.5"),
        ("{poster: true}", "frames.poster", "(got true)", "true"),
        ("{poster: [1]}", "frames.poster", "(got a list)", "["),
        ("{poster: null}", "frames.poster", "(got nothing)", None),
        ("{poster: -1}", "frames.poster", "must be at least 0, the first frame (got -1)", "-1"),
        ("{poster: 145}", "frames.poster", "the film has 145 frames, from 0 to 144", "145"),
        ("{poster: 101, fps: 9}", "frames.poster", "has 101 frames, from 0 to 100", "101"),
        ("{pace: evn}", "frames.pace", "did you mean 'even'? (got 'evn')", "evn"),
        ("{pace: 2}", "frames.pace", "must be 'adaptive' or 'even' (got 2)", "2"),
        ("{tempo: even}", "frames.tempo", "unknown setting; did you mean 'pace'?", "tempo"),
        ("{pace: adaptive, count: 9}", "frames.count", "leave count out, or write pace: even", "9"),
        ("{pace: adaptive, steps_per_frame: 2}", "frames.steps_per_frame", "pace: even", "2"),
        ("{frames_per_step: 2, pace: adaptive}", "frames.frames_per_step", "pace: even", "2"),
        ("{poster: 5, count: 5}", "frames.poster", "5 frames, from 0 to 4 (got 5)", "5"),
        ("[1]", "frames", "must be a mapping of settings (got a list)", "["),
        ("5", "frames", "must be a mapping of settings (got 5)", "5"),
    ],
)
def test_wrong_frames_are_told(
    refuse: Refuse, frames: str, setting: str, words: str, mark: str | None
) -> None:
    (mistake,) = refuse(text(more=f"frames: {frames}"))
    assert (mistake.line, mistake.setting) == (4, setting)
    assert words in mistake.message
    if mark is not None:
        assert marked(mistake) == mark


@pytest.mark.parametrize(
    ("frames", "poster"),
    [
        ("{}", 144),
        ("{poster: last}", 144),
        ("{poster: last, pace: even}", 100),
        ("{poster: last, count: 7}", 6),
        ("{poster: first}", 0),
        ("{poster: 0}", 0),
        ("{poster: 100}", 100),
        ("{poster: 7, count: 8}", 7),
    ],
)
def test_a_poster_is_a_frame_of_the_film(read: Read, frames: str, poster: int) -> None:
    assert read(text(more=f"frames: {frames}")).poster == poster


def test_a_poster_is_not_doubted_where_the_number_of_steps_is_wrong(refuse: Refuse) -> None:
    (mistake,) = refuse(text(more="steps: many\nframes: {poster: 5}"))
    assert mistake.setting == "steps"


def test_100000_by_100000_pixels_are_refused(refuse: Refuse) -> None:
    mistakes = refuse(text(more="frames: {size: [100000, 100000]}"))
    assert [it.setting for it in mistakes] == ["frames.size[0]", "frames.size[1]"]


# Panels, theme, formats


@pytest.mark.parametrize(
    ("objective", "start", "kind"),
    [
        ("x**2", "1", "curve"),
        ("x**2 + y**2", "[1, 2]", "contour"),
        ("x + y + z", "[1, 2, 3]", "values"),
        ("x1 + x2 + x3 + x4", "[1, 2, 3, 4]", "values"),
    ],
)
def test_the_dimension_chooses_the_panel(read: Read, objective: str, start: str, kind: str) -> None:
    assert [it["kind"] for it in read(text(objective, start)).canonical()["panels"]] == [kind]


def test_a_panel_is_a_kind_or_a_mapping(read: Read) -> None:
    panels = read(text(more="panels: [contour, {kind: contour, filled: true}, values]")).canonical()
    assert [it["kind"] for it in panels["panels"]] == ["contour", "contour", "values"]
    assert [it.get("filled") for it in panels["panels"][:2]] == [None, True]


@pytest.mark.parametrize(
    ("more", "setting", "words", "mark"),
    [
        ("panels: []", "panels", "(got 0)", "["),
        ("panels: contour", "panels", "must be a list of panels", "contour"),
        ("panels: [contor]", "panels[0]", "did you mean 'contour'?", "contor"),
        ("panels: [zzz]", "panels[0]", ", ".join(PANELS.names()), "zzz"),
        ("panels: [values, {kind: contor}]", "panels[1].kind", "did you mean 'contour'?", "contor"),
        ("panels: [{filled: true}]", "panels[0]", "'kind'", "{"),
        ("panels: [5]", "panels[0]", "'kind'", "5"),
        ("panels: [curve]", "panels[0]", "2 coordinates (x, y)", "curve"),
        ("panels: [" + "values, " * 9 + "values]", "panels", "(got 10)", "["),
        ("panels: [{kind: contour, filled: 1}]", "panels[0].filled", "true or false (got 1)", "1"),
        ("panels: [{kind: contour, levels: 0}]", "panels[0].levels", "levels", "0"),
        ("panels: [{kind: contour, levels: [1, .nan]}]", "panels[0].levels", "levels", None),
        (f"panels: [{{kind: contour, levels: [{'9' * 350}]}}]", "panels[0].levels", "levels", None),
        ("panels: [{kind: contour, samples: 1}]", "panels[0].samples", "at least 2", "1"),
        (
            "panels: [{kind: contour, colormap: virdis}]",
            "panels[0].colormap",
            "'viridis'?",
            "virdis",
        ),
        (
            "panels: [{kind: contour, limits: [[0, 1], [5, 3]]}]",
            "panels[0].limits[1]",
            "below",
            "[",
        ),
        (
            "panels: [{kind: values, scale: lin}]",
            "panels[0].scale",
            "did you mean 'linear'?",
            "lin",
        ),
        ("theme: lihgt", "theme", "did you mean 'light'?", "lihgt"),
        ("theme: 5", "theme", "must be text (got 5)", "5"),
        ("theme: [light, drak]", "theme[1]", "did you mean 'dark'?", "drak"),
        ("theme: [light, 5]", "theme", "a list of themes; write theme: [light, dark]", "["),
        ("theme: []", "theme", "a list of themes; write theme: [light, dark]", "["),
        ("theme: light, dark", "theme", "several themes are a list", "light, dark"),
        ("theme: zzz", "theme", ", ".join(THEMES), "zzz"),
        ("formats: [gif, mp5]", "formats[1]", "there are apng", "mp5"),
        ("formats: [gif, weppm]", "formats[1]", "there are apng", "weppm"),
        ("formats: [gif, wepb]", "formats[1]", "did you mean 'webp'?", "wepb"),
        ("formats: [zzz]", "formats[0]", ", ".join(FORMATS.names()), "zzz"),
        ("formats: gif", "formats", "must be a list; write formats: [gif]", "gif"),
        ("formats: []", "formats", "at least 1", "["),
        ("font_size: 0", "font_size", "must be greater than 0", "0"),
        ("font_size: big", "font_size", "must be a number (got 'big')", "big"),
        ("title: 5", "title", "must be text (got 5)", "5"),
        ("title: true", "title", "must be text (got true)", "true"),
        ("title: " + "x" * 301, "title", "300 characters", "x" * 301),
        ("title: $" + "x^{" * 60 + "$", "title", "12 braces in each other", "{"),
        ("title: a $" + r"\sqrt{" * 40 + "x$", "title", "12 braces in each other", "{"),
        ("steps: -1", "steps", "must be at least 0 (got -1)", "-1"),
        ("steps: 1.5", "steps", "must be a whole number (got 1.5)", "1.5"),
        ("steps: 10.5", "steps", "must be a whole number (got 10.5)", "10.5"),
        ("steps: '5'", "steps", "must be a whole number (got '5')", "'5'"),
        ("steps: true", "steps", "must be a whole number (got true)", "true"),
        ("steps: null", "steps", "must be a whole number (got nothing)", "null"),
        ("seed: -1", "seed", "must be at least 0 (got -1)", "-1"),
        ("seed: no", "seed", "must be a whole number (got 'no')", "no"),
        ("noise: 1", "noise", "must be a mapping of settings (got 1)", "1"),
        ("noise: {standard_deviation: 0}", "noise.standard_deviation", "greater than 0", "0"),
        ("noise: {standard_deviation: .nan}", "noise.standard_deviation", "finite", ".nan"),
        ("noise: {}", "noise.standard_deviation", "is missing", "{"),
    ],
)
def test_a_wrong_setting_is_told(
    refuse: Refuse, more: str, setting: str, words: str, mark: str | None
) -> None:
    (mistake,) = refuse(text(more=more))
    assert (mistake.line, mistake.setting) == (4, setting)
    assert words in mistake.message
    if mark is not None:
        assert marked(mistake) == mark


def test_levels_may_be_large_whole_numbers(read: Read) -> None:
    scene = read(text(more="panels: [{kind: contour, levels: [1, 100000000000000000000]}]"))
    assert scene.canonical()["panels"][0]["levels"] == [1, 1e20]


# Typos


@pytest.mark.parametrize(
    ("scene", "setting", "right"),
    [
        (text(more="titel: x"), "titel", "title"),
        (text(more="stpes: 5"), "stpes", "steps"),
        (text(more="Theme: dark"), "Theme", "theme"),
        (text(more="optimizer: x"), "optimizer", "optimizers"),
        (
            text(more="noise: {standard_deviatio: 1}"),
            "noise.standard_deviatio",
            "standard_deviation",
        ),
        (text(more="frames: {fsp: 10}"), "frames.fsp", "fps"),
        (text(more="frames: {frame_rate: 10}"), "frames.frame_rate", "fps"),
        (text(more="frames: {step_per_frame: 10}"), "frames.step_per_frame", "steps_per_frame"),
        (text(more="panels: [{kind: contour, sampels: 9}]"), "panels[0].sampels", "samples"),
        (text(more="panels: [{kind: values, scal: log}]"), "panels[0].scal", "scale"),
        (text("{expresion: x + y}"), "objective.expresion", "expression"),
        (text("{formula: x + y}"), "objective.formula", "expression"),
        (text("{expression: x + y, variable: [x]}"), "objective.variable", "variables"),
        (text("saddle", "{gird: [2, 2]}"), "start.gird", "grid"),
        (text("saddle", "{randon: 2}"), "start.randon", "random"),
        (sgd("learning_rate: 1, momentun: 0"), "optimizers[0].momentun", "momentum"),
    ],
)
def test_a_typo_is_answered_in_every_mapping(
    refuse: Refuse, scene: str, setting: str, right: str
) -> None:
    mistakes = refuse(scene)
    (mistake,) = [it for it in mistakes if it.setting == setting]
    assert f"did you mean '{right}'?" in mistake.message
    assert marked(mistake) == setting.rpartition(".")[2]


@pytest.mark.parametrize(
    "wrong", ["zzz: 1", "1: 2", "'': 1", '"{gt}": 1', '"%s {": 1', '"a\\u202eb": 1', '"a.b[0]": 1']
)
def test_an_unknown_setting_is_answered_with_the_known_ones(refuse: Refuse, wrong: str) -> None:
    (mistake,) = refuse(text(more=wrong))
    assert mistake.message.startswith("unknown setting; known are trajectories, objective, start")
    assert marked(mistake) == wrong.partition(":")[0]
    assert "\u202e" not in str(mistake)


# All mistakes at once


def test_a_mistake_is_told_as_the_manual_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("scenes").mkdir()
    Path("scenes/race.yaml").write_text(
        "objective: x**2/20 + y**2\n"
        "start: [-7, 2]\n"
        "optimizers:\n"
        "  - name: adagrad\n"
        "    learning_rate: 0.9\n"
        "    label: AdaGrad\n"
        "  - name: sgd\n"
        "    learning_rate: -0.1\n"
        "    learning_rat: 0.1\n"
    )
    with pytest.raises(SceneError) as caught:
        read_scene("scenes/race.yaml")
    assert str(caught.value) == (
        "scenes/race.yaml:8:20: optimizers[1].learning_rate: must be greater than 0 (got -0.1)\n"
        "    8 |     learning_rate: -0.1\n"
        "      |                    ^^^^\n"
        "scenes/race.yaml:9:5: optimizers[1].learning_rat: unknown setting;"
        " did you mean 'learning_rate'?\n"
        "    9 |     learning_rat: 0.1\n"
        "      |     ^^^^^^^^^^^^"
    )


def test_all_mistakes_are_told_in_the_order_of_their_lines(refuse: Refuse) -> None:
    mistakes = refuse(
        "formats: [gif, mp3]\n"
        "theme: drak\n"
        "frames: {fps: 0, size: [5, 1280], hodl: 1}\n"
        "panels: [{kind: contour, filed: true}, {kind: values, scale: lin}, surfce]\n"
        "optimizers:\n"
        "  - {name: sgd, learning_rate: 0, momentum: 2}\n"
        "  - {name: adma}\n"
        "  - {name: adam, learning_rate: 1, beta_1: 1, eps: 1}\n"
        "seed: -1\n"
        "steps: -5\n"
        "start: [1, true]\n"
        "objective: x^2\n"
        "tilte: x\n"
    )
    assert [(it.line, it.setting) for it in mistakes] == [
        (1, "formats[1]"),
        (2, "theme"),
        (3, "frames.fps"),
        (3, "frames.size[0]"),
        (3, "frames.hodl"),
        (4, "panels[0].filed"),
        (4, "panels[1].scale"),
        (4, "panels[2]"),
        (6, "optimizers[0].learning_rate"),
        (6, "optimizers[0].momentum"),
        (7, "optimizers[1].name"),
        (8, "optimizers[2].beta_1"),
        (8, "optimizers[2].eps"),
        (9, "seed"),
        (10, "steps"),
        (11, "start[1]"),
        (12, "objective"),
        (13, "tilte"),
    ]


@pytest.mark.parametrize(
    ("scene", "expected"),
    [
        (
            text(optimizers="[{name: sgd, learning_rate: -t}, {name: adam, learning_rate: 1 - t}]"),
            ["optimizers[0].learning_rate", "optimizers[1].learning_rate"],
        ),
        (
            text(start="[1]", optimizers="[{name: sgd, learning_rate: 1 - t}]"),
            ["start", "optimizers[0].learning_rate"],
        ),
        (text(start="[[1, .nan], [.inf, 2]]"), ["start[0][1]", "start[1][0]"]),
        (text(start="[true, abc]"), ["start[0]", "start[1]"]),
        (text(more="panels: [curve, {kind: curve, trail: true}]"), ["panels[0]", "panels[1]"]),
        (
            text(more="frames: {fps: 1, interval: 1, steps_per_frame: 2, frames_per_step: 2}"),
            ["frames.interval", "frames.frames_per_step"],
        ),
        (text(more="frames: {fps: 1, interval: 1, hold: -1}"), ["frames.interval", "frames.hold"]),
    ],
)
def test_one_mistake_does_not_hide_another(refuse: Refuse, scene: str, expected: list[str]) -> None:
    assert sorted(it.setting for it in refuse(scene)) == sorted(expected)


def test_what_is_missing_is_told_once_each(refuse: Refuse) -> None:
    mistakes = refuse("title: x\n")
    assert [(it.setting, it.message) for it in mistakes] == [
        ("objective", "is missing; write objective: x**2/20 + y**2"),
        ("start", "is missing; write start: [-7, 2]"),
        ("optimizers", "is missing; write optimizers: [{name: adam, learning_rate: 0.1}]"),
    ]


@pytest.mark.parametrize("scene", ["[1, 2]", "5", "scene", "- objective: x"])
def test_what_is_no_mapping_is_no_scene(refuse: Refuse, scene: str) -> None:
    (mistake,) = refuse(scene)
    assert (mistake.line, mistake.column) == (1, 1)
    assert "mapping" in mistake.message


def test_a_long_line_is_shortened(refuse: Refuse) -> None:
    numbers = ", ".join(f"{i / 1000}" for i in range(1, 101))
    (mistake,) = refuse(
        text(optimizers=f"[{{name: sgd, sweep: {{learning_rate: [{numbers}, -7]}}}}]")
    )
    _, line, carets = str(mistake).split("\n")
    assert "…" in line
    assert len(line) < 110
    assert line[carets.index("^") : carets.rindex("^") + 1] == "-7"


@pytest.mark.parametrize(
    "scene",
    [
        text(more='title: "\\ud800"'),
        text(more='theme: "\\ud800"'),
        text(more='"\\ud800": 1'),
        text(more='frames: {"\\ud800": 1}'),
        text(optimizers='[{name: "\\ud800"}]'),
        text('{name: "\\ud800"}'),
        sgd('learning_rate: 1, label: "\\ud800"'),
        sgd('sweep: {learning_rate: ["\\ud800"]}'),
    ],
)
def test_half_a_character_is_told_in_our_words(refuse: Refuse, scene: str) -> None:
    for mistake in refuse(scene):
        assert "codec" not in mistake.message
        assert "Value error" not in mistake.message
        assert "raw data" not in mistake.message
        str(mistake).encode()


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u200f"])
def test_bidirectional_characters_are_written_out_in_the_echo(
    refuse: Refuse, character: str
) -> None:
    told = str(SceneError(refuse(text(more=f"theme: a{character}b"))))
    assert character not in told
    assert f"\\u{ord(character):04x}" in told


# The canonical scene and the schema


@pytest.mark.parametrize("path", SCENES, ids=lambda path: path.stem)
def test_the_canonical_scene_is_json_with_every_default(path: Path) -> None:
    canonical = read_scene(path).canonical()
    again = json.loads(json.dumps(canonical, allow_nan=False))
    assert ("seed" in again) == ("trajectories" not in again)
    assert again["theme"] == "light"
    frames = again["frames"].keys()
    assert {"size", "hold", "loop"} <= frames
    assert len(frames & {"fps", "interval"}) == 1
    even = again["frames"].get("pace") != "adaptive"
    assert len(frames & {"steps_per_frame", "frames_per_step"}) == even
    assert all({"name", "label"} <= one.keys() for one in again.get("optimizers", ()))
    recorded = again.get("trajectories", ())
    assert all({"file", "run", "label", "digest"} <= one.keys() for one in recorded)
    assert all("kind" in one for one in again["panels"])
    objective = again["objective"].get("regression", again["objective"])
    usual = {"expression": "gradient", "data": "standardise"}
    assert recorded or any({name, other} <= objective.keys() for name, other in usual.items())


@pytest.mark.parametrize(
    "scene",
    [
        text("saddle", "{grid: [2, 2]}"),
        text("saddle", "{random: 2}"),
        sgd("learning_rate: 0.1*exp(-t)"),
        sgd("sweep: {learning_rate: [1, 2]}"),
        text(more="noise: {standard_deviation: 1}\npanels: [values, contour]\nfont_size: 5"),
    ],
)
def test_the_canonical_scene_is_the_same_each_time(read: Read, scene: str) -> None:
    first, second = json.dumps(read(scene).canonical()), json.dumps(read(scene).canonical())
    assert first == second


def test_the_schema_file_is_the_schema() -> None:
    assert json.loads(SCHEMA.read_text("utf-8")) == json.loads(json.dumps(scene_schema()))


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = scene_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", SCENES, ids=lambda path: path.stem)
def test_every_scene_that_comes_along_is_valid_by_the_schema(validator: Any, path: Path) -> None:
    validator.validate(read_document(path).value)


GOOD = [
    FOUR_LINES,
    text("x**2", "1"),
    text("x**2", "[1]"),
    text("x**2", "[[1], [2]]"),
    text("rosenbrock", "{grid: [3, 3]}"),
    text("rosenbrock", "{random: 3}"),
    text("{name: rosenbrock}"),
    text("{expression: x + y}"),
    text("{expression: x + y, variables: [x, y], gradient: central_difference}"),
    text("{expression: x + y, minima: [[0, 0]], domain: [[-10, 10], [-5, 5]]}"),
    text(optimizers="[{name: adam, learning_rate: 0.1*exp(-0.1*t)}]"),
    text(optimizers="[{name: adam, sweep: {learning_rate: [0.1, 0.2]}, label: A}]"),
    text(optimizers="[{name: adam, learning_rate: 1, color: '#ff0000'}]"),
    text(more="panels: [contour, {kind: values, scale: log}]"),
    text(more="panels: [{kind: contour, levels: 5, limits: [[0, 1], [0, 1]]}]"),
    text(more="panels: [{kind: contour, levels: [1, 2, 3]}]"),
    text(more="noise: {standard_deviation: 0.2}\nseed: 3\ntheme: dark\nformats: [mp4]"),
    text(more="frames: {size: [640, 480], interval: 20, count: 5, hold: 1, loop: 1}"),
    text(more="title: null\nfont_size: 12"),
]


@pytest.mark.parametrize("scene", GOOD)
def test_what_is_read_is_valid_by_the_schema(
    validator: Any, read: Read, file: Path, scene: str
) -> None:
    assert read(scene).optimizers
    validator.validate(read_document(file).value)


@pytest.mark.parametrize(
    "scene",
    [
        "start: [1, 2]\n",
        text(more="titel: x"),
        text(more="steps: -1"),
        text(more="steps: many"),
        text(more="theme: drak"),
        text(more="formats: [mp3]"),
        text(more="formats: []"),
        text(more="frames: {fps: 0}"),
        text(more="frames: {fsp: 10}"),
        text(more="frames: {size: [1, 2, 3]}"),
        text(more="frames: {size: [100000, 100000]}"),
        text(more="panels: [contor]"),
        text(more="panels: [{kind: contor}]"),
        text(more="panels: [{kind: contour, filed: true}]"),
        text(more="panels: [{filled: true}]"),
        text(more="panels: []"),
        text(more="noise: {standard_deviation: 0}"),
        text("{expresion: x + y}"),
        text("{expression: x + y, gradient: numeric}"),
        text("{expression: x + y, variables: []}"),
        text("5"),
        text(start="{gird: [2, 2]}"),
        text(start="abc"),
        text(optimizers="[{name: adagard, learning_rate: 1}]"),
        text(optimizers="[{name: adam, lr: 1}]"),
        text(optimizers="[{name: adam, learning_rate: 1, beta_1: 1}]"),
        text(optimizers="[{name: adam, learning_rate: 1, momentum: 0.5}]"),
        text(optimizers="[{learning_rate: 1}]"),
        text(optimizers="[]"),
        text(optimizers="{name: adam}"),
    ],
)
def test_what_is_refused_is_not_valid_by_the_schema(
    validator: Any, refuse: Refuse, file: Path, scene: str
) -> None:
    assert refuse(scene)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(read_document(file).value)


# Whatever is written


def yaml(value: Any) -> str:
    """Return a value as YAML in one line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{yaml(key)}: {yaml(it)}" for key, it in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(yaml, value)) + "]"
        case float() if not math.isfinite(value):
            return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
        case _:
            return json.dumps(value, ensure_ascii=False)


def keys_of(schema: Any) -> set[str]:
    """Return every name of a setting in the schema."""
    if isinstance(schema, list):
        return set().union(*map(keys_of, schema))
    if not isinstance(schema, dict):
        return set()
    here = schema.get("properties", {})
    return set(here).union(*map(keys_of, schema.values()))


KEYS = st.sampled_from(sorted(keys_of(scene_schema()) | {"lr", "eps", "betas", "width", "zzz", ""}))
SCALARS = (
    st.none()
    | st.booleans()
    | st.sampled_from([0, 1, 2, -1, 5, 20, 10**9, -(10**30), 10**350, 10**399])
    | st.sampled_from([0.0, -0.0, 0.1, -0.1, 1e-320, 1e308, math.inf, -math.inf, math.nan])
    | st.sampled_from(["x", "x**2", "x + y", "t", "1 - t", "1/t", "x^2", "x1*x2", "5", "log(x)"])
    | st.sampled_from([*OPTIMIZERS.names(), *PANELS.names(), *FORMATS.names(), *THEMES])
    | st.sampled_from(["rosenbrock", "square", "red", "#123456", "a/b", "{gt}", "_", "'", "log"])
    | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=5)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)
BASE: dict[str, Any] = {
    "title": "T",
    "objective": {"expression": "x**2 + y**2", "variables": ["x", "y"], "domain": [[0, 1], [0, 1]]},
    "start": [[1, 2], [3, 4]],
    "steps": 5,
    "seed": 0,
    "noise": {"standard_deviation": 0.1},
    "optimizers": [
        {"name": "sgd", "learning_rate": 0.1, "momentum": 0.5, "label": "A"},
        {"name": "adam", "sweep": {"learning_rate": [0.1, "1/(1 + t)"], "beta_1": [0.5]}},
    ],
    "panels": ["contour", {"kind": "contour", "levels": [1, 2], "limits": [[0, 1], [0, 1]]}],
    "frames": {"size": [64, 48], "fps": 10, "count": 3},
    "theme": "light",
    "font_size": 5,
    "formats": ["gif"],
}


def places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the place of every value inside `value`."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    nested = [
        places(it, (*place, key)) if isinstance(it, dict | list) else [(*place, key)]
        for key, it in inner
    ]
    return ([place] if place else []) + [it for one in nested for it in one]


def changed(value: Any, place: tuple[Any, ...], new: Any, key: str | None) -> Any:
    """Return `value` with `new` at `place`, or beside it under `key`."""
    here, *deeper = place
    copy = value.copy()
    if deeper:
        copy[here] = changed(value[here], tuple(deeper), new, key)
    elif key is not None and isinstance(copy, dict):
        copy[key] = new
    else:
        copy[here] = new
    return copy


def scene_or_scene_error(file: Path, content: str) -> None:
    file.write_text(content, "utf-8")
    try:
        read: Scene | SceneError = read_scene(file)
    except SceneError as error:
        read = error
    if isinstance(read, Scene):
        json.dumps(read.canonical())
        assert read.starts.shape[1] == read.objective.dimension
        assert len(set(labels(read))) == len(read.optimizers)
        assert read.row(read.frame_count) <= read.steps
        return
    assert read.mistakes
    assert str(read).encode()
    for mistake in read.mistakes:
        assert mistake.message
        assert 1 <= mistake.line <= content.count("\n") + 1


def test_the_base_of_random_scenes_is_sound(read: Read) -> None:
    assert len(read(yaml(BASE)).optimizers) == 3


@settings(deadline=None, derandomize=True, max_examples=100)
@given(place=st.sampled_from(places(BASE)), new=VALUES, key=st.none() | KEYS)
def test_a_scene_with_a_random_value_is_a_scene_or_a_scene_error(
    file: Path, place: tuple[Any, ...], new: Any, key: str | None
) -> None:
    scene_or_scene_error(file, yaml(changed(BASE, place, new, key)))


@settings(deadline=None, derandomize=True, max_examples=100)
@given(value=st.dictionaries(KEYS, VALUES, max_size=6))
def test_random_settings_are_a_scene_or_a_scene_error(file: Path, value: dict[str, Any]) -> None:
    scene_or_scene_error(file, yaml(value))


def test_a_scene_error_is_one_of_ours() -> None:
    assert issubclass(SceneError, VisualizeError)
