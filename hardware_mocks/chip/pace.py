"""PACE from the chip's side: its commands and their order (9303-11 §4.4.4, §4.4.5)."""

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from hardware_mocks.chip.apdu import CHAINED, Command, Reply
from hardware_mocks.chip.key_agreement import InvalidPublicKey
from hardware_mocks.chip.pace_offer import PaceOffer
from hardware_mocks.chip.pace_run import PaceFailed, PaceRun
from hardware_mocks.chip.secure_messaging import ProtectedChannel
from hardware_mocks.chip.session import MASTER_FILE, Session
from hardware_mocks.pki import der
from hardware_mocks.tlv import TlvError, elements, encode

MRZ: Final = 0x01
CAN: Final = 0x02
# Step of the protocol -> tags of the terminal's data objects, and tag of the chip's (table 4).
_TERMINAL_TAGS: Final[Mapping[int, list[int]]] = {1: [], 2: [0x81], 3: [0x83], 4: [0x85]}
_CHIP_TAGS: Final = {1: 0x80, 2: 0x82, 3: 0x84, 4: 0x86}
_LAST_STEP: Final = 4


class Pace:
    """MSE:Set AT and the four GENERAL AUTHENTICATE.

    It goes after every other mechanism that knows GENERAL AUTHENTICATE: outside a run of its
    own it answers that command as one out of order.

    Args:
        offers: what it can do, as EF.CardAccess says.
        passwords: the encoded passwords by reference, MRZ and perhaps CAN (9303-11 §9.7.3).
        random: from a length in bytes to as many random bytes.
        chip_keys: private keys of Chip Authentication by parameterId, for its mapping.
        authorities: gives the Certification Authority References, the latest first, for a
            terminal that announces Terminal Authentication (9303-11 §4.4.5).

    Raises:
        ValueError: the chip authentication mapping is offered without its key.

    """

    def __init__(
        self,
        offers: Sequence[PaceOffer],
        passwords: Mapping[int, bytes],
        random: Callable[[int], bytes],
        *,
        chip_keys: Mapping[int, int] | None = None,
        authorities: Callable[[], Sequence[bytes]] = tuple,
    ) -> None:
        self._offers = tuple(offers)
        self._passwords = passwords
        self._random = random
        self._chip_keys = chip_keys or {}
        self._authorities = authorities
        for offer in self._offers:
            if offer.mapping == "CAM" and offer.reference not in self._chip_keys:
                raise ValueError(f"no key for PACE-CAM under identifier {offer.reference}")

    def answer(self, command: Command, session: Session) -> Reply | None:
        if command.ins == 0x22 and command.p1p2 == 0xC1A4:
            step = self._set_template
        elif command.ins == 0x86:
            step = self._general_authenticate
        else:
            return None
        try:
            return step(command, session)
        except PaceFailed as failed:
            session.chain = None
            return Reply(failed.sw)

    def _set_template(self, command: Command, session: Session) -> Reply:
        session.chain = None
        if session.application != MASTER_FILE:
            raise PaceFailed(0x6985)
        objects = _objects(command.data)
        offer = self._chosen(objects)
        password = self._passwords.get(_number(objects.get(0x83)))
        if password is None:
            raise PaceFailed(0x6A88)
        key = self._chip_keys[offer.reference] if offer.mapping == "CAM" else None
        asked = self._authorities()[:2] if 0x7F4C in objects else ()
        references = b"".join(encode(0x87 + place, car) for place, car in enumerate(asked))
        password_key = offer.suite.password_key(password)
        session.chain = PaceRun(offer, password_key, self._random, key, references)
        return Reply(0x9000)

    def _chosen(self, objects: Mapping[int, bytes]) -> PaceOffer:
        """The offer of that mechanism and those domain parameters."""
        wanted = objects.get(0x80, b"")
        named = [one for one in self._offers if der.oid(one.protocol)[2:] == wanted]
        if not named:
            raise PaceFailed(0x6A80)
        if 0x84 in objects:
            reference = _number(objects[0x84])
            named = [one for one in named if one.reference == reference]
        elif len({one.reference for one in self._offers}) > 1:
            named = []  # the reference is required where there is a choice (§4.4.4.1)
        if not named:
            raise PaceFailed(0x6A88)
        return named[0]

    def _general_authenticate(self, command: Command, session: Session) -> Reply:
        run = session.chain
        if not isinstance(run, PaceRun):
            raise PaceFailed(0x6985)
        if command.p1p2 != 0:
            raise PaceFailed(0x6A86)
        if bool(command.cla & CHAINED) == (run.step == _LAST_STEP):
            raise PaceFailed(0x6985)
        received = _template(command.data, run.step)
        try:
            answer = _step(run, received)
        except InvalidPublicKey:
            raise PaceFailed(0x6A80) from None
        data = encode(0x7C, encode(_CHIP_TAGS[run.step], answer[0]), *answer[1:])
        if len(data) > min(command.ne, command.room):
            raise PaceFailed(0x6700)
        if run.step == _LAST_STEP and run.session is not None:
            session.next_channel = ProtectedChannel(run.session)
            session.access_granted = True
            session.chip_identifier, session.terminal_key = run.compressed_keys()
            session.chain = None
        run.step += 1
        return Reply(0x9000, data)


def _step(run: PaceRun, received: bytes) -> tuple[bytes, ...]:
    """The value of the step's data object, and further data objects."""
    match run.step:
        case 1:
            return (run.encrypted_nonce(),)
        case 2:
            return (run.map_nonce(received),)
        case 3:
            return (run.agree(received),)
        case _:
            return _authenticate(run, received)


def _authenticate(run: PaceRun, token: bytes) -> tuple[bytes, ...]:
    cipher = run.session
    if cipher is None or not hmac.compare_digest(token, run.expected_token(cipher)):
        raise PaceFailed(0x6300)
    proof = run.chip_authentication_data(cipher)
    last = b"" if proof is None else encode(0x8A, proof)
    return run.own_token(cipher), run.ends_with + last


def passwords_of(mrz_information: str, can: str) -> Mapping[int, bytes]:
    """The encoded passwords of a document by reference (9303-11 §9.7.3, table 14)."""
    mrz = hashlib.sha1(mrz_information.encode("ascii")).digest()  # noqa: S324
    return {MRZ: mrz, CAN: can.encode("latin-1")} if can else {MRZ: mrz}


def _objects(raw: bytes) -> Mapping[int, bytes]:
    """The data objects by tag, each at most once; others than specified are ignored later."""
    try:
        found = elements(raw)
    except TlvError:
        raise PaceFailed(0x6A80) from None
    if len({part.tag for part in found}) != len(found):
        raise PaceFailed(0x6A80)
    return {part.tag: part.value for part in found}


def _number(value: bytes | None) -> int:
    if value is None or len(value) != 1:
        raise PaceFailed(0x6A80)
    return value[0]


def _template(raw: bytes, step: int) -> bytes:
    """The one data object of the step in the Dynamic Authentication Data; step 1 has none."""
    objects = _objects(raw)
    if list(objects) != [0x7C]:
        raise PaceFailed(0x6A80)
    inner = _objects(objects[0x7C])
    if list(inner) != _TERMINAL_TAGS[step]:
        raise PaceFailed(0x6985 if list(inner) in _TERMINAL_TAGS.values() else 0x6A80)
    return b"".join(inner.values())
