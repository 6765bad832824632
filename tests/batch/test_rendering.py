"""Many scenes: what becomes of each, what is made anew, and in how many processes."""

import multiprocessing
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.conftest import LEAVING, SMALL, TWO_RUNS
from visualize import History, Scene, compose, read_scene, save, simulate
from visualize.batch.crews import Here, Processes
from visualize.batch.job import Job, Outcome, jobs_of
from visualize.batch.processes import processors
from visualize.batch.rendering import render_jobs
from visualize.batch.task import Made, Report, Task
from visualize.storage.cache import Cache, Forgiving, Store

Write = Callable[..., Path]
ENDLESS = SMALL.replace("steps: 5", "steps: 20000").replace("pace: even", "count: 20000")
BOTH = f"{TWO_RUNS}frames: {{size: [48, 32], pace: even}}\npanels: [values]\n"


def a_job(scene: Path, *names: str, force: bool = False) -> Job:
    return Job(scene, read_scene(scene), scene.parent / "out", names or ("gif",), force)


def outputs_of(job: Job) -> tuple[Path, ...]:
    return tuple(job.films)


def render(job: Job, report: Report | None = None, store: Store | None = None) -> Outcome:
    """Render a scene here, without a cache unless there is one."""
    [outcome] = render_jobs([job], lambda _: Here(report), store)
    return outcome


def render_all(jobs: Sequence[Job], processes: int) -> Iterator[Outcome]:
    """Render scenes, in other processes if there are to be more than one."""
    return render_jobs(jobs, lambda _: Here() if processes == 1 else Processes(processes))


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


# One scene


def test_what_is_asked_for_is_written_and_nothing_else(write_scene: Write) -> None:
    job = a_job(write_scene(SMALL), "mp4", "gif")
    outcome = render(job)
    assert outcome.file == job.file
    assert outcome.written == outputs_of(job)
    assert (outcome.warnings, outcome.error) == ((), "")
    assert outcome.seconds > 0
    assert names_in(outputs_of(job)[0].parent) == ["scene.gif", "scene.mp4"]


def test_the_files_are_those_that_python_would_write(tmp_path: Path, write_scene: Write) -> None:
    job = a_job(write_scene(SMALL), "gif", "mp4")
    render(job)
    film = compose(job.scene, simulate(job.scene))
    for output in outputs_of(job):
        assert save(film, tmp_path / f"own{output.suffix}").read_bytes() == output.read_bytes()


def test_what_is_current_is_not_made_again(write_scene: Write) -> None:
    job = a_job(write_scene(SMALL), "gif", "mp4")
    render(job)
    before = {path: path.stat().st_mtime_ns for path in outputs_of(job)}
    assert render(job).written == ()
    assert {path: path.stat().st_mtime_ns for path in outputs_of(job)} == before


def test_only_what_is_not_current_is_made(write_scene: Write) -> None:
    job = a_job(write_scene(SMALL), "gif", "mp4")
    render(job)
    outputs_of(job)[0].unlink()
    assert render(job).written == outputs_of(job)[:1]
    outputs_of(job)[1].write_bytes(b"something else")
    assert render(job).written == outputs_of(job)[1:]


def test_a_scene_that_changed_is_made_again(write_scene: Write) -> None:
    job = a_job(write_scene(SMALL))
    render(job)
    assert render(a_job(write_scene(f"# a remark\n{SMALL}"))).written == ()
    assert render(a_job(write_scene(SMALL.replace("0.9", "0.8")))).written == outputs_of(job)


def test_force_makes_also_what_is_current(write_scene: Write) -> None:
    file = write_scene(SMALL)
    render(a_job(file))
    assert render(a_job(file, force=True)).written == outputs_of(a_job(file))


