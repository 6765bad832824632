"""What a film is saved as: one file format a file, whose name is the suffix."""
