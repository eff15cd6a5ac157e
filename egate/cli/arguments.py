"""A parser of command lines that says what is wrong in one line."""

import argparse
from typing import Any, NoReturn


class OneLineParser(argparse.ArgumentParser):
    """Like its parent, but a fault is one line, and options are not abbreviated.

    An abbreviation that works today means something else, or nothing, once a new option
    comes. Parsers of nested commands are of this class too.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401  as the parent
        super().__init__(*arguments, **{"allow_abbrev": False, **options})

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {one_line(message)} (see {self.prog} --help)\n")


def one_line(message: str) -> str:
    """Return ``message`` without line breaks, which the name of a file may have."""
    return " ".join(message.splitlines())
