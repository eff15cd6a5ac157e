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
    # What is not answered.
    "page.start": ("শুরুর পাতা", "First page"),
    "page.refused.not_yours": ("অনুমতি নেই", "Not permitted"),
    "page.refused.not_here": ("এখানে কিছু নেই", "There is nothing here"),
    "page.refused.not_so": ("এভাবে হয় না", "Not in this way"),
    "page.refused.not_taken": ("যা পাঠানো হয়েছে তা নেওয়া যায়নি", "What was sent was not taken"),
    "page.hint.not_yours": (
        "কাজটি আপনার নয়, অথবা ফর্মটি এই লগ-ইনের নয়। কিছুই বদলায়নি।",
        "It is not yours to do, or the form is not of this log-in. Nothing was changed.",
    ),
    "page.hint.not_here": (
        "ঠিকানাটি ভুল, অথবা যা ছিল তা আর নেই।",
        "The address is wrong, or what was there is gone.",
    ),
    "page.hint.not_so": (
        "এই ঠিকানা কেবল কনসোলের একটি ফর্মের জন্য। পাতাটি খুলে সেখান থেকে করুন।",
        "This address is only for a form of the console. Open the page, and do it from there.",
    ),
    "page.hint.not_taken": (
        "তা খুব বড়, অসম্পূর্ণ, অথবা কনসোলের কোনো ফর্ম নয়। কিছুই বদলায়নি; আবার চেষ্টা করুন।",
        "It is too long, not whole, or no form of the console. Nothing was changed; try again.",
    ),
}