def test_too_little_memory_is_an_error_and_not_an_exception(
    write_scene: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hungry(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("visualize.simulation.simulate.simulate", hungry)
    outcome = render(a_job(write_scene(SMALL)))
    assert outcome.written == ()
    assert "not enough memory" in outcome.error


def test_an_output_that_cannot_be_written_is_an_error_and_keeps_what_was_written(
    write_scene: Write,
) -> None:
    job = a_job(write_scene(SMALL), "gif", "mp4")
    outputs_of(job)[1].mkdir(parents=True)
    outcome = render(job)
    assert outcome.written == outputs_of(job)[:1]
    assert str(outputs_of(job)[1]) in outcome.error
    assert "folder" in outcome.error


def test_divergence_is_a_warning(write_scene: Write) -> None:
    outcome = render(a_job(write_scene(LEAVING)))
    assert outcome.error == ""
    assert len(outcome.written) == 1
    assert [it for it in outcome.warnings if "sgd grew beyond all bounds at step" in it]


def test_a_strict_job_warns_again_where_the_film_is_current(
    write_scene: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("visualize.film.compose.remarks_on", lambda _: ("odd letters",))
    job = replace(a_job(write_scene(LEAVING)), strict=True)
    first, again = render(job), render(job)
    assert (len(first.written), again.written) == (1, ())
    assert first.warnings == again.warnings
    assert {"odd letters"} < {*again.warnings}


@pytest.mark.parametrize("processes", [1, 2])
def test_a_bug_keeps_its_traceback_and_the_other_scenes_go_on(
    write_scene: Write, processes: int
) -> None:
    jobs = some_jobs(write_scene, 2)
    broken = replace(jobs[0], metadata=Raising(ZeroDivisionError))  # type: ignore[arg-type]  # true as a bool is
    outcomes = {it.file: it for it in render_all([broken, jobs[1]], processes)}
    assert "this is a bug" in outcomes[broken.file].error
    assert "Traceback" in outcomes[broken.file].error
    assert "ZeroDivisionError: odd" in outcomes[broken.file].error
    assert outcomes[jobs[1].file].written


@dataclass(frozen=True)
class Raising:
    """True; but whoever saves a film and asks meets an error."""

    kind: type[Exception]

    def __bool__(self) -> bool:
        frame = sys._getframe(1)  # noqa: SLF001  # Python's own
        if frame.f_code.co_name == "save":
            raise self.kind("odd")
        return True


def test_progress_is_told_with_the_scene_and_what_is_being_made(write_scene: Write) -> None:
    told: list[tuple[str, str, int, int]] = []
    job = a_job(write_scene(SMALL), "gif", "mp4")
    render(job, lambda *words: told.append(words))
    assert {name for name, *_ in told} == {str(job.file)}
    assert (str(job.file), "", 5, 5) in told
    for output in outputs_of(job):
        assert [words for words in told if words[1] == output.name][-1][2:] == (6, 6)


# In several themes


THEMED = f"{SMALL}theme: [light, dark]\n"


def test_one_render_makes_a_film_in_each_theme_by_one_simulation(
    write_scene: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulated = []

    def counted(scene: Scene, **_: object) -> History:
        simulated.append(scene)
        return simulate(scene)

    monkeypatch.setattr("visualize.simulation.simulate.simulate", counted)
    job = a_job(write_scene(THEMED), "gif", "png")
    assert render(job).written == outputs_of(job)
    names = ["scene-dark.gif", "scene-dark.png", "scene-light.gif", "scene-light.png"]
    assert names_in(outputs_of(job)[0].parent) == names
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
    assert [path.name for path in outputs_of(job)] == ["scene.gif"]


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
    return {it.file: (it.written, it.warnings, it.error) for it in outcomes}


def test_one_process_makes_them_in_order_and_as_they_are_asked_for(write_scene: Write) -> None:
    jobs = some_jobs(write_scene)
    outcomes = render_all(jobs, 1)
    assert not outputs_of(jobs[0])[0].exists()
    assert next(outcomes).file == jobs[0].file
    assert outputs_of(jobs[0])[0].exists()
    assert not outputs_of(jobs[1])[0].exists()
    assert [outcome.file for outcome in outcomes] == [job.file for job in jobs[1:]]


def test_two_processes_make_what_one_makes(write_scene: Write) -> None:
    jobs_folder = write_scene(SMALL).parent / "out" / "bad.gif"
    jobs_folder.mkdir(parents=True)
    jobs = [
        *some_jobs(write_scene),
        a_job(write_scene(SMALL, "bad.yaml")),
        a_job(write_scene(LEAVING, "leaving.yaml")),
    ]
    alone = without_time(list(render_all(jobs, 1)))
    files = {path: path.read_bytes() for job in jobs for path in outputs_of(job) if path.is_file()}
    for path in files:
        path.unlink()
    together = without_time(list(render_all(jobs, 2)))
    assert together == alone
    assert {path: path.read_bytes() for path in files} == files
    assert names_in(jobs_folder.parent) == sorted(["bad.gif", *(path.name for path in files)])


def test_no_process_is_left_behind_and_none_of_others_is_ended(write_scene: Write) -> None:
    jobs = [*some_jobs(write_scene), a_job(write_scene(ENDLESS, "endless.yaml"))]
    outcomes = render_all(jobs, 2)
    next(outcomes)
    own = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(60,))
    own.start()
    assert len(multiprocessing.active_children()) == 3
    outcomes.close()  # type: ignore[attr-defined]  # what a `break` does
    assert multiprocessing.active_children() == [own]
    own.terminate()
    own.join()


def test_a_worker_that_does_not_answer_is_not_waited_for(write_scene: Write) -> None:
    jobs = [*some_jobs(write_scene), a_job(write_scene(ENDLESS, "endless.yaml"))]
    outcomes = render_all(jobs, 2)
    next(outcomes)
    for worker in multiprocessing.active_children():
        os.kill(worker.pid or 0, signal.SIGSTOP)
    begun = time.monotonic()
    outcomes.close()  # type: ignore[attr-defined]  # what a `break` does
    assert time.monotonic() - begun < 10
    assert multiprocessing.active_children() == []


@dataclass(frozen=True)
class Deadly:
    """True, and the end of a worker that asks, as long as there is this many a file."""

    asked: Path
    times: int
    parent: int

    def __bool__(self) -> bool:
        if os.getpid() != self.parent:
            told = self.asked.read_text() if self.asked.exists() else ""
            if len(told) < self.times:
                self.asked.write_text(told + "!")
                os.kill(os.getpid(), signal.SIGKILL)
        return True


@pytest.mark.parametrize("times", [1, 2])
def test_when_a_worker_is_killed_its_scene_is_tried_again_and_the_others_finish(
    write_scene: Write, tmp_path: Path, times: int
) -> None:
    first, *others = some_jobs(write_scene, 5)
    asked = tmp_path / "asked"
    deadly = replace(first, metadata=Deadly(asked, times, os.getpid()))  # type: ignore[arg-type]  # true as a bool is
    outcomes = {it.file: it for it in render_all([deadly, *others], 2)}
    assert asked.read_text() == "!" * times
    assert {*outcomes} == {job.file for job in (first, *others)}
    for job in others:
        assert outcomes[job.file].written == outputs_of(job)
    last = outcomes[first.file]
    assert last.written == (outputs_of(first) if times == 1 else ())
    assert ("killed, twice" in last.error) == (times == 2)


def test_there_is_a_processor() -> None:
    assert 1 <= processors() <= (os.cpu_count() or 1)


# What is kept


@pytest.fixture
def store(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def states(outcome: Outcome) -> list[str]:
    return [output.state for output in outcome.outputs]


def test_a_film_that_is_gone_is_taken_from_the_cache(write_scene: Write, store: Cache) -> None:
    job = a_job(write_scene(LEAVING), "gif", "frames")
    made = render(job, store=store)
    gif, frames = outputs_of(job)
    content = gif.read_bytes()
    gif.unlink()
    shutil.rmtree(frames)
    kept = render(job, store=store)
    assert (states(made), states(kept)) == (["made"] * 2, ["kept"] * 2)
    assert gif.read_bytes() == content
    assert len(names_in(frames)) == job.scene.frame_count
    assert kept.warnings == made.warnings != ()
    assert states(render(job, store=store)) == ["current"] * 2


def test_a_remark_in_the_file_changes_nothing(write_scene: Write, store: Cache) -> None:
    render(a_job(write_scene(SMALL)), store=store)
    again = render(a_job(write_scene(f"# a remark\n\n{SMALL}")), store=store)
    assert states(again) == ["current"]
    assert (again.simulated, again.recalled) == ((), ())


def test_a_changed_title_draws_again_from_the_kept_runs(write_scene: Write, store: Cache) -> None:
    render(a_job(write_scene(BOTH)), store=store)
    again = render(a_job(write_scene(f"title: another\n{BOTH}")), store=store)
    assert states(again) == ["made"]
    assert (again.simulated, again.recalled) == ((), ("sgd", "adam"))
    assert "title is another" in again.outputs[0].why


def test_a_changed_rate_simulates_that_optimizer_alone(write_scene: Write, store: Cache) -> None:
    render(a_job(write_scene(BOTH)), store=store)
    changed = a_job(write_scene(BOTH.replace("0.5", "0.6")))
    again = render(changed, store=store)
    assert (again.simulated, again.recalled) == (("sgd",), ("adam",))
    alone = render(replace(changed, folder=changed.folder.with_name("alone")))
    assert alone.written[0].read_bytes() == again.written[0].read_bytes()


def test_force_makes_all_of_it_anew(write_scene: Write, store: Cache) -> None:
    render(a_job(write_scene(SMALL)), store=store)
    again = render(a_job(write_scene(SMALL), force=True), store=store)
    assert states(again) == ["made"]
    assert again.simulated == ("sgd",)


@pytest.mark.parametrize("damage", ["cut", "flipped", "emptied"])
def test_a_damaged_cache_is_made_anew_and_never_served(
    write_scene: Write, store: Cache, damage: str
) -> None:
    job = a_job(write_scene(SMALL))
    render(job, store=store)
    [gif] = outputs_of(job)
    content = gif.read_bytes()
    for entry in store.folder.glob("*/*"):
        kept = bytearray(entry.read_bytes())
        if damage == "flipped":
            kept[len(kept) // 2] ^= 1
        else:
            del kept[0 if damage == "emptied" else -1 :]
        entry.write_bytes(kept)
    gif.unlink()
    again = render(job, store=store)
    assert (states(again), again.simulated) == (["made"], ("sgd",))
    assert gif.read_bytes() == content


def test_a_cache_that_cannot_be_written_is_told_once_and_done_without(
    write_scene: Write, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    told: list[str] = []
    store = Forgiving(Cache(tmp_path / "file" / "cache"), told.append)
    for name in ("a.yaml", "b.yaml"):
        assert states(render(a_job(write_scene(SMALL, name)), store=store)) == ["made"]
    assert len(told) == 1
    assert "the cache is not used" in told[0]


def test_equal_scenes_are_made_once(write_scene: Write, store: Cache) -> None:
    jobs = [a_job(write_scene(SMALL, name)) for name in ("a.yaml", "b.yaml")]
    one, other = render_jobs(jobs, lambda _: Here(), store)
    assert (states(one), states(other)) == (["made"], ["kept"])


def test_a_film_of_another_theme_or_without_its_scene_is_another(
    write_scene: Write, store: Cache
) -> None:
    render(a_job(write_scene(SMALL)), store=store)
    dark = render(a_job(write_scene(f"theme: dark\n{SMALL}")), store=store)
    bare = render(replace(a_job(write_scene(SMALL)), metadata=False), store=store)
    assert states(dark) == states(bare) == ["made"]
    assert states(render(a_job(write_scene(SMALL)), store=store)) == ["kept"]


# Who makes it


def test_the_longest_are_begun_first_where_there_are_several_processes(
    write_scene: Write,
) -> None:
    longer = SMALL.replace("pace: even", "count: 60")
    jobs = [*some_jobs(write_scene, 4), a_job(write_scene(longer, "longer.yaml"))]
    begun = []

    class Noted(Processes):
        """It notes what it is given."""

        def submit(self, task: Task) -> Future[Made]:
            begun.append(Path(task.name).stem)
            return super().submit(task)

    list(render_jobs(jobs, lambda _: Noted(2)))
    assert begun[0] == "longer"
    assert len(begun) == 5


def test_what_is_current_begins_no_process(write_scene: Write) -> None:
    jobs = some_jobs(write_scene, 3)
    list(render_jobs(jobs, lambda _: Here()))

    def never(_: Sequence[Job]) -> Here:
        raise AssertionError

    assert [states(it) for it in render_jobs(jobs, never)] == [["current"]] * 3


def test_whoever_cancels_gets_what_was_done(write_scene: Write) -> None:
    jobs = some_jobs(write_scene, 4)
    second = outputs_of(jobs[1])[0]
    done = render_jobs(jobs, lambda _: Here(), cancelled=second.exists)
    assert [outcome.file for outcome in done] == [job.file for job in jobs[:2]]
    assert names_in(jobs[0].folder) == ["scene-0.gif", "scene-1.gif"]


def test_who_makes_films_is_chosen_when_the_cache_has_not_all(
    write_scene: Write, store: Cache
) -> None:
    jobs = some_jobs(write_scene, 3)
    list(render_jobs(jobs, lambda _: Here(), store))
    for job in jobs:
        outputs_of(job)[0].unlink()
    changed = a_job(write_scene(SMALL.replace("steps: 5", "steps: 9"), "scene-1.yaml"))
    asked: list[list[Path]] = []

    def choose(due: Sequence[Job]) -> Here:
        asked.append([job.file for job in due])
        return Here()

    kept = list(render_jobs(jobs, choose, store))
    assert [states(it) for it in kept] == [["kept"]] * 3
    assert not asked
    made = list(render_jobs([jobs[0], changed, jobs[2]], choose, store))
    assert [states(it) for it in made] == [["current"], ["current"], ["made"]]
    assert asked == [[changed.file]]


def test_another_format_beside_it_leaves_a_film_as_it_is(write_scene: Write) -> None:
    render(a_job(write_scene(f"{SMALL}formats: [gif]\n"), "gif"))
    again = render(a_job(write_scene(f"{SMALL}formats: [gif, png]\n"), "gif", "png"))
    assert states(again) == ["current", "made"]


def test_a_name_that_windows_keeps_for_itself_is_refused(write_scene: Write) -> None:
    scene = read_scene(write_scene(SMALL))
    jobs, [unable] = jobs_of({Path("con.yaml"): scene, Path("a.yaml"): scene}, Path("out"))
    assert [job.file.name for job in jobs] == ["a.yaml"]
    assert "con.gif cannot be a file's name everywhere" in unable.error
