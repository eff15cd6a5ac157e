"""A stand-in for the Special Branch's own system: it keeps what it is told, and knows persons."""
