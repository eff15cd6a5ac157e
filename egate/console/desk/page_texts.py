"""Words of the page scanner at a desk in Bangla and English."""

from collections.abc import Mapping
from typing import Final

PAGE_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "desk.reader_unread": (
        "MRZ পড়া যায়নি: পাতাটি আবার রাখুন, অথবা লাইনগুলো টাইপ করুন",
        "The MRZ could not be read: lay the page down again, or type the lines",
    ),
    "desk.reader_another_page": (
        "আরেকটি পাতা রাখা হয়েছে: পাতাটি উপরে দেখুন, ফর্ম আগের মতোই আছে",
        "Another page was laid down: look at it above; the form stays as it is",
    ),
    "desk.page": ("স্ক্যানারের পাতা", "The page on the scanner"),
    "desk.page.looking": ("পাতাটি পরীক্ষা করা হচ্ছে…", "The page is being examined…"),
    "desk.page.amiss": ("পাতাটি দেখুন", "Look at this page"),
    "desk.page.unread": ("MRZ পড়া যায়নি", "The MRZ could not be read"),
    "desk.page.unsure": (
        "সব নিশ্চিত নয়: {total}টির মধ্যে {right}টি পরীক্ষা ঠিক",
        "Not all is certain: {right} of {total} checks in order",
    ),
    "desk.page.right": (
        "অমিল নেই: {total}টির মধ্যে {right}টি পরীক্ষা ঠিক",
        "Nothing amiss: {right} of {total} checks in order",
    ),
    "desk.page.unfit": (
        "এই ধরনের দলিলের জন্য কোনো পরীক্ষা নেই: নিজে দেখুন",
        "No check is for such a document: look at the page yourself",
    ),
    "desk.page.not_for_it": ("{count}টি প্রযোজ্য নয়", "{count} not for this kind of document"),
    "desk.page.visa": ("ভিসা", "Visa"),
    "desk.page.show": ("পাতা দেখুন", "See the page"),
    "desk.page.hide": ("পাতা লুকান", "Hide the page"),
    "desk.page.another": (
        "এটি ফর্মের দলিল নয়: নম্বর আলাদা",
        "This is not the document of the form: its number is another",
    ),
    "desk.page.another_visa": (
        "ভিসাটি এই যাত্রীর নয়: জন্মতারিখ আলাদা",
        "This visa is not the traveller's: its date of birth is another",
    ),
    "desk.page.before_deciding": (
        "সিদ্ধান্তের আগে পাতায় দেখুন",
        "Before you decide, look at the page",
    ),
}
