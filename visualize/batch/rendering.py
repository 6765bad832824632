"""From many scenes to their films: what is current stays, what is kept is taken, the rest is made.

Only this process writes films and keeps what was made; whoever makes them gives it bytes.
"""

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from pathlib import Path

from visualize.batch.crews import Crew, Here
from visualize.batch.job import Job, Outcome, Output, State
from visualize.batch.parcel import travels
from visualize.batch.reasons import reason_for
from visualize.batch.scenes import too_fast
from visualize.batch.task import Made, Task, unpack
from visualize.batch.worker import OFTEN
from visualize.errors import OutputError, VisualizeError
from visualize.film.fingerprint import comment_for, fingerprint, is_current
from visualize.formats.format import FORMATS, FolderFormat, Format
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

    The crew is chosen when it is known for which jobs there is something to make. A job whose
    process is lost is tried once more, when nothing else is under way: it is not known which of
    those that were was to blame. Whoever stops before the end leaves nothing half done.
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
    if not due:
        return
    crew = choose([it.job for it in due])
    if not isinstance(crew, Here):  # so that nobody is idle in the end
        due.sort(key=lambda it: -it.job.seconds)
    is_done = False
    try:
        for it, made in _made(due, crew, store, cancelled):
            if store is not None:
                _keep(it.job, made, store)
            yield _written(it, made.films, "made").outcome(made)
        is_done = True
    finally:
        crew.close(at_once=not is_done)


def _made(
    due: Iterable[_Due], crew: Crew, store: Store | None, cancelled: Callable[[], bool]
) -> Iterator[tuple[_Due, Made]]:
    """Yield each job that is due with what was made of it."""
    waiting, at_home, alone = deque(due), deque[_Due](), deque[_Due]()
    under_way: dict[Future[Made], _Due] = {}
    while waiting or under_way or at_home or alone:
        while waiting and len(under_way) < crew.at_once:
            it = waiting.popleft()
            it = it if store is None or it.job.force else _recalled(it, store)
            if it.is_done:
                yield it, NOTHING_MADE
            elif isinstance(crew, Here) or travels(it.job.scene):
                under_way[crew.submit(_task(it, store))] = it
            else:
                at_home.append(it)
        if not under_way and at_home:
            it = at_home.popleft()
            under_way[Here().submit(_task(it, store))] = it
        elif not under_way and alone:
            it = alone.popleft()
            under_way[crew.submit(_task(it, store))] = it
        done, _ = wait(under_way, OFTEN, FIRST_COMPLETED)
        crew.listen()
        if cancelled():
            return
        for future in done:
            it = under_way.pop(future)
            try:
                yield it, future.result()
            except crew.losses:
                if it.is_alone:
                    yield it, Made(error=KILLED)
                else:
                    alone.append(replace(it, is_alone=True))
            except VisualizeError as error:  # it could not be sent
                yield it, Made(error=str(error))


def _what_is_due(job: Job) -> _Due:
    """Return which films of a job are current, and why the others are not."""
    outputs, reasons = [], {}
    for path, scene in job.films.items():
        if job.force:
            reasons[path] = FORCED
        elif is_current(path, scene, metadata=job.metadata):
            outputs.append(Output(path, "current", _size(path), CURRENT))
        else:
            reasons[path] = reason_for(path, scene, metadata=job.metadata)
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
    themes = {job.films[path].theme for path in due.reasons}
    return Task(
        str(job.file),
        job.scene,
        {path.name: str(job.films[path].theme) for path in due.reasons},
        tuple(theme for theme in job.scene.by_theme if theme in themes or job.strict),
        {key: content for key, content in kept.items() if content is not None},
        job.metadata,
    )


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
            outputs.append(Output(path, state, len(content), why))
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
    comment = comment_for(fingerprint(job.films[path]), _kind(path))
    return key_of("film", comment, path.suffix, str(job.metadata))


def _kind(path: Path) -> type[Format]:
    return FORMATS.load(path.suffix.removeprefix("."))


def _size(path: Path) -> int:
    """Return how many bytes a film has; a folder's those of its files."""
    files = path.iterdir() if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files)
