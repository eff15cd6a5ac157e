"""Scanners of data pages."""
