"""Fixtures of the integration tests."""

from tests.centre_harness import centre, centre_database, centre_folder, centre_pki, running
from tests.issuing_centre import issuing

__all__ = ["centre", "centre_database", "centre_folder", "centre_pki", "issuing", "running"]
