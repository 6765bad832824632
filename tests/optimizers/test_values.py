"""Rules and settings as mathematics: every optimizer's, in every convention."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from visualize.declare.settings import in_our_words
from visualize.formulas.rules import rule_in_mathematics
from visualize.optimizers._values import values_in_mathematics
from visualize.optimizers.optimizer import OPTIMIZERS, Optimizer

ALSO: Mapping[str, list[dict[str, Any]]] = {
    "adam": [
        {"amsgrad": True, "amsgrad_corrected": True, "epsilon_placement": "epsilon_hat"},
        {"epsilon_root": 1e-8, "epsilon_placement": "inside_sqrt", "weight_decay": 0.1},
    ],
    "conjugategradient": [{"method": "fletcher_reeves"}],
    "linesearch": [{"search": "exact"}],
    "newton": [{"damping": 1.0}],
    "rmsprop": [{"centered": True, "bias_correction": True}],
    "sgd": [{"momentum": 0.9, "nesterov": True}, {"momentum": 0.9, "dampening": 0.1}],
}


def _all_of(name: str) -> Iterator[Optimizer[Any]]:
    kind = OPTIMIZERS.load(name)
    needed = {**in_our_words(OPTIMIZERS, "name", name), "learning_rate": 0.1}
    for settings in ({}, *({"convention": it} for it in kind.conventions), *ALSO.get(name, [])):
        yield kind.model_validate({**needed, **settings})


@pytest.mark.parametrize("name", OPTIMIZERS.names())
def test_every_line_of_a_rule_is_set(name: str) -> None:
    for optimizer in _all_of(name):
        for line in optimizer.formula.splitlines():
            mathematics = rule_in_mathematics(line)
            outside = re.sub(r"\$[^$]*\$", "", mathematics)
            assert re.fullmatch(r"[A-Za-z' ,]*", outside), line
            assert mathematics.isascii(), line


@pytest.mark.parametrize("name", OPTIMIZERS.names())
def test_settings_are_told_by_the_letters_of_the_rule(name: str) -> None:
    searching = {"bfgs", "conjugategradient", "linesearch"}  # there may be none in their rules
    for optimizer in _all_of(name):
        values = values_in_mathematics(optimizer)
        assert name in searching or re.match(r"\$\\eta(\^\{-\})? = ", values)


def test_settings_stand_in_their_order() -> None:
    adam = OPTIMIZERS.load("adam").model_validate({"learning_rate": 0.01, "epsilon_root": 1e-12})
    assert values_in_mathematics(adam) == (
        r"$\eta = 0.01$, $\beta_1 = 0.9$, $\beta_2 = 0.999$, $\varepsilon = 10^{-8}$, "
        r"$\varepsilon_{\mathrm{root}} = 10^{-12}$"
    )


def test_a_rate_may_be_a_formula_or_a_schedule() -> None:
    kind = OPTIMIZERS.load("signsgd")
    formula = kind.model_validate({"learning_rate": "0.1/sqrt(1 + t)"})
    assert values_in_mathematics(formula) == r"$\eta = \dfrac{0.1}{\sqrt{1 + t}}$"
    cosine = {"schedule": "cosine", "initial_learning_rate": 0.1}
    assert values_in_mathematics(kind.model_validate({"learning_rate": cosine})) == (
        "η by schedule cosine"
    )
