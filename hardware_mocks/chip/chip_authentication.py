"""Chip Authentication version 1 from the chip's side (9303-11 §6.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hardware_mocks.chip.apdu import Command, Reply
from hardware_mocks.chip.chip_key import ChipKey, cipher_of, family_of
from hardware_mocks.chip.ciphers import SUITES, CipherName
from hardware_mocks.chip.key_agreement import InvalidPublicKey
from hardware_mocks.chip.secure_messaging import ProtectedChannel
from hardware_mocks.chip.session import EMRTD_APPLICATION, Session
from hardware_mocks.tlv import TlvError, elements, encode

_SET_KEY_AGREEMENT_TEMPLATE: Final = 0x41A6
_SET_AUTHENTICATION_TEMPLATE: Final = 0x41A4
_EPHEMERAL_PUBLIC_KEY: Final = 0x91


class _Refused(Exception):
    """The command is answered with this status word; the old keys stay in use."""

    def __init__(self, sw: int) -> None:
        super().__init__(f"{sw:04X}")
        self.sw = sw


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What MSE:Set AT selected for the GENERAL AUTHENTICATE to follow."""

    key: ChipKey
    cipher: CipherName


class ChipAuthentication:
    """MSE:Set KAT for 3DES, MSE:Set AT and GENERAL AUTHENTICATE for AES.

    A chip that offers AES takes the second way for 3DES too, as it may (§6.2.4).

    Args:
        keys: the keys that the chip holds. A copied chip holds others than its DG14 shows.

    """

    def __init__(self, keys: Sequence[ChipKey]) -> None:
        self._keys = tuple(keys)

    def answer(self, command: Command, session: Session) -> Reply | None:
        if command.ins == 0x22 and command.p1p2 == _SET_KEY_AGREEMENT_TEMPLATE:
            step = self._agree_at_once
        elif command.ins == 0x22 and command.p1p2 == _SET_AUTHENTICATION_TEMPLATE:
            step = self._choose
        elif command.ins == 0x86 and isinstance(session.chain, _Chosen):
            step = self._general_authenticate
        else:
            return None
        try:
            _require_channel(session)
            return step(command, session)
        except _Refused as refused:
            session.chain = None
            return Reply(refused.sw)

    def _agree_at_once(self, command: Command, session: Session) -> Reply:
        """MSE:Set KAT (§6.2.4.1)."""
        session.chain = None
        objects = _objects(command.data)
        public = objects.get(_EPHEMERAL_PUBLIC_KEY)
        if public is None:
            raise _Refused(0x6A80)
        named = [key for key in self._keys if "3DES" in key.order.ciphers or not key.order.ciphers]
        _agree(_Chosen(_only(named, objects), "3DES"), public, session)
        return Reply(0x9000)

    def _choose(self, command: Command, session: Session) -> Reply:
        """MSE:Set AT (§6.2.4.2)."""
        session.chain = None
        objects = _objects(command.data)
        mechanism = cipher_of(objects.get(0x80, b""))
        if mechanism is None:
            raise _Refused(0x6A80)
        family, cipher = mechanism
        offering = [
            key
            for key in self._keys
            if family_of(key.order.group) == family and cipher in key.order.ciphers
        ]
        if not offering or all(set(key.order.ciphers) == {"3DES"} for key in offering):
            raise _Refused(0x6A80)
        session.chain = _Chosen(_only(offering, objects), cipher)
        return Reply(0x9000)

    def _general_authenticate(self, command: Command, session: Session) -> Reply:
        chosen, session.chain = session.chain, None
        if not isinstance(chosen, _Chosen) or command.p1p2 != 0:
            raise _Refused(0x6A86)
        outer = _objects(command.data)
        inner = _objects(outer.get(0x7C, b""))
        if list(outer) != [0x7C] or list(inner) != [0x80]:
            raise _Refused(0x6A80)
        _agree(chosen, inner[0x80], session)
        return Reply(0x9000, encode(0x7C) if command.ne else b"")


def _agree(chosen: _Chosen, public: bytes, session: Session) -> None:
    """Restart secure messaging with the keys of the agreed secret (§6.2.1, §6.2.2)."""
    group = chosen.key.order.group
    try:
        agreed = group.multiply(chosen.key.private, public)
    except InvalidPublicKey:
        raise _Refused(0x6A80) from None
    secret = group.shared_secret(agreed)
    session.next_channel = ProtectedChannel(SUITES[chosen.cipher].session(secret))
    session.terminal_key = group.compressed(public)
    session.terminal_rights = 0
    session.verification = None


def _require_channel(session: Session) -> None:
    if session.application != EMRTD_APPLICATION or session.channel is None:
        raise _Refused(0x6982)


def _only(keys: Sequence[ChipKey], objects: Mapping[int, bytes]) -> ChipKey:
    """The key that is meant; its reference may come with leading zeros (quirk 20)."""
    if 0x84 in objects:
        wanted = int.from_bytes(objects[0x84], "big")
        keys = [key for key in keys if key.order.key_id == wanted]
    if len(keys) != 1:
        raise _Refused(0x6A88)
    return keys[0]


def _objects(raw: bytes) -> Mapping[int, bytes]:
    try:
        found = elements(raw)
    except TlvError:
        raise _Refused(0x6A80) from None
    if len({part.tag for part in found}) != len(found):
        raise _Refused(0x6A80)
    return {part.tag: part.value for part in found}
