"""What the gate needs from outside, as small protocols."""
