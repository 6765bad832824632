"""Momentum and RMSProp together, with corrected averages."""

from typing import ClassVar, Literal

from visualize.arrays import Array
from visualize.optimizers._adam import AdamRule
from visualize.optimizers._arithmetic import decay, decay_formula, steps_of
from visualize.optimizers._fields import DecoupledWeightDecay, WeightDecay
from visualize.optimizers.optimizer import Conventions, State, Step


class Adam(AdamRule):
    """Adam: momentum and RMSProp together, both corrected for their start at 0.

    m ← β₁ m + (1 - β₁) g; v ← β₂ v + (1 - β₂) g²; x ← x - η m̂ / (√v̂ + ε)

    with m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ) at the t-th update. `epsilon_placement` moves ε:
    `inside_sqrt` divides by √(v̂ + ε); `epsilon_hat` is the paper's faster form
    x ← x - η √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√v + ε), whose ε weighs more in the first steps.
    `amsgrad` uses the largest v so far (its paper leaves the corrections out); `weight_decay` is
    L2, g + λ x, unless it is decoupled.

    Source: Kingma and Ba 2015 (arXiv:1412.6980); AMSGrad: Reddi et al. 2018 (arXiv:1904.09237).
    """

    conventions: ClassVar[Conventions] = {
        "torch": {"learning_rate": 0.001},
        "keras": {
            "learning_rate": 0.001,
            "epsilon": 1e-7,
            "epsilon_placement": "epsilon_hat",
            "decoupled_weight_decay": True,
        },
        "optax": {"amsgrad_corrected": True},
        "paper": {"learning_rate": 0.001},
    }
    also_called = ("amsgrad",)

    name: Literal["adam"] = "adam"
    weight_decay: WeightDecay = 0.0
    decoupled_weight_decay: DecoupledWeightDecay = False

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        return steps_of(
            decay_formula(self.weight_decay, decoupled=self.decoupled_weight_decay),
            self.adam_formula(),
        )

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η m̂ / (√v̂ + ε), and the averages."""
        gradients, shrinkage = decay(
            gradients, step, self.weight_decay, decoupled=self.decoupled_weight_decay
        )
        update, after = self.adam_step(gradients, state, step)
        return shrinkage + update, after
