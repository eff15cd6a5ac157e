"""The DIP centre: ingest and store of crossing records."""
