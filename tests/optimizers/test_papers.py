"""Every `paper` convention against the paper's own algorithm, written a second time.

The references take nothing from `visualize`: they are the papers' pseudo code in plain floats,
lists and loops, and so are the objectives' derivatives. What has no single right answer, as the
length that a line search finds, is held against the conditions that its source asks for.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from visualize import Trajectory
from visualize.arrays import Array
from visualize.objectives._noise import Noise, Noisy
from visualize.objectives._wrapper import Wrapper
from visualize.objectives.objective import Objective, read_objective
from visualize.optimizers._search import bisect, minimize
from visualize.optimizers.optimizer import OPTIMIZERS
from visualize.optimizers.optimizer import Problem as Run

Vector = list[float]
Matrix = list[Vector]
Seen = Iterator[tuple[int, float, Vector, Vector]]
"""For each update: its number from 1 on, the learning rate, the point and the gradient there."""
Rule = Callable[..., Iterator[Vector]]
"""From what is seen, and settings, to what each update takes from the point."""
Settings = dict[str, Any]

STEPS = 50
WITHIN = 1e-9
"""Of the larger of 1 and the number: how near the reference every point must be."""
NUDGE = 1e-15
MOST_APART = 1e-11
"""A run whose start is moved by a rounding must end where it ended; else it tells nothing."""
ROUNDING = 1e-7
"""Where a gradient is shorter, values no longer tell one point from the next."""


@dataclass(frozen=True)
class Problem:
    """An objective as a scene writes it, and by hand, with a start."""

    formula: str
    start: Vector
    value: Callable[[Vector], float]
    gradient: Callable[[Vector], Vector]
    hessian: Callable[[Vector], Matrix]

    def simulate(self, **settings: Any) -> Trajectory:
        """Return where an optimizer goes from the start."""
        return follow(self.formula, [self.start], **settings)


def follow(
    formula: str,
    starts: Sequence[Vector],
    *,
    steps: int = STEPS,
    noise: float = 0.0,
    **optimizer: Any,
) -> Trajectory:
    """Return where an optimizer goes in its paper's convention."""
    objective = objective_of(formula)
    if noise:
        objective = Noisy(objective, Noise(standard_deviation=noise))
    settings = {"convention": "paper", **optimizer}
    chosen = OPTIMIZERS.load(settings["name"]).model_validate(settings)
    return chosen.trace(Run(objective, np.array(starts), steps, states=None))


@cache
def objective_of(formula: str) -> Objective:
    """Return the objective of a formula, read once."""
    return read_objective(formula)


def quadratic(matrix: Matrix, linear: Vector, start: Vector) -> Problem:
    """Return x·Ax/2 - b·x."""
    terms = [f"{-weight}*x{i}" for i, weight in enumerate(linear, 1) if weight]
    for i, row in enumerate(matrix, 1):
        terms += [f"{row[i - 1] / 2}*x{i}**2"]
        terms += [f"{row[j - 1]}*x{j}*x{i}" for j in range(1, i) if row[j - 1]]
    return Problem(
        " + ".join(terms),
        start,
        lambda x: dot(x, times(matrix, x)) / 2 - dot(linear, x),
        lambda x: along(times(matrix, x), -1, linear),
        lambda _: matrix,
    )


def dot(one: Vector, other: Vector) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def along(point: Vector, length: float, direction: Vector) -> Vector:
    return [x + length * p for x, p in zip(point, direction, strict=True)]


def times(matrix: Matrix, vector: Vector) -> Vector:
    return [dot(row, vector) for row in matrix]


def ratio(numerator: float, denominator: float) -> float:
    return 0.0 if numerator == 0 == denominator else numerator / denominator


def average(kept: float, old: Vector, new: Vector) -> Vector:
    return [kept * a + (1 - kept) * b for a, b in zip(old, new, strict=True)]


def squares(vector: Vector) -> Vector:
    return [number * number for number in vector]


BOWL = Problem(
    "x**2/20 + y**2",
    [-7.0, 2.0],
    lambda x: x[0] ** 2 / 20 + x[1] ** 2,
    lambda x: [x[0] / 10, 2 * x[1]],
    lambda _: [[0.1, 0.0], [0.0, 2.0]],
)
VALLEY = Problem(
    "(1 - x)**2/10 + (y - x**2)**2",
    [-1.2, 1.0],
    lambda x: (1 - x[0]) ** 2 / 10 + (x[1] - x[0] ** 2) ** 2,
    lambda x: [
        -(1 - x[0]) / 5 - 4 * x[0] * (x[1] - x[0] ** 2),
        2 * (x[1] - x[0] ** 2),
    ],
    lambda x: [[0.2 - 4 * x[1] + 12 * x[0] ** 2, -4 * x[0]], [-4 * x[0], 2.0]],
)
FOUR_MINIMA = Problem(
    "(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
    [-1.0, -2.0],
    lambda x: (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2,
    lambda x: [
        4 * x[0] * (x[0] ** 2 + x[1] - 11) + 2 * (x[0] + x[1] ** 2 - 7),
        2 * (x[0] ** 2 + x[1] - 11) + 4 * x[1] * (x[0] + x[1] ** 2 - 7),
    ],
    lambda x: [
        [12 * x[0] ** 2 + 4 * x[1] - 42, 4 * x[0] + 4 * x[1]],
        [4 * x[0] + 4 * x[1], 12 * x[1] ** 2 + 4 * x[0] - 26],
    ],
)
ROSENBROCK = Problem(
    "100*(y - x**2)**2 + (1 - x)**2",
    [-1.2, 1.0],
    lambda x: 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2,
    lambda x: [
        -400 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0]),
        200 * (x[1] - x[0] ** 2),
    ],
    lambda x: [[1200 * x[0] ** 2 - 400 * x[1] + 2, -400 * x[0]], [-400 * x[0], 200.0]],
)
TILTED = quadratic([[3.0, 1.0], [1.0, 2.0]], [1.0, -1.0], [4.0, 3.0])
FIVE_DIMENSIONS = quadratic(
    [
        [4.0, 1.0, 0.0, 0.5, 0.0],
        [1.0, 3.0, 0.5, 0.0, 0.2],
        [0.0, 0.5, 2.0, 0.3, 0.0],
        [0.5, 0.0, 0.3, 1.0, 0.1],
        [0.0, 0.2, 0.0, 0.1, 0.5],
    ],
    [1.0, 2.0, -1.0, 0.5, 0.0],
    [1.0, -2.0, 3.0, 0.5, -4.0],
)
PROBLEMS = [BOWL, VALLEY, FOUR_MINIMA]
QUADRATICS = [BOWL, TILTED, FIVE_DIMENSIONS]
SMOOTH = [*PROBLEMS, ROSENBROCK, TILTED, FIVE_DIMENSIONS]


