"""Barrier controllers."""
