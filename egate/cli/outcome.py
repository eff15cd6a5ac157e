"""How a command ends badly: two errors, each one line for a person."""

from typing import Final

BUG: Final = 70
"""Exit code of a fault of this program, so that nobody takes it for an answer."""


class BadInput(Exception):
    """Exit code 2: bad usage or unreadable input. Names the input and the fault."""


class Unavailable(Exception):
    """Exit code 3: a device or a server is not available. Says which one."""
