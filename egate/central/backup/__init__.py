"""Backups of the centre: made while it runs, proven without restoring, restored elsewhere."""
