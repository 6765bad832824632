"""What all objectives that are declared check of their variables."""

from collections import Counter

from visualize.declare.checks import Mistakes
from visualize.declare.settings import mistake_at


def variables_differ(variables: tuple[str, ...]) -> Mistakes:
    """Every variable has a name of its own."""
    for name, times in Counter(variables).items():
        if times > 1:
            yield mistake_at(f"'{name}' is given twice", "variables")
