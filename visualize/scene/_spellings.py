"""How Keras, torch, SciPy, matplotlib, manim and ffmpeg call what scenes and frames have."""

from visualize.declare.settings import Synonyms


def _each(names: str, *meaning: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(names.split(), meaning)


def _told(names: str, words: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), words)


SCENE: Synonyms = {
    **_each("function func fun f fn loss loss_function loss_fn cost cost_function", "objective"),
    **_each("objective_function target criterion problem formula equation surface", "objective"),
    **_each("landscape energy fitness test_function", "objective"),
    **_each("x0 xinit init initial initial_point initial_guess initial_position", "start"),
    **_each("initial_value initial_values initial_params init_params starting_point", "start"),
    **_each("start_point startpoint begin starts guess p0 w0 theta0 params0 origin from", "start"),
    **_each("iterations iteration iters iter niter n_iter num_iter num_iterations", "steps"),
    **_each("max_iter max_iters max_iterations maxit max_steps n_steps num_steps nsteps", "steps"),
    **_each("total_steps training_steps train_steps t_max updates num_updates n", "steps"),
    **_each("epochs epoch num_epochs n_epochs max_epochs", "steps"),
    **_each("optimizer optimiser optimisers opt opts method methods algorithm", "optimizers"),
    **_each("algorithms solver solvers runs agents", "optimizers"),
    **_each("trajectory recording recordings recorded file files", "trajectories"),
    **_each("panel plot plots plot_type subplot subplots axes charts views show", "panels"),
    **_each("format output_format formats_out file_format filetype ext extension", "formats"),
    **_each("writer save_as export", "formats"),
    **_each("random_seed random_state rng rng_seed manual_seed np_seed", "seed"),
    **_each("noise_std noise_level noise_scale gradient_noise", "noise.standard_deviation"),
    **_each("standard_deviation std sigma", "noise.standard_deviation"),
    **_each("caption name heading suptitle header", "title"),
    **_each("style stylesheet color_scheme colorscheme colour_scheme plot_style", "theme"),
    **_told("dark_mode darkmode dark", "write theme: dark"),
    **_told("background background_color bg facecolor", "write theme: dark, or transparent: true"),
    **_each("transparency transparent_background savefig_transparent", "transparent"),
    **_each("fontsize text_size textsize", "font_size"),
    **_each("step_counter show_step show_steps show_counter timer", "counter"),
    **_each("rtol relative_tolerance", "tolerance.rtol"),
    **_each("atol absolute_tolerance", "tolerance.atol"),
    **_each("until", "tolerance.until"),
    # of the frames
    **_each("fps framerate frame_rate frames_per_second", "frames.fps"),
    **_each("size figsize fig_size figure_size resolution frame_size dimensions", "frames.size"),
    **_each("interval frame_duration", "frames.interval"),
    **_each("n_frames num_frames nframes frame_count total_frames save_count", "frames.count"),
    **_each("steps_per_frame skip every stride save_every frame_skip", "frames.steps_per_frame"),
    **_each("frames_per_step interpolate interpolation smooth tween", "frames.frames_per_step"),
    **_each("hold pause end_pause final_pause linger wait freeze repeat_delay", "frames.hold"),
    **_each("loop loops n_loops repeat", "frames.loop"),
    **_each("poster thumbnail cover preview still", "frames.poster"),
    **_told("width height w h pixel_width pixel_height", "write frames: {size: [1280, 720]}"),
    **_told("max_size max_width max_height", "write frames: {size: [1280, 720]}"),
    **_told("dpi scale ppi", "sizes are in pixels; write frames: {size: [1280, 720]}"),
    **_told("run_time runtime seconds length", "write frames: {fps: 25, count: 100} for 4 seconds"),
    **_told("duration", "write frames: {fps: 25, count: 100} for 4 seconds"),
    **_told("speed playback_speed", "write frames: {fps: 50}, or frames: {steps_per_frame: 2}"),
    # of what a scene does not say
    **_told("legend legend_loc show_legend", "there is one where several runs are; it has labels"),
    **_told("labels legend_labels", "write label: Adam beside an optimizer's name"),
    **_told("xlabel ylabel x_label y_label", "axes are called as the variables are"),
    **_told("colors colours palette", "write color: blue beside an optimizer's name"),
    **_told("cmap", "write panels: [{kind: contour, colormap: viridis}]"),
    **_told(
        "xlim ylim x_lim y_lim xlims ylims x_range y_range xrange yrange range ranges bounds",
        "write panels: [{kind: contour, limits: [[-5, 5], [-5, 5]]}]",
    ),
    **_told("levels n_levels", "write panels: [{kind: contour, levels: 20}]"),
    **_told("log logscale log_scale yscale", "write panels: [{kind: values, scale: log}]"),
    **_told("lr", "write optimizers: [{name: adam, learning_rate: 0.1}]"),
    **_told("out outfile output output_file output_dir outdir", "write render -o FOLDER"),
    **_told("filename file_name path save_path save_to", "a film is called as its scene file is"),
    **_told("bitrate crf quality codec vcodec pix_fmt preset", "each format has one quality"),
    **_told("blit cache cache_frame_data", "it is always drawn fast, and films stay while current"),
    **_told("batch_size minibatch batch", "the gradient is of the whole objective; write noise"),
    **_told("verbose quiet progress", "what is told goes to the terminal; there is no setting"),
    **_told("jobs n_jobs workers threads parallel num_workers", "write render -j auto"),
    **_each("tol gtol grad_tol gradient_tolerance tolerance_grad", "stop.gradient"),
    **_told("ftol xtol patience early_stopping", "write stop: {gradient: 1e-8}"),
    **_told("audio sound music", "films have no sound"),
    **_told("font font_family fontname", "write font_size: 12; the font is the same everywhere"),
    **_told("scene experiment settings config", "settings stand alone, with nothing around them"),
    **_told("device dtype precision", "everything is computed in float64"),
}
"""Of a scene; where one of these names is a setting, it is that."""

FRAMES: Synonyms = {
    **_each("frames number n num n_frames num_frames nframes frame_count total", "count"),
    **_each("total_frames save_count", "count"),
    **_each("figsize fig_size figure_size resolution frame_size dimensions pixels", "size"),
    **_told("width height w h pixel_width pixel_height", "write size: [1280, 720]"),
    **_told("max_size max_width max_height", "write size: [1280, 720]"),
    **_told("dpi scale ppi", "sizes are in pixels; write size: [1280, 720]"),
    **_each("framerate frame_rate frames_per_second rate r", "fps"),
    **_each("frame_duration milliseconds ms", "interval"),
    **_told("delay", "write interval: 40, in milliseconds"),
    **_told("duration", "write interval: 40, in milliseconds, or count: 100, in pictures"),
    **_told("run_time runtime seconds length", "write fps: 25 and count: 100, for 4 seconds"),
    **_told("speed playback_speed", "write fps: 50, or steps_per_frame: 2"),
    **_told("steps iterations", "write steps: 100 in the scene, not in its frames"),
    **_each("pause end_pause final_pause linger wait freeze repeat_delay", "hold"),
    **_each("loops n_loops repeat", "loop"),
    **_each("skip every stride save_every frame_skip step", "steps_per_frame"),
    **_each("interpolate interpolation smooth tween", "frames_per_step"),
    **_each("thumbnail cover preview still", "poster"),
}
"""Of its frames."""
