"""What the numbers of a history depend on."""

from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field,
    InstanceOf,
    SerializeAsAny,
    SerializerFunctionWrapHandler,
    field_serializer,
)

from visualize.arrays import Array
from visualize.declare.settings import Natural, Positive, Settings
from visualize.history.recording import RecordedRun
from visualize.objectives._noise import Noise, Noisy
from visualize.objectives.formula import Formula
from visualize.objectives.objective import Objective, declaration
from visualize.objectives.unknown import Unknown
from visualize.optimizers.optimizer import Optimizer, Problem, Stop
from visualize.scene.recordings import Recording
from visualize.scene.starts import Grid, Random, Start, points_of


def documented_as(kind: Any) -> BeforeValidator:
    """Let the JSON Schema say what a scene file may have where the model has the thing read."""
    return BeforeValidator(lambda value: value, json_schema_input_type=kind)


class Experiment(Settings):
    """What the numbers of a history depend on: equal experiments have equal trajectories.

    Labels, colours, titles and panels are not among it.
    """

    trajectories: Annotated[
        tuple[InstanceOf[RecordedRun], ...],
        documented_as(Recording | list[Recording]),
        Field(examples=[{"file": "run.npy"}]),
    ] = ()
    """Points recorded elsewhere, played in place of optimizers: `{file: run.npy}`, or several."""
    objective: Annotated[
        InstanceOf[Objective],
        documented_as(str | Formula | Unknown),
        Field(examples=["x**2/20 + y**2"]),
    ] = Unknown()
    """What is minimised: a formula, the name of a test function, or a mapping with settings."""
    start: Annotated[
        Start,
        documented_as(float | list[float] | list[list[float]] | Grid | Random),
        Field(examples=[[-7, 2]]),
    ] = ()
    """Where every optimizer begins: a number, a point, a list of points, a grid or random ones.

    Of data it may be left out: near 0."""
    steps: Annotated[Natural, Field(examples=[100])] = 100
    """Updates of each optimizer; of recorded trajectories as many as the longest has."""
    epochs: Annotated[Positive | None, Field(examples=[2])] = None
    """In place of steps, of data: how often optimizers see every row."""
    stop: Annotated[Stop | None, Field(examples=[{"gradient": 1e-8}])] = None
    """When runs stop before: `{gradient: 1e-8}`. They stay where they are."""
    seed: Annotated[Natural, Field(examples=[1])] = 0
    """Of everything random."""
    noise: Annotated[Noise | None, Field(examples=[{"standard_deviation": 0.1}])] = None
    """Noise on the gradients."""
    optimizers: Annotated[
        tuple[SerializeAsAny[Optimizer], ...],
        documented_as(list[dict[str, Any]]),
        Field(examples=[[{"name": "adam", "learning_rate": 0.1}]]),
    ] = ()
    """Who runs; `sweep: {learning_rate: [0.1, 0.4]}` on one makes a run of each."""

    @field_serializer("objective", mode="wrap")
    def _declare_objective(
        self, objective: Objective, settings_of: SerializerFunctionWrapHandler
    ) -> Any:
        return declaration(objective, settings_of(objective))

    @property
    def starts(self) -> Array:
        """Where every run begins: shape `(starts, dimension)`."""
        return points_of(self.start, self.objective, self.seed)

    @property
    def problem(self) -> Problem:
        """What every run is about: the objective as optimizers see it, and where they begin."""
        seen = Noisy(self.objective, self.noise) if self.noise else self.objective
        starts = self.starts
        starts.flags.writeable = False  # all begin there, whatever a package's rule writes into
        return Problem(seen, starts, self.steps, self.seed, stop=self.stop)
