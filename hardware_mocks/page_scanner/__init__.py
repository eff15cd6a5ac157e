"""A scanner of data pages, and the pages that lie on it."""
