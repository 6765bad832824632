"""A registry: a folder's files are the list, others register; nothing is imported to read it."""

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import ValidationError

from visualize.declare.registry import Registry, Table
from visualize.declare.settings import Settings, declared_in
from visualize.errors import PluginError
from visualize.formats.format import FORMATS
from visualize.objectives.objective import OBJECTIVES
from visualize.optimizers.optimizer import OPTIMIZERS, Optimizer
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


@pytest.mark.parametrize("listed", [OPTIMIZERS, OBJECTIVES, PANELS, FORMATS])
def test_the_names_are_those_of_the_files(listed: Registry[object]) -> None:
    one = sys.modules[listed.load(listed.names()[0]).__module__].__file__
    assert one is not None
    files = {file.stem for file in Path(one).parent.glob("[!_]*.py")}
    [contract] = files - {*listed.names()}
    assert contract in {"optimizer", "objective", "panel", "format"}


def test_a_name_that_there_is_not_is_answered_with_the_nearest(folder: Path, add: Add) -> None:
    also_called: dict[str, tuple[str, ...]] = {"rocket": (), "train": ("railway",)}
    for name, words in also_called.items():
        add(name, f'"""Moves."""\nclass It:\n    """It."""\n    also_called = {words}\n')
    listed = registry(folder)
    assert listed.hint("rokcet") == "; did you mean 'rocket'?"
    assert listed.hint("Railway") == "; did you mean 'train'?"
    assert listed.hint("bicycle") == "; there are rocket, train"


@pytest.mark.parametrize("listed", [OPTIMIZERS, OBJECTIVES, PANELS, FORMATS])
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


# From outside


class Vehicle:
    """What the registries of these tests hold."""


class Rocket(Vehicle):
    """Goes up.

    And comes down.
    """


def vehicles(folder: Path) -> Registry[Vehicle]:
    """Return a registry of vehicles, whose own names are those of the files."""
    assert folder.name == PACKAGE
    return Registry(PACKAGE, Vehicle)


def test_what_is_registered_is_a_name_like_the_others(folder: Path, add: Add) -> None:
    add("train", '"""Runs on rails."""\nclass Train: ...')
    listed = vehicles(folder)
    assert "rocket" not in listed
    listed.register("rocket", Rocket)
    assert "rocket" in listed
    assert "train" in listed
    assert [] not in listed
    assert listed.names() == ("rocket", "train")
    assert listed.load("rocket") is Rocket
    assert listed.summary("rocket") == "Goes up."
    assert listed.name_of(Rocket) == "rocket"
    assert listed.name_of(listed.load("train")) == "train"
    assert listed.name_of(Vehicle) is None
    listed.register("rocket", Rocket)  # twice the same does no harm


