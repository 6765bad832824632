"""Learning rates that change from update to update, by name; past its end each stays as it is."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, get_args

import numpy as np
from pydantic import AfterValidator, ConfigDict, Field

from visualize.arrays import Array
from visualize.declare.checks import Mistakes
from visualize.declare.registry import Table
from visualize.declare.settings import (
    ListToTuple,
    Natural,
    NotNegative,
    Number,
    Positive,
    Settings,
    Synonyms,
    Whole,
    custom_error,
    each,
    mistake_at,
    told,
)
from visualize.text import shown

INSTEAD: Mapping[str, str] = {
    **told("constant constantlr none", "write a number, learning_rate: 0.1"),
    **told(
        "cosine_restarts cosine_annealing_warm_restarts cosineannealingwarmrestarts sgdr "
        "cosine_decay_restarts cosinedecayrestarts",
        "write a formula in t, learning_rate: 0.05*(1 + cos(pi*(t % 50)/50))",
    ),
    **told(
        "inverse_time inversetimedecay inverse_time_decay",
        "write a formula in t, learning_rate: 0.1/(1 + 0.01*t)",
    ),
    **told(
        "inverse_sqrt inverse_square_root noam rsqrt",
        "write a formula in t, learning_rate: 0.1/sqrt(1 + t)",
    ),
    **told(
        "cyclic cycliclr triangular",
        "write a formula in t, learning_rate: 0.1*(1 - abs(t % 40 - 20)/20) + 0.001",
    ),
    **told("lambda lambdalr custom", "write a formula in t, learning_rate: 0.1 * exp(-0.01*t)"),
    **told(
        "plateau reduce_on_plateau reduce_lr_on_plateau reducelronplateau",
        "a schedule knows how many updates are done, not how a run goes",
    ),
}
"""Schedules of others, and what to write for them."""


def instead(name: str) -> str:
    """Return what to write for a schedule of others that there is not, or nothing."""
    words = INSTEAD.get(name.casefold(), "")
    return f"there is no schedule {shown(name)}; {words}" if words else ""


DecaySteps = Annotated[Whole, Field(examples=[100])]
Rate = Annotated[NotNegative, Field(examples=[0.1])]
Peak = Annotated[Positive, Field(examples=[0.1])]


def _rising(boundaries: tuple[int, ...]) -> tuple[int, ...]:
    if list(boundaries) != sorted({*boundaries}):
        raise custom_error("must rise from one to the next")
    return boundaries


class Schedule(Settings, ABC):
    """A learning rate for every update t, counted from 0."""

    model_config = ConfigDict(defer_build=True)  # few scenes have one

    synonyms: ClassVar[Synonyms] = {
        **each("lr base_lr initial_lr init_lr start_lr learning_rate", "initial_learning_rate"),
        **each("init_value initial_value start initial rate eta", "initial_learning_rate"),
        **each("eta_min min_lr end_value end_lr final_lr lr_end alpha_f", "end_learning_rate"),
        **each("final_learning_rate min_learning_rate", "end_learning_rate"),
        **each("minimum_learning_rate end final", "end_learning_rate"),
        **each(
            "max_lr peak_value peak_lr peak max_learning_rate warmup_target eta_max "
            "peak_learning_rate",
            "peak_learning_rate|initial_learning_rate",
        ),
        **each(
            "T_max total_steps total_iters total_iterations transition_steps step_size "
            "num_training_steps training_steps steps epochs max_steps num_steps max_iter "
            "max_iters iterations every duration",
            "decay_steps",
        ),
        **each(
            "gamma factor decay multiplier drop decay_factor",
            "decay_rate|write end_learning_rate, where it is to end",
        ),
        **each("milestones", "boundaries|write schedule: step, which has boundaries"),
        **each(
            "warmup warmup_steps num_warmup_steps warmup_iters warmup_epochs linear_warmup",
            "warmup_steps|warmup_fraction|write schedule: warmup_cosine, which has warmup_steps",
        ),
        **each(
            "pct_start warmup_ratio",
            "warmup_fraction|warmup_steps|write schedule: warmup_cosine, which has warmup_steps",
        ),
        **each("anneal_strategy strategy annealing", "shape"),
        **each("name type kind scheduler policy lr_scheduler_type", "schedule"),
        **told("alpha", "write end_learning_rate, which is alpha * initial_learning_rate"),
        **told(
            "start_factor", "write initial_learning_rate, which is start_factor * learning rate"
        ),
        **told("end_factor", "write end_learning_rate, which is end_factor * learning rate"),
        **told(
            "div_factor", "write initial_learning_rate, which is peak_learning_rate / div_factor"
        ),
        **told(
            "final_div_factor",
            "write end_learning_rate, which is initial_learning_rate / final_div_factor",
        ),
        **told("staircase", "write schedule: step"),
        **told("values", "write a formula in t, learning_rate: 0.1 if t < 100 else 0.01"),
        **told(
            "cycle cycles num_cycles T_0 T_mult restarts t_mul m_mul",
            "write a formula in t, learning_rate: 0.05*(1 + cos(pi*(t % 50)/50))",
        ),
        **told(
            "cycle_momentum base_momentum max_momentum",
            "a schedule is of the learning rate alone; leave it out",
        ),
        **told("three_phase", "there are two phases; leave it out"),
        **told("last_epoch verbose optimizer", "leave it out"),
    }
    also_called: ClassVar[tuple[str, ...]] = ()
    """Other names that people use."""

    schedule: str

    @abstractmethod
    def rates(self, times: Array, steps: int) -> Array:
        """Return the rate of each of some updates t of a run of so many steps."""


class _Falling(Schedule, ABC):
    """From one rate to another."""

    initial_learning_rate: Rate
    """η₀: of the first update."""
    end_learning_rate: NotNegative = 0.0
    """η₁: from the end of the schedule on."""
    decay_steps: DecaySteps | None = None
    """T: after how many updates it has come to its end; default: the run's steps."""

    def rates(self, times: Array, steps: int) -> Array:
        """Return the rate of each of some updates t of a run of so many steps."""
        gone = np.clip(times / (self.decay_steps or max(steps, 1)), 0, 1)
        first, end = self.initial_learning_rate, self.end_learning_rate
        return end + (first - end) * self.left(gone)

    @abstractmethod
    def left(self, gone: Array) -> Array:
        """Return the part of the way that is left when a part of the time is gone."""


