"""Points recorded elsewhere: every kind of file plays exactly, and every mistake is told."""

import io
import json
import os
import pickle
import re
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from visualize import (
    ArraysError,
    Film,
    History,
    Scene,
    SceneError,
    compose,
    read_scene,
    simulate,
)
from visualize.errors import Mistake
from visualize.film.fingerprint import fingerprint
from visualize.history.recording import read_recording
from visualize.looks.themes import THEMES
from visualize.objectives.formula import Formula
from visualize.objectives.unknown import Unknown
from visualize.panels.values import Values
from visualize.scene.budget import Budget
from visualize.storage.room import Room

Array = NDArray[np.float64]
Write = Callable[[Path, Array], object]

POINTS = np.array([[3, 1], [2, 0.5], [1, 0.1], [0.5, 1 / 3]])
VALUES = np.array([9.0, 4, 2, 1])
BOWL = "objective: x**2 + y**2\n"
SMALL = "frames: {size: [160, 100]}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recordings")


def played(folder: Path, text: str) -> Scene:
    """Return the scene of a text, in a file in the folder."""
    path = folder / "scene.yaml"
    path.write_text(text, "utf-8")
    return read_scene(path)


def run(folder: Path, file: str, more: str = BOWL) -> Scene:
    return played(folder, f"trajectories: {{file: {file}}}\n{more}")


def refused(folder: Path, text: str) -> Mistake:
    """Return the one mistake in a scene."""
    with pytest.raises(SceneError) as caught:
        played(folder, text)
    [mistake] = caught.value.mistakes
    return mistake


def marked(mistake: Mistake) -> str:
    return mistake.source[mistake.column - 1 :][: mistake.length]


def a_film(scene: Scene) -> Film:
    return compose(scene, simulate(scene))


def write_csv(path: Path, points: Array, header: str = "") -> None:
    lines = [",".join(map(repr, map(float, row))) for row in points]
    path.write_text("\n".join([*([header] if header else []), *lines]) + "\n")


def write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content))


def in_json(values: Any) -> Any:
    return json.loads(json.dumps(np.asarray(values).tolist()))


# What a file may be

TABLES: dict[str, tuple[str, Write]] = {
    "npy": ("run.npy", np.save),
    "npz by name": ("run.npz", lambda path, points: np.savez(path, points=points)),
    "npz compressed": ("run.npz", lambda path, points: np.savez_compressed(path, points=points)),
    "npz without names": ("run.npz", lambda path, points: np.savez(path, points)),
    "npz of runs": ("run.npz", lambda path, points: np.savez(path, adam=points)),
    "csv": ("run.csv", write_csv),
    "csv with header": ("run.csv", lambda path, points: write_csv(path, points, "x,y")),
    "json": ("run.json", lambda path, points: write_json(path, in_json(points))),
    "json of parts": ("run.json", lambda path, it: write_json(path, {"points": in_json(it)})),
    "json of runs": ("run.json", lambda path, points: write_json(path, {"a": in_json(points)})),
    "json of runs and parts": (
        "run.json",
        lambda path, points: write_json(path, {"a": {"points": in_json(points)}}),
    ),
}
STARTS = {name: table for name, table in TABLES.items() if "csv" not in name}

every_table = pytest.mark.parametrize("kind", TABLES)


@every_table
def test_a_recording_plays_exactly_the_points_in_its_file(tmp_path: Path, kind: str) -> None:
    file, write = TABLES[kind]
    write(tmp_path / file, POINTS)
    scene = run(tmp_path, file)
    [trajectory] = simulate(scene).values()
    np.testing.assert_array_equal(trajectory.points, POINTS[:, np.newaxis])
    assert trajectory.points.dtype == np.float64
    assert scene.steps == 3
    assert scene.optimizers == ()


@pytest.mark.parametrize("kind", STARTS)
def test_a_recording_may_have_several_starts(tmp_path: Path, kind: str) -> None:
    file, write = TABLES[kind]
    points = np.stack([POINTS, 2 * POINTS, POINTS - 1], axis=1)
    write(tmp_path / file, points)
    [trajectory] = simulate(run(tmp_path, file)).values()
    np.testing.assert_array_equal(trajectory.points, points)
    assert trajectory.values.shape == (4, 3)
    assert trajectory.diverged_at == (None, None, None)


@pytest.mark.parametrize("kind", [kind for kind in TABLES if kind != "csv with header"])
def test_a_recording_of_one_coordinate_lies_on_its_objectives_curve(
    tmp_path: Path, kind: str
) -> None:
    file, write = TABLES[kind]
    column = POINTS[:, 0]
    write(tmp_path / file, column[:, np.newaxis] if "csv" in kind else column)
    scene = run(tmp_path, file, "objective: x**2\n" + SMALL)
    [trajectory] = simulate(scene).values()
    np.testing.assert_array_equal(trajectory.points[:, 0, 0], column)
    np.testing.assert_allclose(trajectory.values[:, 0], column**2)
    assert [panel.model_dump()["kind"] for panel in scene.panels] == ["curve"]
    assert a_film(scene).picture(3).shape == (100, 160, 3)


@every_table
@settings(max_examples=15, deadline=None)
@given(
    points=arrays(
        np.float64,
        st.tuples(st.integers(1, 5), st.just(2)),
        elements=st.floats(allow_nan=False, allow_infinity=False),
    )
)
@example(points=np.array([[5e-324, -0.0], [1.7976931348623157e308, 0.1 + 0.2]]))
def test_every_finite_number_comes_through_unchanged(
    folder: Path, kind: str, points: Array
) -> None:
    file, write = TABLES[kind]
    write(folder / file, points)
    [trajectory] = simulate(run(folder, file, "")).values()
    assert trajectory.points[:, 0].tobytes() == points.tobytes()


@pytest.mark.parametrize("dtype", ["<f4", ">f8", "<f2", "<i4", "|u1", "<i8"])
def test_real_numbers_of_any_kind_are_points(tmp_path: Path, dtype: str) -> None:
    points = np.array([[3, 1], [2, 0], [1, 1]], dtype=dtype)
    np.save(tmp_path / "run.npy", points)
    [trajectory] = simulate(run(tmp_path, "run.npy")).values()
    np.testing.assert_array_equal(trajectory.points[:, 0], points.astype(float))


def test_the_order_in_memory_does_not_matter(tmp_path: Path) -> None:
    np.save(tmp_path / "run.npy", np.asfortranarray(POINTS))
    [trajectory] = simulate(run(tmp_path, "run.npy")).values()
    np.testing.assert_array_equal(trajectory.points[:, 0], POINTS)


def test_one_row_is_a_run_of_no_steps(tmp_path: Path) -> None:
    np.save(tmp_path / "run.npy", POINTS[:1])
    scene = run(tmp_path, "run.npy", BOWL + SMALL)
    assert scene.steps == 0
    assert scene.frame_count == 1
    assert a_film(scene).picture(0).shape == (100, 160, 3)


