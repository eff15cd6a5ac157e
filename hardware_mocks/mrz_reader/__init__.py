"""Simulated MRZ readers."""
