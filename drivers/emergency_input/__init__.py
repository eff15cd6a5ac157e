"""Emergency inputs that are not the barrier board's."""