def each(problems: Sequence[Problem]) -> pytest.MarkDecorator:
    """Run a test on each of the problems."""
    names = [problem.formula.replace(" ", "")[:40] for problem in problems]
    return pytest.mark.parametrize("problem", problems, ids=names)


# The rules, by the letters and in the order of their papers.


def adagrad(seen: Seen, epsilon: float = 0.0) -> Iterator[Vector]:
    """Duchi, Hazan and Singer 2011, figure 1: H = δ I + diag(s)."""
    total = [0.0, 0.0]
    for _, rate, _, g in seen:
        total = along(total, 1, squares(g))
        yield [rate * ratio(a, epsilon + math.sqrt(s)) for a, s in zip(g, total, strict=True)]


def rmsprop(seen: Seen, rho: float = 0.9, epsilon: float = 0.0) -> Iterator[Vector]:
    """Tieleman and Hinton 2012, slide 29."""
    mean = [0.0, 0.0]
    for _, rate, _, g in seen:
        mean = average(rho, mean, squares(g))
        yield [rate * ratio(a, math.sqrt(s) + epsilon) for a, s in zip(g, mean, strict=True)]


def rmsprop_of_graves(seen: Seen, rho: float, momentum: float, epsilon: float) -> Iterator[Vector]:
    """Graves 2013, (38) to (41)."""
    mean_square, mean, change = [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]
    for _, rate, _, g in seen:
        mean_square = average(rho, mean_square, squares(g))
        mean = average(rho, mean, g)
        scaled = [
            rate * a / math.sqrt(n - m * m + epsilon)
            for a, n, m in zip(g, mean_square, mean, strict=True)
        ]
        change = [momentum * d - a for d, a in zip(change, scaled, strict=True)]
        yield [-d for d in change]


def adadelta(seen: Seen, rho: float = 0.95, epsilon: float = 1e-6) -> Iterator[Vector]:
    """Zeiler 2012, algorithm 1, whose step a learning rate may scale."""
    mean_square, mean_step = [0.0, 0.0], [0.0, 0.0]
    for _, rate, _, g in seen:
        mean_square = average(rho, mean_square, squares(g))
        step = [
            math.sqrt(d + epsilon) / math.sqrt(s + epsilon) * a
            for a, s, d in zip(g, mean_square, mean_step, strict=True)
        ]
        mean_step = average(rho, mean_step, squares(step))
        yield [rate * u for u in step]


def adam(
    seen: Seen, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-8
) -> Iterator[Vector]:
    """Kingma and Ba 2015, algorithm 1."""
    m, v = [0.0, 0.0], [0.0, 0.0]
    for t, rate, _, g in seen:
        m = average(beta_1, m, g)
        v = average(beta_2, v, squares(g))
        corrected = [a / (1 - beta_1**t) for a in m]
        square = [b / (1 - beta_2**t) for b in v]
        yield [rate * a / (math.sqrt(b) + epsilon) for a, b in zip(corrected, square, strict=True)]


def adam_in_another_order(
    seen: Seen, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-8
) -> Iterator[Vector]:
    """Kingma and Ba 2015, the end of section 2, where ε is called ε̂."""
    m, v = [0.0, 0.0], [0.0, 0.0]
    for t, rate, _, g in seen:
        m = average(beta_1, m, g)
        v = average(beta_2, v, squares(g))
        rate_now = rate * math.sqrt(1 - beta_2**t) / (1 - beta_1**t)
        yield [rate_now * a / (math.sqrt(b) + epsilon) for a, b in zip(m, v, strict=True)]


def adamax(seen: Seen, beta_1: float = 0.9, beta_2: float = 0.999) -> Iterator[Vector]:
    """Kingma and Ba 2015, algorithm 2."""
    m, u = [0.0, 0.0], [0.0, 0.0]
    for t, rate, _, g in seen:
        m = average(beta_1, m, g)
        u = [max(beta_2 * b, abs(a)) for a, b in zip(g, u, strict=True)]
        yield [rate / (1 - beta_1**t) * ratio(a, b) for a, b in zip(m, u, strict=True)]


