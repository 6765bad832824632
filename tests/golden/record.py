"""Run the README's torch program, for tests/test_readme.py to show what it records.

oracle/bin/python tests/golden/record.py      # oracle: see make.py
"""

import importlib
import json
import os
import re
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

torch: Any = importlib.import_module("torch")

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
README = (ROOT / "README.md").read_text("utf-8")
STEPS = 120
WAYS: dict[str, Callable[[Any], Any]] = {
    "SGD": lambda weights: torch.optim.SGD(weights, lr=2.0),
    "Momentum": lambda weights: torch.optim.SGD(weights, lr=0.5, momentum=0.9),
    "Adam": lambda weights: torch.optim.Adam(weights, lr=0.05),
}


def main() -> None:
    """Write recording.json beside this file, and scenes/torch-network.npz."""
    record_the_readme()
    arrays = {}
    for name, way in WAYS.items():
        for part, array in train(way).items():
            arrays[f"{name}/{part}"] = array
    np.savez(ROOT / "scenes" / "torch-network.npz", allow_pickle=False, **arrays)


def train(way: Callable[[Any], Any]) -> dict[str, NDArray[np.float32]]:
    """Let a network of 25 weights learn whether a point lies in a disc."""
    torch.manual_seed(3)
    inputs = torch.rand(200, 2) * 2 - 1
    targets = ((inputs**2).sum(1) < 0.6).float()[:, None]
    network = torch.nn.Sequential(torch.nn.Linear(2, 6), torch.nn.Tanh(), torch.nn.Linear(6, 1))
    optimizer = way(network.parameters())
    points, losses = [], []
    for _ in range(STEPS + 1):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(network(inputs), targets)
        points.append(torch.nn.utils.parameters_to_vector(network.parameters()).tolist())
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return {name: np.array(it, np.float32) for name, it in (("points", points), ("loss", losses))}


def record_the_readme() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    [program] = [block for block in blocks if "torch" in block]
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        exec(program, {})  # noqa: S102  # the README's own words
        points = np.load("adam.npy").tolist()
        os.chdir(HERE)
    recording = {
        "command": "python tests/golden/record.py",
        "versions": {"torch": version("torch")},
        "program": program,
        "points": points,
    }
    (HERE / "recording.json").write_text(json.dumps(recording, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
