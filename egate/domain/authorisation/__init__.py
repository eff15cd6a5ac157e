"""What lets a traveller cross: authorisations, clearances, the length of a stay. Pure."""
