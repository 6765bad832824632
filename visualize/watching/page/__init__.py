"""The page that shows what is watched, in a browser of the same machine."""