@pytest.mark.parametrize(
    "text",
    [
        "x,y\n3,1\n2,0.5\n",
        "x,y\r\n3,1\r\n2,0.5\r\n",
        "\ufeffx,y\n3,1\n2,0.5\n",
        " x , y \n 3 , 1\n2,0.5",
        '"x","y"\n"3","1"\n2,0.5\n',
        "\nx,y\n\n3,1\n,\n2,0.5\n\n".replace("\n,\n", "\n \n"),
        "step,x,y\n0,3,1\n1,2,0.5\n",
        "3,1\n2,5e-1\n",
        "3.0,+1\n2.,.5",
        "3,+01\n2,.5\n",
    ],
)
def test_tables_are_read_as_people_write_them(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.csv").write_text(text, "utf-8", newline="")
    [trajectory] = simulate(run(tmp_path, "run.csv")).values()
    np.testing.assert_array_equal(trajectory.points[:, 0], [[3, 1], [2, 0.5]])


@pytest.mark.parametrize("text", ["x,y\n3,10\n2,5\n", "3,10\n2.0,5\n", "#x,y\n3,10\n2,5\n"])
def test_whole_numbers_that_say_so_are_points_of_two(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.csv").write_text(text, "utf-8")
    [trajectory] = simulate(run(tmp_path, "run.csv")).values()
    np.testing.assert_array_equal(trajectory.points[:, 0], [[3, 10], [2, 5]])


TOOLS: dict[str, tuple[str, str | bytes]] = {
    # DataFrame({"x": ..., "y": ...}) and its kinds
    "pandas to_csv": ("csv", ",x,y\n0,3.0,1.0\n1,2.0,0.5\n2,1.0,0.25\n"),
    "pandas without index": ("csv", "x,y\n3.0,1.0\n2.0,0.5\n1.0,0.25\n"),
    "pandas with a named index": ("csv", "step,x,y\n0,3.0,1.0\n1,2.0,0.5\n2,1.0,0.25\n"),
    "pandas written twice": (
        "csv",
        ",Unnamed: 0,x,y\n0,0,3.0,1.0\n1,1,2.0,0.5\n2,2,1.0,0.25\n",
    ),
    "pandas without names": ("csv", ",0,1\n0,3.0,1.0\n1,2.0,0.5\n2,1.0,0.25\n"),
    "pandas with tabs": ("tsv", "\tx\ty\n0\t3.0\t1.0\n1\t2.0\t0.5\n2\t1.0\t0.25\n"),
    "pandas with semicolons": ("csv", ";x;y\n0;3,0;1,0\n1;2,0;0,5\n2;1,0;0,25\n"),
    "pandas with spaces": ("csv", '"" x y\n0 3.0 1.0\n1 2.0 0.5\n2 1.0 0.25\n'),
    "pandas to_string": ("txt", "     x     y\n0  3.0  1.00\n1  2.0  0.50\n2  1.0  0.25\n"),
    "pandas to_json columns": (
        "json",
        '{"x":{"0":3.0,"1":2.0,"2":1.0},"y":{"0":1.0,"1":0.5,"2":0.25}}',
    ),
    "pandas to_json index": (
        "json",
        '{"0":{"x":3.0,"y":1.0},"1":{"x":2.0,"y":0.5},"2":{"x":1.0,"y":0.25}}',
    ),
    "pandas to_json records": (
        "json",
        '[{"x":3.0,"y":1.0},{"x":2.0,"y":0.5},{"x":1.0,"y":0.25}]',
    ),
    "pandas to_json split": (
        "json",
        '{"columns":["x","y"],"index":[0,1,2],"data":[[3.0,1.0],[2.0,0.5],[1.0,0.25]]}',
    ),
    "pandas to_json values": ("json", "[[3.0,1.0],[2.0,0.5],[1.0,0.25]]"),
    "pandas to_json table": (
        "json",
        '{"schema":{"fields":[{"name":"index","type":"integer"},{"name":"x","type":"number"},'
        '{"name":"y","type":"number"}],"primaryKey":["index"],"pandas_version":"1.4.0"},'
        '"data":[{"index":0,"x":3.0,"y":1.0},{"index":1,"x":2.0,"y":0.5},'
        '{"index":2,"x":1.0,"y":0.25}]}',
    ),
    # numpy.savetxt
    "numpy savetxt": (
        "txt",
        "3.000000000000000000e+00 1.000000000000000000e+00\n"
        "2.000000000000000000e+00 5.000000000000000000e-01\n"
        "1.000000000000000000e+00 2.500000000000000000e-01\n",
    ),
    "numpy savetxt with a header": ("csv", "# x,y\n3.0e+00 1.0e+00\n2.0e+00 5.0e-01\n1 .25\n"),
    "numpy savetxt with commas": ("csv", "# x,y\n3.0e+00,1.0e+00\n2.0e+00,5.0e-01\n1,.25\n"),
    "numpy savetxt with a long header and a footer": (
        "dat",
        "# a run of Adam, at 0.1\n# x y\n3 1\n2 0.5\n1 0.25\n# the end\n",
    ),
    # R
    "R write.csv": ("csv", '"","x","y"\n"1",3,1\n"2",2,0.5\n"3",1,0.25\n'),
    "R write.csv without row names": ("csv", '"x","y"\n3,1\n2,0.5\n1,0.25\n'),
    "R write.csv2": ("csv", '"";"x";"y"\n"1";3;1\n"2";2;0,5\n"3";1;0,25\n'),
    "R write.table": ("txt", '"x" "y"\n"1" 3 1\n"2" 2 0.5\n"3" 1 0.25\n'),
    "R write.table without quotes": ("txt", "x y\n1 3 1\n2 2 0.5\n3 1 0.25\n"),
    "R write.table with commas": ("csv", '"x","y"\n"1",3,1\n"2",2,0.5\n"3",1,0.25\n'),
    "R readr write_csv": ("csv", "x,y\n3,1\n2,0.5\n1,0.25\n"),
    "R data.table fwrite": ("csv", "x,y\n3,1\n2,0.5\n1,0.25\n"),
    # MATLAB
    "MATLAB writematrix": ("csv", "3,1\n2,0.5\n1,0.25\n"),
    "MATLAB csvwrite": ("csv", "3,1\n2,0.5\n1,0.25\n"),
    "MATLAB dlmwrite with tabs": ("txt", "3\t1\n2\t0.5\n1\t0.25\n"),
    "MATLAB writetable": ("csv", "x,y\n3,1\n2,0.5\n1,0.25\n"),
    "MATLAB writetable with steps": ("csv", "iter,x,y\n1,3,1\n2,2,0.5\n3,1,0.25\n"),
    "MATLAB save -ascii": (
        "txt",
        "   3.0000000e+00   1.0000000e+00\n"
        "   2.0000000e+00   5.0000000e-01\n"
        "   1.0000000e+00   2.5000000e-01\n",
    ),
    # Excel
    "Excel CSV": ("csv", "x,y\r\n3,1\r\n2,0.5\r\n1,0.25\r\n,\r\n,\r\n"),
    "Excel CSV of a Mac": ("csv", "x,y\r3,1\r2,0.5\r1,0.25\r"),
    "Excel CSV UTF-8": ("csv", "\ufeffx,y\r\n3,1\r\n2,0.5\r\n1,0.25\r\n"),
    "Excel CSV in German": ("csv", "\ufeffx;y\r\n3;1\r\n2;0,5\r\n1;0,25\r\n"),
    "Excel CSV with its separator": ("csv", "sep=;\r\nx;y\r\n3;1\r\n2;0,5\r\n1;0,25\r\n"),
    "Excel CSV with its separator, a bar": ("csv", "sep=|\r\nx|y\r\n3|1\r\n2|0.5\r\n1|0.25\r\n"),
    "Excel Unicode text": (
        "txt",
        "x\ty\r\n3\t1\r\n2\t0.5\r\n1\t0.25\r\n".encode("utf-16"),
    ),
    "Excel Unicode text in German": (
        "txt",
        b"\xfe\xff" + "x\ty\r\n3\t1\r\n2\t0,5\r\n1\t0,25\r\n".encode("utf-16-be"),
    ),
    "Excel Formatted Text": ("txt", "x         y\r\n3         1\r\n2       0.5\r\n1      0.25\r\n"),
    # a loop of somebody's own, in C, torch or Julia
    "printf with a comma after each number": ("csv", "3.0,1.0,\n2.0,0.5,\n1.0,0.25,\n"),
    "printf below names": ("csv", "x,y,\n3.0,1.0,\n2.0,0.5,\n1.0,0.25,\n"),
    "with blanks after commas": ("csv", "x, y\n3, 1\n2, 0.5\n1, 0.25\n"),
    "torch, lists in JSON": ("json", "[[3.0, 1.0], [2.0, 0.5], [1.0, 0.25]]"),
    "torch, columns in JSON": ("json", '{"x": [3, 2, 1], "y": [1, 0.5, 0.25]}'),
    "Lightning's logger": ("csv", "epoch,step,x,y\n0,0,3,1\n0,1,2,0.5\n1,2,1,0.25\n"),
    "Julia's DelimitedFiles": ("txt", "3.0\t1.0\n2.0\t0.5\n1.0\t0.25\n"),
}


@pytest.mark.parametrize("tool", TOOLS)
def test_what_a_tool_writes_is_read(tmp_path: Path, tool: str) -> None:
    suffix, content = TOOLS[tool]
    path = tmp_path / f"run.{suffix}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    scene = run(tmp_path, path.name, "")
    [(label, trajectory)] = simulate(scene).items()
    assert label == "run"
    assert scene.objective.variables == ("x", "y")
    np.testing.assert_array_equal(trajectory.points[:, 0], [[3, 1], [2, 0.5], [1, 0.25]])
    assert np.isnan(trajectory.values).all()
    assert np.isnan(trajectory.gradients).all()


@pytest.mark.parametrize(
    "name", ["", "Unnamed: 0", "index", "step", "Step", "iteration", "iter", "epoch", "global_step"]
)
@pytest.mark.parametrize("first", [0, 1, 100])
def test_a_column_that_counts_the_rows_is_no_coordinate(
    tmp_path: Path, name: str, first: int
) -> None:
    rows = "".join(f"{first + row},{x},{y}\n" for row, (x, y) in enumerate(POINTS))
    (tmp_path / "run.csv").write_text(f"{name},x,y\n{rows}")
    [trajectory] = simulate(run(tmp_path, "run.csv")).values()
    np.testing.assert_array_equal(trajectory.points[:, 0], POINTS)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("run.csv", "x\n3.0\n2.5\n"),
        ("run.txt", "3.0\n2.5\n"),
        ("run.csv", ",0\n0,3.0\n1,2.5\n"),  # a Series of pandas
        ("run.csv", '"x"\n3\n2.5\n'),
        ("run.csv", '"","x"\n"1",3\n"2",2.5\n'),
        ("run.csv", "step;x\n0;3\n1;2,5\n"),
        ("run.json", '{"x": {"0": 3.0, "1": 2.5}}'),
    ],
)
def test_a_run_of_one_coordinate_is_read_from_one_column(
    tmp_path: Path, file: str, text: str
) -> None:
    (tmp_path / file).write_text(text)
    [trajectory] = simulate(run(tmp_path, file, "objective: x**2\n")).values()
    np.testing.assert_array_equal(trajectory.points[:, 0, 0], [3, 2.5])


@pytest.mark.parametrize("missing", ["", "NA", "NaN", "nan", "#N/A", "null", "N/A"])
@pytest.mark.parametrize("cells", ["{0},{0}", "1.5,{0}", "{0},2"])
def test_a_run_that_left_has_no_more_numbers(tmp_path: Path, missing: str, cells: str) -> None:
    left = cells.format(missing)
    (tmp_path / "run.csv").write_text(f"x,y\n3,1\n2,0.5\n{left}\n{left}\n")
    [trajectory] = simulate(run(tmp_path, "run.csv", "")).values()
    end = trajectory.diverged_at if len(trajectory.points) > 2 else (2,)  # empty rows are none
    assert end == (2,)
    np.testing.assert_array_equal(trajectory.points[:2, 0], [[3, 1], [2, 0.5]])


def test_null_in_json_is_no_number(tmp_path: Path) -> None:
    for text in (
        "[[3, 1], [2, 0.5], [null, null], [null, 2]]",
        '{"x": {"0": 3, "1": 2, "2": null}, "y": {"0": 1, "1": 0.5, "2": null}}',
    ):
        (tmp_path / "run.json").write_text(text)
        [trajectory] = simulate(run(tmp_path, "run.json", "")).values()
        assert trajectory.diverged_at == (2,)


def test_gradients_of_a_table_are_called_after_their_coordinates(tmp_path: Path) -> None:
    text = "step,grad_y,x,y,grad_x,loss\n0,2,3,1,6,10\n1,1,2,0.5,4,4.25\n"
    (tmp_path / "run.csv").write_text(text)
    [trajectory] = simulate(run(tmp_path, "run.csv", "")).values()
    np.testing.assert_array_equal(trajectory.points[:, 0], [[3, 1], [2, 0.5]])
    np.testing.assert_array_equal(trajectory.gradients[:, 0], [[6, 2], [4, 1]])
    np.testing.assert_array_equal(trajectory.values[:, 0], [10, 4.25])


@pytest.mark.parametrize("file", ["run.npz", "run.json"])
@pytest.mark.parametrize("prefix", ["", "adam/"])
def test_arrays_of_columns_are_one_run(tmp_path: Path, file: str, prefix: str) -> None:
    columns = {"step": np.arange(4), "x": POINTS[:, 0], "y": POINTS[:, 1], "loss": VALUES}
    for names in (("x", "y"), ("x", "y", "loss"), ("step", "x", "y"), tuple(columns)):
        arrays = {f"{prefix}{name}": columns[name] for name in names}
        write(
            tmp_path / file, arrays if "npz" in file else {k: in_json(v) for k, v in arrays.items()}
        )
        scene = run(tmp_path, file, "")
        [(label, trajectory)] = simulate(scene).items()
        assert label == (prefix.strip("/") or "run")
        assert scene.objective.variables == ("x", "y")
        np.testing.assert_array_equal(trajectory.points[:, 0], POINTS)
        if "loss" in names:
            np.testing.assert_array_equal(trajectory.values[:, 0], VALUES)


def test_arrays_with_the_names_of_runs_are_runs(tmp_path: Path) -> None:
    np.savez(tmp_path / "run.npz", adam=VALUES, sgd=2 * VALUES, step=np.arange(4))
    assert [*simulate(run(tmp_path, "run.npz", "objective: x**2\n"))] == ["adam", "sgd"]


