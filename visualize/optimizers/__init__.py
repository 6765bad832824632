"""How a step is chosen: one optimizer a file, each a frozen set of hyper-parameters and a rule."""
