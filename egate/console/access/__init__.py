"""Who may use the console: accounts, log-in, sessions, roles, and the guard of every route."""
