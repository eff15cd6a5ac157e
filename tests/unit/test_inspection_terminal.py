"""A terminal within an inspection: fingerprints for who may read them, and for nobody else."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from egate.emrtd.access.password import CardAccessNumber, Password
from egate.emrtd.chip_reading import ChipReading
from egate.emrtd.inspection import inspect
from egate.emrtd.inspection_policy import AccessChoice, InspectionPolicy
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import StatusWord
from egate.emrtd.lds.dg3 import finger_images
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.security_infos import EF_CVCA
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.terminal_authentication.authenticate import (
    TerminalAuthenticated,
    TerminalNotAuthenticated,
)
from egate.emrtd.terminal_authentication.session import cvca_file_of
from egate.emrtd.terminal_authentication.terminal import Terminal
from egate.emrtd.tlv import encode
from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.quirks.transport import CommandChaining
from hardware_mocks.pki.terminals import TerminalAuthority, terminal_signature
from tests.emrtd_passport import (
    Transmit,
    carry,
    chip_of,
    page_of,
    passport,
    pki,
    read,
    sent_to,
)

BIOMETRIC = frozenset((LdsFile.EF_DG3, LdsFile.EF_DG4))
ASKED = InspectionPolicy(further_files=BIOMETRIC)


@dataclass
class BorderTerminal:
    """The terminal of the simulated State."""

    authority: TerminalAuthority
    presented: int = 0

    def chain_for(self, trust_point: str) -> Sequence[bytes]:
        self.presented += 1
        assert trust_point.encode() == self.authority.cvca.reference
        holders = (self.authority.verifier, self.authority.terminal)
        return [holder.certificate for holder in holders]

    def sign(self, message: bytes) -> bytes:
        return terminal_signature(self.authority.terminal, message)


class Stranger(BorderTerminal):
    """A terminal that no chip of this State lets in."""

    def chain_for(self, trust_point: str) -> Sequence[bytes]:
        self.presented += 1
        return ()


def terminal_of(kind: str = "ecdsa") -> BorderTerminal:
    return BorderTerminal(pki().authorities["BGD"].terminals[kind])  # type: ignore[index]


def inspected(
    profile: str,
    terminal: Terminal | None,
    policy: InspectionPolicy = ASKED,
    *,
    transmit: Transmit | None = None,
    password: Password | None = None,
) -> ChipReading:
    document = passport(profile)
    conversation = inspect(
        password or MrzKey.from_mrz(page_of(document)),
        os.urandom,
        time.perf_counter,
        policy=policy,
        terminal=terminal,
    )
    return carry(conversation, transmit or sent_to(chip_of(document, profile=profile)))


@pytest.mark.parametrize(
    ("profile", "kind", "access", "read_too"),
    [
        ("bac-eac-ecdsa", "ecdsa", AccessChoice.BAC, {LdsFile.EF_DG3}),
        ("bac-eac-rsa", "rsa", AccessChoice.BAC, {LdsFile.EF_DG3}),
        ("eac-ecdsa", "ecdsa", AccessChoice.PACE, {LdsFile.EF_DG3}),
        ("eac-rsa", "rsa", AccessChoice.PACE, {LdsFile.EF_DG3}),
        ("eac-ecdsa", "ecdsa", AccessChoice.BAC, {LdsFile.EF_DG3}),
        ("eac-cam", "ecdsa", AccessChoice.PACE, BIOMETRIC),
    ],
)
def test_fingerprints_are_read_by_the_terminal_of_the_state(
    profile: str, kind: str, access: AccessChoice, read_too: set[LdsFile]
) -> None:
    reading = inspected(profile, terminal_of(kind), replace(ASKED, access=access))
    assert isinstance(reading.terminal_authentication, TerminalAuthenticated)
    assert reading.files.keys() & BIOMETRIC == read_too
    assert finger_images(reading.files[LdsFile.EF_DG3])
    assert LdsFile.EF_DG2 in reading.files
    assert not reading.absent


def test_a_card_access_number_binds_as_well() -> None:
    can = CardAccessNumber(passport("eac-ecdsa").can)
    reading = inspected("eac-ecdsa", terminal_of(), password=can)
    assert isinstance(reading.terminal_authentication, TerminalAuthenticated)


def test_without_a_terminal_they_are_never_asked_for() -> None:
    for profile in ("eac-ecdsa", "bac-eac-ecdsa"):
        reading = inspected(profile, None)
        assert reading.terminal_authentication is None
        assert not reading.files.keys() & BIOMETRIC
        assert not reading.absent
    unprotected = passport("bac", groups="3")  # open to all, and still not ours to read
    assert LdsFile.EF_DG3.file_id in unprotected.files
    assert LdsFile.EF_DG3 not in read(unprotected, policy=ASKED).files


def test_a_terminal_is_not_presented_unless_the_policy_asks_for_what_it_opens() -> None:
    terminal = terminal_of()
    reading = inspected("eac-ecdsa", terminal, InspectionPolicy())
    assert reading.terminal_authentication is None
    assert not terminal.presented
    assert not reading.files.keys() & BIOMETRIC


def test_a_terminal_without_a_chain_leaves_the_rest_readable() -> None:
    reading = inspected("eac-ecdsa", Stranger(terminal_of().authority))
    assert isinstance(reading.terminal_authentication, TerminalNotAuthenticated)
    assert "no chain" in reading.terminal_authentication.reason
    assert not reading.files.keys() & BIOMETRIC
    assert LdsFile.EF_DG2 in reading.files


@pytest.mark.parametrize("access", [AccessChoice.BAC, AccessChoice.PACE])
def test_without_chip_authentication_there_is_nothing_to_bind_to(access: AccessChoice) -> None:
    terminal = terminal_of()
    policy = replace(ASKED, access=access, chip_authentication=False)
    reading = inspected("eac-ecdsa", terminal, policy)
    assert isinstance(reading.terminal_authentication, TerminalNotAuthenticated)
    assert "not been authenticated in this channel" in reading.terminal_authentication.reason
    assert not terminal.presented
    assert LdsFile.EF_DG2 in reading.files


def test_certificates_go_in_a_chain_where_long_commands_do_not_pass() -> None:
    document = passport("bac-eac-ecdsa")
    chip = Chip(document, quirks=[CommandChaining()])
    policy = replace(ASKED, extended_length=False)
    reading = inspected("bac-eac-ecdsa", terminal_of(), policy, transmit=sent_to(chip))
    assert isinstance(reading.terminal_authentication, TerminalAuthenticated)
    assert LdsFile.EF_DG3 in reading.files


def test_a_channel_lost_with_a_certificate_leaves_the_rest_readable() -> None:
    """The new channel has no chip authentication, so the terminal is not bound to it."""
    document = passport("bac-eac-ecdsa")
    chip = Chip(document)

    def transmit(command: CommandApdu) -> ResponseApdu:
        if command.ins == 0x2A:
            chip.reset()
            return ResponseApdu(b"", StatusWord(0x6988))
        return sent_to(chip)(command)

    reading = inspected("bac-eac-ecdsa", terminal_of(), transmit=transmit)
    assert isinstance(reading.terminal_authentication, TerminalNotAuthenticated)
    assert not reading.files.keys() & BIOMETRIC
    assert LdsFile.EF_DG2 in reading.files


def test_where_ef_cvca_is() -> None:
    ta = bytes.fromhex("060804007F0007020202") + b"\x02\x01\x01"
    moved = encode(0x30, ta + bytes.fromhex("3004 0402 0123"))
    assert cvca_file_of(encode(0x6E, encode(0x31, moved))) == 0x0123
    for raw in (None, b"\x6e\x00", encode(0x6E, encode(0x31, b""))):
        assert cvca_file_of(raw) == EF_CVCA
