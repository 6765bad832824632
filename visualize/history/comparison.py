"""Runs held against their baselines: where the first number differs, and what else does."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from visualize.declare.settings import NotNegative, Settings
from visualize.errors import printable
from visualize.text import shortened

Arrays = Mapping[str, NDArray[Any]]
AROUND = 2
"""How many steps before and after the first difference are shown."""
LONGEST_VALUE = 60
"""Characters of a value that has changed."""
AROUND_CHANGE = 10
"""Characters of it before what has changed."""
DEEPEST = 12
"""How deep descriptions are looked into for what has changed."""
NARROW = {np.dtype(np.float32): 2.0**-15, np.dtype(np.float16): 2.0**-6}
"""Relative tolerance of what has fewer digits: 256 roundings of a float32, which many steps add
up to, and 16 of a float16, in which nobody adds up for long."""
NARROW_ATOL = 1e-3
"""Their absolute tolerance beside the relative one, as with float64."""


class Tolerance(Settings):
    """How far a number may be from its baseline: |now - baseline| ≤ atol + rtol · |baseline|.

    Where nothing else is said, float32 and float16 have wider ones of their own. Whole numbers are
    held exactly.

    >>> now, before = {"a": np.array([1.0, 2.1])}, {"a": np.array([1.0, 2.0])}
    >>> compare(before, now, Tolerance(rtol=0.1)), len(compare(before, now, Tolerance()))
    ((), 1)
    """

    rtol: NotNegative = 1e-9
    """Relative to the baseline."""
    atol: NotNegative = 1e-12
    """Absolute."""
    until: Annotated[int, Field(ge=0)] | None = None
    """The last step that is compared, for runs that are chaotic later; default: all."""

    def of(self, kind: np.dtype[Any]) -> tuple[float, float]:
        """Return the relative and the absolute tolerance of numbers of a type.

        >>> Tolerance().of(np.dtype("float32")), Tolerance(rtol=0.1).of(np.dtype("float64"))
        ((3.0517578125e-05, 3.0517578125e-08), (0.1, 1e-12))
        """
        rtol, atol = self.rtol, self.atol
        # A complex number has two parts of half its size.
        parts = np.empty(0, kind).real.dtype.newbyteorder("=")
        if parts in NARROW:
            rtol, atol = NARROW[parts], NARROW_ATOL * NARROW[parts]
        given = self.model_fields_set
        return (
            self.rtol if "rtol" in given else rtol,
            self.atol if "atol" in given else atol,
        )


@dataclass(frozen=True)
class Place:
    """One number of a run, as it was and as it is."""

    array: str
    """`points`, `values`, ...; empty for an array without a name of its own in its run."""
    step: int
    index: tuple[int, ...]
    """Within the step: of points the start and the coordinate."""
    where: str
    """Array and index as they are shown: `points[y]`, `points[start 3, y]`, `values`."""
    baseline: Any
    now: Any

    @property
    def difference(self) -> float:
        """How far apart they are; infinite where only one is a number."""
        return float(_apart(np.array(self.baseline), np.array(self.now)))


@dataclass(frozen=True)
class Difference:
    """How one run differs from its baseline.

    >>> now, before = {"a": np.array([1.0, 3.0])}, {"a": np.array([1.0, 2.0])}
    >>> [difference] = compare(before, now, Tolerance())
    >>> difference.kind, difference.first.step, difference.first.now
    ('numbers', 1, np.float64(3.0))
    """

    run: str
    kind: Literal["missing", "extra", "renamed", "arrays", "shape", "type", "numbers"]
    words: str
    """What there is to say of it in a line."""
    first: Place | None = None
    """Of different numbers the first, by step."""
    largest: Place | None = None
    """The largest difference in the same array."""
    around: tuple[Place, ...] = ()
    """The same number in the steps around the first difference."""
    former: str | None = None
    """Of a run that was renamed, what it is called in the baseline."""

    def __str__(self) -> str:
        lines = [printable(f"{self.run}: {self.words}")]
        if self.first and self.largest:
            lines += _table(self.around, self.first.step)
            lines.append(
                f"    largest difference {self.largest.difference:.3g} at step "
                f"{self.largest.step}{_in(self.largest)}: "
                f"baseline {printable(str(self.largest.baseline))}, "
                f"now {printable(str(self.largest.now))}"
            )
        return "\n".join(lines)


def compare(
    baseline: Arrays, now: Arrays, tolerance: Tolerance, variables: tuple[str, ...] = ()
) -> tuple[Difference, ...]:
    """Return how runs differ from their baselines, each once; nothing if they do not.

    Arrays are called `<run>/<array>` or just `<run>`; their first axis is the step. `variables`
    names the coordinates of points.
    """
    before, after = _by_run(baseline, tolerance), _by_run(now, tolerance)
    found = []
    lost = [run for run in before if run not in after]
    whole = tolerance.model_copy(update={"until": None})
    old_runs, new_runs = _by_run(baseline, whole), _by_run(now, whole)
    for run, arrays in after.items():
        if run in before:
            difference = _difference(run, before[run], arrays, tolerance, variables)
            found += [difference] if difference else []
            continue
        # Renamed is what is the same from beginning to end.
        alike = (
            old for old in lost if not _difference(run, old_runs[old], new_runs[run], whole, ())
        )
        same = next(alike, None)
        if same is None:
            found.append(Difference(run, "extra", "has no baseline"))
        else:
            lost.remove(same)
            words = f"is called '{same}' in the baseline"
            found.append(Difference(run, "renamed", words, former=same))
    found += [Difference(run, "missing", "is only in the baseline") for run in lost]
    return tuple(found)


def changes(before: Any, after: Any, place: str = "", depth: int = 0) -> list[str]:
    """Return a line for each value that two descriptions (scene, versions) do not share.

    They are what JSON can hold.
    """
    old, new = (json.dumps(value, ensure_ascii=False, sort_keys=True) for value in (before, after))
    if old == new:
        return []
    before, after = _by_name(before, after), _by_name(after, before)
    if isinstance(before, dict) and isinstance(after, dict) and depth < DEEPEST:
        return [
            line
            for name in {**before, **after}
            for line in changes(before.get(name), after.get(name), _inside(place, name), depth + 1)
        ]
    if before is None or after is None:
        return [printable(f"{place}: {'is gone' if after is None else 'is new'}")]
    alike = next(
        (at for at, pair in enumerate(zip(old, new, strict=False)) if len(set(pair)) > 1), 0
    )
    old, new = (_short(text, alike) for text in (old, new))
    return [printable(f"{place}: {old} -> {new}")]


def run_of(name: str) -> str:
    """Return which run an array belongs to, by its name."""
    return name.partition("/")[0]


def _by_run(arrays: Arrays, tolerance: Tolerance) -> dict[str, dict[str, NDArray[Any]]]:
    """Return the arrays of each run, up to the last step that counts."""
    runs: dict[str, dict[str, NDArray[Any]]] = {}
    last = None if tolerance.until is None else tolerance.until + 1
    for name, array in arrays.items():
        run, _, part = name.partition("/")
        runs.setdefault(run, {})[part] = np.atleast_1d(array)[:last]
    return runs


def _difference(
    run: str, baseline: Arrays, now: Arrays, tolerance: Tolerance, variables: tuple[str, ...]
) -> Difference | None:
    """Return what there is to say of a run: that its arrays do not fit, or where they differ."""
    unfit = _unfit(baseline, now)
    if unfit is not None:
        return Difference(run, *unfit)
    steps = {}
    for part, array in now.items():
        differs = ~_close(baseline[part], array, tolerance)
        rows = differs.reshape(len(differs), -1).any(axis=1) if differs.size else np.array([False])
        if rows.any():
            steps[part] = int(np.argmax(rows)), differs
    if not steps:
        return None
    part = min(steps, key=lambda name: steps[name][0])
    step, differs = steps[part]
    index = tuple(int(i) for i in np.argwhere(differs[step])[0]) if differs.ndim > 1 else ()
    old, new = baseline[part], now[part]

    def at(step: int, index: tuple[int, ...]) -> Place:
        where = _named(part, index, old, variables)
        return Place(part, step, index, where, old[step, *index], new[step, *index])

    largest, *where = np.unravel_index(
        int(np.argmax(np.where(differs, _apart(old, new), -1.0))), old.shape
    )
    first = at(step, index)
    around = range(max(step - AROUND, 0), min(step + AROUND + 1, len(old)))
    return Difference(
        run,
        "numbers",
        f"differs from its baseline from step {step} on{_in(first)}",
        first,
        at(int(largest), tuple(map(int, where))),
        tuple(at(row, index) for row in around),
    )


def _unfit(baseline: Arrays, now: Arrays) -> tuple[Any, str] | None:
    """Return why numbers cannot be held against each other at all, if they cannot."""
    for part in {**baseline, **now}:
        name = part or "array"
        if part not in now:
            return "arrays", f"has no {name} any more"
        if part not in baseline:
            return "arrays", f"has {name}, which its baseline has not"
        old, new = baseline[part], now[part]
        if old.dtype.newbyteorder("=") != new.dtype.newbyteorder("="):
            return "type", f"{name} is {new.dtype} now, {old.dtype} in the baseline"
        if old.shape != new.shape:
            return "shape", f"{name} has the shape {new.shape} now, {old.shape} in the baseline"
    return None


def _close(old: NDArray[Any], new: NDArray[Any], tolerance: Tolerance) -> NDArray[np.bool_]:
    if old.dtype.kind not in "fc":
        return np.asarray(old == new)
    rtol, atol = tolerance.of(old.dtype)
    wide = np.promote_types(old.dtype, np.float64)  # in float16 the tolerance has few digits
    new, old = new.astype(wide, copy=False), old.astype(wide, copy=False)
    with np.errstate(all="ignore"):
        close: NDArray[np.bool_] = np.isclose(new, old, rtol, atol, equal_nan=True)
    return close


def _apart(old: NDArray[Any], new: NDArray[Any]) -> NDArray[np.float64]:
    """Return how far numbers are apart, infinitely where only one is a number."""
    with np.errstate(all="ignore"):
        same = np.asarray(old == new)
        if old.dtype.kind in "fc":
            same |= np.isnan(old) & np.isnan(new)
        if old.dtype.kind not in "fciub":
            return np.where(same, 0.0, np.inf)
        kind = complex if old.dtype.kind == "c" else float
        apart: NDArray[np.float64] = np.abs(new.astype(kind) - old.astype(kind))
    apart = np.where(np.isnan(apart), np.inf, apart)
    smallest = 0.0 if old.dtype.kind in "fc" else 1.0  # whole numbers may be too large for floats
    return np.where(same, 0.0, np.maximum(apart, smallest))


def _named(
    part: str, index: tuple[int, ...], array: NDArray[Any], variables: tuple[str, ...]
) -> str:
    places = [str(i) for i in index]
    if array.ndim == 3 and array.shape[2] == len(variables):
        places = [f"start {index[0]}", variables[index[1]]]
    elif part == "values" and index:
        places = [f"start {index[0]}"]
    if array.ndim > 1 and array.shape[1] == 1 and part:
        places = places[1:]  # there is one start
    return part + (f"[{', '.join(places)}]" if places else "")


def _in(place: Place) -> str:
    return f", in {place.where}" if place.where else ""


def _table(places: tuple[Place, ...], first: int) -> list[str]:
    rows = [("step", "baseline", "now", "difference")]
    rows += [
        (
            str(one.step),
            printable(str(one.baseline)),
            printable(str(one.now)),
            f"{one.difference:.3g}",
        )
        for one in places
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        f"  {'>' if row[0] == str(first) else ' '} "
        + "  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]


def _by_name(value: Any, other: Any) -> Any:
    """Return a list of labelled things as a mapping, so that one more does not move the others."""
    things = value if isinstance(value, list) else []
    labels = {thing.get("label") for thing in things if isinstance(thing, dict)} - {None}
    if len(labels) < len(things) or not (isinstance(value, list) and isinstance(other, list)):
        return value
    return {f"[{thing['label']}]": thing for thing in things}


def _short(text: str, alike: int) -> str:
    """Return a text that is not too long; of what is alike only the end."""
    if len(text) > LONGEST_VALUE and alike > AROUND_CHANGE:
        text = f"…{text[alike - AROUND_CHANGE :]}"
    return shortened(text, LONGEST_VALUE)


def _inside(place: str, name: str) -> str:
    return f"{place}{name}" if name.startswith("[") or not place else f"{place}.{name}"
