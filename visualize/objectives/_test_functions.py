"""The table of test functions: an entry here is a name in scenes, listed and tested.

From outside a function gets its name by `register_test_function`.

Formulas, domains and minima are the usual ones of the literature on global optimisation (Jamil
and Yang 2013, arXiv:1308.4008; Surjanovic and Bingham, Virtual Library of Simulation
Experiments); the minima were refined numerically.
"""

import re
from dataclasses import dataclass
from math import pi

from visualize.formulas.reading import read_expression
from visualize.text import near_names


@dataclass(frozen=True)
class TestFunction:
    """A function with a name."""

    __test__ = False  # pytest: this is not a test

    expression: str
    domain: tuple[tuple[float, float], ...]
    """The lowest and highest value of each coordinate that is usually looked at."""
    minima: tuple[tuple[float, ...], ...] = ()
    """The global minima in the domain; none for a saddle."""
    note: str = ""


ALSO_CALLED = {
    **dict.fromkeys(("banana", "rosenbrock_banana", "valley"), "rosenbrock"),
    **dict.fromkeys(("quadratic", "bowl", "paraboloid", "parabola", "sphere_function"), "sphere"),
    **dict.fromkeys(("camel", "three_hump", "camel_3"), "three_hump_camel"),
    **dict.fromkeys(("six_hump", "camel_6"), "six_hump_camel"),
    **dict.fromkeys(("goldstein", "price"), "goldstein_price"),
    **dict.fromkeys(("bukin", "bukin_n6"), "bukin_6"),
    **dict.fromkeys(("griewangk",), "griewank"),
    **dict.fromkeys(("tang", "styblinski"), "styblinski_tang"),
    **dict.fromkeys(("egg_holder",), "eggholder"),
    **dict.fromkeys(("ripple", "cosine"), "x_cosine"),
}
"""Other names of test functions, and ours."""


