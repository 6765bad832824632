"""How Keras, torch, SciPy, matplotlib, manim and ffmpeg call what scenes and frames have."""

from visualize.declare.settings import Synonyms, each, told

FRAMES: Synonyms = {
    **each("frames number n num n_frames num_frames frame_count total", "count"),
    **each("total_frames save_count", "count"),
    **each("figsize figure_size resolution frame_size dimensions pixels", "size"),
    **told("width height w h pixel_width pixel_height", "write frames: {size: [1280, 720]}"),
    **told("max_width max_height", "write frames: {size: [1280, 720]}"),
    **each("max_bytes maximum_size max_file_size max_filesize file_size filesize", "max_size"),
    **each("size_limit target_size limit_size maxsize budget_size", "max_size"),
    **told("dpi scale ppi", "sizes are in pixels; write frames: {size: [1280, 720]}"),
    **each("framerate frames_per_second rate r", "fps"),
    **each("frame_duration milliseconds ms", "interval"),
    **told("delay", "write frames: {interval: 40}, in milliseconds"),
    **each("run_time seconds length total_time film_length runtime", "duration"),
    **each("start_hold hold_first pause_start start_pause initial_pause lead_in", "hold_start"),
    **each("intro wait_start freeze_start initial_hold delay_start", "hold_start"),
    **each("end_hold hold_end hold_last", "hold"),
    **told("speed playback_speed", "write frames: {fps: 50}, or frames: {steps_per_frame: 2}"),
    **told("steps iterations", "write steps: 100 in the scene, not in its frames"),
    **each("pause end_pause final_pause linger wait freeze repeat_delay", "hold"),
    **each("loops n_loops repeat", "loop"),
    **each("skip every stride save_every frame_skip step", "steps_per_frame"),
    **each("interpolate interpolation smooth tween", "frames_per_step"),
    **each("pacing tempo easing timing", "pace"),
    **each("thumbnail cover preview still", "poster"),
}
"""Of a scene's frames."""
OF_FRAMES_ALONE = ("frames", "number", "num", "total", "scale", "rate", "r", "steps", "step")
"""What in a scene itself would mean something else."""


def _in_a_scene(frames: Synonyms) -> Synonyms:
    """Return what names of frames' settings are where a scene has them."""
    return {
        name: meaning if isinstance(meaning, str) else tuple(f"frames.{it}" for it in meaning)
        for name, meaning in frames.items()
        if name not in OF_FRAMES_ALONE
    }


SCENE: Synonyms = {
    **_in_a_scene(FRAMES),
    **each("function func fun f fn loss loss_function loss_fn cost cost_function", "objective"),
    **each("objective_function target criterion problem formula equation surface", "objective"),
    **each("landscape energy fitness test_function", "objective"),
    **each("x0 xinit init initial initial_point initial_guess initial_position", "start"),
    **each("initial_value initial_values initial_params init_params starting_point", "start"),
    **each("start_point begin starts guess p0 w0 theta0 params0 origin from", "start"),
    **each("iterations iteration iters iter niter num_iter num_iterations", "steps"),
    **each("max_iter max_iters max_iterations maxit max_steps n_steps num_steps", "steps"),
    **each("total_steps training_steps train_steps t_max updates num_updates n", "steps"),
    **each("epoch num_epochs n_epochs max_epochs", "epochs"),
    **each("optimizer optimiser optimisers opt opts method methods algorithm", "optimizers"),
    **each("algorithms solver solvers runs agents", "optimizers"),
    **each("trajectory recording recordings recorded file files", "trajectories"),
    **each("panel plot plots plot_type subplot subplots axes charts views show", "panels"),
    **each("format output_format formats_out file_format filetype ext extension", "formats"),
    **each("writer save_as export", "formats"),
    **each("random_seed random_state rng rng_seed manual_seed np_seed", "seed"),
    **each("noise_std noise_level noise_scale gradient_noise", "noise.standard_deviation"),
    **each("standard_deviation std sigma", "noise.standard_deviation"),
    **each("name heading suptitle header", "title"),
    **each("subheading subheader sub_title", "subtitle"),
    **each("footer footnote note description text", "caption"),
    **each("sweep_labels sweep_name label_format label_template", "sweep_label"),
    **each("style stylesheet color_scheme colour_scheme plot_style", "theme"),
    **told("dark_mode dark", "write theme: dark"),
    **told("background background_color bg facecolor", "write theme: dark, or transparent: true"),
    **each("transparency transparent_background savefig_transparent", "transparent"),
    **each("fontsize text_size", "font_size"),
    **each("step_counter show_step show_steps show_counter timer", "counter"),
    **each("legend_loc legend_location legend_position show_legend names", "legend"),
    **each("rtol relative_tolerance", "tolerance.rtol"),
    **each("atol absolute_tolerance", "tolerance.atol"),
    **each("until", "tolerance.until"),
    # of what a scene does not say
    **told("labels legend_labels", "write label: Adam beside an optimizer's name"),
    **told("xlabel ylabel", "axes are called as the variables are"),
    **told("colors colours palette", "write color: blue beside an optimizer's name"),
    **told("cmap", "write panels: [{kind: contour, colormap: viridis}]"),
    **told(
        "xlim ylim xlims ylims x_range y_range range ranges bounds",
        "write panels: [{kind: contour, limits: [[-5, 5], [-5, 5]]}]",
    ),
    **told("levels n_levels", "write panels: [{kind: contour, levels: 20}]"),
    **told("log logscale yscale", "write panels: [{kind: values, scale: log}]"),
    **told("lr", "write optimizers: [{name: adam, learning_rate: 0.1}]"),
    **told("out outfile output output_file output_dir outdir", "write render -o FOLDER"),
    **told("filename path save_path save_to", "a film is called as its scene file is"),
    **told("bitrate crf quality codec vcodec pix_fmt preset", "each format has one quality"),
    **told("blit cache cache_frame_data", "it is always drawn fast, and films stay while current"),
    **told(
        "batch_size minibatch batch dataset data csv features target standardise standardize rows",
        "write objective: {regression: {data: points.csv, batch_size: 10}}",
    ),
    **told("regression", "write objective: {regression: {data: points.csv}}"),
    **told("evaluate_every eval_every", "write objective: {regression: {evaluate_every: 10, ...}}"),
    **told("verbose quiet progress", "what is told goes to the terminal; there is no setting"),
    **told("jobs n_jobs workers threads parallel num_workers", "write render -j auto"),
    **each("tol gtol grad_tol gradient_tolerance tolerance_grad", "stop.gradient"),
    **told("ftol xtol patience early_stopping", "write stop: {gradient: 1e-8}"),
    **told("audio sound music", "films have no sound"),
    **each("font_family fontfamily fontname font_name typeface", "font"),
    **told("scene experiment settings config", "settings stand alone, with nothing around them"),
    **told("device dtype precision", "everything is computed in float64"),
}
"""Of a scene; where one of these names is a setting, it is that."""