@pytest.mark.parametrize("name", ["Rocket", "a rocket", "", "_rocket", "2nd", "räder"])
def test_a_name_is_lower_case_letters_digits_and_underscores(folder: Path, name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a name"):
        vehicles(folder).register(name, Rocket)


def test_a_name_that_is_taken_is_not_given_away(folder: Path, add: Add) -> None:
    add("train", "class Train: ...")
    listed = vehicles(folder)
    listed.register("rocket", Rocket)
    for name in ("train", "rocket"):
        with pytest.raises(ValueError, match=f"'{name}' is taken"):
            listed.register(name, Vehicle)
    assert listed.load("rocket") is Rocket


@pytest.mark.parametrize("kind", [int, Rocket(), "rocket"])
def test_only_a_class_of_the_kind_is_registered(folder: Path, kind: object) -> None:
    with pytest.raises(TypeError, match="'rocket' must be a class of Vehicle"):
        vehicles(folder).register("rocket", kind)  # type: ignore[arg-type]  # that is what is tested


Install = Callable[[str, dict[str, str], str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Return a function that installs a distribution: its entry points, and its module's text."""
    modules = []

    def write(name: str, points: dict[str, str], text: str) -> None:
        site = tmp_path / f"site of {name}"
        information = site / f"{name}-1.0.dist-info"
        information.mkdir(parents=True)
        (information / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8"
        )
        lines = [f"[{PACKAGE}]", *(f"{key} = {value}" for key, value in points.items())]
        (information / "entry_points.txt").write_text("\n".join(lines), "utf-8")
        (site / f"{name}.py").write_text(text, "utf-8")
        modules.append(name)
        monkeypatch.syspath_prepend(site)

    yield write
    for name in modules:
        sys.modules.pop(name, None)


VEHICLE = (
    "from tests.declare.test_registry import Vehicle\n"
    'class It(Vehicle):\n    """Flies."""\n    also_called = ("airship",)\n'
)


def test_an_installed_package_offers_a_name(folder: Path, install: Install) -> None:
    install("zeppelins", {"zeppelin": "zeppelins:It"}, VEHICLE)
    listed = vehicles(folder)
    assert listed.names() == ("zeppelin",)
    assert "zeppelins" not in sys.modules  # it is loaded when it is used
    assert listed.summary("zeppelin") == "Flies."
    assert issubclass(listed.load("zeppelin"), Vehicle)
    assert listed.hint("airship") == "; did you mean 'zeppelin'?"
    with pytest.raises(ValueError, match="is taken"):
        listed.register("zeppelin", Rocket)


@pytest.mark.parametrize(
    ("points", "text", "words"),
    [
        ({"zeppelin": "zeppelins:It"}, "1/0", "cannot be loaded: ZeroDivisionError: division"),
        ({"zeppelin": "zeppelins:It"}, "import not_there", "ModuleNotFoundError: No module"),
        ({"zeppelin": "zeppelins:It"}, "raise SystemExit(3)", "cannot be loaded: SystemExit: 3"),
        ({"zeppelin": "zeppelins:It"}, "raise ValueError('a\\nb')", "ValueError: a$"),
        ({"zeppelin": "zeppelins:Other"}, VEHICLE, "AttributeError: .* 'Other'"),
        ({"zeppelin": "no module at all"}, VEHICLE, "cannot be loaded: "),
        ({"zeppelin": "zeppelins"}, VEHICLE, "is no class of Vehicle"),
        ({"zeppelin": "nowhere:It"}, VEHICLE, "No module named 'nowhere'"),
        ({"zeppelin": "zeppelins:It"}, "class It: ...", "is no class of Vehicle"),
        ({"zeppelin": "zeppelins:It"}, "def It(): ...", "is no class of Vehicle"),
    ],
)
def test_a_package_that_breaks_is_told_and_stops_nothing_else(
    folder: Path, add: Add, install: Install, points: dict[str, str], text: str, words: str
) -> None:
    add("train", '"""Runs on rails."""\nclass Train: ...')
    install("zeppelins", points, text)
    listed = vehicles(folder)
    assert listed.names() == ("train", "zeppelin")
    with pytest.raises(PluginError, match=f"'zeppelin' of zeppelins .*{words}"):
        listed.load("zeppelin")
    assert listed.summary("zeppelin").startswith("'zeppelin' of zeppelins ")
    assert listed.hint("trian") == "; did you mean 'train'?"
    assert listed.name_of(Vehicle) is None
    assert listed.summary("train") == "Runs on rails."


def test_a_package_is_imported_once_also_where_it_breaks(
    folder: Path, install: Install, tmp_path: Path
) -> None:
    counter = tmp_path / "imports"
    count = f"with open({str(counter)!r}, 'a') as file: file.write('.')\n"
    install("zeppelins", {"zeppelin": "zeppelins:It"}, f"{count}1/0")
    listed = vehicles(folder)
    for _ in range(3):
        with pytest.raises(PluginError):
            listed.load("zeppelin")
        assert listed.hint("trian") == "; there are zeppelin"
    assert counter.read_text() == "."


def test_what_can_be_used_is_told_from_what_cannot(
    folder: Path, add: Add, install: Install
) -> None:
    add("train", "class Train: ...")
    install("zeppelins", {"zeppelin": "zeppelins:It"}, VEHICLE)
    install("balloons", {"balloon": "balloons:It"}, "1/0")
    listed = vehicles(folder)
    assert listed.sound() == ("train", "zeppelin")
    [(name, error)] = listed.broken()
    assert name == "balloon"
    assert "'balloon' of balloons cannot be loaded" in str(error)


def test_a_class_from_outside_lacks_nothing_that_ours_have() -> None:
    class Engine(ABC):
        @abstractmethod
        def run(self) -> None: ...

    class Idle(Engine): ...

    class Busy(Engine):
        def run(self) -> None: ...

    class Tracked(Vehicle, Busy): ...

    listed: Registry[Any] = Registry(PACKAGE, Engine)
    with pytest.raises(TypeError, match="'idle' lacks run"):
        listed.register("idle", Idle)
    listed.register("busy", Busy)
    listed = Registry(PACKAGE, Engine, Vehicle)
    with pytest.raises(TypeError, match="'busy' must be a class of Vehicle too"):
        listed.register("busy", Busy)
    listed.register("tracked", Tracked)


def test_a_class_from_outside_says_what_it_is_called() -> None:
    class Coach(Settings):
        kind: Literal["coach"] = "coach"

    class Sledge(Settings): ...

    listed: Registry[Settings] = Registry("visualize", Settings, key="kind")
    listed.register("coach", Coach)
    for name, kind in (("bus", Coach), ("sledge", Sledge)):
        with pytest.raises(TypeError, match=f"must have the field kind: Literal\\['{name}'\\] = "):
            listed.register(name, kind)


def test_to_name_a_class_nothing_is_imported(folder: Path, install: Install) -> None:
    install("zeppelins", {"zeppelin": "zeppelins:It"}, VEHICLE)
    listed = vehicles(folder)
    assert listed.name_of(Rocket) is None
    assert "zeppelins" not in sys.modules
    assert listed.name_of(listed.load("zeppelin")) == "zeppelin"


def test_a_class_from_outside_is_known_by_its_package(folder: Path, install: Install) -> None:
    install("zeppelins", {"zeppelin": "zeppelins:It"}, VEHICLE)
    listed = vehicles(folder)
    listed.register("rocket", Rocket)
    assert listed.package_of(listed.load("zeppelin")) == "zeppelins 1.0"
    assert listed.package_of(Rocket) == ""
    assert OPTIMIZERS.package_of(OPTIMIZERS.load("sgd")) == ""


def test_a_table_is_what_stands_in_one_file() -> None:
    table: Table[Vehicle] = Table({"rocket": Rocket, "any": Vehicle})
    assert table.names() == ("any", "rocket")
    assert "rocket" in table
    assert 3 not in table
    assert table.load("rocket") is Rocket
    assert table.summary("rocket") == "Goes up."
    assert table.hint("rokcet") == "; did you mean 'rocket'?"
    with pytest.raises(KeyError):
        table.load("train")


def test_a_name_that_two_packages_offer_is_neithers(folder: Path, install: Install) -> None:
    install("zeppelins", {"zeppelin": "zeppelins:It"}, VEHICLE)
    install("airships", {"zeppelin": "airships:It"}, VEHICLE)
    listed = vehicles(folder)
    with pytest.raises(PluginError, match="'zeppelin' is offered by airships and zeppelins"):
        listed.load("zeppelin")


def test_a_package_that_is_found_twice_is_one(
    folder: Path, install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("zeppelins", {"zeppelin": "zeppelins:It"}, VEHICLE)
    once = tmp_path / "site of zeppelins"
    again = tmp_path / "checkout"
    again.mkdir()
    (once / "zeppelins-1.0.dist-info").rename(again / "zeppelins-1.0.dist-info")
    (again / "zeppelins-1.1.dist-info").symlink_to(again / "zeppelins-1.0.dist-info")
    monkeypatch.syspath_prepend(again)
    assert issubclass(vehicles(folder).load("zeppelin"), Vehicle)


def test_a_package_cannot_take_a_name_of_the_folder(
    folder: Path, add: Add, install: Install
) -> None:
    add("train", "class Train: ...")
    install("zeppelins", {"train": "zeppelins:It", "Bad Name": "zeppelins:It"}, VEHICLE)
    listed = vehicles(folder)
    assert listed.names() == ("train",)
    assert listed.load("train").__name__ == "Train"
    assert [*listed.not_named()] == [
        "'train' of zeppelins is the name of one of ours",
        "'Bad Name' of zeppelins cannot be a name; use lower-case letters, digits and _",
    ]


def test_installed_packages_are_not_asked_for_a_name_of_the_folder(
    folder: Path, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    add("train", "class Train: ...")
    listed = vehicles(folder)
    monkeypatch.setattr(Registry, "_installed", property(lambda _: pytest.fail("they were")))
    assert "train" in listed
    assert listed.load("train").__name__ == "Train"


def test_a_scenes_entry_that_names_a_broken_package_is_a_mistake_at_its_name(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", "visualize.optimizers")
    install("zeppelins", {"zeppelin": "zeppelins:It"}, "1/0")
    fresh: Registry[Optimizer] = Registry("visualize.optimizers", Optimizer)
    with pytest.raises(ValidationError) as raised:
        declared_in(fresh, Optimizer, "name", {"name": "zeppelin", "learning_rate": 0.1})
    [mistake] = raised.value.errors()
    assert mistake["loc"] == ("name",)
    assert mistake["msg"].startswith("'zeppelin' of zeppelins cannot be loaded")
    assert "sgd" in fresh.hint("asdf")
