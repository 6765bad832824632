"""Whose error it is: that of a package of others, or ours."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from visualize.declare.packages import blamed, in_short
from visualize.errors import OutputError, PluginError
from visualize.text import shown

Install = Callable[[str], ModuleType]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Return a function that installs a package, `wheels`, which offers an optimizer."""

    def write(text: str) -> ModuleType:
        information = tmp_path / "wheels_of_others-1.0.dist-info"
        information.mkdir()
        (information / "METADATA").write_text("Name: wheels-of-others\nVersion: 1.0\n", "utf-8")
        points = "[visualize.optimizers]\nwheel = wheels:Wheel\n"
        (information / "entry_points.txt").write_text(points, "utf-8")
        (tmp_path / "wheels.py").write_text(text, "utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        return __import__("wheels")

    yield write
    sys.modules.pop("wheels", None)


def test_what_a_package_raises_names_it_and_the_place(install: Install) -> None:
    wheels = install("def roll():\n    return 1 / 0\n")
    with (
        pytest.raises(
            PluginError,
            match=r"^wheels-of-others: ZeroDivisionError: division by zero \(.*wheels.py, line 2, ",
        ) as raised,
        blamed(),
    ):
        wheels.roll()
    assert isinstance(raised.value.__cause__, ZeroDivisionError)


def test_what_it_calls_is_its_own_doing(install: Install) -> None:
    wheels = install("import json\ndef roll():\n    return json.loads('{')\n")
    with pytest.raises(PluginError, match=r"JSONDecodeError.*wheels.py, line 3"), blamed():
        wheels.roll()


def test_a_bug_of_ours_keeps_its_traceback(install: Install) -> None:
    wheels = install("def roll(function, value):\n    return function(value)\n")

    class Unprintable:
        def __format__(self, _: str) -> str:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), blamed():
        raise ZeroDivisionError
    assert wheels.roll(shown, 3) == "3"
    with pytest.raises(TypeError), blamed():
        wheels.roll(shown)  # it is called wrongly, by us
    with pytest.raises(ZeroDivisionError), blamed():
        # Ours is called by theirs, and raises.
        wheels.roll(shown, Unprintable())


def test_what_is_told_already_stays_as_it_is(install: Install) -> None:
    wheels = install("def roll(error):\n    raise error\n")
    with pytest.raises(OutputError), blamed():
        wheels.roll(OutputError("full"))
    with pytest.raises(KeyboardInterrupt), blamed():
        wheels.roll(KeyboardInterrupt())


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("not\nso"), "ValueError: not"),
        (ValueError("\n so"), "ValueError: so"),
        (KeyError(), "KeyError"),
        (SystemExit(2), "SystemExit: 2"),
    ],
)
def test_an_error_is_a_line(error: BaseException, words: str) -> None:
    assert in_short(error) == words
