"""`visualize render` of many scenes: what is told, and what is kept; `visualize cache`."""

import fcntl
import json
import os
import re
import struct
import subprocess
import termios
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.test_commands import Run, command, environment, run
from tests.conftest import BAD, LEAVING, SMALL, TWO_RUNS
from visualize.commands._results import in_bytes

Write = Callable[..., Path]
BOTH = f"{TWO_RUNS}frames: {{size: [48, 32], pace: even}}\npanels: [values]\n"
__all__ = ["run"]
pytestmark = pytest.mark.usefixtures("run")


# What made it anew


def test_why_tells_what_has_changed_and_what_was_simulated(run: Run, write_scene: Write) -> None:
    write_scene(BOTH)
    first = run("render", "scene.yaml", "--why")
    assert "scene.yaml: scene.gif: made: it was not there" in first.err
    assert "scene.yaml: simulated: sgd, adam\n" in first.err
    again = run("render", "scene.yaml", "--why")
    assert "scene.gif: current: nothing has changed" in again.err
    assert "simulated" not in again.err
    write_scene(BOTH.replace("0.5", "0.6"))
    changed = run("render", "scene.yaml", "--why")
    assert "scene.gif: made: sgd: learning_rate was 0.5, is 0.6" in changed.err
    assert "simulated: sgd; from the cache: adam" in changed.err
    write_scene(BOTH)
    back = run("render", "scene.yaml", "--why")
    assert "scene.gif: from the cache: sgd: learning_rate was 0.6, is 0.5" in back.err
    assert back.out == "output/scene.gif\n"


def test_without_the_cache_nothing_is_kept(run: Run, write_scene: Write, own_cache: Path) -> None:
    write_scene(SMALL)
    run("render", "scene.yaml", "--no-cache")
    assert not own_cache.exists()
    run("render", "scene.yaml", "--force")
    assert own_cache.exists()
    Path("output/scene.gif").unlink()
    assert "rendered to gif" in run("render", "scene.yaml", "--no-cache").err
    Path("output/scene.gif").unlink()
    assert "gif from the cache" in run("render", "scene.yaml").err


def test_simulate_takes_runs_from_the_cache(run: Run, write_scene: Write, own_cache: Path) -> None:
    write_scene(SMALL)
    run("simulate", "scene.yaml", "--no-cache")
    assert not own_cache.exists()
    arrays = Path("output/scene.npz").read_bytes()
    for _ in range(2):
        run("simulate", "scene.yaml")
        assert Path("output/scene.npz").read_bytes() == arrays
    assert len([*own_cache.glob("*/*")]) == 1


