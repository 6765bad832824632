"""Scenes drawn as soon as they are saved: a still at once, and then the films."""

import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from multiprocessing.connection import wait
from pathlib import Path

from visualize.batch.job import Job, Outcome, jobs_of
from visualize.declare.packages import blamed
from visualize.errors import Mistake, PluginError, SceneError
from visualize.scene.scene import Scene
from visualize.watching.drawing import draw, warm_up
from visualize.watching.lanes import STILL, Lane, Source
from visualize.watching.news import (
    Back,
    Changed,
    Deaf,
    Failed,
    Gone,
    Made,
    Mistaken,
    News,
    Progressed,
)
from visualize.watching.sources import files_named_in, files_of, find_sources, look
from visualize.watching.waking import Waker
from visualize.watching.warm import Beat, Ended, WarmProcess

INTERVAL = 0.5
"""Seconds from one look at all files to the next, where no event is heard."""
INTERVAL_DEAF = 0.2
"""The same where none can be heard."""
PATIENCE = 0.2
"""Seconds that a file is given to be whole, before a mistake in it is told: editors write in
several steps, and some remove the file first."""
MOST_TRIES = 2
"""Of a job whose process is lost."""
LOST = "the process that drew it was killed, twice"

Read = Callable[[Path], Mapping[Path, Scene]]
"""Returns the scenes in a file, by the names that their films have; raises `SceneError`."""


def watch(
    places: Sequence[Path], output: Path, read: Read, cache: Path | None = None
) -> Generator[News, None, None]:
    """Yield what happens to the scenes in `places`, for ever: each is drawn when it is saved.

    First a still of its poster, `STEM.png` in the folder `output`, and then its own formats, by
    a process that may wait for all others; either is abandoned when the scene is saved again. What
    is current is left as it is, and what the folder `cache` has is not made again. Processes end
    with the iterator.
    """
    watcher = _Watcher(places, output, read, cache)
    try:
        yield from watcher.news()
    finally:
        watcher.close()


