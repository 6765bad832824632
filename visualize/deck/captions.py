"""The words of each slide, timed: for who cannot see the slides, and for who searches them."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby

from visualize.deck.slide import Deck, Passage, Slide
from visualize.formats._tracks import Caption

BULLET = "• "


def captions_of(deck: Deck) -> tuple[Caption, ...]:
    """Return what each slide says, from when it comes until it goes; of some that is nothing."""
    return tuple(
        Caption(start, end, words)
        for slide, start, end in timed(deck)
        if (words := words_of(slide))
    )


def timed(deck: Deck) -> Iterator[tuple[Slide, Fraction, Fraction]]:
    """Yield each slide, the second at which it comes and that at which it goes."""
    end = Fraction(0)
    for slide in deck.slides:
        start, end = end, end + slide.lasts
        yield slide, start, end


def words_of(slide: Slide) -> str:
    """Return what a slide says, a line for each passage, code as it is; nothing twice on end."""
    lines = (line for it in slide.passages for line in _lines(it) if line.strip())
    return "\n".join(line for line, _ in groupby(lines))


def _lines(passage: Passage) -> list[str]:
    if passage.kind == "code":
        return passage.text.splitlines()
    words = " ".join(passage.text.split())
    return [f"{BULLET}{words}" if passage.kind == "item" and words else words]


def webvtt(captions: Sequence[Caption]) -> str:
    """Return captions as a WebVTT file has them.

    >>> print(webvtt([Caption(Fraction(0), Fraction(3), "a < b\\nc")]))
    WEBVTT
    <BLANKLINE>
    00:00:00.000 --> 00:00:03.000
    a &lt; b
    c
    <BLANKLINE>
    """
    cues = (
        f"\n{_moment(it.start)} --> {_moment(it.end)}\n{_escaped(it.text)}\n" for it in captions
    )
    return "".join(["WEBVTT\n", *cues])


def _moment(time: Fraction | float) -> str:
    seconds, thousandths = divmod(round(1000 * time), 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}.{thousandths:03}"


def _escaped(text: str) -> str:
    """Return text without what WebVTT would read as more: tags, arrows, and blank lines."""
    for mark, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(mark, name)
    return "\n".join(line for line in text.splitlines() if line.strip())
