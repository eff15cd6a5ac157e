"""What the traveller is asked to do before the camera, as codes: the display has the words.

Only what a person can mend is asked, and one thing at a time. Nothing here tells of a
comparison or of presentation attack detection (BSI TR-03121-3 Vol 1, ABC).
"""

from enum import StrEnum


class Guidance(StrEnum):
    """One instruction, neutral and polite in every case."""

    LOOK_AT_CAMERA = "look_at_camera"
    COME_CLOSER = "come_closer"
    STEP_BACK = "step_back"
    STEP_TO_THE_MIDDLE = "step_to_the_middle"
    LOOK_UP = "look_up"
    LOOK_DOWN = "look_down"
    HOLD_HEAD_STRAIGHT = "hold_head_straight"
    TAKE_OFF = "take_off"
    """Cap, mask, sunglasses: whatever covers the face."""
    ONE_PERSON_ONLY = "one_person_only"
    HOLD_STILL = "hold_still"
    WAIT = "wait"
    """Nothing the traveller could do better, such as too little light."""
    DONE = "done"
