"""Tables as text, as people's tools write them: pandas, NumPy, R, MATLAB, spreadsheets.

No guess is made of what a table looks like on the whole: each rule here is stated, and what does
not follow them is told with its line and column. Nothing of a file is repeated in a message before
it is known to be a table.
"""

import codecs
import csv
import re
from array import array
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

import numpy as np

from visualize.storage.room import Room
from visualize.storage.table import Table
from visualize.text import counted

TABLES = (".csv", ".tsv", ".txt", ".dat")
"""What files of numbers in text are called."""
LONGEST_LINE = 2**24
"""Characters."""
MISSING = frozenset(("", "na", "n/a", "#n/a", "<na>", "null", "none", "#num!", "#div/0!"))
"""How tools write that there is no number, in small letters; `nan` is a number to Python."""
DELIMITERS = ("\t", ";", ",", " ")
"""What may stand between columns, in the order in which it is looked for; spaces are any."""
MOST_COMMENTS = 100
"""Above a table, that are looked through for names."""
COMMENTS = ("#", "%")
"""What a line begins with that is no row: NumPy's and MATLAB's signs."""
OF_A_CELL, OF_A_ROW = 16, 16
"""Bytes that a number takes while a table is read, in the file's order and in the table's; and a
row beside its numbers."""
LONGEST_TEXT = 4
"""Characters for each byte that numbers take: of a longer file no line is looked at."""
AT_ONCE = 2**20
"""Bytes of a file that are looked at in one piece."""
NO_TEXT = "no text in UTF-8, nor in UTF-16 with its mark; save it as CSV UTF-8"


@dataclass
class _Rows:
    """The rows of a table while it is read."""

    delimiter: str
    width: int
    names: tuple[str, ...] | None
    wanted: Collection[int] | None = None
    """The columns that must hold numbers; None: all."""
    numbers: "array[float]" = field(default_factory=lambda: array("d"))
    lines: "array[int]" = field(default_factory=lambda: array("L"))
    signs: dict[str, int] = field(default_factory=dict)
    """The decimal signs, and the first line with each."""
    after_comma: set[tuple[int, bool]] = field(default_factory=set)
    """Of rows like 0,5: how many digits stand behind the comma; if the first is a needless 0."""
    other_rows: bool = False
    """Whether there are rows that are no number with a decimal comma."""
    blank: int = 0
    """A line without any number, after which only more of them may come."""


Wanted = Callable[[Sequence[str] | None, int], Collection[int]]
"""Says which columns are wanted, by the names of all where there are any, and their number."""