class Cosine(_Falling):
    """Falls along half a wave: slowly, fast, slowly.

    η = η₁ + (η₀ - η₁) (1 + cos(π t/T))/2 until t = T, then η₁

    torch's CosineAnnealingLR, which would rise again after T; Keras's CosineDecay.
    """

    also_called: ClassVar = (
        *("cos", "cosine_annealing", "cosine_annealing_lr", "cosineannealinglr"),
        *("cosine_decay", "cosinedecay", "cosine_decay_schedule", "half_cosine"),
    )
    schedule: Literal["cosine"] = "cosine"

    def left(self, gone: Array) -> Array:
        """Return the part of the way that is left when a part of the time is gone."""
        return (1 + np.cos(np.pi * gone)) / 2


class Linear(_Falling):
    """Goes from one rate to another in equal steps, down or up.

    η = η₁ + (η₀ - η₁) (1 - t/T) until t = T, then η₁

    torch's LinearLR, optax's linear_schedule.
    """

    also_called: ClassVar = ("linear_lr", "linearlr", "linear_decay", "linear_schedule", "line")
    schedule: Literal["linear"] = "linear"

    def left(self, gone: Array) -> Array:
        """Return the part of the way that is left when a part of the time is gone."""
        return 1 - gone


class Polynomial(_Falling):
    """Falls as a power of the time that is left.

    η = η₁ + (η₀ - η₁) (1 - t/T)ᵖ until t = T, then η₁; p is the power

    torch's PolynomialLR, Keras's PolynomialDecay without cycles.
    """

    also_called: ClassVar = (
        *("poly", "polynomial_lr", "polynomiallr", "polynomial_decay", "polynomialdecay"),
        "polynomial_schedule",
    )
    synonyms: ClassVar[Synonyms] = each("exponent p degree", "power")
    schedule: Literal["polynomial"] = "polynomial"
    power: Positive = 1.0
    """p: 1 is a line, more falls sooner."""

    def left(self, gone: Array) -> Array:
        """Return the part of the way that is left when a part of the time is gone."""
        left: Array = (1 - gone) ** self.power
        return left


