"""Persons found again by name and birth date, however the name is spelt."""
