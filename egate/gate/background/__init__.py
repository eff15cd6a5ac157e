"""What lists and authorisations say of a traveller, asked while the chip is read."""
