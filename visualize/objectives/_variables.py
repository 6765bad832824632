"""What all objectives that are declared check of their variables."""

from visualize.declare.checks import Mistakes
from visualize.declare.settings import mistake_at


def variables_differ(variables: tuple[str, ...]) -> Mistakes:
    """Every variable has a name of its own."""
    for name in dict.fromkeys(variables):
        if variables.count(name) > 1:
            yield mistake_at(f"'{name}' is given twice", "variables")
