"""What gates say of the pictures of a page, in English, and the same in Bangla.

As ``detail_texts``: ``{}`` stands for a part with a line of its own, or is left as it is.
"""

from typing import Final

PAGE_DETAIL_TEXTS: Final[tuple[tuple[str, str], ...]] = (
    ("the page is of another document", "পাতাটি অন্য পাসপোর্টের"),
    ("the page was not inspected in time", "সময়মতো পাতা পরীক্ষা হয়নি"),
    ("the page scanner has no infrared light", "পাতার স্ক্যানারে ইনফ্রারেড আলো নেই"),
    ("the page scanner has no ultraviolet light", "পাতার স্ক্যানারে অতিবেগুনি আলো নেই"),
    ("the scanner has no infrared image", "স্ক্যানারে ইনফ্রারেড ছবি নেই"),
    ("the scanner has no ultraviolet image", "স্ক্যানারে অতিবেগুনি ছবি নেই"),
    ("the page has nothing to check", "পাতায় পরীক্ষার কিছু নেই"),
    ("the page's place is not known", "ছবিতে পাতাটি কোথায় তা জানা যায়নি"),
    ("no model of this document", "এই পাসপোর্টের নমুনা নেই"),
    ("the model of this document expects nothing of it", "এই পাসপোর্টের নমুনায় এর কিছু নেই"),
    # The print of the MRZ.
    ("MRZ: in OCR-B", "MRZ: OCR-B হরফে"),
    ("MRZ: not in OCR-B", "MRZ: OCR-B হরফে নয়"),
    ("MRZ: all characters printed alike", "MRZ: সব অক্ষরের ছাপা একই রকম"),
    (
        "characters of the MRZ: printed apart from the others",
        "MRZ-এর কিছু অক্ষর: অন্যগুলো থেকে আলাদাভাবে ছাপা",
    ),
    ("MRZ: where 9303 wants it", "MRZ: ঠিক জায়গায় (9303)"),
    ("MRZ: not where 9303 wants it", "MRZ: ঠিক জায়গায় নয় (9303)"),
    ("MRZ: ten characters an inch", "MRZ: ইঞ্চিতে দশ অক্ষর"),
    ("MRZ: not ten characters an inch", "MRZ: ইঞ্চিতে দশ অক্ষর নয়"),
    ("MRZ: too worn to judge its print", "MRZ: ছাপা বিচারের পক্ষে বেশি ক্ষয়ে গেছে"),
    # Infrared and ultraviolet.
    ("MRZ: the same in infrared as in white light", "MRZ: সাদা ও ইনফ্রারেড আলোয় একই"),
    (
        "characters of the MRZ: others are seen under them in infrared",
        "MRZ-এর কিছু অক্ষর: ইনফ্রারেডে নিচে অন্য অক্ষর দেখা যায়",
    ),
    ("MRZ: every character absorbs infrared", "MRZ: সব অক্ষর ইনফ্রারেড শোষে"),
    ("MRZ: in ink that infrared does not see", "MRZ: কালি ইনফ্রারেডে দেখা যায় না"),
    (
        "characters of the MRZ: in ink that infrared does not see",
        "MRZ-এর কিছু অক্ষর: কালি ইনফ্রারেডে দেখা যায় না",
    ),
    ("MRZ: too worn to be compared in infrared", "MRZ: ইনফ্রারেডে মেলানোর পক্ষে বেশি ক্ষয়ে গেছে"),
    ("MRZ: its paper is whole", "MRZ: নিচের কাগজ অক্ষত"),
    (
        "characters of the MRZ: the paper under them was erased",
        "MRZ-এর কিছু অক্ষর: নিচের কাগজ ঘষে তোলা হয়েছে",
    ),
    # The page against its model.
    ("{}: as the model's", "{}: নমুনার মতোই"),
    ("{}: fainter than the model's", "{}: নমুনার চেয়ে ফিকে"),
    ("{}: seen where the model's ink vanishes", "{}: নমুনার কালি যেখানে মিলিয়ে যায়, এখানে দেখা যায়"),
    (
        "{}: infrared does not show what white light shows",
        "{}: সাদা আলোয় যা দেখা যায়, ইনফ্রারেডে তা নেই",
    ),
    ("{}: shines where the model's is dull", "{}: নমুনা যেখানে নিষ্প্রভ, এখানে জ্বলে"),
    ("{}: what shines is not the model's", "{}: যা জ্বলে তা নমুনার নয়"),
    ("{}: not the model's print", "{}: ছাপা নমুনার নয়"),
    ("{}: the background does not run through it", "{}: পটভূমির নকশা এর ভেতর দিয়ে যায়নি"),
    ("{}: too little of it can be seen", "{}: খুব কম অংশ দেখা যায়"),
    ("visible print", "দৃশ্যমান ছাপা"),
    ("infrared print", "ইনফ্রারেড ছাপা"),
    ("fluorescent print", "জ্বলজ্বলে ছাপা"),
    ("fluorescent print over the photograph", "ছবির উপরের জ্বলজ্বলে ছাপা"),
    ("print of the page", "পাতার ছাপা"),
    ("paper", "কাগজ"),
    ("photograph", "ছবি"),
    # The MRZ against the other fields.
    ("as in the MRZ: {}", "MRZ-এর মতোই: {}"),
    ("not as in the MRZ: {}", "MRZ-এর মতো নয়: {}"),
    ("cannot be read with certainty: {}", "নিশ্চিতভাবে পড়া যায় না: {}"),
    ("nothing on this page to compare with the MRZ", "এই পাতায় MRZ-এর সঙ্গে মেলানোর কিছু নেই"),
)
