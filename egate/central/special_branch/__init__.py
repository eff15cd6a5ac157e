"""What the centre tells the Special Branch's own system, and by which way."""
