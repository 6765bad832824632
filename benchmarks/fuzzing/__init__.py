"""Long runs of damaged input: nothing but our own errors may come out."""
