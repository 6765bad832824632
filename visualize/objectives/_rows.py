"""From the settings of a regression to its rows: the file is found, and read within bounds."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visualize.declare.settings import error_at, error_of, mistake_at
from visualize.errors import ArraysError, printable
from visualize.objectives._data import Chosen, ColumnError, Sample, read_sample
from visualize.objectives._datasets import DATASETS, DatasetError, file_of
from visualize.storage.delimited import TABLES
from visualize.storage.files import is_inside
from visualize.storage.npz import trusted
from visualize.storage.room import NoRoomError, Room, TooLargeError

if TYPE_CHECKING:
    from visualize.objectives.regression import Regression

MEMORY = 2**29
"""Bytes that reading data may take where nobody says more."""


def read_rows(settings: "Regression", context: Mapping[str, Any]) -> tuple[Path, Sample]:
    """Return the file with the data, and the columns of it that are wanted.

    The context says where files may be: `folder`, `allow_outside`, `room`, `download`,
    `datasets`. Raises pydantic's errors, placed at the settings.
    """
    chosen = Chosen(settings.features, settings.target)
    if settings.dataset is not None:
        dataset = DATASETS[settings.dataset]
        try:
            download, brought = bool(context.get("download")), context.get("datasets")
            file = file_of(settings.dataset, download=download, brought=brought)
        except DatasetError as error:
            raise error_at(str(error), "dataset") from None
        setting, names = "dataset", dataset.columns
    else:
        # Who makes a scene in Python says which files there are; a file of anybody's does not.
        folder = Path(context.get("folder", ""))
        file = folder / str(settings.data)
        if not context.get("allow_outside", True) and not is_inside(file, folder):
            raise error_at("lies outside the scene's folder; --allow-outside reads it", "data")
        setting, names = "data", None
    try:
        with trusted(file):
            sample = _sample(file, chosen, context.get("room") or Room(MEMORY), names)
    except ColumnError as error:
        raise error_of([mistake_at(words, *place) for words, place in error.wrong]) from None
    except TooLargeError as error:
        raise error_at(f"{error}; --max-memory raises that", setting) from None
    except ArraysError as error:
        raise error_at(str(error), setting) from None
    if settings.digest not in (None, sample.digest):
        raise error_at(f"the file holds other numbers now ({sample.digest})", "digest")
    return file, sample


def _sample(file: Path, chosen: Chosen, room: Room, names: tuple[str, ...] | None) -> Sample:
    """Return the rows in a file. Raises `ArraysError` where it is no table of numbers."""
    if (suffix := file.suffix.lower()) not in TABLES:
        known = f"data are read from {', '.join(TABLES)}"
        raise ArraysError(f"{file}: {known}, not from {suffix or 'what has no suffix'}")
    try:
        return read_sample(file, chosen, room, names)
    except NoRoomError:
        raise
    except ValueError as error:
        raise ArraysError(printable(f"{file}: {error}")) from None
