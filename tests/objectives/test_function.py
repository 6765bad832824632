"""An objective that is a function in Python."""

import functools
import math
import sys
import traceback
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from visualize import ForeignError, Function
from visualize.arrays import Array
from visualize.objectives.objective import read_objective

POINTS = np.random.default_rng(0).normal(size=(4, 3, 2))
X, Y = np.moveaxis(POINTS, -1, 0)


def valley(x: Array) -> Any:
    return (1 - x[0]) ** 2 + 10 * (x[1] - x[0] ** 2) ** 2


def slope(x: Array) -> Any:
    inner = 20 * (x[1] - x[0] ** 2)
    return [-2 * (1 - x[0]) - 2 * x[0] * inner, inner]


def together(x: Array) -> Any:
    return (1 - x[:, 0]) ** 2 + 10 * (x[:, 1] - x[:, 0] ** 2) ** 2


VALUES = (1 - X) ** 2 + 10 * (Y - X**2) ** 2
GRADIENTS = np.stack([-2 * (1 - X) - 40 * X * (Y - X**2), 20 * (Y - X**2)], axis=-1)
HESSIANS = np.moveaxis(
    np.array([[2 - 40 * Y + 120 * X**2, -40 * X], [-40 * X, 20 + 0 * X]]), (0, 1), (-2, -1)
)


def test_values_are_the_functions() -> None:
    np.testing.assert_allclose(Function(valley).value(POINTS), VALUES, rtol=1e-14)
    assert Function(valley).value(POINTS[0, 0]).shape == ()
    assert Function(valley).value(POINTS[:0]).shape == (0, 3)


@pytest.mark.parametrize(
    ("settings", "first", "second"),
    [
        ({}, 1e-8, 1e-5),
        ({"gradient": "central_difference"}, 1e-8, 1e-5),
        ({"gradient": slope}, 1e-14, 1e-8),
    ],
)
def test_derivatives_are_given_or_differences(
    settings: dict[str, Any], first: float, second: float
) -> None:
    function = Function(valley, **settings)
    np.testing.assert_allclose(function.gradient(POINTS), GRADIENTS, rtol=first, atol=first)
    value, gradient = function.value_and_gradient(POINTS)
    np.testing.assert_array_equal(value, function.value(POINTS))
    np.testing.assert_array_equal(gradient, function.gradient(POINTS))
    np.testing.assert_allclose(function.hessian(POINTS), HESSIANS, rtol=second, atol=second)
    assert function.has_hessian == (settings.get("gradient") is slope)


def test_differences_fit_coordinates_of_any_size() -> None:
    function = Function(lambda x: x[0] ** 2, variables=["x"])
    points = np.array([[1e-9], [1.0], [1e6], [1e12]])
    np.testing.assert_allclose(function.gradient(points), 2 * points, rtol=1e-8, atol=1e-9)


def test_many_points_at_once() -> None:
    function = Function(together, vectorized=True)
    np.testing.assert_allclose(function.value(POINTS), VALUES, rtol=1e-14)
    np.testing.assert_allclose(function.gradient(POINTS), GRADIENTS, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(function.hessian(POINTS), HESSIANS, rtol=1e-5, atol=1e-5)
    assert Function(together, vectorized=True).value(POINTS[:0]).shape == (0, 3)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_who_confuses_the_axes_is_told_however_many_points_there_are(count: int) -> None:
    function = Function(valley, vectorized=True)  # takes x[0] for all points' x
    with pytest.raises((ForeignError,), match=r"valley (returned an array|raised IndexError)"):
        function.value(POINTS[0, :1].repeat(count, axis=0))


def test_a_function_may_write_into_what_it_is_given() -> None:
    def careless(x: Array) -> Any:
        x -= 1
        return float(np.sum(x**2))

    function, points = Function(careless), POINTS.copy()
    np.testing.assert_allclose(function.gradient(points), 2 * (POINTS - 1), rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(function.value_and_gradient(points)[0], function.value(points))
    np.testing.assert_array_equal(points, POINTS)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x**2,  # an array with one number
        lambda x: x[0] * x[0],
        lambda x: [[x[0] ** 2]],
        lambda x: int(x[0]) ** 2,
        lambda x: np.float32(x[0] ** 2),
    ],
)
def test_a_number_may_come_in_many_forms(function: Any) -> None:
    found = Function(function, variables=["x"]).value(np.array([[3.0], [-2.0]]))
    assert found.dtype == np.float64
    assert found.tolist() == [9, 4]


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (
            lambda x: x**2,
            r"<lambda> returned an array of shape \(2,\) for an array of shape \(2,\); "
            r"a number is needed; is a sum over the coordinates missing\?",
        ),
        (print, r"print returned None for .*; is there a `return` in it\?"),
        (lambda x: x[0] + 1j, "returned a complex number"),
        (lambda x: x[0] > 0, "returned (True|False)"),
        (lambda _: "low", "returned something of the type str"),
        (lambda _: object(), "returned something of the type object"),
        (lambda _: [[1], [1, 2]], "returned something of the type list"),
        (lambda _: [], r"returned an array of shape \(0,\)"),
    ],
)
def test_what_is_no_number_is_told(function: Any, words: str) -> None:
    with pytest.raises(ForeignError, match=words):
        Function(function).value(POINTS)


