"""What a gate says of a check's end, in the officer's language as far as it has the words."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from egate.console.cases.detail_texts import DETAIL_TEXTS
from egate.console.cases.page_detail_texts import PAGE_DETAIL_TEXTS
from egate.console.cases.seal_detail_texts import SEAL_DETAIL_TEXTS
from egate.console.language import Language
from egate.console.words import Words

_BETWEEN: Final = "; "
_LISTED: Final = ", "
_LEFT: Final = "{}"
_LONGEST_PART: Final = 200
"""Characters; no gate of ours says more at once, and no search is longer than that."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One part of a detail, and whether it is the gate's own English."""

    text: str
    is_english: bool


def in_language(detail: str, words: Words) -> tuple[Saying, ...]:
    """Return the parts of ``detail``, which is a gate's, in the language of ``words``.

    Numbers, codes and versions stay as the gate wrote them; so does what only a newer gate says.
    """
    if not detail:
        return ()
    if words.language is Language.ENGLISH:
        return (Saying(detail, is_english=True),)
    return tuple(_saying(part) for part in detail.split(_BETWEEN))


def _saying(part: str) -> Saying:
    bangla = _in_bangla(part, _left) if len(part) <= _LONGEST_PART else None
    return Saying(part, is_english=True) if bangla is None else Saying(bangla, is_english=False)


@cache
def _lines() -> tuple[dict[str, str], tuple[tuple[re.Pattern[str], str], ...]]:
    """Return the lines that are whole, and the patterns of those that leave something."""
    texts = (*DETAIL_TEXTS, *PAGE_DETAIL_TEXTS, *SEAL_DETAIL_TEXTS)
    whole = {english: bangla for english, bangla in texts if _LEFT not in english}
    patterns = tuple(
        (re.compile("(.+?)".join(map(re.escape, english.split(_LEFT)))), bangla)
        for english, bangla in texts
        if _LEFT in english
    )
    return whole, patterns


def _in_bangla(part: str, left: Callable[[str], str]) -> str | None:
    whole, patterns = _lines()
    if part in whole:
        return whole[part]
    for pattern, bangla in patterns:
        if found := pattern.fullmatch(part):
            return bangla.format(*map(left, found.groups()))
    return None


def _left(value: str) -> str:
    """Return what a line leaves: a part with a line of its own in Bangla, others as they are."""
    if (bangla := _in_bangla(value, str)) is not None:
        return bangla
    return _LISTED.join(_in_bangla(each, str) or each for each in value.split(_LISTED))
