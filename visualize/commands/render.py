"""`visualize render`: scenes to films."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from visualize.commands._options import (
    FAILED,
    MISUSED,
    Allowed,
    budget_option,
    make,
    output_option,
    scenes_argument,
)
from visualize.commands._progress import ProgressBar
from visualize.commands._reading import read_places

if TYPE_CHECKING:
    from visualize.batch.jobs import Outcome


@click.command()
@scenes_argument
@output_option
@click.option(
    "--format",
    "formats",
    metavar="NAMES",
    multiple=True,
    help="gif,mp4,... in place of the scene's.",
)
@click.option("-j", "--jobs", metavar="N|auto", default="1", help="Scenes rendered at once.")
@click.option("--force", is_flag=True, help="Render also what is current.")
@click.option(
    "--strict", is_flag=True, help="Fail where there is a warning, as when a run diverges."
)
@budget_option
def render(
    places: tuple[Path, ...],
    output: Path,
    formats: tuple[str, ...],
    jobs: str,
    force: bool,
    strict: bool,
    budget: Allowed,
) -> None:
    """Render scenes to films.

    A folder means its *.yaml. The paths written are printed; what is current is not made again.

    \b
    visualize render race.yaml
    visualize render scenes -o films --format gif,mp4 -j auto
    """
    from visualize.batch.jobs import Job, clashes, too_fast
    from visualize.batch.processes import render_all
    from visualize.formats.format import cannot_show

    chosen = _formats(formats)
    processes = _processes(jobs)
    scenes, failed = read_places(places, budget, films=True, formats=chosen)
    code = MISUSED if failed else 0
    work = []
    for file, scene in scenes.items():
        names = chosen or tuple(dict.fromkeys(scene.formats))
        if words := cannot_show(names, transparent=scene.transparent):
            click.echo(f"{file}: {words}", err=True)
            code = MISUSED
            continue
        for warning in too_fast(scene, names):
            click.echo(f"{file}: warning: {warning}", err=True)
            code = code or (FAILED if strict else 0)
        work.append(Job(file, scene, output, names, force, strict))
    if twice := clashes({job.file: job.outputs for job in work}):
        raise click.UsageError("\n".join(twice))
    if work:
        make(output)
    with ProgressBar() as progress:
        for outcome in render_all(work, processes, progress.update):
            progress.pause()
            _tell(outcome)
            for path in outcome.written:
                click.echo(str(path))
            if outcome.error or (strict and outcome.warnings):
                code = code or FAILED
    sys.exit(code)


def _tell(outcome: "Outcome") -> None:
    scene = outcome.job.file
    for warning in outcome.warnings:
        click.echo(f"{scene}: warning: {warning}", err=True)
    if outcome.error:
        click.echo(f"{scene}: {outcome.error}", err=True)
    elif outcome.written:
        suffixes = dict.fromkeys(path.suffix.removeprefix(".") for path in outcome.written)
        names = ", ".join(suffixes)
        click.echo(f"{scene}: rendered to {names} in {outcome.seconds:.1f} s", err=True)
    else:
        click.echo(f"{scene}: current", err=True)


def _formats(texts: tuple[str, ...]) -> tuple[str, ...]:
    from visualize.errors import PluginError
    from visualize.formats.format import FORMATS

    listed = (name.strip().lower() for text in texts for name in text.split(","))
    names = tuple(dict.fromkeys(listed))
    for name in names:
        if name not in FORMATS.names():
            words = f"unknown format '{name}'{FORMATS.hint(name)}"
            raise click.BadParameter(words, param_hint="'--format'")
        try:
            FORMATS.load(name)
        except PluginError as error:
            raise click.BadParameter(str(error), param_hint="'--format'") from error
    return names


def _processes(text: str) -> int:
    from visualize.batch.processes import processors

    if text == "auto":
        return processors()
    if not text.isdecimal() or int(text) < 1:
        raise click.BadParameter("must be a number from 1, or auto", param_hint="'--jobs'")
    return int(text)
