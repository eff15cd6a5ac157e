"""Basic Access Control from the chip's side (9303-11 §4.3)."""

import hmac
from collections.abc import Callable

from hardware_mocks.chip import des
from hardware_mocks.chip.apdu import Command, Reply
from hardware_mocks.chip.ciphers import TripleDesSession
from hardware_mocks.chip.secure_messaging import ProtectedChannel
from hardware_mocks.chip.session import EMRTD_APPLICATION, Session


class BasicAccess:
    """GET CHALLENGE and EXTERNAL AUTHENTICATE with the mutual function."""

    def __init__(self, mrz_information: str, random: Callable[[int], bytes]) -> None:
        self._keys = des.Keys.from_mrz_information(mrz_information)
        self._random = random

    def answer(self, command: Command, session: Session) -> Reply | None:
        if command.ins == 0x84:
            return self._get_challenge(command, session)
        if command.ins == 0x82:
            return self._external_authenticate(command, session)
        return None

    def _get_challenge(self, command: Command, session: Session) -> Reply:
        if session.application != EMRTD_APPLICATION:
            return Reply(0x6985)
        if command.p1p2 != 0:
            return Reply(0x6A86)
        if command.data or command.ne < 8:
            return Reply(0x6700)
        session.challenge = self._random(8)
        return Reply(0x9000, session.challenge)

    def _external_authenticate(self, command: Command, session: Session) -> Reply:
        challenge, session.challenge = session.challenge, None
        if challenge is None:
            return Reply(0x6985)
        if len(command.data) != 40:
            return Reply(0x6700)
        cryptogram, mac = command.data[:32], command.data[32:]
        if not hmac.compare_digest(mac, des.retail_mac(self._keys.mac, cryptogram)):
            return Reply(0x6300)
        opened = des.decrypt(self._keys.enc, cryptogram)
        rnd_ifd, k_ifd = opened[:8], opened[16:]
        if not hmac.compare_digest(opened[8:16], challenge):
            return Reply(0x6300)
        k_ic = self._random(16)
        answer = des.encrypt(self._keys.enc, challenge + rnd_ifd + k_ic)
        seed = bytes(a ^ b for a, b in zip(k_ifd, k_ic, strict=True))
        ssc = int.from_bytes(challenge[4:] + rnd_ifd[4:], "big")
        session.next_channel = ProtectedChannel(TripleDesSession(des.Keys.from_seed(seed)), ssc)
        session.access_granted = True
        return Reply(0x9000, answer + des.retail_mac(self._keys.mac, answer))


class NoBasicAccess:
    """How a document that only PACE opens answers the commands of Basic Access Control."""

    def answer(self, command: Command, session: Session) -> Reply | None:
        if command.ins in {0x82, 0x84} and not session.access_granted:
            return Reply(0x6A88)
        return None
