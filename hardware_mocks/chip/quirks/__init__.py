"""The odd chips of the field: each a switch that can be added to any simulated chip."""
