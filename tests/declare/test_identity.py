"""What tells one piece of Python from another, in this process and in others."""

import abc
import functools
import importlib
import math
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from visualize.declare.identity import identity_of

SCALE = 3.0


def scaled(x: Any) -> Any:
    return SCALE * inner(x)


def inner(x: Any) -> Any:
    return x + 1


def around(value: Any) -> Any:
    return lambda x: x * value


def with_default(x: Any, scale: float = 2.0, *, shift: float = 1.0) -> Any:
    return scale * x + shift


class Model:
    rate = 0.1

    def __init__(self, weight: float) -> None:
        self.weight = weight

    def __call__(self, x: Any) -> Any:
        return self.weight * x

    def method(self, x: Any) -> Any:
        return self.weight + x


class Slotted:
    __slots__ = ("weight",)

    def __init__(self, weight: float) -> None:
        self.weight = weight


class Abstract(abc.ABC):
    @abc.abstractmethod
    def value(self) -> float: ...


class Concrete(Abstract):
    def value(self) -> float:
        return 1.0


@dataclass(frozen=True)
class Data:
    weight: float


def ring() -> list[Any]:
    it: list[Any] = []
    it.append(it)
    return it


class Unwilling:
    @property
    def shape(self) -> Any:
        raise RuntimeError("not now")

    __array__ = shape


def chain(length: int) -> Any:
    it: list[Any] = []
    for _ in range(length):
        it = [it]
    return it


PAIRS: dict[str, Any] = {
    "numbers": lambda: (1, 2),
    "types": lambda: (1, 1.0),
    "signs": lambda: (0.0, -0.0),
    "texts": lambda: ("1", 1),
    "lists": lambda: ([1, [2]], [[1], 2]),
    "kinds of sequences": lambda: ([1, 2], (1, 2)),
    "mappings": lambda: ({"a": 1}, {"a": 2}),
    "sets": lambda: ({"a", "b"}, {"a", "c"}),
    "arrays": lambda: (np.arange(3), np.arange(3.0)),
    "shapes": lambda: (np.zeros((2, 3)), np.zeros((3, 2))),
    "constants": lambda: (lambda x: x + 1, lambda x: x + 2),
    "operations": lambda: (lambda x: x + 1, lambda x: x - 1),
    "names": lambda: (lambda x: np.sin(x), lambda x: np.cos(x)),
    "closures": lambda: (around(1), around(2)),
    "arrays in closures": lambda: (around(np.zeros(2)), around(np.ones(2))),
    "functions in closures": lambda: (around(math.sin), around(math.cos)),
    "partials": lambda: (
        functools.partial(with_default, scale=1),
        functools.partial(with_default, scale=2),
    ),
    "objects": lambda: (Model(1.0), Model(2.0)),
    "methods": lambda: (Model(1.0).method, Model(2.0).method),
    "slots": lambda: (Slotted(1.0), Slotted(2.0)),
    "dataclasses": lambda: (Data(1.0), Data(2.0)),
    "classes": lambda: (Model, Slotted),
    "what cannot be looked into": lambda: (threading.Lock(), threading.Lock()),
    "what does not want to be": lambda: (Unwilling(), Unwilling()),
    "what is too deep": lambda: (chain(100_000), chain(100_000)),
}
SAME: dict[str, Any] = {
    "functions": lambda: scaled,
    "lambdas": lambda: lambda x: [it for it in x if it in {"a", "b"}],
    "closures": lambda: around([1, {"a": (2, 3)}]),
    "arrays": lambda: np.arange(6.0).reshape(2, 3)[:, ::2],
    "objects": lambda: Model(2.0),
    "methods": lambda: Model(2.0).method,
    "slots": lambda: Slotted(2.0),
    "dataclasses": lambda: Data(2.0),
    "abstract classes": lambda: Concrete(),
    "modules": lambda: around(np),
    "ufuncs": lambda: around(np.sin),
    "builtins": lambda: around(math.sin),
    "sets": lambda: {"a", "b", "c", ("d", 1)},
    "rings": ring,
    "decorated": lambda: functools.lru_cache(inner),
    "generators of numbers": lambda: np.random.default_rng(3),
}


@pytest.mark.parametrize("name", PAIRS)
def test_what_differs_is_told_apart(name: str) -> None:
    one, other = PAIRS[name]()
    assert identity_of(one) != identity_of(other)


@pytest.mark.parametrize("name", SAME)
def test_what_is_made_alike_is_the_same(name: str) -> None:
    make = SAME[name]
    assert identity_of(make()) == identity_of(make())


