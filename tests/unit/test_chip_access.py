"""How a chip is opened: the order of protocols, and what becomes of a failure."""

import os

import pytest

from egate.emrtd.access.access_check import check_access
from egate.emrtd.access.chip_access import AccessNotPossible, ChipAccess, OpenedChip
from egate.emrtd.access.password import CardAccessNumber, Password
from egate.emrtd.access.protocol import ONLY_BAC, Access, AccessProtocol
from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.conversation import Conversation
from egate.emrtd.errors import AccessDenied, RetryableReadError
from egate.emrtd.evaluation import evaluate
from egate.emrtd.inspection_policy import AccessChoice, InspectionPolicy
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import StatusWord
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.security_infos import SecurityInfos
from egate.emrtd.mrz.mrz_key import MrzKey
from hardware_mocks.chip.document import Document
from tests.emrtd_passport import (
    TODAY,
    Transmit,
    anchors,
    carry,
    chip_of,
    page_of,
    passport,
    read,
    sent_to,
    with_files,
)

USUAL = InspectionPolicy()
ONLY_PACE = InspectionPolicy(access=AccessChoice.PACE)
STRICT = InspectionPolicy(bac_after_failed_pace=False)
BAC = Access(AccessProtocol.BAC, "3DES", None)
WRONG = MrzKey.from_td3_line_2("L898902C36UTO7408122F1204159ZE184226B<<<<<10")


def key_of(document: Document) -> MrzKey:
    return MrzKey.from_mrz(page_of(document))


def opened(transmit: Transmit, password: Password, policy: InspectionPolicy = USUAL) -> OpenedChip:
    access = ChipAccess(password, policy, os.urandom)

    def both() -> Conversation[OpenedChip]:
        yield from access.read_offers()
        return (yield from access.open())

    return carry(both(), transmit)


def refusing(document: Document, ins: int, *sws: int) -> Transmit:
    """The document's chip, which answers the status words to the first commands of ``ins``."""
    left = list(sws)
    chip = sent_to(chip_of(document))

    def transmit(command: CommandApdu) -> ResponseApdu:
        if left and command.ins == ins:
            return ResponseApdu(b"", StatusWord(left.pop(0)))
        return chip(command)

    return transmit


def test_the_strongest_offer_comes_first() -> None:
    document = passport("pace-several")
    got = opened(sent_to(chip_of(document)), key_of(document))
    assert got.access == Access(AccessProtocol.PACE_IM, "AES-256", "brainpoolP384r1")
    assert got.pace is not None


def test_the_next_offer_is_taken_when_the_first_is_refused_and_that_is_recorded() -> None:
    document = passport("pace-several")
    got = opened(refusing(document, 0x22, 0x6985), key_of(document))
    assert got.access.protocol is not AccessProtocol.BAC
    assert got.access.domain_parameters != "brainpoolP384r1" or got.access.cipher != "AES-256"
    assert "PACE-IM with AES-256 on brainpoolP384r1: MSE:Set AT" in got.access.downgrade


@pytest.mark.parametrize("sw", [0x6A80, 0x6300])
def test_bac_after_a_failed_pace_is_a_recorded_downgrade(sw: int) -> None:
    document = passport("pace-gm")
    got = opened(refusing(document, 0x22, *[sw] * 9), key_of(document))
    assert got.access.protocol is AccessProtocol.BAC
    assert got.access.downgrade == f"PACE-GM with AES-128 on P-256: MSE:Set AT: status {sw:04X}"
    assert got.pace is None


@pytest.mark.parametrize(
    ("policy", "reason"),
    [(STRICT, "BAC is not allowed where PACE is offered"), (ONLY_PACE, "only PACE is allowed")],
)
def test_a_policy_may_refuse_the_downgrade(policy: InspectionPolicy, reason: str) -> None:
    document = passport("pace-gm")
    with pytest.raises(AccessNotPossible, match=f"MSE:Set AT: status 6A80; {reason}"):
        opened(refusing(document, 0x22, *[0x6A80] * 9), key_of(document), policy)


