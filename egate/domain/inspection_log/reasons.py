"""Why a check did not succeed, as numbers that never change meaning (TR-03135-1 §5.3).

A reason is found by a phrase of the record's own text, and told by a text that stands here: what
else stood in the record's text, as a number of days or of an entry, goes nowhere. Of background
checks only what is about the lane or its lists has a reason; why a traveller needs an officer has
none. A number that was given once is never given to anything else, also when its reason is gone.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from egate.domain.inspection_log.places import PLACES
from egate.emrtd.checks import PAGE_CHECKS, CheckId, CheckResult, Outcome


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of one check, or of every check.

    Args:
        number: 1 to 99, of its own among those of the check.
        phrase: by which it is known in a record; "" for what nothing else explains.
        text: what is told.

    """

    number: int
    phrase: str
    text: str


NEVER_BEGAN: Final = Reason(4, "the session ended before it", "the session ended before it began")
_OF_EVERY_CHECK: Final = (
    NEVER_BEGAN,
    Reason(5, "the whole record did not fit", "the reason was left out at the gate"),
    Reason(6, "the time ran out", "the time ran out"),
)
_UNEXPLAINED: Final = MappingProxyType(
    {
        Outcome.FAILED: Reason(1, "", "failed; nothing further is told"),
        Outcome.UNDETERMINED: Reason(2, "", "undetermined; nothing further is told"),
        Outcome.ABORTED: Reason(3, "", "aborted; nothing further is told"),
    }
)
_NO_CSCA: Final = Reason(10, "no trusted CSCA", "no trusted CSCA")
_NO_SIGNER: Final = Reason(11, "no signer", "no signer of the security object")
_STALE_LIST: Final = Reason(10, ": too old", "a list is too old")
_NO_LIST: Final = Reason(11, "no list is required", "the lane has no such list")
_SIMILARITY: Final = Reason(10, "similarity ", "the faces are less alike than is required")
_NO_PAGE: Final = "no page was scanned"
_ANOTHER_PAGE: Final = "the page is of another document"
_OF_A_PAGE: Final = (
    Reason(10, _NO_PAGE, "no page was scanned in time"),
    Reason(11, "no MRZ was read from the page", "no MRZ was read from the page"),
    Reason(15, "on a worn page: ", "the page is too worn to be judged"),
    Reason(12, "; score ", "the score is less than is required"),
    Reason(13, _ANOTHER_PAGE, _ANOTHER_PAGE),
    Reason(14, "the page was not inspected", "the page was not inspected in time"),
)

