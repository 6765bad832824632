"""`visualize slides`: posts to videos."""

import sys
import time
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
)
from visualize.commands._progress import ProgressBar
from visualize.errors import SceneError, VisualizeError
from visualize.text import counted

if TYPE_CHECKING:
    from visualize.deck.saving import Saved
    from visualize.deck.slide import Deck

KINDS = ("mp4", "gif", "webm", "apng")
STILL = "png"


@click.command()
@click.argument(
    "posts",
    metavar="POST.md...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
)
@output_option
@click.option(
    "--format",
    "kind",
    type=click.Choice((*KINDS, STILL)),
    help="In place of an mp4; png of a single slide.",
)
@click.option("--slide", metavar="N", type=click.IntRange(1), help="Only this, as PNG or clip.")
@click.option("--from", "first", metavar="N", type=click.IntRange(1), help="The first slide.")
@click.option("--to", "last", metavar="N", type=click.IntRange(1), help="The last slide.")
@click.option("--silent-track", is_flag=True, help="Without music, add a track of silence.")
@click.option("--force", is_flag=True, help="Write also what is current.")
@click.option("--strict", is_flag=True, help="Fail where there is a warning.")
@cache_option
@budget_option
def slides(
    posts: tuple[Path, ...],
    output: Path,
    kind: str | None,
    slide: int | None,
    first: int | None,
    last: int | None,
    silent_track: bool,
    force: bool,
    strict: bool,
    no_cache: bool,
    budget: Allowed,
) -> None:
    """Make a video of a Markdown post: its slides, and the animations in them.

    Beside the video go its captions, a list of chapters, a PDF and a contact sheet. The paths
    written are printed; what is current is not made again.

    \b
    visualize slides post.md
    visualize slides post.md -o videos --format webm
    visualize slides post.md --slide 4
    """
    from visualize.batch.scenes import clashes
    from visualize.deck.saving import part_of, save_deck, save_slide

    if slide is not None and (first or last):
        raise click.UsageError(f"--slide {slide} is one slide; --from and --to are for several")
    if slide is None and kind == STILL:
        raise click.UsageError("a png is of one slide; write --slide 1 --format png")
    decks, failed = _read(posts, budget)
    if twice := clashes({file: [output / deck.path.stem] for file, deck in decks.items()}):
        raise click.UsageError("\n".join(twice))
    code = MISUSED if failed else 0
    for deck in decks.values():
        _check_numbers(deck, slide, first, last)
    if decks:
        make(output)
    store = store_of(no_cache)
    for file, deck in decks.items():
        begun = time.perf_counter()
        try:
            with ProgressBar() as progress:
                if slide is not None:
                    saved = save_slide(deck, slide, output, kind or "", store)
                else:
                    if first or last:
                        deck = part_of(deck, first or 1, last or len(deck.slides))
                    saved = save_deck(
                        deck,
                        output,
                        kind=kind or KINDS[0],
                        silent=silent_track,
                        force=force,
                        store=store,
                        progress=partial(progress.update, file.name),
                    )
        except VisualizeError as error:
            click.echo(f"{file}: {error}", err=True)
            code = code or FAILED
            continue
        warned = _tell(file, deck, saved, time.perf_counter() - begun)
        if strict and warned:
            code = code or FAILED
    sys.exit(code)


def _read(posts: tuple[Path, ...], budget: Allowed) -> "tuple[dict[Path, Deck], bool]":
    """Return the sound decks; tell the mistakes of the others, and whether there are any."""
    from visualize.commands._reading import budget_of
    from visualize.deck.reading import read_deck
    from visualize.declare.packages import blamed

    allowed = budget_of(budget, films=True, formats=("mp4",))
    decks, failed = {}, False
    for file in posts:
        try:
            with blamed():
                decks[file] = read_deck(
                    file, budget=allowed, allow_outside=budget.outside, download=budget.download
                )
        except SceneError as error:
            click.echo(str(error), err=True)
            failed = True
    return decks, failed


def _check_numbers(deck: "Deck", *numbers: int | None) -> None:
    count = len(deck.slides)
    if any(number is not None and number > count for number in numbers):
        raise click.UsageError(f"{deck.path} has {count} slides")
    _, first, last = numbers
    if first and last and first > last:
        raise click.UsageError(f"--from {first} is behind --to {last}")


def _tell(file: Path, deck: "Deck", saved: "Saved", seconds: float) -> bool:
    """Print what was written; return whether there was a warning."""
    for remark in deck.remarks:
        click.echo(f"{remark}", err=True)
    for remark in saved.remarks:
        click.echo(f"{file}: warning: {remark}", err=True)
    for note in saved.notes:
        click.echo(f"{file}: {note}", err=True)
    for path in saved.written:
        click.echo(str(path))
    if len(saved.written) > 1:
        length = float(sum(slide.lasts for slide in deck.slides))
        number = counted(len(deck.slides), "slide")
        words = f"{number}, {length:g} s of video, in {seconds:.1f} s"
        click.echo(f"{file}: {words}", err=True)
    elif not saved.written:
        click.echo(f"{file}: current", err=True)
    return bool(deck.remarks or saved.remarks)
