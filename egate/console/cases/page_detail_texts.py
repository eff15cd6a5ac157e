"""What the checks of a scanned page say, in English, and the same in Bangla; see `detail_texts`."""

from typing import Final

PAGE_DETAIL_TEXTS: Final[tuple[tuple[str, str], ...]] = (
    # The page itself.
    ("the page is of another document", "পাতাটি অন্য পাসপোর্টের"),
    ("the page was not inspected in time", "সময়মতো পাতা পরীক্ষা হয়নি"),
    ("the page scanner has no infrared light", "পাতার স্ক্যানারে ইনফ্রারেড আলো নেই"),
    ("the page scanner has no ultraviolet light", "পাতার স্ক্যানারে অতিবেগুনি আলো নেই"),
    ("the page has nothing to check", "পাতায় পরীক্ষার কিছু নেই"),
    ("on a worn page: {}", "জীর্ণ পাতায়: {}"),
    ("page: dark in infrared, as a screen is", "পাতা: ইনফ্রারেডে অন্ধকার, পর্দা যেমন হয়"),
    # What a model knows of a page by name, and the fields of a page.
    ("MRZ", "MRZ"),
    ("characters of the MRZ", "MRZ-এর কিছু অক্ষর"),
    ("photograph", "ছবি"),
    ("paper", "কাগজ"),
    ("print of the page", "পাতার ছাপা"),
    ("visible print", "দৃশ্যমান ছাপা"),
    ("infrared print", "ইনফ্রারেডে দেখা ছাপা"),
    ("fluorescent print", "অতিবেগুনিতে জ্বলা ছাপা"),
    ("fluorescent print over the photograph", "ছবির উপরে অতিবেগুনিতে জ্বলা ছাপা"),
    ("fluorescent print through the photograph", "ছবির ভেতর দিয়ে যাওয়া অতিবেগুনিতে জ্বলা ছাপা"),
    ("infrared", "ইনফ্রারেড"),
    ("ultraviolet", "অতিবেগুনি"),
    ("country code", "দেশের কোড"),
    ("passport number", "পাসপোর্ট নম্বর"),
    ("document number", "পাসপোর্ট নম্বর"),
    ("surname", "পদবি"),
    ("given name", "নাম"),
    ("name", "নাম"),
    ("nationality", "জাতীয়তা"),
    ("personal number", "ব্যক্তিগত নম্বর"),
    ("date of birth", "জন্মতারিখ"),
    ("date of expiry", "মেয়াদ শেষের তারিখ"),
    ("sex", "লিঙ্গ"),
    # The page as a whole.
    ("the page's place is not known", "ছবিতে পাতাটি কোথায়, জানা যায়নি"),
    ("the scanner has no {} image", "স্ক্যানারে এই আলোর ছবি নেই: {}"),
    ("no model of this document", "এই পাসপোর্টের আদর্শ নেই"),
    (
        "the model of this document expects nothing of it",
        "এই পাসপোর্টের আদর্শে এর কিছু বলা নেই",
    ),
    # The MRZ.
    ("MRZ: in OCR-B", "MRZ: OCR-B হরফে"),
    ("MRZ: not in OCR-B", "MRZ: OCR-B হরফে নয়"),
    ("MRZ: all characters printed alike", "MRZ: সব অক্ষর একইভাবে ছাপা"),
    (
        "characters of the MRZ: printed apart from the others",
        "MRZ-এর কিছু অক্ষর: বাকিগুলো থেকে আলাদা করে ছাপা",
    ),
    ("MRZ: where 9303 wants it", "MRZ: 9303-এর নির্ধারিত জায়গায়"),
    ("MRZ: not where 9303 wants it", "MRZ: 9303-এর নির্ধারিত জায়গায় নয়"),
    ("MRZ: ten characters an inch", "MRZ: ইঞ্চিতে দশ অক্ষর"),
    ("MRZ: not ten characters an inch", "MRZ: ইঞ্চিতে দশ অক্ষর নয়"),
    ("MRZ: too worn to judge its print", "MRZ: এত ক্ষয়ে গেছে যে ছাপা বিচার করা যায় না"),
    (
        "MRZ: too worn to be compared in infrared",
        "MRZ: এত ক্ষয়ে গেছে যে ইনফ্রারেডে মেলানো যায় না",
    ),
    (
        "MRZ: white and infrared light show different characters",
        "MRZ: সাদা আলোয় ও ইনফ্রারেডে আলাদা অক্ষর দেখা যায়",
    ),
    ("MRZ: infrared light does not confirm it", "MRZ: ইনফ্রারেডে নিশ্চিত হয়নি"),
    ("MRZ: every character absorbs infrared", "MRZ: সব অক্ষর ইনফ্রারেডে দেখা যায়"),
    ("{}: in ink that infrared does not see", "{}: এমন কালিতে যা ইনফ্রারেডে দেখা যায় না"),
    (
        "MRZ: the same in infrared as in white light",
        "MRZ: সাদা আলো ও ইনফ্রারেডে একই",
    ),
    (
        "characters of the MRZ: others are seen under them in infrared",
        "MRZ-এর কিছু অক্ষর: ইনফ্রারেডে নিচে অন্য অক্ষর দেখা যায়",
    ),
    ("MRZ: its paper is whole", "MRZ: নিচের কাগজ অক্ষত"),
    (
        "characters of the MRZ: the paper under them was erased",
        "MRZ-এর কিছু অক্ষর: নিচের কাগজ ঘষে তোলা হয়েছে",
    ),
    # The page against its model.
    ("{}: as the model's", "{}: আদর্শের মতোই"),
    ("{}: too little of it can be seen", "{}: খুব কমই দেখা যায়"),
    ("{}: fainter than the model's", "{}: আদর্শের চেয়ে ফিকে"),
    (
        "{}: seen where the model's ink vanishes",
        "{}: আদর্শের কালি যেখানে মিলিয়ে যায় সেখানে দেখা যায়",
    ),
    (
        "{}: infrared does not show what white light shows",
        "{}: সাদা আলোয় যা দেখা যায়, ইনফ্রারেডে তা নেই",
    ),
    ("{}: shines where the model's is dull", "{}: আদর্শ যেখানে নিষ্প্রভ সেখানে জ্বলে"),
    ("{}: what shines is not the model's", "{}: যা জ্বলে তা আদর্শের নয়"),
    ("{}: not the model's print", "{}: আদর্শের ছাপা নয়"),
    (
        "{}: does not go on as strong as around it",
        "{}: চারপাশের মতো জোরালোভাবে এর উপর দিয়ে যায়নি",
    ),
    (
        "{}: the background does not run through it",
        "{}: পেছনের নকশা এর ভেতর দিয়ে যায়নি",
    ),
    # The visual zone.
    (
        "nothing on this page to compare with the MRZ",
        "এই পাতায় MRZ-এর সঙ্গে মেলানোর কিছু নেই",
    ),
    ("as in the MRZ: {}", "MRZ-এর সঙ্গে মেলে: {}"),
    ("not as in the MRZ: {}", "MRZ-এর সঙ্গে মেলে না: {}"),
    ("cannot be read with certainty: {}", "নিশ্চিতভাবে পড়া যায় না: {}"),
)
