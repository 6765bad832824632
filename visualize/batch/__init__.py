"""Many scenes: their files, and the processes that render them."""
