"""Tokens that keep private keys: TPMs, smart cards, security modules."""
