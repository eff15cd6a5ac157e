"""Composition root: the commands of the public surface; the only part that may import drivers."""
