"""What workers have imported before they begin: they are forked from a process that has."""

import gc
import importlib

# Importing makes a hundred thousand objects, and no garbage to look for every 700 of them.
gc.set_threshold(50_000)
for name in ("batch.crews", "simulation.simulate", "film.compose", "film.save"):
    importlib.import_module(f"visualize.{name}")
