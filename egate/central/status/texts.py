"""The words of the status page in both languages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from egate.central.authorisations.work_lists import Matter
from egate.central.statistics.document import Words
from egate.domain.session.flow import Condition
from egate.lists.kinds import ListKind
from egate.ports.supervision import GateMode
from egate.wire.v1 import crossing_pb2 as wire

WORDS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "title": Words("DIP centre", "ডিআইপি কেন্দ্র"),
        "subtitle": Words("Crossings of all gates", "সকল গেটের পারাপার"),
        "report": Words("Report and statistics", "প্রতিবেদন ও পরিসংখ্যান"),
        "away": Words(
            "The database does not answer; gates keep their records.",
            "ডেটাবেস সাড়া দিচ্ছে না; গেটগুলো রেকর্ড সংরক্ষণ করছে।",
        ),
        "records": Words("Records", "রেকর্ড"),
        "all_time": Words("since the beginning", "শুরু থেকে"),
        "look_into": Words("To look into", "যাচাই প্রয়োজন"),
        "nothing": Words("Nothing waits for anybody.", "কোনো কিছু অপেক্ষায় নেই।"),
        "times": Words("\u00d7", "বার"),
        "last": Words("last", "সর্বশেষ"),
        "missing": Words("Records missing", "রেকর্ড অনুপস্থিত"),
        "used_again": Words("Number used more than once", "একাধিকবার ব্যবহৃত নম্বর"),
        "conflicts": Words(
            "Records that came again with other content",
            "ভিন্ন তথ্যসহ পুনরায় আসা রেকর্ড",
        ),
        "today": Words("Today", "আজ"),
        "checkpoint": Words("Checkpoint", "চেকপোস্ট"),
        "entries": Words("Entries", "আগমন"),
        "exits": Words("Exits", "প্রস্থান"),
        "referred": Words("Referred", "কর্মকর্তার নিকট প্রেরিত"),
        "no_today": Words("No record of today yet.", "আজকের কোনো রেকর্ড এখনও নেই।"),
        "gates": Words("Gates", "গেট"),
        "gate": Words("Gate", "গেট"),
        "service": Words("Service", "সেবা"),
        "seen": Words("Last heard", "সর্বশেষ সংযোগ"),
        "unsent": Words("Unsent", "অপ্রেরিত"),
        "certificate": Words("Certificate until", "সনদের মেয়াদ"),
        "version": Words("Version", "সংস্করণ"),
        "never": Words("never", "কখনও নয়"),
        "no_gates": Words("No gate is enrolled yet.", "এখনও কোনো গেট নিবন্ধিত নয়।"),
        "lists": Words("Lists", "তালিকা"),
        "list": Words("List", "তালিকা"),
        "made": Words("Made", "প্রস্তুত"),
        "behind": Words("Gates behind", "পিছিয়ে থাকা গেট"),
        "none": Words("none", "নেই"),
        "no_lists": Words("No version was made yet.", "এখনও কোনো সংস্করণ তৈরি হয়নি।"),
        "proposals": Words("Changes that wait for approval", "অনুমোদনের অপেক্ষায় থাকা পরিবর্তন"),
        "work": Words("Work lists", "কার্যতালিকা"),
        "oldest": Words("oldest", "প্রাচীনতম"),
        "open_stays": Words("Foreigners in the country", "দেশে অবস্থানরত বিদেশি"),
        "authorisations": Words("Visas and permits", "ভিসা ও অনুমতি"),
        "acts": Words("Files that wait for approval", "অনুমোদনের অপেক্ষায় থাকা ফাইল"),
        "no_sources": Words("No system has sent any yet.", "এখনও কোনো ব্যবস্থা থেকে আসেনি।"),
        "special_branch": Words("Special Branch", "স্পেশাল ব্রাঞ্চ"),
        "untold": Words("records not told yet", "এখনও অজানানো রেকর্ড"),
        "told": Words("knows of every record", "সকল রেকর্ড জানে"),
        "latest": Words("Latest records", "সর্বশেষ রেকর্ড"),
        "time": Words("Time", "সময়"),
        "number": Words("No.", "নং"),
        "verdict": Words("Verdict", "সিদ্ধান্ত"),
        "status": Words("Status", "অবস্থা"),
        "trusted": Words("Trust store", "আস্থাভাণ্ডার"),
        "findings": Words("Findings", "পর্যবেক্ষণ"),
        "no_records": Words("No record yet.", "এখনও কোনো রেকর্ড নেই।"),
        "zone": Words("Times of Bangladesh (UTC+06:00).", "বাংলাদেশ সময় (UTC+06:00)।"),
        "as_of": Words("as of", "হালনাগাদ"),
    }
)
UNKNOWN: Final = Words("Unknown", "অজানা")
VERDICTS: Final[Mapping[int, tuple[str, Words]]] = MappingProxyType(
    {
        int(wire.VERDICT_ADMIT): ("admit", Words("Admitted", "অনুমোদিত")),
        int(wire.VERDICT_REFER): ("refer", Words("Referred", "কর্মকর্তার নিকট প্রেরিত")),
        int(wire.VERDICT_UNSPECIFIED): ("none", Words("No decision", "সিদ্ধান্ত হয়নি")),
    }
)
STATUSES: Final[Mapping[int, Words]] = MappingProxyType(
    {
        int(wire.CROSSING_STATUS_COMPLETED): Words("Completed", "সম্পন্ন"),
        int(wire.CROSSING_STATUS_REFERRED): Words("With an officer", "কর্মকর্তার নিকট"),
        int(wire.CROSSING_STATUS_ABANDONED): Words("Abandoned", "পরিত্যক্ত"),
        int(wire.CROSSING_STATUS_INTERRUPTED): Words("Interrupted", "বাধাপ্রাপ্ত"),
        int(wire.CROSSING_STATUS_ABORTED): Words("Aborted", "বাতিল"),
        int(wire.CROSSING_STATUS_PREPARED): Words("Prepared at a kiosk", "কিয়স্কে প্রস্তুত"),
        int(wire.CROSSING_STATUS_REFUSED_ENTRY): Words("Refused entry", "প্রবেশ প্রত্যাখ্যাত"),
        int(wire.CROSSING_STATUS_DENIED_EXIT): Words("Denied exit", "প্রস্থান প্রত্যাখ্যাত"),
        int(wire.CROSSING_STATUS_OFFLOADED): Words("Offloaded", "অফলোড করা হয়েছে"),
    }
)
MODES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        GateMode.ENABLED: Words("In service", "চালু"),
        GateMode.DISABLED: Words("Closed", "বন্ধ"),
        GateMode.MAINTENANCE: Words("Maintenance", "রক্ষণাবেক্ষণ"),
        GateMode.DEGRADED: Words("Limited", "সীমিত"),
        GateMode.FEEDER: Words("Feeds officers", "কর্মকর্তার নিকট প্রেরণ"),
        GateMode.EMERGENCY: Words("Emergency", "জরুরি অবস্থা"),
    }
)
CONDITIONS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        Condition.CENTRE_AWAY: Words("centre not reached", "কেন্দ্রের সঙ্গে সংযোগ নেই"),
        Condition.LISTS_STALE: Words("lists stale", "তালিকা পুরোনো হচ্ছে"),
        Condition.LISTS_OLD: Words("lists old", "তালিকা পুরোনো"),
        Condition.LISTS_UNUSABLE: Words("lists unusable", "তালিকা ব্যবহারযোগ্য নয়"),
        Condition.NO_OFFICER: Words("no officer", "কর্মকর্তা নেই"),
        Condition.DISK_FILLING: Words("disk filling", "ডিস্ক ভরে যাচ্ছে"),
        Condition.DISK_FULL: Words("disk full", "ডিস্ক পূর্ণ"),
        Condition.CLOCK_DRIFTING: Words("clock drifting", "ঘড়ি সরে যাচ্ছে"),
        Condition.CLOCK_WRONG: Words("clock wrong", "ঘড়ি ভুল"),
        Condition.DOCUMENT_LEFT: Words("document left", "দলিল পড়ে আছে"),
        Condition.ITEM_LEFT: Words("something left", "কিছু পড়ে আছে"),
        Condition.WAY_OUT_BLOCKED: Words("way out blocked", "বেরোনোর পথ বন্ধ"),
        Condition.EVIDENCE_BROKEN: Words("evidence broken", "প্রমাণের শৃঙ্খল ভাঙা"),
    }
)
LISTS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        ListKind.EXIT_BAN: Words("Exit bans", "দেশত্যাগে নিষেধাজ্ঞা"),
        ListKind.BLACKLIST_FOREIGN: Words("Blacklist, foreigners", "কালো তালিকা, বিদেশি"),
        ListKind.BLACKLIST_BD: Words("Blacklist, citizens", "কালো তালিকা, নাগরিক"),
        ListKind.LOST_STOLEN_DOC: Words("Lost and stolen documents", "হারানো ও চুরি যাওয়া দলিল"),
        ListKind.OFFLOAD: Words("Offloads", "অফলোড"),
        ListKind.WANTED: Words("Wanted persons", "পলাতক ব্যক্তি"),
        ListKind.SLTD: Words("Interpol documents (SLTD)", "ইন্টারপোল দলিল (SLTD)"),
        ListKind.INFO: Words("For information", "অবগতির জন্য"),
    }
)
MATTERS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        Matter.OVERDUE: Words("Over the allowed stay", "অনুমোদিত মেয়াদোত্তীর্ণ অবস্থান"),
        Matter.ENTRY_WITHOUT_EXIT: Words("Entries without exit", "প্রস্থানবিহীন আগমন"),
        Matter.EXIT_WITHOUT_ENTRY: Words("Exits without entry", "আগমনবিহীন প্রস্থান"),
    }
)
UNITS: Final = (
    (Words("d ago", "দিন আগে"), 86_400),
    (Words("h ago", "ঘণ্টা আগে"), 3600),
    (Words("min ago", "মিনিট আগে"), 60),
    (Words("s ago", "সেকেন্ড আগে"), 5),
)
NOW: Final = Words("now", "এখন")


def word(words: Mapping[str, Words], key: str) -> Words:
    """Return the words for ``key``; what a newer version knows stands for itself."""
    return words.get(key, Words(key, key))
