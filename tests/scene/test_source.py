"""YAML: what is read, where it stands, and what is refused."""

import math
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SCENES
from visualize.errors import Mistake, SceneError
from visualize.scene.source import (
    Document,
    Mark,
    document_of,
    read_document,
    setting,
    text_of,
)

Write = Callable[[str | bytes], Path]

many_examples = settings(deadline=None, derandomize=True, max_examples=150)


@pytest.fixture(scope="module")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Return a function that writes a document and returns its path."""
    path = tmp_path_factory.mktemp("documents") / "scene.yaml"

    def write(content: str | bytes) -> Path:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def refusal(path: Path) -> Mistake:
    """Return the one mistake for which the file is refused."""
    mistakes = refusals(path)
    assert len(mistakes) == 1
    return mistakes[0]


def refusals(path: Path) -> tuple[Mistake, ...]:
    with pytest.raises(SceneError) as caught:
        read_document(path)
    assert str(path) in str(caught.value)
    return caught.value.mistakes


def attempt(path: Path) -> Document | SceneError:
    try:
        return read_document(path)
    except SceneError as error:
        return error


def place(mistake: Mistake) -> tuple[int, int]:
    return mistake.line, mistake.column


# What is read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-7", -7),
        ("+5", 5),
        ("010", 10),
        ("0o17", 15),
        ("0x1F", 31),
        ("1e-8", 1e-8),
        ("1E5", 1e5),
        ("1.", 1.0),
        (".5", 0.5),
        ("-.5", -0.5),
        ("1.5e+3", 1500.0),
        (".inf", math.inf),
        ("+.INF", math.inf),
        ("-.Inf", -math.inf),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("2020-01-01", "2020-01-01"),
        ("2001-12-14T21:59:43Z", "2001-12-14T21:59:43Z"),
        ("12:30:45", "12:30:45"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("0o8", "0o8"),
        ("0x", "0x"),
        ("-0x1F", "-0x1F"),
        (".", "."),
        ("+", "+"),
        ("e5", "e5"),
        ("1e", "1e"),
        ("1.5.2", "1.5.2"),
        ("٣", "٣"),
        ("'1'", "1"),
        ('"1e-8"', "1e-8"),
        ("'true'", "true"),
        ("'null'", "null"),
        ("'it''s'", "it's"),
        ('"\\u00e9\\n"', "é\n"),
        ("x#y", "x#y"),
        ("x # y", "x"),
        ("2*x**2 + 2*x*y", "2*x**2 + 2*x*y"),
        ("|\n  one\n  two", "one\ntwo\n"),
        (">-\n  one\n  two", "one two"),
        ("[1, [2, a], {b: no}]", [1, [2, "a"], {"b": "no"}]),
        ("{}", {}),
        ("[]", []),
        ("9" * 200, int("9" * 200)),
    ],
)
def test_values_are_those_of_yaml_1_2(write: Write, text: str, value: object) -> None:
    read = read_document(write(f"a: {text}\n")).value["a"]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_not_a_number_is_a_float(write: Write, text: str) -> None:
    read = read_document(write(f"a: {text}\n")).value["a"]
    assert isinstance(read, float)
    assert math.isnan(read)


def test_too_large_an_exponent_is_infinity_not_a_crash(write: Write) -> None:
    assert read_document(write("a: 1e999999999")).value == {"a": math.inf}


@pytest.mark.parametrize(
    "text", ["9" * 5000, "1." + "9" * 5000, "1e" + "9" * 5000, "0x" + "f" * 5000]
)
def test_an_endless_number_is_not_computed(write: Write, text: str) -> None:
    value = read_document(write(f"a: {text}")).value["a"]
    assert value == text or isinstance(value, float)


def test_a_yaml_directive_does_not_bring_back_old_yaml(write: Write) -> None:
    text = "%YAML 1.1\n---\na: no\nb: 010\nc: 1:30\n"
    assert read_document(write(text)).value == {"a": "no", "b": 10, "c": "1:30"}


def test_keys_are_text_whatever_they_look_like(write: Write) -> None:
    text = "1: 2\ntrue: 3\nnull: 4\n1e3: 5\n'<<': {a: 1}\n"
    assert list(read_document(write(text)).value) == ["1", "true", "null", "1e3", "<<"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\n", {"b": 1, "c": 3}),
        ("a: &x {b: 1, c: 2}\nd: {c: 3, <<: *x}\n", {"b": 1, "c": 3}),
        ("a: [&x {b: 1}, &y {b: 2, c: 4}]\nd: {<<: [*x, *y]}\n", {"b": 1, "c": 4}),
        ("d:\n  <<: {b: 1}\n  <<: {c: 2}\n", {"b": 1, "c": 2}),
    ],
)
def test_a_merge_key_brings_settings_that_are_not_given(
    write: Write, text: str, value: object
) -> None:
    document = read_document(write(text))
    assert document.value["d"] == value
    mark = document.values["d", "b"]
    assert document.lines[mark.line - 1][mark.column - 1 :].startswith("<<")


@pytest.mark.parametrize("text", ["<<: 1", "<<: [a]", "a: &x [1]\n<<: *x", "<<:"])
def test_what_cannot_be_merged_is_told(write: Write, text: str) -> None:
    assert "write <<: *a" in refusal(write(text)).message


def test_what_has_a_name_and_no_value_is_known(write: Write) -> None:
    document = read_document(write("a:\nb: null\nc: ~\nd: ''\ne: [x, {f: }]\ng: #aabbcc\n"))
    assert document.empty == (("a",), ("e", 1, "f"), ("g",))


def test_the_order_of_keys_is_kept(write: Write) -> None:
    assert list(read_document(write("z: 1\na: 2\nm: 3\n")).value) == ["z", "a", "m"]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_byte_order_mark_and_any_line_ends_are_fine(write: Write, mark: str, end: str) -> None:
    document = read_document(write(mark + end.join(["a: 1", "b:", "  - x", "  - 2", ""])))
    assert document.value == {"a": 1, "b": ["x", 2]}
    assert document.lines[:4] == ("a: 1", "b:", "  - x", "  - 2")
    assert document.values["a",] == Mark(1, 4, 1)
    assert document.values["b", 1] == Mark(4, 5, 1)


@pytest.mark.parametrize("text", ["a: 1 # one\n", "---\na: 1\n...\n", "# first\n\na: 1"])
def test_comments_and_one_documents_marks_are_fine(write: Write, text: str) -> None:
    assert read_document(write(text)).value == {"a": 1}


@pytest.mark.parametrize("text", ["a:\t1\n", "a: \t1\n", "a: 1\t\n", "a: 1\t# one\n", "\t\na: 1\n"])
def test_tabs_that_do_not_indent_are_not_said_to_indent(write: Write, text: str) -> None:
    read = attempt(write(text))
    if isinstance(read, Document):
        assert read.value == {"a": 1}
    else:  # less than YAML allows, but then it must say so
        assert "tab" in read.mistakes[0].message
        assert "indent" not in read.mistakes[0].message


def test_aliases_stand_for_what_they_name(write: Write) -> None:
    text = "a: &point [1, 2]\nb: *point\nc: {d: *point, e: &word x, f: *word}\n"
    document = read_document(write(text))
    assert document.value == {"a": [1, 2], "b": [1, 2], "c": {"d": [1, 2], "e": "x", "f": "x"}}
    assert document.values["b",] == Mark(2, 4, 6)


def test_an_anchor_can_be_used_anew(write: Write) -> None:
    value = read_document(write("a: &x 1\nb: *x\nc: &x 2\nd: *x\n")).value
    assert value == {"a": 1, "b": 1, "c": 2, "d": 2}


def test_many_aliases_of_something_small_are_fine(write: Write) -> None:
    text = "a: &x {b: 1}\nc: [" + ", ".join(["*x"] * 1000) + "]\n"
    assert read_document(write(text)).value["c"] == [{"b": 1}] * 1000


# Where it stands


def test_every_key_and_value_has_its_place(write: Write) -> None:
    document = read_document(
        write(
            "title: AdaGrad\n"  # 1
            "start: [-7, 2.5]\n"  # 2
            "optimizers:\n"  # 3
            "  - name: sgd\n"  # 4
            "    label: 'a b'\n"  # 5
            "  - {name: adam, beta_1: 0.9}\n"  # 6
            "日本: wide\n"  # 7
        )
    )
    assert document.values == {
        (): Mark(1, 1, 1),
        ("title",): Mark(1, 8, 7),
        ("start",): Mark(2, 8, 1),
        ("start", 0): Mark(2, 9, 2),
        ("start", 1): Mark(2, 13, 3),
        ("optimizers",): Mark(4, 3, 1),
        ("optimizers", 0): Mark(4, 5, 1),
        ("optimizers", 0, "name"): Mark(4, 11, 3),
        ("optimizers", 0, "label"): Mark(5, 12, 5),
        ("optimizers", 1): Mark(6, 5, 1),
        ("optimizers", 1, "name"): Mark(6, 12, 4),
        ("optimizers", 1, "beta_1"): Mark(6, 26, 3),
        ("日本",): Mark(7, 5, 4),
    }
    assert document.keys == {
        ("title",): Mark(1, 1, 5),
        ("start",): Mark(2, 1, 5),
        ("optimizers",): Mark(3, 1, 10),
        ("optimizers", 0, "name"): Mark(4, 5, 4),
        ("optimizers", 0, "label"): Mark(5, 5, 5),
        ("optimizers", 1, "name"): Mark(6, 6, 4),
        ("optimizers", 1, "beta_1"): Mark(6, 18, 6),
        ("日本",): Mark(7, 1, 2),
    }


@pytest.fixture
def document(write: Write) -> Document:
    return read_document(write("start: [1, 2]\noptimizers:\n  - name: sgd\nf: 'x**2 +'\n"))


@pytest.mark.parametrize(
    ("mistaken", "line", "column", "length", "named"),
    [
        (("start", 1), 1, 12, 1, "start[1]"),
        (("start", 7), 1, 8, 1, "start"),
        (("optimizers", 0, "name", "deeper"), 3, 11, 3, "optimizers[0].name"),
        (("nowhere",), 1, 1, 1, ""),
        ((), 1, 1, 1, ""),
    ],
)
def test_a_mistake_stands_at_the_nearest_value_there_is(
    document: Document,
    mistaken: tuple[int | str, ...],
    line: int,
    column: int,
    length: int,
    named: str,
) -> None:
    mistake = document.mistake(mistaken, "wrong")
    assert (mistake.line, mistake.column, mistake.length) == (line, column, length)
    assert mistake.setting == named
    assert mistake.message == "wrong"


def test_a_mistake_can_be_the_keys(document: Document) -> None:
    mistake = document.mistake(("optimizers", 0, "name"), "wrong", of_key=True)
    assert (mistake.line, mistake.column, mistake.length) == (3, 5, 4)
    assert mistake.source == "  - name: sgd"


def test_what_is_missing_is_named_where_it_should_be(document: Document) -> None:
    mistake = document.mistake(("optimizers", 0, "learning_rate"), "is missing", missing=True)
    assert (mistake.line, mistake.column) == (3, 5)
    assert mistake.setting == "optimizers[0].learning_rate"


def test_a_part_of_a_text_is_counted_behind_its_quote(document: Document) -> None:
    mistake = document.mistake(("f",), "wrong", within=(5, 1))
    assert (mistake.line, mistake.column, mistake.length) == (4, 10, 1)
    assert mistake.source[mistake.column - 1] == "+"


@pytest.mark.parametrize(
    ("place", "written"),
    [
        ((), ""),
        (("steps",), "steps"),
        (("optimizers", 1, "learning_rate"), "optimizers[1].learning_rate"),
        (("start", 0, 1), "start[0][1]"),
        (("a", "b", "c"), "a.b.c"),
    ],
)
def test_a_place_is_written_as_people_write_it(place: tuple[int | str, ...], written: str) -> None:
    assert setting(place) == written


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("quote", ["'", '"', "# "])
def test_the_line_that_is_shown_is_the_one_that_is_counted(
    write: Write, quote: str, character: str
) -> None:
    mistake = refusal(write(f"a: {quote}x{character}y{quote}\nb: 1\nb: 2\n"))
    assert mistake.source == "b: 2"
    assert f"the first is on line {mistake.line - 1}" in mistake.message


def test_lines_are_counted_where_they_end_with_a_carriage_return(write: Write) -> None:
    mistake = refusal(write("a: 1\rb: \x07\r"))
    assert place(mistake) == (2, 4)
    assert mistake.source == "b: \x07"


# What is refused


def test_a_missing_file_is_told_with_its_path(tmp_path: Path) -> None:
    mistake = refusal(tmp_path / "nowhere.yaml")
    assert str(mistake) == f"{tmp_path / 'nowhere.yaml'}: no such file or directory"


def test_a_folder_is_not_a_document(tmp_path: Path) -> None:
    assert refusal(tmp_path).message == "not a file"


@pytest.mark.parametrize("name", ["a\0b", "x" * 300])
def test_an_impossible_name_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with pytest.raises(SceneError) as caught:
        read_document(path)
    assert "\0" not in str(caught.value)
    assert caught.value.mistakes[0].line == 0


@pytest.mark.parametrize(
    "content", ["", "\n\n", "# nothing\n", "---\n", "null", "~", "\ufeff", "---\n...\n"]
)
def test_an_empty_file_is_an_empty_scene(write: Write, content: str) -> None:
    mistake = refusal(write(content))
    assert mistake.message == "empty scene"
    assert place(mistake) == (1, 1)


@pytest.mark.parametrize(
    ("content", "line", "byte"),
    [
        (b"a: \xff\n", 1, "0xff at offset 3"),
        (b"a: 1\nb: \xc3\x28\n", 2, "0xc3 at offset 8"),
        (b"a: 1\r\nb: 2\r\nc: caf\xe9\r\n", 3, "0xe9 at offset 18"),
        (b"\xff\xfea\0:\0", 1, "0xff at offset 0"),
        (b"a: \xed\xa0\x80", 1, "0xed at offset 3"),
        (b"a: 1\nb: \xe2\x82", 2, "0xe2 at offset 8"),
    ],
)
def test_what_is_not_utf_8_is_told_with_line_and_byte(
    write: Write, content: bytes, line: int, byte: str
) -> None:
    mistake = refusal(write(content))
    assert mistake.line == line
    assert "not UTF-8" in mistake.message
    assert byte in mistake.message


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("\ta: 1\n", 1, 1),
        ("a:\n\t- 1\n", 2, 1),
        ("a:\n\tb: 1\n", 2, 1),
        ("a:\n  b: 1\n\tc: 2\n", 3, 1),
    ],
)
def test_a_tab_cannot_indent(write: Write, text: str, line: int, column: int) -> None:
    mistake = refusal(write(text))
    assert place(mistake) == (line, column)
    assert "tab" in mistake.message


def test_all_keys_that_stand_twice_are_told_with_both_lines(write: Write) -> None:
    path = write("a: 1\na: 2\nb: {c: 1, c: 2}\nd:\n  - e: 1\n    e: 2\n  - e: 1\na: 3\n'a': 4\n")
    assert [(place(it), it.setting, it.message) for it in refusals(path)] == [
        ((2, 1), "a", "'a' is set twice; the first is on line 1"),
        ((3, 11), "b.c", "'c' is set twice; the first is on line 3"),
        ((6, 5), "d[0].e", "'e' is set twice; the first is on line 5"),
        ((8, 1), "a", "'a' is set twice; the first is on line 1"),
        ((9, 1), "a", "'a' is set twice; the first is on line 1"),
    ]


def test_duplicates_are_told_beside_a_later_mistake_in_the_syntax(write: Write) -> None:
    mistakes = refusals(write("a: 1\na: 2\nb: !tag 3\n"))
    assert [mistake.line for mistake in mistakes] == [2, 3]


def alias_bomb(levels: int = 12, width: int = 9) -> str:
    lines = ["a0: &a0 [" + ",".join(["1"] * width) + "]"]
    lines += [f"a{i}: &a{i} [" + ",".join([f"*a{i - 1}"] * width) + "]" for i in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (alias_bomb(), "aliases resolved"),
        (alias_bomb(60, 2), "aliases resolved"),
        (alias_bomb().replace("[", "{x: [").replace("]", "]}"), "aliases resolved"),
        ("a: &a [" + "1," * 5000 + "]\nb: [" + "*a," * 5000 + "]", "aliases resolved"),
        ("a: &a [*a]\n", "*a"),
        ("a: &a\n  b: *a\n", "*a"),
        ("&a [*a]", "*a"),
        ("a: &a {*a : 1}", "a setting's name"),
        ("a: *nothing\n", "*nothing"),
        ("a: *b\nb: &b 1\n", "*b"),
    ],
    ids=range(10),
)
def test_hostile_aliases_are_refused_at_once(write: Write, text: str, words: str) -> None:
    mistake = refusal(write(text))  # to resolve all of it would take for ever
    assert words in mistake.message
    assert mistake.line >= 1


def test_an_alias_bomb_is_refused_where_it_grows_too_large(write: Write) -> None:
    assert place(refusal(write(alias_bomb()))) == (5, 14)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "a: ", "&a [", "[a, ", "{", "{? "])
def test_hostile_nesting_is_a_message(write: Write, opening: str) -> None:
    mistake = refusal(write(opening * 200_000))
    assert mistake.line == 1
    assert len(str(mistake)) < 500


def test_hostile_nesting_by_indentation_is_a_message(write: Write) -> None:
    mistake = refusal(write("\n".join(" " * i + "a:" for i in range(1400))))
    assert "nested" in mistake.message
    assert mistake.line < 100


def test_sensible_nesting_is_fine(write: Write) -> None:
    assert read_document(write("[" * 20 + "1" + "]" * 20)).value[0][0][0]


def test_too_many_values_are_refused(write: Write) -> None:
    assert "values" in refusal(write("[" + "1," * 400_000 + "]")).message


def test_more_than_a_mebibyte_is_refused_unread(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("a: '" + "x" * (2**20 - 5) + "'")
    assert path.stat().st_size == 2**20
    assert len(read_document(path).value["a"]) == 2**20 - 5
    path.write_bytes(path.read_bytes() + b"\n")

    def unread(self: Path) -> bytes:
        raise AssertionError(f"{self} was read")

    monkeypatch.setattr(Path, "read_bytes", unread)
    assert "1 MiB" in refusal(path).message


@pytest.mark.parametrize(
    ("text", "line", "column", "tag"),
    [
        ("a: !!python/object/apply:os.system [ls]\n", 1, 4, "python/object/apply:os.system"),
        ("a: !!python/name:os.system\n", 1, 4, "python/name:os.system"),
        ("a: 1\nb: !foo 1\n", 2, 4, "!foo"),
        ("- 1\n- !x\n", 2, 3, "!x"),
        ("!!map {a: 1}\n", 1, 1, "map"),
        ("a: !!int '3'\n", 1, 4, "int"),
        ("a: !<tag:yaml.org,2002:str> x\n", 1, 4, "str"),
        ("%TAG ! tag:x,2000:\n---\na: !b c\n", 3, 4, "tag:x,2000:b"),
    ],
)
def test_tags_are_refused(write: Write, text: str, line: int, column: int, tag: str) -> None:
    mistake = refusal(write(text))
    assert place(mistake) == (line, column)
    assert tag in mistake.message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\n---\nb: 2\n", 2),
        ("a: 1\n...\n---\n...\n", 3),
        ("--- a\n--- b\n", 2),
        ("a: 1\n---\n", 2),
    ],
)
def test_two_documents_are_refused(write: Write, text: str, line: int) -> None:
    mistake = refusal(write(text))
    assert place(mistake) == (line, 1)
    assert "one document" in mistake.message


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x0b", "\x1b", "\x7f"])
def test_control_characters_are_refused_and_written_out(write: Write, character: str) -> None:
    mistake = refusal(write(f"a: 1\nb: x{character}y\n"))
    assert place(mistake) == (2, 5)
    assert character not in str(mistake)


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u200f", "\x85"])
def test_what_may_stand_in_yaml_is_still_written_out_in_the_echo(
    write: Write, character: str
) -> None:
    text = str(refusal(write(f"a: x{character}y\na: 2\nb: 1\n").with_name("scene.yaml")))
    assert character not in text
    mistake = refusal(write(f"a{character}b: 1\na{character}b: 2\n"))
    assert character not in str(mistake)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: [1, 2\nb: 3\n", 1, 4),
        ("a: b: c\n", 1, 4),
        ("a: 1\n b: 2\n", 2, 3),
        ("- a\nb: 1\n", 2, 1),
        ("a: @x\n", 1, 4),
        ("a: `x`\n", 1, 4),
        ("a: %x\n", 1, 4),
        ("a: [1,,2]\n", 1, 7),
        ("a: - b\n", 1, 4),
        ('a: "\\xZZ"\n', 1, 7),
        ("%YAML 3.0\n---\na: 1\n", 1, 1),
        ("? [1]\n: 2\n", 1, 3),
        ("{[1]: 2}\n", 1, 2),
        ("!!python/name:os.system : 1\n", 1, 1),
        ("a: {!foo b: 1}\n", 1, 5),
        ("a: &x 1\n*x : 2\n", 2, 1),
    ],
)
def test_a_mistake_in_the_syntax_has_its_place(
    write: Write, text: str, line: int, column: int
) -> None:
    mistake = refusal(write(text))
    assert place(mistake) == (line, column)
    assert mistake.message


@pytest.mark.parametrize(
    "text",
    [
        'a: "\\U00110000"',
        'a: "\\Uffffffff"',
        'a: "\\ud800"',
        '"\\udfff": 1',
        "a: !<%ff> b",
        "a: !%C3%28 b",
        "%YAML 1." + "1" * 5000 + "\n---\na: 1",
        "%TAG ! %FF\n---\n!a b",
        "%" * 100,
        "a: |0\n x",
        "a: &",
        "a: *",
        "!<",
        "'",
        '"',
        "[",
        "{",
        "? |\n a\n: b\n? |",
        "'\n---\n'",
        "&a &b c",
        "&a *b",
    ],
)
def test_nothing_but_a_value_or_a_scene_error_comes_out(write: Write, text: str) -> None:
    value_or_scene_error(write(text))


@pytest.mark.parametrize("text", ["a: [1, 2\n", "[", "'", '"', "{a: 1", "a: *\n", "&a &b c"])
def test_messages_are_free_of_the_parsers_own_words(write: Write, text: str) -> None:
    message = refusal(write(text)).message
    assert not any(mark in message for mark in ("<", "\\x00", "("))


def value_or_scene_error(path: Path) -> None:
    read = attempt(path)
    lines = len(re.split(rb"\r\n|\r|\n", path.read_bytes()))
    if isinstance(read, Document):
        assert read.value is not None
        for mark in (*read.values.values(), *read.keys.values()):
            assert 1 <= mark.line <= len(read.lines)
            assert mark.column >= 1
            assert mark.length >= 1
        return
    assert read.mistakes
    assert "\x1b" not in str(read)
    assert str(read).encode()
    for mistake in read.mistakes:
        assert mistake.message
        assert 1 <= mistake.line <= lines


YAML_WORDS = st.sampled_from(
    [
        *"[]{}:,-?&*!|>%@`'\"#\n\r\t \\~<.0",
        *("a", "b: ", "- ", "\n  ", "\n- ", "&a ", "*a", "<<: ", "!!str ", "---\n", "...\n"),
        *("%YAML 1.2\n", "1e5", "0x1", ".nan", "null", "\\u", "\\U0011", "|2\n", ">-\n", "''"),
        *("\ufeff", "\x85", "\u2028", "\x00", "\x07", "é", "日", "\U0001f600"),
    ]
)


@many_examples
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_random_text_is_a_value_or_a_scene_error(write: Write, text: str) -> None:
    value_or_scene_error(write(text))


@many_examples
@given(content=st.binary(max_size=40))
def test_random_bytes_are_a_value_or_a_scene_error(write: Write, content: bytes) -> None:
    value_or_scene_error(write(content))


@many_examples
@given(words=st.lists(YAML_WORDS, max_size=30))
def test_random_yaml_is_a_value_or_a_scene_error(write: Write, words: list[str]) -> None:
    value_or_scene_error(write("".join(words)))


@many_examples
@given(
    scene=st.sampled_from(SCENES),
    changes=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 20), st.lists(YAML_WORDS, max_size=3)),
        min_size=1,
        max_size=4,
    ),
)
def test_a_real_scene_with_random_changes_is_a_value_or_a_scene_error(
    write: Write, scene: Path, changes: list[tuple[float, int, list[str]]]
) -> None:
    text = scene.read_text("utf-8")
    for where, gone, words in changes:
        at = int(where * len(text))
        text = text[:at] + "".join(words) + text[at + gone :]
    value_or_scene_error(write(text))


# What is written

TEXTS = st.text(max_size=20) | st.from_regex(
    r"[-+.0-9eExXoabn_~:#?\[\]{} \x85]{1,8}", fullmatch=True
)
VALUES = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False),
    lambda it: st.lists(it, max_size=4) | st.dictionaries(TEXTS.filter(bool), it, max_size=4),
    max_leaves=12,
)
LIKE_SOMETHING_ELSE = (
    *(".5e3", "+.5", "5.", "1_000", "0x1F", "0o7", "1E5", "010", ".inf", "-.INF", ".NaN", "+5"),
    *(
        "no",
        "Null",
        "~",
        "TRUE",
        "2020-01-01",
        "1:30",
        "=",
        "<<",
        "",
        " a",
        "a ",
        "- a",
        "? a",
        "?a",
    ),
    *(
        "&a",
        "*a",
        "!a",
        "%a",
        "@a",
        "`a",
        "a: b",
        "a #b",
        "a\x85b",
        "\x85",
        "#",
        "[",
        "é",
        "\u2028",
    ),
)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(VALUES)
def test_what_is_written_is_read_again(value: object) -> None:
    written = {"a": value, "b": [value]}
    assert document_of(text_of(written), "scene.yaml").value == written


@pytest.mark.parametrize("text", LIKE_SOMETHING_ELSE)
def test_text_that_looks_like_something_else_stays_text(text: str) -> None:
    written = {"a": text, "b": [text, [text]], f"{text} c": text, text or "d": 1}
    assert document_of(text_of(written), "scene.yaml").value == written


def test_points_are_written_in_one_line_and_mappings_are_not() -> None:
    written = {"start": [[-7, 2.5], [1, 2]], "panels": ["contour", {"kind": "values"}]}
    lines = ["start: [[-7, 2.5], [1, 2]]", "panels:", "  - contour", "  - kind: values"]
    assert text_of(written).splitlines() == lines
    assert text_of({"start": [[0.5] * 10] * 50}).count("\n") == 51
