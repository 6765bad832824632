"""Runs that were computed before, each by a key of all that its numbers depend on."""

import io
import json
from collections.abc import Callable, Set
from dataclasses import replace

import numpy as np

from visualize.errors import ArraysError
from visualize.history.history import History
from visualize.history.trajectory import Trajectory
from visualize.objectives.objective import OBJECTIVES
from visualize.optimizers.optimizer import EVALUATIONS, OPTIMIZERS
from visualize.scene.experiment import Experiment
from visualize.scene.scene import Scene
from visualize.storage.cache import LARGEST_ENTRY, Store, key_of
from visualize.storage.npz import DAMAGES, SavedArrays
from visualize.version import __version__

RUN = "run"
STATES = "states"
"""In the metadata: the names of the states that a run was to keep; all, where nothing is said."""
LOOKS = ("label", "color")


def run_keys(scene: Scene) -> dict[str, str]:
    """Return the key of each run that is computed, by its label.

    Runs have one key where they are of equal optimizers in equal experiments, whatever they are
    called and however they are shown: by the same versions of visualize and NumPy, and of whoever
    else has made the objective or the optimizer.
    """
    if scene.trajectories:
        return {}
    plain = scene.portable()
    around = {name: plain.get(name) for name in Experiment.model_fields if name != "optimizers"}
    shared = [around, __version__, np.__version__, OBJECTIVES.maker_of(type(scene.objective))]
    keys = {}
    for run, entry in zip(scene.runs, plain["optimizers"], strict=True):
        own = {name: value for name, value in entry.items() if name not in LOOKS}
        told = [*shared, own, OPTIMIZERS.maker_of(type(run.source))]
        keys[run.label] = key_of(RUN, json.dumps(told, sort_keys=True))
    return keys


def kept_run(
    store: Store,
    key: str,
    states: Set[str] | None,
    compute: Callable[[], Trajectory],
    *,
    counted: bool = False,
) -> Trajectory:
    """Return a run with the states asked for (None: all): a kept one, else it is computed.

    Where it is to be `counted` it has its evaluations, too, which all states may lack.
    """
    content = store.get(key)
    run = None if content is None else _unpacked(content, states)
    if run is None or (counted and EVALUATIONS not in run.states):
        run = compute()
        if sum(array.nbytes for array in run.arrays.values()) < LARGEST_ENTRY:
            store.put(key, _packed(run, states))
    return run


def _packed(run: Trajectory, states: Set[str] | None) -> bytes:
    file = io.BytesIO()
    metadata = {} if states is None else {STATES: sorted(states)}
    History({RUN: run}, metadata).saved.write(file)
    return file.getvalue()


def _unpacked(content: bytes, states: Set[str] | None) -> Trajectory | None:
    """Return a run as it would be computed; None where it did not keep the states asked for."""
    try:
        history = History.of(SavedArrays.read(io.BytesIO(content), RUN))
        run, kept = history[RUN], history.metadata.get(STATES)
    except (*DAMAGES, ArraysError):  # it is whole, so another version has written it
        return None
    if states is None:
        return run if kept is None else None
    if kept is not None and not states <= {*kept}:
        return None
    return replace(run, states={name: it for name, it in run.states.items() if name in states})
