"""A terminal as plain as tests can have it, to look at what a simulated chip really answers."""

from dataclasses import dataclass

from hardware_mocks.chip import des
from hardware_mocks.chip.apdu import Reply, parse
from hardware_mocks.chip.chip import Chip
from hardware_mocks.tlv import elements, encode

SELECT_APPLICATION = bytes.fromhex("00A4040C07A0000002471001")
GET_CHALLENGE = bytes.fromhex("0084000008")


@dataclass
class Terminal:
    """The other side of 3DES secure messaging, as plain as a test can have it."""

    chip: Chip
    keys: des.Keys
    ssc: int

    def protect(self, apdu: bytes, *, long: bool = False) -> bytes:
        command = parse(apdu)
        header = bytes([apdu[0] | 0x0C]) + apdu[1:4]
        objects = b""
        if command.data:
            cryptogram = des.encrypt(self.keys.enc, des.pad(command.data))
            odd = command.ins & 1
            objects += encode(0x85, cryptogram) if odd else encode(0x87, b"\x01" + cryptogram)
        if command.ne:
            objects += encode(0x97, command.ne.to_bytes(3, "big")[1 if long else 2 :])
        self.ssc += 1
        mac = des.retail_mac(self.keys.mac, self.ssc.to_bytes(8, "big") + des.pad(header) + objects)
        body = objects + encode(0x8E, mac)
        if long:
            return header + b"\0" + len(body).to_bytes(2, "big") + body + b"\0\0"
        return header + bytes([len(body)]) + body + b"\0"

    def send(self, apdu: bytes, *, long: bool = False) -> Reply:
        answer = self.chip.transmit(self.protect(apdu, long=long))
        assert answer is not None
        return self.opened(answer)

    def opened(self, answer: bytes) -> Reply:
        parts = {part.tag: part.value for part in elements(answer[:-2])}
        self.ssc += 1
        covered = b"".join(part.raw for part in elements(answer[:-2]) if part.tag != 0x8E)
        assert parts[0x8E] == des.retail_mac(self.keys.mac, self.ssc.to_bytes(8, "big") + covered)
        assert parts[0x99] == answer[-2:]
        data = parts.get(0x87, b"\x01")[1:] or parts.get(0x85, b"")
        plain = des.unpad(des.decrypt(self.keys.enc, data)) if data else b""
        return Reply(int.from_bytes(answer[-2:], "big"), plain)


def opened_with_bac(chip: Chip) -> Terminal:
    """Open the chip by Basic Access Control and return the terminal that talks to it."""
    keys = des.Keys.from_mrz_information(chip.document.mrz_information)
    assert chip.transmit(SELECT_APPLICATION) == b"\x90\x00"
    challenge = chip.transmit(GET_CHALLENGE)
    assert challenge is not None
    rnd_ifd, k_ifd = bytes(8), bytes(16)
    cryptogram = des.encrypt(keys.enc, rnd_ifd + challenge[:8] + k_ifd)
    mac = des.retail_mac(keys.mac, cryptogram)
    answer = chip.transmit(b"\x00\x82\x00\x00\x28" + cryptogram + mac + b"\x28")
    assert answer is not None
    k_ic = des.decrypt(keys.enc, answer[:32])[16:]
    ssc = int.from_bytes(challenge[4:8] + rnd_ifd[4:], "big")
    return Terminal(chip, des.Keys.from_seed(k_ic), ssc)
