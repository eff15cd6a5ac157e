"""Bar codes on pages, and the visible digital seals in them (9303-13, BSI TR-03137)."""
