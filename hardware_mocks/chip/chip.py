"""A simulated eMRTD chip: an interpreter of APDUs over what its document offers."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from hardware_mocks.chip.active_authentication import ActiveAuthentication
from hardware_mocks.chip.apdu import CHAINED, PROTECTED, Command, Reply, WrongLength, parse
from hardware_mocks.chip.bac import BasicAccess, NoBasicAccess
from hardware_mocks.chip.chip_authentication import ChipAuthentication
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.file_system import FileSystem
from hardware_mocks.chip.mrz import numbered_document
from hardware_mocks.chip.pace import Pace, passwords_of
from hardware_mocks.chip.security_infos import pace_infos, security_infos
from hardware_mocks.chip.session import Mechanism, Quirk, SecureMessagingError, Session
from hardware_mocks.chip.terminal_authentication import TerminalAuthentication
from hardware_mocks.tlv import encode

AtrContent = Literal["lengths", "capabilities", "both", "nothing"]

ATR_INFO: Final = 0x2F01
CARD_ACCESS: Final = 0x011C
_GENERAL_AUTHENTICATE: Final = 0x86
_MANAGE_SECURITY_ENVIRONMENT: Final = 0x22
_MAX_COMMAND_BYTES: Final = 65535


@dataclass(frozen=True, slots=True)
class Interface:
    """What the chip's interface can carry.

    Args:
        extended_length: whether it takes extended APDUs.
        max_le: the most bytes it returns to one READ BINARY.
        tells: what EF.ATR/INFO says of that: the greatest lengths, the card capabilities, both,
            or nothing because there is no such file. Without extended APDUs there are no lengths.

    """

    extended_length: bool = True
    max_le: int = 65536
    tells: AtrContent = "lengths"

    def atr_info(self) -> bytes:
        """The content of EF.ATR/INFO, empty for none (9303-10 §3.11.1)."""
        parts = []
        if self.tells in {"capabilities", "both"}:
            # DF by full name, short identifiers; one byte data units; extended fields, lengths.
            lengths = 0x20 if self.tells == "both" else 0
            third = 0x40 | lengths if self.extended_length else 0
            parts.append(encode(0x47, bytes([0x84, 0x01, third])))
        if self.extended_length and self.tells in {"lengths", "both"}:
            answer = min(self.max_le + 64, 65535)
            greatest = (_MAX_COMMAND_BYTES, answer)
            parts.append(
                encode(0x7F66, *(encode(0x02, each.to_bytes(3, "big")) for each in greatest))
            )
        return b"".join(parts)

    def atr(self) -> bytes:
        """The ATR that a PC/SC reader makes of a contactless chip (PC/SC part 3 §3.1.3.2.3)."""
        capabilities = bytes([0x73, 0x96, 0x01, 0x40 if self.extended_length else 0x00])
        historical = b"\x80" + capabilities
        body = bytes([0x80 | len(historical), 0x80, 0x01]) + historical
        check = 0
        for byte in body:
            check ^= byte
        return b"\x3b" + body + bytes([check])


class Chip:
    """Answers APDUs; its volatile state ends with a reset or when it leaves the field.

    Args:
        document: what is stored in it.
        interface: what it can carry.
        leaves_after: it leaves the field instead of answering the APDU after this many.
        random: the source of its nonces: from a length in bytes to as many bytes.
        quirks: what it does otherwise than other chips, the outermost first.

    """

    def __init__(
        self,
        document: Document,
        interface: Interface | None = None,
        *,
        leaves_after: int | None = None,
        random: Callable[[int], bytes] = secrets.token_bytes,
        quirks: Sequence[Quirk] = (),
    ) -> None:
        self.document = document
        self.interface = interface or Interface()
        self.leaves_after = leaves_after
        self._session = Session()
        self._answered = 0
        self._in_field = True
        self._quirks = tuple(quirks)
        self._mechanisms = self._own_mechanisms(random)

    @property
    def atr(self) -> bytes:
        return self.interface.atr()

    @property
    def answered(self) -> int:
        """How many APDUs it has answered since it entered the field."""
        return self._answered

    def enter_field(self) -> None:
        """Be presented (again): powered up, nothing remembered, the count of APDUs at zero."""
        self._in_field = True
        self._answered = 0
        self.reset()

    def reset(self) -> None:
        """Forget the session, as after a loss of power."""
        self._session = Session()
        for quirk in self._quirks:
            quirk.reset()

    def transmit(self, apdu: bytes) -> bytes | None:
        """Answer one command APDU; None when the chip has left the field."""
        if self.leaves_after is not None and self._answered >= self.leaves_after:
            self._in_field = False
        if not self._in_field:
            return None
        self._answered += 1
        answer = self._through_quirks(apdu)
        self._in_field = answer is not None
        return answer

    def _through_quirks(self, apdu: bytes, outermost: int = 0) -> bytes | None:
        if outermost == len(self._quirks):
            return self._interpret(apdu)
        quirk, inner = self._quirks[outermost], outermost + 1
        return quirk.transmit(
            apdu, self._session, lambda onward: self._through_quirks(onward, inner)
        )

    def _interpret(self, apdu: bytes) -> bytes:
        try:
            command = parse(apdu)
        except WrongLength:
            return self._abort(0x6700)
        if command.cla & ~CHAINED == PROTECTED:
            return self._answer_protected(command)
        self._session.abort_channel()
        if command.cla & ~CHAINED:
            return Reply(0x6E00).raw()
        reply = self._answer(command).raw()
        self._session.swap_channel()
        return reply

    def _answer_protected(self, command: Command) -> bytes:
        channel = self._session.channel
        if channel is None:
            return self._abort(0x6988)
        try:
            opened = channel.unwrap(command)
        except SecureMessagingError as error:
            return self._abort(error.sw)
        reply = self._answer(opened)
        protected = channel.wrap(reply, odd_instruction=bool(command.ins & 1))
        self._session.swap_channel()
        return protected

    def _answer(self, command: Command, outermost: int = 0) -> Reply:
        if outermost == len(self._quirks):
            return self._regular_answer(command)
        quirk, inner = self._quirks[outermost], outermost + 1
        return quirk.answer(command, self._session, lambda onward: self._answer(onward, inner))

    def _regular_answer(self, command: Command) -> Reply:
        if command.extended and not self.interface.extended_length:
            return Reply(0x6700)
        if command.ins not in {_GENERAL_AUTHENTICATE, _MANAGE_SECURITY_ENVIRONMENT}:
            self._session.chain = None
        if command.cla and command.ins != _GENERAL_AUTHENTICATE:
            return Reply(0x6884)
        for mechanism in self._mechanisms:
            reply = mechanism.answer(command, self._session)
            if reply is not None:
                return reply
        return Reply(0x6D00)

    def _abort(self, sw: int) -> bytes:
        self._session.abort()
        return Reply(sw).raw()

    def _own_mechanisms(self, random: Callable[[int], bytes]) -> Sequence[Mechanism]:
        document = self.document
        mechanisms: list[Mechanism] = [
            FileSystem(self._master_files(), document.files, max_le=self.interface.max_le)
        ]
        if document.active_authentication is not None:
            key, scheme = document.active_authentication, document.aa_scheme
            mechanisms.append(ActiveAuthentication(key, random, scheme))
        authorities: Callable[[], Sequence[bytes]] = tuple
        if document.terminal_trust is not None:
            number = numbered_document(document.mrz)
            terminals = TerminalAuthentication(document.terminal_trust, number, random)
            mechanisms.append(terminals)
            authorities = terminals.authorities
        if document.basic_access:
            mechanisms.append(BasicAccess(document.mrz_information, random))
        else:
            mechanisms.append(NoBasicAccess())
        if document.chip_keys:
            mechanisms.append(ChipAuthentication(document.chip_keys))
        if document.pace:
            # Last, because it refuses every GENERAL AUTHENTICATE that is not its own.
            mechanisms.append(self._pace(random, authorities))
        return mechanisms

    def _pace(
        self, random: Callable[[int], bytes], authorities: Callable[[], Sequence[bytes]]
    ) -> Pace:
        document = self.document
        passwords = passwords_of(document.mrz_information, document.can)
        keys = document.pace_cam_keys
        return Pace(document.pace, passwords, random, chip_keys=keys, authorities=authorities)

    def _master_files(self) -> Mapping[int, bytes]:
        """The files of the master file, those that tell of this chip among them."""
        files = dict(self.document.master_files)
        if atr_info := self.interface.atr_info():
            files.setdefault(ATR_INFO, atr_info)
        if self.document.pace:
            files.setdefault(CARD_ACCESS, security_infos(pace_infos(self.document.pace)))
        return files
