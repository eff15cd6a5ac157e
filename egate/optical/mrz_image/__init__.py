"""The machine readable zone of an image of a data page: found, cut into cells, read twice."""
