"""From an experiment to its history: every optimizer runs from every start."""
