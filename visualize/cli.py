"""The commands. Heavy imports stand inside them, so that `--help` stays fast."""

import os
import shlex
import signal
import sys
import textwrap
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from visualize import __version__
from visualize.errors import VisualizeError, did_you_mean
from visualize.progress import ProgressBar

if TYPE_CHECKING:
    from visualize.baselines import Check
    from visualize.batch import Outcome
    from visualize.history import History
    from visualize.scene import Scene

FAILED, MISUSED, INTERRUPTED, TERMINATED = 1, 2, 130, 143
MOST_ENDS = 5
"""Of a run from many starts, how many ends are told."""

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


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="visualize")
def commands() -> None:
    """Turn a scene file into an animation of optimizers at work, and into the arrays behind it.

    \b
    visualize new race              write a scene to begin with
    visualize render race.yaml      make output/race.gif of it
    """


@commands.command()
@scenes_argument
@output_option
@click.option("--format", "formats", metavar="NAMES", help="gif,mp4,... in place of the scene's.")
@click.option("-j", "--jobs", metavar="N|auto", default="1", help="Scenes rendered at once.")
@click.option("--force", is_flag=True, help="Render also what is current.")
@click.option(
    "--strict", is_flag=True, help="Fail where there is a warning, as when a run diverges."
)
@budget_option
def render(
    places: tuple[Path, ...],
    output: Path,
    formats: str | None,
    jobs: str,
    force: bool,
    strict: bool,
    budget: int | None,
) -> None:
    """Render scenes to films.

    A folder means its *.yaml. The paths written are printed; what is current is not made again.
    """
    from visualize import batch
    from visualize.formats import cannot_show
    from visualize.runs import BUDGET

    chosen = _formats(formats)
    processes = _processes(jobs)
    scenes, failed = _read(places, budget)
    code = MISUSED if failed else 0
    work = []
    for file, scene in scenes.items():
        names = tuple(dict.fromkeys(chosen or scene.formats))
        if words := cannot_show(names, transparent=scene.transparent):
            click.echo(f"{file}: {words}", err=True)
            code = MISUSED
            continue
        for warning in batch.too_fast(scene, names):
            click.echo(f"{file}: warning: {warning}", err=True)
            code = code or (FAILED if strict else 0)
        outputs = tuple(output / f"{file.stem}.{name}" for name in names)
        work.append(batch.Job(file, outputs, force, strict, budget or BUDGET))
    if twice := batch.clashes({job.scene: job.outputs for job in work}):
        raise click.UsageError("\n".join(twice))
    with ProgressBar() as progress:
        for outcome in batch.render_all(work, processes, progress.update):
            progress.pause()
            _tell(outcome)
            for path in outcome.written:
                click.echo(str(path))
            if outcome.error or (strict and outcome.warnings):
                code = code or FAILED
    sys.exit(code)


@commands.command()
@scenes_argument
@output_option
@click.option("--state", is_flag=True, help="Save what the optimizers remember, too.")
@click.option("--strict", is_flag=True, help="Fail where a run diverges.")
@budget_option
def simulate(
    places: tuple[Path, ...], output: Path, state: bool, strict: bool, budget: int | None
) -> None:
    """Compute the trajectories and save them as .npz.

    A folder means its *.yaml. The paths written are printed.
    """
    from visualize.batch import clashes
    from visualize.engine import simulate

    scenes, failed = _read(places, budget)
    work = {file: output / f"{file.stem}.npz" for file in scenes}
    if twice := clashes({file: [path] for file, path in work.items()}):
        raise click.UsageError("\n".join(twice))
    code = MISUSED if failed else 0
    for file, path in work.items():
        try:
            with ProgressBar() as progress:
                report = partial(progress.update, path)
                history = simulate(scenes[file], state=state, progress=report)
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


