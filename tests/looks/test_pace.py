"""The pace of films that say nothing of time: what changes when, and what each picture shows.

`python -m benchmarks.pace` prints how the change in pixels is spread over each of them.
"""

import itertools
import math
import random
import time
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from visualize import Film, Scene, compose, simulate
from visualize.looks.pace import REST_AFTER, changes_of, pictures, rows_shown

RACE = [
    {"name": "sgd", "learning_rate": 0.95},
    {"name": "sgd", "learning_rate": 0.1, "momentum": 0.9, "label": "momentum"},
    {"name": "adagrad", "learning_rate": 1.5},
    {"name": "adam", "learning_rate": 0.3},
]
SLOW = {
    "name": "adagrad",
    "learning_rate": 0.05,
    "epsilon": 1e-8,
    "epsilon_placement": "outside_sqrt",
}


def sgd(rate: float, **settings: Any) -> dict[str, Any]:
    return {"name": "sgd", "learning_rate": rate, "label": f"{rate:g}", **settings}


BOWL: dict[str, Any] = {"objective": "x**2/20 + y**2", "start": [-7, 2]}
TIMELESS: dict[str, dict[str, Any]] = {
    # those of which it was measured that they change in the first second, and then stand still
    "dark hero": {
        "objective": "beale",
        "start": [1, 1.5],
        "steps": 150,
        "theme": "dark",
        "optimizers": [sgd(0.01), {"name": "adam", "learning_rate": 0.1}],
        "panels": [{"kind": "contour", "filled": True}],
    },
    "adagrad in 1-D": {
        "objective": "x - x**3",
        "start": -1,
        "steps": 1000,
        "optimizers": [SLOW],
        "panels": [{"kind": "curve", "limits": [[-5, 5], [-5, 5]], "trail": False}],
        "counter": False,
    },
    "adagrad in 2-D": {
        "objective": "2*x**2 + 2*x*y + 2*y**2 - 6*x",
        "start": [1, 0],
        "steps": 1000,
        "optimizers": [SLOW],
    },
    "a swarm": {
        "objective": "himmelblau",
        "start": {"grid": [20, 20]},
        "steps": 80,
        "optimizers": [{"name": "adam", "learning_rate": 0.3}],
    },
    "a double well": {
        "objective": "x**4/4 - x**2 + 0.3*x",
        "steps": 120,
        "optimizers": [sgd(0.1)],
        "start": [[-2.2], [-1], [-0.1], [0.2], [1], [2.2]],
    },
    "a race": {**BOWL, "steps": 50, "optimizers": RACE},
    # of few steps and of many
    "one step": {**BOWL, "steps": 1, "optimizers": [sgd(0.9)]},
    "five steps": {**BOWL, "steps": 5, "optimizers": [sgd(0.9)]},
    "3000 steps": {**BOWL, "steps": 3000, "optimizers": RACE},
    "noise": {
        "objective": "x**2 + y**2",
        "start": [3, 2],
        "steps": 300,
        "optimizers": [sgd(0.1)],
        "noise": {"standard_deviation": 1},
    },
    "no movement": {**BOWL, "start": [0, 0], "steps": 40, "optimizers": [sgd(0.1)]},
    # of other views
    "values beside": {**BOWL, "steps": 400, "optimizers": RACE, "panels": ["contour", "values"]},
    "values alone": {
        **BOWL,
        "steps": 400,
        "optimizers": RACE,
        "panels": [{"kind": "values", "scale": "log"}],
    },
    "rates": {
        **BOWL,
        "steps": 200,
        "optimizers": RACE,
        "panels": [{"kind": "state", "array": "effective_learning_rate"}],
    },
    "a saddle": {
        "objective": "x**2 - y**2",
        "start": [-1.5, 0.001],
        "steps": 60,
        "optimizers": [sgd(0.1), {"name": "adam", "learning_rate": 0.1}],
    },
    "divergence": {"objective": "x**2", "start": 1, "steps": 30, "optimizers": [sgd(1.1)]},
    "a leap": {
        "objective": "log(1 + exp(-x))",
        "start": -3,
        "steps": 30,
        "optimizers": [sgd(1), {"name": "newton"}],
    },
    "an explosion": {
        "objective": "x**4 + y**2",
        "start": [4, 3],
        "steps": 100,
        "optimizers": [sgd(0.1), {"name": "adam", "learning_rate": 0.1}],
    },
    "a ravine": {
        "objective": "rosenbrock",
        "start": [-1.2, 1],
        "steps": 2000,
        "optimizers": RACE[3:],
    },
}


def film_of(**settings: Any) -> Film:
    frames = {"size": [160, 90], **settings.pop("frames", {})}
    scene = Scene.model_validate(settings | {"frames": frames})
    return compose(scene, simulate(scene))


