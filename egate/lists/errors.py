"""Why a list cannot be used: one exception, since the gate's answer is always the same."""


class ListRefused(Exception):
    """A list, a part of one, or a key is not what it must be; one line, without its content."""
