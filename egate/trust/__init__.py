"""The store of CSCAs, CRLs and deviation lists: import, update, look up."""