EVERY = 5
"""Of so many pictures one is looked at."""


class Measured(NamedTuple):
    """How the change in pixels is spread over a film."""

    at_first: float
    """The share of it in the first second."""
    at_first_motion: float
    """In the second after the start has been held."""
    nearly_done: float
    """The second by which 90 % of it are done."""
    longest_rest: float
    """Seconds for which nothing changes, before the end is reached."""
    length: float
    """Of the film, in seconds."""


def measured(film: Film) -> Measured:
    changes = changes_in(film)
    per_second = float(film.timeline.rate) / EVERY
    gone = np.cumsum(changes) / (changes.sum() or 1)
    moving = np.flatnonzero(changes)
    first = int(moving[0]) if moving.size else 0
    second = round(per_second)
    rests = np.diff(np.flatnonzero(changes), prepend=0)
    return Measured(
        float(gone[second - 1]),
        float(gone[min(first + second, len(gone)) - 1]),
        int(np.searchsorted(gone, 0.9)) / per_second,
        int(rests[1:].max(initial=0)) / per_second,
        float(film.timeline.end(film.frames)),
    )


def changes_in(film: Film) -> NDArray[np.float64]:
    """Return how much each picture that is looked at differs from the one before, over pixels."""
    pictures = (film.picture(frame).astype(int) for frame in range(0, film.frames, EVERY))
    changes = [np.abs(now - before).sum() for before, now in itertools.pairwise(pictures)]
    return np.array([0, *changes], dtype=float)


@pytest.mark.parametrize("kind", TIMELESS)
def test_most_of_the_change_can_be_watched(kind: str) -> None:
    found = measured(film_of(**TIMELESS[kind]))
    assert 6 <= found.length <= 8
    assert found.at_first <= 0.4
    assert found.at_first_motion <= 0.5  # 160 pixels: heads and trails cover more than elsewhere
    assert found.longest_rest <= 1


