"""The words of the report, Bangla and English."""

from types import MappingProxyType
from typing import Final

from egate.central.statistics.agreement import Remark, Shortfall
from egate.central.statistics.document import Words
from egate.wire.v1 import crossing_pb2 as wire

TITLE: Final = Words("Report of the automated gates", "স্বয়ংক্রিয় গেটের প্রতিবেদন")
AGREEMENT: Final = Words("Annual performance agreement {year}", "বার্ষিক কর্মসম্পাদন চুক্তি {year}")
STATISTICS: Final = Words("Department of Immigration and Passports", "ইমিগ্রেশন ও পাসপোর্ট অধিদপ্তর")
OF_PORT: Final = Words("Checkpoint {port}", "চেকপোস্ট {port}")

TABLES: Final = MappingProxyType(
    {
        "indicators": Words("Indicators of the agreement", "চুক্তির কর্মসম্পাদন সূচক"),
        "totals": Words("Crossings", "পারাপার"),
        "installed": Words("Installed gates", "স্থাপিত গেট"),
        "operation": Words("Gates in operation, by month", "মাসভিত্তিক গেট পরিচালনা"),
        "readers": Words("Passport readers, as entered", "পাসপোর্ট রিডার (লিপিবদ্ধ তথ্য)"),
        "checkpoints": Words("Connected checkpoints", "সংযুক্ত চেকপোস্ট"),
        "border_crossing_point": Words("By checkpoint", "চেকপোস্ট অনুযায়ী"),
        "gate_id": Words("By gate or desk", "গেট বা ডেস্ক অনুযায়ী"),
        "direction": Words("By direction", "গমনাগমনের ধরন অনুযায়ী"),
        "day": Words("By day", "দিন অনুযায়ী"),
        "month": Words("By month", "মাস অনুযায়ী"),
        "hour": Words("By hour of the day", "দিনের ঘণ্টা অনুযায়ী"),
        "issuing_state": Words("By issuing State", "পাসপোর্ট প্রদানকারী রাষ্ট্র অনুযায়ী"),
        "nationality": Words("By nationality", "জাতীয়তা অনুযায়ী"),
        "document_code": Words("By kind of document", "দলিলের ধরন অনুযায়ী"),
        "capture_mode": Words("By way of recording", "লিপিবদ্ধ করার ধরন অনুযায়ী"),
        "referrals": Words("Why travellers were referred", "কর্মকর্তার নিকট প্রেরণের কারণ"),
        "steps": Words("Time taken by each step", "প্রতিটি ধাপের সময়"),
    }
)

