"""Chip readers: PC/SC, and the direct virtual card."""