def test_records_of_several_runs_are_read(tmp_path: Path) -> None:
    records = [{"x": x, "y": y, "f": f} for (x, y), f in zip(POINTS.tolist(), VALUES, strict=True)]
    write_json(tmp_path / "run.json", {"adam": records, "sgd": {"points": records[:2]}})
    scene = run(tmp_path, "run.json", "")
    history = simulate(scene)
    assert [*history] == ["adam", "sgd"]
    assert scene.objective.variables == ("x", "y")
    np.testing.assert_array_equal(history["adam"].values[:, 0], VALUES)
    np.testing.assert_array_equal(history["sgd"].points[:, 0], POINTS[:2])


def test_an_array_that_does_not_lie_on_its_side_can_say_so(tmp_path: Path) -> None:
    np.save(tmp_path / "run.npy", np.ones((2, 1, 46)))
    assert run(tmp_path, "run.npy", "").steps == 1
    names = ",".join(f"w{number}" for number in range(46))
    write_csv(tmp_path / "run.csv", np.ones((2, 46)), names)
    assert run(tmp_path, "run.csv", "").steps == 1


def test_an_array_on_its_side_is_told_where_the_objective_shows_it(tmp_path: Path) -> None:
    np.save(tmp_path / "run.npy", POINTS.T)
    mistake = refused(tmp_path, f"trajectories: {{file: run.npy}}\n{BOWL}")
    assert mistake.message == (
        "run has 4 coordinates; the objective has 2 coordinates (x, y); transposed?"
    )


def test_the_suffix_may_be_in_capitals(tmp_path: Path) -> None:
    write_csv(tmp_path / "RUN.CSV", POINTS)
    assert [*simulate(run(tmp_path, "RUN.CSV"))] == ["RUN"]


def test_paths_are_seen_from_the_scenes_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, factor in ((tmp_path / "scenes", 1), (tmp_path / "elsewhere", 10)):
        (folder / "runs").mkdir(parents=True)
        np.save(folder / "runs" / "run.npy", factor * POINTS)
    np.save(tmp_path / "beside.npy", 2 * POINTS)
    monkeypatch.chdir(tmp_path / "elsewhere")
    scene = tmp_path / "scenes" / "scene.yaml"
    for file, expected in (
        ("runs/run.npy", POINTS),
        ("../beside.npy", 2 * POINTS),
        (tmp_path / "elsewhere" / "runs" / "run.npy", 10 * POINTS),
    ):
        scene.write_text(f"trajectories: {{file: {file}}}\n{BOWL}", "utf-8")
        [trajectory] = simulate(read_scene(scene, allow_outside=True)).values()
        np.testing.assert_array_equal(trajectory.points[:, 0], expected)


def test_a_scene_made_in_python_sees_paths_from_where_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("run.npy", POINTS)
    scene = Scene.model_validate({"trajectories": {"file": "run.npy"}})
    assert [*simulate(scene)] == ["run"]


# Values and gradients


def save_parts(path: Path, points: Array, **parts: Array) -> None:
    if path.suffix == ".npz":
        np.savez(path, allow_pickle=False, points=points, **parts)
    else:
        write_json(path, {"points": in_json(points)} | {k: in_json(v) for k, v in parts.items()})


@pytest.mark.parametrize("file", ["run.npz", "run.json"])
@pytest.mark.parametrize("name", ["values", "value", "losses", "loss"])
def test_recorded_values_are_kept_whatever_they_are_called(
    tmp_path: Path, file: str, name: str
) -> None:
    save_parts(tmp_path / file, POINTS, **{name: VALUES})
    for more in ("", BOWL):
        [trajectory] = simulate(run(tmp_path, file, more)).values()
        np.testing.assert_array_equal(trajectory.values[:, 0], VALUES)


@pytest.mark.parametrize("header", ["step,loss,x,y", "Step,Value,x,y", "step,values,x,y"])
def test_a_column_of_a_table_may_be_the_value(tmp_path: Path, header: str) -> None:
    write_csv(tmp_path / "run.csv", np.column_stack([np.arange(4), VALUES, POINTS]), header)
    scene = run(tmp_path, "run.csv", "")
    [trajectory] = simulate(scene).values()
    np.testing.assert_array_equal(trajectory.points[:, 0], POINTS)
    np.testing.assert_array_equal(trajectory.values[:, 0], VALUES)
    assert scene.objective.variables == ("x", "y")


