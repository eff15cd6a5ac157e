"""The logical data structure (9303-10), one module a file."""
