"""What several commands share: arguments, options and exit codes."""

from pathlib import Path

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

budget_option = click.option(
    "--budget",
    metavar="N",
    type=click.IntRange(1),
    help="Most updates (steps x starts x optimizers) that a scene may ask for.",
)
