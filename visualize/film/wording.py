"""What the picture says where the scene leaves it open: its title, and what runs are called."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from visualize.scene.runs import Run
from visualize.scene.scene import Scene

MOST_IN_TITLE = 3
"""Of more runs the title does not tell the names."""
FACTOR = re.compile(
    r"(?<![a-zA-Z0-9_./^])(?<![e^]-)(?<!e\+)([0-9.]+|[0-9.]*π)\*"
    r"(?=\(|π|[a-z][a-z0-9]*\(|[a-z][0-9]*(?![a-z0-9_]))"
)
"""A number before what is multiplied with it; before a long name, or with a power of ten, it has a
sign between, and so it has after what it would be taken for a part of: 2^0.5·x."""
PI = re.compile(r"(?<![\w.])pi(?![A-Za-z0-9_])")
TYPOGRAPHY = str.maketrans("*-", "·\N{MINUS SIGN}")
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SETTING = re.compile(r" (?=[a-z][a-z0-9_]*=)", re.ASCII)
"""Where a sweep's settings begin in a label."""


def title_of(scene: Scene) -> str:
    """Return the title: the scene's, or who runs on what."""
    if scene.title is not None:
        return scene.title
    names = list(dict.fromkeys(_parted(run)[0] for run in scene.runs))
    groups = list(dict.fromkeys(run.group for run in scene.runs))
    if len(groups) == 1 or len(names) > MOST_IN_TITLE:
        names = groups  # runs of a sweep may be called by their values alone
    few = ", ".join(names) if len(names) <= MOST_IN_TITLE else ""
    if not scene.objective.is_known:
        return few or f"{len(names)} recorded runs"
    # x**2 is written x², and a product as people write it.
    formula = re.sub(
        r"\*\*([0-9]+)(?![0-9.]|\*\*)",
        lambda power: power[1].translate(SUPERSCRIPTS),
        scene.objective.formula,
    )
    formula = PI.sub("π", formula.replace("**", "^"))
    formula = FACTOR.sub(r"\1", formula).translate(TYPOGRAPHY)
    # The name of a test function is words; what somebody calls a variable stays as it is.
    is_named = formula.isidentifier() and formula not in scene.objective.variables
    if is_named:
        formula = formula.replace("_", " ")
    if few and scene.formula and not is_named:
        return few  # it stands below
    return f"{few} on {formula}" if few else formula


def names_of(runs: Sequence[Run[Any]]) -> Mapping[str, str]:
    """Return what the picture calls the runs of some labels.

    Runs of one sweep are called by what they differ in: "learning rate 0.1".
    """
    names, settings = zip(*map(_parted, runs), strict=True)
    if len(runs) == 1 or len(set(names)) > 1 or not all(settings):
        return {run.label: run.label for run in runs}
    words = (it.replace("=", " ").replace("_", " ") for it in settings)
    return dict(zip((run.label for run in runs), words, strict=True))


def _parted(run: Run[Any]) -> tuple[str, str]:
    """Return a run's label, and the settings after it that a sweep has written there."""
    name, *settings = SETTING.split(run.label, maxsplit=1)
    rest = "".join(settings)
    is_swept = rest.partition("=")[0] in getattr(type(run.source), "model_fields", ())
    return (name, rest) if is_swept else (run.label, "")
