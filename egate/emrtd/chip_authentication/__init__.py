"""Proof that the chip is not a copy (9303-11 section 6)."""
