"""From many scenes to their films: what is current stays, what is kept is taken, the rest is made.

Only this process writes films and keeps what was made; whoever makes them gives it bytes.
"""

import json
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from visualize.batch.crews import Crew, Here
from visualize.batch.job import Job, Outcome, Output, State
from visualize.batch.parcel import travels
from visualize.batch.reasons import reason_for
from visualize.batch.scenes import too_fast
from visualize.batch.task import Cancelled, Made, Task, unpack
from visualize.batch.worker import OFTEN
from visualize.errors import OutputError, VisualizeError
from visualize.film.fingerprint import comment_for, fingerprint, is_current
from visualize.formats.format import FORMATS, FolderFormat, Format
from visualize.scene.scene import Scene
from visualize.simulation.kept import run_keys
from visualize.storage.cache import Store, key_of
from visualize.storage.files import (
    folder_written_whole,
    remove_leftovers_in,
    remove_scratch_left,
    written_whole,
)

KILLED = "the process that rendered it was killed, twice"
NOTHING_MADE = Made()
CURRENT = "nothing has changed"
FORCED = "it was asked for"


@dataclass(frozen=True)
class _Due:
    """A job of which something is to be made."""

    job: Job
    outputs: tuple[Output, ...]
    """Films that need not be made."""
    reasons: Mapping[Path, str]
    """Why the others are."""
    warnings: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    is_alone: bool = False
    """Whether whoever had it was lost before, so that it is made when nothing else is."""

    @property
    def is_done(self) -> bool:
        """Whether nothing is to be made, nor looked for."""
        return not self.reasons and not self.job.strict

    def outcome(self, made: Made = NOTHING_MADE) -> Outcome:
        """Return what became of the job."""
        job, names = self.job, [*self.job.films]
        keys = {} if made is NOTHING_MADE else run_keys(job.scene)
        failed = (Output(path, "failed", why=why) for path, why in self.reasons.items())
        return Outcome(
            job.file,
            tuple(sorted([*self.outputs, *failed], key=lambda it: names.index(it.path))),
            tuple(dict.fromkeys([*self.warnings, *made.warnings])),
            "; ".join(filter(None, [made.error, *self.errors])),
            made.seconds,
            tuple(label for label, key in keys.items() if key in made.runs),
            tuple(label for label, key in keys.items() if key not in made.runs),
        )


def render_jobs(
    jobs: Sequence[Job],
    choose: Callable[[Sequence[Job]], Crew],
    store: Store | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Outcome]:
    """Yield what became of each job as it is done.

    The crew is chosen when there is something to make. A job whose process is lost is tried once
    more, when nothing else is under way: it is not known which of those that were was to blame.
    Whoever stops before the end, or cancels, leaves nothing half done.
    """
    due = []
    remove_scratch_left()
    for folder in {job.folder for job in jobs}:
        remove_leftovers_in(folder)
    for job in jobs:
        found = _what_is_due(job)
        if found.is_done:
            yield found.outcome()
        else:
            due.append(found)
    work = _Work(due, choose, store, cancelled)
    is_done = False
    try:
        for it, made in work.made():
            written = _written(it, made.films, "made")
            if store is not None:
                _keep(it.job, made, store)
            yield written.outcome(made)
        is_done = True
    except Cancelled:
        return
    finally:
        if work.crew is not None:
            work.crew.close(at_once=not is_done)


class _Work:
    """The jobs of which something is due, until all are made."""

    def __init__(
        self,
        due: Sequence[_Due],
        choose: Callable[[Sequence[Job]], Crew],
        store: Store | None,
        cancelled: Callable[[], bool],
    ) -> None:
        self.crew: Crew | None = None
        self._choose, self._store, self._cancelled = choose, store, cancelled
        self._waiting, self._at_home, self._alone = deque(due), deque[_Due](), deque[_Due]()
        self._under_way: dict[Future[Made], _Due] = {}

    def made(self) -> Iterator[tuple[_Due, Made]]:
        """Yield each job with what was made of it; raise `Cancelled` where nobody wants it."""
        while self._waiting or self._under_way or self._at_home or self._alone:
            yield from self._hand_out()
            if self.crew is None:
                return
            done, _ = wait(self._under_way, OFTEN, FIRST_COMPLETED)
            self._look_up()
            for future in done:
                if (made := self._take(future, self.crew)) is not None:
                    yield made

    def _hand_out(self) -> Iterator[tuple[_Due, Made]]:
        """Let there be enough under way; yield what needs nobody: the cache has all of it."""
        while self._waiting and (self.crew is None or len(self._under_way) < self.crew.at_once):
            it = self._waiting.popleft()
            it = it if self._store is None or it.job.force else _recalled(it, self._store)
            if it.is_done:
                yield it, NOTHING_MADE
            elif self.crew is None:
                self._waiting.appendleft(it)
                self.crew = self._choose([it.job for it in self._waiting])
                if not isinstance(self.crew, Here):  # so that nobody is idle in the end
                    self._waiting = deque(sorted(self._waiting, key=lambda it: -it.job.seconds))
            elif isinstance(self.crew, Here) or travels(it.job):
                self._give(it, self.crew)
            else:
                self._at_home.append(it)
        if self.crew is None or self._under_way:
            return
        if self._at_home:
            self._give(self._at_home.popleft(), Here(self._report_from_home))
        elif self._alone:
            self._give(self._alone.popleft(), self.crew)

    def _give(self, due: _Due, crew: Crew) -> None:
        self._under_way[crew.submit(_task(due, self._store))] = due

    def _look_up(self) -> None:
        if self.crew is not None:
            self.crew.listen()
        if self._cancelled():
            raise Cancelled

    def _report_from_home(self, *words: Any) -> None:
        self._look_up()
        if self.crew is not None and self.crew.report is not None:
            self.crew.report(*words)

    def _take(self, future: "Future[Made]", crew: Crew) -> tuple[_Due, Made] | None:
        """Return what became of what was under way; None, if it is to be tried once more."""
        it = self._under_way.pop(future)
        try:
            return it, future.result()
        except crew.losses:
            if it.is_alone:
                return it, Made(error=KILLED)
            self._alone.append(replace(it, is_alone=True))
            return None
        except VisualizeError as error:  # it could not be sent
            return it, Made(error=str(error))
        except Exception as error:  # a bug of ours, or of a package: the other scenes go on
            told = "".join(traceback.format_exception(error)).rstrip()
            return it, Made(error=f"this is a bug, and should be reported:\n{told}")


