"""Scenes with data: what is wrong with a table or a model is told at its place."""

from pathlib import Path

import pytest

from tests.scene.conftest import Refuse
from visualize import Scene, read_scene

TABLES = {
    "missing.csv": "a,b,y\n1,2,3\n4,,6\n7,8,9\n",
    "text.csv": "a,b,y\n1,2,3\n4,red,6\n",
    "few.csv": "a,b,y\n1,2,3\n4,5\n",
    "one.csv": "y\n1\n2\n",
    "constant.csv": "a,b,y\n1,2,3\n1,5,6\n1,7,7\n",
    "flat.csv": "a,y\n1,3\n2,3\n",
    "empty.csv": "",
    "header.csv": "a,y\n",
    "two.csv": "a,y\n1,2\n2,5\n",
    "infinite.csv": "a,y\n1,inf\n2,5\n",
    "twice.csv": "a,a,y\n1,2,3\n2,5,7\n",
    "picture.png": "a,y\n1,2\n",
    "bytes.csv": "a,y\n1,2\n",
}
OPTIMIZERS = "optimizers: [{name: sgd, learning_rate: 0.1}]"

MISTAKES = """
data: missing.csv                            | data | line 3, column 2: no number in 'b'
data: text.csv                               | data | line 3, column 2: no number in 'b'
data: few.csv                                | data | line 3 has 2 columns, the first has 3
data: one.csv                                | data | has one column; a feature and a target
data: empty.csv                              | data | an empty table
data: header.csv                             | data | an empty table
data: infinite.csv                           | data | line 2, column 2: an infinite number in 'y'
data: gone.csv                               | data | gone.csv: no such file
data: ../two.csv                             | data | --allow-outside reads it
data: picture.png                            | data | data are read from .csv, .tsv, .txt, .dat
data: bytes.csv                              | data | no text in UTF-8
data: 7                                      | data | must be text (got 7)
data: constant.csv            | standardise | 'a' is 1 in all 3 rows; leave it out, or set
data: flat.csv                | standardise | 'y' is 3 in all 2 rows
data: two.csv, target: why                   | target | there is no column 'why'; there are a, y
data: two.csv, features: [b]                 | features[0] | there is no column 'b'; there are a, y
data: two.csv, features: [a, y]              | features[1] | 'y' is the target
data: two.csv, features: a                   | features | must be a list (got 'a'); write features:
data: two.csv, features: []                  | features | must have at least 1 item
data: two.csv, features: [a, a]              | features[1] | 'a' is given twice
data: twice.csv                              | data | there are 2 columns 'a'
data: twice.csv, features: [a]               | features[0] | there are 2 columns 'a'
data: two.csv, rows: 3                       | rows | there are no more than 2 (got 3)
data: two.csv, batch_size: 3                 | batch_size | must be at most 2, the number of rows
data: two.csv, rows: 1, batch_size: 2        | batch_size | must be at most 1
data: two.csv, model: logistic               | model | 'y' must be 0 or 1 for logistic (there is 2)
data: two.csv, model: logistic, target: y    | target | 'y' must be 0 or 1
data: two.csv, model: lineal                 | model | must be 'linear', 'logistic' or 'mlp'
data: two.csv, model: linear, mlp: {}        | mlp | leave it out of a linear one
data: two.csv, mlp: {hidden: [0]}            | mlp.hidden[0] | must be at least 1
data: two.csv, mlp: {activation: gelu}       | mlp.activation | must be 'tanh', 'relu' or 'sigmoid'
data: two.csv, mlp: {hidden: [9999]}         | mlp | these are 29998 weights; 10000 are the most
data: two.csv, l2: -1                        | l2 | must be at least 0
data: two.csv, evaluate_every: 0             | evaluate_every | must be at least 1
data: two.csv, domain: [[-1, 1]]             | domain | needs one entry for each of 2 weights
data: two.csv, digest: "0"                   | digest | the file holds other numbers now
data: two.csv, dataset: airfoil              | dataset | give data or dataset, not both
data: two.csv, epochs: 2                     | epochs | write epochs: 2 in the scene
data: two.csv, standardize: true             | standardize | did you mean 'standardise'?
file: two.csv                                | file | did you mean 'data'?
rows: 2                                      | | needs data: FILE.csv, or dataset: airfoil
"""
"""What stands in a regression, at which of its settings that is told, and words of it."""


