"""Products that detect presentation attacks, outside this process."""