TEST_FUNCTIONS: dict[str, TestFunction] = {
    "sphere": TestFunction(
        "x**2 + y**2",
        ((-5.12, 5.12), (-5.12, 5.12)),
        ((0, 0),),
    ),
    "elongated_bowl": TestFunction(
        "x**2/20 + y**2",
        ((-10, 10), (-10, 10)),
        ((0, 0),),
    ),
    "steep_bowl": TestFunction(
        "x**2/10 + 2*y**2",
        ((-5.5, 1), (-3, 1)),
        ((0, 0),),
    ),
    "bowl_1_2": TestFunction(
        "x**2 + 2*y**2",
        ((-5.5, 1), (-3, 1)),
        ((0, 0),),
    ),
    "tilted_bowl": TestFunction(
        "2*x**2 + 2*x*y + 2*y**2 - 6*x",
        ((-5, 5), (-5, 5)),
        ((2, -1),),
    ),
    "rosenbrock": TestFunction(
        "(1 - x)**2 + 100*(y - x**2)**2",
        ((-2, 2), (-1, 3)),
        ((1, 1),),
    ),
    "himmelblau": TestFunction(
        "(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
        ((-5, 5), (-5, 5)),
        (
            (3, 2),
            (-2.805118086952745, 3.131312518250573),
            (-3.779310253377747, -3.2831859912861696),
            (3.5844283403304917, -1.8481265269644036),
        ),
    ),
    "beale": TestFunction(
        "(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
        ((-4.5, 4.5), (-4.5, 4.5)),
        ((3, 0.5),),
    ),
    "booth": TestFunction(
        "(x + 2*y - 7)**2 + (2*x + y - 5)**2",
        ((-10, 10), (-10, 10)),
        ((1, 3),),
    ),
    "matyas": TestFunction(
        "0.26*(x**2 + y**2) - 0.48*x*y",
        ((-10, 10), (-10, 10)),
        ((0, 0),),
    ),
    "three_hump_camel": TestFunction(
        "2*x**2 - 1.05*x**4 + x**6/6 + x*y + y**2",
        ((-5, 5), (-5, 5)),
        ((0, 0),),
    ),
    "six_hump_camel": TestFunction(
        "(4 - 2.1*x**2 + x**4/3)*x**2 + x*y + (-4 + 4*y**2)*y**2",
        ((-3, 3), (-2, 2)),
        ((0.08984201310031806, -0.7126564030207396), (-0.08984201310031806, 0.7126564030207396)),
    ),
    "goldstein_price": TestFunction(
        "(1 + (x + y + 1)**2*(19 - 14*x + 3*x**2 - 14*y + 6*x*y + 3*y**2))*(30 + (2*x"
        " - 3*y)**2*(18 - 32*x + 12*x**2 + 48*y - 36*x*y + 27*y**2))",
        ((-2, 2), (-2, 2)),
        ((0, -1),),
        note="its values span six orders of magnitude",
    ),
    "mccormick": TestFunction(
        "sin(x + y) + (x - y)**2 - 1.5*x + 2.5*y + 1",
        ((-1.5, 4), (-3, 4)),
        ((-0.5471975511965977, -1.5471975511965979),),
        note="lower still outside its domain",
    ),
    "easom": TestFunction(
        "-cos(x)*cos(y)*exp(-((x - pi)**2 + (y - pi)**2))",
        ((-10, 10), (-10, 10)),
        ((pi, pi),),
        note="flat but for one hole",
    ),
    "ackley": TestFunction(
        "-20*exp(-0.2*sqrt((x**2 + y**2)/2)) - exp((cos(2*pi*x) + cos(2*pi*y))/2) + e + 20",
        ((-5, 5), (-5, 5)),
        ((0, 0),),
        note="a cone at its minimum: no gradient there",
    ),
    "rastrigin": TestFunction(
        "20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)",
        ((-5.12, 5.12), (-5.12, 5.12)),
        ((0, 0),),
    ),
    "griewank": TestFunction(
        "1 + (x**2 + y**2)/4000 - cos(x)*cos(y/sqrt(2))",
        ((-10, 10), (-10, 10)),
        ((0, 0),),
    ),
    "levy_13": TestFunction(
        "sin(3*pi*x)**2 + (x - 1)**2*(1 + sin(3*pi*y)**2) + (y - 1)**2*(1 + sin(2*pi*y)**2)",
        ((-10, 10), (-10, 10)),
        ((1, 1),),
    ),
    "levy": TestFunction(
        "sin(pi*(1 + (x - 1)/4))**2 + ((x - 1)/4)**2*(1 + 10*sin(pi*(1 + (x - 1)/4)"
        " + 1)**2) + ((y - 1)/4)**2*(1 + sin(2*pi*(1 + (y - 1)/4))**2)",
        ((-10, 10), (-10, 10)),
        ((1, 1),),
    ),
    "styblinski_tang": TestFunction(
        "(x**4 - 16*x**2 + 5*x + y**4 - 16*y**2 + 5*y)/2",
        ((-5, 5), (-5, 5)),
        ((-2.903534027771177, -2.903534027771177),),
    ),
    "bukin_6": TestFunction(
        "100*sqrt(abs(y - x**2/100)) + abs(x + 10)/100",
        ((-15, -5), (-3, 3)),
        ((-10, 1),),
        note="a sharp, curved ridge: no gradient on it",
    ),
    "cross_in_tray": TestFunction(
        "-0.0001*(abs(sin(x)*sin(y)*exp(abs(100 - sqrt(x**2 + y**2)/pi))) + 1)**0.1",
        ((-10, 10), (-10, 10)),
        (
            (1.3494066438606886, 1.349406649304135),
            (1.349406601722089, -1.3494066356969747),
            (-1.3494066356969747, 1.349406601722089),
            (-1.3494066438606886, -1.349406649304135),
        ),
    ),
    "eggholder": TestFunction(
        "-(y + 47)*sin(sqrt(abs(x/2 + y + 47))) - x*sin(sqrt(abs(x - (y + 47))))",
        ((-512, 512), (-512, 512)),
        ((512, 404.23180482889796),),
        note="its minimum lies on the edge of its domain",
    ),
    "holder_table": TestFunction(
        "-abs(sin(x)*cos(y)*exp(abs(1 - sqrt(x**2 + y**2)/pi)))",
        ((-10, 10), (-10, 10)),
        (
            (8.05502347276448, 9.664590027993803),
            (8.055023474045214, -9.664590033738538),
            (-8.055023474045214, 9.664590033738538),
            (-8.05502347276448, -9.664590027993803),
        ),
    ),
    "schaffer_2": TestFunction(
        "0.5 + (sin(x**2 - y**2)**2 - 0.5)/(1 + 0.001*(x**2 + y**2))**2",
        ((-10, 10), (-10, 10)),
        ((0, 0),),
    ),
    "schaffer_4": TestFunction(
        "0.5 + (cos(sin(abs(x**2 - y**2)))**2 - 0.5)/(1 + 0.001*(x**2 + y**2))**2",
        ((-10, 10), (-10, 10)),
        (
            (0, 1.253131828792882),
            (0, -1.253131828792882),
            (1.253131828792882, 0),
            (-1.253131828792882, 0),
        ),
    ),
    "bohachevsky": TestFunction(
        "x**2 + 2*y**2 - 0.3*cos(3*pi*x) - 0.4*cos(4*pi*y) + 0.7",
        ((-2, 2), (-2, 2)),
        ((0, 0),),
    ),
    "branin": TestFunction(
        "(y - 5.1*x**2/(4*pi**2) + 5*x/pi - 6)**2 + 10*(1 - 1/(8*pi))*cos(x) + 10",
        ((-5, 10), (0, 15)),
        ((-pi, 12.275), (pi, 2.275), (3 * pi, 2.474999999999999)),
    ),
    "zakharov": TestFunction(
        "x**2 + y**2 + (x/2 + y)**2 + (x/2 + y)**4",
        ((-5, 10), (-5, 10)),
        ((0, 0),),
    ),
    "drop_wave": TestFunction(
        "-(1 + cos(12*sqrt(x**2 + y**2)))/((x**2 + y**2)/2 + 2)",
        ((-5.12, 5.12), (-5.12, 5.12)),
        ((0, 0),),
        note="no gradient at its minimum in this form",
    ),
    "michalewicz": TestFunction(
        "-sin(x)*sin(x**2/pi)**20 - sin(y)*sin(2*y**2/pi)**20",
        ((0, pi), (0, pi)),
        ((2.2029055201726093, 1.5707963267948966),),
    ),
    "dixon_price": TestFunction(
        "(x - 1)**2 + 2*(2*y**2 - x)**2",
        ((-10, 10), (-10, 10)),
        ((1, 0.7071067811865476), (1, -0.7071067811865476)),
    ),
    "trid": TestFunction(
        "(x - 1)**2 + (y - 1)**2 - x*y",
        ((-4, 4), (-4, 4)),
        ((2, 2),),
    ),
    "rotated_hyper_ellipsoid": TestFunction(
        "2*x**2 + y**2",
        ((-5, 5), (-5, 5)),
        ((0, 0),),
    ),
    "saddle": TestFunction(
        "x**2 - y**2",
        ((-1, 1), (-1, 1)),
        note="no minimum: a saddle at (0, 0)",
    ),
    "monkey_saddle": TestFunction(
        "x**3 - 3*x*y**2",
        ((-1, 1), (-1, 1)),
        note="no minimum: a degenerate saddle at (0, 0)",
    ),
    "cubic": TestFunction(
        "x - x**3",
        ((-5, 5),),
        ((-0.5773502691896257,),),
        note="a local minimum only: unbounded below",
    ),
    "square": TestFunction(
        "x**2",
        ((-10, 10),),
        ((0,),),
    ),
    "x_cosine": TestFunction(
        "x*cos(0.15*pi*x)",
        ((-10, 10),),
        ((7.269388146311475,),),
        note="a local minimum at -1.83 beside the global one",
    ),
    "cosh": TestFunction(
        "cosh(x/2)",
        ((-10, 10),),
        ((0,),),
    ),
}


def register_test_function(name: str, function: TestFunction) -> None:
    """Give a function a name in scenes, for this process.

    Raises `ValueError` for a name that is taken or not in snake_case, and for a domain of another
    dimension than the expression; `ExpressionError` for what is no formula.
    """
    if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", name):
        raise ValueError(f"'{name}' cannot be a name; write it in snake_case")
    if TEST_FUNCTIONS.get(name, function) != function:
        raise ValueError(f"there is a test function '{name}' already")
    variables = read_expression(function.expression).variables
    if len(function.domain) != len(variables):
        raise ValueError(f"the domain needs one interval for each of {', '.join(variables)}")
    TEST_FUNCTIONS[name] = function


def hint_for(name: str) -> str:
    """Return what to say to somebody who asks for a test function that there is not."""
    plain = re.sub(r"[\W_]*(function|valley)$", "", name.strip().casefold())
    meant = [ALSO_CALLED[plain]] if plain in ALSO_CALLED else near_names(plain, TEST_FUNCTIONS)
    if meant:
        near = " or ".join(f"'{it}'" for it in meant)
        return f"; did you mean {near}?"
    some = ", ".join(list(TEST_FUNCTIONS)[:8])
    return f"; there are {some}, ...: all are shown by visualize list objectives"
