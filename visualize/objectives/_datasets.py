"""Data sets by name: found in a folder of the user's, or fetched once, if that is allowed."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

FOLDER = "VISUALIZE_DATA"
"""The environment variable that names a folder with data sets."""


class DatasetError(ValueError):
    """A data set that is not there, or not what it should be."""


@dataclass(frozen=True)
class Dataset:
    """A table that others publish."""

    file: str
    address: str
    sha1: str
    size: str
    columns: tuple[str, ...]
    about: str
    """What it is, and who made it."""


DATASETS = {
    "airfoil": Dataset(
        "airfoil_self_noise.dat",
        "http://d2l-data.s3-accelerate.amazonaws.com/airfoil_self_noise.dat",
        "76e5be1548fd8222e5074cf0faae75edff8cf93f",
        "59 kB",
        ("frequency", "angle", "chord", "velocity", "thickness", "pressure"),
        "the noise of airfoils in a wind tunnel: NASA, 1503 rows, from the UCI repository",
    ),
}


def file_of(name: str, *, download: bool = False, brought: Path | None = None) -> Path:
    """Return where a data set lies: in the folder `VISUALIZE_DATA` names, or in the cache.

    First of all it is looked for among those that were `brought` along. With `download` it is
    fetched if it is nowhere. Raises `DatasetError` with what to do where
    it is not there, cannot be fetched, or has another checksum.
    """
    import pooch

    dataset = DATASETS[name]
    folder = os.environ.get(FOLDER)
    cache = Path(pooch.os_cache("visualize"))
    places = [Path(it) for it in (brought, folder) if it]
    for place in [*places, cache]:
        file = place / dataset.file
        if file.is_file():
            _check(file, dataset)
            return file
    if not download:
        looked = f"{dataset.file} is not in {folder}; " if folder else ""
        raise DatasetError(
            f"{looked}--download fetches it once ({dataset.size}) from {dataset.address}; or put "
            f"{dataset.file} into a folder, and name that in {FOLDER}"
        )
    try:
        fetched = pooch.retrieve(
            dataset.address,
            f"sha1:{dataset.sha1}",
            dataset.file,
            cache,
            downloader=pooch.HTTPDownloader(timeout=30),
        )
    except ValueError:
        words = f"what {dataset.address} sends has another checksum than {dataset.sha1}"
        raise DatasetError(f"{words}; it was not kept") from None
    except OSError as error:  # no network, or none to there; or no room for it
        raise DatasetError(
            f"cannot be fetched from {dataset.address} ({type(error).__name__}); put "
            f"{dataset.file} into a folder, and name that in {FOLDER}"
        ) from None
    return Path(fetched)


def _check(file: Path, dataset: Dataset) -> None:
    if hashlib.sha1(file.read_bytes(), usedforsecurity=False).hexdigest() != dataset.sha1:
        words = f"{file} is not the file that was published: its checksum differs"
        raise DatasetError(f"{words} from {dataset.sha1}; remove it")
