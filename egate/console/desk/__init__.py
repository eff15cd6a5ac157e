"""The desk: crossings that no gate made, entered by officers, and their way to the centre."""
