"""What a chip gave to the inspection procedure; nothing in it is proven yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from egate.emrtd.access.protocol import Access
from egate.emrtd.chip_authentication.aa import ChallengeResponse
from egate.emrtd.chip_authentication.ca import ChipAuthenticationResult
from egate.emrtd.chip_authentication.pace_cam import PaceCamEvidence
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.com import Com
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.sod import LdsSecurityObject, unwrap
from egate.emrtd.passive_authentication.cms import SignedData
from egate.emrtd.terminal_authentication.authenticate import TerminalAuthentication


@dataclass(frozen=True, slots=True)
class Progress:
    """The next piece of one file; pieces come in order and without gaps.

    EF.SOD may begin anew, where PACE-CAM opens the chip again.

    Args:
        file: which file.
        bytes_read: of the file so far, with this piece.
        bytes_total: that the file has.
        piece: its content; personal.

    """

    file: LdsFile
    bytes_read: int
    bytes_total: int
    piece: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChipReading:
    """What a chip gave. Nothing in it is proven yet.

    Args:
        access: how it was opened.
        files: the whole files that were read; personal.
        absent: files the chip refused although EF.COM or EF.SOD lists them.
        card_access: EF.CardAccess, which is not signed; None when there is none, or BAC
            alone was allowed.
        pace_cam: what it showed of its key in opening; None when opened in another way.
        chip_authentication: its result; None when it was not performed.
        challenge_response: active authentication; None when it was not performed.
        apdu_count: commands sent.
        received_bytes: bytes of all responses.
        access_seconds: time until the channel was open.
        seconds: time of the whole inspection.
        terminal_authentication: how the terminal was taken; None when none was presented.

    """

    access: Access
    files: Mapping[LdsFile, bytes] = field(repr=False)
    absent: frozenset[LdsFile]
    card_access: bytes | None = field(repr=False)
    pace_cam: PaceCamEvidence | None = field(repr=False)
    chip_authentication: ChipAuthenticationResult | None
    challenge_response: ChallengeResponse | None
    apdu_count: int
    received_bytes: int
    access_seconds: float
    seconds: float
    terminal_authentication: TerminalAuthentication | None = None


def listed_in_com(com: bytes | None) -> frozenset[LdsFile] | None:
    """Return the data groups that EF.COM lists, None when it lists none readably."""
    try:
        return None if com is None else Com.parse(com).data_groups
    except DocumentRejected:
        return None


def listed_in_sod(sod: bytes | None) -> frozenset[LdsFile] | None:
    """Return the data groups whose hashes EF.SOD has, None when it cannot be read."""
    if sod is None:
        return None
    try:
        hashes = LdsSecurityObject.parse(SignedData.parse(unwrap(sod)).content).data_group_hashes
    except DocumentRejected:
        return None
    return frozenset(LdsFile.of_data_group(number) for number in hashes)
