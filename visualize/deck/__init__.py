"""A Markdown post as slides: read, laid out, drawn, and made a video of."""