def test_values_may_stand_between_the_coordinates(tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_text("x,loss,y,step\n3,9,1,0\n2,4,0.5,1\n")
    [trajectory] = simulate(run(tmp_path, "run.csv", "")).values()
    np.testing.assert_array_equal(trajectory.points[:, 0], [[3, 1], [2, 0.5]])
    np.testing.assert_array_equal(trajectory.values[:, 0], [9, 4])


def test_values_and_gradients_that_are_not_recorded_come_from_the_objective(
    tmp_path: Path,
) -> None:
    np.save(tmp_path / "run.npy", POINTS)
    [trajectory] = simulate(run(tmp_path, "run.npy")).values()
    np.testing.assert_allclose(trajectory.values[:, 0], np.sum(POINTS**2, axis=1), rtol=1e-15)
    np.testing.assert_allclose(trajectory.gradients[:, 0], 2 * POINTS, rtol=1e-15)


def test_without_an_objective_they_are_unknown(tmp_path: Path) -> None:
    np.save(tmp_path / "run.npy", POINTS)
    scene = run(tmp_path, "run.npy", "")
    [trajectory] = simulate(scene).values()
    assert isinstance(scene.objective, Unknown)
    assert np.isnan(trajectory.values).all()
    assert np.isnan(trajectory.gradients).all()
    assert trajectory.diverged_at == (None,)
    assert trajectory.converged_at(1.0) == (None,)
    assert trajectory.path_length > 0


@pytest.mark.parametrize("file", ["run.npz", "run.json"])
def test_recorded_gradients_are_kept(tmp_path: Path, file: str) -> None:
    save_parts(tmp_path / file, POINTS, gradients=7 * POINTS)
    [trajectory] = simulate(run(tmp_path, file)).values()
    np.testing.assert_array_equal(trajectory.gradients[:, 0], 7 * POINTS)
    np.testing.assert_allclose(trajectory.values[:, 0], np.sum(POINTS**2, axis=1))


def test_values_of_several_starts_have_a_column_each(tmp_path: Path) -> None:
    points = np.stack([POINTS, 2 * POINTS], axis=1)
    values = np.stack([VALUES, 2 * VALUES], axis=1)
    np.savez(tmp_path / "run.npz", points=points, values=values)
    [trajectory] = simulate(run(tmp_path, "run.npz", "")).values()
    np.testing.assert_array_equal(trajectory.values, values)


def test_a_values_panel_shows_the_runs_that_have_values(tmp_path: Path) -> None:
    np.savez(tmp_path / "one.npz", points=POINTS, loss=VALUES)
    np.save(tmp_path / "other.npy", 2 * POINTS)
    text = "trajectories: [{file: one.npz}, {file: other.npy}]\npanels: [values]\n" + SMALL
    film = a_film(played(tmp_path, text))
    film.draw(film.frames - 1)
    [axes] = film.figure.axes
    [trail] = [line for line in axes.lines if len(np.asarray(line.get_ydata())) == len(VALUES)]
    np.testing.assert_array_equal(trail.get_ydata(), VALUES)


# Our own files


def save_own(folder: Path, more: str = "", *, state: bool | None = None) -> History:
    """Write own.npz, of a scene with two runs, and return its history."""
    text = (
        f"objective: x**2/20 + y**2\nstart: [-7, 2]\nsteps: 6\n{more}\n"
        "optimizers: [{name: sgd, learning_rate: 0.9, momentum: 0.5}, "
        "{name: adam, learning_rate: 0.5}]\n"
    )
    history = simulate(played(folder, text), state=state)
    history.save(folder / "own.npz")
    return history


def test_a_recording_of_our_own_is_the_history_again(tmp_path: Path) -> None:
    history = save_own(tmp_path, "noise: {standard_deviation: 0.3}")
    again = simulate(run(tmp_path, "own.npz", "objective: x**2/20 + y**2\n"))
    assert [*again] == ["sgd", "adam"]
    for label, trajectory in history.items():
        np.testing.assert_array_equal(again[label].points, trajectory.points)
        np.testing.assert_array_equal(again[label].values, trajectory.values)
        np.testing.assert_array_equal(again[label].gradients, trajectory.gradients)


def test_what_the_optimizers_remembered_is_played_too(tmp_path: Path) -> None:
    history = save_own(tmp_path, state=True)
    more = "panels: [{kind: state, array: velocity}, state]\n" + SMALL
    scene = run(tmp_path, "own.npz", more)
    again = simulate(scene)
    assert {*again["sgd"].states} == {"velocity", "effective_learning_rate"}
    assert {*again["adam"].states} == {"effective_learning_rate"}  # what the panels show
    assert {*simulate(scene, state=True)["adam"].states} == {*history["adam"].states}
    for label, trajectory in again.items():
        for name, array in trajectory.states.items():
            np.testing.assert_array_equal(array, history[label].states[name])
    assert compose(scene, again).picture(6).shape == (100, 160, 3)
    assert all(not trajectory.states for trajectory in simulate(scene, state=False).values())


def test_a_memory_that_was_not_recorded_is_told_with_a_suggestion(tmp_path: Path) -> None:
    save_own(tmp_path, state=True)
    text = "trajectories: {file: own.npz}\npanels: [{kind: state, array: velocty}]\n"
    mistake = refused(tmp_path, text)
    assert mistake.setting == "panels[0].array"
    assert mistake.message == "no run here keeps 'velocty'; did you mean 'velocity'?"
    assert marked(mistake) == "velocty"


SAME = {
    "a bowl": "objective: x**2/20 + y**2\nstart: [-7, 2]\n",
    "a curve": "objective: x - x**3\nstart: -0.9\n",
    "several starts": "objective: x**2 + y**2\nstart: [[1, 2], [-3, 1], [2, -2]]\n",
    "many starts": "objective: himmelblau\nstart: {grid: [5, 5]}\n",
    "many variables": "objective: x**2 + 2*y**2 + z**4\nstart: [1, 2, 3]\npanels: [contour]\n",
    "all panels": (
        "objective: x**2/20 + y**2\nstart: [-7, 2]\n"
        "panels: [contour, values, state, {kind: state, array: mean}]\n"
    ),
    "divergence": "objective: exp(x**2) + y**4\nstart: [2, 3]\n",
}


@pytest.mark.parametrize("name", SAME)
def test_a_recording_of_our_own_makes_the_same_pictures(tmp_path: Path, name: str) -> None:
    settings = SAME[name] + SMALL
    optimizers = (
        "steps: 9\noptimizers: [{name: sgd, learning_rate: 0.4}, {name: adam, learning_rate: 0.2}]"
    )
    original = played(tmp_path, settings + optimizers)
    simulate(original, state=True).save(tmp_path / "own.npz")
    start = next(line for line in SAME[name].splitlines() if line.startswith("start"))
    recording = run(tmp_path, "own.npz", settings.replace(start, ""))
    one, other = a_film(original), a_film(recording)
    assert one.frames == other.frames
    for frame in (0, one.frames // 2, one.frames - 1):
        np.testing.assert_array_equal(one.picture(frame), other.picture(frame))


# Divergence


@pytest.mark.parametrize("lost", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("kind", TABLES)
def test_a_point_that_is_no_number_is_a_divergence(tmp_path: Path, kind: str, lost: float) -> None:
    points = POINTS.copy()
    points[2:, 1] = lost
    file, write = TABLES[kind]
    write(tmp_path / file, points)
    scene = run(tmp_path, file, BOWL + SMALL)
    history = simulate(scene)
    [(label, trajectory)] = history.items()
    assert trajectory.diverged_at == (2,)
    np.testing.assert_array_equal(trajectory.points[:3, 0], points[:3])
    assert np.isnan(trajectory.points[3]).all()
    assert np.isnan(trajectory.values[3]).all()
    words = f"{label} {'became NaN' if np.isnan(lost) else 'grew beyond all bounds'} at step 2"
    assert history.divergences() == [words]
    if kind == next(iter(TABLES)):
        film = compose(scene, history)
        film.draw(film.frames - 1)
        assert words in [text.get_text() for text in film.figure.texts]


@pytest.mark.parametrize("lost", [np.nan, np.inf])
def test_a_value_that_is_no_number_is_a_divergence(tmp_path: Path, lost: float) -> None:
    values = VALUES.copy()
    values[1] = lost
    np.savez(tmp_path / "run.npz", points=POINTS, values=values, gradients=POINTS)
    [trajectory] = simulate(run(tmp_path, "run.npz", "")).values()
    assert trajectory.diverged_at == (1,)
    for array in (trajectory.points, trajectory.values, trajectory.gradients):
        assert np.isnan(array[2:]).all()
        assert not np.isnan(array[0]).any()


def test_each_start_diverges_for_itself(tmp_path: Path) -> None:
    points = np.stack([POINTS, 2 * POINTS], axis=1)
    points[1, 1] = np.nan
    np.save(tmp_path / "run.npy", points)
    history = simulate(run(tmp_path, "run.npy"))
    assert history["run"].diverged_at == (None, 1)
    np.testing.assert_array_equal(history["run"].points[:, 0], POINTS)
    assert history.divergences() == ["run: 1 of 2 starts became NaN at step 1"]


def test_a_run_that_leaves_beyond_all_pixels_is_drawn(tmp_path: Path) -> None:
    np.save(tmp_path / "run.npy", np.array([[1, 2], [1e150, 2e150], [1e200, -1e308]]))
    for more in ("", BOWL, BOWL + "panels: [contour, values]\n"):
        assert a_film(run(tmp_path, "run.npy", more + SMALL)).picture(2).shape == (100, 160, 3)


# Several runs


def test_the_scene_goes_on_until_the_longest_run_ends(tmp_path: Path) -> None:
    np.savez(tmp_path / "run.npz", long=POINTS, short=POINTS[:2] + 1, point=POINTS[:1] + 2)
    scene = run(tmp_path, "run.npz", BOWL + SMALL)
    history = simulate(scene)
    assert scene.steps == 3
    assert {label: it.steps for label, it in history.items()} == {"long": 3, "short": 1, "point": 0}
    film = compose(scene, history)
    film.draw(film.frames - 1)
    heads = {
        line.get_color(): (
            float(np.ravel(line.get_xdata())[0]),
            float(np.ravel(line.get_ydata())[0]),
        )
        for line in film.figure.axes[0].lines
        if line.get_zorder() >= 12
    }
    ends = [POINTS[-1], POINTS[1] + 1, POINTS[0] + 2]
    assert heads == {
        color: tuple(end) for color, end in zip(THEMES["light"].series, ends, strict=False)
    }


def test_runs_may_differ_in_their_starts(tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", POINTS)
    np.save(tmp_path / "three.npy", np.stack([POINTS, 2 * POINTS, 3 * POINTS], axis=1))
    text = f"trajectories: [{{file: one.npy}}, {{file: three.npy}}]\n{BOWL}{SMALL}"
    scene = played(tmp_path, text)
    history = simulate(scene)
    assert [run.points.shape[1] for run in history.values()] == [1, 3]
    assert compose(scene, history).picture(3).shape == (100, 160, 3)


def test_runs_are_called_as_in_their_file_or_as_the_file(tmp_path: Path) -> None:
    np.save(tmp_path / "lonely run.npy", POINTS)
    np.savez(
        tmp_path / "two.npz",
        allow_pickle=False,
        **{"adam/points": POINTS, "adam/loss": VALUES, "sgd": POINTS},
    )
    write_json(tmp_path / "one.json", {"lion": in_json(POINTS)})
    text = "trajectories: [{file: lonely run.npy}, {file: two.npz}, {file: one.json, label: cat}]"
    scene = played(tmp_path, text)
    assert [*simulate(scene)] == ["lonely run", "adam", "sgd", "cat"]
    assert [run.label for run in scene.runs] == ["lonely run", "adam", "sgd", "cat"]


def test_a_run_has_its_own_colour_or_the_themes_next(tmp_path: Path) -> None:
    np.save(tmp_path / "run.npy", POINTS)
    text = (
        "trajectories: [{file: run.npy}, {file: run.npy, label: red, color: red}, "
        f"{{file: run.npy, label: other}}]\n{BOWL}"
        "legend: top\nframes: {size: [400, 240]}\n"
    )
    film = a_film(played(tmp_path, text))
    [legend] = film.figure.legends
    named = {
        text.get_text(): handle.get_color()  # type: ignore[union-attr]  # they are lines
        for text, handle in zip(legend.get_texts(), legend.legend_handles, strict=True)
    }
    series = THEMES["light"].series
    assert {label: named[label] for label in ("run", "red", "other")} == {
        "run": series[0],
        "red": "red",
        "other": series[1],
    }


@pytest.mark.parametrize(
    ("more", "title"),
    [(BOWL, "run on x² + y²"), ("", "run"), ("title: Mine\n", "Mine")],
)
def test_the_title_says_what_is_known(tmp_path: Path, more: str, title: str) -> None:
    np.save(tmp_path / "run.npy", POINTS)
    film = a_film(run(tmp_path, "run.npy", more + SMALL))
    assert title in [text.get_text() for text in film.figure.texts]


def test_many_runs_are_counted_in_the_title(tmp_path: Path) -> None:
    np.savez(tmp_path / "run.npz", allow_pickle=False, **{f"r{i}": POINTS + i for i in range(4)})
    film = a_film(run(tmp_path, "run.npz", SMALL))
    assert "4 recorded runs" in [text.get_text() for text in film.figure.texts]


@pytest.mark.parametrize(
    ("header", "dimension", "variables"),
    [
        ("", 2, ("x", "y")),
        ("", 3, ("x1", "x2", "x3")),
        ("w,b", 2, ("w", "b")),
        ("step,a,loss,b,c", 3, ("a", "b", "c")),
    ],
)
def test_columns_name_the_axes_of_what_has_no_objective(
    tmp_path: Path, header: str, dimension: int, variables: tuple[str, ...]
) -> None:
    columns = len(header.split(",")) if header else dimension
    numbers = np.arange(3.0)[:, np.newaxis] + np.arange(columns) + (0 if header else 0.5)
    write_csv(tmp_path / "run.csv", numbers, header)
    scene = run(tmp_path, "run.csv", SMALL)
    assert scene.objective.variables == variables
    if dimension == 2:
        [axes] = a_film(scene).figure.axes
        assert (axes.get_xlabel(), axes.get_ylabel()) == variables


def test_columns_with_other_names_than_the_variables_are_taken_in_their_order(
    tmp_path: Path,
) -> None:
    write_csv(tmp_path / "run.csv", POINTS, "weight,bias")
    [trajectory] = simulate(run(tmp_path, "run.csv", "objective: x + 10*y\n")).values()
    np.testing.assert_allclose(trajectory.values[:, 0], POINTS @ [1, 10])


# Fingerprints


def test_a_fingerprint_is_of_the_numbers_and_not_of_the_bytes(tmp_path: Path) -> None:
    np.savez(tmp_path / "run.npz", points=POINTS)
    before = fingerprint(run(tmp_path, "run.npz"))
    assert fingerprint(run(tmp_path, "run.npz")) == before
    np.savez_compressed(tmp_path / "run.npz", points=POINTS)
    assert fingerprint(run(tmp_path, "run.npz")) == before


@pytest.mark.parametrize("part", ["points", "values", "gradients"])
def test_a_fingerprint_changes_with_the_recorded_numbers(tmp_path: Path, part: str) -> None:
    parts = {"points": POINTS, "values": VALUES, "gradients": POINTS}
    np.savez(tmp_path / "run.npz", allow_pickle=False, **parts)
    before = fingerprint(run(tmp_path, "run.npz"))
    changed = parts[part].copy()
    changed.flat[-1] = np.nextafter(changed.flat[-1], np.inf)
    np.savez(tmp_path / "run.npz", allow_pickle=False, **parts | {part: changed})
    assert fingerprint(run(tmp_path, "run.npz")) != before


def test_a_fingerprint_changes_with_the_recorded_memory(tmp_path: Path) -> None:
    save_own(tmp_path, state=True)
    before = fingerprint(run(tmp_path, "own.npz", "panels: [state]\n"))
    with np.load(tmp_path / "own.npz") as saved:
        parts = {name: saved[name] for name in saved.files}
    parts["sgd/state/effective_learning_rate"] = 3 * parts["sgd/state/effective_learning_rate"]
    np.savez(tmp_path / "own.npz", allow_pickle=False, **parts)
    assert fingerprint(run(tmp_path, "own.npz", "panels: [state]\n")) != before


def test_a_fingerprint_changes_with_the_shape(tmp_path: Path) -> None:
    long = np.arange(18.0).reshape(9, 2)
    points = np.arange(8.0).reshape(4, 1, 2)
    np.savez(tmp_path / "run.npz", long=long, run=points)
    before = fingerprint(run(tmp_path, "run.npz", ""))
    np.savez(tmp_path / "run.npz", long=long, run=points.reshape(2, 2, 2))
    assert fingerprint(run(tmp_path, "run.npz", "")) != before


def test_a_scene_with_recordings_can_be_written_as_json_and_pickled(tmp_path: Path) -> None:
    np.savez(tmp_path / "run.npz", points=POINTS, values=VALUES)
    scene = run(tmp_path, "run.npz")
    [canonical] = scene.canonical()["trajectories"]
    assert canonical["label"] == "run"
    assert canonical["file"] == str(tmp_path / "run.npz")
    assert scene.portable()["trajectories"][0]["file"] == "run.npz"
    assert "trajectory" not in canonical
    again = pickle.loads(pickle.dumps(scene))  # noqa: S301  # our own
    assert fingerprint(again) == fingerprint(scene)
    np.testing.assert_array_equal(simulate(again)["run"].points, simulate(scene)["run"].points)


def test_a_played_history_can_be_saved_and_played_again(tmp_path: Path) -> None:
    np.savez(tmp_path / "run.npz", a=POINTS, b=2 * POINTS)
    first = simulate(run(tmp_path, "run.npz"))
    first.save(tmp_path / "again.npz")
    again = simulate(run(tmp_path, "again.npz"))
    assert not again.compare(first)
    loaded = History.load(tmp_path / "again.npz").metadata
    assert {name: loaded[name] for name in first.metadata} == first.metadata


# Mistakes


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("missing.npy", "missing.npy: no such file or directory"),
        ("nowhere/missing.csv", "nowhere/missing.csv: no such file or directory"),
        ("folder.npy", "folder.npy: not a file"),
        ("folder.npz", "folder.npz: not a file"),
        ("folder.csv", "folder.csv: not a file"),
        ("folder.json", "folder.json: not a file"),
        ("notes.md", "from .npy, .npz, .json and .csv, .tsv, .txt, .dat, not from .md"),
        ("run.npy.gz", ".txt, .dat, not from .gz"),
        ("noend", ".txt, .dat, not from what has no suffix"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_where_it_is_named(
    tmp_path: Path, file: str, words: str
) -> None:
    for kind in ("npy", "npz", "csv", "json"):
        (tmp_path / f"folder.{kind}").mkdir()
    mistake = refused(tmp_path, f"{BOWL}trajectories:\n  - {{file: {file}}}\n")
    assert (mistake.line, mistake.setting) == (3, "trajectories[0].file")
    assert marked(mistake) == file
    assert mistake.message.endswith(words)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a file's permissions")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    np.save(tmp_path / "run.npy", POINTS)
    (tmp_path / "run.npy").chmod(0)
    mistake = refused(tmp_path, "trajectories: {file: run.npy}\n")
    assert mistake.message.endswith("permission denied")


WRONG: dict[str, tuple[str, Any, str]] = {
    "one number": ("run.npy", np.array(1.0), "points of shape ()"),
    "four axes": ("run.npy", np.zeros((2, 2, 2, 2)), "points of shape (2, 2, 2, 2)"),
    "no rows": ("run.npy", np.zeros((0, 2)), "points of shape"),
    "no columns": ("run.npy", np.zeros((3, 0)), "points of shape"),
    "text": ("run.npy", np.array(["a"]), "points are no real numbers but <U1"),
    "complex": ("run.npy", np.ones((2, 2)) * 1j, "points are no real numbers but complex128"),
    "truth": ("run.npy", np.ones((2, 2), bool), "points are no real numbers but bool"),
    "dates": ("run.npy", np.zeros((2, 2), "M8[s]"), "points are no real numbers but datetime64[s]"),
    "objects": ("run.npy", np.array([{}, None]), "an array of Python objects"),
    "objects in npz": ("run.npz", {"a": np.array([{}])}, "an array of Python objects"),
    "a first point of NaN": ("run.npy", np.full((3, 2), np.nan), "the first point is not finite"),
    "an infinite first point": ("run.json", [[1e999, 0]], "the first point is not finite"),
    "too few values": (
        "run.npz",
        {"points": POINTS, "values": VALUES[:3]},
        "values of shape (3,) do not fit points; (4, 1) would",
    ),
    "values like points": (
        "run.npz",
        {"points": POINTS, "values": POINTS},
        "values of shape (4, 2) do not fit points; (4, 1) would",
    ),
    "gradients that do not fit": (
        "run.json",
        {"points": in_json(POINTS), "gradients": in_json(POINTS[:2])},
        "gradients of shape (2, 2) do not fit points; (4, 1, 2) would",
    ),
    "values alone": ("run.npz", {"values": VALUES}, "values without points"),
    "values alone in a run": ("run.json", {"a": {"loss": [1, 2]}}, "values without points"),
    "text in values": (
        "run.npz",
        {"points": POINTS, "values": np.array(["a", "b", "c", "d"])},
        "values are no real numbers but <U1",
    ),
    "empty csv": ("run.csv", "", "an empty table"),
    "blank csv": ("run.csv", "\n \n,\n", "an empty table"),
    "text in csv": ("run.csv", "x,y\n1,2\n3,oops\n", "line 3, column 2: no number"),
    "a column of words": (
        "run.csv",
        "x,y,converged\n1,2,no\n3,4,yes\n",
        "line 2, column 3: no number in 'converged'; leave that column out",
    ),
    "columns of different lengths": (
        "run.json",
        {"x": [1, 2, 3], "y": [1, 2]},
        "x has 3 rows, y has 2",
    ),
    "csv of an old Windows": ("run.csv", "x,y\n1,é\n".encode("latin-1"), "save it as CSV UTF-8"),
    "every tenth step": (
        "run.csv",
        "step,x\n0,3\n10,2\n20,1\n",
        "every row is a step here: leave that column out, and they are counted",
    ),
    "text in csv without header": ("run.csv", "1,2\n3,oops\n", "line 2, column 2: no number"),
    "a gap in csv": (
        "run.csv",
        "x,y\n1,2\n3,\n5,6\n",
        "line 3, column 2: no number, and from line 4 on there are again",
    ),
    "a gap in values": (
        "run.csv",
        "step,loss,x\n0,9,3\n1,NA,2\n2,1,1\n",
        "line 3, column 2: no number, and from line 4 on there are again",
    ),
    "an empty row in csv": ("run.csv", "x,y\n1,2\n,\n3,4\n", "line 3 is empty, and line 4 is not"),
    "ragged csv": ("run.csv", "1,2\n3,4\n5\n", "line 3 has 1 column, the first has 2 columns"),
    "ragged csv below its header": ("run.csv", "x,y\n1,2\n5,6,7\n", "line 3 has 3 columns"),
    "csv wider than its header": ("run.csv", "x,y\n1,2,3\n4,5,6\n", "line 2 has 3 columns"),
    "csv in no UTF-8": ("run.csv", b"x,y\n1,\xff\n", "no text in UTF-8"),
    "csv in half of UTF-16": ("run.csv", "x\n1".encode("utf-16")[:-1], "no text in UTF-8"),
    "two decimal signs": (
        "run.csv",
        "x;y\n1,5;2\n2.5;3\n",
        "numbers have a comma in line 2 and a point in line 3",
    ),
    "decimal commas": ("run.csv", "0,5\n0,4\n0,25\n", "is the comma a decimal sign? Then write a "),
    "negative decimal commas": ("run.csv", "-10,5\n3,75\n", "is the comma a decimal sign?"),
    "decimal commas and needless 0": ("run.csv", "1,05\n1,04\n", "is the comma a decimal sign?"),
    "a number as Python alone writes it": (
        "run.csv",
        "x,y\n1_0,2\n",
        "line 2, column 1: no number",
    ),
    "such a number behind spaces": ("run.txt", "1 2\n3 1_0\n", "line 2, column 2: no number"),
    "a number among names": ("run.csv", "x,2.5\n3,4\n", "line 1, column 2: a number among names"),
    "a column without a name": ("run.csv", "x,,y\n3,4,5\n", "column 2 has no name"),
    "a first column without a name": (
        "run.csv",
        ",x,y\n7,3,1\n5,2,1\n",
        "column 1 has no name, and does not count the rows",
    ),
    "steps that no name says": (
        "run.csv",
        "0,3.0,1.0\n1,2.0,0.5\n2,1.0,0.25\n",
        "the first column counts the rows: is it the step?",
    ),
    "a point or names": ("run.csv", "0,1\n0.5,0.75\n", "is line 1 a point, or are 0, 1 names?"),
    "one number or a name": ("run.csv", "0\n0.5\n0.75\n", "is line 1 a point, or are 0 names?"),
    "two columns of one name": ("run.csv", "x,y,x\n1,2,3\n", "2 columns are called 'x'"),
    "two columns of values": (
        "run.csv",
        "x,loss,value\n1,2,3\n",
        "'loss' and 'value' are both values; leave one out",
    ),
    "f among letters": ("run.csv", "a,b,c,d,e,f\n1,2,3,4,5,6\n", "is 'f' a value or a coordinate?"),
    "a rate": ("run.csv", "x,y,lr\n1,2,0.1\n", "'lr' is no coordinate; leave that column out"),
    "what Keras logs": (
        "run.csv",
        "epoch,loss,val_loss\n0,1,2\n1,1,2\n",
        "'val_loss' is no coordinate; leave that column out, or call it loss",
    ),
    "k": ("run.csv", "k,x\n0,3\n1,2\n2,1\n", "does 'k' count the rows? Then call it step; if it"),
    "steps in another language": (
        "run.csv",
        "Schritt;x;y;Verlust\n0;-7,0;2,0;6,45\n1;-6,5;1,5;5,1\n2;-6,1;1,2;4,2\n",
        "does 'Schritt' count the rows? Then call it step; if it is a coordinate, the scene's "
        "objective names it: {variables: [Schritt, ...]}",
    ),
    "steps of records": (
        "run.json",
        [{"trial": i, "x": 3 - i, "y": 1} for i in range(3)],
        "does 'trial' count the rows?",
    ),
    "times": ("run.csv", "t,x,y\n0.0,3,1\n0.1,2,1\n0.2,1,1\n", "does 't' count the rows?"),
    "a gradient's norm": (
        "run.csv",
        "x,y,grad_norm\n1,2,3\n",
        "'grad_norm' is the gradient along no",
    ),
    "one gradient of two": ("run.csv", "x,y,grad_x\n1,2,3\n", "the gradient along 'y' is missing"),
    "steps alone": ("run.csv", "step\n0\n1\n", "without points"),
    "an index and a loss": ("run.csv", ",loss\n0,3\n1,2\n", "values without points"),
    "steps that leave some out": (
        "run.csv",
        ",step,x\n0,0,3\n1,100,2\n",
        "line 3: the steps do not go up by 1 ('step'); every row is a step here",
    ),
    "epochs that leave some out": ("run.csv", ",epoch,x\n0,0,3\n1,10,2\n", "('epoch')"),
    "batches of epochs": (
        "run.csv",
        "epoch,x\n0,3\n0,2\n1,1\n",
        "line 3: the steps do not go up by 1",
    ),
    "TensorBoard's csv": (
        "run.csv",
        "Wall time,Step,Value\n1732000000.123,0,2.5\n1732000001.5,10,1.25\n",
        "these are TensorBoard's scalars: wall time, step and value, without points",
    ),
    "TensorBoard's json": (
        "run.json",
        [[1732000000.123, 0, 2.5], [1732000001.5, 10, 1.25]],
        "these are TensorBoard's scalars",
    ),
    "an array on its side": (
        "run.npy",
        np.ones((2, 46)),
        "points of shape (2, 46) are 1 step in 46 coordinates; transposed? If not, name the "
        "columns, or write the shape (2, 1, 46)",
    ),
    "a table on its side": ("run.csv", ",".join("123456789012") + "\n", "transposed?"),
    "one run by two names": (
        "run.npz",
        {"a": POINTS, "a/points": POINTS},
        "two arrays are both the points of 'a'",
    ),
    "values by two names": (
        "run.json",
        {"a": {"points": in_json(POINTS), "loss": [1, 2], "value": [1, 2]}},
        "two arrays are both the values of 'a'",
    ),
    "one name twice in json": ("run.json", '{"a": [[1, 2]], "a": [[3, 4]]}', "a name stands twice"),
    "semicolons at the ends": ("run.csv", "1,2;\n3,4;\n", "line 1, column 1: a number"),
    "prose": ("run.txt", "This is no table at all.\nReally not.\n", "line 2 has 2 columns"),
    "empty json": ("run.json", "", "these are no "),
    "half a json": ("run.json", "[[1, 2], [3", "these are no "),
    "a number in json": ("run.json", 5, "a list of points is needed, not int"),
    "columns that are a number": (
        "run.json",
        {"columns": 5, "data": [[1, 2]]},
        "the columns of a table are a list of names",
    ),
    "columns that are a text": (
        "run.json",
        {"columns": "xy", "data": [[1, 2]]},
        "the columns of a table are a list of names",
    ),
    "text in json": ("run.json", [["a", 2]], "text in row 0, column 0, not a number"),
    "mixed json": ("run.json", [[1, 2], [3, "a"]], "text in row 1, column 1, not a number"),
    "records that differ": (
        "run.json",
        [{"x": 1, "y": 2}, {"x": 1, "z": 2}],
        "row 1 has other names than row 0",
    ),
    "a gap in json": (
        "run.json",
        [[1, 2], [None, 2], [3, 4]],
        "row 1, column 0: no number, and from row 2 on there are again",
    ),
    "a number in a json mapping": ("run.json", {"a": 5}, "a list of points is needed, not int"),
    "ragged json": ("run.json", [[1, 2], [3]], "row 1 has 1 number, row 0 has 2"),
    "no points in json": ("run.json", [], "points of shape"),
    "deep json": ("run.json", "[" * 100_000, "recursion"),
    "deeper json": ("run.json", '{"a":' * 100_000, "recursion"),
    "empty npy": ("run.npy", b"", "these are no "),
    "empty npz": ("run.npz", b"", "these are no "),
    "npz that is a table": ("run.npz", "1,2\n", "these are no "),
    "npy that is a pickle": ("run.npy", pickle.dumps([1, 2]), "these are no "),
    "npz that is a pickle": ("run.npz", pickle.dumps([1, 2]), "these are no "),
}


def write(path: Path, content: Any) -> None:
    match content:
        case bytes():
            path.write_bytes(content)
        case str():
            path.write_text(content)
        case np.ndarray():
            np.save(path, content)
        case dict() if path.suffix == ".npz":
            np.savez(path, allow_pickle=True, **content)
        case _:
            write_json(path, content)


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_in_a_file_is_told_where_it_is_named(tmp_path: Path, name: str) -> None:
    file, content, words = WRONG[name]
    write(tmp_path / file, content)
    for list_or_mapping, setting in (("[{file: %s}]", "[0]"), ("{file: %s}", "")):
        text = f"title: T\ntrajectories: {list_or_mapping % file}\n{BOWL}"
        mistake = refused(tmp_path, text)
        assert mistake.setting == f"trajectories{setting}.file"
        assert mistake.line == 2
        assert marked(mistake) == file
        assert re.search(f"{file}: these are no (recorded points|saved arrays)", mistake.message)
        assert words in mistake.message


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("run.npz", {}),
        ("run.json", {}),
        ("run.json", {"a": {}}),
        ("run.json", {"labels": [1]}),
    ],
)
def test_a_file_without_any_run_is_told(tmp_path: Path, file: str, content: Any) -> None:
    write(tmp_path / file, content)
    mistake = refused(tmp_path, f"trajectories: {{file: {file}}}\n{BOWL}")
    assert mistake.setting == "trajectories.file"


def test_a_table_of_a_header_alone_is_told_as_one(tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_text("x,y\n")
    mistake = refused(tmp_path, "trajectories: {file: run.csv}\n")
    assert mistake.setting == "trajectories.file"
    assert "indices" not in mistake.message  # that would be NumPy's word for it


def test_all_mistakes_are_told_together(tmp_path: Path) -> None:
    np.save(tmp_path / "run.npy", POINTS)
    text = """\
trajectories:
  - {file: missing.npy}
  - {file: run.npy, colour: red}
  - {label: nobody}
  - {file: run.npy, color: reed}
  - run.npy
objective: sin(
theme: drak
"""
    with pytest.raises(SceneError) as caught:
        played(tmp_path, text)
    found = [(it.line, it.setting) for it in caught.value.mistakes]
    assert found == [
        (2, "trajectories[0].file"),
        (3, "trajectories[1].colour"),
        (4, "trajectories[2].file"),
        (5, "trajectories[3].color"),
        (6, "trajectories[4]"),
        (7, "objective"),
        (8, "theme"),
    ]


@pytest.mark.parametrize(
    ("trajectories", "setting", "message"),
    [
        ("run.npy", "trajectories", "must be a mapping with the file, or a list of them"),
        ("5", "trajectories", "must be a mapping with the file, or a list of them"),
        ("[]", "trajectories", "must be a mapping with the file, or a list of them"),
        ("{}", "trajectories.file", "is missing"),
        ("[run.npy]", "trajectories[0]", "must be a mapping of settings (got 'run.npy')"),
        ("{file: 5}", "trajectories.file", "must be text (got 5)"),
        ("{file: ''}", "trajectories.file", "must not be empty (got '')"),
        ("{file: run.npy, label: a/b}", "trajectories.label", "must be plain text without '/'"),
        ("{file: run.npy, color: reed}", "trajectories.color", "did you mean 'red'?"),
        ("{file: run.npy, name: x}", "trajectories.name", "unknown setting"),
    ],
)
def test_what_is_no_recording_is_told(
    tmp_path: Path, trajectories: str, setting: str, message: str
) -> None:
    np.save(tmp_path / "run.npy", POINTS)
    mistake = refused(tmp_path, f"{BOWL}trajectories: {trajectories}\n")
    assert (mistake.line, mistake.setting) == (2, setting)
    assert message in mistake.message


def test_one_label_is_for_one_run(tmp_path: Path) -> None:
    np.savez(tmp_path / "two.npz", adam=POINTS, sgd=POINTS)
    for setting, value in (("label", "mine"), ("color", "red")):
        mistake = refused(tmp_path, f"trajectories: {{file: two.npz, {setting}: {value}}}\n")
        assert mistake.setting == f"trajectories.{setting}"
        assert marked(mistake) == value
        assert "2 runs: adam, sgd" in mistake.message


def test_two_runs_with_one_label_are_told(tmp_path: Path) -> None:
    np.save(tmp_path / "run.npy", POINTS)
    np.savez(tmp_path / "two.npz", run=POINTS, other=POINTS)
    twice = "trajectories: [{file: run.npy, label: run}, {file: two.npz, run: run, label: run}]\n"
    with pytest.raises(SceneError) as caught:
        played(tmp_path, twice)
    assert [(it.setting, it.message) for it in caught.value.mistakes] == [
        (f"trajectories[{index}].label", "two runs are called 'run'") for index in range(2)
    ]
    scene = played(tmp_path, "trajectories: [{file: run.npy}, {file: two.npz}]\n")
    assert [it.label for it in scene.runs] == ["run 1", "run 2", "other"]
    scene = played(tmp_path, "trajectories: [{file: run.npy, label: one}, {file: two.npz}]\n")
    assert [it.label for it in scene.runs] == ["one", "run", "other"]


def test_runs_of_different_dimensions_are_told(tmp_path: Path) -> None:
    np.savez(tmp_path / "two.npz", flat=POINTS, high=np.ones((3, 5)))
    mistake = refused(tmp_path, "trajectories: {file: two.npz}\n")
    assert mistake.setting == "trajectories"
    assert mistake.message == (
        "the runs differ in their number of coordinates: flat has 2, high has 5"
    )


@pytest.mark.parametrize(
    ("dimension", "objective", "words"),
    [
        (3, "x**2 + y**2", "run has 3 coordinates; the objective has 2 coordinates (x, y)"),
        (1, "x**2 + y**2", "run has 1 coordinate; the objective has 2 coordinates (x, y)"),
        (2, "x**2", "run has 2 coordinates; the objective has 1 coordinate (x)"),
        (3, "rosenbrock", "run has 3 coordinates; the objective has 2 coordinates (x, y)"),
    ],
)
def test_a_dimension_that_does_not_fit_the_objective_is_told(
    tmp_path: Path, dimension: int, objective: str, words: str
) -> None:
    np.save(tmp_path / "run.npy", np.ones((4, dimension)))
    mistake = refused(tmp_path, f"trajectories: {{file: run.npy}}\nobjective: {objective}\n")
    assert (mistake.line, mistake.setting) == (2, "objective")
    assert marked(mistake) == objective
    assert mistake.message == words


@pytest.mark.parametrize("file", ["run.csv", "run.npz"])
def test_a_column_that_counts_is_a_coordinate_where_the_objective_names_it(
    tmp_path: Path, file: str
) -> None:
    if file == "run.csv":
        write_csv(tmp_path / file, np.array([[0.0, 4], [1, 3], [2, 1]]), "weight,value")
    else:
        np.savez(tmp_path / file, weight=[0.0, 1, 2], value=[4.0, 3, 1])
    words = "does 'weight' count the rows?"
    assert words in refused(tmp_path, f"trajectories: {{file: {file}}}\n").message
    scene = run(tmp_path, file, "objective: {variables: [weight]}\npanels: [values]\n")
    assert scene.steps == 2


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("x,Verlust,y", "; Verlust is none of these: call the step and the value step and loss"),
        ("x,y,Verlust,Zeit", "; Verlust, Zeit are none of these: call the step and the value"),
        ("a,b,c", "(x, y)"),
    ],
)
def test_columns_that_are_no_coordinates_are_named(tmp_path: Path, header: str, words: str) -> None:
    write_csv(tmp_path / "run.csv", np.ones((4, header.count(",") + 1)), header)
    mistake = refused(tmp_path, f"trajectories: {{file: run.csv}}\n{BOWL}")
    assert words in mistake.message
    assert header != "a,b,c" or mistake.message.endswith(words)


def test_many_recorded_starts_are_looked_at_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.save(tmp_path / "run.npy", np.ones((2, 500, 2)))
    asked: list[tuple[int, ...]] = []
    value = Formula.value

    def counted(objective: Formula, points: Array) -> Array:
        asked.append(points.shape)
        return value(objective, points)

    monkeypatch.setattr(Formula, "value", counted)
    run(tmp_path, "run.npy")
    assert len(asked) < 10
    points = np.ones((2, 500, 2))
    points[0, 7] = -1
    np.save(tmp_path / "run.npy", points)
    mistake = refused(tmp_path, "trajectories: {file: run.npy}\nobjective: log(x) + y\n")
    assert "no finite value at the start (-1, -1)" in mistake.message


def test_a_table_on_its_side_below_its_numbered_columns_is_told(tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_text("0,1,2,3,4\n5,4,3,2,1\n9,7,5,3,1\n", "utf-8")
    mistake = refused(tmp_path, f"trajectories: {{file: run.csv}}\n{BOWL}")
    assert mistake.message.endswith("(x, y); transposed?")


def test_columns_in_another_order_than_the_variables_are_told(tmp_path: Path) -> None:
    write_csv(tmp_path / "run.csv", POINTS, "y,x")
    mistake = refused(tmp_path, f"trajectories: {{file: run.csv}}\n{BOWL}")
    assert mistake.setting == "objective"
    assert "the columns of run.csv are y, x" in mistake.message
    assert "variables x, y" in mistake.message
    ordered = "objective: {expression: x + 10*y, variables: [y, x]}\n"
    [trajectory] = simulate(run(tmp_path, "run.csv", ordered)).values()
    np.testing.assert_allclose(trajectory.values[:, 0], POINTS @ [10, 1])


def test_two_tables_in_different_orders_are_told(tmp_path: Path) -> None:
    write_csv(tmp_path / "one.csv", POINTS, "a,b")
    write_csv(tmp_path / "two.csv", POINTS, "b,a")
    mistake = refused(tmp_path, "trajectories: [{file: one.csv}, {file: two.csv}]\n")
    assert "the columns of two.csv are b, a" in mistake.message


def test_one_coordinate_without_an_objective_is_told(tmp_path: Path) -> None:
    np.save(tmp_path / "run.npy", VALUES)
    mistake = refused(tmp_path, "trajectories: {file: run.npy}\n")
    assert mistake.message.startswith(
        "the recorded runs have no values; record them, or give the objective; "
    )
    assert mistake.message.endswith("steps can be shown")


def test_one_coordinate_with_a_loss_is_shown_by_the_loss(tmp_path: Path) -> None:
    write_csv(tmp_path / "run.csv", np.array([[1.0, 4], [2, 3], [3, 1]]), "w,loss")
    scene = run(tmp_path, "run.csv", SMALL)
    assert [type(panel) for panel in scene.panels] == [Values]
    mistake = refused(tmp_path, "trajectories: {file: run.csv}\npanels: [curve]\n")
    assert "the curve of an objective that is not given" in mistake.message


def test_steps_of_a_table_that_leave_some_out_are_told(tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_text("step,x,y\n0,1,2\n100,3,4\n", "utf-8")
    assert "every row is a step" in refused(tmp_path, "trajectories: {file: run.csv}\n").message


@pytest.mark.parametrize(
    "setting",
    [
        "steps: 3",
        "start: [3, 1]",
        "seed: 1",
        "noise: {standard_deviation: 0.1}",
        "optimizers: [{name: sgd, learning_rate: 0.1}]",
    ],
)
def test_what_a_recording_brings_along_cannot_be_given_beside_it(
    tmp_path: Path, setting: str
) -> None:
    np.save(tmp_path / "run.npy", POINTS)
    name = setting.partition(":")[0]
    mistake = refused(tmp_path, f"trajectories: {{file: run.npy}}\n{BOWL}{setting}\n")
    assert mistake.setting == name
    assert mistake.message == f"give trajectories or {name}, not both"


@pytest.mark.parametrize(("panel", "setting"), [("values", "[0]"), ("{kind: values}", "[0].kind")])
def test_values_that_nobody_knows_cannot_be_shown(tmp_path: Path, panel: str, setting: str) -> None:
    np.save(tmp_path / "run.npy", POINTS)
    mistake = refused(tmp_path, f"trajectories: {{file: run.npy}}\npanels: [{panel}]\n")
    assert (mistake.line, mistake.setting) == (2, f"panels{setting}")
    assert mistake.message.startswith(
        "the recorded runs have no values; record them, or give the objective; "
    )
    assert mistake.message.endswith("steps can be shown")
    np.savez(tmp_path / "run.npz", points=POINTS, loss=VALUES)
    assert run(tmp_path, "run.npz", f"panels: [{panel}]\n").panels


# Files that want to harm


class Harm:
    """Once unpickled, it has made a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("file", ["run.npy", "run.npz"])
def test_a_pickle_is_never_run(tmp_path: Path, file: str) -> None:
    harm = np.array([Harm(tmp_path / "harmed")], dtype=object)
    contents = [pickle.dumps(harm)]
    stream = io.BytesIO()
    np.save(stream, harm, allow_pickle=True)
    contents.append(stream.getvalue())
    stream = io.BytesIO()
    np.savez(stream, points=POINTS, harm=harm)
    contents.append(stream.getvalue())
    for content in contents:
        (tmp_path / file).write_bytes(content)
        mistake = refused(tmp_path, f"trajectories: {{file: {file}}}\n")
        assert mistake.setting == "trajectories.file"
        assert not (tmp_path / "harmed").exists()
    pickle.loads(contents[0])  # noqa: S301  # it would have
    assert (tmp_path / "harmed").exists()


def test_what_unpacks_to_too_much_is_told_before_it_does(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "run.npz", points=np.zeros((100_000, 2)))
    assert len(read_recording(tmp_path / "run.npz")) == 1
    with pytest.raises(ArraysError, match="more than is left of 1 MiB"):
        read_recording(tmp_path / "run.npz", Room(2**20))


def as_npy(array: NDArray[Any]) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


LARGE: dict[str, tuple[str, bytes]] = {
    "lines of one number": ("run.csv", b"0\n" * 70_000),
    "lines of Macs": ("run.csv", b"0\r" * 70_000),
    "lines of nothing": ("run.csv", b"\n" * 70_000 + b"0"),
    "lines of comments": ("run.csv", b"#\n" * 70_000 + b"0"),
    "a line of many": ("run.csv", b"0," * 70_000),
    "spaces": ("run.txt", b" 0" * 70_000),
    "lists of nothing": ("run.json", b"[" + b"[]," * 100_000 + b"[]]"),
    "mappings of nothing": ("run.json", b"[" + b"{}," * 100_000 + b"{}]"),
    "small numbers": ("run.json", b"[" + b"0," * 20_000 + b"0]"),
    "one text": ("run.json", b'"' + b"a" * 2**20 + b'"'),
    "no table": ("run.csv", b"\0" * (2**22 + 4)),
    "narrow numbers": ("run.npy", as_npy(np.zeros(2**18, np.uint8))),
}


@pytest.mark.parametrize("name", LARGE)
def test_what_becomes_too_large_is_told_before_it_does(tmp_path: Path, name: str) -> None:
    file, content = LARGE[name]
    (tmp_path / file).write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(ArraysError, match="more than is left of 1 MiB"):
            read_recording(tmp_path / file, Room(2**20))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * 2**20


def test_a_table_of_long_numbers_takes_no_more_than_others(tmp_path: Path) -> None:
    row = f"{1 / 3:.60f},{1 / 7:.60f}\n"
    (tmp_path / "run.csv").write_text(row * 5000)
    (one,) = read_recording(tmp_path / "run.csv", Room(16 * 10_001 + 16 * 5001 + 16))
    assert one.trajectory.points.shape == (5000, 1, 2)


def test_a_sparse_file_is_told_before_it_is_read(tmp_path: Path) -> None:
    for file, header in (("run.npy", of_header(HEADER)[:-64]), ("run.csv", b""), ("run.json", b"")):
        with (tmp_path / file).open("wb") as opened:
            opened.write(header)
            opened.truncate(2**33)
        mistake = refused(tmp_path, f"trajectories: {{file: {file}}}\n")
        assert "to read it takes more than is left of 512 MiB" in mistake.message


def test_all_recordings_of_a_scene_share_one_budget(tmp_path: Path) -> None:
    for name in "ab":
        np.save(tmp_path / f"{name}.npy", np.zeros((40_000, 2)))
    path = tmp_path / "scene.yaml"
    path.write_text("trajectories: [{file: a.npy}, {file: b.npy}]\n")
    with pytest.raises(SceneError, match="--max-memory raises that") as caught:
        read_scene(path, budget=Budget(memory=8 * 2**20))
    assert [it.setting for it in caught.value.mistakes] == ["trajectories[1].file"]
    assert read_scene(path, budget=Budget(memory=16 * 2**20)).runs
    path.write_text("trajectories: [{file: a.npy}, {file: a.npy, label: again}]\n")
    assert read_scene(path, budget=Budget(memory=8 * 2**20)).runs


WORD = "hunter2secret"


@pytest.mark.parametrize(
    "text",
    [
        f"{WORD}:x:0:0:root\nbin:x:1\n",
        f"user,{WORD}\nme,{WORD}\n",
        f"1,2\n{WORD},3\n",
        f'{{"token": "{WORD}", "{WORD}": "x"}}',
        f'["{WORD}"]',
        f'[{{"x": "{WORD}"}}]',
        f'{{"a": ["{WORD}"], "{WORD}": ["b"]}}',
        f'{{"{WORD}": ["b", "c"]}}',
        WORD,
    ],
)
def test_nothing_of_what_is_no_table_is_repeated(tmp_path: Path, text: str) -> None:
    for suffix in ("csv", "txt", "json", "npy", "npz"):
        (tmp_path / f"run.{suffix}").write_text(text)
        mistake = refused(tmp_path, f"trajectories: {{file: run.{suffix}}}\n")
        assert mistake.setting == "trajectories.file"
        assert WORD[:6] not in str(mistake)


def outside(tmp_path: Path) -> dict[str, str]:
    """Return names of files that are not in the folder of scenes, and make that folder."""
    (tmp_path / "scenes" / "runs").mkdir(parents=True)
    (tmp_path / "scenes 2").mkdir()
    for place in ("beside.npy", "scenes/runs/run.npy", "scenes 2/run.npy"):
        np.save(tmp_path / place, POINTS)
    (tmp_path / "scenes" / "link.npy").symlink_to(tmp_path / "beside.npy")
    (tmp_path / "scenes" / "linked").symlink_to(tmp_path)
    return {
        "above": "../beside.npy",
        "absolute": str(tmp_path / "beside.npy"),
        "beside": "../scenes 2/run.npy",
        "link": "link.npy",
        "linked folder": "linked/beside.npy",
        "above and missing": "../missing.npy",
    }


def test_files_outside_the_scenes_folder_are_read_where_it_is_allowed(tmp_path: Path) -> None:
    scene = tmp_path / "scenes" / "scene.yaml"
    for name, file in outside(tmp_path).items():
        scene.write_text(f"trajectories: {{file: '{file}'}}\n")
        with pytest.raises(SceneError) as caught:
            read_scene(scene)
        [mistake] = caught.value.mistakes
        assert mistake.setting == "trajectories.file"
        assert mistake.message == "lies outside the scene's folder; --allow-outside reads it"
        if "missing" not in name:
            assert read_scene(scene, allow_outside=True).steps == 3


def test_files_in_the_scenes_folder_are_read_wherever_that_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside(tmp_path)
    (tmp_path / "to scenes").symlink_to(tmp_path / "scenes")
    inside = tmp_path / "scenes" / "runs" / "run.npy"
    monkeypatch.chdir(tmp_path / "scenes" / "runs")
    for file in (
        "runs/run.npy",
        "./runs/../runs/run.npy",
        str(inside),
        "linked/scenes/runs/run.npy",
    ):
        (tmp_path / "scenes" / "scene.yaml").write_text(f"trajectories: {{file: {file}}}\n")
        for folder in (tmp_path / "scenes", tmp_path / "to scenes", Path("..")):
            assert read_scene(folder / "scene.yaml").steps == 3


def of_header(header: str) -> bytes:
    """Return a .npy file with a header of its own and eight numbers."""
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + bytes(64)


HEADER = "{'descr': '<f8', 'fortran_order': False, 'shape': (4, 2), }"


def test_a_header_that_we_wrote_is_sound(tmp_path: Path) -> None:
    (tmp_path / "run.npy").write_bytes(of_header(HEADER))
    assert run(tmp_path, "run.npy").steps == 3


@pytest.mark.parametrize(
    "header",
    [
        HEADER.replace("(4, 2)", "(10**9, 2)"),
        HEADER.replace("(4, 2)", "(99999999999999999999, 2)"),
        HEADER.replace("(4, 2)", "(0, 99999999999999999999)"),
        HEADER.replace("(4, 2)", "(-4, -2)"),
        HEADER.replace("(4, 2)", "(True, 8)"),
        HEADER.replace("<f8", "|O"),
        HEADER.replace("'<f8'", "b'<f8'"),
        HEADER.replace("'<f8'", "[('a', '<f8', -1)]"),
        HEADER.replace("<f8", "<f99999999999999999999"),
        "{'a': '\\N{x}'}",
        # NumPy raises errors of other kinds for these:
        HEADER.replace("<f8", "(2,"),
        HEADER.replace("<f8", ",f8"),
        HEADER.replace("<f8", "<08"),
        HEADER.replace("'<f8'", "[('a', '<f8'"),
        "'''",
        "(",
    ],
)
def test_a_header_that_lies_is_told(tmp_path: Path, header: str) -> None:
    (tmp_path / "run.npy").write_bytes(of_header(header))
    mistake = refused(tmp_path, "trajectories: {file: run.npy}\n")
    assert mistake.setting == "trajectories.file"


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_that_is_damaged_is_told_however_it_was_packed(
    tmp_path: Path, method: int
) -> None:
    stream = io.BytesIO()
    np.save(stream, POINTS)
    path = tmp_path / "run.npz"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("points.npy", stream.getvalue())
    sound = path.read_bytes()
    if method == zipfile.ZIP_DEFLATED:
        assert run(tmp_path, "run.npz").steps == 3
    else:
        mistake = refused(tmp_path, "trajectories: {file: run.npz}\n")
        assert "'points' is packed as NumPy does not" in mistake.message
    for index in range(45, 90):
        path.write_bytes(sound[:index] + bytes([sound[index] ^ 255]) + sound[index + 1 :])
        mistake = refused(tmp_path, "trajectories: {file: run.npz}\n")
        assert mistake.setting == "trajectories.file"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("run.json", "[[1" + "0" * 400 + ", 2], [3, 4]]"),
        ("run.csv", "1," + "2" * 200_000 + "\n"),
    ],
)
def test_a_number_that_is_too_long_does_no_harm(tmp_path: Path, file: str, content: str) -> None:
    (tmp_path / file).write_text(content)
    mistake = refused(tmp_path, f"trajectories: {{file: {file}}}\n")
    assert mistake.setting == "trajectories.file"


@pytest.mark.skipif(np.finfo(np.longdouble).maxexp <= 1024, reason="there are no longer doubles")
def test_numbers_beyond_float64_are_a_divergence(tmp_path: Path) -> None:
    points = np.ones((3, 2), np.longdouble)
    points[2] = np.longdouble("1e4000")
    np.save(tmp_path / "run.npy", points)
    assert simulate(run(tmp_path, "run.npy"))["run"].diverged_at == (2,)


@pytest.mark.parametrize(
    ("file", "label"),
    [
        ("run.npz", ""),
        ("run.npz", "_hidden"),
        ("run.npz", "two\nlines"),
        ("run.npz", "x" * 200),
        ("run.json", "a\u202eb"),
        ("run.json", "\ud800"),
    ],
)
def test_a_name_in_a_file_that_is_no_label_is_told_or_made_one(
    tmp_path: Path, file: str, label: str
) -> None:
    runs = {"other": POINTS, label: POINTS}
    write(tmp_path / file, runs if "npz" in file else {name: in_json(runs[name]) for name in runs})
    try:
        scene = run(tmp_path, file, BOWL + SMALL)
    except SceneError as error:
        assert [it.setting for it in error.mistakes] == ["trajectories.file"]  # noqa: PT017
        return
    for it in scene.runs:
        assert 0 < len(it.label) <= 80
        assert it.label.isprintable()
        assert it.label[0] != "_"  # as where a scene says it
    assert a_film(scene).picture(0).shape == (100, 160, 3)


def test_a_recorded_memory_of_more_columns_than_variables_is_shown_or_told(tmp_path: Path) -> None:
    points = POINTS[:, np.newaxis]
    np.savez(
        tmp_path / "run.npz",
        allow_pickle=False,
        **{"a/points": points, "a/state/memory": np.ones((4, 1, 3))},
    )
    try:
        scene = run(tmp_path, "run.npz", "panels: [{kind: state, array: memory}]\n" + SMALL)
    except SceneError as error:
        assert [it.setting for it in error.mistakes] == ["panels[0].array"]  # noqa: PT017
        return
    assert a_film(scene).picture(3).shape == (100, 160, 3)


KINDS = ("npy", "npz", "csv", "json")


def only_mistakes(folder: Path, file: str) -> None:
    """Read a scene that plays a file; nothing but a mistake at the file or a sound scene comes."""
    try:
        scene = run(folder, file, "")
    except SceneError as error:
        for mistake in error.mistakes:
            assert mistake.setting in {"trajectories.file", "trajectories", ""}
            assert mistake.message
    else:
        for trajectory in simulate(scene).values():
            assert np.isfinite(trajectory.points[0]).all()


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=300))
def test_random_bytes_raise_nothing_else(folder: Path, kind: str, content: bytes) -> None:
    (folder / f"bytes.{kind}").write_bytes(content)
    only_mistakes(folder, f"bytes.{kind}")


@pytest.mark.parametrize("kind", ["csv", "json"])
@settings(max_examples=60, deadline=None)
@given(
    content=st.text(st.sampled_from("0123456789.,-+eE\"'[]{}: \n\t;xyNaInf_"), max_size=40)
    | st.text(max_size=40)
)
def test_random_text_raises_nothing_else(folder: Path, kind: str, content: str) -> None:
    (folder / f"text.{kind}").write_text(content, "utf-8")
    only_mistakes(folder, f"text.{kind}")


numbers = st.floats() | st.integers(-(10**20), 10**20)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=3) | st.lists(st.lists(numbers)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["points", "values", "a", "a/points", "a/b/c", "state"]),
            inner,
            min_size=1,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(content=values)
def test_whatever_json_holds_raises_nothing_else(folder: Path, content: Any) -> None:
    write_json(folder / "values.json", content)
    only_mistakes(folder, "values.json")


@pytest.mark.parametrize("kind", ["npy", "npz", "compressed"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_arrays_raise_nothing_else(folder: Path, kind: str, data: st.DataObject) -> None:
    stream = io.BytesIO()
    match kind:
        case "npy":
            np.save(stream, POINTS)
        case "npz":
            np.savez(stream, points=POINTS, loss=VALUES)
        case _:
            np.savez_compressed(stream, points=POINTS, loss=VALUES)
    content = bytearray(stream.getvalue())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content))) :]
    file = "damaged.npy" if kind == "npy" else "damaged.npz"
    (folder / file).write_bytes(content)
    only_mistakes(folder, file)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_damaged_tables_raise_nothing_else(folder: Path, data: st.DataObject) -> None:
    suffix, text = TOOLS[data.draw(st.sampled_from([*TOOLS]))]
    content = bytearray(text if isinstance(text, bytes) else text.encode())
    odd = st.sampled_from(
        [b",", b";", b"\t", b"\n", b'"', b"#", b"NA", b"1e999", b"\0", b"\xff", b"[", b"{"]
    )
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content)))
        end = at + data.draw(st.integers(0, 4))
        content[at:end] = data.draw(odd | st.binary(max_size=2) | st.just(bytes(content[:at])))
    (folder / f"damaged.{suffix}").write_bytes(content)
    only_mistakes(folder, f"damaged.{suffix}")


@pytest.mark.skipif(os.name != "posix", reason="Windows has no pipes in folders")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "run.npy")
    assert "not a file" in refused(tmp_path, "trajectories: {file: run.npy}\n").message


def test_a_checksum_is_of_one_run(tmp_path: Path) -> None:
    np.savez(tmp_path / "two.npz", a=POINTS, b=2 * POINTS)
    mistake = refused(tmp_path, "trajectories: {file: two.npz, digest: abc}\n")
    assert mistake.setting == "trajectories.digest"
    assert mistake.message == "the file has 2 runs: a, b; choose one with 'run'"
    mistake = refused(tmp_path, "trajectories: {file: two.npz, run: c}\n")
    assert mistake.message == "the file has no run 'c'; there are a, b"


def test_recorded_runs_of_another_scene_make_a_scene(tmp_path: Path) -> None:
    np.savez(tmp_path / "two.npz", a=POINTS, b=2 * POINTS)
    recorded = played(tmp_path, "trajectories: {file: two.npz}\n").trajectories
    assert [run.label for run in Scene(trajectories=recorded).runs] == ["a", "b"]
