"""How torch, Keras, optax and papers call the settings of optimizers."""

from visualize.declare.settings import Synonyms


def _each(names: str, *meaning: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(names.split(), meaning)


def _told(names: str, words: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), words)


OPTIMIZERS: Synonyms = {
    **_each("lr rate eta step_size stepsize gain", "learning_rate"),
    **_each("alpha", "rho|learning_rate"),
    **_each("betas", "beta_1", "beta_2"),
    **_each("beta1 b1 rho1", "beta_1"),
    **_each("beta2 b2 rho2", "beta_2"),
    **_each("beta", "momentum|rho|beta_1"),
    **_each("gamma", "rho|momentum"),
    **_each("mu mom friction heavy_ball momentum_factor", "momentum"),
    **_each("decay decay_rate smoothing_constant", "rho"),
    **_each("eps eps1 fuzz fuzz_factor", "epsilon"),
    **_each("eps_root", "epsilon_root"),
    **_each("eps_placement", "epsilon_placement"),
    **_each("l2 wd l2_penalty weight_decay_rate l2_regularization", "weight_decay"),
    **_each("lambda lam regularization", "weight_decay"),
    **_each("decoupled decoupled_decay weight_decouple", "decoupled_weight_decay"),
    **_each("use_nesterov nesterov_momentum nag", "nesterov"),
    **_each("center", "centered"),
    **_each("use_amsgrad ams_grad", "amsgrad"),
    **_each("initial_scale initial_accumulator accumulator", "initial_accumulator_value"),
    **_each("variant flavor flavour library framework", "convention"),
    **_each("optimizer optimiser type kind algorithm method", "name"),
    **_each("title legend caption", "label"),
    **_each("colour c", "color"),
    **_each("grid_search grid param_grid", "sweep"),
    **_each("clipnorm max_norm max_grad_norm grad_clip global_clipnorm", "clip_norm"),
    **_told("foreach fused capturable differentiable jit_compile", "of speed alone; leave it out"),
    **_told("params parameters var_list", "what is optimised is the scene's start"),
    **_told(
        "schedule scheduler lr_scheduler learning_rate_schedule learning_rate_decay warmup",
        "write a formula in t, learning_rate: 0.1 * exp(-0.01*t)",
    ),
    **_told("x0 init", "write start: [-7, 2] in the scene, not in an optimizer"),
    **_told("iterations epochs max_iter", "write steps: 100 in the scene, not in an optimizer"),
}
"""Of all optimizers, where they have them."""
