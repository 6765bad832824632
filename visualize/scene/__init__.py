"""The scene file: read, checked as a whole, every mistake at its place."""
