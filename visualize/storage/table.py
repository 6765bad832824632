"""Numbers in rows and columns, and what a message calls them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Table:
    """Numbers in rows and columns; NaN where there is none."""

    numbers: NDArray[np.float64]
    names: tuple[str, ...] | None = None
    """Of the columns."""
    lines: Sequence[int] | None = None
    """In which line of its file each row stands."""

    def row(self, index: int) -> str:
        """Return what a row is called in messages."""
        return f"row {index}" if self.lines is None else f"line {self.lines[index]}"

    def cell(self, row: int, column: int) -> str:
        """Return what a cell is called: by line and column, or counted from 0."""
        return f"{self.row(row)}, column {column if self.lines is None else column + 1}"
