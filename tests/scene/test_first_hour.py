"""What goes wrong in somebody's first hour: every answer says what to write, to be copied."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualize import SceneError, read_scene
from visualize.scene.source import text_of

GOOD = """\
objective: x**2 + y**2
start: [-7, 2]
steps: 3
optimizers: [{name: sgd, learning_rate: 0.1}]
frames: {size: [48, 32]}
"""
ONE = "[{name: sgd, learning_rate: 0.1}]"
WHOLE = "optimizers: [{name: adam, learning_rate: 0.1}]"

MISTAKES: list[tuple[str, str, str, str]] = [
    # what is missing
    ("start: [-7, 2]\n", "", "start", "is missing; write start: [-7, 2]"),
    ("objective: x**2 + y**2\n", "", "objective", "write objective: x**2/20 + y**2"),
    (f"optimizers: {ONE}\n", "", "optimizers", f"is missing; write {WHOLE}"),
    (", learning_rate: 0.1", "", "optimizers[0].learning_rate", "write learning_rate: 0.1"),
    # optimizers
    (f"optimizers: {ONE}", "optimizer: adam", "optimizer", f"'optimizers'? write {WHOLE}"),
    (ONE, "adam", "optimizers", f"write {WHOLE}"),
    (ONE, "[adam]", "optimizers[0].learning_rate", "write {name: adam, learning_rate: 0.1}"),
    (ONE, "{name: adam}", "optimizers", f"write {WHOLE}"),
    (ONE, "{adam: {learning_rate: 0.1}}", "optimizers", f"write {WHOLE}"),
    (
        ONE,
        "[{adam: {beta_1: 0.5}}]",
        "optimizers[0]",
        "write {name: adam, beta_1: 0.5, learning_rate: 0.1}",
    ),
    (ONE, "{name: adam, lr: 0.1}", "optimizers", f"write {WHOLE}"),
    (ONE, "{adam: {lr: 0.1, foreach: true}}", "optimizers", f"write {WHOLE}"),
    (ONE, "[{sgd: {lr: 0.1}}]", "optimizers[0]", "write {name: sgd, learning_rate: 0.1}"),
    (ONE, "[{type: sgd, eta: 0.1}]", "optimizers[0]", "write {name: sgd, learning_rate: 0.1}"),
    (
        ONE,
        "[{adam: {lr: 1, betas: [0.5, 0.9]}}]",
        "optimizers[0]",
        "write {name: adam, learning_rate: 1, beta_1: 0.5, beta_2: 0.9}",
    ),
    (
        "frames: {size: [48, 32]}",
        "panels: {type: contour, fill: true}",
        "panels",
        "write panels: [{kind: contour, filled: true}]",
    ),
    (ONE, "[{adam: 0.1}]", "optimizers[0]", "write {name: adam, learning_rate: 0.1}"),
    ("learning_rate", "lr", "optimizers[0].lr", "did you mean 'learning_rate'?"),
    ("0.1}", "[0.1, 1]}", "optimizers[0].learning_rate", "sweep: {learning_rate: [0.1, 1]}"),
    ("0.1}", "0.1, decay: 0.01}", "optimizers[0].decay", "learning_rate: 0.1/(1 + 0.01*t)"),
    ("0.1}", "0.1, clip_value: 3}", "optimizers[0].clip_value", "write clip_norm: 1"),
    ("0.1}", "0.1 * 0.95**epoch}", "optimizers[0].learning_rate", "write 0.1 * 0.95**t"),
    ("0.1}", "0.1/(1 + k)}", "optimizers[0].learning_rate", "write 0.1/(1 + t)"),
    ("0.1}", "0.1 if t < 5}", "optimizers[0].learning_rate", "write 0.1 if t < 5 else ..."),
    (
        "0.1}",
        "{0: 0.1, 10: 0.01}}",
        "optimizers[0].learning_rate",
        "write 0.1 if t < 10 else 0.01",
    ),
    (
        "0.1}",
        "{schedule: cosine}}",
        "optimizers[0].learning_rate.initial_learning_rate",
        "is missing; write initial_learning_rate: 0.1",
    ),
    (
        "0.1}",
        "{}}",
        "optimizers[0].learning_rate",
        "write {schedule: cosine, initial_learning_rate: 0.1}",
    ),
    # when runs stop
    ("steps: 3", "stop: {tol: 1e-6}", "stop.tol", "did you mean 'gradient'?"),
    (
        "steps: 3",
        "stop: {gradient: 1, max_iter: 9}",
        "stop.max_iter",
        "steps: 100 in the scene, not in its stop",
    ),
    ("steps: 3", "stop: {gradient: 1, value: 9}", "stop.value", "only the gradient can stop a run"),
    ("steps: 3", "stop: {}", "stop.gradient", "is missing; write gradient: 1e-06"),
    ("steps: 3", "scale: log", "scale", "write panels: [{kind: values, scale: log}]"),
    # lists
    ("[48, 32]", "1920", "frames.size", "write size: [1920, 1080]"),
    ("[48, 32]", "1920x1080", "frames.size", "write size: [1920, 1080]"),
    ("frames: {size: [48, 32]}", "formats: gif", "formats", "write formats: [gif]"),
    ("frames: {size: [48, 32]}", "formats: gif, mp4", "formats", "write formats: [gif, mp4]"),
    (
        "frames: {size: [48, 32]}",
        "formats: jpg",
        "formats",
        "must be a list, and there is no format 'jpg'; write formats: [png]",
    ),
    ("frames: {size: [48, 32]}", "format: gif", "format", "write formats: [gif]"),
    ("frames: {size: [48, 32]}", "panels: contour", "panels", "write panels: [contour]"),
    ("frames: {size: [48, 32]}", "panels: curve", "panels", "write panels: [contour]"),
    ("frames: {size: [48, 32]}", "panel: contour", "panel", "write panels: [contour]"),
    ("frames: {size: [48, 32]}", "frames: 100", "frames", "write frames: {size: [1280, 720]"),
    ("frames: {size: [48, 32]}", "noise: 0.1", "noise", "noise: {standard_deviation: 0.1}"),
    ("[48, 32]", "1080p", "frames.size", "write size: [1920, 1080]"),
    ("[48, 32]", "[48, 32, 3]", "frames.size", "write size: [1280, 720]"),
    ("0.1}", "1,5}", "optimizers[0].5", "decimals stand behind a point"),
    ("steps: 3", "noise: {sigma: 1}", "noise.sigma", "did you mean 'standard_deviation'?"),
    # points
    ("[-7, 2]", "-7, 2", "start", "write start: [-7, 2]"),
    ("[-7, 2]", "(-7, 2)", "start", "write start: [-7, 2]"),
    ("[-7, 2]", "[-7 2]", "start[0]", "write start: [-7, 2]"),
    ("[-7, 2]", "{x: -7, y: 2}", "start", "write start: [-7, 2]"),
    ("[-7, 2]", '["1", 2]', "start[0]", "(got '1'); write 1, without quotes"),
    ("[-7, 2]", "[pi, 2]", "start[0]", "(got 'pi'); write 3.14159265358979"),
    ("[-7, 2]", "[1, 1/4]", "start[1]", "write 0.25"),
    ("[-7, 2]", "random", "start", "write start: {random: 10}"),
    # numbers and words
    ("steps: 3", 'steps: "100"', "steps", "write steps: 100, without quotes"),
    ("steps: 3", "steps: 10.5", "steps", "must be a whole number (got 10.5)"),
    ("steps: 3", "counter: yes", "counter", "write counter: true"),
    ("steps: 3", "transparent: off", "transparent", "write transparent: false"),
    ("steps: 3", "title: 5", "title", "write title: '5', in quotes"),
    # the objective
    ("x**2 + y**2", "x^2 + y^2", "objective", "write x**2 + y**2"),
    ("x**2 + y**2", "rosenbrock(x, y)", "objective", "write objective: rosenbrock"),
    ("x**2 + y**2", "Rosenbrock function", "objective", "write objective: rosenbrock"),
    ("x**2 + y**2", "banana", "objective", "did you mean 'rosenbrock'?"),
    ("x**2 + y**2", "w**2 + b**2", "objective", "variables: [w, b]}"),
    ("x**2 + y**2", "[x**2, y**2]", "objective", "must be one formula, a name, or a mapping"),
    ("x**2 + y**2", "sphere + 0.1*cubic", "objective", "'sphere' is a test function, which cannot"),
    ("x**2 + y**2", "2*rosenbrock(x, y)", "objective", "write out what it is: (1 - x)**2 + 100*"),
    (
        "x**2 + y**2",
        "a*x**2 + b*y**2\nconstants: {a: 1, b: 20}",
        "constants",
        "write objective: {expression: a*x**2 + b*y**2, constants: {a: 1, b: 20}}",
    ),
    (
        "x**2 + y**2",
        "rosenbrock\ndomain: [[0, 1], [0, 2]]",
        "domain",
        "write objective: {name: rosenbrock, domain: [[0, 1], [0, 2]]}",
    ),
    ("x**2 + y**2", "true + a", "objective", "{expression: true + a, variables: ['true', a]}"),
    (
        "x**2 + y**2",
        "{expression: x + a, variables: [true, x]}",
        "objective.variables[0]",
        "(got true); write 'true', in quotes",
    ),
    # what YAML makes of it
    ("steps: 3", "title: Adam: the movie", "", "write title: 'Adam: the movie'"),
    ("steps: 3", "title: it's: here", "", "write title: 'it''s: here'"),
    ("steps: 3", "\tsteps: 3", "", "a tab may not stand here; use spaces"),
    (f" {ONE}", "\n\t- name: sgd", "", "a tab may not stand here; use spaces"),
    (f" {ONE}", "\n  - name: sgd\n   learning_rate: 1", "", "column 4, the setting above at 5"),
    (f" {ONE}", "\n  - name: sgd\n      learning_rate: 1", "", "column 7, the setting above at 5"),
    (f" {ONE}", "\n  - adam\n    learning_rate: 1", "", "write '- name: adam' above"),
    ("steps: 3", "steps 3", "", "write steps: 3"),
    ("steps: 3", "steps:3", "", "write steps: 3"),
    ("steps: 3", "steps = 3", "", "write steps: 3"),
    ("[-7, 2]", "[-7, 2", "", "this '[' is not closed"),
    ("steps: 3", "title: 'Adam", "", "this quote is not closed"),
    ("steps: 3", 'title: "It\'s" here', "", "nothing may follow a closing quote"),
    ("x**2 + y**2", "|x| + y**2", "", "write abs(x) for |x|"),
    ("x**2 + y**2", "%x", "", "a value may not begin with '%'; put it in quotes"),
    # what is empty
    ("steps: 3", "steps:", "steps", "there is no value; write steps: 100, or leave it out"),
    ("x**2 + y**2", "", "objective", "there is no value; write objective: x**2/20 + y**2"),
    (
        f" {ONE}",
        "\n  - name: sgd\n    learning_rate: 1\n    color: #ff0000",
        "optimizers[0].color",
        "write color: '#ff0000'",
    ),
    ("steps: 3", "theme: # dark", "theme", "write theme: dark, or leave it out"),
]
"""What of a good scene is written how, the setting, and words of the one answer."""


Answers = Callable[[str], list[tuple[str, str]]]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """Return a function that reads a scene, and returns its mistakes: settings and messages."""
    file: Path = tmp_path_factory.mktemp("first hour") / "scene.yaml"

    def answers(text: str) -> list[tuple[str, str]]:
        file.write_text(text, "utf-8")
        try:
            read_scene(file)
        except SceneError as error:
            return [(mistake.setting, mistake.message) for mistake in error.mistakes]
        return []

    return answers


@pytest.mark.parametrize(("right", "wrong", "setting", "words"), MISTAKES)
def test_a_mistake_is_told_once_with_what_to_write(
    right: str, wrong: str, setting: str, words: str, answers: Answers
) -> None:
    assert right in GOOD
    [(told, message)] = answers(GOOD.replace(right, wrong))
    assert told == setting
    assert words in message


@pytest.mark.parametrize(
    "form",
    sorted(
        {
            found[1]
            for *_, words in MISTAKES
            if (found := re.search(r"write (\w+: [^;]*?)(?:,? (?:without|in) quotes)?$", words))
            and not found[1].endswith(("720]", "abs(x) for |x|", "out"))
        }
    ),
)
def test_what_is_to_be_written_can_be_copied(form: str, answers: Answers) -> None:
    name = form.partition(":")[0]
    if name in {
        *("size", "learning_rate", "color", "clip_norm", "gradient"),
        "initial_learning_rate",
    }:
        scene = {
            "size": GOOD.replace("size: [48, 32]", form),
            "learning_rate": GOOD.replace("learning_rate: 0.1", form),
            "initial_learning_rate": GOOD.replace(": 0.1}", f": {{schedule: cosine, {form}}}}}"),
            "color": GOOD.replace("0.1}", f"0.1, {form}}}"),
            "clip_norm": GOOD.replace("0.1}", f"0.1, {form}}}"),
            "gradient": f"{GOOD}stop: {{{form}}}\n",
        }[name]
    else:
        lines = [line for line in GOOD.splitlines() if not line.startswith(f"{name}:")]
        scene = "\n".join([*lines, form])
    told = answers(scene)
    assert [it for it in told if "grid and random starts need" not in it[1]] == []


@pytest.mark.parametrize(
    "more",
    [
        "steps: 1e1",
        "steps: 10.0",
        "seed: 1e3",
        "frames: {count: 5.0, size: [48.0, 32]}",
        "title: cost falls from $5 to $1",
        "title: 'Adam: the movie'",
    ],
)
def test_what_can_mean_one_thing_only_is_taken(more: str, answers: Answers) -> None:
    name = more.partition(":")[0]
    lines = [line for line in GOOD.splitlines() if not line.startswith(f"{name}:")]
    assert answers("\n".join([*lines, more])) == []


def test_json_is_a_scene_too(answers: Answers) -> None:
    settings = (
        '"objective": "x**2", "start": 1, "optimizers": [{"name": "sgd", "learning_rate": 1}]'
    )
    assert answers(f"{{{settings}}}") == []


@pytest.mark.parametrize("text", ["import numpy as np\nx = 1\n", "- a\n- b\n", "hello\n"])
def test_what_is_no_scene_is_told_how_one_begins(text: str, answers: Answers) -> None:
    [(_, message)] = answers(text)
    assert "objective: x**2 + y**2" in message
    assert "visualize new NAME" in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("trajectories: run.npy", "write trajectories: {file: run.npy}"),
        ("file: run.npy", "did you mean 'trajectories'? write trajectories: {file: run.npy}"),
    ],
)
def test_a_recorded_run_is_told_how_it_is_played(text: str, words: str, answers: Answers) -> None:
    [(_, message)] = answers(text)
    assert words in message


# Mistakes that do not stand where they are looked for


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace(ONE, "\n  - &a {name: sgd, learning_rate: 0.1*q}\n  - *a"),
        GOOD.replace(ONE, "\n  - &a {name: sgd, learning_rate: 0.1*q}\n  - {<<: *a, label: b}"),
        GOOD.replace(ONE, "[{name: sgd, sweep: &s {learning_rate: [q]}}, {name: adam, sweep: *s}]"),
        GOOD.replace("x**2 + y**2", "&o {expression: x + foo}") + "panels: [*o]\n",
        GOOD.replace("x**2 + y**2", "{name: rosenbrock, variables: [a]}"),
        GOOD.replace("x**2 + y**2", "{name: rosenbrock, variables: [sin, b]}"),
        GOOD.replace("x**2 + y**2", "{name: rosenbrock, variables: [a, a]}"),
        GOOD.replace("x**2 + y**2", "{name: rosenbrock, variables: a}"),
        GOOD.replace("x**2 + y**2", "{name: rosenbrock, expression: x + foo}"),
        GOOD.replace("x**2 + y**2", "&x 'x + foo'") + "title: *x\n",
        "title: &x x + foo\n" + GOOD.replace("x**2 + y**2", "*x"),
        "title: &x >\n  x +\n  foo\n" + GOOD.replace("x**2 + y**2", "*x"),
    ],
)
def test_a_mistake_whose_text_stands_elsewhere_is_told(text: str, answers: Answers) -> None:
    assert answers(text)


@pytest.mark.parametrize("name", ["rosenbrock", "himmelblau", "ackley", "goldstein_price"])
def test_the_variables_of_a_test_function_can_be_called_otherwise(
    name: str, tmp_path: Path
) -> None:
    file = tmp_path / "scene.yaml"
    scenes = []
    for objective in (name, f"{{name: {name}, variables: [w_1, b]}}"):
        file.write_text(GOOD.replace("x**2 + y**2", objective).replace("-7, 2", "0.5, 0.25"))
        scenes.append(read_scene(file))
    ours, theirs = (scene.objective for scene in scenes)
    assert theirs.variables == ("w_1", "b")
    assert (theirs.domain, theirs.minima) == (ours.domain, ours.minima)
    points = scenes[0].starts
    assert theirs.value(points) == ours.value(points)
    assert theirs.gradient(points).tolist() == ours.gradient(points).tolist()
    assert type(scenes[1]).model_validate(scenes[1].canonical()) == scenes[1]


TEXTS = st.sampled_from(
    ["x**2", "x + foo", "x^2", "rosenbrock", "sgd", "adam", "0.1*q", "contour", "gif", "a: b", ""]
)
SCALARS = TEXTS | st.sampled_from([None, True, 0, 1, -1, 0.1, 1e3])
NAMES = st.sampled_from(
    [
        "objective",
        "start",
        "steps",
        "optimizers",
        "panels",
        "frames",
        "formats",
        "title",
        "noise",
        "name",
        "learning_rate",
        "lr",
        "variables",
        "expression",
        "sweep",
        "kind",
        "size",
        "label",
        "color",
        "grid",
        "domain",
        "minima",
    ]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@st.composite
def scenes_with_aliases(draw: st.DrawFn) -> str:
    """Return the text of a scene in which values are repeated by anchors, aliases and merges."""
    value = draw(st.dictionaries(NAMES, VALUES, min_size=1, max_size=6))
    lines = text_of(value).splitlines()
    anchors = 0
    for index, line in enumerate(lines):
        choice = draw(st.integers(0, 9))
        found = re.fullmatch(r"([ -]*)([a-z_]+):( .*)?", line)
        if found is None or choice > 5:
            continue
        before, name, rest = found[1], found[2], found[3] or ""
        if choice <= 2:
            anchors += 1
            lines[index] = f"{before}{name}: &a{anchors}{rest}"
        elif anchors and rest:
            lines[index] = f"{before}{name}: *a{draw(st.integers(1, anchors))}"
        elif anchors and before.isspace() and rest:
            lines[index] = f"{before}<<: *a{draw(st.integers(1, anchors))}"
    return "\n".join(lines)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(text=scenes_with_aliases())
def test_whatever_is_repeated_nothing_but_mistakes_comes_out(text: str, answers: Answers) -> None:
    for setting, message in answers(text):
        assert isinstance(setting, str)
        assert message
