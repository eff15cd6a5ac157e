"""The console's own words in Bangla and English."""

from typing import Final

from egate.console.language import Language
from egate.console.live import OrderResult
from egate.domain.session.flow import Condition
from egate.ports.supervision import GateMode, GateState, OfficerOrder, TrustAlarm

_BANGLA_DIGITS: Final = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")

_LONG_SECONDS: Final = 120.0

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("গেট কনসোল", "Gate console"),
    "lanes": ("লেন", "lanes"),
    "waiting": ("অপেক্ষায়", "waiting"),
    "all_well": ("কেউ অপেক্ষায় নেই", "Nobody is waiting"),
    "traveller_reads": ("যাত্রী দেখছেন", "The traveller reads"),
    "sessions": ("যাত্রী", "Travellers"),
    "unsent": ("অপ্রেরিত রেকর্ড", "Unsent records"),
    "oldest": ("পুরোনোটি", "oldest"),
    "centre": ("কেন্দ্র", "Centre"),
    "centre_ok": ("সংযুক্ত", "connected"),
    "centre_lost": ("সংযোগ নেই", "not reached"),
    "gate_lost": ("গেটের সঙ্গে সংযোগ নেই", "No connection to the gate"),
    "gate_lost_hint": (
        "শেষ জানা অবস্থা বদলে থাকতে পারে; লেনে গিয়ে দেখুন",
        "What it last said may have changed; go and look",
    ),
    "page_lost": (
        "এই পাতার সংযোগ নেই: যা দেখছেন তা পুরোনো",
        "This page is disconnected: what you see is old",
    ),
    "confirm_evacuate": ("লেনের দরজা খুলে দেবেন?", "Release the doors of the lane?"),
    "confirm_hint": (
        "দরজা দুই দিকেই খোলা থাকবে, রিসেট না করা পর্যন্ত",
        "They stay free in both directions until a reset",
    ),
    "cancel": ("না, ফিরে যান", "No, go back"),
    "keys": (
        "কী: ১-৯ লেন বাছাই, N পরের অপেক্ষমাণ, P ছবি বড়, R C O M F L E আদেশ",
        "Keys: 1-9 choose a lane, N next waiting, P larger pictures, R C O M F L E order",
    ),
    "mode": ("সেবা", "Service"),
    "closed": ("লেন বন্ধ", "Closed"),
    "end_evacuation": ("জরুরি অবস্থা শেষ", "End evacuation"),
    "seconds": ("সেকেন্ড", "s"),
    "minutes": ("মিনিট", "min"),
    "closed_by_officer": ("কর্মকর্তা বন্ধ করেছেন", "Closed by an officer"),
    "trust": ("সনদ", "Certificates"),
    "list": ("তালিকা", "list"),
    "days": ("দিন", "d"),
    "until": ("পর্যন্ত", "until"),
    "pictures": ("ছবি", "Pictures"),
    "live_frame": ("ক্যামেরার সামনে", "Before the camera"),
    "chip_portrait": ("চিপের ছবি", "In the chip"),
    "printed_portrait": ("পাতার ছবি", "On the page"),
    "pad_frames": ("পরীক্ষিত ফ্রেম: ছবি, পর্দা বা মুখোশ?", "Frames examined: print, screen or mask?"),
    "pad_frame": ("ফ্রেম", "Frame"),
    "show_pictures": ("ছবি দেখান", "Show pictures"),
    "pictures_loading": ("ছবি আসছে…", "Pictures are on their way…"),
    "no_pictures": ("এই যাত্রীর কোনো ছবি নেই", "There are no pictures of this traveller"),
    "pictures_failed": ("ছবি আনা যায়নি", "The pictures could not be fetched"),
    "again": ("আবার", "Try again"),
    "no_picture": ("ছবি নেই", "No picture"),
    "larger": ("বড় করে দেখুন", "Larger"),
    "close": ("বন্ধ করুন", "Close"),
    "previous": ("আগেরটি", "Previous"),
    "next": ("পরেরটি", "Next"),
    "unfaulted": ("কারণ জানানো হয়নি", "No reason was given"),
}
_STATES: Final = {
    GateState.IDLE: ("প্রস্তুত", "Ready"),
    GateState.READING_MRZ: ("পাসপোর্টের অপেক্ষা", "Awaiting document"),
    GateState.INSPECTING: ("পরীক্ষা চলছে", "Inspecting"),
    GateState.ENTERING: ("যাত্রী ঢুকছেন", "Entering"),
    GateState.VERIFYING: ("মুখ মেলানো হচ্ছে", "Verifying the face"),
    GateState.DIRECTING: ("গেটের পথ দেখানো হচ্ছে", "Directing to the gate"),
    GateState.RELEASING: ("পেছনের দরজা খোলা", "Way back open"),
    GateState.PASSING: ("যাত্রী পার হচ্ছেন", "Passing"),
    GateState.AWAITING_OFFICER: ("কর্মকর্তা দরকার", "Officer needed"),
    GateState.EVACUATING: ("জরুরি নির্গমন", "Evacuating"),
    GateState.OUT_OF_SERVICE: ("বন্ধ", "Out of service"),
}
_ORDERS: Final = {
    OfficerOrder.RESET: ("সেবা শেষ", "Taken care of"),
    OfficerOrder.CLOSE_LANE: ("লেন বন্ধ", "Close lane"),
    OfficerOrder.OPEN_LANE: ("লেন চালু", "Open lane"),
    OfficerOrder.MAINTENANCE: ("রক্ষণাবেক্ষণ", "Maintenance"),
    OfficerOrder.FEEDER: ("ডেস্কে সিদ্ধান্ত", "Desk decides"),
    OfficerOrder.RELEASE: ("পেছনে বের করুন", "Let out"),
    OfficerOrder.EVACUATE: ("জরুরি খোলা", "Evacuate"),
    OfficerOrder.SERVE_ENTRY: ("আগমনের জন্য", "Serve entries"),
    OfficerOrder.SERVE_EXIT: ("বহির্গমনের জন্য", "Serve exits"),
    OfficerOrder.SERVE_BY_HOUR: ("সময়সূচি অনুযায়ী", "Serve by the hour"),
}
_MODES: Final[dict[str, tuple[str, str]]] = {
    GateMode.ENABLED: ("চালু", "In service"),
    GateMode.DISABLED: ("বন্ধ করা হয়েছে", "Closed by order"),
    GateMode.MAINTENANCE: ("রক্ষণাবেক্ষণ চলছে", "Maintenance"),
    GateMode.DEGRADED: ("সীমিত সেবা", "Limited service"),
    GateMode.FEEDER: ("সিদ্ধান্ত ডেস্কে", "The desk decides"),
    GateMode.EMERGENCY: ("জরুরি অবস্থা", "Emergency"),
}
_CONDITIONS: Final[dict[str, tuple[str, str]]] = {
    Condition.CENTRE_AWAY: ("কেন্দ্রে পৌঁছানো যায় না", "The centre is not reached"),
    Condition.LISTS_STALE: ("তালিকা ১৫ মিনিটের পুরোনো", "Lists are older than 15 minutes"),
    Condition.LISTS_OLD: ("তালিকা ২ ঘণ্টার পুরোনো", "Lists are older than 2 hours"),
    Condition.LISTS_UNUSABLE: ("তালিকা ব্যবহারযোগ্য নয়", "Lists cannot be used"),
    Condition.NO_OFFICER: ("কোনো কর্মকর্তা লেন দেখছেন না", "No officer watches the lane"),
    Condition.DISK_FILLING: ("ডিস্ক ভরে আসছে", "The disk is filling"),
    Condition.DISK_FULL: ("ডিস্ক ভরে গেছে", "The disk is full"),
    Condition.CLOCK_DRIFTING: ("ঘড়ি মেলানো নেই", "The clock is not kept in step"),
    Condition.CLOCK_WRONG: ("ঘড়ির সময় ভুল", "The clock is wrong"),
    Condition.DOCUMENT_LEFT: ("রিডারে পাসপোর্ট রয়ে গেছে", "A document is left on the reader"),
    Condition.ITEM_LEFT: ("লেনে কিছু রয়ে গেছে", "Something is left in the lane"),
    Condition.WAY_OUT_BLOCKED: ("বেরোনোর পথ আটকানো", "Somebody stands in the way out"),
}
_TRUST_ALARMS: Final[dict[str, tuple[str, str]]] = {
    TrustAlarm.STORE_UNUSABLE: ("নতুন সনদভাণ্ডার পড়া যায় না", "New trust store is unusable"),
    TrustAlarm.UPDATE_FAILED: ("সনদ হালনাগাদ হয়নি", "Update of certificates failed"),
    TrustAlarm.UPDATE_REFUSED: ("অবিশ্বস্ত তালিকা এসেছে", "A list came that is not believed"),
    TrustAlarm.LIST_DUE: ("তালিকা শিগগির পুরোনো হবে", "List about to be stale"),
    TrustAlarm.LIST_STALE: ("তালিকা পুরোনো", "List is stale"),
    TrustAlarm.CRL_DUE: ("CRL শিগগির পুরোনো হবে", "CRL about to be stale"),
    TrustAlarm.CRL_STALE: ("CRL পুরোনো", "CRL is stale"),
    TrustAlarm.OWN_CSCA_DUE: ("নিজ CSCA-র মেয়াদ শেষের পথে", "Own CSCA about to expire"),
    TrustAlarm.OWN_CSCA_MISSING: ("নিজ দেশের বৈধ CSCA নেই", "No valid CSCA of the own State"),
    TrustAlarm.FROM_THE_FUTURE: ("তারিখ ভবিষ্যতের: ঘড়ি দেখুন", "From the future: see the clock"),
}  # fmt: skip
_RESULTS: Final = {
    OrderResult.CARRIED_OUT: ("করা হয়েছে", "Done"),
    OrderResult.MEANINGLESS: ("এই অবস্থায় প্রযোজ্য নয়", "Nothing to do in this state"),
    OrderResult.OUTDATED: (
        "লেনের অবস্থা বদলেছে, আবার দেখুন",
        "The lane has changed meanwhile; look again",
    ),
    OrderResult.UNREACHABLE: (
        "গেটে পৌঁছানো যায়নি; আদেশ পৌঁছেছে কি না জানা নেই",
        "The gate was not reached; whether the order arrived is unknown",
    ),
}


