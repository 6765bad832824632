"""What a picture shows: one kind of panel a file."""
