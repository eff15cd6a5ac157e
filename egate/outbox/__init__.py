"""Records on their way to the centre: stored first, sent later."""