@commands.command()
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
    budget: int | None,
) -> None:
    """Hold the trajectories against saved ones.

    A folder means its *.yaml. What differs is told: the run, the first step and coordinate, the
    numbers around it, and what has changed in scene and versions since.
    """
    from visualize.baselines import check_scene
    from visualize.batch import clashes

    if not (update or baselines.is_dir()):
        raise click.UsageError(f"there is no folder {baselines}; --update makes it")
    scenes, failed = _read(places, budget)
    work = {file: baselines / f"{file.stem}.npz" for file in scenes}
    if twice := clashes({file: [path] for file, path in work.items()}):
        raise click.UsageError("\n".join(twice))
    code = MISUSED if failed else 0
    found = []
    for file, path in work.items():
        try:
            with ProgressBar() as progress:
                report = partial(progress.update, path)
                check = check_scene(scenes[file], path, progress=report)
            pictures = _draw_partings(check, file, output) if picture else []
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


@commands.command()
@scenes_argument
@budget_option
def check(places: tuple[Path, ...], budget: int | None) -> None:
    """Report every mistake in scenes; draw nothing."""
    scenes, failed = _read(places, budget)
    for file in scenes:
        click.echo(f"{file}: ok", err=True)
    sys.exit(MISUSED if failed else 0)


@commands.command("list")
@click.argument("kind", type=click.Choice(["optimizers", "objectives", "panels", "formats"]))
@click.argument("names", metavar="[NAME]...", nargs=-1)
def list_(kind: str, names: tuple[str, ...]) -> None:
    """Show what there is; of each NAME settings, defaults and formulas."""
    from visualize import reference

    known = reference.summaries(kind)
    for name in names:
        if name not in known:
            raise click.UsageError(f"no '{name}' among the {kind}{reference.hint(kind, name)}")
    if names:
        click.echo("\n\n".join(reference.description(kind, name) for name in names))
    else:
        click.echo(reference.overview(kind))
        if sys.stdout.isatty():
            click.echo(f"\n'visualize list {kind} NAME' shows all of one.", err=True)


@commands.command()
@click.argument("name")
@click.option("--from", "origin", metavar="SCENE", help="Copy one of the scenes that come along.")
@here_option
@overwrite_option
def new(name: str, origin: str | None, output: Path, force: bool) -> None:
    """Write a commented scene to begin with, NAME.yaml."""
    from visualize.files import written_whole

    path = _new_scene(name, output, force)
    copies = {path: Path(__file__).with_name("template.yaml")}
    if origin is not None:
        shipped = _shipped_scenes()
        if origin not in shipped:
            hint = did_you_mean(origin, shipped) or f"; there are {', '.join(shipped)}"
            raise click.UsageError(f"no scene '{origin}' comes along{hint}")
        copies = {path: shipped[origin], **_recordings_of(shipped[origin], output)}
    for target in copies:
        _refuse_to_overwrite(target, force)
    for target, source in copies.items():
        with written_whole(target) as temporary:
            temporary.write_bytes(source.read_bytes())
        click.echo(str(target))


@commands.command("import")
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
def import_(
    runs: tuple[Path, ...],
    objective: str | None,
    title: str | None,
    name: str | None,
    output: Path,
    force: bool,
) -> None:
    """Write a scene that plays points recorded elsewhere: .npy, .npz, .csv or .json.

    Arrays have the shape (steps + 1, dimension) or (steps + 1, starts, dimension).
    """
    from visualize.document import text_of
    from visualize.errors import SceneError
    from visualize.files import written_whole
    from visualize.scene import read_scene

    path = _new_scene(name or runs[0].stem, output, force)
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
            read_scene(temporary)
    except SceneError as error:
        click.echo(str(error.moved(str(path))), err=True)
        sys.exit(MISUSED)
    click.echo(str(path))


@commands.command()
def schema() -> None:
    """Print the JSON Schema of scenes, for editors."""
    import json

    from visualize.reference import scene_schema

    click.echo(json.dumps(scene_schema(), indent=2, ensure_ascii=False))


def _recordings_of(scene: Path, folder: Path) -> dict[Path, Path]:
    """Return the files that a scene plays, by where copies of them go."""
    from visualize.scene import read_scene

    return {folder / run.file: scene.parent / run.file for run in read_scene(scene).trajectories}


