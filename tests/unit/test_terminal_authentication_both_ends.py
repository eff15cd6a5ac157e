"""Terminal authentication with the simulated chips, to the fingerprints behind it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from egate.emrtd.access.bac import open_with_bac
from egate.emrtd.access.card_access import CardAccess, PaceMapping
from egate.emrtd.access.master_file import read_card_access
from egate.emrtd.access.pace import open_with_pace
from egate.emrtd.chip_authentication.ca import ChipAuthentication, authenticate_chip
from egate.emrtd.errors import UnexpectedStatus
from egate.emrtd.lds.dg3 import finger_images
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.reading import read_file, select_lds1
from egate.emrtd.lds.reading_session import ReadingSession
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.secure_messaging import SecureMessaging, over
from egate.emrtd.terminal_authentication.authenticate import (
    SessionBinding,
    TerminalAuthenticated,
    TerminalAuthentication,
    TerminalNotAuthenticated,
)
from egate.emrtd.terminal_authentication.presentation import present_terminal
from hardware_mocks.pki.terminals import TerminalAuthority, terminal_signature
from tests.emrtd_passport import Transmit, carry, chip_of, page_of, passport, pki, sent_to


@dataclass
class BorderTerminal:
    """The terminal of the simulated State."""

    authority: TerminalAuthority

    def chain_for(self, trust_point: str) -> Sequence[bytes]:
        if trust_point.encode() != self.authority.cvca.reference:
            return ()
        holders = (self.authority.cvca, self.authority.verifier, self.authority.terminal)
        return [holder.certificate for holder in holders]

    def sign(self, message: bytes) -> bytes:
        return terminal_signature(self.authority.terminal, message)


class Opened:
    """A chip after chip authentication, opened with BAC or PACE."""

    def __init__(self, profile: str, *, with_pace: bool) -> None:
        document = passport(profile)
        self.transmit: Transmit = sent_to(chip_of(document, profile=profile))
        key = MrzKey.from_mrz(page_of(document))
        dg14 = document.files[LdsFile.EF_DG14.file_id]
        if with_pace:
            card_access = carry(read_card_access(), self.transmit)
            assert card_access is not None
            offer = CardAccess.parse(card_access).offers[0]
            opening = carry(open_with_pace(offer, key, os.urandom), self.transmit)
            carry(over(opening.channel, select_lds1()), self.transmit)
            opened = (offer.domain, opening.chip_ephemeral_public)
            if offer.mapping is PaceMapping.CHIP_AUTHENTICATION:
                self.channel = opening.channel
                self.binding = SessionBinding.after_pace(
                    opened, offer.domain, opening.ephemeral_public
                )
                return
            chip = self._authenticated(opening.channel, dg14)
            self.binding = SessionBinding.after_pace(opened, chip.domain, chip.ephemeral)
        else:
            carry(select_lds1(), self.transmit)
            channel = carry(open_with_bac(key, os.urandom), self.transmit)
            chip = self._authenticated(channel, dg14)
            self.binding = SessionBinding.after_bac(key, chip.domain, chip.ephemeral)
        self.channel = chip.channel

    def _authenticated(self, channel: SecureMessaging, dg14: bytes) -> ChipAuthentication:
        conversation = authenticate_chip(channel, dg14, os.urandom, extended_length=True)
        result = carry(conversation, self.transmit)
        assert isinstance(result, ChipAuthentication), result
        return result

    def present(self, kind: str, binding: SessionBinding | None = None) -> TerminalAuthentication:
        terminal = BorderTerminal(pki().authorities["BGD"].terminals[kind])  # type: ignore[index]
        conversation = present_terminal(terminal, binding or self.binding, most_bytes=0xFFFF)
        return carry(over(self.channel, conversation), self.transmit)

    def read_fingers(self) -> bytes:
        session = ReadingSession(223)
        reading = read_file(LdsFile.EF_DG3.file_id, session, limit=65536)
        return carry(over(self.channel, reading), self.transmit)


@pytest.mark.parametrize("kind", ["ecdsa", "rsa"])
@pytest.mark.parametrize("with_pace", [False, True])
def test_fingerprints_are_for_the_terminal_of_the_state(kind: str, *, with_pace: bool) -> None:
    opened = Opened(f"{'' if with_pace else 'bac-'}eac-{kind}", with_pace=with_pace)
    with pytest.raises(UnexpectedStatus, match="6982"):
        opened.read_fingers()
    result = opened.present(kind)
    assert isinstance(result, TerminalAuthenticated), result
    assert result.authorization.may_read_fingerprints
    assert finger_images(opened.read_fingers())


def test_after_pace_cam_its_own_key_binds_the_terminal() -> None:
    opened = Opened("eac-cam", with_pace=True)
    result = opened.present("ecdsa")
    assert isinstance(result, TerminalAuthenticated), result
    assert finger_images(opened.read_fingers())


def test_a_signature_for_another_session_opens_nothing() -> None:
    opened = Opened("bac-eac-ecdsa", with_pace=False)
    result = opened.present("ecdsa", SessionBinding(opened.binding.id_ic, bytes(32)))
    assert isinstance(result, TerminalNotAuthenticated)
    assert "does not accept the terminal's signature" in result.reason
    with pytest.raises(UnexpectedStatus, match="6982"):
        opened.read_fingers()
