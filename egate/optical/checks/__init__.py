"""Checks of a page's images against a model of its document, by the scheme of TR-03135-1 §5.5."""
