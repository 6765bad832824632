"""What contours are made of; the panel itself is `contour`."""
