"""What the visual inspection zone shows, against the MRZ (9303-3 §3, §4; BSI TR-03135-1)."""
