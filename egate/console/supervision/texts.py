"""Words of the pages of supervision."""

from collections.abc import Mapping
from typing import Final

from egate.console.supervision.list_texts import LIST_TEXTS
from egate.console.supervision.threshold_texts import THRESHOLD_TEXTS

TEXTS: Final[Mapping[str, tuple[str, str]]] = {**THRESHOLD_TEXTS, **LIST_TEXTS}
