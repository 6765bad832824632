"""The command line: its commands are the files of this folder."""

import atexit
import gc
import importlib
import os
import sys
from pathlib import Path
from typing import ClassVar, NoReturn

import click

from visualize.commands._options import FAILED, INTERRUPTED, MISUSED
from visualize.commands._signals import Signals
from visualize.errors import VisualizeError
from visualize.version import __version__


class Commands(click.Group):
    """The commands, one a file in this folder, as a function of the file's name.

    A name that Python has a use for ends with an underscore: `list_.py` is `list`.
    """

    _files: ClassVar = {
        file.stem.rstrip("_"): file.stem
        for file in sorted(Path(__file__).parent.glob("*.py"))
        if file.stem[0] != "_" and file != Path(__file__)
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return list(self._files)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command's file."""
        del ctx
        if cmd_name not in self._files:
            return None
        name = self._files[cmd_name]
        command: click.Command = vars(importlib.import_module(f"visualize.commands.{name}"))[name]
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is asked for; a scene without one is told what to write."""
        name = args[0]
        if name in self._files or name.startswith("-"):
            return super().resolve_command(ctx, args)
        from visualize.scene.source import POST_SUFFIXES, SUFFIXES
        from visualize.text import did_you_mean

        if Path(name).suffix in SUFFIXES or Path(name).is_dir():
            hint = f"; write visualize render {name}"
        elif Path(name).suffix in POST_SUFFIXES:
            hint = f"; write visualize slides {name}"
        elif name == "help":
            hint = "; write visualize --help"
        else:
            hint = did_you_mean(name, self._files) or f"; there are {', '.join(self._files)}"
        raise click.UsageError(f"no command '{name}'{hint}", ctx)


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="visualize")
def commands() -> None:
    """Turn a scene file into an animation of optimizers at work, and into the arrays behind it.

    \b
    visualize new race              write a scene to begin with
    visualize render race.yaml      make output/race.gif of it
    visualize slides post.md        make output/post.mp4 of a Markdown post
    """


def main() -> NoReturn:
    """Run a command, and exit with a code that says how it went."""
    signals = Signals()
    signals.listen()
    # Importing makes a hundred thousand objects, and no garbage to look for every 700 of them.
    gc.set_threshold(50_000)
    # NumPy's BLAS would start threads, for matrices so small that they only wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # No picture needs a window, or comes from somebody's own settings; matplotlib reads both where
    # it is imported, and is not imported where it does not understand them.
    os.environ.pop("MPLBACKEND", None)
    os.environ["MATPLOTLIBRC"] = str(Path(__file__).parent.parent / "looks" / "matplotlibrc")
    try:
        commands.main(prog_name="visualize", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(MISUSED)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        sys.exit(INTERRUPTED)
    except VisualizeError as error:
        click.echo(str(error), err=True)
        sys.exit(FAILED)
    except Exception:
        if signals.came:  # a library has made something else of what that has raised
            sys.exit(signals.code)
        raise
    finally:
        atexit.register(signals.ignore)
    sys.exit(0)