def test_a_refused_token_is_a_refused_password_unless_bac_takes_it() -> None:
    """Some chips refuse the last step of PACE to everybody, and open with BAC."""
    document = passport("pace-gm")
    transmit = refusing_token(document)
    got = opened(transmit, key_of(document))
    assert got.access.protocol is AccessProtocol.BAC
    assert "mutual authentication: status 6300" in got.access.downgrade
    with pytest.raises(AccessDenied, match=r"PACE-GM with AES-128 on P-256: .*6300"):
        opened(refusing_token(document), key_of(document), STRICT)


def refusing_token(document: Document) -> Transmit:
    chip = sent_to(chip_of(document))

    def transmit(command: CommandApdu) -> ResponseApdu:
        if command.ins == 0x86 and command.cla == 0x00:
            return ResponseApdu(b"", StatusWord(0x6300))
        return chip(command)

    return transmit


def test_a_wrong_mrz_is_denied_whatever_the_protocol() -> None:
    for profile in ("bac", "pace-gm", "pace-only"):
        with pytest.raises(AccessDenied):
            opened(sent_to(chip_of(passport(profile))), WRONG)


def test_a_document_that_opens_with_pace_only_says_so_to_bac() -> None:
    document = passport("pace-only")
    only_bac = InspectionPolicy(access=AccessChoice.BAC)
    with pytest.raises(AccessNotPossible, match="GET CHALLENGE: status 6A88"):
        opened(sent_to(chip_of(document)), key_of(document), only_bac)


def test_bac_alone_may_be_asked_for() -> None:
    document = passport("pace-gm")
    got = opened(sent_to(chip_of(document)), key_of(document), InspectionPolicy(AccessChoice.BAC))
    assert got.access == Access(AccessProtocol.BAC, "3DES", None, ONLY_BAC)


def test_no_pace_where_only_pace_is_allowed() -> None:
    document = passport("bac")
    with pytest.raises(AccessNotPossible, match="no PACE is offered"):
        opened(sent_to(chip_of(document)), key_of(document), ONLY_PACE)


def test_the_card_access_number() -> None:
    document = passport("pace-gm")
    got = opened(sent_to(chip_of(document)), CardAccessNumber(document.can))
    assert got.access.protocol is AccessProtocol.PACE_GM
    with pytest.raises(AccessDenied, match="PACE-GM"):
        opened(sent_to(chip_of(document)), CardAccessNumber("000000"))
    with pytest.raises(AccessNotPossible, match="with PACE only"):
        opened(sent_to(chip_of(passport("bac"))), CardAccessNumber(document.can))


def card_access(content: bytes, document: Document) -> Transmit:
    """The document's chip with another EF.CardAccess."""
    chip = sent_to(chip_of(document))

    def transmit(command: CommandApdu) -> ResponseApdu:
        if command.encode().startswith(b"\x00\xb0\x9c"):
            return ResponseApdu(content, StatusWord(0x9000))
        return chip(command)

    return transmit


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("3100", ""),
        ("3102300A", "EF.CardAccess cannot be read"),
    ],
)
def test_what_cannot_be_used_of_ef_card_access_is_in_the_record(content: str, reason: str) -> None:
    document = passport("bac")
    got = opened(card_access(bytes.fromhex(content), document), key_of(document))
    assert got.access.protocol is AccessProtocol.BAC
    assert reason in got.access.downgrade


def test_unknown_offers_are_named() -> None:
    document = passport("bac")
    infos = bytes.fromhex("3114 3012 060A 04007F00070202040202 020102 020163".replace(" ", ""))
    got = opened(card_access(infos, document), key_of(document))
    assert "0.4.0.127.0.7.2.2.4.2.2" in got.access.downgrade


@pytest.mark.parametrize("profile", ["bac", "pace-gm"])
def test_a_chip_opens_again_in_the_same_way(profile: str) -> None:
    document = passport(profile)
    access = ChipAccess(key_of(document), USUAL, os.urandom)
    transmit = sent_to(chip_of(document))

    def twice() -> Conversation[tuple[OpenedChip, OpenedChip]]:
        yield from access.read_offers()
        first = yield from access.open()
        return first, (yield from access.open_again())

    first, second = carry(twice(), transmit)
    assert first.access == second.access
    assert first.channel is not second.channel


