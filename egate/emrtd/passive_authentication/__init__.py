"""Proof that the data were signed by the State (9303-11 section 5.1, 9303-12)."""
