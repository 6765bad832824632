"""Scenes drawn as soon as they are saved, and the page that shows them."""