COLUMNS: Final = MappingProxyType(
    {
        "number": Words("No.", "ক্রমিক"),
        "indicator": Words("Indicator", "সূচক"),
        "target_100": Words("Target (100)", "লক্ষ্যমাত্রা (১০০)"),
        "achieved": Words("Achieved", "অর্জন"),
        "grade": Words("Grade", "মান"),
        "remark": Words("Remark and evidence", "মন্তব্য ও প্রমাণক"),
        "measure": Words("Measure", "পরিমাপ"),
        "value": Words("Value", "পরিমাণ"),
        "gate": Words("Gate", "গেট"),
        "checkpoint": Words("Checkpoint", "চেকপোস্ট"),
        "name": Words("Name", "নাম"),
        "installed_on": Words("Installed on", "স্থাপনের তারিখ"),
        "reference": Words("Reference", "স্মারক"),
        "count": Words("Number", "সংখ্যা"),
        "first_seen": Words("First heard of", "প্রথম সংযোগ"),
        "last_seen": Words("Last heard of", "সর্বশেষ সংযোগ"),
        "month": Words("Month", "মাস"),
        "scheduled_hours": Words("Scheduled hours", "নির্ধারিত ঘণ্টা"),
        "hours": Words("Hours in operation", "চালু ঘণ্টা"),
        "unreported_hours": Words("Hours without report", "প্রতিবেদনহীন ঘণ্টা"),
        "availability": Words("Availability", "প্রাপ্যতা"),
        "admitted": Words("Admitted", "অনুমোদিত"),
        "live": Words("Checked live", "তাৎক্ষণিক যাচাইকৃত"),
        "operational": Words("Fully operational", "সম্পূর্ণ চালু"),
        "connected": Words("Connected", "সংযুক্ত"),
        "gates": Words("Gates heard of", "সংযুক্ত গেট"),
        "attempts": Words("Attempts", "চেষ্টা"),
        "crossed": Words("Crossed", "পার হয়েছেন"),
        "referred": Words("Referred", "কর্মকর্তার নিকট প্রেরিত"),
        "referred_share": Words("Referred, share", "প্রেরিতের হার"),
        "reason": Words("Reason", "কারণ"),
        "check": Words("Check", "যাচাই"),
        "share": Words("Share of referrals", "প্রেরণের হার"),
        "step": Words("Step", "ধাপ"),
        "median": Words("Median, seconds", "মধ্যমা, সেকেন্ড"),
        "p95": Words("95 % within, seconds", "৯৫% এর মধ্যে, সেকেন্ড"),
        "border_crossing_point": Words("Checkpoint", "চেকপোস্ট"),
        "gate_id": Words("Gate or desk", "গেট বা ডেস্ক"),
        "direction": Words("Direction", "ধরন"),
        "day": Words("Day", "দিন"),
        "hour": Words("Hour", "ঘণ্টা"),
        "issuing_state": Words("State", "রাষ্ট্র"),
        "nationality": Words("Nationality", "জাতীয়তা"),
        "document_code": Words("Document", "দলিল"),
        "capture_mode": Words("Recorded", "লিপিবদ্ধ"),
    }
)

MEASURES: Final = MappingProxyType(
    {
        "attempts": Words("Attempts at gates and desks", "গেট ও ডেস্কে মোট চেষ্টা"),
        "crossed": Words("Crossed", "পার হয়েছেন"),
        "referred": Words("Referred to an officer", "কর্মকর্তার নিকট প্রেরিত"),
        "stopped": Words("Stopped by an officer", "কর্মকর্তা কর্তৃক বাধাপ্রাপ্ত"),
        "unfinished": Words("Ended otherwise", "অন্যভাবে সমাপ্ত"),
        "fallback": Words("Without centre or by old lists", "কেন্দ্র ছাড়া বা পুরোনো তালিকায়"),
        "fallback_share": Words("The same, share", "ঐ, হার"),
        "gates_seen": Words("Gates that made a record", "রেকর্ড প্রেরণকারী গেট"),
        "clock_suspect": Words("Of a gate with a wrong clock", "ভুল ঘড়ির গেট থেকে"),
        "pending": Words("Arrived, not counted yet", "প্রাপ্ত, এখনও গণনা হয়নি"),
    }
)

