"""The officers' web console of one hall."""
