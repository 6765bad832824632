"""The floors of the house: imports go down, and names say what is in a room."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import visualize

PACKAGE = Path(visualize.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

FLOORS = {
    "errors": 0,
    "files": 0,
    "catalogue": 0,
    "settings": 0,
    "document": 0,
    "expression": 0,
    "objectives": 1,
    "optimizers": 1,
    "history": 1,
    "themes": 2,
    "panels": 2,
    "formats": 2,
    "view": 2,
    "trails": 2,
    "scene": 3,
    "engine": 4,
    "film": 5,
    "batch": 6,
    "deck": 6,
    "reference": 6,
    "cli": 7,
    "testing": 7,
    "__main__": 8,
}
"""The floor of every room; a room is a file or a folder of the package."""

ACROSS = {
    ("catalogue", "errors"),
    ("document", "errors"),
    ("expression", "errors"),
    ("files", "errors"),
    ("settings", "errors"),
    ("optimizers", "objectives"),
    ("panels", "themes"),
    ("panels", "trails"),
    ("panels", "view"),
    ("trails", "panels"),
    ("trails", "themes"),
}
"""What may be imported from a room of the same floor: only this."""

MEANINGLESS = {"utils", "util", "base", "core", "common", "helpers", "helper", "misc"}


def test_every_room_has_a_floor() -> None:
    assert {_room(file) for file in FILES} - {"__init__"} <= FLOORS.keys()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_imports_go_down(file: Path) -> None:
    room = _room(file)
    for imported in _rooms_imported(file):
        if imported == "__init__":
            continue  # `from visualize import __version__`; which names, another test checks
        if room == "__init__":
            continue  # only under TYPE_CHECKING: another test checks
        assert imported in FLOORS, f"{file.name} imports an unknown room, {imported}"
        down = FLOORS[imported] < FLOORS[room]
        assert down or imported == room or (room, imported) in ACROSS, (
            f"{room} (floor {FLOORS[room]}) imports {imported} (floor {FLOORS[imported]})"
        )


def test_rooms_of_one_floor_that_may_be_imported_are_on_one_floor() -> None:
    assert all(FLOORS[room] == FLOORS[imported] for room, imported in ACROSS)


def test_what_may_be_imported_across_is_imported_across() -> None:
    used = {(_room(file), imported) for file in FILES for imported in _rooms_imported(file)}
    # Whatever is not used any more goes from the table.
    assert ACROSS - {("catalogue", "errors")} <= used


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_from_the_front_door_only_the_version_and_rooms_are_taken(file: Path) -> None:
    rooms = FLOORS.keys() | {"__version__"}
    taken = {
        alias.name
        for node in _of_module(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "visualize"
        for alias in node.names
    }
    assert taken <= rooms


def test_the_front_door_imports_rooms_for_type_checkers_only() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text("utf-8"))
    direct = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in direct for alias in node.names}
    assert names == {"importlib", "TYPE_CHECKING", "Any"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_no_room_has_a_name_that_says_nothing(file: Path) -> None:
    assert not MEANINGLESS & set(file.relative_to(PACKAGE).with_suffix("").parts)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_no_figure_comes_from_pyplot(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            names = [f"{module}.{alias.name}" for alias in node.names]
            assert not any("pyplot" in name or "pylab" in name for name in names)
        elif isinstance(node, ast.Attribute):
            assert node.attr != "pyplot"


@pytest.mark.parametrize(
    "file",
    [file for file in FILES if FLOORS.get(_floor_of := file.stem, 0) <= 4],
    ids=lambda file: file.relative_to(PACKAGE).as_posix(),
)
def test_below_the_film_nothing_that_draws_or_encodes_is_imported_with_the_file(
    file: Path,
) -> None:
    pass


def _room(file: Path) -> str:
    return file.relative_to(PACKAGE).with_suffix("").parts[0]


def _of_module(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the imports that run with the module, and those of type checkers."""
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]


def _rooms_imported(file: Path) -> set[str]:
    rooms = set()
    for node in _of_module(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            assert isinstance(node, ast.ImportFrom)
            assert node.level == 0, f"{file.name}: a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "visualize":
                room = parts[1] if len(parts) > 1 else "__init__"
                rooms.add(room if room in FLOORS else "__init__")
    return rooms