def test_a_cache_that_cannot_be_written_is_a_warning(
    run: Run, write_scene: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("VISUALIZE_CACHE", str(tmp_path / "file" / "cache"))
    for name in ("a.yaml", "b.yaml"):
        write_scene(SMALL, name)
    done = run("render", "a.yaml", "b.yaml")
    assert done.code == 0
    assert done.err.count("warning: the cache is not used") == 1
    assert done.out == "output/a.gif\noutput/b.gif\n"


def test_the_cache_is_shown_and_cleared(run: Run, write_scene: Write, own_cache: Path) -> None:
    assert run("cache", "path").out == f"{own_cache}\n"
    assert run("cache", "info").out == f"{own_cache}\n0 files, 0 B of 1 GB\n"
    write_scene(SMALL)
    run("render", "scene.yaml")
    assert re.search(r"\n2 files, \S+ kB of 1 GB\n", run("cache", "info").out)
    assert run("cache", "clear").err.startswith("2 files removed, ")
    assert run("cache", "info").out.endswith("\n0 files, 0 B of 1 GB\n")
    assert run("cache", "clear").code == 0


# What is told


def test_of_several_scenes_there_is_a_table_at_the_end(run: Run, write_scene: Write) -> None:
    write_scene(LEAVING, "b.yaml")
    write_scene(SMALL, "c.yaml")
    run("render", "c.yaml")
    write_scene(BAD, "a.yaml")
    done = run("render", ".", "--format", "gif,png")
    assert done.code == 2
    rows = [line.split() for line in done.err.splitlines()[-5:]]
    assert rows[0] == ["scene", "films", "state", "seconds", "size", "warnings"]
    assert rows[1] == ["a.yaml", "failed"]
    assert rows[2][:4] == ["b.yaml", "gif,", "png", "made"]
    assert rows[2][-1] == "1"
    assert rows[3][:4] == ["c.yaml", "gif,", "png", "made"]
    assert done.err.splitlines()[-1].startswith("3 scenes: 1 failed, 2 made, in ")
    again = run("render", ".", "--format", "gif,png")
    assert again.err.splitlines()[-1].startswith("3 scenes: 2 current, 1 failed, in ")


def test_one_scene_needs_no_table(run: Run, write_scene: Write) -> None:
    write_scene(SMALL)
    assert len(run("render", "scene.yaml").err.splitlines()) == 1
    assert run("render", ".").err == "scene.yaml: current\n"


def test_quiet_says_only_what_is_wrong(run: Run, write_scene: Write) -> None:
    for name in ("a.yaml", "b.yaml"):
        write_scene(SMALL, name)
    done = run("render", "a.yaml", "b.yaml", "-q")
    assert (done.code, done.err) == (0, "")
    assert done.out == "output/a.gif\noutput/b.gif\n"
    write_scene(LEAVING, "a.yaml")
    write_scene(BAD, "b.yaml")
    done = run("render", "a.yaml", "b.yaml", "-q")
    assert done.code == 2
    assert "did you mean 'optimizers'" in done.err
    assert "warning: sgd grew beyond all bounds" in done.err


def test_verbose_says_all_there_is_to_say(run: Run, write_scene: Write) -> None:
    write_scene(SMALL)
    assert "simulated: sgd" in run("render", "scene.yaml", "-v").err


def test_json_tells_programs_what_became_of_each(run: Run, write_scene: Write) -> None:
    write_scene(BAD, "a.yaml")
    write_scene(LEAVING, "b.yaml")
    write_scene(f"{SMALL}transparent: true\nformats: [webp]\n", "c.yaml")
    done = run("render", ".", "--json", "--format", "gif")
    assert done.code == 2
    bad, clear, leaving = json.loads(done.out)
    assert (bad["scene"], bad["state"], bad["films"]) == ("a.yaml", "failed", [])
    assert "did you mean 'optimizers'" in bad["error"]
    assert (clear["scene"], clear["state"]) == ("c.yaml", "failed")
    assert "transparent" in clear["error"]
    assert (leaving["scene"], leaving["state"], leaving["error"]) == ("b.yaml", "made", "")
    [film] = leaving["films"]
    assert film["path"] == "output/b.gif"
    assert film["bytes"] == Path("output/b.gif").stat().st_size
    assert (film["state"], film["why"]) == ("made", "it was not there")
    assert leaving["simulated"] == ["sgd"]
    assert leaving["recalled"] == []
    assert any("grew beyond all bounds" in words for words in leaving["warnings"])
    assert leaving["seconds"] > 0


def test_json_is_told_also_where_there_is_nobody_to_make_films(
    run: Run, write_scene: Write
) -> None:
    write_scene(SMALL)
    run("render", ".")
    write_scene(SMALL.replace("0.9", "0.8"), "b.yaml")
    done = run("render", ".", "--json", "--executor", "dask", "--scheduler", "nowhere")
    assert done.code == 1
    other, current = json.loads(done.out)
    assert (other["scene"], other["state"]) == ("b.yaml", "failed")
    assert "is no scheduler's address" in other["error"]
    assert (current["scene"], current["state"]) == ("scene.yaml", "current")


@pytest.mark.parametrize(
    ("size", "words"), [(0, ""), (999, "999 B"), (999_700, "1 MB"), (10**9 - 1, "1 GB")]
)
def test_sizes_are_told_in_three_digits(size: int, words: str) -> None:
    assert in_bytes(size) == words


def test_json_of_nothing_is_a_list(run: Run, tmp_path: Path) -> None:
    done = run("render", tmp_path, "--json")
    assert done.code == 2
    [missing] = json.loads(done.out)
    assert "no *.yaml" in missing["error"]


@pytest.mark.parametrize(("columns", "bars"), [(100, True), (12, False)])
def test_on_a_terminal_there_is_a_line_for_each_scene_and_one_for_all(
    tmp_path: Path, write_scene: Write, columns: int, bars: bool
) -> None:
    for index in range(3):
        text = SMALL.replace("steps: 5", f"steps: {100 + index}")
        write_scene(text, f"scene-with-a-long-name-{index}.yaml")
    told = on_a_terminal(command("render", ".", "-j", "1"), tmp_path, columns)
    assert "3 scen" in told
    assert "%" in told
    assert ("━" in told) == bars
    assert "scene-" in told
    assert "3 scenes: 3 made" in " ".join(told.split())
    assert "rendered to" not in told  # the table has it
    assert max(len(line) for line in told.splitlines()) <= columns


def test_no_color_is_honoured(tmp_path: Path, write_scene: Write) -> None:
    write_scene(SMALL.replace("steps: 5", "steps: 200"), "a.yaml")
    write_scene(SMALL, "b.yaml")
    told = on_a_terminal(command("render", "."), tmp_path, 80, plain=False, NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", told)


def on_a_terminal(
    words: list[str], folder: Path, columns: int, *, plain: bool = True, **more: str
) -> str:
    """Return what a command says on a terminal of so many columns."""
    terminal, end = os.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        words,
        cwd=folder,
        env=environment(TERM="xterm", COLUMNS="", **more),
        stdout=subprocess.DEVNULL,
        stderr=end,
    )
    os.close(end)
    told = b""
    while True:
        try:
            part = os.read(terminal, 65_536)
        except OSError:  # everybody has closed it
            break
        told += part
    os.close(terminal)
    assert process.wait(30) == 0
    text = told.decode()
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r", "\n") if plain else text
