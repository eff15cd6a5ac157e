"""Why a traveller was referred, in an officer's words: what, and what to look at.

A finding names a check that was not successful; it may have failed or be undetermined,
so no line accuses anybody.
"""

from typing import Final, NamedTuple

from egate.emrtd.checks import CheckId
from egate.ports.devices import DeviceName


class FindingText(NamedTuple):
    bangla: str
    english: str
    bangla_look: str
    english_look: str


_CHECKS: Final[dict[CheckId, FindingText]] = {
    CheckId.OPTICAL_MRZ_CHECK_DIGITS: FindingText(
        "MRZ-এর চেক ডিজিট মেলেনি", "MRZ check digits do not agree",
        "MRZ লাইনে ময়লা বা পরিবর্তন আছে কি না দেখুন", "Look for dirt or a change in the MRZ lines",
    ),
    CheckId.OPTICAL_MRZ_EXPIRY: FindingText(
        "পাসপোর্টের মেয়াদ নেই", "The document has expired",
        "মেয়াদ শেষের তারিখ দেখুন", "Check the date of expiry",
    ),
    CheckId.OPTICAL_IR: FindingText(
        "ইনফ্রারেড পরীক্ষা নিশ্চিত হয়নি", "Infrared check not confirmed",
        "পাতাটি ইনফ্রারেড আলোয় দেখুন", "Look at the page under infrared",
    ),
    CheckId.OPTICAL_UV: FindingText(
        "অতিবেগুনি পরীক্ষা নিশ্চিত হয়নি", "Ultraviolet check not confirmed",
        "পাতাটি অতিবেগুনি আলোয় দেখুন", "Look at the page under ultraviolet light",
    ),
    CheckId.MRZ_PRINT: FindingText(
        "MRZ-এর ছাপা নিশ্চিত হয়নি", "Print of the MRZ not confirmed",
        "অক্ষরের গড়ন, ফাঁক ও সারির স্থান দেখুন", "Look at the shape, spacing and place of its characters",
    ),
    CheckId.PHOTOGRAPH: FindingText(
        "ছাপা ছবি অক্ষত কি না নিশ্চিত নয়", "Printed photograph not confirmed as intact",
        "ছবির কিনারা ও উপরের স্তর দেখুন; সাদা ও ইনফ্রারেড আলোয় মেলান",
        "Feel its edges and the layer over it; compare white light and infrared",
    ),
    CheckId.PATTERN: FindingText(
        "পাতাটি নমুনার মতো কি না নিশ্চিত নয়", "Page not confirmed as its model",
        "নমুনার সঙ্গে পাতার নকশা মেলান", "Compare the page with the specimen",
    ),
    CheckId.OPTICAL_SEAL: FindingText(
        "ডিজিটাল সিল নিশ্চিত হয়নি", "Digital seal not confirmed",
        "সিল পড়ুন, আর তার তথ্য ছাপা তথ্যের সঙ্গে মেলান",
        "Read the seal, and compare what it says with what is printed",
    ),
    CheckId.ACCESS: FindingText(
        "চিপ পড়া যায়নি", "The chip could not be read",
        "ডেস্কে আবার পড়ুন; নষ্ট চিপ জালিয়াতির প্রমাণ নয়",
        "Read it again at the desk; a dead chip proves no fraud",
    ),
    CheckId.SOD_SIGNATURE: FindingText(
        "চিপের স্বাক্ষর নিশ্চিত হয়নি", "The chip's signature was not confirmed",
        "জাল কি না দেখুন: পাতা ও সেলাই পরীক্ষা করুন", "Possible forgery: examine page and binding",
    ),
    CheckId.CERTIFICATE_PATH: FindingText(
        "চিপে স্বাক্ষরকারী আমাদের তালিকায় নেই", "The chip's signer is not trusted here",
        "দেশটির সনদ আছে কি না জিজ্ঞাসা করুন; পাতা পরীক্ষা করুন",
        "Ask whether this State's certificates are loaded; examine the page",
    ),
    CheckId.DS_VALIDITY: FindingText(
        "স্বাক্ষরকারী সনদ তখন বৈধ ছিল না", "The signer's certificate was not valid",
        "ইস্যুর তারিখ দেখুন", "Check the date of issue",
    ),
    CheckId.DS_REVOCATION: FindingText(
        "স্বাক্ষরকারী সনদ বাতিল কি না নিশ্চিত নয়", "Revocation of the signer not cleared",
        "বাতিল সনদ হলে পাসপোর্ট আটক রাখুন ও সুপারভাইজারকে জানান",
        "If it is revoked, keep the document and call the supervisor",
    ),
    CheckId.DG_HASHES: FindingText(
        "চিপের তথ্য স্বাক্ষরিত তথ্যের সঙ্গে মেলেনি", "The chip's data were not as signed",
        "চিপের ছবি ও তথ্য পাতার সঙ্গে মেলান", "Compare the chip's portrait and data with the page",
    ),
    CheckId.COUNTRY: FindingText(
        "ইস্যুকারী দেশ মেলেনি", "The issuing State does not agree",
        "পাতা, চিপ ও সনদের দেশ মেলান", "Compare the State on page, chip and certificate",
    ),
    CheckId.COM_SOD: FindingText(
        "চিপের সূচি মেলেনি", "The chip's table of contents does not agree",
        "ডেস্কে চিপ আবার পড়ুন", "Read the chip again at the desk",
    ),
    CheckId.CHIP_AUTHENTICATION: FindingText(
        "চিপটি আসল কি না নিশ্চিত হয়নি", "The chip may be a copy",
        "নকল চিপের আশঙ্কা: পাতা ও মলাট পরীক্ষা করুন", "Possible clone: examine page and cover",
    ),
    CheckId.ACTIVE_AUTHENTICATION: FindingText(
        "চিপটি আসল কি না নিশ্চিত হয়নি", "The chip may be a copy",
        "নকল চিপের আশঙ্কা: পাতা ও মলাট পরীক্ষা করুন", "Possible clone: examine page and cover",
    ),
    CheckId.MRZ_DG1: FindingText(
        "পাতা ও চিপের তথ্য এক নয়", "Page and chip say different things",
        "নাম, নম্বর ও জন্মতারিখ মেলান", "Compare name, number and date of birth",
    ),
    CheckId.DEVIATION: FindingText(
        "এই সিরিজের পরিচিত ত্রুটি আছে", "A known defect of this series",
        "ত্রুটির তালিকা দেখুন", "See the deviation list",
    ),
    CheckId.MRZ_VIZ: FindingText(
        "MRZ ও ছাপা তথ্য এক কি না নিশ্চিত নয়", "MRZ and printed fields not confirmed as equal",
        "নাম, নম্বর ও তারিখ MRZ-এর সঙ্গে মেলান", "Compare names, number and dates with the MRZ",
    ),
    CheckId.PORTRAIT: FindingText(
        "পাতার ছবি চিপের ছবির সঙ্গে মেলেনি", "Printed and stored portrait were not confirmed alike",
        "পাতার ছবি বদলানো কি না দেখুন: আবরণ ও ছবির কিনারা পরীক্ষা করুন",
        "Possible change of photograph: examine laminate and edges",
    ),
    CheckId.FACE_CAPTURE: FindingText(
        "মুখের ছবি নেওয়া যায়নি", "No picture of the face",
        "যাত্রীকে সামনে তাকাতে বলুন", "Ask the traveller to look ahead",
    ),
    CheckId.FACE_QUALITY: FindingText(
        "মুখের ছবি যথেষ্ট ভালো নয়", "The picture of the face is too poor",
        "আলো, চশমা ও মাস্ক দেখুন", "Look at light, glasses, mask",
    ),
    CheckId.PAD: FindingText(
        "ক্যামেরার সামনের মুখ আসল কি না দেখুন", "The face before the camera may not be genuine",
        "ছবি, পর্দা বা মুখোশ আছে কি না দেখুন", "Look for a photograph, a screen or a mask",
    ),
    CheckId.FACE: FindingText(
        "মুখ চিপের ছবির সঙ্গে মেলেনি", "The face does not match the chip's portrait",
        "যাত্রী, চিপের ছবি ও পাতার ছবি মেলান", "Compare traveller, chip portrait and page",
    ),
    CheckId.DOCUMENT_STATUS: FindingText(
        "পাসপোর্টের অবস্থা নিশ্চিত হয়নি", "The document's status was not cleared",
        "হারানো বা চুরির তালিকা দেখুন", "Check lost and stolen documents",
    ),
    CheckId.WATCHLIST: FindingText(
        "তালিকার পরীক্ষা শেষ করুন", "List check to be completed",
        "ডেস্কে নীরবে মামলা খুলুন", "Open the case at the desk, discreetly",
    ),
    CheckId.AUTHORISATION: FindingText(
        "ভিসা বা অনুমতি নিশ্চিত হয়নি", "Visa or authorisation not confirmed",
        "ভিসা ও অনুমতিপত্র দেখুন", "Look at visa and authorisations",
    ),
    CheckId.STAY: FindingText(
        "থাকার মেয়াদ নিশ্চিত হয়নি", "The length of stay was not confirmed",
        "প্রবেশের তারিখ ও অনুমোদিত দিন দেখুন", "Check the date of entry and the days allowed",
    ),
    CheckId.CLEARANCE: FindingText(
        "বহির্গমন ছাড়পত্র নিশ্চিত হয়নি", "Clearance to leave not confirmed",
        "বিএমইটি বা সরকারি অনুমতি দেখুন", "Check BMET clearance or government order",
    ),
    CheckId.ELIGIBILITY: FindingText(
        "এই লেন এই যাত্রীর জন্য নয়", "This lane does not serve this traveller",
        "ডেস্কে সাধারণ নিয়মে দেখুন; কোনো সন্দেহ নয়", "Serve them at the desk; nothing is suspected",
    ),
    CheckId.SERVICE: FindingText(
        "গেট এখন নিজে সিদ্ধান্ত নেয় না", "The gate does not decide by itself now",
        "তৈরি কেসটি দেখে সিদ্ধান্ত দিন", "Decide on the case that the gate prepared",
    ),
    CheckId.SINGLE_PERSON: FindingText(
        "লেনে একজনের বেশি মানুষ, বা তা দেখা যায়নি", "More than one person, or nobody could see",
        "কে কার সঙ্গে তা দেখুন; একজন করে নিন", "See who is there; take them one by one",
    ),
    CheckId.NOTHING_LEFT: FindingText(
        "লেনে কিছু পড়ে আছে", "Something was left in the lane",
        "লেন পরীক্ষা করুন", "Check the lane",
    ),
    CheckId.PASSAGE: FindingText(
        "যাত্রী পার হয়েছেন কি না নিশ্চিত নয়", "Passage was not seen",
        "যাত্রী কোথায় তা দেখুন", "See where the traveller is",
    ),
}  # fmt: skip

