"""How matplotlib and others call the settings of panels."""

from visualize.declare.settings import Synonyms, each, told

PANELS: Synonyms = {
    **each("type name plot", "kind"),
    **each("fill contourf fill_contours shaded", "filled"),
    **each("n_levels nlevels num_levels contours level", "levels"),
    **each("bounds extent range ranges view domain", "limits"),
    **each("cmap colourmap color_map", "colormap"),
    **each("yscale norm y_scale axis_scale", "scale"),
    **each("state quantity variable what", "array"),
    **each("projection coordinates", "plane"),
    **each("trails path show_path history", "trail"),
    **each("resolution points n_points num_points density", "samples"),
    **each("arrow gradient_arrows gradient_arrow show_gradient show_gradients", "arrows"),
    **each("quiver vector_field gradient_field streamplot vectors", "field"),
    **each("color_bar colour_bar cbar colorbars", "colorbar"),
    **each("saddle saddle_points maxima stationary stationary_points critical_points", "saddles"),
    **each("min_values minima_values show_values annotate_minima label_minima", "minimum_values"),
    **each("hue c color_minima colour_by colorby", "color_by"),
    **each("basin basins_of_attraction attraction", "basins"),
    **each("magnifier axins inset_axes", "inset"),
    **told("zoom", "write camera: {zoom: [[0, 1], [60, 8]]}, or inset: {zoom: 8}"),
    **told("follow", "write camera: follow"),
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
