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
    **each("azim azimuthal_angle angle azimuth_angle", "azimuth"),
    **each("elev tilt elevation_angle altitude pitch", "elevation"),
    **each("rotate rotation spin orbit turn_by camera_turn", "turn"),
    **each("shadow shadows base projection_floor floor_plane", "floor"),
    **each("zscale z_scale", "scale"),
    **each("tangents tangent_line slope derivative", "tangent"),
    **each("arcs chords hops connect connection", "path"),
    **each("show_minima minima minimum_marker", "minimum"),
    **each("min_values minima_values value_labels annotate_minima", "minimum_values"),
    **told("view_init camera view_angle", "write azimuth: -60 and elevation: 35"),
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