class Words:
    """Every text of the console in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._index = list(Language).index(language)

    def __call__(self, key: str) -> str:
        return _WORDS[key][self._index]

    def state(self, state: GateState) -> str:
        return _STATES[state][self._index]

    def order(self, order: OfficerOrder) -> str:
        return _ORDERS[order][self._index]

    def mode(self, mode: str) -> str:
        """Return the words for a mode; one of a newer gate stands for itself."""
        texts = _MODES.get(mode)
        return texts[self._index] if texts else mode

    def condition(self, condition: str) -> str:
        """Return the words for a condition; one of a newer gate stands for itself."""
        texts = _CONDITIONS.get(condition)
        return texts[self._index] if texts else condition

    def result(self, result: OrderResult) -> str:
        return _RESULTS[result][self._index]

    def trust_alarm(self, alarm: str) -> str:
        """Return the words for an alarm; one of a newer gate stands for itself."""
        texts = _TRUST_ALARMS.get(alarm)
        return texts[self._index] if texts else alarm

    def choose(self, bangla: str, english: str) -> str:
        return (bangla, english)[self._index]

    def number(self, value: object) -> str:
        """Write ``value`` in the digits of the language."""
        return str(value).translate(_BANGLA_DIGITS) if self._index == 0 else str(value)

    def duration(self, seconds: float) -> str:
        """Write ``seconds`` roughly: as seconds below two minutes, else as minutes."""
        if seconds < _LONG_SECONDS:
            return f"{self.number(round(seconds))} {self('seconds')}"
        return f"{self.number(round(seconds / 60))} {self('minutes')}"
