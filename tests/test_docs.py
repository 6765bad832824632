"""What the reference pages show works."""

import re
from pathlib import Path

import pytest
import yaml

from visualize.objectives.objective import read_objective

PAGES = Path(__file__).parents[1] / "docs"
BLOCKS = re.findall(r"```yaml\n(.*?)```", (PAGES / "formulas.md").read_text(), re.DOTALL)
