"""`visualize verify`: trajectories against saved ones."""

import shlex
import sys
import textwrap
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from visualize.commands._options import (
    FAILED,
    MISUSED,
    Allowed,
    budget_option,
    output_option,
    scenes_argument,
)
from visualize.commands._progress import ProgressBar
from visualize.commands._reading import read_places
from visualize.errors import VisualizeError

if TYPE_CHECKING:
    from visualize.baselines.verify import Check


@click.command()
@scenes_argument
@click.option(
    "--baselines",
    metavar="FOLDER",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the saved arrays are, a <scene>.npz for each.",
)
@click.option("--update", is_flag=True, help="Make what is new or different the baseline.")
@click.option("--picture", is_flag=True, help="Draw each run that differs beside its baseline.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@output_option
@budget_option
def verify(
    places: tuple[Path, ...],
    baselines: Path,
    update: bool,
    picture: bool,
    as_json: bool,
    output: Path,
    budget: Allowed,
) -> None:
    """Hold the trajectories against saved ones.

    A folder means its *.yaml. What differs is reported: the run, the first step and coordinate, the
    numbers around it, and what has changed in scene and versions since.

    \b
    visualize verify race.yaml --baselines baselines --update
    visualize verify race.yaml --baselines baselines
    """
    from visualize.baselines.verify import check_scene
    from visualize.batch.scenes import clashes
    from visualize.declare.packages import blamed

    if not (update or baselines.is_dir()):
        raise click.UsageError(f"there is no folder {baselines}; --update makes it")
    scenes, failed = read_places(places, budget)
    work = {file: baselines / f"{file.stem}.npz" for file in scenes}
    if twice := clashes({file: [path] for file, path in work.items()}):
        raise click.UsageError("\n".join(twice))
    code = MISUSED if failed else 0
    found = []
    for file, path in work.items():
        try:
            with blamed(), ProgressBar() as progress:
                report = partial(progress.update, path.name)
                check = check_scene(scenes[file], path, progress=report)
            pictures = _draw_differences(check, file, output) if picture else []
            if not check.passed and update:
                check.accept()
        except MemoryError:
            click.echo(f"{file}: there is not enough memory for the arrays", err=True)
            code = code or FAILED
            continue
        except VisualizeError as error:
            click.echo(f"{file}: {error}", err=True)
            code = code or FAILED
            continue
        found.append(
            {"scene": str(file), **check.plain(), "pictures": [str(path) for path in pictures]}
        )
        if not check.passed and not update:
            code = code or FAILED
        _tell_check(file, check, update)
        if not as_json:
            for written in [*pictures, *([path] if update and not check.passed else [])]:
                click.echo(str(written))
    if as_json:
        import json

        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    sys.exit(code)


def _draw_differences(check: "Check", scene: Path, output: Path) -> list[Path]:
    """Draw what differs, each run as `<scene>.<run>.png`; return the pictures' paths."""
    from visualize.baselines.picture import draw_parting
    from visualize.storage.files import safe_stem

    drawn = (
        draw_parting(
            check, difference, output / f"{safe_stem(f'{scene.stem}.{difference.run}')}.png"
        )
        for difference in check.differences
    )
    return [path for path in drawn if path is not None]


def _tell_check(file: Path, check: "Check", update: bool) -> None:
    """Say how a scene's runs compare with their baselines, and how to accept what differs."""
    if check.passed:
        click.echo(f"{file}: as in its baseline", err=True)
        return
    if check.differences:
        click.echo(f"{file}: not as in its baseline {check.baseline.path}", err=True)
        click.echo(textwrap.indent(str(check), "  "), err=True)
    else:
        click.echo(f"{file}: {check}", err=True)
    if update:
        click.echo(f"{file}: the baseline is {'new' if check.is_new else 'changed'}", err=True)
    else:
        folder = check.baseline.path.parent
        command = ["visualize", "verify", str(file), "--baselines", str(folder), "--update"]
        click.echo(f"to accept: {shlex.join(command)}", err=True)
