"""Where commands write new scene files, and when they refuse to."""

from pathlib import Path

import click


def new_scene(name: str, output: Path, force: bool) -> Path:
    """Return the path of a scene that is to be written."""
    from visualize.storage.files import safe_name

    stem = name.removesuffix(".yaml")
    if not safe_name(stem):
        raise click.UsageError(
            f"'{stem}' cannot be a file's name everywhere; use letters, digits, - and _"
        )
    path = output / f"{stem}.yaml"
    refuse_to_overwrite(path, force)
    return path


def refuse_to_overwrite(path: Path, force: bool) -> None:
    if path.exists() and not force:
        raise click.UsageError(f"{path} is there already; --force writes over it")
