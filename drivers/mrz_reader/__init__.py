"""MRZ readers on serial lines."""
