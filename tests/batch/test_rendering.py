"""Many scenes: which there are, what becomes of each, and in how many processes."""

import contextlib
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.conftest import BAD, LEAVING, SMALL
from visualize import History, Scene, SceneError, compose, read_scene, save, simulate
from visualize.batch.jobs import Job, Outcome, clashes, find_scenes, read_scenes, render, too_fast
from visualize.batch.processes import processors, render_all
from visualize.scene.budget import Budget

Write = Callable[..., Path]


def a_job(scene: Path, *names: str, force: bool = False) -> Job:
    return Job(scene, read_scene(scene), scene.parent / "out", names or ("gif",), force)


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


# Finding


def test_a_folder_means_its_scenes_and_not_those_of_its_subfolders(
    tmp_path: Path, write_scene: Write
) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.yaml", "a.yaml", "c.yml", "d.md", "sub/e.yaml"):
        write_scene(SMALL, name)
    found, missing = find_scenes([tmp_path])
    assert found == [tmp_path / "a.yaml", tmp_path / "b.yaml", tmp_path / "c.yml"]
    assert not missing


def test_files_are_found_in_the_order_asked_for_and_each_once(
    tmp_path: Path, write_scene: Write
) -> None:
    one, other = write_scene(SMALL, "b.yaml"), write_scene(SMALL, "a.yaml")
    round_about = tmp_path / "." / ".." / tmp_path.name / "b.yaml"
    link = tmp_path / "link.yml"
    link.symlink_to(one)
    found, missing = find_scenes([one, tmp_path, round_about, other, link])
    assert found == [one, other]
    assert not missing


def test_a_folder_without_scenes_is_told(tmp_path: Path) -> None:
    found, errors = find_scenes([tmp_path])
    assert not found
    (error,) = errors
    assert str(tmp_path) in str(error)
    assert "no *.yaml" in str(error)


def test_a_file_that_is_not_there_is_told_when_it_is_read(tmp_path: Path) -> None:
    files, missing = find_scenes([tmp_path / "nowhere.yaml"])
    scenes, wrong = read_scenes(files, Budget())
    assert not scenes
    assert [error for error in missing + wrong if str(tmp_path / "nowhere.yaml") in str(error)]


def test_sound_scenes_are_read_beside_bad_ones(write_scene: Write) -> None:
    files = [write_scene(SMALL, "a.yaml"), write_scene(BAD, "b.yaml"), write_scene("", "c.yaml")]
    scenes, wrong = read_scenes(files, Budget())
    assert list(scenes) == files[:1]
    assert [error.mistakes[0].path for error in wrong] == [str(file) for file in files[1:]]
    assert all(isinstance(error, SceneError) for error in wrong)


def test_a_scene_beyond_the_budget_is_a_mistake(write_scene: Write) -> None:
    file = write_scene(SMALL)
    assert read_scenes([file], Budget(updates=5))[0]
    scenes, (error,) = read_scenes([file], Budget(updates=4))
    assert not scenes
    assert "--budget" in str(error)


# Clashes


def test_two_scenes_with_one_output_clash_and_are_both_named() -> None:
    out = Path("out")
    (sentence,) = clashes(
        {
            Path("one/a.yaml"): [out / "a.gif", out / "a.mp4"],
            Path("two/a.yaml"): [out / "a.gif"],
            Path("b.yaml"): [out / "b.gif"],
        }
    )
    for word in ("out/a.gif", "one/a.yaml", "two/a.yaml"):
        assert word in sentence


def test_different_outputs_do_not_clash() -> None:
    out = Path("out")
    assert clashes({Path("a.yaml"): [out / "a.gif"], Path("b/a.yaml"): [out / "a.mp4"]}) == []


# One scene


def test_what_is_asked_for_is_written_and_nothing_else(write_scene: Write) -> None:
    job = a_job(write_scene(SMALL), "mp4", "gif")
    outcome = render(job)
    assert outcome.job is job
    assert outcome.written == job.outputs
    assert (outcome.warnings, outcome.error) == ((), "")
    assert outcome.seconds > 0
    assert names_in(job.outputs[0].parent) == ["scene.gif", "scene.mp4"]


def test_the_files_are_those_that_python_would_write(tmp_path: Path, write_scene: Write) -> None:
    job = a_job(write_scene(SMALL), "gif", "mp4")
    render(job)
    film = compose(job.scene, simulate(job.scene))
    for output in job.outputs:
        assert save(film, tmp_path / f"own{output.suffix}").read_bytes() == output.read_bytes()


