"""Trajectories held against saved ones: verify, the picture of a difference, the pytest plugin."""
