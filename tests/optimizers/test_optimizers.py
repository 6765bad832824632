"""Every optimizer: rules for all in the folder, and the libraries' numbers for ours."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydantic import ValidationError

from tests.conftest import ROOT
from visualize import Scene, simulate
from visualize.arrays import Array
from visualize.declare.descriptions import describe_all
from visualize.history.trajectory import Trajectory
from visualize.objectives.formula import Formula
from visualize.objectives.objective import Objective, read_objective
from visualize.optimizers._arithmetic import divide, power
from visualize.optimizers.optimizer import OPTIMIZERS, Optimizer, Problem, Step

GOLDEN = json.loads((ROOT / "tests" / "golden" / "optimizers.json").read_text())
WITHIN = 1e-9
"""Of the larger of 1 and the number: how near a library's end ours must be after 50 steps."""
STEPS = 20
NONE_OF_THEM = {"epsilon", "initial_accumulator_value"}
"""What moves or keeps from moving, beside the gradient."""
STARTS = np.array([[-7.0, 2.0], [1.5, -0.25], [1e-3, 40.0]])
BOWL = Formula.model_validate({"expression": "x**2/20 + y**2"})
BLOCKS = BOWL.blocks
NAMES = OPTIMIZERS.names()


def make(name: str, /, **settings: Any) -> Optimizer:
    """Return the optimizer of that name, with a learning rate."""
    return OPTIMIZERS.load(name).model_validate({"learning_rate": 0.1, **settings})


def go(
    optimizer: Optimizer, starts: Array, steps: int = STEPS
) -> tuple[Array, Mapping[str, Array]]:
    """Return the points after each update, `(steps + 1, starts, dimension)`, and the last state."""
    rows, state = [starts], optimizer.init(starts, BLOCKS)
    with np.errstate(all="ignore"):  # as in a run: line searches try what is not there
        for number, rate in enumerate(optimizer.learning_rates(steps)):
            points = rows[-1]
            step = Step(number, points, float(rate), BOWL)
            update, state = optimizer.update(BOWL.gradient(points), state, step)
            rows.append(points + update)
    return np.array(rows), state


