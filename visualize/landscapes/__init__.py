"""What there is to see of an objective and its runs: view, projection, minima, levels."""
