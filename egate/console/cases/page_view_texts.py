"""Words of the scanned page in Bangla and English."""

from collections.abc import Mapping
from typing import Final

PAGE_VIEW_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "case.page": ("স্ক্যান করা পাতা", "Scanned page"),
    "case.page.lights": ("আলো", "Light"),
    "case.page.light.white": ("সাদা", "White"),
    "case.page.light.infrared": ("ইনফ্রারেড", "Infrared"),
    "case.page.light.ultraviolet": ("অতিবেগুনি", "Ultraviolet"),
    "case.page.no_light": ("ছবি নেই", "no picture"),
    "case.page.whole": ("পুরো পাতা", "The whole page"),
    "case.page.this": ("এই পাতা", "This page"),
    "case.page.specimen": ("নমুনা", "Specimen"),
    "case.page.which_specimen": ("কোন নমুনা", "Which specimen"),
    "case.page.no_specimen": (
        "এই ধরনের দলিলের নমুনা এই কনসোলে নেই",
        "This console has no specimen of such a document",
    ),
    "case.page.no_specimen_light": (
        "এই আলোয় নমুনার ছবি নেই",
        "The specimen has no picture under this light",
    ),
    "case.page.no_picture": (
        "এই আলোয় পাতার ছবি নেই",
        "There is no picture of the page under this light",
    ),
    "case.page.specimen_failed": ("নমুনা আনা যায়নি", "The specimen could not be fetched"),
    "case.page.findings": ("পাতায় যা পাওয়া গেছে", "What the page shows"),
    "case.page.no_findings": (
        "পাতাটি কোনো যন্ত্র পরীক্ষা করেনি: নিজে দেখুন",
        "No machine examined the page: look at it yourself",
    ),
    "case.page.measured": (
        "আসল পাতার সঙ্গে মিল {score}%; আসল পাতায় অন্তত {threshold}%",
        "Likeness to a genuine page {score}%; a genuine one has at least {threshold}%",
    ),
    "case.page.next": ("পরেরটি", "Next"),
    "case.page.closer": ("কাছ থেকে", "Closer"),
    "case.page.larger": ("বড় করে দেখুন", "Larger"),
    "case.page.compare": ("নমুনার পাশে", "Beside the specimen"),
}