def test_a_chip_that_does_not_open_again_is_to_be_presented_again() -> None:
    document = passport("bac")
    access = ChipAccess(key_of(document), USUAL, os.urandom)
    carry(access.open(), sent_to(chip_of(document)))
    with pytest.raises(RetryableReadError, match="lost for good: SELECT"):
        carry(access.open_again(), lambda _: ResponseApdu(b"", StatusWord(0x6F00)))


PACE = Access(AccessProtocol.PACE_GM, "AES-128", "P-256")
ONE = bytes.fromhex("3114301206 0A04007F00070202040202 020102 02010C".replace(" ", ""))
OTHER = bytes.fromhex("3114301206 0A04007F00070202040204 020102 02010C".replace(" ", ""))
BOTH = b"\x31\x28" + ONE[2:] + OTHER[2:]
NONE = b"\x31\x00"


@pytest.mark.parametrize(
    ("access", "offered", "signed", "outcome", "reason"),
    [
        (PACE, ONE, ONE, Outcome.SUCCESSFUL, ""),
        (PACE, BOTH, BOTH, Outcome.SUCCESSFUL, ""),
        (PACE, ONE, BOTH, Outcome.FAILED, "leaves out 1 signed entries"),
        (PACE, BOTH, ONE, Outcome.FAILED, "not signed"),
        (PACE, ONE, NONE, Outcome.SUCCESSFUL, "no signed file repeats"),
        (PACE, ONE, None, Outcome.SUCCESSFUL, "no signed file repeats"),
        (BAC, None, None, Outcome.SUCCESSFUL, ""),
        (BAC, None, NONE, Outcome.SUCCESSFUL, ""),
        (BAC, None, ONE, Outcome.FAILED, "leaves out 1"),
        (BAC, b"\x31\x05", ONE, Outcome.FAILED, "leaves out 1"),
        (BAC, ONE, BOTH, Outcome.FAILED, "leaves out 1"),
        (BAC, ONE, ONE, Outcome.SUCCESSFUL, ""),
        (
            Access(AccessProtocol.BAC, "3DES", None, ONLY_BAC),
            None,
            ONE,
            Outcome.SUCCESSFUL,
            ONLY_BAC,
        ),
    ],
)
def test_the_offer_is_compared_with_the_signed_one(
    access: Access, offered: bytes | None, signed: bytes | None, outcome: Outcome, reason: str
) -> None:
    infos = None if signed is None else SecurityInfos.parse(signed)
    found, detail = check_access(access, offered, infos)
    assert found is outcome
    assert reason in detail
    assert detail.startswith(str(access.protocol))


@pytest.mark.parametrize(
    ("hidden", "outcome"), [(True, Outcome.FAILED), (False, Outcome.SUCCESSFUL)]
)
def test_a_hidden_offer_fails_the_access(*, hidden: bool, outcome: Outcome) -> None:
    document = passport("pace-gm")
    chip = chip_of(document, **({"quirk": "card-access-hidden"} if hidden else {}))
    reading = read(document, chip)
    evaluation = evaluate(page_of(document), reading, anchors(), TODAY, lambda: 0.0)
    found = {check.check_id: check for check in evaluation.checks}[CheckId.ACCESS]
    assert found.outcome is outcome


def test_an_unreadable_dg14_confirms_nothing() -> None:
    document = passport("pace-gm")
    spoilt = with_files(document, {LdsFile.EF_DG14: b"\x6e\x02\x31\x05"})
    reading = read(document, chip_of(spoilt))
    evaluation = evaluate(page_of(document), reading, anchors(), TODAY, lambda: 0.0)
    found = {check.check_id: check for check in evaluation.checks}
    assert "no signed file repeats" in found[CheckId.ACCESS].detail
    assert found[CheckId.DG_HASHES].outcome is Outcome.FAILED
    assert found[CheckId.CHIP_AUTHENTICATION].outcome is Outcome.FAILED
