"""Graphs: broken at jumps and poles, whole where a function is only steep, up to their edges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.objectives.test_formula import formula
from visualize.arrays import Array
from visualize.landscapes.graph import Function, graph

Line = tuple[Array, Array]


def of(expression: str, low: float, high: float, samples: int = 2001) -> Line:
    objective = formula(expression)
    return seen(lambda x: objective.value(x[..., np.newaxis]), (low, high), samples)


def seen(function: Function, across: tuple[float, float], samples: int) -> Line:
    x = np.linspace(*across, samples)
    with np.errstate(all="ignore"):
        return graph(function, x, function(x))


def breaks(line: Line) -> list[tuple[float, float, float]]:
    """Return where a graph has a gap, and its values to the left and to the right."""
    x, y = line
    there = np.flatnonzero(np.isfinite(y))
    ends = there[:-1][np.diff(there) > 1], there[1:][np.diff(there) > 1]
    return [
        (float(x[left + 1]), float(y[left]), float(y[right]))
        for left, right in zip(*ends, strict=True)
    ]


@pytest.mark.parametrize("samples", [2000, 2001])  # of which one hits a pole in the middle
@pytest.mark.parametrize(
    ("expression", "poles"),
    [
        ("1/x + x", [0]),
        ("1/(x - 1)**2", [1]),
        ("-1/(x - 0.3)**4", [0.3]),
        ("1/(x - 1)**2 + 1/(x + 1)", [-1, 1]),
        ("tan(x) + 3*x**2", [-np.pi / 2, np.pi / 2]),
        ("1/sin(pi*x)", [-1, 0, 1]),
    ],
)
def test_a_graph_is_broken_at_poles_and_goes_on_out_of_the_picture(
    expression: str, poles: list[float], samples: int
) -> None:
    found = breaks(of(expression, -1.9, 1.9, samples))
    np.testing.assert_allclose([place for place, _, _ in found], poles, rtol=0, atol=1e-12)
    assert min(min(abs(left), abs(right)) for _, left, right in found) > 1e9


@pytest.mark.parametrize(
    ("expression", "jump"),
    [
        ("abs(x - 0.3)/(x - 0.3)", (0.3, -1, 1)),
        ("x + sign(x - 0.123)/100", (0.123, 0.113, 0.133)),
        ("atan(1/(x - 0.3))", (0.3, -np.pi / 2, np.pi / 2)),
        ("floor(x/2 + 0.85)", (0.3, 0, 1)),
        ("x + mod(x - 0.3, 5)", (0.3, 5.3, 0.3)),
        ("where(x < 0.3, x**2, 4 - x)", (0.3, 0.09, 3.7)),
    ],
)
def test_a_graph_is_broken_at_a_jump_just_where_it_jumps(
    expression: str, jump: tuple[float, float, float]
) -> None:
    found = breaks(of(expression, -1, 1))
    assert len(found) in {1, 2}  # a value of its own may lie between
    np.testing.assert_allclose(found[0][0], jump[0], rtol=0, atol=1e-12)
    np.testing.assert_allclose((found[0][1], found[-1][2]), jump[1:], rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    "expression",
    [
        "tanh(1000*x)",
        "tanh(1e9*(x - 0.3))",
        "abs(x)",
        "abs(x - 0.3)**(1/3)",
        "abs(x)**0.2",
        "exp(50*x)",
        "x**2 + 1e12",
        "1/(x**2 + 1e-9)",
        "sin(1e5*x)",
        "sin(1/(x + 3))",
        "max(x, 0.2)",
        "0*x",
    ],
)
def test_what_is_continuous_however_steep_stays_whole(expression: str) -> None:
    x, y = of(expression, -1, 1.1)
    assert len(x) == len(y) == 2001
    np.testing.assert_array_equal(y, formula(expression).value(x[:, np.newaxis]))


@settings(max_examples=60, deadline=None)
@given(
    place=st.floats(-0.99, 0.99),
    height=st.floats(0.1, 1e6),
    kind=st.sampled_from(["jump", "odd", "even", "steep", "root"]),
)
def test_breaks_are_found_wherever_they_are(place: float, height: float, kind: str) -> None:
    functions = {
        "jump": lambda x: np.where(x < place, 0, height) + x,
        "odd": lambda x: height / (x - place),
        "even": lambda x: height / (x - place) ** 2,
        "steep": lambda x: height * np.tanh(1e6 * (x - place)),
        "root": lambda x: height * np.abs(x - place) ** 0.3,
    }
    found = breaks(seen(functions[kind], (-1, 1), 500))
    if kind in {"steep", "root"}:
        assert not found
    else:
        assert len(found) == 1
        assert abs(found[0][0] - place) < 1e-9


@pytest.mark.parametrize(
    ("expression", "edges"),
    [
        ("sqrt(x)", [0]),
        ("acos(x - 0.1)", [-0.9, 1.1]),
        ("sqrt(x + 1/3)", [-1 / 3]),
        ("log(x)", [0]),
    ],
)
def test_a_graph_is_drawn_up_to_where_values_end(expression: str, edges: list[float]) -> None:
    x, y = of(expression, -1.5, 1.5)
    there = x[np.isfinite(y)]
    np.testing.assert_allclose(there[0], edges[0], rtol=0, atol=1e-12)
    np.testing.assert_allclose(there[-1], edges[1] if edges[1:] else 1.5, rtol=0, atol=1e-12)


def test_a_hole_of_one_point_is_no_wider_than_that() -> None:
    x, y = seen(lambda x: np.sin(x) / x, (-1, 1), 2001)
    hole = int(np.flatnonzero(np.isnan(y))[0])
    assert x[hole] == 0
    assert x[hole + 1] - x[hole - 1] < 1e-12
    np.testing.assert_allclose(y[[hole - 1, hole + 1]], 1)


def test_what_jumps_everywhere_is_not_torn_to_pieces() -> None:
    _, y = seen(lambda x: np.sign(np.sin(1e6 * x)), (-1, 1), 200)
    assert np.isfinite(y).all()
