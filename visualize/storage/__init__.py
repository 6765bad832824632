"""Files on disk: arrays in `.npz`, and files written whole or not at all."""
