"""Settings that check themselves, and the registry that finds each kind by its name."""
