"""`visualize remix`: the scene that a film carries."""

import re
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from visualize.commands._options import (
    FAILED,
    MISUSED,
    Allowed,
    budget_option,
    here_option,
    make,
    overwrite_option,
)
from visualize.commands._reading import budget_of
from visualize.commands._writing import new_scene, refuse_to_overwrite

if TYPE_CHECKING:
    from visualize.errors import SceneError
    from visualize.film.carried import Carried

FROM_ELSEWHERE = ("objective", "trajectories", "font")
"""Settings that cannot be judged without the files that they name."""
DATA_SET = "objective.regression.dataset"
LONGEST_NAME = 80
"""Letters of a file's name, of which anybody may be the author."""


@click.command()
@click.argument(
    "films", metavar="FILM...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@here_option
@overwrite_option
@budget_option
def remix(films: tuple[Path, ...], output: Path, force: bool, budget: Allowed) -> None:
    """Write the scene that a film carries, NAME.yaml, and the recorded runs that it plays.

    Every film does that was not rendered with --no-metadata: gif, mp4, webm, apng, webp, png and a
    folder of frames. The paths written are printed.

    \b
    visualize remix race.gif
    visualize remix race.gif flats.mp4 -o scenes
    """
    from visualize.errors import SceneError, VisualizeError

    code = 0
    found: dict[Path, tuple[Path, Carried]] = {}
    for film in films:
        carried = _carried_by(film)
        if carried is None:
            code = MISUSED
            continue
        path = new_scene(_stem_of(film), output, force)
        other, same = found.setdefault(path, (film, carried))
        if carried.scene != same.scene:
            raise click.UsageError(f"{path} would be written by {other} and by {film}")
    _refuse_clashes(found, output, force)
    if found:
        make(output)
    for path, (film, carried) in found.items():
        try:
            _write(film, carried, path, budget)
        except SceneError as error:
            _tell_mistakes(film, error, carried)
            code = MISUSED
        except VisualizeError as error:
            click.echo(f"{film}: {error}", err=True)
            code = code or FAILED
    sys.exit(code)


def _carried_by(film: Path) -> "Carried | None":
    """Return what a film carries; where it is nothing, say why."""
    from visualize.film.carried import carried_by, why_nothing

    try:
        carried = carried_by(film)
        words = "" if carried else why_nothing(film)
    except (OSError, ValueError) as error:  # a NUL in the name
        carried, words = None, (getattr(error, "strerror", None) or "no such file").lower()
    if words:
        click.echo(f"{film}: {words}", err=True)
    return carried


def _stem_of(film: Path) -> str:
    """Return what a film's scene is called; browsers call a second one race (1).gif."""
    from visualize.storage.files import safe_name

    stem = film.absolute().stem
    return stem if safe_name(stem) else re.sub(r"[^\w.-]+", "-", stem).strip(".-")


def _refuse_clashes(
    found: "Mapping[Path, tuple[Path, Carried]]", output: Path, force: bool
) -> None:
    """Refuse to write recorded runs over others, of whichever film or somebody's."""
    runs: dict[str, tuple[Path, bytes]] = {}
    for film, carried in found.values():
        for name, content in carried.files.items():
            other, same = runs.setdefault(name.lower(), (film, content))
            if content != same:
                raise click.UsageError(f"{output / name} would be written by {other} and by {film}")
            path = output / name
            if not (path.is_file() and path.read_bytes() == content):
                refuse_to_overwrite(path, force)


def _write(film: Path, carried: "Carried", path: Path, budget: Allowed) -> None:
    """Write a scene and its recorded runs; raise `SceneError` where it is not sound."""
    from visualize.declare.packages import blamed
    from visualize.errors import SceneError
    from visualize.scene.concise import concise
    from visualize.scene.scene import Scene, scene_of
    from visualize.scene.source import document_of, text_of
    from visualize.storage.files import written_whole

    folder = path.parent
    with ExitStack() as files:
        meanwhile: dict[str, str] = {}
        for name, content in carried.files.items():
            temporary = files.enter_context(written_whole(folder / name))
            temporary.write_bytes(content)
            meanwhile[name] = temporary.name

        def read(settings: dict[str, Any]) -> Scene:
            text = text_of(_renamed(settings, meanwhile))
            return scene_of(
                document_of(text, str(film)),
                folder,
                budget=budget_of(budget),
                allow_outside=budget.outside,
                download=budget.download,
            )

        settings = dict(carried.scene)
        try:
            with blamed():
                settings = concise(read(settings), read)
        except SceneError as error:
            if not _wants_files(error, carried):
                raise _about(error, folder, meanwhile) from None
            _tell_what_is_missing(path, error, carried)
        names = {temporary: name for name, temporary in meanwhile.items()}
        with written_whole(path) as new:
            new.write_text(text_of(_renamed(settings, names)), "utf-8", newline="\n")
    for name in carried.files:
        click.echo(str(folder / name))
    click.echo(str(path))


def _renamed(settings: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return settings with other names for the files of recorded runs."""
    runs = settings.get("trajectories")
    if not isinstance(runs, list):  # whoever has written them
        return dict(settings)
    renamed = [
        {**run, "file": names.get(str(run.get("file")), run.get("file"))}
        if isinstance(run, dict)
        else run
        for run in runs
    ]
    return {**settings, "trajectories": renamed}


def _about(error: "SceneError", folder: Path, names: Mapping[str, str]) -> "SceneError":
    """Return mistakes with the names of files that they will have, in place of others."""
    from visualize.errors import SceneError

    def told(message: str) -> str:
        for name, temporary in names.items():
            for theirs in (str(folder / temporary), temporary):
                message = message.replace(theirs, name)
        return message

    return SceneError([replace(it, message=told(it.message)) for it in error.mistakes])


def _wants_files(error: "SceneError", carried: "Carried") -> bool:
    """Whether a scene may be sound as soon as its data are there."""
    settings = [mistake.setting for mistake in error.mistakes]
    known = bool(carried.missing) or settings == [DATA_SET]
    return known and all(setting.startswith(FROM_ELSEWHERE) for setting in settings)


def _tell_what_is_missing(path: Path, error: "SceneError", carried: "Carried") -> None:
    from visualize.errors import printable
    from visualize.text import listed, shortened

    words = error.mistakes[0].message
    if carried.missing:
        names = listed([shortened(printable(name), LONGEST_NAME) for name in carried.missing])
        words = f"put {names} beside it, which the film does not carry; "
        words += "the checksum stands in the scene"
    click.echo(f"{path}: {words}", err=True)


def _tell_mistakes(film: Path, error: "SceneError", carried: "Carried") -> None:
    from visualize.errors import printable
    from visualize.version import __version__

    for mistake in error.mistakes:
        setting = f"{mistake.setting}: " if mistake.setting else ""
        click.echo(
            printable(f"{film}: no scene can be written: {setting}{mistake.message}"), err=True
        )
    if (version := carried.drawn_by.get("visualize", "")) != __version__:
        click.echo(
            printable(f"{film}: was made by visualize {version}, this is {__version__}"), err=True
        )
