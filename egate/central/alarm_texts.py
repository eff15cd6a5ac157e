"""What each kind of alarm means, in English and Bangla."""

from types import MappingProxyType
from typing import Final

from egate.central.alarms import AlarmKind

ALARM_TEXTS: Final = MappingProxyType(
    {
        AlarmKind.UNKNOWN_PEER: ("Not enrolled", "নিবন্ধিত নয়"),
        AlarmKind.REVOKED_CERTIFICATE: ("Revoked certificate used", "বাতিল সনদ ব্যবহৃত হয়েছে"),
        AlarmKind.EXPIRED_CERTIFICATE: (
            "Expired certificate used",
            "মেয়াদোত্তীর্ণ সনদ ব্যবহৃত হয়েছে",
        ),
        AlarmKind.ENROLMENT_REFUSED: ("Enrolment refused", "নিবন্ধন প্রত্যাখ্যাত"),
        AlarmKind.REVOCATION_UNKNOWN: (
            "List of revoked certificates not usable",
            "বাতিল সনদের তালিকা ব্যবহারযোগ্য নয়",
        ),
        AlarmKind.FOREIGN_RECORD: ("Record in another gate's name", "অন্য গেটের নামে রেকর্ড"),
        AlarmKind.REPLAYED_RECORD: (
            "Record replayed with other content",
            "ভিন্ন তথ্যে পুনঃপ্রেরিত রেকর্ড",
        ),
        AlarmKind.NUMBER_USED_TWICE: ("Number used twice", "একই নম্বর দুবার ব্যবহৃত"),
        AlarmKind.STATION_BEHIND: (
            "Station lost records it had sent",
            "স্টেশন প্রেরিত রেকর্ড হারিয়েছে",
        ),
        AlarmKind.NOT_ITS_TO_SEND: ("Sent what is not its to send", "প্রেরণের অধিকার নেই এমন তথ্য"),
        AlarmKind.CHAIN_BROKEN: ("Chain of records broken", "রেকর্ডের শৃঙ্খল বিচ্ছিন্ন"),
        AlarmKind.SIGNATURE_WRONG: ("Signature of a record wrong", "রেকর্ডের স্বাক্ষর ভুল"),
        AlarmKind.LINK_MISSING: ("Record without its link", "শৃঙ্খলের সংযোগ ছাড়া রেকর্ড"),
        AlarmKind.AUDIT_LOG_REWRITTEN: (
            "Audit log of a console written anew",
            "কনসোলের নিরীক্ষা লগ নতুন করে লেখা",
        ),
        AlarmKind.CENTRE_RESTORED: (
            "Centre restored from a backup",
            "ব্যাকআপ থেকে কেন্দ্র পুনরুদ্ধার করা হয়েছে",
        ),
        AlarmKind.LIST_REFUSED: ("List refused", "তালিকা প্রত্যাখ্যাত"),
    }
)
"""Of every `AlarmKind`; a kind of a newer version has none."""
