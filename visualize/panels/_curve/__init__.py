"""What curves are made of; the panel itself is `curve`."""