class _Watcher:
    def __init__(
        self, places: Sequence[Path], output: Path, read: Read, cache: Path | None
    ) -> None:
        work = partial(draw, cache=cache)
        self._places = places
        self._folders = frozenset(place for place in places if place.is_dir())
        self._output = output
        self._read_scenes = read
        self._sources: dict[Path, Source] = {}
        self._missing: dict[Path, float] = {}
        """Folders that are not there, and since when."""
        self._told_missing: set[Path] = set()
        self._looked = 0.0
        self._has_begun = False
        self._clashes_are_known = True
        self._waker = Waker()
        self._deaf = ""
        self._lanes = (
            Lane("stills", WarmProcess(work, warm_up)),
            Lane("films", WarmProcess(work, warm_up, last=True)),
        )

    def close(self) -> None:
        """End the processes."""
        self._waker.close()
        for lane in self._lanes:
            lane.process.close()

    def news(self) -> Iterator[News]:
        """Yield what happens, and wait between."""
        while True:
            interval = INTERVAL_DEAF if self._deaf else INTERVAL
            if self._waker.heard() or time.monotonic() >= self._looked + interval:
                yield from self._look()
            now = time.monotonic()
            ready = [it for it in self._sources.values() if self._may_be_read(it, now)]
            if ready:
                yield from self._read(ready[0])
            else:
                yield from self._tell_clashes()
                for lane in self._lanes:
                    lane.serve(list(self._sources.values()))
                self._wait(self._looked + interval)
            for lane in self._lanes:
                yield from self._hear(lane)

    def _may_be_read(self, source: Source, now: float) -> bool:
        is_finished = source.is_restless and self._lanes[0].source is source
        return source.is_due and source.ready <= now and not is_finished

    def _wait(self, until: float) -> None:
        times = [until]
        times += (it.ready for it in self._sources.values() if it.is_due and not it.is_restless)
        times += (it.process.deadline for it in self._lanes if it.process.deadline is not None)
        connections = [self._waker.connection, *(it.process.connection for it in self._lanes)]
        wait(connections, max(min(times) - time.monotonic(), 0))

    # What has changed.

    def _look(self) -> Iterator[News]:
        now = self._looked = time.monotonic()
        found, missing = find_sources(self._places, self._folders)
        yield from self._look_at_folders(missing, now)
        for key, file in found.items():
            if key not in self._sources:
                # A new name in a folder may be an editor's, for a moment.
                ready = now + PATIENCE if self._has_begun else now
                self._sources[key] = Source(file, now, ready, seen={file: look(file)})
        self._has_begun = True
        for key, source in list(self._sources.items()):
            if key not in found and now > source.noticed + PATIENCE and source.is_due:
                del self._sources[key]
                self._forget(source)
                if not self._is_missing(source.file):
                    yield Gone(source.file)
                continue
            sights = {file: look(file, before) for file, before in source.seen.items()}
            if sights != source.seen:
                source.noticed = now
                source.ready = max(source.ready, now) if source.is_due else now
                source.is_due = True
                source.unserved += 1
                self._leave(source)
            source.seen = sights
        self._waker.listen(self._surroundings())
        if self._waker.trouble != self._deaf:
            self._deaf = self._waker.trouble
            if self._deaf:
                yield Deaf(self._deaf)

    def _look_at_folders(self, missing: Mapping[Path, str], now: float) -> Iterator[News]:
        self._missing = {place: self._missing.get(place, now) for place in missing}
        for place, since in self._missing.items():
            if place not in self._told_missing and now > since + PATIENCE:
                self._told_missing.add(place)
                yield Gone(place, missing[place])
        for place in sorted(self._told_missing - {*missing}):
            self._told_missing.remove(place)
            yield Back(place)

    def _is_missing(self, file: Path) -> bool:
        return any(file.parent == place for place in self._missing)

    def _surroundings(self) -> dict[Path, int]:
        """Return the folders of all files that matter, as they are on the disk now."""
        folders = {file.parent for source in self._sources.values() for file in source.seen}
        inodes = {}
        for folder in folders | self._folders:
            try:
                inodes[folder] = folder.stat().st_ino
            except OSError:
                continue
        return inodes

    def _leave(self, source: Source) -> None:
        for lane in self._lanes:
            if lane.kind == "films" or not source.is_restless:
                lane.leave(source)

    def _forget(self, source: Source) -> None:
        source.drop()
        source.jobs = ()
        self._clashes_are_known = False
        self._leave(source)

    # What the scenes say.

    def _read(self, source: Source) -> Iterator[News]:
        begun, now = time.time_ns(), time.monotonic()
        if source.file.parent in self._folders and not _is_there(source.file):
            source.ready = now + PATIENCE  # looking will tell that it is gone
            return
        source.is_due = False
        source.seen = {file: look(file, before) for file, before in source.seen.items()}
        try:
            scenes = self._scenes_in(source.file)
        except SceneError as error:
            if now < source.noticed + PATIENCE and not source.is_restless:
                source.is_due, source.ready = True, source.noticed + PATIENCE
                return
            self._forget(source)
            more = files_named_in(source.file)
            source.seen |= {file: look(file) for file in more if file not in source.seen}
            source.unserved = 0
            yield Mistaken(source.file, error)
            return
        jobs, _ = jobs_of(scenes, self._output)  # of their own formats all can be
        source.jobs = tuple(jobs)
        files = {source.file, *(file for scene in scenes.values() for file in files_of(scene))}
        files |= {file for file in scenes if _is_there(file)}
        source.seen = {file: source.seen.get(file) or look(file) for file in sorted(files)}
        ended = time.time_ns()
        if any(it.stamp and begun < it.stamp[0] <= ended for it in source.seen.values()):
            source.is_due = True  # it changed while it was read
            return
        source.clash = ""
        source.begin()
        self._clashes_are_known = False
        yield Changed(source.file)

    def _scenes_in(self, file: Path) -> Mapping[Path, Scene]:
        try:
            with blamed():
                return self._read_scenes(file)
        except PluginError as error:
            words = str(error)
        except MemoryError:
            words = "there is not enough memory to read what it names"
        raise SceneError([Mistake(str(file), 0, 0, "", words)])

    def _tell_clashes(self) -> Iterator[News]:
        """Refuse scenes that would write the same file, and draw those that would no more."""
        if self._clashes_are_known:
            return
        self._clashes_are_known = True
        makers = defaultdict(list)
        for source in self._sources.values():
            for job in source.jobs:
                wanted = replace(job, formats=tuple(dict.fromkeys((STILL, *job.formats))))
                for path in wanted.films:
                    makers[path].append((source, job.file))
        clashes: dict[int, str] = {}
        for path, those in makers.items():
            if len({file for _, file in those}) > 1:
                names = " and by ".join(str(file) for _, file in those)
                for source, _ in those:
                    clashes.setdefault(id(source), f"{path} would be written by {names}")
        for source in self._sources.values():
            before, source.clash = source.clash, clashes.get(id(source), "")
            if source.clash:
                source.drop()
                self._leave(source)
                if source.clash != before:
                    yield Failed(source.file, source.clash)
            elif before:
                source.begin()
                yield Changed(source.file)

    # What was drawn.

    def _hear(self, lane: Lane) -> Iterator[News]:
        while (said := lane.process.hear()) is not None:
            source, job = lane.source, lane.job
            if source is None or job is None:
                continue
            if isinstance(said, Beat):
                if not source.is_due:
                    yield Progressed(source.file, said.what, said.done, said.total)
                continue
            lane.source = None
            waiting = lane.waiting(source)
            if not any(job is it for it in waiting):
                continue  # of what is no more
            if said.lost:
                lane.lost += 1
                if lane.lost < MOST_TRIES:
                    continue
                said = Ended(Outcome(job.file, error=LOST), lost=False)
            if said.result is not None:
                waiting[:] = [it for it in waiting if it is not job]
                if lane.kind == "stills":
                    source.unserved = 0
                    self._want_films(source, job)
                yield from self._told(source, said.result, is_still=lane.kind == "stills")

    def _want_films(self, source: Source, still: Job) -> None:
        [job] = [it for it in source.jobs if it.file == still.file]
        if formats := tuple(name for name in job.formats if name != STILL):
            source.films.append(replace(job, formats=formats))

    def _told(self, source: Source, drawn: Outcome, *, is_still: bool) -> Iterator[News]:
        new = tuple(words for words in drawn.warnings if words not in source.told)
        if drawn.error and drawn.error not in source.told:
            yield Failed(source.file, drawn.error)
        source.told |= {*new, drawn.error}
        if drawn.written or not drawn.error:
            outcome = replace(drawn, warnings=new)
            is_last = not source.has_more
            yield Made(source.file, outcome, is_still=is_still, is_last=is_last)


def _is_there(file: Path) -> bool:
    return look(file).stamp is not None