def test_a_global_that_a_function_uses_is_a_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = identity_of(scaled)
    monkeypatch.setattr(sys.modules[__name__], "SCALE", 4.0)
    changed = identity_of(scaled)
    monkeypatch.undo()
    monkeypatch.setattr(sys.modules[__name__], "inner", lambda x: x + 2)
    assert len({before, changed, identity_of(scaled)}) == 3


def test_defaults_are_a_part_of_a_function(monkeypatch: pytest.MonkeyPatch) -> None:
    before = identity_of(with_default)
    monkeypatch.setattr(with_default, "__defaults__", (3.0,))
    changed = identity_of(with_default)
    monkeypatch.setattr(with_default, "__kwdefaults__", {"shift": 2.0})
    assert len({before, changed, identity_of(with_default)}) == 3


def test_another_process_says_the_same_and_so_does_a_file_with_more_lines(tmp_path: Path) -> None:
    code = """
import functools, numpy as np
from visualize.declare.identity import identity_of
class Loss:
    def __init__(self): self.names = {"a", "b", "c"}
    def __call__(self, x): return np.sum(x ** 2) + len(self.names)
def bowl(x, scale=2.0):
    return scale * sum(it ** 2 for it in x if it not in {"a", "b"})
print(identity_of((Loss(), bowl, functools.partial(bowl, scale=3), np.float64, functools.partial)))
"""
    said = set()
    for seed, lines in (("1", ""), ("2", "\n# more\n\n")):
        file = tmp_path / f"loss{seed}.py"
        file.write_text(lines + code, "utf-8")
        done = subprocess.run(
            [sys.executable, str(file)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        said.add(done.stdout)
    assert len(said) == 1


WAYS = {
    "a module's function": "import near\ndef f(x): return near.f(x)",
    "a function of a module": "from near import f",
    "a renamed module": "import near as other\ndef f(x): return other.f(x)",
    "a module in a package": "import pack.sub\ndef f(x): return pack.sub.g(x)",
    "a module from a package": "from pack import sub\ndef f(x): return sub.g(x)",
    "an import inside": "def f(x):\n    import near\n    return near.f(x)",
    "an import inside from": "def f(x):\n    from near import f\n    return f(x)",
    "an import inside of a package": "def f(x):\n    import pack.sub\n    return pack.sub.g(x)",
    "a lambda in a function": "def f(x):\n    import near\n    return (lambda: near.f(x))()",
    "a class": "import near\nclass f:\n    def __init__(self, x): self.x = near.f(x)",
    "a function of a function": "import near\ndef g(x): return near.f(x)\ndef f(x): return g(x)",
}


@pytest.mark.parametrize("way", WAYS)
def test_what_imported_modules_import_is_a_part_of_a_function(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`near` takes it from `pack.far`, which has it relative to itself, from `deep`."""
    code = {
        "mine.py": WAYS[way],
        "near.py": "import pack\ndef f(x):\n    import pack.sub\n    return pack.sub.g(x)",
        "pack/__init__.py": "",
        "pack/sub.py": "from . import far\nfrom .far import *\ndef g(x): return far.h(x)",
        "pack/far.py": "from .deep import depth\nimport near\ndef h(x): return depth * x",
        "pack/deep.py": "depth = 2",
        "pack/other.py": "",
    }
    for name, text in code.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    names = {"mine", "near", "pack", "pack.sub", "pack.far", "pack.deep"}
    for name in names & sys.modules.keys():
        monkeypatch.delitem(sys.modules, name)
    function = importlib.import_module("mine").f
    before = identity_of(function)
    function(1.0)  # some modules are imported only now
    assert identity_of(function) == before
    (tmp_path / "pack" / "other.py").write_text("unused = 1", "utf-8")
    assert identity_of(function) == before
    (tmp_path / "pack" / "deep.py").write_text("depth = 3", "utf-8")
    assert identity_of(function) != before
    for name in names & sys.modules.keys():
        monkeypatch.delitem(sys.modules, name)


def test_numbers_of_modules_are_a_part_of_a_function(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rates.py").write_text("rate = 2.0", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    rates = importlib.import_module("rates")
    identities = []
    for rate in (2.0, 3.0, 2.0):
        monkeypatch.setattr(rates, "rate", rate)
        identities.append(identity_of(lambda x: rates.rate * x))
    monkeypatch.delitem(sys.modules, "rates")
    assert identities[0] == identities[2] != identities[1]
