"""Terminal Authentication version 1 from the chip's side (9303-11 §7.1)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from hardware_mocks.chip.apdu import Command, Reply
from hardware_mocks.chip.cv_certificate import CertificateRefused, CvCertificate
from hardware_mocks.chip.session import EMRTD_APPLICATION, Session
from hardware_mocks.tlv import TlvError, elements

_SET_DST: Final = 0x81B6
_SET_AT: Final = 0x81A4
_MOST_TRUST_POINTS: Final = 2


@dataclass(frozen=True, slots=True)
class TrustPoint:
    """What a chip is personalised with: a CVCA certificate and the date (9303-11 §7.1.4.3.1)."""

    certificate: bytes = field(repr=False)
    today: date


@dataclass(slots=True)
class _Verification:
    """What a session has imported and selected so far."""

    imported: CvCertificate | None = None
    selected: CvCertificate | None = None
    terminal: CvCertificate | None = None
    challenge: bytes | None = None
    done: bool = False


class TerminalAuthentication:
    """MSE:Set DST, PSO:Verify Certificate, MSE:Set AT, GET CHALLENGE, EXTERNAL AUTHENTICATE.

    It goes before Basic Access Control, from which it takes the last two commands over once
    Chip Authentication has given the session a terminal's key.

    Args:
        trust: the authority that may let terminals in.
        document_number: with its check digit as printed, which identifies the chip after BAC.
        random: from a length in bytes to as many random bytes.

    """

    def __init__(
        self, trust: TrustPoint, document_number: str, random: Callable[[int], bytes]
    ) -> None:
        # Both survive a loss of power: link certificates and dates are learnt for good.
        self._trusted = [CvCertificate.of_file(trust.certificate)]
        self._today = trust.today
        self._document_number = document_number
        self._random = random

    def authorities(self) -> tuple[bytes, ...]:
        """The references of the trust points, the latest first, as PACE tells (§4.4.5.5)."""
        return tuple(trusted.holder for trusted in self._trusted)

    def answer(self, command: Command, session: Session) -> Reply | None:
        step = {
            0x22: {_SET_DST: self._set_dst, _SET_AT: self._set_at}.get(command.p1p2),
            0x2A: self._verify_certificate,
            0x84: self._get_challenge if session.terminal_key else None,
            0x82: self._external_authenticate if session.terminal_key else None,
        }.get(command.ins)
        if step is None:
            return None
        in_application = session.application == EMRTD_APPLICATION
        if not in_application or session.channel is None or session.terminal_key is None:
            return Reply(0x6982)
        if not isinstance(session.verification, _Verification):
            session.verification = _Verification()
        return step(command, session, session.verification)

    def _set_dst(self, command: Command, _session: Session, state: _Verification) -> Reply:
        wanted = _reference(command.data)
        known = [*self._trusted, *([state.imported] if state.imported else [])]
        state.selected = next((each for each in known if each.holder == wanted), None)
        return Reply(0x9000 if state.selected else 0x6A88)

    def _verify_certificate(
        self, command: Command, _session: Session, state: _Verification
    ) -> Reply:
        if command.p1p2 != 0x00BE:
            return Reply(0x6A86)
        if state.selected is None:
            return Reply(0x6985)
        try:
            received = CvCertificate.parse(command.data)
            checked = received.check_issued_by(state.selected, self._today)
        except CertificateRefused:
            return Reply(0x6A80)
        self._learn(checked, state.selected)
        if checked.role == 3:
            self._trusted = [checked, *self._trusted][:_MOST_TRUST_POINTS]
        else:
            state.imported = checked
        state.selected = None
        return Reply(0x9000)

    def _learn(self, checked: CvCertificate, issuer: CvCertificate) -> None:
        """Advance the date by what a trusted source of time says (§7.1.4.3.3)."""
        accurate = checked.role in {1, 2, 3} or issuer.role == 2
        if accurate:
            self._today = max(self._today, checked.effective)

    def _set_at(self, command: Command, _session: Session, state: _Verification) -> Reply:
        wanted = _reference(command.data)
        imported = state.imported
        if imported is None or imported.holder != wanted or imported.role != 0:
            return Reply(0x6A88)
        state.terminal = imported
        return Reply(0x9000)

    def _get_challenge(self, command: Command, _session: Session, state: _Verification) -> Reply:
        if command.p1p2 != 0 or command.data:
            return Reply(0x6A86)
        if command.ne < 8:
            return Reply(0x6700)
        state.challenge = self._random(8)
        return Reply(0x9000, state.challenge)

    def _external_authenticate(
        self, command: Command, session: Session, state: _Verification
    ) -> Reply:
        challenge, state.challenge = state.challenge, None
        if state.done:
            return Reply(0x6982)
        if challenge is None or state.terminal is None:
            return Reply(0x6985)
        message = self._identifier(session) + challenge + (session.terminal_key or b"")
        if not state.terminal.key.verify(command.data, message):
            return Reply(0x6300)
        state.done = True
        session.terminal_rights = state.terminal.rights
        return Reply(0x9000)

    def _identifier(self, session: Session) -> bytes:
        """ID_IC (§7.1.2)."""
        return session.chip_identifier or self._document_number.encode("ascii")


def _reference(raw: bytes) -> bytes:
    """The reference in DO'83', empty where there is none."""
    try:
        found = elements(raw)
    except TlvError:
        return b""
    return found[0].value if [part.tag for part in found] == [0x83] else b""
