"""A registry: the files of a folder are the list, and nothing is imported to read it."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from visualize.declare.registry import Registry
from visualize.formats.format import FORMATS
from visualize.optimizers.optimizer import OPTIMIZERS
from visualize.panels.panel import PANELS

PACKAGE = "a_package_of_this_test"
Add = Callable[[str, str], Path]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package folder that can be imported, and is forgotten after the test."""
    package = tmp_path / PACKAGE
    package.mkdir()
    (package / "__init__.py").write_text('"""A package."""\n', "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield package
    for module in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[module]


@pytest.fixture
def add(folder: Path) -> Add:
    """Return a function that adds a file to the package."""

    def write(name: str, text: str) -> Path:
        path = folder / f"{name}.py"
        path.write_text(text, "utf-8")
        return path

    return write


def registry(folder: Path) -> Registry[object]:
    """Return the registry of the package as it is now."""
    assert folder.name == PACKAGE
    return Registry(PACKAGE, object)


@pytest.mark.parametrize("listed", [OPTIMIZERS, PANELS, FORMATS])
def test_the_names_are_those_of_the_files(listed: Registry[object]) -> None:
    one = sys.modules[listed.load(listed.names()[0]).__module__].__file__
    assert one is not None
    files = {file.stem for file in Path(one).parent.glob("[!_]*.py")}
    [contract] = files - {*listed.names()}
    assert contract in {"optimizer", "panel", "format"}


def test_a_name_that_there_is_not_is_answered_with_the_nearest(folder: Path, add: Add) -> None:
    also_called: dict[str, tuple[str, ...]] = {"rocket": (), "train": ("railway",)}
    for name, words in also_called.items():
        add(name, f'"""Moves."""\nclass It:\n    """It."""\n    also_called = {words}\n')
    listed = registry(folder)
    assert listed.hint("rokcet") == "; did you mean 'rocket'?"
    assert listed.hint("Railway") == "; did you mean 'train'?"
    assert listed.hint("bicycle") == "; there are rocket, train"


@pytest.mark.parametrize("listed", [OPTIMIZERS, PANELS, FORMATS])
def test_every_file_has_a_summary_and_a_class(listed: Registry[object]) -> None:
    for name in listed.names():
        assert listed.summary(name).endswith(".")
        assert isinstance(listed.load(name), type)
        assert listed.load(name).__module__.endswith(f".{name}")


def test_a_new_file_is_found_by_its_name(folder: Path, add: Add) -> None:
    assert registry(folder).names() == ()
    add("rocket", '"""Goes up."""\n\nclass Rocket:\n    """A rocket."""\n')
    listed = registry(folder)
    assert listed.names() == ("rocket",)
    assert listed.summary("rocket") == "Goes up."
    assert listed.load("rocket").__name__ == "Rocket"


def test_names_are_in_alphabetical_order(folder: Path, add: Add) -> None:
    for name in ("b", "c", "a"):
        add(name, "")
    assert registry(folder).names() == ("a", "b", "c")


def test_other_files_and_folders_are_not_listed(folder: Path, add: Add) -> None:
    add("one", "class One: ...")
    add("_hidden", "class Hidden: ...")
    (folder / "notes.txt").write_text("", "utf-8")
    (folder / "two.pyc").write_bytes(b"")
    (folder / "inner").mkdir()
    (folder / "inner" / "three.py").write_text("", "utf-8")
    assert registry(folder).names() == ("one",)


def test_a_summary_is_read_without_importing(folder: Path, add: Add) -> None:
    add("loud", '"""Says so.\n\nAnd more.\n"""\nraise RuntimeError("imported")\n')
    listed = registry(folder)
    assert listed.names() == ("loud",)
    assert listed.summary("loud") == "Says so."
    assert f"{PACKAGE}.loud" not in sys.modules
    with pytest.raises(RuntimeError, match="imported"):
        listed.load("loud")


def test_letters_of_all_languages_are_read(folder: Path, add: Add) -> None:
    add("greek", '"""√(s + ε): η ← ρ."""\n')
    assert registry(folder).summary("greek") == "√(s + ε): η ← ρ."


def test_a_file_without_words_has_an_empty_summary(folder: Path, add: Add) -> None:
    add("silent", "class Silent: ...")
    assert registry(folder).summary("silent") == ""


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("class One: ...\nclass Two: ...\n", 2),
        ("", 0),
        ("class _Hidden: ...\n", 0),
        ("from pathlib import Path\n", 0),
        ("def function() -> None: ...\n", 0),
    ],
)
def test_a_file_must_hold_one_public_class(folder: Path, add: Add, text: str, count: int) -> None:
    add("several", text)
    with pytest.raises(TypeError, match=rf"several must hold one public class; it has {count}"):
        registry(folder).load("several")


def test_private_and_imported_classes_beside_it_do_not_count(folder: Path, add: Add) -> None:
    add("one", "from pathlib import Path\nclass _Part: ...\nclass One: ...\ndef make(): ...\n")
    assert registry(folder).load("one").__name__ == "One"


@pytest.mark.parametrize("name", ["missing", "../one", ""])
def test_a_name_that_is_not_listed_is_not_loaded(folder: Path, add: Add, name: str) -> None:
    add("one", "class One: ...")
    with pytest.raises((KeyError, ImportError)):
        registry(folder).load(name)
    with pytest.raises(KeyError):
        registry(folder).summary(name)
