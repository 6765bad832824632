"""How matplotlib and others call the settings of panels."""

from visualize.declare.settings import Synonyms


def _told(names: str, words: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), words)


PANELS: Synonyms = {
    **dict.fromkeys(("type", "name", "plot"), ("kind",)),
    **dict.fromkeys(("fill", "contourf", "fill_contours", "shaded"), ("filled",)),
    **dict.fromkeys(("n_levels", "nlevels", "num_levels", "contours", "level"), ("levels",)),
    **dict.fromkeys(("bounds", "extent", "range", "ranges", "view", "domain"), ("limits",)),
    **dict.fromkeys(("cmap", "colourmap", "color_map"), ("colormap",)),
    **dict.fromkeys(("yscale", "norm", "y_scale", "axis_scale"), ("scale",)),
    **dict.fromkeys(("state", "quantity", "variable", "what"), ("array",)),
    **dict.fromkeys(("projection", "coordinates"), ("plane",)),
    **dict.fromkeys(("trails", "path", "show_path", "history"), ("trail",)),
    **dict.fromkeys(("resolution", "points", "n_points", "num_points", "density"), ("samples",)),
    **dict.fromkeys(("log", "logscale", "log_scale", "logy"), "write scale: log"),
    **_told(
        "xlim ylim x_lim y_lim xlims ylims x_range y_range xrange yrange",
        "write limits: [[-5, 5], [-5, 5]], or limits: [-5, 5] of values alone",
    ),
    **_told("xlabel ylabel x_label y_label title", "axes are called as the variables are"),
    **_told("alpha opacity", "write color: '#cccccc' for lighter lines"),
    **_told("size figsize width height", "write frames: {size: [1280, 720]} in the scene"),
}
"""Of all panels, where they have them."""
