"""Vendored networks with their licences and pinned digests."""
