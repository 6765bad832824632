"""How a slide is laid out: lines, what is continued, and the layout that is chosen."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from visualize.deck.blocks import Words
from visualize.deck.drawing import draw
from visualize.deck.fitting import BODY, FLOOR, setting_at
from visualize.deck.flow import paragraph
from visualize.deck.ink import written
from visualize.deck.lines import MEASURE, Hand, Word, balanced, broken, set_line, words_of
from visualize.deck.marks import Area, Letters, Place, Shown
from visualize.deck.palette import palette_of
from visualize.deck.reading import read_deck
from visualize.deck.slide import Deck, Slide

HAND = Hand(46, palette_of("light"), "#000000")
LOREM = "The learning rate of a coordinate falls with the gradients that it has seen so far. " * 3


@pytest.fixture
def deck_of(tmp_path: Path) -> Callable[[str], Deck]:
    def read(text: str) -> Deck:
        path = tmp_path / "post.md"
        path.write_text(text, "utf-8")
        return read_deck(path)

    return read


def texts(slide: Slide, kind: str = "") -> list[str]:
    return [it.text for it in slide.passages if it.kind != "heading" and kind in ("", it.kind)]


@pytest.mark.parametrize("width", [400, 700, 1200, 1680])
def test_no_line_is_wider_than_the_others_allow_and_none_is_a_widow(width: float) -> None:
    lines = broken(words_of((Words(LOREM),), HAND), width)
    lengths = [sum(it.width for it in line) + sum(it.space for it in line[1:]) for line in lines]
    assert max(lengths) <= width
    assert lengths[-1] > 0.15 * width


def test_lines_of_a_title_are_about_as_long() -> None:
    words = words_of((Words("AdaGrad, one coordinate at a time"),), HAND)
    width = sum(it.width + it.space for it in words) * 0.9

    def lengths(lines: list[list[Word]]) -> list[float]:
        return [sum(it.width for it in line) for line in lines]

    plain, even = lengths(broken(words, width)), lengths(balanced(words, width))
    assert len(plain) == len(even) == 2
    assert max(even) / min(even) < max(plain) / min(plain)
    assert max(even) / min(even) < 1.8


@pytest.mark.parametrize("word", ["x" * 200, "https://example.org/" + "a/b-c_d." * 30])
def test_a_word_that_is_wider_than_a_line_is_broken_and_whole(word: str) -> None:
    lines = broken(words_of((Words(word),), HAND), 500)
    assert len(lines) > 1
    assert "".join(piece.text for line in lines for it in line for piece in it.pieces) == word


def test_no_line_of_chinese_begins_with_a_full_stop() -> None:
    text = "要使用梯度下降法。" * 12
    for width in range(300, 700, 23):
        for line in broken(words_of((Words(text),), HAND), width):
            assert line[0].pieces[0].text != "。"


def test_a_line_has_no_more_letters_than_are_read_well(deck_of: Callable[[str], Deck]) -> None:
    for slide in deck_of(f"# A\n\n{LOREM * 4}").slides:
        setting = setting_at(1.0, Place(0, 0, 1680, 800), 1.0, palette_of("light"))
        strip = paragraph((Words(LOREM * 4),), setting)
        assert max(len(line.said[0].text) for line in strip.lines) <= MEASURE
        body = [it for it in slide.marks if isinstance(it, Letters)]
        assert max(it.left + it.ink.width * it.size for it in body[:-1]) <= 120 + setting.width + 1


@pytest.mark.parametrize("rows", [12, 20])
def test_a_formula_that_is_higher_than_a_slide_is_made_smaller(
    rows: int, deck_of: Callable[[str], Deck]
) -> None:
    latex = r" \\ ".join([r"x &= \frac{a}{b + \frac{c}{d}}"] * rows)
    post = rf"# A{chr(10)}{chr(10)}$$\begin{{aligned}} {latex} \end{{aligned}}$$"
    for slide in deck_of(post).slides:
        assert all(it.box.bottom <= 1080 for it in slide.passages)


def test_what_is_too_much_becomes_smaller_first_and_then_goes_on(
    deck_of: Callable[[str], Deck],
) -> None:
    def sizes(count: int) -> list[float]:
        items = "".join(
            f"- item number {it} of a list whose items do not go on\n" for it in range(count)
        )
        slides = deck_of(f"# A\n\n<!-- layout: text -->\n\n{items}").slides
        return [
            max(it.size for it in slide.marks[-9:] if isinstance(it, Letters)) for slide in slides
        ]

    assert len(sizes(6)) == 1
    assert len(sizes(13)) == 1
    assert sizes(13)[0] < sizes(6)[0]
    assert len(sizes(40)) > 1
    assert min(sizes(40)) >= BODY * FLOOR - 0.01


def test_names_of_columns_are_repeated_where_a_table_goes_on(
    deck_of: Callable[[str], Deck],
) -> None:
    rows = "".join(f"| {it} | {it**2} |\n" for it in range(60))
    slides = deck_of(f"# A\n\n| n | square |\n|---|---|\n{rows}").slides
    assert len(slides) > 2
    assert all(texts(slide)[0] == "n | square" for slide in slides)
    shown = [it for slide in slides for it in texts(slide)[1:]]
    assert shown == [f"{it} | {it**2}" for it in range(60)]


def test_code_goes_on_between_its_parts_and_no_line_is_lost(
    deck_of: Callable[[str], Deck],
) -> None:
    parts = [f"def f{it}(x):\n" + "    x = x + 1\n" * 6 + "    return x\n" for it in range(8)]
    program = "\n\n".join(parts)
    slides = deck_of(f"# A\n\n```python\n{program}```\n").slides
    assert len(slides) > 1
    for slide in slides:
        assert texts(slide)[0].startswith("def f")
    shown = "\n".join(it for slide in slides for it in texts(slide))
    assert [it for it in shown.split("\n") if it] == [it for it in program.split("\n") if it]


def test_a_line_of_code_that_goes_on_is_marked(deck_of: Callable[[str], Deck]) -> None:
    long = "call(" + ", ".join(f"argument_{it}" for it in range(30)) + ")"
    [slide] = deck_of(f"# A\n\n```python\n{long}\n```\n").slides
    assert texts(slide)[0].replace("\n", "") == long
    assert texts(slide)[0].count("\n") >= 2


def test_a_paragraph_stays_with_the_formula_that_it_introduces(
    deck_of: Callable[[str], Deck],
) -> None:
    block = f"{LOREM}\n\nThe rule is\n\n$$x_t = \\frac{{a}}{{b}}$$\n\n"
    for slide in deck_of(f"# A\n\n{block * 4}").slides:
        assert slide.passages[-1].text != "The rule is"


def test_two_lists_stand_beside_each_other(deck_of: Callable[[str], Deck]) -> None:
    [slide] = deck_of("# A\n\n- a\n- b\n\n* c\n* d\n").slides
    tops = {it.text: it.box.top for it in slide.passages}
    assert tops["a"] == tops["c"]
    assert tops["b"] == tops["d"]


def test_text_stands_beside_a_picture_in_its_list(deck_of: Callable[[str], Deck]) -> None:
    image = Path(__file__).parent / "posts" / "images" / "loss.png"
    slides = deck_of(f"# A\n\n1. a\n\n   ![b]({image})\n2. c\n").slides
    assert sum(isinstance(it, Shown) for slide in slides for it in slide.marks) == 1
    assert {it for slide in slides for it in texts(slide)} == {"a", "b", "c"}


def test_pictures_of_a_table_stand_beside_it(deck_of: Callable[[str], Deck]) -> None:
    image = Path(__file__).parent / "posts" / "images" / "loss.png"
    slides = deck_of(f"# A\n\n| a | b |\n|---|---|\n| c | ![d]({image}) |\n").slides
    assert sum(isinstance(it, Shown) for slide in slides for it in slide.marks) == 1


@pytest.mark.parametrize(
    "layout", ["title", "text", "beside", "picture", "code", "quote", "columns"]
)
def test_a_layout_leaves_nothing_out(layout: str, deck_of: Callable[[str], Deck]) -> None:
    image = Path(__file__).parent / "posts" / "images" / "loss.png"
    body = f"a\n\n- b\n- c\n\n```\nd\n```\n\n> e\n\n![f]({image})\n\ng\n"
    slides = deck_of(f"# A\n\n<!-- layout: {layout} -->\n\n{body}").slides
    assert {it for slide in slides for it in texts(slide)} == set("abcdefg")


def test_a_slide_is_drawn_as_it_is_planned(deck_of: Callable[[str], Deck]) -> None:
    deck = deck_of("---\nsize: [320, 180]\ntheme: dark\n---\n# A\n\nb\n\n```\nc\n```\n")
    [slide] = deck.slides
    picture = np.asarray(draw(slide, deck).picture(0))[..., :3]
    assert picture.shape == (180, 320, 3)
    background = picture[0, 0]
    for it in slide.passages:
        inside = picture[it.box.slices]
        assert (inside != background).any(), it
    assert any(isinstance(it, Area) for it in slide.marks)
    edges = np.concatenate([picture[:4].reshape(-1, 3), picture[-4:].reshape(-1, 3)])
    assert (edges == background).all()


def test_a_film_moves_in_its_part_of_the_slide_and_text_stays(
    deck_of: Callable[[str], Deck],
) -> None:
    scene = "objective: x**2\nstart: 3\nsteps: 4\noptimizers: [{name: sgd, learning_rate: 0.3}]\n"
    fenced = f"```visualize\n{scene}frames: {{count: 5, fps: 10}}\n```\n"
    deck = deck_of(f"---\nsize: [480, 270]\n---\n# A\n\nb\n\n{fenced}")
    [slide] = deck.slides
    drawn = draw(slide, deck)
    assert drawn.frames == 5
    first, last = (np.array(drawn.picture(it)) for it in (0, 4))
    rows, columns = np.nonzero((first != last).any(axis=-1))
    [place] = [it.place for it in slide.marks if isinstance(it, Shown)]
    assert rows.size
    assert place.top <= rows.min()
    assert rows.max() < place.bottom
    assert place.left <= columns.min()
    assert columns.max() < place.right
    assert np.array_equal(drawn.picture(0), first)


def test_a_gif_plays_and_begins_again_until_its_slide_ends(
    deck_of: Callable[[str], Deck],
) -> None:
    image = Path(__file__).parent / "posts" / "images" / "dot.gif"  # eight pictures of 0.12 s
    deck = deck_of(f"---\nsize: [320, 180]\n---\n# A\n\n![a]({image})\n")
    [slide] = deck.slides
    assert slide.lasts == 3
    drawn = draw(slide, deck)
    assert drawn.frames == 25
    pictures = [np.array(drawn.picture(it)) for it in range(10)]
    assert not np.array_equal(pictures[0], pictures[3])
    assert np.array_equal(pictures[0], pictures[8])


def test_a_paragraph_that_goes_on_says_on_each_slide_what_stands_there(
    deck_of: Callable[[str], Deck],
) -> None:
    words = [f"word{number}" for number in range(700)]
    slides = deck_of(f"# Heading\n\n{' '.join(words)}\n").slides
    assert len(slides) > 1
    assert " ".join(text for slide in slides for text in texts(slide)).split() == words


def test_code_is_not_cut_inside_of_a_number_and_what_is_left_out_is_marked(
    deck_of: Callable[[str], Deck],
) -> None:
    line = ", ".join(f"parameter_{number}=0.{number}5" for number in range(8))
    [slide] = deck_of(f"# A\n\n```python\nf({line})\n{'x' * 500}\n```\n").slides
    rows = "\n".join(texts(slide, "code")).split("\n")
    assert not any(row.rstrip().endswith("0.") for row in rows)
    assert "".join(rows).endswith("x…")


@pytest.mark.parametrize("mark", ["- ", "> "])
def test_however_deep_text_is_nested_it_has_room(mark: str, deck_of: Callable[[str], Deck]) -> None:
    if mark == "> ":
        post = f"{mark * 60}words"
    else:
        post = "\n".join(f"{'  ' * depth}- words" for depth in range(60))
    for slide in deck_of(f"# A\n\n{post}\n").slides:
        for passage in slide.passages:
            assert not passage.text or passage.box.left < passage.box.right <= 1920


def test_words_that_are_read_from_right_to_left_stand_in_that_order() -> None:
    one, other = "\u05d0\u05d1", "\u05d2\u05d3\u05d4"
    line = set_line(words_of((Words(f"{one} {other} ends"),), HAND), HAND)
    letters = [mark for mark in line.marks if isinstance(mark, Letters)]
    widths = [written(text, "text").width for text in ("ends", other, one)]
    assert [it.ink.width for it in sorted(letters, key=lambda it: it.left)] == widths
    assert all(width > 0.8 for width in widths)
    mixed = set_line(words_of((Words(f"says {one} {other}"),), HAND), HAND)
    assert mixed.width == pytest.approx(
        set_line(words_of((Words(f"{one} {other} says"),), HAND), HAND).width
    )


def test_a_row_of_a_table_that_is_higher_than_a_slide_goes_on_below_its_names(
    deck_of: Callable[[str], Deck],
) -> None:
    words = [f"word{number}" for number in range(400)]
    slides = deck_of(f"# A\n\n| name | text |\n|---|---|\n| x | {' '.join(words)} |\n").slides
    assert len(slides) > 1
    said = [text for slide in slides for text in texts(slide, "table")]
    assert [it for text in said for it in text.split() if it.startswith("word")] == words
    assert said.count("name | text") == len(slides)
    for slide in slides:
        assert all(it.box.bottom <= 1080 for it in slide.passages)


def test_an_item_that_goes_on_has_its_bullet_where_it_begins(
    deck_of: Callable[[str], Deck],
) -> None:
    first, *others = deck_of(f"# A\n\n- {'word ' * 500}\n").slides
    bullet = written("\u2022", "text").vertices.tobytes()
    shown = [
        any(isinstance(it, Letters) and it.ink.vertices.tobytes() == bullet for it in slide.marks)
        for slide in (first, *others)
    ]
    assert shown == [True, *[False] * len(others)]


def test_a_list_longer_than_a_slide_stays_in_columns(deck_of: Callable[[str], Deck]) -> None:
    items = [f"item {number}" for number in range(45)]
    slides = deck_of("# A\n\n" + "".join(f"- {it}\n" for it in items)).slides
    assert len(slides) == 2
    assert [text for slide in slides for text in texts(slide, "item")] == items
    for slide in slides:
        assert len({it.box.left for it in slide.passages if it.kind == "item"}) == 2


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("a -- b, 1--2 --- so...", "a \N{EN DASH} b, 1\N{EN DASH}2 \N{EM DASH} so\u2026"),
        ("(c) +-5 what??? --option ----", "(c) +-5 what??? --option ----"),
    ],
)
def test_dashes_are_printed_and_nothing_else_is_rewritten(
    typed: str, printed: str, deck_of: Callable[[str], Deck]
) -> None:
    [slide] = deck_of(f"# A\n\n{typed}\n").slides
    assert texts(slide) == [printed]
