"""Words of the audit log's page: Bangla, English."""

from collections.abc import Mapping
from typing import Final

TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "audit.title": ("নিরীক্ষা লগ", "Audit log"),
    "audit.lead": (
        "কে কখন কী দেখেছেন ও করেছেন। এই পৃষ্ঠা দেখাও এখানে লেখা থাকে।",
        "Who saw and did what, and when. Looking at this page is written down here too.",
    ),
    "audit.search": ("খুঁজুন", "Search"),
    "audit.clear": ("সব দেখান", "Show all"),
    "audit.officer": ("কর্মকর্তার আইডি", "Officer's id"),
    "audit.act": ("কাজ", "Act"),
    "audit.any_act": ("যে কোনো কাজ", "Any act"),
    "audit.subject": ("বিষয়ের আইডি", "Id of the subject"),
    "audit.subject_hint": (
        "পারাপার, গেট, কর্মকর্তা বা তালিকার এন্ট্রি",
        "of a crossing, a gate, an officer or an entry of a list",
    ),
    "audit.since": ("শুরু (ঢাকা সময়)", "From (Dhaka time)"),
    "audit.until": ("শেষ (ঢাকা সময়)", "Until (Dhaka time)"),
    "audit.bad_time": (
        "দিন বা সময়টি পড়া যায়নি। 2026-11-22T14:05 এর মতো লিখুন।",
        "The day or time could not be read. Write it as 2026-11-22T14:05.",
    ),
    "audit.number": ("সারি", "Row"),
    "audit.time": ("সময়", "Time"),
    "audit.who": ("কর্মকর্তা", "Officer"),
    "audit.what": ("কাজ", "Act"),
    "audit.about": ("বিষয়", "Subject"),
    "audit.detail": ("বিস্তারিত", "Detail"),
    "audit.rows": ("লগের সারি, নতুনটি আগে", "Rows of the log, the newest first"),
    "audit.none": ("এমন কোনো সারি নেই।", "There is no such row."),
    "audit.older": ("পুরোনো সারি", "Older rows"),
    "audit.newest": ("সবচেয়ে নতুন", "Newest rows"),
    "audit.export": ("রপ্তানি", "Export"),
    "audit.export_hint": (
        "এই অনুসন্ধানের সব সারি। রপ্তানি করাও লেখা থাকে।",
        "All rows of this search. The export is written down too.",
    ),
    "audit.csv": ("CSV ফাইল", "CSV file"),
    "audit.jsonl": ("JSON Lines ফাইল", "JSON Lines file"),
    "audit.verify": ("শিকল যাচাই করুন", "Verify the chain"),
    "audit.whole": (
        "লগটি অক্ষত: সারি {first} থেকে {last}। কোনো সারি বদলানো, মোছা বা যোগ করা হয়নি।",
        "The log is whole: rows {first} to {last}. No row was changed, removed or put in.",
    ),
    "audit.head": ("শেষ সারির হ্যাশ", "Hash of the last row"),
    "audit.broken": (
        "লগটি বদলানো হয়েছে। ফাইলটি সরিয়ে রাখুন এবং তত্ত্বাবধায়ককে জানান।",
        "The log was changed. Secure the file and tell those in charge.",
    ),
    "audit.act.log_purged": ("পুরোনো সারি মোছা হয়েছে", "Old rows were let go"),
    "audit.act.log_searched": ("নিরীক্ষা লগ দেখেছেন", "Looked at the audit log"),
    "audit.act.log_exported": ("নিরীক্ষা লগ রপ্তানি করেছেন", "Exported the audit log"),
    "audit.act.log_verified": ("নিরীক্ষা লগ যাচাই করেছেন", "Verified the audit log"),
    "audit.act.crossings_searched": ("পারাপার খুঁজেছেন", "Searched crossings"),
    "audit.act.record_seen": ("পারাপারের রেকর্ড দেখেছেন", "Looked at a record"),
    "audit.act.record_pictures_seen": ("রেকর্ডের ছবি দেখেছেন", "Looked at a record's pictures"),
    "audit.act.holder_seen": ("ব্যক্তির ইতিহাস দেখেছেন", "Looked at a holder's history"),
    "audit.act.person_asked": (
        "ব্যক্তি সম্পর্কে বিশেষ শাখাকে জিজ্ঞাসা করেছেন",
        "Asked the Special Branch about a person",
    ),
    "audit.act.statistics_exported": ("পরিসংখ্যান রপ্তানি করেছেন", "Exported statistics"),
}