def frozen(array: Array) -> Array:
    """Return a copy that nobody can write into."""
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def settings_with_switches() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every optimizer as it is, and with each yes-or-no setting turned on."""
    every = {name: OPTIMIZERS.load(name) for name in NAMES}
    describe_all()
    for name in NAMES:
        fields = every[name].model_fields
        yield name, {}
        for switch in (key for key, field in fields.items() if field.default is False):
            needs = {"momentum": 0.5} if switch == "nesterov" and "momentum" in fields else {}
            yield name, {switch: True, **needs}


VARIANTS = list(settings_with_switches())


@cache
def runs() -> list[tuple[str, Optimizer, Array, Mapping[str, Array]]]:
    """Return of every variant its name, the optimizer, where it goes and its last state."""
    made = [(f"{name} {settings}", make(name, **settings)) for name, settings in VARIANTS]
    return [(title, optimizer, *go(optimizer, STARTS)) for title, optimizer in made]


def test_the_folder_holds_the_optimizers_that_are_promised() -> None:
    promised = (
        "sgd adagrad rmsprop adadelta adam adamw adamax nadam radam rprop asgd lion yogi adabelief "
        "novograd signsgd qhm qhadam aggmo adabound lamb lars ftrl adan sm3 adafactor newton "
        "linesearch conjugategradient bfgs"
    )
    assert set(promised.split()) == set(NAMES)


def test_the_name_is_the_name_of_the_file_and_no_other() -> None:
    for name in NAMES:
        assert make(name).name == OPTIMIZERS.load(name).model_fields["name"].default == name
        with pytest.raises(ValidationError):
            make(name, name="another")


def test_settings_are_frozen_and_no_others_are_taken() -> None:
    for name in NAMES:
        optimizer = make(name)
        with pytest.raises(ValidationError, match="frozen"):
            optimizer.learning_rate = 0.2  # type: ignore[misc]  # that is what is tested
        with pytest.raises(ValidationError, match="unknown setting"):
            make(name, learning_rat=0.1)


def test_every_optimizer_is_documented() -> None:
    every = {name: OPTIMIZERS.load(name) for name in NAMES}
    describe_all()
    for name in NAMES:
        fields = every[name].model_fields
        assert "Source:" in (OPTIMIZERS.load(name).__doc__ or ""), name
        assert OPTIMIZERS.summary(name).endswith("."), name
        bare = [key for key, field in fields.items() if key != "name" and not field.description]
        assert not bare, name


def test_every_default_is_allowed() -> None:
    for name in NAMES:
        optimizer = make(name)
        written = optimizer.model_dump(by_alias=True, exclude_none=True)
        assert type(optimizer).model_validate(written) == optimizer


def test_a_learning_rate_must_be_a_number_above_0() -> None:
    for name in NAMES:
        for rate in (0, -0.1, float("nan"), float("inf"), True, None):
            with pytest.raises(ValidationError):
                make(name, learning_rate=rate)


def test_state_arrays_have_a_row_for_each_start() -> None:
    for title, optimizer, _, after in runs():
        before = optimizer.init(STARTS, BLOCKS)
        assert set(before) == set(after), title
        for state in (before, after):
            for key, array in state.items():
                assert array.shape[0] == len(STARTS), (title, key)
                assert array.shape == before[key].shape, (title, key)
                assert array.dtype == np.float64, (title, key)


def test_every_start_runs_as_if_it_were_alone() -> None:
    for title, optimizer, together, state in runs():
        for index in range(len(STARTS)):
            alone, own = go(optimizer, STARTS[index : index + 1])
            np.testing.assert_array_equal(together[:, index], alone[:, 0], title)
            for key in state:
                np.testing.assert_array_equal(state[key][index], own[key][0], title)


def test_the_same_run_twice_is_the_same_to_the_bit() -> None:
    for title, optimizer, first, state in runs():
        second, again = go(optimizer, STARTS)
        assert first.tobytes() == second.tobytes(), title
        assert {key: state[key].tobytes() for key in state} == {
            key: again[key].tobytes() for key in again
        }, title


def test_rows_are_finite_the_points_move_and_a_bowl_is_gone_down() -> None:
    for title, _, rows, state in runs():
        assert np.isfinite(rows).all(), title
        assert all(np.isfinite(array).all() for array in state.values()), title
        assert (rows[-1] != rows[0]).all(), title
        assert (BOWL.value(rows[-1]) < BOWL.value(rows[0])).all(), title


def test_a_step_does_not_write_into_what_it_is_given() -> None:
    points, gradients = frozen(STARTS), frozen(BOWL.gradient(STARTS))
    for title, optimizer, _, _ in runs():
        state: Mapping[str, Array] = optimizer.init(points, BLOCKS)
        for number in range(3):
            state = {key: frozen(array) for key, array in state.items()}
            before = {key: array.tobytes() for key, array in state.items()}
            with np.errstate(all="ignore"):
                _, after = optimizer.update(gradients, state, Step(number, points, 0.1, BOWL))
            assert {key: array.tobytes() for key, array in state.items()} == before, title
            state = after


@pytest.mark.parametrize("rate", [0.1, 1e300])
def test_without_gradient_and_epsilon_nothing_moves(rate: float) -> None:
    points = np.zeros((2, 2))
    for name, settings in VARIANTS:
        none = {key: 0.0 for key in OPTIMIZERS.load(name).model_fields if key in NONE_OF_THEM}
        optimizer = make(name, **{**settings, **none, "learning_rate": rate})
        state = optimizer.init(points, BLOCKS)
        for number in range(3):
            step = Step(number, points, rate, BOWL)
            with np.errstate(all="ignore"):
                update, state = optimizer.update(np.zeros((2, 2)), state, step)
            np.testing.assert_array_equal(update, np.zeros((2, 2)), f"{name} {settings}")
            assert all(np.isfinite(array).all() for array in state.values()), (name, settings)


def test_a_coordinate_without_gradient_does_not_stop_the_other() -> None:
    for name, settings in VARIANTS:
        fields = OPTIMIZERS.load(name).model_fields
        # Without epsilon Adadelta's steps are as long as the last ones: 0.
        none = {key: 0.0 for key in fields if key in NONE_OF_THEM and name != "adadelta"}
        rows, _ = go(make(name, **settings, **none), np.array([[-7.0, 0.0]]))
        assert np.isfinite(rows).all(), (name, settings)
        assert (rows[:, 0, 1] == 0).all(), (name, settings)
        assert rows[-1, 0, 0] != -7, (name, settings)


@pytest.mark.parametrize(
    ("numerator", "denominator", "quotient"),
    [(0.0, 0.0, 0.0), (0.0, 2.0, 0.0), (3.0, 2.0, 1.5), (1.0, 0.0, np.inf), (-1.0, 0.0, -np.inf)],
)
def test_nothing_divided_by_nothing_is_nothing(
    numerator: float, denominator: float, quotient: float
) -> None:
    with np.errstate(divide="ignore"):
        assert divide(np.array([numerator]), np.array([denominator]))[0] == quotient


def test_an_epsilon_in_the_denominator_changes_no_quotient() -> None:
    numerators = np.array([0.0, -0.0, 3.0, np.nan, np.inf, 1e-320])
    denominators = np.array([1e-8, 1e-8, 2.0, 1.0, np.nan, 1e300])
    looked_for, sure = (divide(numerators, denominators, epsilon) for epsilon in (0.0, 1e-8))
    assert looked_for.tobytes() == sure.tobytes()


@pytest.mark.parametrize("exponent", [1, 2, 7, 1000, 0.75, 400.5])
def test_a_power_of_a_row_is_that_of_each_number(exponent: float) -> None:
    bases = np.array([[0.0], [0.5], [0.999], [1.0], [3.7]])
    with np.errstate(over="ignore"):
        each = [np.float64(base) ** exponent for [base] in bases]
        row = power(bases, exponent)
    assert np.ravel(row).tolist() == each


Golden = dict[str, Any]
"""A run of another library: its optimizer, objective and start, and the rows that were kept."""


def golden_runs(name: str) -> list[Golden]:
    """Return the runs of other libraries for an optimizer."""
    return [run for run in GOLDEN["runs"] if run["optimizer"]["name"] == name]


@cache
def objective_of(text: str) -> Objective:
    """Return an objective, read once."""
    return read_objective(text)


def traced(run: Golden) -> Trajectory:
    """Return where our optimizer goes in a golden run."""
    optimizer = OPTIMIZERS.load(run["optimizer"]["name"]).model_validate(run["optimizer"])
    starts = np.array([run["start"]], dtype=float)
    steps = GOLDEN["provenance"]["steps"]
    states = {"average"} & run.keys()
    return optimizer.trace(Problem(objective_of(run["objective"]), starts, steps, states=states))


def convention_settings() -> dict[str, list[tuple[str, str]]]:
    """Return for each optimizer the settings that a library's convention changes."""
    changed = {
        name: [
            (convention, setting)
            for convention, values in OPTIMIZERS.load(name).conventions.items()
            if convention != "paper"
            # Adafactor's epsilons are too small to tell apart in numbers of size 1.
            for setting in sorted(values.keys() - {"learning_rate", "epsilon_1"})
        ]
        for name in NAMES
    }
    return {name: settings for name, settings in changed.items() if settings}


