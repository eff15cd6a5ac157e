"""What supervisors change, by two persons: thresholds of the lanes, and entries of lists."""