def test_a_gradient_of_a_wrong_shape_is_told() -> None:
    function = Function(valley, lambda x: np.array([x[0], x[1], 0]))
    with pytest.raises(ForeignError, match=r"array of shape \(3,\) .* shape \(2,\) is needed"):
        function.gradient(POINTS)


def test_what_a_function_raises_keeps_its_words_and_its_traceback() -> None:
    def mine(x: Array) -> Any:
        return x @ np.ones(3)

    with pytest.raises(
        ForeignError, match=r"mine raised ValueError: matmul.*shape \(2,\)$"
    ) as caught:
        Function(mine).value(POINTS)
    cause = caught.value.__cause__
    assert isinstance(cause, ValueError)
    assert traceback.extract_tb(cause.__traceback__)[-1].name == "mine"


@pytest.mark.parametrize(
    "function",
    [
        lambda x: math.exp(1000 * abs(x[0])),
        lambda x: 1 / float(0 * x[0]),
        lambda x: math.sqrt(-1 - x[0] ** 2),
        lambda x: np.log(-1 - x[0] ** 2),
        lambda x: np.inf * x[0],
    ],
)
def test_there_is_no_value_where_it_overflows_or_is_not_defined(function: Any) -> None:
    values = Function(function).value(np.array([[2.0, 1.0]]))
    assert not np.isfinite(values).any()
    assert not np.isfinite(Function(function).gradient(np.array([[2.0, 1.0]]))).all()


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (valley, "valley"),
        (lambda x: x[0], "f(x, y)"),
        (functools.partial(valley), "valley"),
        (np.poly1d([1, 2]), "poly1d"),
    ],
)
def test_it_is_called_by_its_name(function: Any, name: str) -> None:
    assert Function(function, variables=("x", "y")).formula == name


@pytest.mark.parametrize(
    ("dimension", "names"), [(1, "x"), (2, "x y"), (3, "x1 x2 x3"), (4, "x1 x2 x3 x4")]
)
def test_coordinates_have_the_usual_names(dimension: int, names: str) -> None:
    assert Function(valley).of(dimension).variables == tuple(names.split())


def test_equal_functions_are_equal() -> None:
    def made(scale: float) -> Function:
        return Function(lambda x: scale * x[0])

    assert made(1) == made(1)
    assert hash(made(1)) == hash(made(1))
    assert made(1) != made(2)
    assert made(1) != Function(made(1)._functions[0], variables=("x",))  # noqa: SLF001  # the same one


def test_an_identity_may_be_given() -> None:
    assert Function(valley, identity="v1") == Function(valley, identity="v1")
    assert Function(valley, identity="v1") != Function(valley, identity="v2")
    with pytest.raises(ValidationError, match="identity"):
        Function(valley, identity="")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"gradient": "finite"}, "central_difference"),
        ({"variables": ("x", "x")}, "'x' is given twice"),
        ({"variables": ("x",), "domain": [[0, 1], [0, 1]]}, "the variables are x, another has 2"),
        ({"domain": [[0, 1], [0, 1]], "minima": [[0]]}, "one has 2 coordinates, another has 1"),
        ({"domain": [[1, 0]]}, "the first number must be below the second"),
    ],
)
def test_settings_are_checked(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Function(valley, **settings)


def test_arrays_may_say_where_minima_and_the_domain_are() -> None:
    function = Function(valley, domain=np.array([[-1, 1], [-2, 2]]), minima=np.ones((1, 2)))
    assert function.minima == ((1, 1),)
    assert function.of(0).variables == ("x", "y")


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(TypeError, match="needs a function of a point"):
        Function(3)  # type: ignore[arg-type]


def test_a_function_is_read_as_an_objective_and_a_class_is_not() -> None:
    assert read_objective(valley) == Function(valley)
    with pytest.raises(ValueError, match="not the class Function"):
        read_objective(Function)


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_a_library_that_is_missing_is_told(library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    words = f'gradient="{library}" needs {library}, which is not installed: pip install {library}'
    with pytest.raises(ImportError, match=words):
        Function(valley, library).value(POINTS)
