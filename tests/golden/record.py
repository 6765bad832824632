"""Run the README's torch program, for tests/test_readme.py to show what it records.

oracle/bin/python tests/golden/record.py      # oracle: see make.py
"""

import json
import os
import re
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
README = (HERE.parent.parent / "README.md").read_text("utf-8")


def main() -> None:
    """Write recording.json beside this file: the program, and the points it saves."""
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
