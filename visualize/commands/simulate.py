"""`visualize simulate`: scenes to arrays."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from visualize.commands._cache import cache_option, store_of
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
from visualize.errors import VisualizeError

if TYPE_CHECKING:
    from visualize.history.history import History
    from visualize.scene.scene import Scene

MOST_ENDS = 5
"""Of a run from many starts, how many ends are reported."""


@click.command()
@scenes_argument
@output_option
@click.option("--state", is_flag=True, help="Save what the optimizers remember, too.")
@click.option("--strict", is_flag=True, help="Fail where a run diverges.")
@cache_option
@budget_option
def simulate(
    places: tuple[Path, ...],
    output: Path,
    state: bool,
    strict: bool,
    no_cache: bool,
    budget: Allowed,
) -> None:
    """Compute the trajectories and save them as .npz.

    A folder means its *.yaml. The paths written are printed.

    \b
    visualize simulate race.yaml
    visualize simulate scenes -o arrays --state
    """
    from visualize.batch.scenes import clashes
    from visualize.declare.packages import blamed
    from visualize.simulation.simulate import simulate

    scenes, failed = read_places(places, budget)
    work = {file: output / f"{file.stem}.npz" for file in scenes}
    if twice := clashes({file: [path] for file, path in work.items()}):
        raise click.UsageError("\n".join(twice))
    code = MISUSED if failed else 0
    if work:
        make(output)
    store = store_of(no_cache)
    for file, path in work.items():
        try:
            with blamed(), ProgressBar() as progress:
                report = partial(progress.update, path.name)
                history = simulate(scenes[file], state=state, store=store, progress=report)
            _tell_ends(file, scenes[file], history)
            if strict and history.divergences():
                code = code or FAILED
            click.echo(str(history.save(path)))
        except MemoryError:
            words = "take fewer steps or starts" + (", or leave out --state" if state else "")
            click.echo(f"{file}: there is not enough memory for the arrays; {words}", err=True)
            code = code or FAILED
        except VisualizeError as error:
            click.echo(f"{file}: {error}", err=True)
            code = code or FAILED
    sys.exit(code)


def _tell_ends(file: Path, scene: "Scene", history: "History") -> None:
    """Say where each run ended, and how, as far as anybody wants to read it."""
    for warning in history.divergences():
        click.echo(f"{file}: warning: {warning}", err=True)
    for label, run in history.items():
        stops = run.converged_at(scene.stop.gradient) if scene.stop else ()
        for start in range(run.points.shape[1])[:MOST_ENDS]:
            if run.diverged_at[start] is not None:
                continue
            point = ", ".join(
                f"{name} = {number:.12g}"
                for name, number in zip(
                    scene.objective.variables, run.points[-1, start], strict=True
                )
            )
            reached = f"step {run.steps}"
            if scene.stop and stops[start] is not None:
                words = f"gradient at most {scene.stop.gradient:g}"
                reached = f"stopped at step {stops[start]} ({words})"
            click.echo(
                f"{file}: {label}: {reached}, {point}, value {run.values[-1, start]:.12g}",
                err=True,
            )
        if (more := run.points.shape[1] - MOST_ENDS) > 0:
            click.echo(f"{file}: {label}: and {more} more starts", err=True)
