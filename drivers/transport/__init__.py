"""Byte streams that drivers share."""
