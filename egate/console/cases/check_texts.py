"""What each check looks at, whatever its end; and how checks end."""

from collections.abc import Mapping
from typing import Final

CHECK_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "case.check.OPTICAL.MRZ.CHECK_DIGITS": ("MRZ-এর চেক ডিজিট", "Check digits of the MRZ"),
    "case.check.OPTICAL.MRZ.EXPIRY": ("মেয়াদ শেষের তারিখ", "Date of expiry"),
    "case.check.OPTICAL.IR": ("ইনফ্রারেডে পাতা", "Page under infrared"),
    "case.check.OPTICAL.UV": ("অতিবেগুনিতে পাতা", "Page under ultraviolet"),
    "case.check.ELECTRONIC.ACCESS": ("চিপ পড়া", "Reading the chip"),
    "case.check.ELECTRONIC.PA.SOD_SIGNATURE": ("চিপের স্বাক্ষর", "Signature of the chip's data"),
    "case.check.ELECTRONIC.PA.CERTIFICATE_PATH": ("স্বাক্ষরকারীর সনদ", "Trust in the signer"),
    "case.check.ELECTRONIC.PA.DS_VALIDITY": ("সনদের মেয়াদ", "Validity of the signer"),
    "case.check.ELECTRONIC.PA.DS_REVOCATION": ("সনদ বাতিল কি না", "Revocation of the signer"),
    "case.check.ELECTRONIC.PA.DG_HASHES": ("চিপের তথ্য অপরিবর্তিত", "Chip's data as signed"),
    "case.check.ELECTRONIC.PA.COUNTRY": ("ইস্যুকারী দেশ", "Issuing State"),
    "case.check.ELECTRONIC.COM_SOD": ("চিপের সূচি", "Chip's table of contents"),
    "case.check.ELECTRONIC.CHIP_AUTHENTICATION": (
        "চিপ আসল (চিপ অথেনটিকেশন)",
        "Genuine chip (chip authentication)",
    ),
    "case.check.ELECTRONIC.ACTIVE_AUTHENTICATION": (
        "চিপ আসল (অ্যাকটিভ অথেনটিকেশন)",
        "Genuine chip (active authentication)",
    ),
    "case.check.COMBINED.MRZ_DG1": ("পাতা ও চিপের তথ্য", "Data of page and chip"),
    "case.check.COMBINED.DEVIATION": ("সিরিজের জানা ত্রুটি", "Known defects of the series"),
    "case.check.COMBINED.PORTRAIT": ("পাতা ও চিপের ছবি", "Portraits of page and chip"),
    "case.check.BIOMETRIC.CAPTURE": ("মুখের ছবি নেওয়া", "Picture of the face"),
    "case.check.BIOMETRIC.QUALITY": ("মুখের ছবির মান", "Quality of the picture"),
    "case.check.BIOMETRIC.PAD": ("মুখটি জীবন্ত", "Live face"),
    "case.check.BIOMETRIC.FACE": ("মুখ ও চিপের ছবি", "Face and chip portrait"),
    "case.check.BACKGROUND.DOCUMENT_STATUS": ("হারানো ও চুরির তালিকা", "Lost and stolen documents"),
    "case.check.BACKGROUND.WATCHLIST": ("নজরদারি তালিকা", "Watch lists"),
    "case.check.BACKGROUND.AUTHORISATION": ("ভিসা বা অনুমতি", "Visa or authorisation"),
    "case.check.BACKGROUND.STAY": ("থাকার মেয়াদ", "Length of stay"),
    "case.check.BACKGROUND.CLEARANCE": ("বহির্গমন ছাড়পত্র", "Clearance to leave"),
    "case.check.BACKGROUND.ELIGIBILITY": ("এই লেনের যাত্রী কি না", "Served by this lane"),
    "case.check.BACKGROUND.SERVICE": ("গেটের সেবা", "Service of the gate"),
    "case.check.PHYSICAL.SINGLE_PERSON": ("লেনে একজন", "One person in the lane"),
    "case.check.PHYSICAL.NOTHING_LEFT": ("কিছু পড়ে নেই", "Nothing left behind"),
    "case.check.PHYSICAL.PASSAGE": ("পার হওয়া", "Passage"),
    "case.outcome.successful": ("ঠিক আছে", "Passed"),
    "case.outcome.failed": ("মেলেনি", "Failed"),
    "case.outcome.undetermined": ("নিশ্চিত নয়", "Undetermined"),
    "case.outcome.not_supported": ("প্রযোজ্য নয়", "Not supported"),
    "case.outcome.aborted": ("শেষ হয়নি", "Not finished"),
}
