"""In which languages a lane speaks to travellers, and what its page may show of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from egate.gate.chip_progress import ChipProgress
from egate.gate.display.mirror import Mirror
from egate.gate.display.prompts import Prompt, prompts_in
from egate.observability.logging import logger
from egate.settings import Display
from egate.web.traveller_language import Language, language_of


@dataclass(frozen=True, slots=True)
class Presentation:
    """How the display speaks.

    Args:
        languages: the first is the largest.
        prompts: recordings by name of the message.
        volume_percent: of recordings and chime; 0 is silence.

    """

    languages: tuple[Language, ...] = field(
        default_factory=lambda: (language_of("bn"), language_of("en"))
    )
    prompts: Mapping[str, tuple[Prompt, ...]] = field(default_factory=dict)
    volume_percent: int = 70

    @property
    def unread(self) -> tuple[str, ...]:
        """Codes of the languages that no native reader has read."""
        return tuple(each.code for each in self.languages if each.needs_native_reader)


@dataclass(frozen=True, slots=True)
class Sight:
    """What is going on with the traveller, for the lane's own display.

    Args:
        mirror: what the camera sees.
        chip: how much of the chip is read.

    """

    mirror: Mirror = field(default_factory=Mirror)
    chip: ChipProgress = field(default_factory=ChipProgress)


def presentation_of(chosen: Display) -> Presentation:
    """Return what the settings say about the display.

    Raises:
        LanguageUnusable: a language cannot be shown.
        PromptUnusable: a recording cannot be played.

    """
    languages = tuple(language_of(code, chosen.language_folder) for code in chosen.languages)
    prompts = prompts_in(chosen.speech_folder, languages) if chosen.speech_folder else {}
    return Presentation(languages, prompts, chosen.volume_percent)


def warn_of_unread(presentation: Presentation) -> None:
    """Log the languages that no native reader has read."""
    for code in presentation.unread:
        logger().warning("no native reader has read the display", language=code)
