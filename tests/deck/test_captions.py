"""What slides say, timed."""

import doctest
from fractions import Fraction

from tests.deck.decks import a_deck, a_slide
from visualize.deck import captions
from visualize.deck.captions import captions_of, webvtt, words_of
from visualize.formats._tracks import Caption


def test_a_slide_says_its_passages_each_in_a_line() -> None:
    words = [("paragraph", "two\nlines  of it"), ("item", "one"), ("code", "if x:\n\n    y")]
    said = words_of(a_slide("Title", words=words))
    assert said == "Title\ntwo lines of it\n• one\nif x:\n    y"


def test_nothing_is_said_twice_on_end() -> None:
    assert words_of(a_slide("A film", words=[("picture", "A film")])) == "A film"


def test_captions_take_turns_as_slides_do() -> None:
    deck = a_deck(a_slide("a"), a_slide("", seconds=2), a_slide("c", seconds=4.5))
    assert captions_of(deck) == (
        Caption(Fraction(0), Fraction(3), "a"),
        Caption(Fraction(5), Fraction(19, 2), "c"),
    )


def test_webvtt_has_hours_and_no_line_that_would_end_a_cue() -> None:
    text = webvtt([Caption(Fraction(3599), Fraction("3661.0625"), "a --> b\n\n&c\r\nd")])
    assert text == "WEBVTT\n\n00:59:59.000 --> 01:01:01.062\na --&gt; b\n&amp;c\nd\n"


def test_examples_in_docstrings_are_true() -> None:
    done = doctest.testmod(captions)
    assert done.attempted
    assert not done.failed
