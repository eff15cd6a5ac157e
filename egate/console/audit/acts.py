"""What the audit log of a console notes."""

from enum import StrEnum

from egate.console.audit.chain import PURGED


class AuditAct(StrEnum):
    """What an officer did or saw. Every area has its own lines."""

    # The log itself.
    LOG_PURGED = PURGED
    LOG_SEARCHED = "log_searched"
    LOG_EXPORTED = "log_exported"
    LOG_VERIFIED = "log_verified"
    # Search, records and holders.
    CROSSINGS_SEARCHED = "crossings_searched"
    RECORD_SEEN = "record_seen"
    RECORD_PICTURES_SEEN = "record_pictures_seen"
    HOLDER_SEEN = "holder_seen"
    PERSON_ASKED = "person_asked"
    STATISTICS_EXPORTED = "statistics_exported"
    # Log-in and accounts. An attempt during a pause is not looked at and leaves no line.
    LOG_IN = "log_in"
    LOG_IN_REFUSED = "log_in_refused"
    RECOVERY_CODE_USED = "recovery_code_used"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    UNLOCK_REFUSED = "unlock_refused"
    LOG_OUT = "log_out"
    NOT_PERMITTED = "not_permitted"
    SECOND_CONFIRMED = "second_confirmed"
    SECOND_REFUSED = "second_refused"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - an act
    PASSWORD_REFUSED = "password_refused"  # noqa: S105 - an act
    SECOND_FACTOR_CHANGED = "second_factor_changed"
    OFFICER_ADDED = "officer_added"
    OFFICER_APPOINTED = "officer_appointed"
    OFFICER_DISABLED = "officer_disabled"
    OFFICER_RESET = "officer_reset"
    # The desk.
    DESK_TRAVELLER_SEEN = "desk_traveller_seen"
    DESK_PAGE_SEEN = "desk_page_seen"
    DESK_PAGE_PICTURES_SEEN = "desk_page_pictures_seen"
    DESK_CROSSING_ENTERED = "desk_crossing_entered"
    DESK_BOOK_SEEN = "desk_book_seen"
    DESK_REFUSAL_SEEN = "desk_refusal_seen"
    DESK_SENT_AGAIN = "desk_sent_again"
    # Thresholds and lists. An act is noted before it is tried; the other end may refuse it.
    THRESHOLD_PROPOSED = "threshold_proposed"
    THRESHOLD_APPROVED = "threshold_approved"
    SIGNING_KEY_MADE = "signing_key_made"
    LIST_SEARCHED = "list_searched"
    LIST_ENTRY_SEEN = "list_entry_seen"
    LIST_PROPOSAL_SEEN = "list_proposal_seen"
    LIST_ENTRY_PROPOSED = "list_entry_proposed"
    LIST_REVOCATION_PROPOSED = "list_revocation_proposed"
    LIST_FILE_LOOKED_AT = "list_file_looked_at"
    LIST_FILE_PROPOSED = "list_file_proposed"
    LIST_PROPOSAL_APPROVED = "list_proposal_approved"
    LIST_PROPOSAL_REFUSED = "list_proposal_refused"
    LIST_PROPOSAL_WITHDRAWN = "list_proposal_withdrawn"
    LIST_EXPORTED = "list_exported"
    # The board and shifts.
    ORDERED = "ordered"
    ORDER_REFUSED = "order_refused"
    ALARM_CALLED_FALSE = "alarm_called_false"
    NOTE_WRITTEN = "note_written"
    NOTE_DONE = "note_done"
    SHIFT_BEGUN = "shift_begun"
    SHIFT_OFFERED = "shift_offered"
    SHIFT_TAKEN_BACK = "shift_taken_back"
    SHIFT_ACCEPTED = "shift_accepted"
    SHIFT_ENDED = "shift_ended"
    ROTATION_PUT_OFF = "rotation_put_off"
    # Cases.
    CASE_SEEN = "case_seen"
    CASE_PICTURES_SEEN = "case_pictures_seen"
    CASE_HISTORY_SEEN = "case_history_seen"
    CASE_TAKEN = "case_taken"
    CASE_DECIDED = "case_decided"
