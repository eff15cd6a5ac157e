"""The daemon of one lane: the imperative shell around the session machine."""
