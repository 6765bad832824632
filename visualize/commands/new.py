"""`visualize new`: a scene to begin with."""

from pathlib import Path

import click

from visualize.commands._options import (
    here_option,
    overwrite_option,
)
from visualize.commands._writing import new_scene, refuse_to_overwrite
from visualize.text import did_you_mean


@click.command()
@click.argument("name")
@click.option("--from", "origin", metavar="SCENE", help="Copy one of the scenes that come along.")
@here_option
@overwrite_option
def new(name: str, origin: str | None, output: Path, force: bool) -> None:
    """Write a commented scene to begin with, NAME.yaml.

    \b
    visualize new race
    visualize new mine --from adagrad-1d
    """
    from visualize.storage.files import written_whole

    path = new_scene(name, output, force)
    copies = {path: Path(__file__).with_name("template.yaml")}
    if origin is not None:
        shipped = _shipped_scenes()
        if origin not in shipped:
            hint = did_you_mean(origin, shipped) or f"; there are {', '.join(shipped)}"
            raise click.UsageError(f"no scene '{origin}' comes along{hint}")
        copies = {path: shipped[origin], **_recordings_of(shipped[origin], output)}
    for target in copies:
        refuse_to_overwrite(target, force)
    for target, source in copies.items():
        with written_whole(target) as temporary:
            temporary.write_bytes(source.read_bytes())
        click.echo(str(target))


def _recordings_of(scene: Path, folder: Path) -> dict[Path, Path]:
    """Return the files that a scene plays, by where copies of them go."""
    from visualize.scene.scene import read_scene

    read = read_scene(scene)
    files = [*(Path(run.file) for run in read.trajectories), *read.objective.files]
    return {folder / file.relative_to(scene.parent): file for file in files}


def _shipped_scenes() -> dict[str, Path]:
    """Return the scenes that come along: inside the package, in a checkout beside it."""
    here = Path(__file__).parent.parent
    folder = here / "scenes" if (here / "scenes").is_dir() else here.parent / "scenes"
    return {file.stem: file for file in sorted(folder.glob("*.yaml"))}
