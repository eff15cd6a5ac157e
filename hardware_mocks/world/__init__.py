"""The truth that a lane's devices sense: one traveller, one document, one lane at a time."""
