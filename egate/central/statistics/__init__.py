"""Statistics of the centre: counts and times without anything personal, and the report."""
