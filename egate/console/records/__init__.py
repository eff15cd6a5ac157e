"""Search, a record, a holder's history, and statistics: what the centre has written down."""