def test_what_is_current_is_not_made_again(write_scene: Write) -> None:
    job = a_job(write_scene(SMALL), "gif", "mp4")
    render(job)
    before = {path: path.stat().st_mtime_ns for path in job.outputs}
    assert render(job).written == ()
    assert {path: path.stat().st_mtime_ns for path in job.outputs} == before


def test_only_what_is_not_current_is_made(write_scene: Write) -> None:
    job = a_job(write_scene(SMALL), "gif", "mp4")
    render(job)
    job.outputs[0].unlink()
    assert render(job).written == job.outputs[:1]
    job.outputs[1].write_bytes(b"something else")
    assert render(job).written == job.outputs[1:]


def test_a_scene_that_changed_is_made_again(write_scene: Write) -> None:
    job = a_job(write_scene(SMALL))
    render(job)
    assert render(a_job(write_scene(f"# a remark\n{SMALL}"))).written == ()
    assert render(a_job(write_scene(SMALL.replace("0.9", "0.8")))).written == job.outputs


def test_force_makes_also_what_is_current(write_scene: Write) -> None:
    file = write_scene(SMALL)
    render(a_job(file))
    assert render(a_job(file, force=True)).written == a_job(file).outputs


def test_too_little_memory_is_an_error_and_not_an_exception(
    write_scene: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hungry(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("visualize.simulation.simulate.simulate", hungry)
    outcome = render(a_job(write_scene(SMALL)))
    assert outcome.written == ()
    assert "not enough memory" in outcome.error


def test_an_output_that_cannot_be_written_is_an_error_and_keeps_what_was_written(
    write_scene: Write,
) -> None:
    job = a_job(write_scene(SMALL), "gif", "mp4")
    job.outputs[1].mkdir(parents=True)
    outcome = render(job)
    assert outcome.written == job.outputs[:1]
    assert str(job.outputs[1]) in outcome.error
    assert "folder" in outcome.error


def test_divergence_is_a_warning(write_scene: Write) -> None:
    outcome = render(a_job(write_scene(LEAVING)))
    assert outcome.error == ""
    assert len(outcome.written) == 1
    assert [it for it in outcome.warnings if "sgd grew beyond all bounds at step" in it]


@pytest.mark.parametrize(("fps", "name", "told"), [(60, "gif", 1), (50, "gif", 0), (60, "mp4", 0)])
def test_pictures_that_come_too_fast_for_a_format_are_a_warning(
    fps: int, name: str, told: int, write_scene: Write
) -> None:
    scene = read_scene(write_scene(SMALL.replace("48, 32]", f"48, 32], fps: {fps}")))
    found = [*too_fast(scene, [name])]
    assert len(found) == told
    assert not told or "50 of 60" in found[0]


def test_a_strict_job_warns_again_where_the_film_is_current(
    write_scene: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("visualize.film.compose.remarks_on", lambda _: ("odd letters",))
    job = replace(a_job(write_scene(LEAVING)), strict=True)
    first, again = render(job), render(job)
    assert (len(first.written), again.written) == (1, ())
    assert first.warnings == again.warnings
    assert {"odd letters"} < {*again.warnings}


def test_a_bug_keeps_its_traceback(write_scene: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("visualize.simulation.simulate.simulate", broken)
    with pytest.raises(ZeroDivisionError):
        render(a_job(write_scene(SMALL)))


def test_progress_is_told_with_the_file_being_made(write_scene: Write) -> None:
    told: list[tuple[Path, int, int]] = []
    job = a_job(write_scene(SMALL), "gif", "mp4")
    render(job, lambda *words: told.append(words))
    for output in job.outputs:
        assert [words for words in told if words[0] == output][-1] == (output, 6, 6)


# In several themes


THEMED = f"{SMALL}theme: [light, dark]\n"


def test_one_render_makes_a_film_in_each_theme_by_one_simulation(
    write_scene: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulated = []

    def counted(scene: Scene) -> History:
        simulated.append(scene)
        return simulate(scene)

    monkeypatch.setattr("visualize.simulation.simulate.simulate", counted)
    job = a_job(write_scene(THEMED), "gif", "png")
    assert render(job).written == job.outputs
    names = ["scene-dark.gif", "scene-dark.png", "scene-light.gif", "scene-light.png"]
    assert names_in(job.outputs[0].parent) == names
    assert len(simulated) == 1


def test_a_film_in_a_theme_is_that_of_a_scene_in_it_alone(write_scene: Write) -> None:
    themed = render(a_job(write_scene(THEMED))).written
    for theme, film in zip(("light", "dark"), themed, strict=True):
        [alone] = render(a_job(write_scene(f"{SMALL}theme: {theme}\n"), "gif", force=True)).written
        assert film.read_bytes() == alone.read_bytes()


def test_each_theme_is_current_by_itself(write_scene: Write) -> None:
    job = a_job(write_scene(THEMED))
    light, dark = render(job).written
    assert render(job).written == ()
    dark.unlink()
    assert render(job).written == (dark,)
    turned = a_job(write_scene(THEMED.replace("light, dark", "dark, light")))
    assert render(turned).written == ()
    assert render(replace(job, force=True)).written == (light, dark)


@pytest.mark.parametrize("themes", ["[dark]", "[dark, dark]"])
def test_a_list_of_one_theme_is_that_theme(write_scene: Write, themes: str) -> None:
    job = a_job(write_scene(f"{SMALL}theme: {themes}\n"))
    assert [path.name for path in job.outputs] == ["scene.gif"]


def test_what_is_to_be_warned_of_is_told_once_for_all_themes(
    write_scene: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("visualize.film.compose.remarks_on", lambda _: ("odd letters",))
    warnings = render(a_job(write_scene(f"{LEAVING}theme: [light, dark]\n"))).warnings
    assert warnings.count("odd letters") == 1
    assert len(warnings) == len({*warnings})


# Many scenes


def some_jobs(write_scene: Write, count: int = 4) -> list[Job]:
    texts = [SMALL.replace("steps: 5", f"steps: {5 + i}") for i in range(count)]
    return [a_job(write_scene(text, f"scene-{i}.yaml")) for i, text in enumerate(texts)]


def without_time(outcomes: list[Outcome]) -> dict[Path, tuple[object, ...]]:
    return {it.job.file: (it.job, it.written, it.warnings, it.error) for it in outcomes}


def test_one_process_makes_them_in_order_and_as_they_are_asked_for(write_scene: Write) -> None:
    jobs = some_jobs(write_scene)
    outcomes = render_all(jobs, 1)
    assert not jobs[0].outputs[0].exists()
    assert next(outcomes).job == jobs[0]
    assert jobs[0].outputs[0].exists()
    assert not jobs[1].outputs[0].exists()
    assert [outcome.job for outcome in outcomes] == jobs[1:]


def test_two_processes_make_what_one_makes(write_scene: Write) -> None:
    jobs_folder = write_scene(SMALL).parent / "out" / "bad.gif"
    jobs_folder.mkdir(parents=True)
    jobs = [
        *some_jobs(write_scene),
        a_job(write_scene(SMALL, "bad.yaml")),
        a_job(write_scene(LEAVING, "leaving.yaml")),
    ]
    alone = without_time(list(render_all(jobs, 1)))
    files = {path: path.read_bytes() for job in jobs for path in job.outputs if path.is_file()}
    for path in files:
        path.unlink()
    together = without_time(list(render_all(jobs, 2)))
    assert together == alone
    assert {path: path.read_bytes() for path in files} == files
    assert names_in(jobs_folder.parent) == sorted(["bad.gif", *(path.name for path in files)])


def test_no_process_is_left_behind(write_scene: Write) -> None:
    before = children()
    outcomes = render_all(some_jobs(write_scene), 2)
    next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]  # what a `break` does
    # Python's own tracker of shared things stays, and ends with Python.
    assert not [child for child in children() - before if b"render" in command_of(child)]
    assert not [child for child in children() - before if b"spawn_main" in command_of(child)]


@dataclass(frozen=True)
class DeadlyOnce:
    """True, and the end of the process that asks first."""

    asked: Path

    def __bool__(self) -> bool:
        if not self.asked.exists():
            self.asked.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return True


def test_when_a_worker_is_killed_its_scene_is_tried_again_and_the_others_finish(
    write_scene: Write, tmp_path: Path
) -> None:
    first, *others = some_jobs(write_scene, 3)
    jobs = [replace(first, force=DeadlyOnce(tmp_path / "asked")), *others]  # type: ignore[arg-type]  # true as a bool is
    outcomes = list(render_all(jobs, 2))
    assert (tmp_path / "asked").exists()
    assert without_time(outcomes) == {job.file: (job, job.outputs, (), "") for job in jobs}


def children() -> set[int]:
    found = set()
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # a thread may end meanwhile
            found |= {int(child) for child in (task / "children").read_text().split()}
    return found


def command_of(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def test_there_is_a_processor() -> None:
    assert 1 <= processors() <= (os.cpu_count() or 1)
