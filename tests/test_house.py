"""The architecture: imports go down its layers, and names say what is in a folder."""

import ast
from collections.abc import Iterator
from pathlib import Path

from importlinter.cli import lint_imports

import visualize

PACKAGE = Path(visualize.__file__).parent
FILES = {file.relative_to(PACKAGE).as_posix(): file for file in sorted(PACKAGE.rglob("*.py"))}

DRAWS = {
    "deck",
    "film",
    "looks/fonts.py",
    "panels/_surface/box.py",
    "panels/_map/image.py",
    "panels/_numbers.py",
    "panels/_surface/image.py",
    "panels/_surface/runs.py",
    "panels/_surface/drawing.py",
}
"""What imports at once what draws, those of panels only where a panel draws; a format imports
what encodes only when it writes."""
HEAVY = {"matplotlib", "PIL", "av", "imageio", "imageio_ffmpeg"}
MEANINGLESS = {"utils", "util", "base", "core", "common", "helpers", "helper", "misc"}


def test_imports_go_down() -> None:
    # The layers, all of them, stand in pyproject.toml.
    assert lint_imports(no_cache=True) == 0


def test_the_public_face_imports_rooms_for_type_checkers_only() -> None:
    body = ast.parse(FILES["__init__.py"].read_text("utf-8")).body
    direct = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in direct for alias in node.names}
    assert names == {"importlib", "TYPE_CHECKING", "Any", "__version__"}


def test_a_folder_says_what_it_is_and_defines_nothing() -> None:
    for file in FILES:
        if file.endswith("/__init__.py"):
            [caption] = _tree(file).body
            assert ast.get_docstring(_tree(file)), f"{file} says nothing"
            assert isinstance(caption, ast.Expr)


def test_only_films_import_at_once_what_draws_and_encodes() -> None:
    for file in FILES:
        direct = {name.partition(".")[0] for node in _imports(_tree(file)) for name in _names(node)}
        at_home = {_room(file), file} & DRAWS
        assert at_home or not direct & HEAVY, file


def test_no_room_has_a_name_that_says_nothing() -> None:
    assert not MEANINGLESS & {part for file in FILES for part in Path(file).with_suffix("").parts}


def test_no_figure_comes_from_pyplot() -> None:
    for file in FILES:
        for node in ast.walk(_tree(file)):
            if isinstance(node, ast.Import | ast.ImportFrom):
                assert not any("pyplot" in name or "pylab" in name for name in _names(node)), file
            elif isinstance(node, ast.Attribute):
                assert node.attr not in {"pyplot", "pylab"}, file


def _tree(file: str) -> ast.Module:
    return ast.parse(FILES[file].read_text("utf-8"))


def _room(file: str) -> str:
    return Path(file).with_suffix("").parts[0]


def _imports(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield what is imported at once: not inside functions, not for type checkers."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting += node.orelse
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += ast.iter_child_nodes(node)


def _names(node: ast.Import | ast.ImportFrom) -> list[str]:
    """Return the full names of what is imported."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    assert node.level == 0, "imports are absolute"
    return [f"{node.module}.{alias.name}" for alias in node.names]