def read_table(path: Path, room: Room, wanted: Wanted | None = None) -> Table:
    """Return the numbers in a text file, and the names of its columns where it has them.

    Columns that are not wanted may hold anything; what is no number is NaN there. Raises
    `ValueError` with line and column where it is no table.
    """
    room.check(path.stat().st_size // LONGEST_TEXT)
    with path.open(encoding=encoding_of(path), newline="") as text:
        try:
            return _table(text, path, room, wanted)
        except UnicodeError:
            raise ValueError(NO_TEXT) from None


def encoding_of(path: Path) -> str:
    """Return how the text in a file is written: UTF-8, or UTF-16 where its mark says so."""
    with path.open("rb") as file:
        start = file.read(4)
    return "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"


def _table(text: TextIO, path: Path, room: Room, wanted: Wanted | None) -> Table:
    comments: deque[str] = deque(maxlen=MOST_COMMENTS)
    said, lines = _separator(_lines(text, comments))
    begin = [*islice(lines, 2)]
    if not begin:
        raise ValueError("an empty table")
    delimiter = said or _delimiter([line for _, line in begin])
    room.take(_size(path, delimiter))
    rows = _cells(chain(begin, lines), delimiter)
    number, first = next(rows)
    if len(first) > 1 and not first[-1].strip():
        first.pop()  # a delimiter at the end of the line
    names = None
    if not all(_is_number(cell, delimiter) for cell in first):
        names = _names(first, number)
    table = _Rows(delimiter, len(names or first), names)
    second = next(rows, None)
    if names is None:
        rows = chain([(number, first)], [second] if second else [], rows)
    elif second is None:
        raise ValueError("an empty table")
    else:
        names = _with_row_names(names, second[1], begin[1][1], delimiter)
        table.width, table.names = len(names), names
        rows = chain([second], rows)
    if wanted:
        table.wanted = wanted(table.names, table.width)
    if names is None and second:
        _refuse_numbered_names(first, second[1], number)
    _read_rows(table, rows)
    if not table.lines:
        raise ValueError("an empty table")
    numbers = np.frombuffer(table.numbers, dtype=np.float64).reshape(-1, table.width)
    if names is None:
        names = _commented_names(comments, table.width)
    if names is None:
        _refuse_decimal_commas(table)
    return Table(numbers, names, table.lines)


def _lines(text: TextIO, comments: deque[str]) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank, with their numbers; comments before them are kept."""
    before = True
    number = 0
    while line := text.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise ValueError(f"line {number} is longer than {LONGEST_LINE >> 20} MiB; take .npy")
        if line.startswith(COMMENTS):
            if before:
                comments.append(line[1:])
        elif line.strip():
            before = False
            yield number, line


def _separator(
    lines: Iterator[tuple[int, str]],
) -> tuple[str | None, Iterator[tuple[int, str]]]:
    """Return what a spreadsheet's first line `sep=;` says, and the lines after it."""
    first = next(lines, None)
    if first is None:
        return None, lines
    said = re.fullmatch(r'"?sep=(.)"?', first[1].strip("\r\n"))
    return (said[1], lines) if said else (None, chain([first], lines))


def _delimiter(lines: list[str]) -> str:
    """Return what stands between the columns of the first lines, outside of quotes.

    The first of tab, semicolon, comma and space that stands in both lines, else in the last.
    """
    plain = [re.sub(r'"[^"]*"', "q", line).strip(" \r\n") for line in lines]
    shared = [sign for sign in DELIMITERS if all(_parts(line, sign) for line in plain)]
    last = [sign for sign in DELIMITERS if _parts(plain[-1], sign)]
    return [*shared, *last, " "][0]


def _parts(line: str, sign: str) -> bool:
    """Whether a sign is between things; a semicolon at the end of a line is none of these."""
    return sign in (line.rstrip("; ") if sign == ";" else line)


def _size(path: Path, delimiter: str) -> int:
    """Return how many bytes a file's numbers may take at most, by the signs between them."""
    rows = cells = 1
    with path.open("rb") as file:
        while content := file.read(AT_ONCE):
            rows += max(content.count(b"\n"), content.count(b"\r"))
            cells += content.count(delimiter.encode())
    return OF_A_CELL * (rows + cells) + OF_A_ROW * rows


def _cells(lines: Iterator[tuple[int, str]], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row, with the number of its line."""
    last = 0

    def of_rows() -> Iterator[str]:
        nonlocal last
        for number, line in lines:
            last = number
            yield line.strip(" ") if delimiter == " " else line

    reader = csv.reader(of_rows(), delimiter=delimiter, skipinitialspace=delimiter in " ,;")
    try:
        for row in reader:
            if delimiter == " " and row and not row[-1]:
                row.pop()  # spaces before the end of the line
            yield last, row
    except csv.Error as error:
        raise ValueError(f"line {last}: {error}") from None


def _names(cells: list[str], line: int) -> tuple[str, ...]:
    """Return the names in a first line that is not all numbers."""
    names = [cell.strip() for cell in cells]
    count = 0
    for index, name in enumerate(names):
        if name == str(count):
            count += 1  # pandas calls by number what has no name
        elif name and _is_number(name, ";"):
            raise ValueError(f"line {line}, column {index + 1}: a number among names")
    return tuple(names)


def _with_row_names(
    names: tuple[str, ...], second: list[str], line: str, delimiter: str
) -> tuple[str, ...]:
    """Return the names with an empty one before them, where R's names of rows have no column name.

    There they stand in quotes, or between blanks.
    """
    unnamed = len(second) == len(names) + 1 and second[-1].strip()
    return ("", *names) if unnamed and (line.startswith('"') or delimiter in "\t ") else names


def _refuse_numbered_names(first: list[str], second: list[str], line: int) -> None:
    """Raise `ValueError` where a first line may be a point or pandas' numbers of the columns."""
    counting = [cell.strip() for cell in first] == [str(i) for i in range(len(first))]
    if counting and all(re.search("[.eE]", cell) for cell in second):
        raise ValueError(
            f"is line {line} a point, or are {', '.join(first)[:20]} names? Write names there, or "
            "above it"
        )


def _read_rows(table: _Rows, rows: Iterator[tuple[int, list[str]]]) -> None:
    numbers, lines, width = table.numbers, table.lines, table.width
    for line, cells in rows:
        if len(cells) == width + 1 and not cells[-1].strip():
            cells.pop()  # a delimiter at the end of the line
        if len(cells) > 1 and not any(map(str.strip, cells)):
            table.blank = table.blank or line
            continue
        if table.blank:
            raise ValueError(f"line {table.blank} is empty, and line {line} is not")
        if len(cells) != width:
            has, others = counted(len(cells), "column"), counted(width, "column")
            raise ValueError(f"line {line} has {has}, the first has {others}")
        text = "".join(cells)
        if table.delimiter != ",":
            _refuse_two_signs(table, cells, line)
        elif width == 2:
            _look_for_decimals(table, *map(str.strip, cells))
        try:
            # Python writes 10 as 1_0, too.
            found = _found(table, cells, line) if "_" in text else [*map(float, cells)]
        except ValueError:
            found = _found(table, cells, line)
        numbers.extend(found)
        lines.append(line)


def _look_for_decimals(table: _Rows, whole: str, rest: str) -> None:
    """Note what speaks for and against a row of two cells being one number."""
    table.other_rows |= not (whole.lstrip("+-").isdecimal() and rest.isdecimal())
    table.after_comma.add((len(rest), len(rest) > 1 and rest.startswith("0")))


def _refuse_decimal_commas(table: _Rows) -> None:
    """Raise `ValueError` where each row without names may be one number, and looks like one."""
    many = len(table.after_comma) > 1
    if not table.other_rows and (many or any(needless for _, needless in table.after_comma)):
        raise ValueError(
            "is the comma a decimal sign? Then write a point there; if not, name the columns in "
            "the first line"
        )


def _refuse_two_signs(table: _Rows, cells: list[str], line: int) -> None:
    """Raise `ValueError` where some numbers have a decimal comma and others a point."""
    wanted = table.wanted
    text = "".join(cells if wanted is None else [cells[index] for index in wanted])
    for sign in ".,":
        if sign in text:
            table.signs.setdefault(sign, line)
    if len(table.signs) > 1:
        where = " and ".join(
            f"a {name} in line {table.signs[sign]}"
            for sign, name in ((",", "comma"), (".", "point"))
        )
        raise ValueError(f"numbers have {where}; it cannot be said which is the decimal sign")


def _found(table: _Rows, cells: list[str], line: int) -> list[float]:
    """Return the numbers in cells that are not all as Python writes them."""
    found = []
    for index, cell in enumerate(cells):
        number = _number(cell, table.delimiter)
        if number is None and table.wanted is not None and index not in table.wanted:
            number = float("nan")
        if number is None:
            words = f"line {line}, column {index + 1}: no number"
            # Names are repeated only of what has numbers below them.
            if table.names and any(_is_number(it, table.delimiter) for it in cells):
                words += f" in '{table.names[index]}'"
                words += "" if table.lines or table.wanted else "; leave that column out"
            raise ValueError(words)
        found.append(number)
    return found


def _number(cell: str, delimiter: str) -> float | None:
    """Return the number in a cell, NaN where it says that there is none; None if it is no such."""
    cell = cell.strip().lower()
    if cell in MISSING:
        return float("nan")
    if "_" in cell:
        return None
    if delimiter != "," and cell.count(",") == 1 and "." not in cell:
        cell = cell.replace(",", ".")
    try:
        return float(cell)
    except ValueError:
        return None


def _is_number(cell: str, delimiter: str) -> bool:
    return bool(cell.strip()) and _number(cell, delimiter) is not None


def _commented_names(comments: deque[str], width: int) -> tuple[str, ...] | None:
    """Return the names in the last comment above a table that has as many, as NumPy writes them."""
    for text in reversed(comments):
        for sign in ("\t", ";", ",", r"\s+"):
            names = [name.strip() for name in re.split(sign, text.strip())]
            if len(names) == width and all(names) and not any(_is_number(it, ";") for it in names):
                return tuple(names)
    return None
