"""Settings of the traveller's display."""

from typing import Annotated

from pydantic import Field

from egate.settings.values import ConfiguredPath, Listen

LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")]


class Display(Listen):
    """Where the display is, and how it speaks; every key but its address has a default.

    Args:
        languages: codes (BCP 47); the first is the largest.
        language_folder: of the operator's own languages, ``CODE.toml``; they go before ours.
        speech_folder: of recordings, ``CODE/MESSAGE.ogg``; none: a chime.
        volume_percent: of recordings and chime; 0 is silence.

    """

    languages: tuple[LanguageCode, ...] = Field(("bn", "en"), min_length=1, max_length=4)
    language_folder: ConfiguredPath | None = None
    speech_folder: ConfiguredPath | None = None
    volume_percent: Annotated[int, Field(ge=0, le=100)] = 70