@pytest.fixture(scope="module", autouse=True)
def _tables(file: Path) -> None:
    for name, text in TABLES.items():
        (file.parent / name).write_text(text, encoding="utf-8")
    (file.parent / "bytes.csv").write_bytes(b"a,y\n\xff\xfe\xfa,2\n")


@pytest.mark.parametrize(
    ("settings", "place", "words"),
    [[part.strip() for part in line.split("|")] for line in MISTAKES.strip().splitlines()],
)
def test_a_mistake_is_told_once_at_its_place(
    refuse: Refuse, settings: str, place: str, words: str
) -> None:
    [mistake] = refuse(f"objective: {{regression: {{{settings}}}}}\n{OPTIMIZERS}\n")
    written = settings.replace("mlp: {}", "mlp")
    assert mistake.setting == "objective.regression" + (
        f".{place}" if place and place.partition("[")[0].partition(".")[0] in written else ""
    )
    assert words in mistake.message


@pytest.mark.parametrize(
    ("scene", "place", "words"),
    [
        ("objective: two.csv\nstart: 1", "objective", "{regression: {data: two.csv}}"),
        ("objective: {data: two.csv}\nstart: 1", "objective.data", "{regression: {data:"),
        ("regression: {data: two.csv}", "regression", "write objective: {regression:"),
        ("data: two.csv", "data", "write objective: {regression:"),
        ("objective: x**2\nstart: 1\nepochs: 3", "epochs", "of objectives made of data"),
        ("objective: {regression: {data: two.csv}}\nepochs: 0", "epochs", "greater than 0"),
        ("objective: {regression: {data: two.csv}}\nepochs: 1e9", "epochs", "--max-seconds"),
        ("objective: {regression: {data: two.csv}}\nepochs: 1e308", "epochs", "--max-seconds"),
        (
            "objective: {regression: {data: two.csv}, noise: 3}",
            "objective.noise",
            "those of regression stand in it",
        ),
        (
            "objective: {regression: {data: two.csv}}\nepochs: 1\nsteps: 1",
            "epochs",
            "give steps or epochs",
        ),
        (
            "objective: {regression: {data: two.csv}}\nstart: {random: 3}",
            "start",
            "need the objective's domain",
        ),
        ("objective: x**2\nstart: 1\npanels: [fit]", "panels[0]", "there are no data to fit"),
        (
            "objective: {regression: {data: few3.csv}}\npanels: [fit]",
            "panels[0]",
            "one feature; there are 2: a, b",
        ),
        (
            "objective: {regression: {data: bits.csv, model: logistic}}\n"
            "panels: [{kind: fit, residuals: true}]",
            "panels[0].residuals",
            "whose loss is made of squares",
        ),
    ],
)
def test_a_mistake_beside_data_is_told(
    refuse: Refuse, file: Path, scene: str, place: str, words: str
) -> None:
    (file.parent / "few3.csv").write_text("a,b,y\n1,2,3\n4,5,7\n", encoding="utf-8")
    (file.parent / "bits.csv").write_text("a,y\n1,0\n4,1\n2,1\n3,0\n", encoding="utf-8")
    mistakes = {it.setting: it.message for it in refuse(f"{scene}\n{OPTIMIZERS}\n")}
    assert words in mistakes[place]


def test_a_scene_is_read_again_from_where_it_was_read(file: Path) -> None:
    text = f"objective: {{regression: {{data: two.csv, mlp: {{}}}}}}\nepochs: 3\n{OPTIMIZERS}\n"
    file.write_text(text, "utf-8")
    scene = read_scene(file)
    assert Scene.model_validate(scene.canonical()) == scene
    assert scene.steps == 3
    portable = scene.portable()["objective"]["regression"]
    assert portable["data"] == "two.csv"
    assert portable["digest"] == scene.canonical()["objective"]["regression"]["digest"]


def test_another_content_is_another_experiment(file: Path) -> None:
    file.write_text(f"objective: {{regression: {{data: changing.csv}}}}\n{OPTIMIZERS}\n", "utf-8")
    scenes = []
    for last in (5, 6):
        (file.parent / "changing.csv").write_text(f"a,y\n1,2\n2,{last}\n", encoding="utf-8")
        scenes.append(read_scene(file))
    assert scenes[0].experiment != scenes[1].experiment
