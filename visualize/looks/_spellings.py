"""How matplotlib, seaborn, plotly and style sheets call what themes have."""

from visualize.declare.settings import Synonyms, each, told

THEME: Synonyms = {
    **each("background_color bg bg_color facecolor figure_facecolor axes_facecolor", "background"),
    **each("paper_bgcolor plot_bgcolor savefig_facecolor page canvas", "background"),
    **each("text text_color foreground fg fontcolor font_color title_color label_color", "ink"),
    **each("muted secondary tick_color ticks xtick_color ytick_color axes_labelcolor", "quiet"),
    **each("axis axes_color edgecolor axes_edgecolor spines spine_color frame_color", "axes"),
    **each("grid grid_color gridcolor gridlines", "faint"),
    **each("graph function function_color curve_color", "curve"),
    **each("minima star minimum_color error warning", "minimum"),
    **each("contours contour_lines contour_color levels line", "lines"),
    **each("fill fills area contourf colormap cmap colorscale", "areas"),
    **each("colors colours palette color_cycle prop_cycle axes_prop_cycle cycle", "series"),
    **each("colorway runs run_colors accents series_colors", "series"),
    **each("linestyles line_styles linestyle dash", "dashes"),
    **each("marker shapes symbols", "markers"),
    **each("full_box boxed frame spines_visible despine axes_box", "box"),
    **each("filled_contours", "filled"),
    **each("extends inherits parent from theme based_on template", "base"),
    **told("font font_family fontname", "write font: Georgia in the scene, not in its theme"),
    **told("font_size fontsize", "write font_size: 12 in the scene, not in its theme"),
}
"""Of a theme; where one of these names is a setting, it is that."""
