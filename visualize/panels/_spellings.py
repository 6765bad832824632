"""How matplotlib and others call the settings of panels."""

from visualize.declare.settings import Synonyms, each, told

PANELS: Synonyms = {
    **each("type name plot", "kind"),
    **each("fill contourf fill_contours shaded", "filled"),
    **each("n_levels nlevels num_levels contours level", "levels"),
    **each("bounds extent range ranges view domain", "limits"),
    **each("cmap colourmap color_map", "colormap"),
    **each("yscale norm y_scale axis_scale", "scale"),
    **each("state quantity variable what", "array|measure|shows"),
    **each("metric statistic number show", "shows|measure"),
    **each("parameters params param_grid grid settings axes x_and_y", "over"),
    **each("against versus vs per x x_axis", "over"),
    **each("run label optimizer", "of"),
    **each("n_bins nbins num_bins bin binwidth", "bins"),
    **each("tol threshold epsilon eps", "tolerance"),
    **each("n_steps num_steps iterations max_iter", "steps"),
    **each("projection coordinates", "plane"),
    **each("trails path show_path history", "trail"),
    **each("resolution points n_points num_points density", "samples"),
    **told("log logscale log_scale logy", "write scale: log"),
    **told(
        "xlim ylim x_lim y_lim xlims ylims x_range y_range xrange yrange",
        "write limits: [[-5, 5], [-5, 5]], or limits: [-5, 5] of values alone",
    ),
    **told("xlabel ylabel x_label y_label title", "axes are called as the variables are"),
    **told("alpha opacity", "write color: '#cccccc' for lighter lines"),
    **told("size figsize width height", "write frames: {size: [1280, 720]} in the scene"),
}
"""Of all panels, where they have them."""
