"""A simulated passport chip and its personaliser."""
