"""Optimizers of other libraries, one a file; a library is imported where its optimizer is used."""
