"""A simulated barrier controller with motors and sensors."""
