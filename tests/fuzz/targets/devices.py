"""What devices send over their lines: readers, boards, turnstiles, simulated cards, products."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from operator import xor
from random import Random
from typing import Any, Final, Protocol

from pymodbus.exceptions import ModbusException
from pymodbus.framer.rtu import FramerRTU
from pymodbus.pdu import DecodePDU
from pymodbus.pdu.bit_message import ReadDiscreteInputsResponse

from drivers.barrier.registers import RegisterMap
from drivers.barrier.turnstile_frames import TurnstileDecoder, encode
from drivers.chip_reader import vpcd_wire
from drivers.mrz_reader.elyctis import ElyctisDecoder
from drivers.mrz_reader.line_push import LinePushDecoder
from drivers.mrz_reader.message import Document
from drivers.mrz_reader.rte_native import RteDecoder
from drivers.mrz_reader.syn_imager import SynImagerDecoder
from drivers.presentation_attack.message import AnswerInvalid, assessment_of
from drivers.transport.modbus_rtu import answer_of
from egate.emrtd.errors import MrzInvalid
from egate.emrtd.iso7816.apdu import ResponseApdu
from egate.emrtd.mrz.parse import parse
from tests.emrtd_passport import TODAY
from tests.fuzz.objects import json_damaged
from tests.fuzz.parsers import REFUSALS, ZONES
from tests.fuzz.target import Target, damaged

_TD3: Final = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
_TD1: Final = (
    "I<UTOD231458907<<<<<<<<<<<<<<<",
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
)
_DOCUMENTS: Final = (_TD3, _TD1)
_READ_INPUTS: Final = bytes.fromhex("01020000000A")
_REQUESTS: Final = (_READ_INPUTS, bytes.fromhex("010F000000020103"), bytes.fromhex("01050004FF00"))
_INPUTS: Final = 10


class InPieces(AssertionError):
    """The same bytes mean something else when they come in pieces."""


class _Decoder(Protocol):
    def feed(self, received: bytes) -> Any: ...  # noqa: ANN401 - messages of the device


def _all_of(decoder: _Decoder, pieces: Sequence[bytes]) -> list[object]:
    return [message for piece in pieces for message in decoder.feed(piece)]


def _fed(new: Callable[[], _Decoder], raw: bytes) -> None:
    """Take bytes at once and in pieces; read what lies on the reader."""
    messages = _all_of(new(), (raw,))
    if _all_of(new(), [raw[at : at + 7] for at in range(0, len(raw), 7)]) != messages:
        raise InPieces
    for message in messages:
        if isinstance(message, Document):
            try:
                parse(message.lines, TODAY)
            except MrzInvalid:
                continue


def _line_push() -> tuple[bytes, ...]:
    return tuple(
        b"\x02" + b"".join(line.encode() + b"\r" for line in lines) + b"\x03"
        for lines in _DOCUMENTS
    ) + tuple(b"\x02" + zone.replace(b"\n", b"\r\n") + b"\x03" for zone in ZONES)


def _elyctis() -> tuple[bytes, ...]:
    payloads = ["\r".join(lines).encode() for lines in _DOCUMENTS]
    answers = [b"\x49" + len(each).to_bytes(2) + each for each in payloads]
    return (*answers, bytes.fromhex("490000"), bytes.fromhex("43000101") + answers[0])


def _rte() -> tuple[bytes, ...]:
    made = []
    for lines in (("_" * 44, *_TD3), _TD1):
        frame = b"\x00OU\x02 " + b"".join(line.encode() + b"\r" for line in lines) + b"\x03"
        made.append(b"\x01" + frame + bytes((reduce(xor, frame, 0),)))
    return tuple(made)


def _syn() -> tuple[bytes, ...]:
    lines = ["".join(f"{line}\r\n" for line in each).encode() for each in _DOCUMENTS]
    return (*lines, b"REVINF.\x06" + lines[0], b"REVINF.\x15")


def _turnstile() -> tuple[bytes, ...]:
    return (encode(b"\x01\x02\x03", "frame"), encode(bytes(30), "frame"), b"\x06\x15\x06")


def _vpcd(raw: bytes) -> None:
    """The wire of a simulated card, and each answer as one of a chip."""
    for payload in vpcd_wire.Decoder().feed(raw):
        if len(payload) >= 2:
            ResponseApdu.decode(payload)


def _modbus_answers() -> tuple[bytes, ...]:
    """A request's number, then what the board answers."""
    frames = (
        b"\x00\x01\x02\x02\xd5\x01",
        b"\x00\x01\x82\x02",
        b"\x01\x01\x0f\x00\x00\x00\x02",
        b"\x02\x01\x05\x00\x04\xff\x00",
        b"\x02\x01\x85\x01",
    )
    return tuple(_with_crc(each) for each in frames)


def _with_crc(numbered: bytes) -> bytes:
    return numbered + FramerRTU.compute_CRC(numbered[1:]).to_bytes(2)


def _modbus_damaged(random: Random, samples: Sequence[bytes]) -> bytes:
    """Damage answers, and let the check of most of them fit again."""
    raw = damaged(random, samples)
    return _with_crc(raw[:-2]) if len(raw) > 4 and random.random() < 0.7 else raw


def _modbus(raw: bytes) -> None:
    request = _REQUESTS[raw[0] % len(_REQUESTS)] if raw else _READ_INPUTS
    if not (frame := answer_of(request, raw[1:])):
        return
    _, answer = FramerRTU(DecodePDU(is_server=False)).handleFrame(frame, 1, 0)
    if isinstance(answer, ReadDiscreteInputsResponse) and len(answer.bits) >= _INPUTS:
        RegisterMap().sensors(list(answer.bits[:_INPUTS]))


def _product_answers() -> tuple[bytes, ...]:
    answer = {
        "request": 7,
        "score": 0.25,
        "sufficient": True,
        "cues": {"borders": 0.5, "light_relief": 0.0},
        "detector": "product 1.2",
    }
    return (json.dumps(answer).encode(), json.dumps({**answer, "sufficient": False}).encode())


def targets() -> Mapping[str, Target]:
    """Return the targets by name."""
    decoders: Mapping[str, tuple[Callable[[], _Decoder], Callable[[], tuple[bytes, ...]]]] = {
        "line push": (LinePushDecoder, _line_push),
        "elyctis": (ElyctisDecoder, _elyctis),
        "rte native": (RteDecoder, _rte),
        "rte native unchecked": (partial(RteDecoder, "none"), _rte),
        "syn imager": (SynImagerDecoder, _syn),
        "turnstile": (partial(TurnstileDecoder, "frame"), _turnstile),
    }
    found = {
        f"device/{name}": Target(partial(_fed, new), made, (), share=8)
        for name, (new, made) in decoders.items()
    }
    found["device/simulated card"] = Target(
        _vpcd,
        lambda: (vpcd_wire.encode(b"\x90\x00") + vpcd_wire.encode(bytes(300)),),
        (vpcd_wire.WireBroken, *REFUSALS),
        share=8,
    )
    found["device/modbus"] = Target(
        _modbus, _modbus_answers, (ModbusException,), _modbus_damaged, share=12
    )
    found["device/attack detection"] = Target(
        lambda raw: assessment_of(raw, 7), _product_answers, (AnswerInvalid,), json_damaged, share=8
    )
    return found
