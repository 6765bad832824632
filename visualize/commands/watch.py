"""`visualize watch`: scenes drawn as soon as they are saved."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from visualize.commands._cache import cache_option
from visualize.commands._options import (
    Allowed,
    budget_option,
    make,
    output_option,
    scenes_argument,
)
from visualize.commands._progress import ProgressBar
from visualize.commands._reading import budget_of, is_post
from visualize.commands._results import line_about

if TYPE_CHECKING:
    from collections.abc import Mapping

    from visualize.scene.scene import Scene
    from visualize.watching.news import Made, News


@click.command()
@scenes_argument
@output_option
@click.option("--open", "opened", is_flag=True, help="Show them in the browser, always the newest.")
@cache_option
@budget_option
def watch(
    places: tuple[Path, ...], output: Path, opened: bool, no_cache: bool, budget: Allowed
) -> None:
    """Draw scenes as soon as they are saved, until Ctrl-C.

    First comes a still, output/NAME.png, and then the film in the scene's formats. A folder means
    its *.yaml, new ones too. The paths written are printed.

    \b
    visualize watch race.yaml --open
    visualize watch scenes -o films
    """
    from contextlib import ExitStack, closing

    from visualize.batch.processes import get_ready

    if missing := [place for place in places if not (place.exists() or place.is_symlink())]:
        raise click.UsageError(f"{missing[0]}: no such file or folder")
    get_ready()  # beside the imports that follow
    from visualize.storage.cache import usual_folder
    from visualize.watching.watch import watch

    make(output)

    def read(file: Path) -> "Mapping[Path, Scene]":
        return _scenes_in(file, budget)

    with ExitStack() as resources:
        progress = resources.enter_context(ProgressBar())
        page = None
        if opened:
            from visualize.watching.page.server import Page

            page = resources.enter_context(closing(Page(places)))
            click.echo(f"the page: {page.url}", err=True)
            page.open()
        click.echo(f"watching {', '.join(map(str, places))}; Ctrl-C ends it", err=True)
        teller = _Teller(progress)
        cache = None if no_cache else usual_folder()
        for news in resources.enter_context(closing(watch(places, output, read, cache))):
            if page is not None:
                page.take(news)
            teller.tell(news)


def _scenes_in(file: Path, allowed: Allowed) -> "Mapping[Path, Scene]":
    from visualize.scene.scene import read_scene

    rules = {"allow_outside": allowed.outside, "download": allowed.download}
    budget = budget_of(allowed, films=True)
    if not is_post(file):
        return {file: read_scene(file, budget=budget, **rules)}
    from visualize.deck.scenes import read_scenes_of

    return read_scenes_of(file, budget, **rules)


class _Teller:
    """Puts news into words: paths on stdout, all else on stderr."""

    def __init__(self, progress: ProgressBar) -> None:
        self._progress = progress
        self._drawn: set[Path] = set()
        """Scenes of which something was written since they were saved last."""

    def tell(self, news: "News") -> None:
        """Tell what there is to say."""
        from visualize.watching import news as kinds

        if isinstance(news, kinds.Progressed):
            self._progress.update(str(news.file), news.done, news.total, shown=news.name)
            return
        if not isinstance(news, kinds.Gone | kinds.Back | kinds.Deaf):
            self._progress.finish(str(news.file))
        self._progress.pause()
        match news:
            case kinds.Changed():
                self._drawn.discard(news.file)
            case kinds.Mistaken():
                click.echo(str(news.error), err=True)
            case kinds.Failed():
                self._drawn.add(news.file)  # and is not current
                click.echo(f"{news.file}: {news.words}", err=True)
            case kinds.Made():
                self._tell_what_was_made(news)
            case kinds.Gone(place, words):
                waits = f" ({words}); it is waited for" if words else ""
                click.echo(f"{place}: is not there any more{waits}", err=True)
            case kinds.Back(place):
                click.echo(f"{place}: is there again", err=True)
            case kinds.Deaf(words):
                often = "files are looked at five times a second instead"
                click.echo(f"changes are not told here ({words}); {often}", err=True)

    def _tell_what_was_made(self, made: "Made") -> None:
        outcome = made.outcome
        for warning in outcome.warnings:
            click.echo(f"{made.file}: warning: {warning}", err=True)
        if outcome.written:
            self._drawn.add(made.file)
            still = f"a still in {outcome.seconds:.2f} s"
            is_new = made.is_still and outcome.seconds
            click.echo(f"{made.file}: {still if is_new else line_about(outcome)}", err=True)
        for path in outcome.written:
            click.echo(str(path))
        if made.is_last and made.file not in self._drawn:
            click.echo(f"{made.file}: current", err=True)
