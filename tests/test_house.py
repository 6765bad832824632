"""The floors of the house: imports go down, and names say what is in a room."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import visualize

PACKAGE = Path(visualize.__file__).parent
FILES = sorted(file.relative_to(PACKAGE).as_posix() for file in PACKAGE.rglob("*.py"))

FLOORS = {
    "arrays": 0,
    "errors": 0,
    "progress": 0,
    "files": 0,
    "catalogue": 0,
    "settings": 0,
    "document": 0,
    "dual": 0,
    "expression": 0,
    "wording": 0,
    "objectives": 1,
    "optimizers": 1,
    "comparison": 1,
    "history": 1,
    "themes": 2,
    "panels": 2,
    "formats": 2,
    "view": 2,
    "trails": 2,
    "plane": 2,
    "recording": 2,
    "runs": 2,
    "starts": 2,
    "pictures": 2,
    "scene": 3,
    "engine": 4,
    "canvas": 5,
    "film": 5,
    "frame": 5,
    "deck": 6,
    "baselines": 6,
    "parting": 6,
    "batch": 6,
    "reference": 6,
    "cli": 7,
    "testing": 7,
    "__main__": 8,
}
"""The floor of every room: a file or a folder of the package."""

ACROSS = {
    *((room, "errors") for room in ("arrays", "catalogue", "document", "expression", "files")),
    ("settings", "catalogue"),
    ("settings", "errors"),
    ("runs", "starts"),
    ("arrays", "files"),
    ("expression", "dual"),
    ("wording", "document"),
    ("wording", "errors"),
    ("history", "comparison"),
    ("parting", "baselines"),
    ("optimizers", "objectives"),
    *(("panels", room) for room in ("plane", "themes", "trails", "view")),
    ("plane", "view"),
    ("trails", "themes"),
    ("film", "canvas"),
    ("film", "frame"),
}
"""Which room may import which other one of its own floor."""

HEAVY = {"matplotlib", "PIL", "imageio", "imageio_ffmpeg", "sympy"}
MEANINGLESS = {"utils", "util", "base", "core", "common", "helpers", "helper", "misc"}

every_file = pytest.mark.parametrize("file", FILES)


def test_every_room_has_a_floor() -> None:
    assert {_room(file) for file in FILES} - {"__init__"} <= FLOORS.keys()


@every_file
def test_imports_go_down(file: str) -> None:
    room = _room(file)
    if room == "__init__":
        return  # the public face stands outside; the next test is about it
    for imported in _rooms_imported(file):
        down = FLOORS[imported] < FLOORS[room]
        assert down or imported == room or (room, imported) in ACROSS, (
            f"{file} (floor {FLOORS[room]}) imports {imported} (floor {FLOORS[imported]})"
        )


def test_the_public_face_imports_rooms_for_type_checkers_only() -> None:
    body = ast.parse((PACKAGE / "__init__.py").read_text("utf-8")).body
    direct = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in direct for alias in node.names}
    assert names == {"importlib", "TYPE_CHECKING", "Any"}


def test_what_may_be_imported_across_is_on_one_floor_and_is_imported() -> None:
    assert all(FLOORS[room] == FLOORS[imported] for room, imported in ACROSS)
    used = {(_room(file), imported) for file in FILES for imported in _rooms_imported(file)}
    assert used >= ACROSS, "what is not used any more goes from the table"


@every_file
def test_only_films_and_formats_import_at_once_what_draws_and_encodes(file: str) -> None:
    # A format's file is itself imported only when it writes.
    of_a_format = file.startswith("formats/") and file != "formats/__init__.py"
    at_home = file in {"canvas.py", "film.py", "frame.py"} or of_a_format
    direct = {
        name.partition(".")[0]
        for node in _imports(_tree(file), of_type_checkers=False)
        for name in _names(node)
    }
    assert at_home or not direct & HEAVY


@every_file
def test_no_room_has_a_name_that_says_nothing(file: str) -> None:
    assert not MEANINGLESS & set(Path(file).with_suffix("").parts)


@every_file
def test_no_figure_comes_from_pyplot(file: str) -> None:
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            assert not any("pyplot" in name or "pylab" in name for name in _names(node))
        elif isinstance(node, ast.Attribute):
            assert node.attr not in {"pyplot", "pylab"}


def _tree(file: str) -> ast.Module:
    return ast.parse((PACKAGE / file).read_text("utf-8"))


def _room(file: str) -> str:
    return Path(file).with_suffix("").parts[0]


def _imports(tree: ast.Module, *, of_type_checkers: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports at the level of the module; those inside functions do not count."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting += node.body if of_type_checkers else node.orelse
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def _names(node: ast.Import | ast.ImportFrom) -> list[str]:
    """Return the full names of what is imported."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    assert node.level == 0, "imports are absolute"
    return [f"{node.module}.{alias.name}" for alias in node.names]


def _rooms_imported(file: str) -> set[str]:
    rooms = set()
    for node in _imports(_tree(file), of_type_checkers=True):
        for name in _names(node):
            if name == "visualize.__version__":
                continue
            first, _, rest = name.partition(".")
            if first == "visualize":
                room = rest.partition(".")[0]
                assert room in FLOORS, f"{file} imports '{name}', which is no room"
                rooms.add(room)
    return rooms
