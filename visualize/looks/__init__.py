"""Colours, sizes and fonts of a picture."""
