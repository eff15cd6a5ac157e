"""What is on the lists, who made and approved it, and the versions of it that gates fetch."""