class Exponential(Schedule):
    """Falls by the same factor in equal times, without an end.

    η = η₀ r^(t/T); r is the decay rate

    torch's ExponentialLR, Keras's ExponentialDecay.
    """

    also_called: ClassVar = (
        *("exp", "exponential_lr", "exponentiallr", "exponential_decay", "exponentialdecay"),
        "exponential_schedule",
    )
    synonyms: ClassVar[Synonyms] = told(
        "end_learning_rate eta_min", "it has no end; leave it out, or write schedule: cosine"
    )
    schedule: Literal["exponential"] = "exponential"
    initial_learning_rate: Rate
    """η₀: of the first update."""
    decay_rate: Annotated[Positive, Field(examples=[0.99])]
    """r: what becomes of a rate of 1 in T updates."""
    decay_steps: DecaySteps = 1
    """T: in how many updates; by default at every one."""

    def rates(self, times: Array, steps: int) -> Array:
        """Return the rate of each of some updates t of a run of so many steps."""
        del steps
        return self.initial_learning_rate * np.power(self.decay_rate, times / self.decay_steps)


class Staircase(Schedule):
    """Falls by a factor every so many updates, or at those that are given.

    η = η₀ rⁿ; r is the decay rate, n how often T updates are done, or how many boundaries

    torch's StepLR and MultiStepLR, Keras's ExponentialDecay with staircase.
    """

    also_called: ClassVar = (
        *("step_lr", "steplr", "step_decay", "stepdecay", "multistep", "multi_step", "staircase"),
        *("multisteplr", "multi_step_lr", "piecewise_constant", "piecewise_constant_decay"),
        *("piecewiseconstantdecay", "piecewise", "piecewise_constant_schedule"),
    )
    alternatives = (("decay_steps", "boundaries"),)
    schedule: Literal["step"] = "step"
    initial_learning_rate: Rate
    """η₀: of the first update."""
    decay_rate: Annotated[Positive, Field(examples=[0.1])] = 0.1
    """r: what a rate is multiplied by."""
    decay_steps: DecaySteps | None = None
    """T: every how many updates; default: a third of the run's steps."""
    boundaries: (
        Annotated[tuple[Whole, ...], ListToTuple, Field(min_length=1), AfterValidator(_rising)]
        | None
    ) = Field(None, examples=[[30, 60]])
    """The updates t that are the first with a smaller rate, in place of decay_steps."""

    def rates(self, times: Array, steps: int) -> Array:
        """Return the rate of each of some updates t of a run of so many steps."""
        if self.boundaries is None:
            done = times // (self.decay_steps or max(-(-steps // 3), 1))
        else:
            done = np.searchsorted(self.boundaries, times, side="right").astype(float)
        return self.initial_learning_rate * np.power(self.decay_rate, done)


def warming_up_ends(warmup_steps: int, decay_steps: int | None) -> Mistakes:
    """Something is left of the schedule when it is warm."""
    if decay_steps is not None and warmup_steps >= decay_steps:
        words = f"must be less than decay_steps, which count them too (got {warmup_steps}"
        yield mistake_at(f"{words} of {decay_steps})", "warmup_steps")


