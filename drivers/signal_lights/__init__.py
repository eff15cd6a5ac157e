"""Signal lights that are not the barrier board's."""
