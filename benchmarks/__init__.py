"""Measurements, each beside a peer or a physical limit."""
