"""The session machine: states, events, commands and the step between them."""