@pytest.mark.parametrize("name", sorted({run["optimizer"]["name"] for run in GOLDEN["runs"]}))
def test_a_run_goes_where_the_library_goes(name: str) -> None:
    rows = GOLDEN["provenance"]["rows"]
    for run in golden_runs(name):
        trajectory = traced(run)
        seen = {"points": trajectory.points, **trajectory.states}
        for kept in {"points", "average"} & run.keys():
            expected = np.array(run[kept])
            largest = max(1.0, float(np.abs(expected).max()))
            words = f"{kept} of {run['library']} {run['optimizer']} on {run['objective']}"
            np.testing.assert_allclose(
                seen[kept][rows, 0], expected, rtol=0, atol=WITHIN * largest, err_msg=words
            )


def test_every_convention_of_a_library_is_held_against_that_library() -> None:
    held = {(run["optimizer"]["name"], run["optimizer"]["convention"]) for run in GOLDEN["runs"]}
    promised = {
        (name, convention)
        for name in OPTIMIZERS.names()
        for convention in OPTIMIZERS.load(name).conventions
        if convention != "paper"
    }
    assert promised <= held


@pytest.mark.parametrize(("name", "settings"), convention_settings().items())
def test_a_convention_without_one_of_its_settings_is_not_the_library(
    name: str, settings: list[tuple[str, str]]
) -> None:
    rows = GOLDEN["provenance"]["rows"]
    for convention, setting in settings:
        usual = OPTIMIZERS.load(name).model_fields[setting].default
        assert any(
            np.abs(
                traced(run | {"optimizer": run["optimizer"] | {setting: usual}}).points[rows, 0]
                - np.array(run["points"])
            ).max()
            > 1e-8
            for run in golden_runs(name)
            if run["optimizer"]["convention"] == convention and setting not in run["optimizer"]
        ), (convention, setting)


