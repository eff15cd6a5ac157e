"""Days that users give on the command line."""

import re
from datetime import date
from typing import Final

from egate.cli.clock import now_utc
from egate.cli.outcome import BadInput

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_day(text: object) -> date:
    """Return the day that ``text`` says as YYYY-MM-DD, today (UTC) if it is None.

    Raises:
        BadInput: it says none.

    """
    if text is None:
        return now_utc().date()
    try:
        if isinstance(text, str) and _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise BadInput(f"{text}: not a date as YYYY-MM-DD")
