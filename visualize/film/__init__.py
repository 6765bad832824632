"""From a scene and its history to a film, and from a film to a file."""