def _new_scene(name: str, output: Path, force: bool) -> Path:
    """Return the path of a scene that is to be written."""
    from visualize.files import safe_name

    stem = name.removesuffix(".yaml")
    if not safe_name(stem):
        raise click.UsageError(
            f"'{stem}' cannot be a file's name everywhere; use letters, digits, - and _"
        )
    path = output / f"{stem}.yaml"
    _refuse_to_overwrite(path, force)
    return path


def _refuse_to_overwrite(path: Path, force: bool) -> None:
    if path.exists() and not force:
        raise click.UsageError(f"{path} is there already; --force writes over it")


def _read(places: tuple[Path, ...], budget: int | None) -> "tuple[dict[Path, Scene], bool]":
    """Return the sound scenes; tell the mistakes of the others, and whether there are any."""
    from visualize.batch import find_scenes, read_scenes
    from visualize.runs import BUDGET

    files, missing = find_scenes(places)
    scenes, wrong = read_scenes(files, budget or BUDGET)
    for error in missing + wrong:
        click.echo(str(error), err=True)
    return scenes, bool(missing + wrong)


def _tell(outcome: "Outcome") -> None:
    scene = outcome.job.scene
    for warning in outcome.warnings:
        click.echo(f"{scene}: warning: {warning}", err=True)
    if outcome.error:
        click.echo(f"{scene}: {outcome.error}", err=True)
    elif outcome.written:
        names = ", ".join(path.suffix.removeprefix(".") for path in outcome.written)
        click.echo(f"{scene}: rendered to {names} in {outcome.seconds:.1f} s", err=True)
    else:
        click.echo(f"{scene}: current", err=True)


def _tell_ends(file: Path, scene: "Scene", history: "History") -> None:
    """Say where each run ended, as far as anybody wants to read it."""
    for label, run in history.items():
        for start in range(run.points.shape[1])[:MOST_ENDS]:
            step = run.diverged_at[start]
            if step is not None:
                click.echo(f"{file}: warning: {label} diverged at step {step}", err=True)
                continue
            point = ", ".join(
                f"{name} = {number:.12g}"
                for name, number in zip(
                    scene.objective.variables, run.points[-1, start], strict=True
                )
            )
            click.echo(
                f"{file}: {label}: step {run.steps}, {point}, value {run.values[-1, start]:.12g}",
                err=True,
            )
        if (more := run.points.shape[1] - MOST_ENDS) > 0:
            click.echo(f"{file}: {label}: and {more} starts more", err=True)


def _draw_partings(check: "Check", scene: Path, output: Path) -> list[Path]:
    """Draw what differs, each run as `<scene>.<run>.png`; return the pictures' paths."""
    from visualize.files import safe_stem
    from visualize.parting import draw_parting

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


def _formats(text: str | None) -> tuple[str, ...]:
    from visualize.formats import FORMATS

    names = tuple(name.strip().lower() for name in text.split(",")) if text is not None else ()
    for name in names:
        if name not in FORMATS.names():
            hint = (
                did_you_mean(name, FORMATS.names()) or f"; there are {', '.join(FORMATS.names())}"
            )
            raise click.BadParameter(f"unknown format '{name}'{hint}", param_hint="'--format'")
    return names


def _processes(text: str) -> int:
    from visualize.batch import processors

    if text == "auto":
        return processors()
    if not text.isdecimal() or int(text) < 1:
        raise click.BadParameter("must be a number from 1, or auto", param_hint="'--jobs'")
    return int(text)


def _shipped_scenes() -> dict[str, Path]:
    """Return the scenes that come along: inside the package, in a checkout beside it."""
    here = Path(__file__).parent
    folder = here / "scenes" if (here / "scenes").is_dir() else here.parent / "scenes"
    return {file.stem: file for file in sorted(folder.glob("*.yaml"))}


def _terminated(*_: object) -> NoReturn:
    raise SystemExit(TERMINATED)


def main() -> NoReturn:
    """Run a command, and exit with a code that says how it went."""
    signal.signal(signal.SIGTERM, _terminated)
    # NumPy's BLAS would start threads, for matrices so small that they only wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
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
    sys.exit(0)
