"""A simulated camera."""
