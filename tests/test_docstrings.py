"""The examples in docstrings do what they say."""

import doctest
import importlib
import re
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT
from tests.test_house import FILES
from visualize.objectives.objective import read_objective
from visualize.optimizers.optimizer import OPTIMIZERS

WITH_EXAMPLES = [
    f"visualize.{file[:-3].replace('/', '.')}".removesuffix(".__init__")
    for file, path in FILES.items()
    if re.search(r"^ +>>> ", path.read_text("utf-8"), re.MULTILINE)
]
KNOWN = {"np": np, "read_objective": read_objective, "OPTIMIZERS": OPTIMIZERS}
"""What examples need not import."""


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_an_example_gives_what_it_shows(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = importlib.import_module(module)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenes").symlink_to(ROOT / "scenes")
    failed, tried = doctest.testmod(imported, extraglobs=KNOWN)
    assert tried
    assert not failed
