"""What surfaces are made of; the panel itself is `surface`."""