DIRECTIONS: Final = MappingProxyType(
    {
        int(wire.DIRECTION_ENTRY): Words("Arrival", "আগমন"),
        int(wire.DIRECTION_EXIT): Words("Departure", "বহির্গমন"),
    }
)
CAPTURE_MODES: Final = MappingProxyType(
    {
        int(wire.CAPTURE_MODE_EGATE): Words("At an automated gate", "স্বয়ংক্রিয় গেটে"),
        int(wire.CAPTURE_MODE_DESK): Words("At a desk", "ডেস্কে"),
        int(wire.CAPTURE_MODE_MOBILE): Words("On a mobile device", "মোবাইল যন্ত্রে"),
        int(wire.CAPTURE_MODE_MANUAL_RETROSPECTIVE): Words(
            "On paper, entered later", "কাগজে, পরে লিপিবদ্ধ"
        ),
    }
)
STEPS: Final = MappingProxyType(
    {
        "mrz": Words("Reading the data page", "তথ্যপাতা পাঠ"),
        "chip": Words("Reading and verifying the chip", "চিপ পাঠ ও যাচাই"),
        "entering": Words("Stepping in", "প্রবেশ"),
        "face": Words("Face", "মুখমণ্ডল"),
        "passage": Words("Passage", "অতিক্রম"),
    }
)
DOCUMENT_KINDS: Final = MappingProxyType(
    {
        "P": Words("Passport (P)", "পাসপোর্ট (P)"),
        "PD": Words("Diplomatic passport (PD)", "কূটনৈতিক পাসপোর্ট (PD)"),
        "PO": Words("Official passport (PO)", "দাপ্তরিক পাসপোর্ট (PO)"),
        "PS": Words("Service passport (PS)", "সার্ভিস পাসপোর্ট (PS)"),
    }
)
FORMATS: Final = MappingProxyType(
    {
        "period": Words("Period", "সময়কাল"),
        "made_at": Words("Counted on", "গণনার সময়"),
        "show": Words("Show", "দেখান"),
        "from": Words("From", "শুরু"),
        "until": Words("To", "শেষ"),
        "empty": Words("Nothing in this period.", "এই সময়কালে কিছু নেই।"),
        "notes": Words("How to read this report", "প্রতিবেদন পাঠের নির্দেশনা"),
        "files": Words("Download", "ডাউনলোড"),
        "back": Words("Status of the centre", "কেন্দ্রের অবস্থা"),
        "away": Words("The database does not answer.", "ডেটাবেস সাড়া দিচ্ছে না।"),
        "days": Words(
            "These days cannot be reported on: at most one year, the last day not before the"
            " first.",
            "এই সময়কালের প্রতিবেদন সম্ভব নয়: সর্বোচ্চ এক বছর, শেষ দিন শুরুর আগে নয়।",
        ),
        "agreement": Words("The file of the agreement cannot be used.", "চুক্তির ফাইল ব্যবহারযোগ্য নয়।"),
    }
)
OTHERS: Final = Words("all others", "অন্য সব")
YES: Final = Words("yes", "হ্যাঁ")
NO: Final = Words("no", "না")
NEVER: Final = Words("never", "কখনও নয়")
NOT_REACHED: Final = Words("not shown", "প্রমাণিত নয়")

REMARKS: Final = MappingProxyType(
    {
        Remark.BELOW_ALL: Words("Below the least column.", "সর্বনিম্ন লক্ষ্যমাত্রার নিচে।"),
        Remark.NOT_YET: Words(
            "Not entered or shown yet; there is still time.",
            "এখনও লিপিবদ্ধ বা প্রমাণিত নয়; সময় আছে।",
        ),
        Remark.NOT_ENTERED: Words(
            "Nothing entered or counted shows it.", "লিপিবদ্ধ বা গণনাকৃত কোনো প্রমাণক নেই।"
        ),
        Remark.COLUMN_UNKNOWN: Words(
            "Later than the last target day that is entered; the column is not known.",
            "লিপিবদ্ধ সর্বশেষ লক্ষ্য-তারিখের পরে; মান নির্ধারণ করা যায় না।",
        ),
        Remark.NO_GATES: Words("No gate is entered as installed.", "স্থাপিত কোনো গেট লিপিবদ্ধ নেই।"),
        Remark.NO_WHOLE_MONTH: Words(
            "The period has no whole month that is over.", "সময়কালে কোনো পূর্ণ মাস সমাপ্ত হয়নি।"
        ),
    }
)
COUNTED: Final = Words("Counted; see the tables below.", "গণনাকৃত; নিচের সারণি দেখুন।")
SHORTFALLS: Final = MappingProxyType(
    {
        Shortfall.NEVER_REPORTED: Words("no: never reported", "না: কোনো প্রতিবেদন নেই"),
        Shortfall.HOURS: Words("no: too few hours", "না: ঘণ্টা অপর্যাপ্ত"),
        Shortfall.NOBODY_ADMITTED: Words(
            "not shown: nobody was admitted", "প্রমাণিত নয়: কেউ অনুমোদিত হননি"
        ),
        Shortfall.NOT_LIVE: Words("no: admitted without every list", "না: সব তালিকা যাচাই ছাড়া অনুমোদন"),
    }
)