def _what_is_due(job: Job) -> _Due:
    """Return which films of a job are current, and why the others are not."""
    outputs, reasons = [], {}
    for path, scene in job.films.items():
        if job.force:
            reasons[path] = FORCED
        elif is_current(path, scene, metadata=job.metadata, cut=job.cut):
            outputs.append(Output(path, "current", _size(path), CURRENT))
        else:
            reasons[path] = reason_for(path, scene, metadata=job.metadata, cut=job.cut)
    return _Due(job, tuple(outputs), reasons, tuple(too_fast(job.scene, job.formats)))


def _recalled(due: _Due, store: Store) -> _Due:
    """Return what is due after the films that are kept were written."""
    films, warnings = {}, [*due.warnings]
    for path in due.reasons:
        if kept := store.get(_key_of(due.job, path)):
            told, _, films[path.name] = kept.partition(b"\n")
            warnings += json.loads(told)
    return _written(replace(due, warnings=tuple(warnings)), films, "kept")


def _task(due: _Due, store: Store | None) -> Task:
    """Return what is to be made, with the runs that are kept."""
    job = due.job
    keys = () if store is None or job.force else run_keys(job.scene).values()
    kept = {key: store.get(key) for key in keys} if store else {}
    themes = {path: _theme(job.films[path]) for path in due.reasons}
    return Task(
        str(job.file),
        job.scene,
        {path.name: theme for path, theme in themes.items()},
        tuple(it for it in job.scene.by_theme if it in themes.values() or job.strict),
        {key: content for key, content in kept.items() if content is not None},
        job.metadata,
        job.cut,
    )


def _theme(scene: Scene) -> str:
    """Return the name of the theme of a scene that has one."""
    [name] = scene.by_theme
    return name


def _written(due: _Due, films: Mapping[str, bytes], state: State) -> _Due:
    """Return what is due after films were written: their contents by their names."""
    outputs, reasons, errors = [*due.outputs], dict(due.reasons), [*due.errors]
    for path in [*reasons]:
        if (content := films.get(path.name)) is None:
            continue
        why = reasons.pop(path)
        try:
            _write(path, content)
        except OutputError as error:
            errors.append(str(error))
            outputs.append(Output(path, "failed", why=why))
        else:
            outputs.append(Output(path, state, _size(path), why))
    return replace(due, outputs=tuple(outputs), reasons=reasons, errors=tuple(errors))


def _write(path: Path, content: bytes) -> None:
    """Write a film whole. Raises `OutputError` where that cannot be."""
    kind = _kind(path)
    if issubclass(kind, FolderFormat):
        with folder_written_whole(path, kind.strangers) as folder:
            unpack(content, folder)
    else:
        with written_whole(path) as temporary:
            temporary.write_bytes(content)


def _keep(job: Job, made: Made, store: Store) -> None:
    """Put what was made where it is found the next time: films with what was warned of."""
    told = json.dumps(made.warnings).encode()
    for path in job.films:
        if path.name in made.films:
            store.put(_key_of(job, path), told + b"\n" + made.films[path.name])
    for key, run in made.runs.items():
        store.put(key, run)


def _key_of(job: Job, path: Path) -> str:
    """Return the key of a film: of its scene, of who draws it, and of who encodes it."""
    comment = comment_for(fingerprint(job.films[path], job.cut), _kind(path))
    return key_of("film", comment, path.suffix, str(job.metadata))


def _kind(path: Path) -> type[Format]:
    return FORMATS.load(path.suffix.removeprefix("."))


def _size(path: Path) -> int:
    """Return how many bytes a film has; a folder's those of its files."""
    files = path.iterdir() if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files)
