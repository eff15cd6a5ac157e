"""A small page on which a person plays traveller."""
