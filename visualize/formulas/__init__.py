"""Text becomes value, gradient and Hessian: formulas are read, never run as code."""