@pytest.mark.parametrize("seed", range(8))
def test_so_it_is_in_any_other_film(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # nothing is secret
    scene: dict[str, Any] = {
        "objective": chance.choice(
            ["x**2/20 + y**2", "himmelblau", "x**2 - y**2", "abs(x) + y**2"]
        ),
        "start": [chance.uniform(-3, 3), chance.uniform(-3, 3)],
        "steps": chance.choice([2, 5, 20, 100, 700]),
        "optimizers": chance.sample([sgd(0.01), sgd(0.002), *RACE[1:]], chance.choice([1, 2, 3])),
        "noise": chance.choice([None, {"standard_deviation": 0.3}]),
        "panels": chance.choice([["contour"], ["values"], ["contour", "values"], ["state"]]),
    }
    found = measured(film_of(**scene))
    assert 6 <= found.length <= 8
    assert found.at_first <= 0.4
    assert found.at_first_motion <= 0.5
    assert found.longest_rest <= 1


@pytest.mark.parametrize("steps", [1, 2, 5, 45, 300, 3000, 100_000, 10**400])
@pytest.mark.parametrize("per_second", [5, 10, 25, 29.97, 50, 240])
def test_a_film_lasts_six_to_eight_seconds(steps: int, per_second: float) -> None:
    resting, moving = pictures(steps, per_second)
    assert resting / per_second == pytest.approx(1, abs=0.05)
    assert 6 <= (resting + moving) / per_second + REST_AFTER <= 8


# Which rows are shown


CHANGES = st.integers(1, 150).flatmap(
    lambda steps: st.lists(
        st.one_of(st.just(0.0), st.floats(0, 1), st.floats(0, 1e300)),
        min_size=steps,
        max_size=steps,
    )
)


@settings(max_examples=80, deadline=None)
@given(changes=CHANGES, per_second=st.sampled_from([1 / 60, 3, 25, 240]))
def test_rows_rise_from_the_first_to_the_last(changes: list[float], per_second: float) -> None:
    rows = rows_shown(np.array(changes), per_second)
    resting, moving = pictures(len(changes), per_second)
    assert len(rows) == resting + moving
    assert not rows[:resting].any()
    assert rows[-1] == len(changes)
    assert (np.diff(rows) >= 0).all()


@settings(max_examples=80, deadline=None)
@given(changes=CHANGES)
def test_what_takes_more_than_a_picture_ends_in_one(changes: list[float]) -> None:
    rows = rows_shown(np.array(changes), 25)[25:]
    for row, after in itertools.pairwise(rows.tolist()):
        assert after % 1 == 0 or math.floor(row) == math.floor(after)


def test_every_one_of_few_steps_ends_in_a_picture() -> None:
    rows = rows_shown(np.array([5.0, 3, 1, 0.5, 0.1, 0, 0, 0]), 25)
    assert {*range(9)} <= {*rows.tolist()}


def test_a_head_slows_down_where_a_step_takes_long() -> None:
    lengths = np.diff(rows_shown(np.ones(4), 25)[24:])
    assert lengths[:2].max() < lengths[12] / 2
    assert lengths[22:25].max() < lengths[12] / 2


def test_more_pictures_show_what_changes_more() -> None:
    rows = rows_shown(np.array([1.0] * 10 + [0.001] * 990), 25)
    assert 70 <= (rows <= 10).sum() - 25 <= 100


def test_what_creeps_goes_on() -> None:
    rows = rows_shown(np.array([1.0] * 10 + [0.0] * 990), 25)
    assert (rows > 10).sum() >= 15


def test_where_nothing_changes_all_steps_take_the_same_time() -> None:
    np.testing.assert_allclose(rows_shown(np.zeros(240), 25)[24:], np.arange(0, 241, 2), atol=1)


# How much a step changes


def moved(*places: tuple[float, float], scale: str = "linear") -> list[float]:
    run = np.array(places, dtype=float)[:, np.newaxis]
    low = 1.0 if scale == "log" else 0.0
    limits = (0.0, 10.0), (low, 100.0)
    return list(changes_of({"a": run}, limits, ("linear", scale), len(places) - 1))


def test_a_step_counts_by_its_length_in_the_view() -> None:
    assert moved((0, 0), (10, 0), (10, 50), (7, 90)) == pytest.approx([1, 0.5, 0.5])


def test_only_what_is_seen_counts() -> None:
    steps = moved((5, 50), (15, 50), (15, 90), (5, 90), (5, 1e300))
    assert steps == pytest.approx([0.25, 0, 0.25, 0], abs=1e-3)


def test_on_a_logarithmic_axis_factors_count() -> None:
    assert moved((1, 1), (1, 10), (1, 100), (1, -1), scale="log") == pytest.approx([0.5, 0.5, 0])


def test_what_is_lost_does_not_count() -> None:
    assert moved((1, 1), (math.nan, 1), (math.inf, 1), (2, 1)) == [0, 0, 0]


def test_heads_in_one_place_count_as_one() -> None:
    one = np.linspace([0.0, 0.0], [1.0, 1.0], 30)[:, np.newaxis]
    together, apart = np.repeat(one, 50, axis=1), one + np.linspace([0, 0], [0, 5], 50)
    view: Any = ((0.0, 1.0), (0.0, 6.0)), ("linear", "linear"), 29
    alone = changes_of({"a": one}, *view).sum()
    assert changes_of({"a": together}, *view).sum() == pytest.approx(alone)
    assert changes_of({"a": apart}, *view).sum() > 5 * alone


def test_all_lines_of_all_runs_count_and_shorter_runs_end() -> None:
    long, short = np.zeros((2, 4, 1, 2)), np.zeros((2, 1, 2))
    long[0, :, 0, 0] = [0, 1, 2, 3]
    short[:, 0, 1] = [0, 1]
    view: Any = ((0.0, 4.0), (0.0, 4.0)), ("linear", "linear"), 5
    assert changes_of({"long": long, "short": short}, *view).tolist() == [0.5, 0.25, 0.25, 0, 0]


# In a film


def test_a_film_shows_its_rows_and_the_counter_the_last_whole_step() -> None:
    film = film_of(**TIMELESS["five steps"], frames={"size": [480, 270]})
    rows = [film.row(frame) for frame in range(film.frames)]
    assert (rows[0], rows[-1], film.poster) == (0, 5, film.frames - 1)
    for frame in (0, 24, 25, 40, film.frames - 1):
        film.draw(frame)
        [words] = [it.get_text() for it in film.figure.texts if it.get_text().startswith("step")]
        assert words == f"step {math.floor(rows[frame])}"


def test_a_pace_can_be_asked_for_beside_a_rate_and_a_hold() -> None:
    film = film_of(**BOWL, optimizers=RACE[:1], frames={"pace": "adaptive", "fps": 10, "hold": 1})
    assert (film.frames, film.timeline.end(film.frames)) == (10 + 48, Fraction("6.8"))


def test_without_steps_there_is_one_picture() -> None:
    film = film_of(**BOWL, steps=0, optimizers=RACE[:1])
    assert (film.frames, film.row(0), film.timeline.end(1)) == (1, 0, Fraction("2.04"))


def test_a_long_run_of_many_starts_is_soon_looked_at() -> None:
    run = np.random.default_rng(0).normal(size=(20_000, 100, 2)).cumsum(axis=0)
    begun = time.process_time()
    changes_of({"a": run}, ((-50.0, 50.0), (-50.0, 50.0)), ("linear", "linear"), 19_999)
    assert time.process_time() - begun < 2
