"""Why a command of the mocks ended without doing its work."""


class BadInput(Exception):
    """Bad usage or unreadable input: exit code 2, with one line that names the fault."""


class Unavailable(Exception):
    """The other end of a wire is not there: exit code 3, with one line."""
