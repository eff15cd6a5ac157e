"""ICAO Doc 9303 as bytes in, bytes out. Pure; knows nothing of gates."""
