"""Proof of what was recorded: links of stations' chains, daily trees over them, signed heads."""
