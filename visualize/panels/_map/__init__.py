"""What maps are made of; the panel itself is `map`."""
