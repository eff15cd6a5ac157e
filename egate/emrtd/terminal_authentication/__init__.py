"""Proof that the terminal may read fingerprints and irises (9303-11 section 7.1)."""
