"""Fixtures of the tests under faults of the network."""

from tests.centre_harness import centre, centre_database, centre_folder, centre_pki, running

__all__ = ["centre", "centre_database", "centre_folder", "centre_pki", "running"]
