"""What the camera asks of the traveller, Bangla first: short, polite, and never why.

Nobody is told off: each line says what to do. A headscarf may stay, so it is not named.
"""

from typing import Final

from egate.domain.guidance import Guidance
from egate.ports.supervision import TravellerMessage
from egate.web.traveller_texts import TEXTS, DisplayText

GUIDANCE_TEXTS: Final[dict[Guidance, DisplayText]] = {
    Guidance.LOOK_AT_CAMERA: TEXTS[TravellerMessage.LOOK_AT_CAMERA],
    Guidance.COME_CLOSER: DisplayText(
        "একটু কাছে আসুন",
        "Come a little closer",
        "ক্যামেরার দিকে এক পা এগিয়ে আসুন",
        "One small step towards the camera",
        2,
    ),
    Guidance.STEP_BACK: DisplayText(
        "একটু পিছিয়ে দাঁড়ান",
        "Step back a little",
        "ক্যামেরা থেকে এক পা পিছিয়ে যান",
        "One small step away from the camera",
        2,
    ),
    Guidance.STEP_TO_THE_MIDDLE: DisplayText(
        "মাঝখানে দাঁড়ান",
        "Stand in the middle",
        "ক্যামেরার ঠিক সামনে দাঁড়ান",
        "Right in front of the camera",
        2,
    ),
    Guidance.LOOK_UP: DisplayText(
        "একটু উপরে তাকান", "Look up a little", "মাথা সামান্য তুলুন", "Raise your head slightly", 2
    ),
    Guidance.LOOK_DOWN: DisplayText(
        "একটু নিচে তাকান", "Look down a little", "মাথা সামান্য নামান", "Lower your head slightly", 2
    ),
    Guidance.HOLD_HEAD_STRAIGHT: DisplayText(
        "মাথা সোজা রাখুন",
        "Hold your head straight",
        "মাথা কোনো দিকে কাত না করে তাকান",
        "Not tilted to either side",
        2,
    ),
    Guidance.TAKE_OFF: DisplayText(
        "পুরো চেহারা দেখান",
        "Show your whole face",
        "টুপি, মাস্ক বা রোদচশমা খুলুন",
        "Take off cap, mask or sunglasses",
        2,
    ),
    Guidance.ONE_PERSON_ONLY: DisplayText(
        "একবারে একজন",
        "One person at a time",
        "অন্যরা অনুগ্রহ করে পেছনে অপেক্ষা করুন",
        "Others, please wait behind",
        2,
    ),
    Guidance.HOLD_STILL: DisplayText(
        "স্থির থাকুন",
        "Hold still",
        "ক্যামেরার দিকে তাকিয়ে থাকুন",
        "Keep looking at the camera",
        2,
    ),
    Guidance.WAIT: DisplayText(
        "অনুগ্রহ করে অপেক্ষা করুন",
        "Please wait",
        "ক্যামেরার দিকে তাকিয়ে থাকুন",
        "Keep looking at the camera",
        2,
    ),
    Guidance.DONE: DisplayText(
        "ধন্যবাদ", "Thank you", "আর একটু অপেক্ষা করুন", "One more moment, please", 2
    ),
}