class WarmupCosine(Schedule):
    """Rises in equal steps to its peak, then falls along half a wave.

    η = η₀ + (η* - η₀) t/W until t = W; η = η₁ + (η* - η₁) (1 + cos(π (t - W)/(T - W)))/2 until
    t = T, then η₁; η* is the peak

    torch's SequentialLR of LinearLR and CosineAnnealingLR, optax's warmup_cosine_decay_schedule.
    Keras's CosineDecay does not count the updates while warming up among decay_steps.
    """

    also_called: ClassVar = (
        *("warmup_cosine_decay", "warmup_cosine_decay_schedule", "cosine_with_warmup"),
        *("cosine_warmup", "linear_warmup_cosine", "linear_warmup_cosine_annealing", "warmup"),
    )
    synonyms: ClassVar[Synonyms] = each("lr base_lr learning_rate", "peak_learning_rate")
    checks = (warming_up_ends,)
    schedule: Literal["warmup_cosine"] = "warmup_cosine"
    peak_learning_rate: Peak
    """η*: the largest."""
    warmup_steps: Annotated[Natural, Field(examples=[10])]
    """W: the updates before it is reached."""
    initial_learning_rate: NotNegative = 0.0
    """η₀: of the first update."""
    end_learning_rate: NotNegative = 0.0
    """η₁: from the end of the schedule on."""
    decay_steps: DecaySteps | None = None
    """T: after how many updates, W included, it has come to its end; default: the run's steps."""

    def rates(self, times: Array, steps: int) -> Array:
        """Return the rate of each of some updates t of a run of so many steps."""
        peak, warm = self.peak_learning_rate, self.warmup_steps
        falling = max((self.decay_steps or steps) - warm, 1)
        gone = np.clip((times - warm) / falling, 0, 1)
        down = _between(peak, self.end_learning_rate, (1 - np.cos(np.pi * gone)) / 2)
        up = _between(self.initial_learning_rate, peak, times / max(warm, 1))
        return np.where(times < warm, up, down)


class OneCycle(Schedule):
    """Rises to its peak and falls to next to nothing: one cycle in all of a run.

    η goes from η₀ to the peak η* until t = w T - 1, and from there to η₁ until t = T - 1, along
    half waves or lines; w is the fraction that warms up. Where that is less than a step it falls
    all the time

    torch's OneCycleLR with its two phases; the momentum stays as it is.
    """

    also_called: ClassVar = (
        "onecycle",
        "one_cycle_lr",
        "onecyclelr",
        "1cycle",
        "super_convergence",
    )
    synonyms: ClassVar[Synonyms] = {
        **each("lr base_lr learning_rate", "peak_learning_rate"),
        **each("anneal", "shape"),
    }
    schedule: Literal["one_cycle"] = "one_cycle"
    peak_learning_rate: Peak
    """η*: the largest."""
    initial_learning_rate: NotNegative | None = Field(None, examples=[0.004])
    """η₀: of the first update; default: η*/25."""
    end_learning_rate: NotNegative | None = Field(None, examples=[4e-7])
    """η₁: of the last update; default: η₀/10000."""
    warmup_fraction: Annotated[Number, Field(ge=0, le=1)] = 0.3
    """w: the part of the schedule in which it rises."""
    shape: Literal["cosine", "linear"] = "cosine"
    """How it goes up and down."""
    decay_steps: DecaySteps | None = None
    """T: the updates of the cycle; default: the run's steps."""

    def rates(self, times: Array, steps: int) -> Array:
        """Return the rate of each of some updates t of a run of so many steps."""
        peak = self.peak_learning_rate
        first = peak / 25 if self.initial_learning_rate is None else self.initial_learning_rate
        end = first / 1e4 if self.end_learning_rate is None else self.end_learning_rate
        last = max((self.decay_steps or steps) - 1, 0)
        top = self.warmup_fraction * (last + 1) - 1
        up = _between(first, peak, self._shaped(times, 0, top))
        return np.where(times <= top, up, _between(peak, end, self._shaped(times, top, last)))

    def _shaped(self, times: Array, begin: float, end: float) -> Array:
        gone: Array = np.clip((times - begin) / (end - begin if end > begin else 1.0), 0, 1)
        return (1 - np.cos(np.pi * gone)) / 2 if self.shape == "cosine" else gone


def _between(first: float, last: float, gone: Array) -> Array:
    return first + (last - first) * gone


AnySchedule = Cosine | Exponential | Linear | OneCycle | Polynomial | Staircase | WarmupCosine
SCHEDULES: Table[Schedule] = Table(
    {kind.model_fields["schedule"].default: kind for kind in get_args(AnySchedule)}
)
