"""What the gate says to travellers."""

from enum import StrEnum


class TravellerMessage(StrEnum):
    """What the traveller display says; neutral in every case."""

    WELCOME = "welcome"
    PLACE_DOCUMENT = "place_document"
    KEEP_DOCUMENT = "keep_document"
    PLACE_DOCUMENT_AGAIN = "place_document_again"
    TAKE_DOCUMENT_AND_ENTER = "take_document_and_enter"
    LOOK_AT_CAMERA = "look_at_camera"
    PLEASE_WAIT = "please_wait"
    PLEASE_PASS = "please_pass"  # noqa: S105 - a message key
    GO_TO_GATE = "go_to_gate"
    TAKE_YOUR_THINGS = "take_your_things"
    GO_BACK = "go_back"
    OFFICER_WILL_HELP = "officer_will_help"
    LANE_CLOSED = "lane_closed"
    EVACUATE = "evacuate"
