"""The machine readable zone (9303-3 to 9303-7)."""
