"""The case of a referred traveller: what there is to see, and what the officer decides."""
