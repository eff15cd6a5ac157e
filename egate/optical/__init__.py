"""Images of pages: the MRZ in them, and what tells a genuine page from a forged one (TR-03135)."""
