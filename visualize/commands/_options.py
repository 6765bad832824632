"""What several commands share: arguments, options and exit codes."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import click

FAILED, MISUSED, INTERRUPTED = 1, 2, 130


class _Place(click.Path):
    """A scene file or a folder; an empty name is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        if not value:
            self.fail("an empty name is no scene; '.' is this folder", param, ctx)
        return super().convert(value, param, ctx)


class _Folder(click.Path):
    """A folder for files that are written."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path, of which every part is a folder or is to be one."""
        folder = Path(value)
        if not folder.is_dir() and _is_of_a_file(folder.suffix.lower()):
            words = f"a folder is wanted, and films are called as their scenes are (got {value})"
            self.fail(f"{words}; write -o {folder.parent}", param, ctx)
        for part in (folder, *folder.parents):
            if part.exists() and not part.is_dir():
                self.fail(f"{folder} cannot be made: {part} is a file", param, ctx)
        return super().convert(value, param, ctx)


def _some(ctx: click.Context, param: click.Parameter, places: tuple[Path, ...]) -> tuple[Path, ...]:
    if not places:
        words = "which scenes? write their files or a folder"
        raise click.UsageError(f"{words}: {ctx.command_path} scene.yaml", ctx)
    del param
    return places


OTHER_FILES = (".jpg", ".npz", ".npy", ".yaml")
"""What somebody's file would end with who takes a folder for it, beside a film's."""


def _is_of_a_file(ending: str) -> bool:
    if not ending:
        return False
    from visualize.formats.format import FORMATS

    return ending in OTHER_FILES or ending.removeprefix(".") in FORMATS


scenes_argument = click.argument(
    "places",
    metavar="SCENE_OR_FOLDER...",
    nargs=-1,
    type=_Place(path_type=Path),
    callback=_some,
)

output_option = click.option(
    "-o",
    "--output",
    metavar="FOLDER",
    type=_Folder(path_type=Path, file_okay=False),
    default=Path("output"),
    show_default=True,
    help="Where the files go.",
)

here_option = click.option(
    "-o",
    "--output",
    metavar="FOLDER",
    type=_Folder(path_type=Path, file_okay=False),
    default=Path(),
    help="Where the scene goes; default: here.",
)

overwrite_option = click.option("--force", is_flag=True, help="Write over a file of that name.")


class Allowed(NamedTuple):
    """What scenes may cost and read, where the command line says so."""

    updates: int | None
    seconds: float | None
    memory: float | None
    outside: bool
    """Whether recordings and data may lie outside a scene's folder."""
    download: bool
    """Whether data sets may be fetched."""


def budget_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say what a scene may do; the command takes them as one, `budget`."""

    @click.option(
        "--max-seconds",
        metavar="N",
        type=click.FloatRange(0, min_open=True),
        help="Most seconds that a scene's runs may take, and its film; default: 600.",
    )
    @click.option(
        "--max-memory",
        metavar="GIB",
        type=click.FloatRange(0, min_open=True),
        help="Most memory that a scene may take; default: 4 GiB.",
    )
    @click.option(
        "--budget",
        metavar="N",
        type=click.IntRange(1),
        help="Most updates (steps x starts x optimizers) of a scene, in place of the time.",
    )
    @click.option(
        "--allow-outside",
        is_flag=True,
        help="Read what stands outside the folder, too: recordings, data, music, a post's scenes.",
    )
    @click.option("--download", is_flag=True, help="Fetch the data sets that scenes name, once.")
    @wraps(command)
    def with_budget(
        *arguments: object,
        budget: int | None,
        max_seconds: float | None,
        max_memory: float | None,
        allow_outside: bool,
        download: bool,
        **others: object,
    ) -> None:
        allowed = Allowed(budget, max_seconds, max_memory, allow_outside, download)
        command(*arguments, budget=allowed, **others)

    return with_budget


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody reads what goes there; there may be no such stream."""
    return stream is not None and stream.isatty()


def make(folder: Path) -> None:
    """Make a folder for what will be written, before any work is done for it."""
    from visualize.errors import OutputError

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        words = (error.strerror or "it is refused").lower()
        raise OutputError(f"{folder} cannot be made: {words}") from None