def test_the_library_that_comes_first_needs_no_settings() -> None:
    for name in OPTIMIZERS.names():
        first = next(iter(OPTIMIZERS.load(name).conventions.values()))
        assert first.keys() <= {"learning_rate"}, name


def test_torch_comes_first_then_optax_then_the_paper() -> None:
    for name in OPTIMIZERS.names():
        conventions = list(OPTIMIZERS.load(name).conventions)
        ranks = [rank for rank in ("torch", "optax", "keras", "paper") if rank in conventions]
        assert conventions[0] == ranks[0], name


@pytest.mark.parametrize("name", ["sgd", "adam", "adafactor", "novograd"])
def test_what_is_given_beside_a_convention_wins(name: str) -> None:
    kind = OPTIMIZERS.load(name)
    for convention, values in kind.conventions.items():
        plain = make(name, convention=convention)
        assert all(getattr(plain, key) == values[key] for key in values if key != "learning_rate")
        for key in values.keys() - {"learning_rate"}:
            usual = kind.model_fields[key].default
            given = make(name, convention=convention, **{key: usual})
            assert getattr(given, key) == usual
            others = values.keys() - {key, "learning_rate"}
            assert all(getattr(given, other) == values[other] for other in others)


@pytest.mark.parametrize(
    ("name", "convention", "rate"),
    [
        ("sgd", "keras", 0.01),
        ("adam", "torch", 0.001),
        ("adam", "keras", 0.001),
        ("adadelta", "keras", 0.001),
        ("adadelta", "torch", 1.0),
        ("adagrad", "torch", 0.01),
        ("nadam", "torch", 0.002),
    ],
)
def test_a_convention_brings_its_librarys_learning_rate(
    name: str, convention: str, rate: float
) -> None:
    optimizer = OPTIMIZERS.load(name).model_validate({"convention": convention})
    assert optimizer.learning_rates(1)[0] == rate


@pytest.mark.parametrize("settings", [{}, {"convention": "optax"}])
def test_without_a_default_the_learning_rate_must_be_given(settings: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="learning_rate"):
        OPTIMIZERS.load("adam").model_validate(settings)


@pytest.mark.parametrize("convention", ["kera", "tensorflow", "", "paper"])
def test_an_unknown_convention_is_answered_with_those_that_there_are(convention: str) -> None:
    words = f"sgd has no convention '{convention}'; there are torch, keras, optax"
    with pytest.raises(ValidationError, match=words):
        make("sgd", convention=convention)


@pytest.mark.parametrize("convention", [1, True, ["torch"], {"torch": 1}])
def test_a_convention_is_a_name(convention: object) -> None:
    with pytest.raises(ValidationError, match="string"):
        make("sgd", convention=convention)


def test_the_formula_in_force_moves_the_point_once() -> None:
    moving = re.compile(r"x ← (x [-+] (?!.*λ x$)|\()")  # more than weight decay alone
    for name in NAMES:
        for convention in OPTIMIZERS.load(name).conventions:
            lines = make(name, convention=convention).formula.splitlines()
            assert all(line.strip() == line for line in lines), name
            assert sum(bool(moving.match(line)) for line in lines) == 1, (name, convention)


def test_the_size_of_the_point_is_taken_where_the_formula_says() -> None:
    orders = {}
    for convention in ("torch", "keras"):
        lines = make("adafactor", convention=convention, weight_decay=0.1).formula.splitlines()
        orders[convention] = lines.index("r = max(ε₂, RMS(x))") < lines.index("x ← x - η λ x")
    assert orders == {"torch": True, "keras": False}


