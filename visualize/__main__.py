"""`python -m visualize` is the command `visualize`."""

from visualize.commands.main import main

main()
