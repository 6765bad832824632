"""Runs that were recorded elsewhere, in place of optimizers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from visualize.declare.settings import (
    LONGEST_FORM,
    FileName,
    Settings,
    collected,
    error_at,
    is_label,
    mistake_at,
)
from visualize.errors import ArraysError, printable
from visualize.history.recording import RecordedRun, read_recording
from visualize.scene.runs import Appearance, Entries, Entry, Run, given_appearance
from visualize.storage.files import is_inside
from visualize.storage.room import Room, TooLargeError
from visualize.text import counted, did_you_mean, in_yaml, shortened


class Recording(Settings):
    """A file of recorded points, played in place of optimizers."""

    beside = tuple(Appearance.model_fields)

    file: FileName
    """A .npy, .npz or .json file, or a table (.csv, .tsv, .txt, .dat) in the scene's folder."""
    run: str | None = None
    """Which run of the file; default: all that there are."""
    digest: str | None = None
    """The checksum of the numbers that must be there; default: any."""


@dataclass(frozen=True)
class _Files:
    """The files of recordings: where they may be, and those that were read."""

    folder: Path
    anywhere: bool
    room: Room
    """For all of them."""
    variables: tuple[str, ...]
    """What the objective calls its coordinates, where it is known."""
    read: dict[Path, tuple[RecordedRun, ...]] = field(default_factory=dict)

    def runs_in(self, file: str) -> tuple[RecordedRun, ...]:
        """Return the runs in a file, which is read once."""
        path = self.folder / file
        if not self.anywhere and not is_inside(path, self.folder):
            raise error_at("lies outside the scene's folder; --allow-outside reads it", "file")
        try:
            if path not in self.read:
                self.read[path] = read_recording(path, self.room, self.variables)
        except TooLargeError as error:
            raise error_at(f"{error}; --max-memory raises that", "file") from None
        except ArraysError as error:
            raise error_at(str(error), "file") from None
        return self.read[path]


def read_recordings(
    value: Any,
    folder: Path,
    room: Room,
    variables: tuple[str, ...] = (),
    *,
    allow_outside: bool,
) -> Entries[RecordedRun]:
    """Return the runs that `trajectories` in a scene names, each with its arrays."""
    entries: Entries[RecordedRun] = Entries()
    listed = [value] if isinstance(value, Mapping | Run | RecordedRun) else value
    if not isinstance(listed, list | tuple) or not listed:
        file = listed if isinstance(listed, str) and listed else "run.npy"
        words = "must be a mapping with the file, or a list of them"
        form = in_yaml({"file": shortened(file, LONGEST_FORM)})
        entries.mistakes.append(mistake_at(f"{words}; write trajectories: {form}"))
        return entries
    files = _Files(folder, allow_outside, room, variables)
    for index, entry in enumerate(listed):
        place = () if isinstance(value, Mapping) else (index,)
        if isinstance(entry, RecordedRun):
            entries.sound.append(Entry(entry, Appearance(), place))
            continue
        if isinstance(entry, Run) and isinstance(entry.source, RecordedRun):
            entries.sound.append(Entry(entry.source, entry.appearance, place))
            continue
        settings, given = given_appearance(entry)
        look = Appearance()
        with collected(entries.mistakes, *place):
            look = Appearance.model_validate(given)
        with collected(entries.mistakes, *place):
            for run in _runs_in(Recording.model_validate(settings), look, files):
                entries.sound.append(Entry(run, look, place))
    return entries


def _runs_in(recording: Recording, appearance: Appearance, files: _Files) -> Iterator[RecordedRun]:
    runs = {run.name: run for run in files.runs_in(recording.file)}
    if recording.run is not None:
        if recording.run not in runs:
            hint = did_you_mean(recording.run, runs) or f"; there are {', '.join(runs)}"
            raise error_at(f"the file has no run '{recording.run}'{hint}", "run")
        runs = {recording.run: runs[recording.run]}
    of_one = {**appearance.model_dump(), "digest": recording.digest}
    for setting, value in of_one.items():
        if value is not None and len(runs) > 1:
            words = f"the file has {counted(len(runs), 'run')}: {', '.join(runs)}"
            raise error_at(f"{words}; choose one with 'run'", setting)
    for name, run in runs.items():
        if recording.digest not in (None, run.digest):
            raise error_at(f"the file holds other numbers now ({run.digest})", "digest")
        if not is_label(appearance.label or name):
            words = f"a run is called {printable(name)!r} there, which cannot be a label"
            raise error_at(f"{words}{'; give it one' if len(runs) == 1 else ''}", "file")
        yield run
