"""What the check of a digital seal says, in English, and the same in Bangla; see `detail_texts`."""

from typing import Final

SEAL_DETAIL_TEXTS: Final[tuple[tuple[str, str], ...]] = (
    ("seal: {}", "ডিজিটাল সিল: {}"),
    # On the page.
    ("none is expected, and none was seen", "থাকার কথা নয়, দেখাও যায়নি"),
    ("there are several", "একাধিক সিল আছে"),
    ("its place is blank", "সিলের জায়গা খালি"),
    ("it cannot be read", "পড়া যায় না"),
    (
        "the MRZ to compare it with was not read with certainty",
        "মেলানোর MRZ নিশ্চিতভাবে পড়া যায়নি",
    ),
    ("of a trusted signer, and as the MRZ", "বিশ্বস্ত স্বাক্ষরকারীর, আর MRZ-এর সঙ্গে মেলে"),
    # Its signature and its signer.
    ("no certificate of the seal's signer", "সিলের স্বাক্ষরকারীর সনদ নেই"),
    ("the signature is wrong", "স্বাক্ষর ভুল"),
    (
        "the signature has another length than the signer's",
        "স্বাক্ষরের দৈর্ঘ্য স্বাক্ষরকারীর স্বাক্ষরের মতো নয়",
    ),
    ("the key of the signer: {}", "স্বাক্ষরকারীর চাবি: {}"),
    (
        "the key of the signer is not of an elliptic curve",
        "স্বাক্ষরকারীর চাবি উপবৃত্তীয় বক্ররেখার নয়",
    ),
    ("no hash for a signature on {}", "এই বক্ররেখার স্বাক্ষরের জন্য হ্যাশ নেই: {}"),
    ("the certificate does not say that it is for seals", "সনদে লেখা নেই যে এটি সিলের জন্য"),
    ("the signer is of another State than the seal", "স্বাক্ষরকারী ও সিলের দেশ এক নয়"),
    ("the signer is not of its CSCA's State", "স্বাক্ষরকারী ও তার CSCA-র দেশ এক নয়"),
    ("the signer is for other types of documents", "স্বাক্ষরকারী অন্য ধরনের দলিলের জন্য"),
    # What it holds.
    (
        "the certificate reference is reserved for tests",
        "সনদের উল্লেখটি কেবল পরীক্ষার জন্য",
    ),
    (
        "nobody defined the features of this kind of document",
        "এই ধরনের দলিলের সিলে কী থাকে, কেউ ঠিক করেনি",
    ),
    ("the MRZ in the seal has a wrong check digit", "সিলের MRZ-এ চেক ডিজিট ভুল"),
    (
        "the MRZ in the seal names another State than the seal",
        "সিলের MRZ-এর দেশ ও সিলের দেশ এক নয়",
    ),
    ("{} is missing", "নেই: {}"),
    ("{} is there twice", "দুবার আছে: {}"),
    # What it says, against the page.
    ("the printed MRZ is not the one in the seal", "ছাপা MRZ সিলের MRZ নয়"),
    ("a check digit of the printed MRZ is wrong", "ছাপা MRZ-এ চেক ডিজিট ভুল"),
    ("a check digit of the passport's MRZ is wrong", "পাসপোর্টের MRZ-এ চেক ডিজিট ভুল"),
    (
        "the seal has nothing that this MRZ could be compared with",
        "এই MRZ-এর সঙ্গে মেলানোর মতো কিছু সিলে নেই",
    ),
    (
        "the seal is for a passport with another number",
        "সিলটি অন্য নম্বরের পাসপোর্টের",
    ),
    ("the seal is for a passport of another State", "সিলটি অন্য দেশের পাসপোর্টের"),
)
