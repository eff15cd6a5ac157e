"""Why a traveller was referred, in the words of the page."""

from collections.abc import Callable

from starlette.requests import Request

from egate.console.language import Language, language_of
from egate.web.findings import explain


def reasons_in(request: Request) -> Callable[[str], str]:
    """Return what says a finding in the language of ``request``."""
    is_bangla = language_of(request) is Language.BANGLA

    def reason(finding: str) -> str:
        text = explain(finding)
        return text.bangla if is_bangla else text.english

    return reason