@pytest.mark.parametrize(
    ("name", "settings", "line"),
    [
        ("adagrad", {}, "x ← x - η g / (√s + ε)"),
        ("adagrad", {"convention": "keras"}, "x ← x - η g / √(s + ε)"),
        ("adagrad", {"learning_rate_decay": 0.1}, "ηₜ = η / (1 + γ (t - 1))"),
        ("adagrad", {"learning_rate_decay": 0.1}, "x ← x - ηₜ g / (√s + ε)"),
        ("adam", {}, "x ← x - η m̂ / (√v̂ + ε)"),
        ("adam", {"epsilon_placement": "inside_sqrt"}, "x ← x - η m̂ / √(v̂ + ε)"),
        ("adam", {"convention": "keras"}, "x ← x - η √(1 - β₂ᵗ) / (1 - β₁ᵗ) m / (√v + ε)"),
        ("adam", {"amsgrad": True}, "u ← max(u, v)"),
        ("adam", {"amsgrad": True, "convention": "optax"}, "u ← max(u, v̂)"),
        ("adam", {"amsgrad": True, "convention": "optax"}, "x ← x - η m̂ / (√u + ε)"),
        ("adam", {"epsilon_root": 0.1}, "x ← x - η m̂ / (√(v̂ + ε_root) + ε)"),
        ("adam", {"weight_decay": 0.1}, "g ← g + λ x"),
        ("adam", {"weight_decay": 0.1, "convention": "keras"}, "x ← x - η λ x"),
        ("adamw", {}, "x ← x - η λ x"),
        ("sgd", {}, "x ← x - η g"),
        ("sgd", {"momentum": 0.5}, "x ← x - η v"),
        ("sgd", {"dampening": 0.5}, "x ← x - η g"),
        ("sgd", {"dampening": 0.5, "momentum": 0.5}, "v ← μ v + (1 - δ) g, at first v = g"),
        ("asgd", {"weight_decay": 0.1}, "x ← x - ηₜ (κ x + g) with ηₜ = η / (1 + κ η (t - 1))^α"),
        ("asgd", {"average": True}, "a is shown"),
        ("adam", {"amsgrad": True}, "û = u / (1 - β₂ᵗ)"),
        ("sgd", {"momentum": 0.9, "nesterov": True}, "x ← x - η (g + μ v)"),
        ("sgd", {"convention": "keras"}, "x ← x - η g"),
        ("sgd", {"convention": "keras", "momentum": 0.5}, "v ← μ v + η g"),
        ("rmsprop", {"centered": True}, "x ← x - η g / (√(s - m²) + ε)"),
        ("rmsprop", {"momentum": 0.9, "centered": True}, "v ← μ v + g / (√(s - m²) + ε)"),
        ("rmsprop", {"momentum": 0.9, "bias_correction": True}, "v ← μ v + g / (√ŝ + ε)"),
        (
            "radam",
            {"convention": "optax"},
            "x ← x - η m̂ r / (√v̂ + ε) where ρₜ > 5, else x ← x - η m̂",
        ),
        ("newton", {"damping": 0.1}, "x ← x - η (H + λ I)⁻¹ g"),
        ("aggmo", {"momenta": [0.5, 0.9]}, "x ← x - η (v1 + v2) / 2"),
    ],
)
def test_the_formula_says_which_variant_it_is(
    name: str, settings: dict[str, Any], line: str
) -> None:
    assert line in make(name, **settings).formula.splitlines()


