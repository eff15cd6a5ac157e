"""What the traveller reads, Bangla first. Neutral in every case: others look on.

No text says why an officer comes, and a presentation attack alarm looks like any
other referral (BSI TR-03121-3 Vol 1, ABC).
"""

from dataclasses import dataclass
from typing import Final

from egate.ports.supervision import TravellerMessage


@dataclass(frozen=True, slots=True)
class DisplayText:
    """One message, and a line below it that says how; ``step`` is 1 to 3, 0 for none."""

    bangla: str
    english: str
    bangla_more: str = ""
    english_more: str = ""
    step: int = 0


TEXTS: Final[dict[TravellerMessage, DisplayText]] = {
    TravellerMessage.WELCOME: DisplayText(
        "স্বাগতম", "Welcome", "একজন একজন করে এগিয়ে আসুন", "Please come forward one at a time"
    ),
    TravellerMessage.PLACE_DOCUMENT: DisplayText(
        "পাসপোর্ট রিডারে রাখুন",
        "Place your passport on the reader",
        "ছবির পাতা খুলে উপুড় করে রাখুন",
        "Open at the photo page, face down",
        1,
    ),
    TravellerMessage.KEEP_DOCUMENT: DisplayText(
        "পাসপোর্ট রিডারেই রাখুন",
        "Keep your passport on the reader",
        "পড়া হচ্ছে, অনুগ্রহ করে সরাবেন না",
        "Reading. Please do not lift it",
        1,
    ),
    TravellerMessage.PLACE_DOCUMENT_AGAIN: DisplayText(
        "পাসপোর্ট তুলে আবার রাখুন",
        "Lift your passport and place it again",
        "পাতাটি সমান করে চেপে রাখুন",
        "Press the page flat",
        1,
    ),
    TravellerMessage.TAKE_DOCUMENT_AND_ENTER: DisplayText(
        "পাসপোর্ট নিয়ে ভেতরে আসুন",
        "Take your passport and come in",
        "একজন করে আসুন",
        "One person only",
        2,
    ),
    TravellerMessage.GO_TO_GATE: DisplayText(
        "গেটের দিকে এগিয়ে যান",
        "Please go on to the gate",
        "পাসপোর্ট সঙ্গে নিন",
        "Take your passport with you",
        2,
    ),
    TravellerMessage.TAKE_YOUR_THINGS: DisplayText(
        "কিছু ফেলে যাওয়া হয়েছে",
        "Something was left here",
        "অনুগ্রহ করে সঙ্গে নিন",
        "Please take it with you",
    ),
    TravellerMessage.GO_BACK: DisplayText(
        "যেদিক দিয়ে এসেছেন সেদিকে বের হন",
        "Please step back out",
        "পেছনের দরজা খোলা আছে, একজন কর্মকর্তা আসছেন",
        "The door behind you is open. An officer is on the way",
    ),
    TravellerMessage.LOOK_AT_CAMERA: DisplayText(
        "ক্যামেরার দিকে তাকান",
        "Look at the camera",
        "স্থির হয়ে সোজা সামনে তাকান",
        "Stand still and look straight ahead",
        2,
    ),
    TravellerMessage.PLEASE_WAIT: DisplayText(
        "অনুগ্রহ করে অপেক্ষা করুন", "Please wait", "একটু সময় লাগছে", "This takes a moment", 2
    ),
    TravellerMessage.PLEASE_PASS: DisplayText(
        "এগিয়ে যান", "Please go through", "পাসপোর্ট সঙ্গে নিন", "Take your passport with you", 3
    ),
    TravellerMessage.OFFICER_WILL_HELP: DisplayText(
        "একজন কর্মকর্তা আপনাকে সাহায্য করবেন",
        "An officer will help you",
        "অনুগ্রহ করে এখানে অপেক্ষা করুন",
        "Please wait here",
    ),
    TravellerMessage.LANE_CLOSED: DisplayText(
        "এই লেন বন্ধ", "This lane is closed", "অনুগ্রহ করে অন্য লেনে যান", "Please use another lane"
    ),
    TravellerMessage.EVACUATE: DisplayText(
        "এখনই বেরিয়ে আসুন",
        "Leave now",
        "দরজা খোলা আছে, শান্ত থাকুন",
        "The doors are open. Stay calm",
    ),
}

CONNECTION_LOST: Final = DisplayText(
    "অনুগ্রহ করে অপেক্ষা করুন", "Please wait", "একজন কর্মকর্তা আসছেন", "An officer is on the way"
)
"""While the page hears nothing from its gate, whatever it last said may be wrong."""

STEPS: Final = (("পাসপোর্ট", "Passport"), ("চেহারা", "Face"), ("এগিয়ে যান", "Go through"))