_DEVICES: Final[dict[DeviceName, FindingText]] = {
    DeviceName.MRZ_READER: FindingText(
        "পাসপোর্ট রিডার সাড়া দিচ্ছে না", "The document reader does not answer",
        "তার ও বিদ্যুৎ দেখুন", "Check cable and power",
    ),
    DeviceName.CHIP_READER: FindingText(
        "চিপ রিডার সাড়া দিচ্ছে না", "The chip reader does not answer",
        "তার ও বিদ্যুৎ দেখুন", "Check cable and power",
    ),
    DeviceName.CAMERA: FindingText(
        "ক্যামেরা সাড়া দিচ্ছে না", "The camera does not answer",
        "তার ও বিদ্যুৎ দেখুন", "Check cable and power",
    ),
    DeviceName.PAGE_SCANNER: FindingText(
        "পাতার স্ক্যানার সাড়া দিচ্ছে না", "The page scanner does not answer",
        "তার ও বিদ্যুৎ দেখুন", "Check cable and power",
    ),
    DeviceName.BARRIER: FindingText(
        "দরজার নিয়ন্ত্রক সাড়া দিচ্ছে না", "The barrier does not answer",
        "দরজা ও পথ দেখুন", "Check the doors and the way between them",
    ),
    DeviceName.EMERGENCY_INPUT: FindingText(
        "জরুরি সুইচ সাড়া দিচ্ছে না", "The emergency input does not answer",
        "লেন বন্ধ রাখুন, কারিগরকে ডাকুন", "Keep the lane shut; call the technician",
    ),
    DeviceName.SIGNAL_LIGHTS: FindingText(
        "লেনের বাতি সাড়া দিচ্ছে না", "The lane's lights do not answer",
        "তার ও বিদ্যুৎ দেখুন", "Check cable and power",
    ),
    DeviceName.JOURNAL: FindingText(
        "গেট রেকর্ড লিখতে পারছে না", "The gate cannot write its records",
        "ডিস্কের জায়গা দেখুন, কারিগরকে ডাকুন", "Check the disk; call the technician",
    ),
    DeviceName.OWN_CSCA: FindingText(
        "নিজ দেশের বৈধ CSCA সনদ নেই", "No valid CSCA certificate of the own State",
        "কারিগরকে ডাকুন: সনদ আমদানি করতে হবে; ডেস্কে যাত্রী নিন",
        "Call the technician to import it; take travellers at the desk",
    ),
    DeviceName.DOOR_FORCED: FindingText(
        "বন্ধ দরজা ঠেলে খোলা হয়েছে", "A closed door was pushed open",
        "লেনে যান: কে পার হয়েছে দেখুন", "Go to the lane and see who passed",
    ),
}  # fmt: skip


def explain(finding: str) -> FindingText:
    """Return the words for a check id or a device; an unknown one stands for itself."""
    for kind, texts in ((CheckId, _CHECKS), (DeviceName, _DEVICES)):
        if finding in list(kind):
            return texts[kind(finding)]  # type: ignore[index]
    unknown = "নিয়মবই দেখুন", "See the manual"
    return FindingText(finding, finding, *unknown)