NOTES: Final = (
    Words(
        "Days and hours are of Asia/Dhaka. An attempt is one record of one traveller's session at"
        " a gate; a kiosk's record is not counted beside its gate's.",
        "দিন ও ঘণ্টা বাংলাদেশ সময় অনুযায়ী। একটি চেষ্টা হলো গেটে একজন যাত্রীর একটি সেশনের একটি রেকর্ড;"
        " কিয়স্কের রেকর্ড পৃথকভাবে গণনা করা হয়নি।",
    ),
    Words(
        "The report holds no personal data. Records that have not reached the centre yet are"
        " missing; what arrives late is counted in the period of its crossing.",
        "প্রতিবেদনে কোনো ব্যক্তিগত তথ্য নেই। যেসব রেকর্ড এখনও কেন্দ্রে পৌঁছায়নি সেগুলো অন্তর্ভুক্ত নয়;"
        " বিলম্বে প্রাপ্ত রেকর্ড পারাপারের সময় অনুযায়ী গণনা করা হয়।",
    ),
)
AGREEMENT_NOTES: Final = (
    Words(
        "Installed gates, passport readers and documents are as entered by the department; the"
        " centre cannot see them. It shows beside each gate whether it was ever heard of.",
        "স্থাপিত গেট, পাসপোর্ট রিডার ও দলিলের তথ্য অধিদপ্তর কর্তৃক লিপিবদ্ধ; কেন্দ্র তা যাচাই করতে পারে না।"
        " প্রতিটি গেটের পাশে কেন্দ্রের সঙ্গে সংযোগের তথ্য দেখানো হয়েছে।",
    ),
    Words(
        "Hours in operation are what gates reported once a minute. A gate that is switched off"
        " reports nothing: such hours count as out of operation and are shown as hours without"
        " report.",
        "চালু ঘণ্টা গেটের প্রতি মিনিটের প্রতিবেদন থেকে গণনাকৃত। বন্ধ গেট প্রতিবেদন পাঠায় না: সেই সময় চালু"
        " নয় বলে গণ্য এবং প্রতিবেদনহীন ঘণ্টা হিসেবে প্রদর্শিত।",
    ),
    Words(
        "A gate is fully operational in a month when it was in operation for at least"
        " {percent} % of its scheduled hours and, for every traveller whom it admitted, all of"
        " these gave an answer: {checks}. That every other mandatory check succeeded is the"
        " gate's condition for admitting anybody. Indicator {operational} is reached on the last"
        " day of the first whole month of this period in which all installed gates were.",
        "কোনো মাসে গেট সম্পূর্ণ চালু গণ্য হয় যখন তা নির্ধারিত ঘণ্টার অন্তত {percent}% চালু ছিল এবং অনুমোদিত"
        " প্রত্যেক যাত্রীর ক্ষেত্রে নিচের সবগুলো যাচাইয়ের উত্তর পাওয়া গেছে: {checks}। অন্য সব আবশ্যিক যাচাই"
        " সফল না হলে গেট কাউকে অনুমোদন করে না। সূচক {operational} অর্জিত হয় এই সময়কালের"
        " প্রথম যে পূর্ণ মাসে সকল স্থাপিত গেট সম্পূর্ণ চালু ছিল, সেই মাসের শেষ দিনে।",
    ),
    Words(
        "A grade is the best column whose target was reached; nothing is interpolated.",
        "মান হলো অর্জিত সর্বোচ্চ লক্ষ্যমাত্রার কলাম; মধ্যবর্তী মান গণনা করা হয়নি।",
    ),
)
NO_AGREEMENT_NOTE: Final = Words(
    "No agreement is entered at this centre: installed gates, their scheduled hours and the"
    " indicators are not known.",
    "এই কেন্দ্রে কোনো চুক্তি লিপিবদ্ধ নেই: স্থাপিত গেট, নির্ধারিত ঘণ্টা ও সূচক জানা নেই।",
)
