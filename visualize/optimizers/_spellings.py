"""How torch, Keras, optax and papers call the settings of optimizers."""

from visualize.declare.settings import Synonyms, each, told

OPTIMIZERS: Synonyms = {
    **each("lr rate eta step_size stepsize gain", "learning_rate"),
    **each("alpha", "rho|learning_rate"),
    **each("betas", "beta_1", "beta_2"),
    **each("beta1 b1 rho1", "beta_1"),
    **each("beta2 b2 rho2", "beta_2"),
    **each("beta", "momentum|rho|beta_1"),
    **each("gamma", "rho|momentum"),
    **each("mu mom friction heavy_ball momentum_factor", "momentum"),
    **each(
        "decay decay_rate lr_decay smoothing_constant",
        "rho|write a formula in t, learning_rate: 0.1/(1 + 0.01*t)",
    ),
    **each("eps eps1 fuzz fuzz_factor", "epsilon"),
    **each("eps_root", "epsilon_root"),
    **each("eps_placement", "epsilon_placement"),
    **each("l2 wd l2_penalty weight_decay_rate l2_regularization", "weight_decay"),
    **each("lambda lam regularization", "weight_decay"),
    **each("decoupled decoupled_decay weight_decouple", "decoupled_weight_decay"),
    **each("use_nesterov nesterov_momentum nag", "nesterov"),
    **each("center", "centered"),
    **each("use_amsgrad ams_grad", "amsgrad"),
    **each("initial_scale initial_accumulator accumulator", "initial_accumulator_value"),
    **each("variant flavor flavour library framework", "convention"),
    **each("optimizer optimiser type kind algorithm method", "name"),
    **each("title legend caption", "label"),
    **each("colour c", "color"),
    **each("grid_search grid param_grid", "sweep"),
    **each("clipnorm max_norm max_grad_norm grad_clip global_clipnorm", "clip_norm"),
    **told(
        "clip_value clipvalue grad_clip_value clip_grad_value",
        "gradients are clipped by their length; write clip_norm: 1",
    ),
    **told("foreach fused capturable differentiable jit_compile", "of speed alone; leave it out"),
    **told("params parameters var_list", "what is optimised is the scene's start"),
    **told(
        "schedule scheduler lr_scheduler learning_rate_schedule learning_rate_decay "
        "initial_learning_rate end_learning_rate decay_steps T_max lr_scheduler_type",
        "write learning_rate: {schedule: cosine, initial_learning_rate: 0.1}",
    ),
    **told(
        "warmup warmup_steps num_warmup_steps warmup_ratio peak_learning_rate max_lr",
        "write learning_rate: {schedule: warmup_cosine, peak_learning_rate: 0.1, warmup_steps: 10}",
    ),
    **told("x0 init", "write start: [-7, 2] in the scene, not in an optimizer"),
    **told("iterations epochs max_iter", "write steps: 100 in the scene, not in an optimizer"),
    **told(
        "batch_size minibatch_size batch",
        "all optimizers of a scene see the same batches; write objective: {regression: "
        "{batch_size: 10, ...}}",
    ),
}
"""Of all optimizers, where they have them."""