def radam(seen: Seen, beta_1: float = 0.9, beta_2: float = 0.999) -> Iterator[Vector]:
    """Liu et al. 2020, algorithm 2."""
    m, v = [0.0, 0.0], [0.0, 0.0]
    longest = 2 / (1 - beta_2) - 1
    for t, rate, _, g in seen:
        m = average(beta_1, m, g)
        v = average(beta_2, v, squares(g))
        corrected = [a / (1 - beta_1**t) for a in m]
        length = longest - 2 * t * beta_2**t / (1 - beta_2**t)
        if length > 4:
            rectification = math.sqrt(
                ((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length)
            )
            yield [
                rate * rectification * ratio(a * math.sqrt(1 - beta_2**t), math.sqrt(b))
                for a, b in zip(corrected, v, strict=True)
            ]
        else:
            yield [rate * a for a in corrected]


def lion(
    seen: Seen, beta_1: float = 0.9, beta_2: float = 0.99, weight_decay: float = 0.0
) -> Iterator[Vector]:
    """Chen et al. 2023, algorithm 2."""
    m = [0.0, 0.0]
    for _, rate, x, g in seen:
        signs = map(sign, average(beta_1, m, g))
        yield [rate * (c + weight_decay * a) for c, a in zip(signs, x, strict=True)]
        m = average(beta_2, m, g)


def adabelief(
    seen: Seen,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-8,
    epsilon_root: float = 1e-8,
) -> Iterator[Vector]:
    """Zhuang et al. 2020, algorithm 2, whose two ε are one."""
    m, s = [0.0, 0.0], [0.0, 0.0]
    for t, rate, _, g in seen:
        m = average(beta_1, m, g)
        s = [b + epsilon_root for b in average(beta_2, s, squares(along(g, -1, m)))]
        corrected = [a / (1 - beta_1**t) for a in m]
        belief = [b / (1 - beta_2**t) for b in s]
        yield [rate * a / (math.sqrt(b) + epsilon) for a, b in zip(corrected, belief, strict=True)]


def novograd(
    seen: Seen,
    epsilon: float,
    beta_1: float = 0.95,
    beta_2: float = 0.98,
    weight_decay: float = 0.0,
) -> Iterator[Vector]:
    """Ginsburg et al. 2019, algorithm 1, with one layer; how large ε is it does not say."""
    v, m = 0.0, [0.0, 0.0]
    for t, rate, x, g in seen:
        v = dot(g, g) if t == 1 else beta_2 * v + (1 - beta_2) * dot(g, g)
        m = [
            beta_1 * b + (a / (math.sqrt(v) + epsilon) + weight_decay * c)
            for a, b, c in zip(g, m, x, strict=True)
        ]
        yield [rate * b for b in m]


def adafactor(
    seen: Seen,
    beta_2_decay: float = -0.8,
    epsilon_1: float = 1e-30,
    epsilon_2: float = 1e-3,
    clip_threshold: float = 1.0,
) -> Iterator[Vector]:
    """Shazeer and Stern 2018, algorithm 5 with the parameters of algorithm 6."""
    v = [0.0, 0.0]
    for t, rate, x, g in seen:
        size = max(epsilon_2, root_mean_square(x)) * min(rate, 1 / math.sqrt(t))
        v = average(1 - t**beta_2_decay, v, [b + epsilon_1 for b in squares(g)])
        u = [a / math.sqrt(b) for a, b in zip(g, v, strict=True)]
        clipped = max(1, root_mean_square(u) / clip_threshold)
        yield [size * a / clipped for a in u]


def signsgd(seen: Seen) -> Iterator[Vector]:
    """Bernstein et al. 2018, algorithm 1."""
    for _, rate, _, g in seen:
        yield [rate * sign(a) for a in g]


def qhm(seen: Seen, momentum: float = 0.999, nu: float = 0.7) -> Iterator[Vector]:
    """Ma and Yarats 2019, (3) and (4)."""
    buffer = [0.0, 0.0]
    for _, rate, _, g in seen:
        buffer = average(momentum, buffer, g)
        yield [rate * ((1 - nu) * a + nu * b) for a, b in zip(g, buffer, strict=True)]


def qhadam(
    seen: Seen,
    beta_1: float = 0.995,
    beta_2: float = 0.999,
    nu_1: float = 0.7,
    nu_2: float = 1.0,
    epsilon: float = 1e-8,
) -> Iterator[Vector]:
    """Ma and Yarats 2019, section 4."""
    m, v = [0.0, 0.0], [0.0, 0.0]
    for t, rate, _, g in seen:
        m = average(beta_1, m, g)
        v = average(beta_2, v, squares(g))
        above = [(1 - nu_1) * a + nu_1 * b / (1 - beta_1**t) for a, b in zip(g, m, strict=True)]
        below = [(1 - nu_2) * a * a + nu_2 * b / (1 - beta_2**t) for a, b in zip(g, v, strict=True)]
        yield [rate * a / (math.sqrt(b) + epsilon) for a, b in zip(above, below, strict=True)]


def aggmo(seen: Seen, momenta: Sequence[float] = (0.0, 0.9, 0.99)) -> Iterator[Vector]:
    """Lucas et al. 2019, (3), with the damping vector of section 3.1."""
    velocities = [[0.0, 0.0] for _ in momenta]
    for _, rate, _, g in seen:
        velocities = [
            [momentum * b - a for a, b in zip(g, velocity, strict=True)]
            for momentum, velocity in zip(momenta, velocities, strict=True)
        ]
        yield [-rate / len(momenta) * sum(column) for column in zip(*velocities, strict=True)]


def adabound(
    seen: Seen,
    final_learning_rate: float = 0.1,
    gamma: float = 1e-3,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-8,
    amsgrad: bool = False,
) -> Iterator[Vector]:
    """Luo et al. 2019 as in their program (Luolc/AdaBound), where ε and corrections are added."""
    m, v, largest = [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]
    base = math.nan
    for t, rate, _, g in seen:
        base = rate if t == 1 else base
        final = final_learning_rate * rate / base
        m = average(beta_1, m, g)
        v = average(beta_2, v, squares(g))
        largest = list(map(max, largest, v)) if amsgrad else v
        size = rate * math.sqrt(1 - beta_2**t) / (1 - beta_1**t)
        lower, upper = final * (1 - 1 / (gamma * t + 1)), final * (1 + 1 / (gamma * t))
        rates = [min(max(size / (math.sqrt(b) + epsilon), lower), upper) for b in largest]
        yield [r * a for r, a in zip(rates, m, strict=True)]


def sign(number: float) -> float:
    return (number > 0) - (number < 0)


def root_mean_square(vector: Vector) -> float:
    return math.sqrt(dot(vector, vector) / len(vector))


CHOICES = {"learning_rate", "epsilon_placement", "centered", "learning_rate_in_velocity"}
"""What a reference is not told: the rate is seen, and the others choose the reference."""


@dataclass(frozen=True)
class Case:
    """Settings of an optimizer, and the rule that they should make."""

    name: str
    rule: Rule
    settings: Settings
    rate: float | None = None
    """The paper's learning rate, where the settings have none."""

    def rates(self) -> Vector:
        """Return the learning rate of every update."""
        rate: Any = self.settings.get("learning_rate", self.rate)
        return [SCHEDULES[rate](t) if rate in SCHEDULES else rate for t in range(STEPS)]

    def walk(self, problem: Problem, start: Vector) -> list[Vector]:
        """Return the points that the reference goes through."""
        settings = {key: value for key, value in self.settings.items() if key not in CHOICES}
        # Novograd and Lion say themselves what their decay does.
        own = self.rule in (novograd, lion)
        decay = 0.0 if own else settings.pop("weight_decay", 0.0)
        decoupled = settings.pop("decoupled_weight_decay", False)
        points = [start]

        def seen() -> Seen:
            for t, rate in enumerate(self.rates(), 1):
                x = points[-1]
                yield t, rate, x, along(problem.gradient(x), 0.0 if decoupled else decay, x)

        for rate, step in zip(self.rates(), self.rule(seen(), **settings), strict=True):
            x = points[-1]
            points.append(along(along(x, -1, step), -rate * decay if decoupled else 0.0, x))
        return points


SMALL = "0.01 * exp(-0.1*t)"
EXPONENTIAL = "0.1 * exp(-0.1*t)"
SCHEDULES: dict[Any, Callable[[int], float]] = {
    SMALL: lambda t: 0.01 * math.exp(-0.1 * t),
    EXPONENTIAL: lambda t: 0.1 * math.exp(-0.1 * t),
}
DECAYS: list[Settings] = [
    {"learning_rate": 0.03, "weight_decay": 0.3},
    {"learning_rate": EXPONENTIAL, "weight_decay": 0.3, "decoupled_weight_decay": True},
]
REFERENCES: dict[str, tuple[Rule, float | None, list[Settings]]] = {
    "adagrad": (
        adagrad,
        None,
        [
            {"learning_rate": 0.5},
            {"learning_rate": 0.5, "epsilon": 0.1},
            {"learning_rate": EXPONENTIAL},
            *DECAYS,
        ],
    ),
    "rmsprop": (
        rmsprop,
        None,
        [
            {"learning_rate": 0.01},
            {"learning_rate": 0.01, "rho": 0.7, "epsilon": 0.1},
            {"learning_rate": SMALL},
            *DECAYS,
        ],
    ),
    "rmsprop of Graves": (
        rmsprop_of_graves,
        None,
        [
            {
                "learning_rate": rate,
                "rho": 0.95,
                "momentum": 0.9,
                "epsilon": epsilon,
                "epsilon_placement": "inside_sqrt",
                "centered": True,
                "learning_rate_in_velocity": True,
            }
            for rate, epsilon in [(1e-4, 1e-4), (SMALL, 0.1)]
        ],
    ),
    "adadelta": (
        adadelta,
        1.0,
        [
            {},
            {"rho": 0.8, "epsilon": 0.1},
            {"learning_rate": EXPONENTIAL, "epsilon": 0.1},
            *DECAYS,
        ],
    ),
    "adam": (
        adam,
        0.001,
        [
            {},
            {"learning_rate": 0.1},
            {"learning_rate": 0.1, "epsilon": 0.1},
            {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.9},
            {"learning_rate": EXPONENTIAL, "epsilon": 0.1},
            *DECAYS,
        ],
    ),
    "adam in another order": (
        adam_in_another_order,
        0.001,
        [
            {"epsilon_placement": "epsilon_hat"},
            {"learning_rate": EXPONENTIAL, "epsilon_placement": "epsilon_hat", "epsilon": 0.1},
        ],
    ),
    "adamax": (
        adamax,
        0.002,
        [
            {},
            {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.9},
            {"learning_rate": EXPONENTIAL},
            *DECAYS,
        ],
    ),
    "radam": (
        radam,
        None,
        [
            {"learning_rate": 0.02},
            {"learning_rate": 0.02, "beta_1": 0.8, "beta_2": 0.9},
            # ρ∞ is 3 here: the mean square is never to be trusted.
            {"learning_rate": 0.01, "beta_2": 0.5},
            {"learning_rate": SMALL},
            *({**settings, "learning_rate": 0.01} for settings in DECAYS),
        ],
    ),
    "lion": (
        lion,
        0.0001,
        [
            {},
            {"learning_rate": 0.037},
            {"learning_rate": 0.037, "beta_1": 0.8, "beta_2": 0.9, "weight_decay": 0.3},
            {"learning_rate": EXPONENTIAL, "weight_decay": 0.3},
        ],
    ),
    "adabelief": (
        adabelief,
        0.001,
        [
            {},
            {"learning_rate": 0.1},
            {"learning_rate": 0.1, "epsilon": 0.1, "epsilon_root": 0.1},
            {"learning_rate": 0.03, "beta_1": 0.8, "beta_2": 0.9},
            {"learning_rate": EXPONENTIAL},
        ],
    ),
    "novograd": (
        novograd,
        0.01,
        [
            {"epsilon": 1e-8},
            {"epsilon": 0.1, "beta_1": 0.8, "beta_2": 0.5},
            {"epsilon": 1e-8, "learning_rate": SMALL, "weight_decay": 0.3},
        ],
    ),
    "adafactor": (
        adafactor,
        0.01,
        [
            {},
            {"learning_rate": 0.5},
            {
                "learning_rate": 0.1,
                "beta_2_decay": -0.5,
                "epsilon_1": 0.1,
                "epsilon_2": 0.9,
                "clip_threshold": 0.7,
            },
            {"learning_rate": EXPONENTIAL},
        ],
    ),
    "signsgd": (signsgd, None, [{"learning_rate": 0.037}, {"learning_rate": EXPONENTIAL}]),
    "qhm": (
        qhm,
        None,
        [
            {"learning_rate": 0.01},
            {"learning_rate": 0.01, "momentum": 0.9, "nu": 0.8},
            {"learning_rate": SMALL, "momentum": 0.9},
        ],
    ),
    "qhadam": (
        qhadam,
        0.001,
        [
            {},
            {"learning_rate": 0.1},
            {"learning_rate": 0.1, "beta_1": 0.9, "beta_2": 0.95, "nu_1": 0.8, "nu_2": 0.6},
            {"learning_rate": EXPONENTIAL, "epsilon": 0.1},
        ],
    ),
    "aggmo": (
        aggmo,
        None,
        [
            {"learning_rate": 0.01},
            {"learning_rate": 0.01, "momenta": [0.5, 0.8]},
            {"learning_rate": SMALL, "momenta": [0.0, 0.9, 0.99, 0.999]},
        ],
    ),
    "adabound": (
        adabound,
        0.001,
        [
            {},
            {"learning_rate": 0.1, "gamma": 0.1, "final_learning_rate": 0.02},
            {
                "learning_rate": 0.1,
                "final_learning_rate": 0.05,
                "gamma": 0.1,
                "beta_1": 0.8,
                "beta_2": 0.9,
                "epsilon": 0.1,
                "amsgrad": True,
                "weight_decay": 0.3,
            },
            {"learning_rate": EXPONENTIAL, "final_learning_rate": 0.02, "gamma": 0.1},
        ],
    ),
}
"""For every rule its reference, the paper's learning rate, and the settings it is tried with."""
SEARCHES = {"newton", "linesearch", "conjugategradient", "bfgs"}
"""Those that look at more than the gradient, and are held against more than a walk."""


def test_every_paper_has_a_reference() -> None:
    promised = {name for name in OPTIMIZERS.names() if "paper" in OPTIMIZERS.load(name).conventions}
    assert {title.split()[0] for title in REFERENCES} | SEARCHES == promised


def assert_near(points: Any, expected: Any, within: float = WITHIN) -> None:
    """Check that all points are as near as a share of the larger of 1 and the number."""
    expected = np.array(expected)
    np.testing.assert_array_less(
        np.abs(points - expected), within * np.maximum(1, np.abs(expected)), strict=True
    )


def assert_follows(
    run: Trajectory, walk: Callable[[Vector], Sequence[Vector]], start: Vector
) -> None:
    """Check that a run goes where a reference goes, which must not magnify roundings."""
    expected, nearly = walk(start), walk([x * (1 + NUDGE) for x in start])
    assert math.dist(expected[-1], nearly[-1]) <= MOST_APART, "this start tells nothing"
    assert_near(run.points[:, 0], expected)


def walk_of(
    move: Callable[[int, Vector], Vector], steps: int = STEPS
) -> Callable[[Vector], list[Vector]]:
    """Return the walk that makes this move at each step."""

    def walk(start: Vector) -> list[Vector]:
        points = [start]
        for step in range(steps):
            points.append(move(step, points[-1]))
        return points

    return walk


@pytest.mark.parametrize("title", REFERENCES)
def test_every_point_is_where_the_pseudo_code_goes(title: str) -> None:
    rule, rate, runs = REFERENCES[title]
    for settings in runs:
        case = Case(title.split()[0], rule, settings, rate)
        for problem in PROBLEMS:
            run = problem.simulate(name=case.name, **settings)
            assert_follows(run, partial(case.walk, problem), problem.start)


# Newton's method.


def solved(matrix: Matrix, right: Vector) -> Vector:
    """Return what the matrix maps to the right side, in two dimensions, by Cramer's rule."""
    (a, b), (c, d) = matrix
    determinant = a * d - b * c
    return [
        (right[0] * d - b * right[1]) / determinant,
        (a * right[1] - c * right[0]) / determinant,
    ]


@each(PROBLEMS)
@pytest.mark.parametrize(
    ("rate", "damping"), [(1.0, 0.0), (0.5, 0.0), (1.0, 0.7), ("exp(-0.1*t)", 0.7)]
)
def test_newton_solves_for_the_step(problem: Problem, rate: float | str, damping: float) -> None:
    def move(t: int, x: Vector) -> Vector:
        (a, b), (c, d) = problem.hessian(x)
        step = solved([[a + damping, b], [c, d + damping]], problem.gradient(x))
        return along(x, -(math.exp(-0.1 * t) if isinstance(rate, str) else rate), step)

    run = problem.simulate(name="newton", learning_rate=rate, damping=damping)
    assert_follows(run, walk_of(move), problem.start)


@each(QUADRATICS)
def test_newton_is_at_the_minimum_of_a_quadratic_after_one_step(problem: Problem) -> None:
    run = problem.simulate(name="newton", steps=3)
    for point in run.points[1:, 0]:
        assert max(map(abs, problem.gradient(point.tolist()))) < 1e-13


def test_newton_goes_to_the_nearest_minimum_where_there_are_many() -> None:
    run = follow("(x + y)**2", [[3.0, 1.0]], name="newton")
    assert_near(run.points[1:, 0], [[1.0, -1.0]] * STEPS)


@pytest.mark.parametrize("rate", [1.0, 0.5])
def test_newton_on_a_power_shrinks_by_the_same_ratio_each_time(rate: float) -> None:
    run = follow("x**4", [[2.0]], name="newton", learning_rate=rate)
    expected = [2 * (1 - rate / 3) ** k for k in range(STEPS + 1)]
    np.testing.assert_allclose(run.points[:, 0, 0], expected, rtol=1e-12)


def test_newton_on_a_hanging_chain_goes_by_the_hyperbolic_tangent() -> None:
    run = follow("cosh(0.5*x)", [[1.5]], name="newton")
    assert_follows(run, walk_of(lambda _, x: [x[0] - 2 * math.tanh(x[0] / 2)]), [1.5])


def test_newton_goes_up_to_a_maximum_where_the_curvature_is_that_of_a_hill() -> None:
    run = follow(FOUR_MINIMA.formula, [[-0.3, -0.9]], name="newton", steps=10)
    end = run.points[-1, 0].tolist()
    (a, b), (c, d) = FOUR_MINIMA.hessian(end)
    assert math.hypot(*FOUR_MINIMA.gradient(end)) < 1e-12
    assert a + d < 0 < a * d - b * c
    assert run.values[-1] > run.values[0]


# Line searches.


@each(QUADRATICS)
def test_the_exact_length_on_a_quadratic_is_in_closed_form(problem: Problem) -> None:
    def move(_: int, x: Vector) -> Vector:
        g = problem.gradient(x)
        return along(x, -ratio(dot(g, g), dot(g, times(problem.hessian(x), g))), g)

    # Later the gradient is at rounding level, and any length is as good.
    run = problem.simulate(name="linesearch", search="exact", steps=12)
    assert_follows(run, walk_of(move, 12), problem.start)


@each([VALLEY, FOUR_MINIMA])
@pytest.mark.parametrize("rate", [1.0, 0.01])
def test_after_an_exact_length_the_slope_is_0_and_the_value_lower(
    problem: Problem, rate: float
) -> None:
    run = problem.simulate(name="linesearch", search="exact", learning_rate=rate, steps=20)
    gradients = [problem.gradient(point) for point in run.points[:, 0].tolist()]
    for row, (before, after) in enumerate(pairwise(gradients)):
        if math.hypot(*before) > ROUNDING:
            # What is left of the slope is the gradient's own rounding.
            assert abs(dot(before, after)) < 1e-12 * math.hypot(*before), row
            assert run.values[row + 1] < run.values[row], row


@each(PROBLEMS)
@pytest.mark.parametrize(
    ("rate", "shrink", "decrease"),
    [(1.0, 0.5, 1e-4), (7.0, 0.1, 0.5), (EXPONENTIAL, 0.5, 1e-4), (7.0, 0.9, 0.9)],
)
def test_backtracking_takes_the_first_length_that_keeps_the_promise(
    problem: Problem, rate: float | str, shrink: float, decrease: float
) -> None:
    def move(t: int, x: Vector) -> Vector:
        g = problem.gradient(x)
        length = SCHEDULES[rate](t) if isinstance(rate, str) else rate
        enough = decrease * dot(g, g)
        while problem.value(along(x, -length, g)) > problem.value(x) - length * enough:
            length *= shrink
        return along(x, -length, g)

    run = problem.simulate(
        name="linesearch",
        learning_rate=rate,
        shrink=shrink,
        sufficient_decrease=decrease,
    )
    assert_follows(run, walk_of(move), problem.start)


def underway(run: Trajectory) -> int:
    """Return how many rows there are before the gradient is at rounding level."""
    arrived = run.converged_at(ROUNDING)[0]
    return run.steps if arrived is None else arrived


# Conjugate gradient.


METHODS = ["polak_ribiere", "fletcher_reeves"]


@each(QUADRATICS)
@pytest.mark.parametrize("method", METHODS)
def test_on_a_quadratic_conjugate_gradient_is_the_linear_one(problem: Problem, method: str) -> None:
    dimension = len(problem.start)
    matrix = problem.hessian(problem.start)
    x, r = problem.start, problem.gradient(problem.start)
    p = [-a for a in r]
    expected = [x]
    for _ in range(dimension):
        length = dot(r, r) / dot(p, times(matrix, p))
        x, after = along(x, length, p), along(r, length, times(matrix, p))
        p = along([-a for a in after], dot(after, after) / dot(r, r), p)
        r = after
        expected.append(x)
    run = problem.simulate(name="conjugategradient", method=method, steps=dimension)
    assert_near(run.points[:, 0], expected)
    assert math.hypot(*problem.gradient(run.points[-1, 0].tolist())) < 1e-10


@each([VALLEY, FOUR_MINIMA])
@pytest.mark.parametrize("method", METHODS)
def test_conjugate_gradient_descends_until_it_is_there(problem: Problem, method: str) -> None:
    # A first trial that is short does not jump over a hill.
    run = problem.simulate(name="conjugategradient", method=method, learning_rate=0.001, steps=25)
    assert (np.diff(run.values[: underway(run) + 1, 0]) < 0).all()


@each([VALLEY, FOUR_MINIMA])
def test_what_is_kept_of_a_direction_differs_by_method(problem: Problem) -> None:
    one, other = (
        problem.simulate(name="conjugategradient", method=method, steps=5) for method in METHODS
    )
    assert_near(one.points[:2], other.points[:2])
    assert (np.abs(one.points[2:] - other.points[2:]).max(axis=-1) > 1e-3).any()


def nearest_minimum(problem: Problem, x: Vector, p: Vector) -> float:
    """Return the first length at which the slope is 0: in small steps, then by halving."""

    def slope(length: float) -> float:
        return dot(problem.gradient(along(x, length, p)), p)

    high = 1e-4
    while slope(high) < 0:
        high *= 1.02
    low = high / 1.02
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return high


@each([VALLEY, FOUR_MINIMA])
@pytest.mark.parametrize("method", METHODS)
def test_conjugate_gradient_goes_to_the_nearest_minimum_along_each_direction(
    problem: Problem, method: str
) -> None:
    x, g = problem.start, problem.gradient(problem.start)
    p = [-a for a in g]
    expected = [x]
    for _ in range(6):
        x = along(x, nearest_minimum(problem, x, p), p)
        after = problem.gradient(x)
        change = along(after, -1, g) if method == "polak_ribiere" else after
        p = along([-a for a in after], max(0, dot(after, change) / dot(g, g)), p)
        p = p if dot(p, after) < 0 else [-a for a in after]
        g = after
        expected.append(x)
    # A first trial that is short does not jump over a hill.
    run = problem.simulate(name="conjugategradient", method=method, steps=6, learning_rate=0.001)
    assert_near(run.points[:, 0], expected)


# BFGS.


@each(SMOOTH)
@pytest.mark.parametrize("rate", [1.0, 20.0])
def test_every_step_of_bfgs_satisfies_the_conditions_of_wolfe(
    problem: Problem, rate: float
) -> None:
    run = problem.simulate(name="bfgs", learning_rate=rate, steps=20)
    points, gradients = run.points[:, 0].tolist(), run.gradients[:, 0].tolist()
    assert underway(run) >= 3
    for row in range(underway(run)):
        step = along(points[row + 1], -1, points[row])
        slope = dot(gradients[row], step)
        assert slope < 0, row
        fall = problem.value(points[row + 1]) - problem.value(points[row])
        assert fall <= 1e-4 * slope, row
        assert dot(gradients[row + 1], step) >= 0.9 * slope, row


@each(SMOOTH)
def test_the_inverse_hessian_maps_the_change_of_the_gradient_to_the_step(problem: Problem) -> None:
    run = problem.simulate(name="bfgs", steps=20)
    points, gradients = run.points[:, 0].tolist(), run.gradients[:, 0].tolist()
    for row in range(1, underway(run)):
        step = along(points[row], -1, points[row - 1])
        change = along(gradients[row], -1, gradients[row - 1])
        inverse = run.states["inverse_hessian"][row + 1, 0]
        apart = along(times(inverse.tolist(), change), -1, step)
        assert math.hypot(*apart) < 1e-9 * math.hypot(*step), row
        np.testing.assert_allclose(inverse, inverse.T, rtol=1e-12, atol=1e-15)
        assert (np.linalg.eigvalsh(inverse) > 0).all(), row


@each(SMOOTH)
def test_bfgs_by_hand_goes_the_same_directions(problem: Problem) -> None:
    run = problem.simulate(name="bfgs", steps=20)
    n = len(problem.start)
    identity = [[float(i == j) for j in range(n)] for i in range(n)]
    inverse = identity
    x, g = problem.start, problem.gradient(problem.start)
    expected = [x]
    for row in range(underway(run)):
        p = [-a for a in times(inverse, g)]
        step = [run.step_lengths[row, 0] / math.hypot(*p) * a for a in p]
        x = along(x, 1, step)
        expected.append(x)
        y = along(problem.gradient(x), -1, g)
        g = along(g, 1, y)
        if row == 0:
            inverse = [[dot(y, step) / dot(y, y) * a for a in line] for line in identity]
        inverse = learned(inverse, step, y)
    assert_near(run.points[: len(expected), 0], expected)


def learned(inverse: Matrix, s: Vector, y: Vector) -> Matrix:
    """Nocedal and Wright 2006, (6.17)."""
    weight, n = 1 / dot(y, s), range(len(s))
    shear = [[float(i == j) - weight * s[i] * y[j] for j in n] for i in n]
    sheared = [[dot(row, times(inverse, other)) for other in shear] for row in shear]
    return [[sheared[i][j] + weight * s[i] * s[j] for j in n] for i in n]


def test_bfgs_is_at_the_minimum_of_rosenbrocks_function_in_less_than_60_steps() -> None:
    run = ROSENBROCK.simulate(name="bfgs", steps=59)
    np.testing.assert_allclose(run.points[-1, 0], [1, 1], rtol=0, atol=1e-8)


# What holds for all that look further than the gradient.

VARIANTS: list[Settings] = [
    {"name": "newton"},
    {"name": "newton", "damping": 0.5},
    {"name": "linesearch"},
    {"name": "linesearch", "search": "exact"},
    {"name": "conjugategradient"},
    {"name": "conjugategradient", "method": "fletcher_reeves"},
    {"name": "bfgs"},
]
SEARCHING = VARIANTS[2:]


def title(value: Any) -> str | None:
    """Return how settings are called in the report; the rest is left to pytest."""
    return "-".join(map(str, value.values())) if isinstance(value, dict) else None


def every(variants: Sequence[Any]) -> pytest.MarkDecorator:
    """Run a test with each of these settings."""
    return pytest.mark.parametrize("settings", variants, ids=title)


@every(VARIANTS)
def test_starts_go_together_as_each_would_alone(settings: Settings) -> None:
    problem, starts = FOUR_MINIMA, [FOUR_MINIMA.start, [0.3, -0.4], [4.0, 3.5], [-3.0, 2.0]]
    together = follow(problem.formula, starts, steps=8, **settings)
    for index, start in enumerate(starts):
        alone = follow(problem.formula, [start], steps=8, **settings)
        np.testing.assert_array_equal(together.points[:, index], alone.points[:, 0])
        for name, state in together.states.items():
            np.testing.assert_array_equal(state[:, index], alone.states[name][:, 0])


@pytest.mark.parametrize(
    ("formula", "place"),
    [
        (BOWL.formula, [0.0, 0.0]),
        (VALLEY.formula, [1.0, 1.0]),
        (FOUR_MINIMA.formula, [3.0, 2.0]),
        ("x**2 - y**2", [0.0, 0.0]),
        ("cos(x) - y**2", [0.0, 0.0]),
    ],
)
def test_where_the_gradient_is_0_a_run_stays(formula: str, place: Vector) -> None:
    for settings in VARIANTS:
        run = follow(formula, [place, [0.5, 0.25]], steps=5, **settings)
        np.testing.assert_array_equal(run.points[:, 0], [place] * 6)
        memories = run.states.keys() - {"effective_learning_rate"}  # Newton's method has none
        assert all(np.isfinite(run.states[name][1:, 0]).all() for name in memories)
        assert (run.points[1, 1] != run.points[0, 1]).any()


@every(VARIANTS)
def test_noise_is_survived(settings: Settings) -> None:
    for problem in PROBLEMS:
        run = problem.simulate(steps=10, noise=0.1, **settings)
        assert np.isfinite(run.points).all()
        assert np.isfinite(run.values).all()


@pytest.mark.parametrize("search", ["backtracking", "exact"])
def test_a_direction_that_noise_has_turned_upwards_is_not_gone(search: str) -> None:
    run = BOWL.simulate(noise=1.0, name="linesearch", search=search)
    upwards = []
    for row, (point, seen) in enumerate(
        zip(run.points[:-1, 0].tolist(), run.gradients[:-1, 0].tolist(), strict=True)
    ):
        upwards.append(dot(BOWL.gradient(point), seen) <= 0)
        assert (run.step_lengths[row, 0] == 0) == upwards[-1], row
    assert any(upwards)


@pytest.mark.parametrize("method", METHODS)
def test_conjugate_gradient_begins_anew_where_its_direction_leads_up(method: str) -> None:
    run = BOWL.simulate(noise=1.0, name="conjugategradient", method=method)
    gradients = run.gradients[:-1, 0].tolist()
    directions = run.states["direction"][1:, 0].tolist()
    anew = []
    for (before, g), (last, p) in zip(pairwise(gradients), pairwise(directions), strict=True):
        change = along(g, -1, before) if method == "polak_ribiere" else g
        kept = max(0, dot(g, change) / dot(before, before))
        own = along([-a for a in g], kept, last)
        anew.append(dot(own, g) >= 0)
        assert math.dist(p, [-a for a in g] if anew[-1] else own) < 1e-9
    assert any(anew)


@every(SEARCHING)
def test_a_fall_without_end_is_survived(settings: Settings) -> None:
    run = follow("x**2 - y**2", [[0.0, 1.0], [0.3, -0.2]], steps=8, **settings)
    finite = np.isfinite(run.values)
    assert finite[:2].all()
    assert (np.diff(run.values, axis=0)[finite[1:]] <= 0).all()


@every(SEARCHING)
def test_a_length_that_leads_out_of_the_domain_is_too_long(settings: Settings) -> None:
    for formula in ("log(x) + 1/x", "sqrt(x) + 1/x", "x - log(x)", "log(x)"):
        for rate in (1.0, 1000.0):
            run = follow(formula, [[4.0], [0.2], [5.0]], steps=6, learning_rate=rate, **settings)
            assert (run.points > 0).all()
            assert (np.diff(run.values, axis=0) < ROUNDING).all()
            assert (run.values[-1] < run.values[0]).all()


@every(SEARCHING)
def test_no_search_leads_up(settings: Settings) -> None:
    starts = [[x, y] for x in (-3.3, 0.4, 2.2) for y in (-1.7, 2.6)]
    hills = "x**2 + y**2 - 10*(cos(2*pi*x) + cos(2*pi*y))"
    run = follow(hills, starts, steps=10, **settings)
    assert (np.diff(run.values, axis=0) < ROUNDING).all()


class Asked(Wrapper):
    """Remembers where it was asked for a gradient."""

    def gradient(self, points: Array) -> Array:
        self.points = [*getattr(self, "points", ()), points]
        return super().gradient(points)


@pytest.mark.parametrize("search", [bisect, minimize])
def test_a_search_asks_for_no_slope_where_there_is_no_value(search: Callable[..., Array]) -> None:
    asked = Asked(read_objective("x**2 + sqrt(10 + x)"))
    for first in (1e3, 1e200):
        search(asked, np.array([[5.0]]), np.array([[-1.0]]), first=first)
    asked_at = np.concatenate(asked.points)
    assert np.isfinite(asked.value(asked_at[np.isfinite(asked_at).all(axis=1)])).all()


def test_backtracking_does_not_give_up_while_there_is_a_length_that_serves() -> None:
    run = ROSENBROCK.simulate(name="linesearch", shrink=0.95, steps=1)
    assert run.values[1, 0] < run.values[0, 0]
