"""Visible digital seals: signed 2D bar codes on paper (9303-13, BSI TR-03137)."""
