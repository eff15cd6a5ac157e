"""A throw-away passport PKI."""
