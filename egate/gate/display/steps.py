"""The steps of a traveller's way, as the bar below counts them."""

from collections.abc import Sequence
from typing import Final

from egate.ports.supervision import TravellerMessage
from egate.web.traveller_language import StepName

_STEPS_OF_FLOW: Final = {"kiosk": (StepName.PASSPORT, StepName.GATE)}
_USUAL_STEPS: Final = (StepName.PASSPORT, StepName.FACE, StepName.THROUGH)
_STEP_OF_MESSAGE: Final = {
    TravellerMessage.PLACE_DOCUMENT: StepName.PASSPORT,
    TravellerMessage.KEEP_DOCUMENT: StepName.PASSPORT,
    TravellerMessage.PLACE_DOCUMENT_AGAIN: StepName.PASSPORT,
    TravellerMessage.TAKE_DOCUMENT_AND_ENTER: StepName.FACE,
    TravellerMessage.LOOK_AT_CAMERA: StepName.FACE,
    TravellerMessage.GO_TO_GATE: StepName.GATE,
    TravellerMessage.PLEASE_PASS: StepName.THROUGH,
}


def steps_of(flow: str) -> tuple[StepName, ...]:
    """Return the steps of a lane that is laid out as ``flow``."""
    return _STEPS_OF_FLOW.get(flow, _USUAL_STEPS)


def step_number(message: TravellerMessage, steps: Sequence[StepName]) -> int:
    """Return at which of ``steps`` a traveller is who reads ``message``; 0 for none of them."""
    step = _STEP_OF_MESSAGE.get(message)
    return steps.index(step) + 1 if step in steps else 0
