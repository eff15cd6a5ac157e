"""How the networks that are our own were made: outside the product, run by hand."""
