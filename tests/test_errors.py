"""What a user is told: the words, the place and the caret."""

import pickle
import unicodedata

import pytest

from visualize.errors import (
    ArraysError,
    ExpressionError,
    Mistake,
    OutputError,
    SceneError,
    VisualizeError,
    printable,
)
from visualize.text import did_you_mean

BIDIRECTIONAL = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"


def cells(text: str) -> int:
    """Return how many cells of a terminal `text` takes."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide


def marked(mistake: Mistake) -> str:
    """Return the part of the echoed line that stands above the carets."""
    _, line, carets = str(mistake).split("\n")
    above, found, at = line[8:], "", 0
    first = carets[8:].index("^")
    for character in above:
        if first <= at < len(carets) - 8:
            found += character
        at += cells(character)
    return found


def test_a_mistake_reads_like_a_compilers() -> None:
    mistake = Mistake(
        "scenes/race.yaml",
        8,
        20,
        "optimizers[1].learning_rate",
        "must be greater than 0 (got -0.1)",
        "    learning_rate: -0.1",
        4,
    )
    assert str(mistake) == (
        "scenes/race.yaml:8:20: optimizers[1].learning_rate: must be greater than 0 (got -0.1)\n"
        "    8 |     learning_rate: -0.1\n"
        "      |                    ^^^^"
    )


def test_a_mistake_of_the_whole_file_has_no_line() -> None:
    assert str(Mistake("a.yaml", 0, 0, "", "no such file")) == "a.yaml: no such file"


def test_a_mistake_without_a_setting_leaves_it_out() -> None:
    assert str(Mistake("a.yaml", 1, 1, "", "empty scene")) == "a.yaml:1:1: empty scene"


@pytest.mark.parametrize("source", ["", "   ", "\t"])
def test_an_empty_line_is_not_echoed(source: str) -> None:
    assert str(Mistake("a.yaml", 3, 1, "x", "wrong", source)) == "a.yaml:3:1: x: wrong"


@pytest.mark.parametrize("line", [1, 99, 12345])
def test_the_line_number_is_set_right(line: int) -> None:
    echo = str(Mistake("a.yaml", line, 1, "", "wrong", "abc")).split("\n")
    assert echo[1] == f"{line:5d} | abc"
    assert echo[2] == "      | ^"


@pytest.mark.parametrize(
    ("source", "column", "length", "above"),
    [
        ("start: wrong", 8, 5, "wrong"),
        ("start: wrong", 1, 5, "start"),
        ("start: wrong", 12, 1, "g"),
        ("start: wrong", 8, 500, "wrong"),
        ("日本語: wrong", 6, 5, "wrong"),
        ("a: 日本語 # x", 4, 3, "日本語"),
        ("\uff46\uff55\uff4c\uff4c: x", 7, 1, "x"),
        ("é: ü", 4, 1, "ü"),
        ("a\u202eb: wrong", 6, 5, "wrong"),
        ("\x07: wrong", 4, 5, "wrong"),
        ("\t- x", 4, 1, "x"),
    ],
)
def test_the_caret_stands_below_the_right_cells(
    source: str, column: int, length: int, above: str
) -> None:
    assert marked(Mistake("a.yaml", 1, column, "", "wrong", source, length)) == above


def test_a_combining_accent_takes_no_cell() -> None:
    carets = str(Mistake("a.yaml", 1, 5, "", "wrong", "e\u0301: x")).split("\n")[2]
    assert carets == "      |    ^"


def test_a_mistake_behind_the_end_of_a_line_has_a_caret() -> None:
    echo = str(Mistake("a.yaml", 1, 5, "", "wrong", "abc:")).split("\n")
    assert echo[1:] == ["    1 | abc:", "      |     ^"]


@pytest.mark.parametrize("column", [1, 2, 20, 21, 22, 100, 404, 405, 500, 904, 980, 999, 1000])
def test_a_long_line_is_shortened_around_the_mistake(column: int) -> None:
    letters = "".join(chr(ord("a") + i % 26) for i in range(1000))
    mistake = Mistake("a.yaml", 1, column, "", "wrong", letters)
    line = str(mistake).split("\n")[1][8:]
    assert marked(mistake) == letters[column - 1]
    assert len(line) <= 98
    assert line.strip("…") in letters
    assert line.startswith("…") == (not line.startswith(letters[:5]))
    assert line.endswith("…") == (not line.endswith(letters[-5:]))


def test_a_short_line_has_no_ellipsis() -> None:
    assert "…" not in str(Mistake("a.yaml", 1, 90, "", "wrong", "x" * 96))


def test_a_mark_longer_than_the_echo_is_cut_with_it() -> None:
    _, line, carets = str(Mistake("a.yaml", 1, 1, "", "wrong", "x" * 500, 500)).split("\n")
    assert line == "    1 | " + "x" * 96 + "…"
    assert carets == "      | " + "^" * 96


@pytest.mark.parametrize(
    "character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\r", "\n", "\u2028", "\ud800", "\ufeff"]
)
def test_what_a_terminal_would_obey_is_written_out(character: str) -> None:
    mistake = Mistake(f"a{character}.yaml", 1, 1, character, f"x{character}", f"a{character}b")
    text = str(mistake)
    assert character not in text.replace("\n", "") or character == "\n"
    assert text.count("\n") == 2
    text.encode()  # nothing in it that cannot be printed


@pytest.mark.parametrize("character", BIDIRECTIONAL)
def test_bidirectional_characters_are_written_out(character: str) -> None:
    text = str(Mistake(f"{character}.yaml", 1, 3, "a", character, f"a: {character}", 1))
    assert character not in text
    assert f"\\u{ord(character):04x}" in text


def test_other_scripts_are_left_as_they_are() -> None:
    assert printable("Größe 大きさ גודל ✓") == "Größe 大きさ גודל ✓"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("learning_rat", "learning_rate"),
        ("Learning_Rate", "learning_rate"),
        ("LEARNINGRATE", "learning_rate"),
        ("epsilom", "epsilon"),
        ("momentun", "momentum"),
    ],
)
def test_the_nearest_known_name_is_suggested(name: str, near: str) -> None:
    known = ["learning_rate", "epsilon", "momentum"]
    assert did_you_mean(name, known) == f"; did you mean '{near}'?"


@pytest.mark.parametrize("name", ["", "zzz", "q", "\u202e"])
def test_nothing_is_suggested_where_nothing_is_near(name: str) -> None:
    assert did_you_mean(name, ["learning_rate", "epsilon"]) == ""
    assert did_you_mean(name, []) == ""


def test_a_suggestion_keeps_the_known_names_capitals() -> None:
    assert did_you_mean("rdbu", ["RdBu", "bone"]) == "; did you mean 'RdBu'?"


def test_mistakes_stand_in_the_order_of_their_places() -> None:
    places = [(9, 5), (2, 7), (8, 20), (2, 3), (0, 0)]
    error = SceneError(Mistake("a.yaml", *place, "", f"at {place}") for place in places)
    assert [(it.line, it.column) for it in error.mistakes] == sorted(places)
    assert str(error) == "\n".join(str(mistake) for mistake in error.mistakes)
    assert str(error).startswith("a.yaml: at (0, 0)\na.yaml:2:3: at (2, 3)\n")


def test_mistakes_in_one_place_keep_their_order() -> None:
    error = SceneError([Mistake("a.yaml", 1, 1, "", word) for word in ("one", "two", "three")])
    assert [mistake.message for mistake in error.mistakes] == ["one", "two", "three"]


@pytest.mark.parametrize("kind", [ExpressionError, SceneError, ArraysError, OutputError])
def test_whatever_a_user_can_be_told_is_a_visualize_error(kind: type[Exception]) -> None:
    assert issubclass(kind, VisualizeError)
    assert not issubclass(kind, ValueError | OSError)


def test_an_expression_error_says_which_part() -> None:
    error = ExpressionError("wrong", 3, 4)
    assert (str(error), error.message, error.column, error.length) == ("wrong", "wrong", 3, 4)


def test_an_expression_error_marks_one_character_at_least() -> None:
    assert ExpressionError("wrong", 3, 0).length == 1


@pytest.mark.parametrize(
    "error",
    [
        ExpressionError("wrong", 3, 4),
        SceneError([Mistake("a.yaml", 1, 2, "x", "wrong", "abc", 1)]),
        OutputError("a.gif: cannot be written"),
    ],
)
def test_an_error_comes_home_from_another_process(error: VisualizeError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
    assert type(again) is type(error)
    assert str(again) == str(error)
