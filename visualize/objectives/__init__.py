"""What is minimised: one kind of objective a file, and the table of test functions."""
