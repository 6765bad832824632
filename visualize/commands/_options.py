"""What several commands share: arguments, options and exit codes."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import NamedTuple

import click

FAILED, MISUSED, INTERRUPTED, TERMINATED = 1, 2, 130, 143

scenes_argument = click.argument(
    "places", metavar="SCENE_OR_FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path)
)

output_option = click.option(
    "-o",
    "--output",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("output"),
    show_default=True,
    help="Where the files go.",
)

here_option = click.option(
    "-o",
    "--output",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
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
    """Whether recordings may lie outside a scene's folder."""


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
        help="Read recordings from outside a scene's folder, too.",
    )
    @wraps(command)
    def with_budget(
        *arguments: object,
        budget: int | None,
        max_seconds: float | None,
        max_memory: float | None,
        allow_outside: bool,
        **others: object,
    ) -> None:
        command(
            *arguments, budget=Allowed(budget, max_seconds, max_memory, allow_outside), **others
        )

    return with_budget
