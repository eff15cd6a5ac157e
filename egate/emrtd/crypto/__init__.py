"""The ciphers, MACs and key derivations of 9303-11."""
