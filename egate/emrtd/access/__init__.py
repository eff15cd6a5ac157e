"""Access to the chip (9303-11 section 4)."""
