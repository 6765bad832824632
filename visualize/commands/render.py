"""`visualize render`: scenes to films."""

import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from visualize.commands._cache import cache_option, store_of
from visualize.commands._options import (
    FAILED,
    MISUSED,
    Allowed,
    budget_option,
    is_terminal,
    make,
    output_option,
    scenes_argument,
)
from visualize.commands._progress import ProgressBar
from visualize.commands._reading import read_places
from visualize.commands._results import in_json, line_about, reasons_of, show_table

if TYPE_CHECKING:
    from visualize.batch.glimpse import Still
    from visualize.batch.job import Outcome


class _Still(click.ParamType[Any]):
    """Which picture of a film."""

    name = "first|last|N"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Return first, last or the number."""
        text = str(value)
        if text not in ("first", "last") and not text.isdecimal():
            from visualize.text import did_you_mean

            hint = did_you_mean(text, ("first", "last"))
            self.fail(f"must be first, last or a number from 0 (got {text}){hint}", param, ctx)
        return int(text) if text.isdecimal() else text


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
@click.option(
    "-j",
    "--jobs",
    metavar="N|auto",
    default="auto",
    show_default=True,
    help="Scenes rendered at once.",
)
@click.option(
    "--executor",
    type=click.Choice(("local", "dask")),
    default="local",
    show_default=True,
    help="Who renders: processes here, or the workers of a Dask scheduler.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Of that: tcp://host:8786.")
@click.option(
    "--draft", is_flag=True, help="Small and few pictures, fast, to look at: NAME-draft.gif."
)
@click.option(
    "--still",
    metavar="first|last|N",
    type=_Still(),
    help="One picture of the film (from 0), at full size: NAME.png.",
)
@click.option(
    "--sheet", is_flag=True, help="Some pictures of the film side by side: NAME-sheet.png."
)
@click.option("--force", is_flag=True, help="Render also what is current.")
@click.option(
    "--strict", is_flag=True, help="Fail where there is a warning, as when a run diverges."
)
@click.option("--why", is_flag=True, help="Say what made each film anew, or why it was not.")
@click.option("--json", "as_json", is_flag=True, help="Print what became of all as JSON.")
@click.option("--no-metadata", is_flag=True, help="Let films carry no scene.")
@cache_option
@click.option("-q", "--quiet", is_flag=True, help="Say only what is wrong.")
@click.option("-v", "--verbose", is_flag=True, help="Say all there is to say of each scene.")
@budget_option
def render(
    places: tuple[Path, ...],
    output: Path,
    formats: tuple[str, ...],
    jobs: str,
    executor: str,
    scheduler: str | None,
    draft: bool,
    still: "Still | None",
    sheet: bool,
    force: bool,
    strict: bool,
    why: bool,
    as_json: bool,
    no_metadata: bool,
    no_cache: bool,
    quiet: bool,
    verbose: bool,
    budget: Allowed,
) -> None:
    """Render scenes to films.

    A folder means its *.yaml. The paths written are printed; what is current is not made again.

    \b
    visualize render race.yaml
    visualize render scenes -o films --format gif,mp4
    visualize render scenes --why
    visualize render race.yaml --draft
    visualize render race.yaml --still last
    visualize render scenes --executor dask --scheduler tcp://host:8786
    """
    begun = time.perf_counter()
    if (executor == "dask") != (scheduler is not None):
        raise click.UsageError("write both, --executor dask --scheduler tcp://host:8786")
    if executor == "dask" and jobs != "auto":
        raise click.UsageError(
            "-j is of this machine; how much is made at once on others, they say"
        )
    if still is not None and sheet:
        raise click.UsageError("a sheet is several pictures; leave --still or --sheet out")
    if draft and sheet:
        raise click.UsageError("a sheet is quick to make; leave --draft or --sheet out")
    if executor == "local" and jobs != "1" and _expects_work(places, output):
        from visualize.batch.processes import get_ready

        get_ready()  # beside the imports that follow
    from visualize.batch.crews import Crew, crew_of
    from visualize.batch.glimpse import Glimpse
    from visualize.batch.job import Job, Outcome, jobs_of, refused, without_clashes
    from visualize.batch.rendering import render_jobs
    from visualize.errors import VisualizeError

    chosen = _formats(formats)
    glimpse = Glimpse(draft, still, sheet)
    if glimpse.is_one_picture and {*chosen} - {"png"}:
        raise click.UsageError(f"a {'sheet' if sheet else 'still'} is a PNG; leave --format out")
    processes = _processes(jobs)
    scenes, errors = read_places(places, budget, films=True, formats=chosen)
    work, unable = jobs_of(
        scenes,
        output,
        chosen,
        force=force,
        strict=strict,
        metadata=not no_metadata,
        glimpse=glimpse,
    )
    for outcome in unable:
        click.echo(f"{outcome.file}: {outcome.error}", err=True)
    work, clashing = without_clashes(work)
    for words in dict.fromkeys(outcome.error for outcome in clashing):
        click.echo(words, err=True)
    unable += clashing
    code = MISUSED if errors or unable else 0
    if work:
        make(output)
    outcomes = []
    several = len(work) > 1
    on_terminal = is_terminal(sys.stderr)
    with ProgressBar(f"{len(work)} scenes") as progress:

        def report(name: str, what: str, done: int, total: int) -> None:
            progress.update(name, done, total, shown=what)

        def choose(due: Sequence[Job]) -> Crew:
            progress.expect({str(job.file): job.seconds for job in due})
            listener = report if on_terminal and not quiet else None
            if scheduler is not None:
                from visualize.batch.cluster import Cluster

                return Cluster(scheduler, listener)
            return crew_of(processes, due, listener)

        try:
            for outcome in render_jobs(work, choose, store_of(no_cache)):
                progress.finish(str(outcome.file))
                progress.pause()
                outcomes.append(outcome)
                in_table = several and on_terminal and not verbose
                _tell(outcome, quiet=quiet or in_table, why=why or verbose)
                if not as_json:
                    for path in outcome.written:
                        click.echo(str(path))
                if outcome.error or (strict and outcome.warnings):
                    code = code or FAILED
        except VisualizeError as error:  # there is nobody to make them
            progress.pause()
            click.echo(str(error), err=True)
            code = code or FAILED
            done = {outcome.file for outcome in outcomes}
            left = (job.file for job in work if job.file not in done)
            outcomes += (Outcome(file, error=str(error)) for file in left)
    listed = {job.file: index for index, job in enumerate(work)}
    outcomes.sort(key=lambda it: listed[it.file])
    outcomes = [*map(refused, errors), *unable, *outcomes]
    if len(outcomes) > 1 and not quiet:
        show_table(outcomes, time.perf_counter() - begun)
    if as_json:
        click.echo(in_json(outcomes))
    sys.exit(code)


def _tell(outcome: "Outcome", *, quiet: bool, why: bool) -> None:
    """Say what became of a scene; if it is to be quiet, only what is wrong."""
    said = [f"warning: {it}" for it in outcome.warnings]
    if outcome.error:
        said.append(outcome.error)
    elif not (quiet or (why and not outcome.written)):
        said.append(line_about(outcome))
    if why:
        said += reasons_of(outcome)
    for words in said:
        click.echo(f"{outcome.file}: {words}", err=True)


def _expects_work(places: tuple[Path, ...], folder: Path) -> bool:
    """Whether there is more than one scene that is newer than its films, as far as names tell."""
    made: dict[str, float] = {}
    newer = 0
    with suppress(OSError):
        for film in folder.iterdir() if folder.is_dir() else ():
            made[film.stem] = max(film.stat().st_mtime, made.get(film.stem, 0))
        for place in places:
            for file in place.iterdir() if place.is_dir() else [place]:
                # As scene/source has it, which it would take long to ask.
                if file.suffix in (".yaml", ".yml"):
                    newer += made.get(file.stem, 0) < file.stat().st_mtime
    return newer > 1


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


def _processes(text: str) -> int | None:
    """Return how many there are to be, if the command line says so."""
    if text == "auto":
        return None
    if not text.isdecimal() or int(text) < 1:
        raise click.BadParameter("must be a number from 1, or auto", param_hint="'--jobs'")
    return int(text)
