"""The demo's words for kinds of travellers, messages and findings."""

from typing import Final

from egate.domain.evidence import CheckId

KINDS: Final = {
    "genuine": "own passport",
    "other_persons_passport": "another person's passport",
    "expired": "expired passport",
    "tampered_dg": "changed portrait in the chip",
    "unknown_signer": "signer unknown to the store",
    "chip_leaves_twice": "lifts the passport twice",
    "cloned_chip": "copied chip",
    "tailgating": "second person behind",
    "abandons": "walks away",
    "presentation_attack": "holds up a picture",
}

MESSAGES: Final = {
    "welcome": "lane free",
    "place_document": "document on the reader",
    "keep_document": "reading the chip",
    "place_document_again": "asked to lay it down again",
    "look_at_camera": "looking at the camera",
    "please_wait": "deciding",
    "please_pass": "doors open",
    "officer_will_help": "an officer is called",
    "lane_closed": "lane closed",
    "evacuate": "evacuation",
}

_FINDINGS: Final = {
    CheckId.OPTICAL_MRZ_CHECK_DIGITS: "check digits of the MRZ are wrong",
    CheckId.OPTICAL_MRZ_EXPIRY: "document expired",
    CheckId.MRZ_PRINT: "MRZ is printed otherwise than documents are",
    CheckId.OPTICAL_IR: "page looks wrong under infrared",
    CheckId.OPTICAL_UV: "page looks wrong under ultraviolet",
    CheckId.PHOTOGRAPH: "printed portrait may have been exchanged",
    CheckId.PATTERN: "page is not as its model",
    CheckId.OPTICAL_SEAL: "digital seal of the page is not confirmed",
    CheckId.ACCESS: "chip could not be read",
    CheckId.SOD_SIGNATURE: "signature over the chip's data is wrong",
    CheckId.CERTIFICATE_PATH: "signer has no trusted CSCA",
    CheckId.DS_VALIDITY: "signer's certificate is out of date",
    CheckId.DS_REVOCATION: "signer's revocation is not known",
    CheckId.DG_HASHES: "data in the chip were changed",
    CheckId.COUNTRY: "State of document and signer differ",
    CheckId.COM_SOD: "chip's list of files differs from the signed one",
    CheckId.CHIP_AUTHENTICATION: "chip could not prove its key",
    CheckId.ACTIVE_AUTHENTICATION: "chip is a copy",
    CheckId.MRZ_DG1: "printed and stored data differ",
    CheckId.MRZ_VIZ: "MRZ and printed fields differ",
    CheckId.PORTRAIT: "printed and stored portrait differ",
    CheckId.FACE_CAPTURE: "no usable picture of the face",
    CheckId.FACE_QUALITY: "picture of the face is poor",
    CheckId.PAD: "a picture before the camera instead of a face",
    CheckId.FACE: "face differs from the chip's portrait",
    CheckId.AUTHORISATION: "no visa or other authorisation is known",
    CheckId.CLEARANCE: "no clearance to leave for work is known",
    CheckId.STAY: "stayed longer than allowed, or the stay is not known",
    CheckId.DOCUMENT_STATUS: "document is lost, stolen or cancelled",
    CheckId.WATCHLIST: "listed: the officer reads by whom and why",
    CheckId.SINGLE_PERSON: "more than one person in the lane, or nobody could see",
}


def finding_in_words(finding: str) -> str:
    """Return what an officer would call ``finding``, or the id itself when it has no words."""
    return _FINDINGS.get(CheckId(finding), finding) if finding in set(CheckId) else finding
