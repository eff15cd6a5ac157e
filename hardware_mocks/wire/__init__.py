"""Pseudo-terminals, Modbus and the virtual card wire."""
