"""Visible digital seals of visas and travel permits: their bytes, signature and bar code."""
