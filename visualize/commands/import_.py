"""`visualize import`: a scene that plays recorded points."""

import os
import sys
from pathlib import Path

import click

from visualize.commands._options import (
    MISUSED,
    Allowed,
    budget_option,
    here_option,
    overwrite_option,
)
from visualize.commands._reading import budget_of
from visualize.commands._writing import new_scene


@click.command("import")
@click.argument(
    "runs",
    metavar="RUN...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@click.option("--objective", metavar="TEXT", help="What they minimise: a formula, or a name.")
@click.option("--title", metavar="TEXT", help="Above the picture.")
@click.option("--name", metavar="NAME", help="The scene's name; default: that of the first file.")
@here_option
@overwrite_option
@budget_option
def import_(
    runs: tuple[Path, ...],
    objective: str | None,
    title: str | None,
    name: str | None,
    output: Path,
    force: bool,
    budget: Allowed,
) -> None:
    """Write a scene that plays points recorded elsewhere: .npy, .npz, .csv or .json.

    Arrays have the shape (steps + 1, dimension) or (steps + 1, starts, dimension).

    \b
    visualize import adam.npy --objective "x**2/20 + y**2"
    """
    from visualize.errors import SceneError, printable
    from visualize.scene.scene import read_scene
    from visualize.scene.source import SUFFIXES, text_of
    from visualize.storage.files import is_inside, written_whole

    for run in runs:
        if run.suffix in SUFFIXES:
            raise click.UsageError(f"{run} is a scene; write visualize render {run}")
    path = new_scene(name or runs[0].stem, output, force)
    files = [{"file": Path(os.path.relpath(run, output)).as_posix()} for run in runs]
    settings = {"title": title, "objective": objective}
    text = text_of(
        {
            **{key: value for key, value in settings.items() if value is not None},
            "trajectories": files if len(files) > 1 else files[0],
        }
    )
    try:
        with written_whole(path) as temporary:
            temporary.write_text(text, "utf-8")
            # They were named by hand.
            read_scene(temporary, budget=budget_of(budget), allow_outside=True)
    except SceneError as error:
        # There is no scene; what is wrong stands in the files, or in the options.
        for mistake in error.mistakes:
            message = mistake.message
            for run, entry in zip(runs, files, strict=True):
                message = message.replace(str(temporary.parent / entry["file"]), str(run))
            option = f"--{mistake.setting}: " if mistake.setting in settings else ""
            click.echo(printable(f"{option}{message}"), err=True)
        sys.exit(MISUSED)
    for run in runs:
        if not (budget.outside or is_inside(run, output)):
            words = f"{run} lies outside of its folder: give --allow-outside to render it"
            click.echo(f"{path}: {words}", err=True)
    click.echo(str(path))