@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("rprop", {"minimum_step": 10.0, "maximum_step": 1.0}, "minimum_step must not be above"),
        ("lars", {"nesterov": True, "momentum": 0.0}, "nesterov needs a momentum"),
    ],
)
def test_settings_that_cannot_work_together_are_told(
    name: str, settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        make(name, **settings)


@pytest.mark.parametrize(
    ("name", "setting", "ours"),
    [
        ("sgd", "lr", "'learning_rate'"),
        ("adam", "betas", "'beta_1' and 'beta_2'"),
        ("aggmo", "betas", "'momenta'"),
        ("adafactor", "d", "'clip_threshold'"),
        ("rprop", "etas", "'decrease' and 'increase'"),
        ("adagrad", "lr_decay", "'learning_rate_decay'"),
        ("ftrl", "l2", "'l2_regularization_strength'"),
        ("adamw", "l2", "'weight_decay'"),
    ],
)
def test_a_librarys_word_for_a_setting_is_answered_with_ours(
    name: str, setting: str, ours: str
) -> None:
    with pytest.raises(ValidationError, match=f"did you mean {ours}"):
        make(name, **{setting: 0.5})


@pytest.mark.parametrize(
    "settings",
    [
        {"nesterov": True},
        {"nesterov": True, "momentum": 0.0},
        {"nesterov": True, "momentum": 0.9, "dampening": 0.1},
    ],
)
def test_nesterov_needs_a_momentum_and_no_dampening(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="nesterov needs a momentum"):
        make("sgd", **settings)


def test_the_first_velocity_is_the_gradient_whatever_the_dampening() -> None:
    rows, state = go(make("sgd", momentum=0.9, dampening=0.5), STARTS, steps=1)
    np.testing.assert_array_equal(state["velocity"], BOWL.gradient(STARTS))
    np.testing.assert_array_equal(rows[1], STARTS - 0.1 * BOWL.gradient(STARTS))


gradients_seen = st.integers(1, 12).flatmap(
    lambda rows: arrays(
        np.float64, (rows, 1, 2), elements=st.floats(-1e6, 1e6).filter(lambda g: abs(g) > 1e-6)
    )
)


@limits(max_examples=50)
@given(
    gradients_seen,
    st.sampled_from(["inside_sqrt", "outside_sqrt"]),
    st.sampled_from([0.0, 1e-10, 1e-6, 0.1]),
    st.sampled_from([0.0, 0.1]),
)
def test_the_rates_of_adagrad_never_grow(
    gradients: Array, placement: str, epsilon: float, accumulator: float
) -> None:
    optimizer = make(
        "adagrad",
        learning_rate=0.5,
        epsilon=epsilon,
        epsilon_placement=placement,
        initial_accumulator_value=accumulator,
    )
    points = np.zeros((1, 2))
    state = optimizer.init(points, BLOCKS)
    rates, seen = [], np.full((1, 2), accumulator)
    for number, gradient in enumerate(gradients):
        update, state = optimizer.update(gradient, state, Step(number, points, 0.5, BOWL))
        rates.append(-update / gradient)
        seen = seen + gradient**2
        np.testing.assert_array_equal(state["accumulator"], seen)
    # A rate is got back by a division: it may be off by a rounding, no more.
    for before, after in pairwise(rates):
        assert (after <= before * (1 + 4 * np.finfo(float).eps)).all()
        assert (after > 0).all()


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (0.3, [0.3, 0.3, 0.3, 0.3]),
        (1, [1, 1, 1, 1]),
        ("0.5", [0.5, 0.5, 0.5, 0.5]),
        ("0.1 * exp(-0.1*t)", 0.1 * np.exp([-0.0, -0.1, -0.2, -0.3])),
        ("(1 + 0.1*t)**-0.5", [1, 1.1**-0.5, 1.2**-0.5, 1.3**-0.5]),
        ("0.05 * (1 + cos(pi*t/100))", 0.05 * (1 + np.cos(np.pi * np.arange(4) / 100))),
    ],
)
def test_a_learning_rate_is_a_number_or_a_formula_in_t(rate: float | str, expected: Any) -> None:
    for name in NAMES:
        rates = make(name, learning_rate=rate).learning_rates(4)
        assert rates.shape == (4,)
        assert rates.dtype == np.float64
        np.testing.assert_allclose(rates, expected, rtol=1e-15)


@pytest.mark.parametrize("steps", [0, 1])
def test_there_is_a_learning_rate_for_each_update(steps: int) -> None:
    assert make("sgd", learning_rate="0.1 / (1 + t)").learning_rates(steps).shape == (steps,)


@pytest.mark.parametrize(
    "rate", ["0.1 * exp(-0.1*x)", "", "0.1 +", "__import__('os')", "t.real", "0.1 * step"]
)
def test_a_learning_rate_that_is_no_formula_in_t_is_refused(rate: str) -> None:
    with pytest.raises(ValidationError):
        make("sgd", learning_rate=rate)


@pytest.mark.parametrize("rate", ["0.1 - 0.01*t", "1/(5 - t)", "log(t)"])
def test_a_learning_rate_that_falls_below_0_is_refused_by_the_scene(rate: str) -> None:
    with pytest.raises(ValidationError, match="must stay finite and at least 0"):
        Scene.model_validate(
            {
                "objective": "x**2",
                "start": 1,
                "steps": 20,
                "optimizers": [{"name": "sgd", "learning_rate": rate}],
            }
        )


def test_a_formula_in_t_is_followed_step_by_step() -> None:
    scene = Scene.model_validate(
        {
            "objective": "x**2",
            "start": 1,
            "steps": 5,
            "optimizers": [{"name": "sgd", "learning_rate": "0.1 / (1 + t)"}],
        }
    )
    x, expected = 1.0, [1.0]
    for t in range(5):
        x -= 0.1 / (1 + t) * 2 * x
        expected.append(x)
    np.testing.assert_allclose(simulate(scene)["sgd"].points[:, 0, 0], expected, rtol=1e-15)
