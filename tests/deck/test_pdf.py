"""A deck as pages."""

from pathlib import Path
from typing import Any

import numpy as np
import pypdf
import pytest

from tests.deck.decks import a_deck, a_slide
from visualize.deck.pdf import pdf_is_of, write_pdf
from visualize.deck.slide import Deck
from visualize.formats._png import write

WORDS = [
    ("paragraph", 'A paragraph with #set, $x$ and <tags> & "quotes"'),
    ("item", "the first"),
    ("item", "the second"),
    ("code", "for x in y:\n    print(x)"),
    ("quote", "Somebody said"),
    ("formula", r"x_{t+1} = x_t - \frac{\eta}{\sqrt{G}} g"),
    ("table", "name | rate\nAdam | 0.1"),
    ("picture", "AdaGrad on a ravine"),
    ("footnote", "Größe"),
]


def pages(deck: Deck, folder: Path) -> Path:
    posters = []
    for number in range(len(deck.slides)):
        picture = np.full((48, 64, 4), (200, 30 * number, 100, 255), dtype=np.uint8)
        posters.append(folder / f"{number}.png")
        write(posters[-1], picture, "")
    path = folder / "pages" / "post.pdf"
    write_pdf(deck, posters, path)
    return path


def root(path: Path) -> Any:
    return pypdf.PdfReader(path).root_object


def tags(path: Path) -> list[str]:
    """Return the kinds of all parts of a document, in its own order."""
    found = []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for part in node:
                walk(part)
        elif isinstance(node, dict) and "/S" in node:
            alt = f"({node['/Alt']})" if "/Alt" in node else ""
            found.append(f"{node['/S'][1:]}{alt}")
            walk(node.get("/K", []))

    walk(root(path)["/StructTreeRoot"]["/K"])
    return found


def test_words_can_be_read_in_order(tmp_path: Path) -> None:
    reader = pypdf.PdfReader(pages(a_deck(a_slide("One", words=WORDS), a_slide("Two")), tmp_path))
    assert len(reader.pages) == 2
    written = reader.pages[0].extract_text()
    text = " ".join(written.split())
    said = [words.replace(" | ", " ").split() for kind, words in WORDS if kind != "picture"]
    places = [text.index(" ".join(words)) for words in said]
    assert places == sorted(places)
    assert text.index("One") < places[0]
    assert "\n    print(x)" in written
    assert reader.pages[1].extract_text().strip() == "Two"


def test_it_is_tagged_for_who_listens(tmp_path: Path) -> None:
    path = pages(a_deck(a_slide("One", words=WORDS), title="A post", author="Somebody"), tmp_path)
    reader = pypdf.PdfReader(path)
    assert root(path)["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in path.read_bytes()
    assert reader.metadata
    assert (reader.metadata.title, reader.metadata.author) == ("A post", "Somebody")
    found = tags(path)
    for kind in (
        "H1",
        "P",
        "L",
        "LI",
        "Code",
        "BlockQuote",
        "Table",
        "TH",
        "TD",
        "Figure(AdaGrad on a ravine)",
    ):
        assert kind in found, found
    assert any(it.startswith("Formula(x_{t+1}") for it in found)


def test_a_page_is_as_large_as_the_slide_and_shows_it(tmp_path: Path) -> None:
    reader = pypdf.PdfReader(pages(a_deck(a_slide(), a_slide()), tmp_path))
    for number, page in enumerate(reader.pages):
        assert (page.mediabox.width, page.mediabox.height) == (32, 24)
        image = np.asarray(page.images[0].image)
        assert image.shape[:2] == (48, 64)
        assert (image[..., :3] == (200, 30 * number, 100)).all()


def test_no_level_of_headings_is_left_out(tmp_path: Path) -> None:
    levels = (0, 3, 5, 1, 9)
    deck = a_deck(*(a_slide(f"Heading {level}", level=level) for level in levels))
    found = [it for it in tags(pages(deck, tmp_path)) if it[0] == "H"]
    assert found == ["H1", "H2", "H3", "H1", "H2"]


@pytest.mark.parametrize("words", ["数 and 🙂 and \u202e", "", "\0 \x07", "א ب"], ids=ascii)
def test_any_letters_make_pages(words: str, tmp_path: Path) -> None:
    deck = a_deck(a_slide(words, words=[("paragraph", words), ("code", words), ("picture", words)]))
    assert len(pypdf.PdfReader(pages(deck, tmp_path)).pages) == 1


def test_the_same_deck_makes_the_same_bytes(tmp_path: Path) -> None:
    deck = a_deck(a_slide("One", words=WORDS))
    path = pages(deck, tmp_path)
    first = path.read_bytes()
    assert pages(deck, tmp_path).read_bytes() == first
    assert pdf_is_of(path, deck)
    assert not pdf_is_of(tmp_path / "nowhere.pdf", deck)
    path.write_bytes(first[:-100])
    assert not pdf_is_of(path, deck)
