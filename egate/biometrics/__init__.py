"""Face finding, quality and verification: CPU work, no camera."""
