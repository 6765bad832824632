"""Where the optimizers went: trajectories kept, saved, recorded elsewhere, and compared."""
