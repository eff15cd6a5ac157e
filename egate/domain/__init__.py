"""What a gate is. Pure: no I/O, no clock, no logging."""
