"""The frame's own words."""

from collections.abc import Mapping
from typing import Final

TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "page.name": ("গেট কনসোল", "Gate console"),
    "page.board": ("লেনগুলো", "Lanes"),
    "page.skip": ("মূল অংশে যান", "Skip to the content"),
    "page.navigation": ("পাতাসমূহ", "Pages"),
    "page.language": ("ভাষা", "Language"),
    "page.keys": ("কী-বোর্ড", "Keyboard"),
    "page.keys_here": ("এই পাতার কী", "Keys of this page"),
    "page.keys_on": ("এক অক্ষরের কী চালু", "Keys of one letter are on"),
    "page.keys_hint": (
        "লেখার ঘরে থাকলে কী কাজ করে না",
        "While you type in a field they are letters",
    ),
    "page.close": ("বন্ধ করুন", "Close"),
    "page.lost": (
        "এই পাতার সংযোগ নেই: যা দেখছেন তা পুরোনো",
        "This page is disconnected: what you see is old",
    ),
    "page.clock": ("ঢাকার সময়", "Time in Dhaka"),
    "page.seconds": ("সেকেন্ড", "s"),
    "page.minutes": ("মিনিট", "min"),
    "page.hours": ("ঘণ্টা", "h"),
    "page.days": ("দিন", "d"),
}
