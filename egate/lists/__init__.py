"""The gate's copy of the lists: persons, documents, authorisations."""
