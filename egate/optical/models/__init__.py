"""Models of documents as data: how a genuine page looks under each light (TR-03135-1 §5.5)."""
