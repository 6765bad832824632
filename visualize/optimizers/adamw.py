"""Adam with a weight decay of its own, outside the averages."""

from typing import ClassVar, Literal

from visualize.arrays import Array
from visualize.optimizers._adam import AdamRule
from visualize.optimizers._arithmetic import decay_formula, shrinkage, steps_of
from visualize.optimizers._fields import WeightDecay
from visualize.optimizers.optimizer import Conventions, State, Step


class Adamw(AdamRule):
    """AdamW: Adam, with a weight decay that the averages do not see.

    x ← x - η λ x; then Adam: m ← β₁ m + (1 - β₁) g; v ← β₂ v + (1 - β₂) g²;
    x ← x - η m̂ / (√v̂ + ε)

    with m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ); the other settings are Adam's. The paper decays by
    λ x times the schedule's factor alone; the libraries, and this, by η λ x.

    Source: Loshchilov and Hutter 2019 (arXiv:1711.05101), as in torch.optim.AdamW.
    """

    conventions: ClassVar[Conventions] = {
        "torch": {"learning_rate": 0.001},
        "keras": {
            "learning_rate": 0.001,
            "epsilon": 1e-7,
            "epsilon_placement": "epsilon_hat",
            "weight_decay": 0.004,
        },
        "optax": {"weight_decay": 0.0001},
    }

    name: Literal["adamw"] = "adamw"
    weight_decay: WeightDecay = 0.01

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        return steps_of(decay_formula(self.weight_decay, decoupled=True), self.adam_formula())

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η λ x - η m̂ / (√v̂ + ε), and the averages."""
        shrink = shrinkage(step, self.weight_decay)
        update, after = self.adam_step(gradients, state, step)
        return shrink + update, after
