"""What passes between the gate and a product; docs/presentation-attack.md tells it to vendors.

A message is its length (4 bytes, big-endian) and that many bytes of JSON; behind a request
follow the frames as they are. The answer is believed only as far as its values are in bounds.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from egate.ports.presentation_attack import FaceSighting, PadAssessment

LENGTH_BYTES: Final = 4
MAX_ANSWER_BYTES: Final = 64 * 1024
MAX_REQUEST_BYTES: Final = 256 << 20

_VERSION: Final = 1
_MAX_CUES: Final = 64

Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
CueName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class AnswerInvalid(Exception):
    """Not an answer to our request; the message names the fault, never the content."""


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    request: int
    score: Score
    sufficient: bool
    cues: Annotated[dict[CueName, Score], Field(max_length=_MAX_CUES)] = {}
    detector: Annotated[str, Field(pattern=r"^[ -~]{1,80}$")]


def request_of(number: int, sightings: Sequence[FaceSighting]) -> Iterator[bytes | memoryview]:
    """Give the parts of request ``number``, to be written one after the other.

    Args:
        number: to be repeated in the answer.
        sightings: of one traveller, oldest first.

    """
    header = {
        "version": _VERSION,
        "request": number,
        "sightings": [_described(sighting, sightings[0]) for sighting in sightings],
    }
    encoded = json.dumps(header).encode("ascii")
    yield len(encoded).to_bytes(LENGTH_BYTES, "big") + encoded
    for sighting in sightings:
        yield memoryview(sighting.pixels.tobytes())


def _described(sighting: FaceSighting, first: FaceSighting) -> Mapping[str, object]:
    return {
        "seconds": sighting.captured_at - first.captured_at,
        "height": sighting.pixels.shape[0],
        "width": sighting.pixels.shape[1],
        "box": [float(side) for side in sighting.box],
        "landmarks": sighting.landmarks.tolist(),
        "light": sighting.light,
    }


def assessment_of(encoded: bytes, number: int) -> PadAssessment:
    """Read the answer to request ``number``.

    Raises:
        AnswerInvalid: not JSON, an unknown or missing key, a value out of bounds, or
            the answer to another request.

    """
    try:
        answer = _Answer.model_validate_json(encoded)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"][:1])
        raise AnswerInvalid(f"{where or 'answer'}: {fault['type']}") from None
    if answer.request != number:
        raise AnswerInvalid("the answer to another request")
    reason = "" if answer.sufficient else "the product had too little to look at"
    return PadAssessment(answer.score, answer.cues, answer.sufficient, answer.detector, reason)