REASONS: Final = MappingProxyType(
    {
        **dict.fromkeys(PAGE_CHECKS, _OF_A_PAGE),
        CheckId.OPTICAL_IR: (
            *_OF_A_PAGE,
            Reason(20, "show different characters", "white and infrared light show two MRZs"),
            Reason(21, "dark in infrared", "the page is dark in infrared"),
            Reason(22, "infrared light does not confirm it", "infrared does not confirm the MRZ"),
        ),
        CheckId.OPTICAL_SEAL: (
            *_OF_A_PAGE,
            Reason(20, "seal: its place is blank", "no seal where the document bears one"),
            Reason(21, "seal: it cannot be read", "the seal cannot be read"),
            Reason(22, "no certificate of the seal's signer", "no certificate of the signer"),
            Reason(23, "no trusted CSCA", "no trusted CSCA"),
            Reason(24, "the signature is wrong", "the signature is wrong"),
            Reason(25, "is not the one in the seal", "seal and MRZ differ"),
            Reason(26, "the seal is for a passport", "the seal is of another document"),
            Reason(27, "there are several", "the page has several seals"),
        ),
        CheckId.OPTICAL_MRZ_CHECK_DIGITS: (
            Reason(10, "wrong check digit", "a check digit is wrong"),
            Reason(11, "malformed ", "a field has characters that it must not have"),
            Reason(12, "the MRZ could not be read", "the MRZ could not be read"),
            Reason(13, "no document was presented", "no document was presented"),
        ),
        CheckId.OPTICAL_MRZ_EXPIRY: (
            Reason(10, "the document has expired", "the document has expired"),
            Reason(11, "no date of expiry", "no date of expiry"),
        ),
        CheckId.ACCESS: (
            Reason(10, "EF.CardAccess leaves out", "EF.CardAccess lacks entries that are signed"),
            Reason(
                11, "EF.CardAccess has entries", "EF.CardAccess has entries that are not signed"
            ),
            Reason(12, "the channel was lost for good", "the channel to the chip was lost"),
        ),
        CheckId.SOD_SIGNATURE: (
            Reason(10, "the SOD cannot be read", "EF.SOD cannot be read"),
            Reason(11, "the security object cannot be read", "the hashes in EF.SOD cannot be read"),
            Reason(12, "has no certificate of its signer", "EF.SOD has no signer's certificate"),
            Reason(13, "messageDigest is not", "the hash is not that of the content"),
            Reason(14, "signature is wrong", "the signature is wrong"),
        ),
        CheckId.CERTIFICATE_PATH: (
            _NO_CSCA,
            _NO_SIGNER,
            Reason(12, "the CSCA did not sign", "the CSCA did not sign the signer's certificate"),
            Reason(13, "the CSCA is of another State", "the CSCA is of another State"),
            Reason(14, "for another purpose", "the signer's certificate is for another purpose"),
        ),
        CheckId.DS_VALIDITY: (
            _NO_CSCA,
            _NO_SIGNER,
            Reason(12, "no longer", "a certificate is no longer valid"),
            Reason(13, "not yet", "a certificate is not yet valid"),
        ),
        CheckId.DS_REVOCATION: (
            _NO_CSCA,
            _NO_SIGNER,
            Reason(12, "the signer is revoked", "the signer is revoked"),
            Reason(13, "the CSCA is revoked", "the CSCA is revoked"),
            Reason(14, "the CRL of this State is out of date", "the CRL is out of date"),
            Reason(15, "the CRL is signed by no trusted", "no trusted CSCA signed the CRL"),
            Reason(16, "no CRL of this State", "no CRL of the State"),
        ),
        CheckId.DG_HASHES: (
            Reason(10, " changed", "a data group was changed"),
            Reason(11, "not in the SOD", "a data group is not in EF.SOD"),
            Reason(12, "no security object", "no hashes to compare with"),
        ),
        CheckId.COUNTRY: (
            Reason(10, "no document signer", "no signer of the security object"),
            Reason(11, "not of its CSCA's State", "signer and CSCA are of different States"),
            Reason(12, "names no State", "DG1 or the signer names no State"),
            Reason(13, "a code of no known State", "a code of no known State"),
            Reason(14, "not of the issuing State", "the signer is not of the issuing State"),
            Reason(15, "for other types of documents", "the signer is for other documents"),
        ),
        CheckId.COM_SOD: (
            Reason(10, "EF.COM is not there", "EF.COM is not there or cannot be read"),
            Reason(11, "EF.SOD cannot be read", "EF.SOD cannot be read"),
            Reason(12, "EF.COM lists what the SOD", "EF.COM lists files that EF.SOD does not"),
            Reason(13, "EF.COM leaves out", "EF.COM lacks files that EF.SOD lists"),
        ),
        CheckId.CHIP_AUTHENTICATION: (
            Reason(10, "does not vouch for the key", "the key is not signed"),
            Reason(11, "does not have the key", "the chip does not have its key"),
            Reason(12, "the chip refused outside the channel", "the chip refused"),
            Reason(13, "not performed", "not performed"),
            Reason(14, "the SOD lists ", "the chip does not give a file that EF.SOD lists"),
            Reason(15, "EF.COM lists ", "the chip does not give a file that EF.COM lists"),
        ),
        CheckId.ACTIVE_AUTHENTICATION: (
            Reason(10, "does not vouch for the key", "the key is not signed"),
            Reason(11, "the signature is not one of this key", "the chip does not have its key"),
            Reason(12, "the chip refused to sign", "the chip refused"),
            Reason(13, "not performed", "not performed"),
            Reason(14, "the SOD lists ", "the chip does not give a file that EF.SOD lists"),
            Reason(15, "EF.COM lists ", "the chip does not give a file that EF.COM lists"),
            Reason(16, "the chip answered nothing", "the chip answered nothing"),
            Reason(17, "the answer was cut", "the answer was cut"),
        ),
        CheckId.MRZ_DG1: (
            Reason(10, "optional data or check digits only", "optional data or digits differ"),
            Reason(11, "the page and DG1 differ", "the page and DG1 differ"),
            Reason(12, "DG1 holds no MRZ", "DG1 holds no MRZ"),
        ),
        CheckId.PORTRAIT: (
            _SIMILARITY,
            Reason(11, _NO_PAGE, "no page was scanned in time"),
            Reason(12, "no face where the page", "no face on the page"),
            Reason(13, "the chip gave no portrait", "the chip gave no portrait"),
            Reason(14, _ANOTHER_PAGE, _ANOTHER_PAGE),
        ),
        CheckId.DEVIATION: (
            Reason(10, "names the document", "the deviation list names such documents"),
        ),
        CheckId.FACE_CAPTURE: (
            Reason(10, "another person beside", "another person was before the camera"),
            Reason(11, "no face before the camera", "no face before the camera"),
        ),
        CheckId.FACE_QUALITY: (
            Reason(10, ", limit ", "the picture has a fault"),
            Reason(11, "another person beside", "another person was before the camera"),
            Reason(12, "no face before the camera", "no face before the camera"),
        ),
        CheckId.PAD: (
            Reason(10, "nobody to look at", "nobody to look at"),
            Reason(11, ", at most ", "the score is above its limit, or rests on too little"),
        ),
        CheckId.FACE: (
            _SIMILARITY,
            Reason(11, "no live face", "no face before the camera"),
            Reason(12, "somebody else, or nobody", "another person, or nobody, in the end"),
            Reason(13, "the chip gave no portrait", "the chip gave no portrait"),
            Reason(14, "no face in the portrait", "no face in the chip's portrait"),
            Reason(15, "the portrait: ", "the chip's portrait cannot be used"),
            Reason(16, "the traveller wanted out", "the traveller wanted out"),
        ),
        CheckId.DOCUMENT_STATUS: (_STALE_LIST, _NO_LIST),
        CheckId.WATCHLIST: (_STALE_LIST, _NO_LIST),
        CheckId.SERVICE: (
            Reason(10, "the desk decides", "the lane decides about nobody"),
            Reason(11, "only citizens who arrive", "the lane admits only citizens who arrive"),
        ),
        CheckId.SINGLE_PERSON: (
            Reason(10, "a second person in the lane", "a second person was in the lane"),
            Reason(11, "nobody looked at the lane", "the lane was not watched for a while"),
        ),
        CheckId.NOTHING_LEFT: (
            Reason(10, "something stayed in the lane", "something stayed in the lane"),
        ),
        CheckId.PASSAGE: (
            Reason(10, "passed the doors before a decision", "somebody passed before a decision"),
            Reason(11, "the lane was open", "the lane was open when it was closed again"),
        ),
    }
)
"""What is known of a check beside what every check may have; the first phrase that fits counts."""


def reasons_of(check_id: CheckId) -> tuple[Reason, ...]:
    """Return every reason that ``check_id`` may have, the unexplained ones last."""
    return (*_OF_EVERY_CHECK, *REASONS.get(check_id, ()), *_UNEXPLAINED.values())


def reason_of(check: CheckResult) -> Reason | None:
    """Return why ``check`` did not succeed; None for one that did, or that was not supported.

    A code says that something went wrong, and that a document has no such feature is no error.
    """
    if check.outcome in (Outcome.SUCCESSFUL, Outcome.NOT_SUPPORTED):
        return None
    for reason in (*_OF_EVERY_CHECK, *REASONS.get(check.check_id, ())):
        if reason.phrase in check.detail:
            return reason
    return _UNEXPLAINED[check.outcome]


def code_of(check_id: CheckId, reason: Reason) -> int:
    """Return the numeric error code of ``reason``, in the vendors' range."""
    return PLACES[check_id].first_code + reason.number
