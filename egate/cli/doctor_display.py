"""What ``egate doctor`` says of the traveller's display."""

from egate.gate.display.presentation import presentation_of
from egate.gate.display.prompts import PromptUnusable
from egate.settings import Display
from egate.web.addresses import is_loopback
from egate.web.traveller_language import TEXT_NAMES, LanguageUnusable


def look_at_display(chosen: Display) -> tuple[str, bool, str]:
    """Return a name, whether the display can be shown to travellers, and what to mend if not."""
    try:
        presentation = presentation_of(chosen)
    except (LanguageUnusable, PromptUnusable) as error:
        return "display", False, str(error)
    if not is_loopback(chosen.listen.rpartition(":")[0]):
        return "display", False, f"{chosen.listen}: faces are shown: listen at 127.0.0.1"
    if presentation.unread:
        mend = "have a native reader read them, then say so in a file (docs/display.md)"
        return "display", False, f"{', '.join(presentation.unread)}: {mend}"
    codes = ", ".join(language.code for language in presentation.languages)
    spoken = f"{len(presentation.prompts)} of {len(TEXT_NAMES)} messages recorded"
    return "display", True, f"{codes}; {spoken}"
