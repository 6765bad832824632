"""An objective made of data: how wrong a model is over the rows of a table."""

from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from pydantic import (
    AfterValidator,
    Field,
    InstanceOf,
    ModelWrapValidatorHandler,
    SerializationInfo,
    ValidationInfo,
    field_serializer,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from visualize.arrays import Array
from visualize.declare.checks import Mistakes, mistakes_between
from visualize.declare.settings import (
    FileName,
    ListToTuple,
    NotNegative,
    Range,
    Settings,
    Synonyms,
    Whole,
    custom_error,
    each,
    error_at,
    error_of,
    mistake_at,
    parsed,
    told,
)
from visualize.objectives._data import Sample, first_rows, standardised
from visualize.objectives._datasets import DATASETS
from visualize.objectives._draws import BATCHES, STARTS, Draws
from visualize.objectives._models import (
    CROSS_ENTROPY,
    SQUARES,
    Linear,
    Loss,
    Model,
)
from visualize.objectives._network import Mlp, Network
from visualize.objectives._risk import LeastSquares, Risk, lowest
from visualize.objectives._rows import read_rows
from visualize.objectives._wrapper import Wrapper
from visualize.objectives.objective import Blocks, Objective
from visualize.text import counted, did_you_mean, shown

DEVIATION = 0.01
"""Of the weights that a run begins with."""
MOST_WEIGHTS = 10_000
BATCH = "batch"
"""What histories call the rows that a step saw, beside the states."""
FEW = 2
"""Coordinates that need no numbers: a weight and a bias."""
LOSSES: dict[str, Loss] = {"linear": SQUARES, "mlp": SQUARES, "logistic": CROSS_ENTROPY}
NOTHING = Sample("", np.zeros((1, 1)), np.zeros(1), ("",), "")
"""In place of rows that are not read yet."""


def _check_dataset(name: str) -> str:
    if name not in DATASETS:
        hint = did_you_mean(name, DATASETS) or f"; known are {', '.join(DATASETS)}"
        raise custom_error(f"unknown data set {shown(name)}{hint}")
    return name


class Regression(Settings, Objective):
    """How wrong a model is over the rows of a table: linear, logistic, or a small network.

    linear and mlp: the mean of (ŷ - y)²/2; logistic: the mean of log(1 + exp z) - y z, where
    1 / (1 + exp -z) is the probability of y = 1. With `l2` that times ‖weights‖²/2 is added; biases
    are left alone. Values are of all rows, the gradients that optimizers see of a batch: batches
    are shuffled anew in every epoch from the scene's seed, the same for all of them, and the last
    of an epoch may be smaller. Without a `start` the weights begin at N(0, 0.01²), biases at 0.
    """

    synonyms: ClassVar[Synonyms] = {
        **each("file csv path filename table", "data"),
        **each("x inputs columns predictors feature x_columns", "features"),
        **each("y label labels response output outcome y_column", "target"),
        **each("standardize normalise normalize scale standard_scale", "standardise"),
        **each("n n_rows num_rows samples n_samples max_rows nrows limit", "rows"),
        **each("batch minibatch mini_batch bs minibatch_size", "batch_size"),
        **each("weight_decay regularization regularisation lambda ridge penalty", "l2"),
        **each("hidden layers hidden_sizes", "mlp.hidden"),
        **each("activation", "mlp.activation"),
        **each("network net kind type", "model"),
        **told("loss criterion", "the loss is the model's; write model: linear, logistic or mlp"),
        **told("shuffle seed random_state", "batches are shuffled from the scene's seed"),
        **told("epochs epoch num_epochs", "write epochs: 2 in the scene, beside its objective"),
        **told("l1 lasso", "there is l2 only"),
    }
    alternatives = (("data", "dataset"),)

    data: FileName | None = Field(None, examples=["points.csv"])
    """A table (.csv, .tsv, .txt, .dat) in the scene's folder."""
    dataset: Annotated[str, AfterValidator(_check_dataset)] | None = Field(
        None, examples=["airfoil"]
    )
    """In place of a file: one that others publish, from `VISUALIZE_DATA` or fetched once."""
    features: Annotated[tuple[str, ...], ListToTuple, Field(min_length=1)] | None = Field(
        None, examples=[["area", "rooms"]], json_schema_extra={"minItems": 1}
    )
    """The columns that the model sees; default: all but the target."""
    target: str | None = Field(None, examples=["price"])
    """The column that it is to say; default: the last."""
    standardise: bool = True
    """Give every column mean 0 and deviation 1 over all rows; not the target of `logistic`."""
    rows: Whole | None = Field(None, examples=[1500])
    """So many of the first; default: all."""
    batch_size: Whole | None = Field(None, examples=[10])
    """Rows whose gradient a step sees; default: all."""
    model: Literal["linear", "logistic", "mlp"] = "linear"
    """w · x + b; the same for the probability of 1; or a network."""
    mlp: Mlp | None = Field(None, examples=[{"hidden": [8], "activation": "tanh"}])
    """Of `model: mlp`: its hidden layers, and what stands between them (tanh, relu or sigmoid)."""
    l2: NotNegative = 0.0
    """How much the weights are pulled towards 0."""
    evaluate_every: Whole = 1
    """Steps from one value to the next; the last row always has one."""
    domain: Annotated[tuple[Range, ...], ListToTuple] | None = Field(
        None, examples=[[[-2, 2], [-2, 2]]]
    )
    """The lowest and highest value of each weight and bias that is looked at."""
    digest: str | None = None
    """The checksum of the numbers that must be there; default: any."""

    sample: SkipJsonSchema[InstanceOf[Sample]] = Field(NOTHING, exclude=True, repr=False)
    """The rows, as the model sees them; read from the table."""
    variables: SkipJsonSchema[tuple[str, ...]] = Field((), exclude=True, repr=False)
    """w and b of one feature; w1, w2, ... and b of several; of a network all are called w."""
    minima: SkipJsonSchema[tuple[tuple[float, ...], ...] | None] = Field(
        (), exclude=True, repr=False
    )
    """The least squares, or the most likely weights, where there is one such point."""

    @model_validator(mode="wrap")
    @classmethod
    def _check_names(
        cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        if not isinstance(data, Mapping):
            return handler(data)
        given = _in_full(data)
        mistakes = list(cls.unknown_settings(given))
        sound, found = parsed({it: given[it] for it in given if it in cls.known()}, handler)
        mistakes += found
        if not any(cls.meant(str(name)) in {("data",), ("dataset",)} for name in given):
            words = f"needs data: FILE.csv, or dataset: {' or '.join(DATASETS)}"
            mistakes.append(mistake_at(words))
        mistakes += mistakes_between((_layers_are_of_a_network,), sound)
        if mistakes:
            raise error_of(cls.without_repetition(mistakes))
        settings = handler(given)
        file, sample = read_rows(settings, info.context or {})
        update = {"digest": sample.digest, "sample": _prepared(sample, settings)}
        if settings.data is not None:
            update["data"] = str(file)
        whole = settings.model_copy(update=update)
        dimension = whole.risk.model.dimension
        names = _names(dimension, settings.model)
        return whole.model_copy(update={"variables": names, "minima": _minima(whole.risk)})

    @field_serializer("data")
    def _name_file(self, data: str | None, info: SerializationInfo) -> str | None:
        portable = data is not None and (info.context or {}).get("portable")
        return Path(str(data)).name if portable else data

    @cached_property
    def risk(self) -> Risk:
        """How wrong the model is over all rows."""
        features, targets = self.sample.features, self.sample.targets
        model: Model = Linear(features.shape[1])
        if self.model == "mlp":
            layers = self.mlp or Mlp()
            model = Network(features.shape[1], layers.hidden, layers.activation)
        whole = LeastSquares if self.model == "linear" else Risk
        return whole(model, LOSSES[self.model], features, targets, self.l2)

    @property
    def formula(self) -> str:
        """What is fitted to what."""
        source = self.dataset or Path(str(self.data)).name
        kinds = {"linear": "linear regression", "logistic": "logistic regression", "mlp": "network"}
        return f"{source} ({kinds[self.model]})"

    @property
    def files(self) -> tuple[Path, ...]:
        """The table, if it is a file of the user's."""
        return () if self.data is None else (Path(self.data),)

    @property
    def value_name(self) -> str:
        """What its value is called."""
        return "loss"

    @property
    def blocks(self) -> Blocks:
        """Weights and bias, or those of each layer."""
        return self.risk.model.blocks

    @property
    def has_hessian(self) -> bool:
        """Whether optimizers may ask for second derivatives: not of a network."""
        return self.model != "mlp"

    @property
    def batch(self) -> int:
        """How many rows a step sees."""
        return min(self.batch_size or len(self.sample), len(self.sample))

    @property
    def steps_per_epoch(self) -> int:
        """In how many steps optimizers see all rows once."""
        return -(-len(self.sample) // self.batch)

    @property
    def steps_per_value(self) -> int:
        """Steps from one value that a history keeps to the next."""
        return self.evaluate_every

    @property
    def drawn(self) -> Mapping[str, Array]:
        """The rows of a batch, counted from 0, once one is drawn."""
        return {} if self.batch == len(self.sample) else {BATCH: np.full(self.batch, np.nan)}

    def initial(self, seed: int) -> Array:
        """Return where runs begin of which nothing is said: weights near 0, biases 0."""
        is_weight = self.risk.model.is_weight
        generator = np.random.default_rng([seed, STARTS])
        return np.where(is_weight, generator.normal(0, DEVIATION, len(is_weight)), 0.0)

    def seconds(self, points: int) -> float:
        """Return how long value and gradient at so many points take: all rows, and a batch."""
        rows = self.batch + (0 if self.model == "linear" else len(self.sample))
        return 1e-4 + 4e-9 * points * rows * self.risk.model.width

    def at(self, step: int, draws: Draws) -> Objective:
        """Return what optimizers see at a step: a batch of rows, or all of them."""
        count = len(self.sample)
        if self.batch == count:
            return self
        epoch, place = divmod(step, self.steps_per_epoch)
        order = draws.of(BATCHES, epoch, lambda it: it.permutation(count).astype(float))
        return _Batch(self, order[place * self.batch : (place + 1) * self.batch])

    def value(self, points: Array) -> Array:
        """Return the value at each point, over all rows: shape `(...)`."""
        return self.risk.value(points)

    def gradient(self, points: Array) -> Array:
        """Return the gradient at each point, over all rows."""
        return self.risk.gradient(points)

    def hessian(self, points: Array) -> Array:
        """Return the second derivatives at each point, over all rows."""
        return self.risk.hessian(points)

    def predictions(self, points: Array, features: Array) -> Array:
        """Return what the model says of other rows: `(points, rows)` for points `(points, d)`."""
        with np.errstate(all="ignore"):  # of a run that leaves
            return self.risk.loss.prediction(self.risk.model.outputs(points, features))


class _Batch(Wrapper):
    """What is seen at a step: some of the rows."""

    def __init__(self, inside: Regression, rows: Array) -> None:
        super().__init__(inside)
        self._rows = rows
        risk = inside.risk
        chosen = rows.astype(np.intp)
        features, targets = risk.features[chosen], risk.targets[chosen]
        self._risk = Risk(risk.model, risk.loss, features, targets, risk.l2)

    @property
    def drawn(self) -> Mapping[str, Array]:
        """The rows; NaN behind them where there are fewer than in other batches."""
        filled = {name: it.copy() for name, it in self.inside.drawn.items()}
        filled[BATCH][: len(self._rows)] = self._rows
        return filled

    def value(self, points: Array) -> Array:
        """Return the value at each point, over the batch."""
        return self._risk.value(points)

    def gradient(self, points: Array) -> Array:
        """Return the gradient at each point, over the batch."""
        return self._risk.gradient(points)

    def value_and_gradient(self, points: Array) -> tuple[Array, Array]:
        """Return both at each point, over the batch."""
        return self.value(points), self.gradient(points)

    def hessian(self, points: Array) -> Array:
        """Return the second derivatives at each point, over the batch."""
        return self._risk.hessian(points)


def _names(dimension: int, model: str) -> tuple[str, ...]:
    if model == "mlp":
        return tuple(f"w{index}" for index in range(1, dimension + 1))
    weights = [f"w{index}" for index in range(1, dimension)]
    return (*(weights if dimension > FEW else ["w"]), "b")


def _minima(risk: Risk) -> tuple[tuple[float, ...], ...]:
    best = None
    if isinstance(risk, LeastSquares):
        best = risk.best if risk.is_unique else None
    elif isinstance(risk.model, Linear):
        best = lowest(risk)
    return () if best is None else (tuple(best.tolist()),)


def _in_full(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with those of a network beside its name: `model: {mlp: {...}}`."""
    model = given.get("model")
    if isinstance(model, Mapping) and list(model) == ["mlp"] and "mlp" not in given:
        return {**given, "model": "mlp", "mlp": model["mlp"] or {}}
    if "mlp" in given and "model" not in given:
        return {**given, "model": "mlp"}
    return dict(given)


def _layers_are_of_a_network(model: str, mlp: Mlp | None) -> Mistakes:
    """Layers are said of a network only."""
    if mlp is not None and model != "mlp":
        yield mistake_at(f"is of model: mlp; leave it out of a {model} one", "mlp")


def _prepared(sample: Sample, settings: Regression) -> Sample:
    """Return the rows that are wanted, standardised over all that there are."""
    count = len(sample)
    if settings.model == "logistic" and (wrong := {*sample.targets.tolist()} - {0.0, 1.0}):
        words = f"'{sample.target}' must be 0 or 1 for logistic (there is {min(wrong):g})"
        raise error_at(words, "target" if settings.target else "model")
    if settings.standardise:
        sample = standardised(sample, targets=settings.model != "logistic")
    if settings.rows is not None and settings.rows > count:
        raise error_at(f"there are no more than {count} (got {settings.rows})", "rows")
    sample = first_rows(sample, settings.rows or count)
    if settings.batch_size is not None and settings.batch_size > len(sample):
        words = f"must be at most {len(sample)}, the number of rows (got {settings.batch_size})"
        raise error_at(words, "batch_size")
    layers = (settings.mlp or Mlp()).hidden if settings.model == "mlp" else ()
    sizes = [sample.features.shape[1], *layers, 1]
    weights = sum((before + 1) * after for before, after in pairwise(sizes))
    if weights > MOST_WEIGHTS:
        where = "mlp" if settings.mlp else "features"
        raise error_at(f"these are {weights} weights; {MOST_WEIGHTS} are the most", where)
    if settings.domain is not None and len(settings.domain) != weights:
        words = f"needs one entry for each of {counted(weights, 'weight')}, biases included"
        raise error_at(f"{words} (got {len(settings.domain)})", "domain")
    return sample
