"""Framings of MRZ readers: bytes in, messages out, on every history of a line."""

from collections.abc import Callable
from functools import reduce
from operator import xor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.mrz_reader.debounce import Debounce
from drivers.mrz_reader.elyctis import ElyctisDecoder
from drivers.mrz_reader.line_push import LinePushDecoder
from drivers.mrz_reader.message import Acknowledged, Decoder, Document, Garbled, parse_lines
from drivers.mrz_reader.rte_native import RteDecoder
from drivers.mrz_reader.syn_imager import SynImagerDecoder

Encode = Callable[[tuple[str, ...]], bytes]

# 9303-4 appendix B: the specimen of Utopia.
TD3 = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
# 9303-5 appendix B.
TD1 = (
    "I<UTOD231458907<<<<<<<<<<<<<<<",
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
)
TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")


def pushed(lines: tuple[str, ...]) -> bytes:
    return b"\x02" + b"".join(line.encode() + b"\r" for line in lines) + b"\x03"


def answered(lines: tuple[str, ...], separator: bytes = b"\r") -> bytes:
    body = separator.join(line.encode() for line in lines)
    return b"\x49" + bytes(divmod(len(body), 256)) + body


def bare(lines: tuple[str, ...], ending: bytes = b"\r") -> bytes:
    return b"".join(line.encode() + ending for line in lines)


def native(lines: tuple[str, ...]) -> bytes:
    rows = ["_" * len(lines[0])] * (3 - len(lines)) + list(lines)
    body = b"OU\x020" + bare(tuple(rows)) + b"\x03"
    checked = bytes((len(body),)) + body
    return b"\x01" + checked + bytes((reduce(xor, checked),))


WIRES = [
    (LinePushDecoder, pushed),
    (ElyctisDecoder, answered),
    (RteDecoder, native),
    (SynImagerDecoder, bare),
]


@pytest.mark.parametrize(("decoder", "encode"), WIRES)
@pytest.mark.parametrize("lines", [TD1, TD2, TD3])
def test_gives_the_lines(decoder: type, encode: Encode, lines: tuple[str, ...]) -> None:
    assert list(decoder().feed(encode(lines))) == [Document(lines)]


@pytest.mark.parametrize(("decoder", "encode"), WIRES)
def test_a_byte_at_a_time(decoder: type, encode: Encode) -> None:
    fed = decoder()
    given = [m for byte in encode(TD3) + encode(TD1) for m in fed.feed(bytes((byte,)))]
    assert given == [Document(TD3), Document(TD1)]


@pytest.mark.parametrize("separator", [b"\r", b"\n", b"\r\n", b""])
@pytest.mark.parametrize("trailer", [b"", b"\r", b"\r\n"])
@pytest.mark.parametrize("lines", [TD1, TD2, TD3])
def test_every_separator(separator: bytes, trailer: bytes, lines: tuple[str, ...]) -> None:
    raw = separator.join(line.encode() for line in lines) + trailer
    assert parse_lines(raw) == Document(lines)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        TD3[0].encode(),  # a missing line
        b"\r".join([b"P<UTO<<<"] * 4),
        b"P<UTO\rP<UTO<<<",  # shorter than any line
        (TD3[0] + "<").encode() + b"\r" + TD3[1].encode(),
        TD3[0].replace("E", "?").encode() + b"\r" + TD3[1].encode(),
        TD3[0].lower().encode() + b"\r" + TD3[1].encode(),
    ],
)
def test_what_is_no_mrz_is_garbled(raw: bytes) -> None:
    assert isinstance(parse_lines(raw), Garbled)


def test_elyctis_without_a_document_and_its_acknowledgement() -> None:
    given = list(ElyctisDecoder().feed(bytes.fromhex("490000 430000")))
    assert given == [Acknowledged(), Acknowledged()]


def test_a_frame_without_end_does_not_hide_the_next() -> None:
    broken = pushed(TD3)[:-1]
    assert list(LinePushDecoder().feed(broken + pushed(TD1)))[-1] == Document(TD1)


def test_noise_that_looks_like_a_header_does_not_swallow_the_answer() -> None:
    noise = bytes.fromhex("49005A")
    assert list(ElyctisDecoder().feed(noise + answered(TD3)))[-1] == Document(TD3)


def test_devices_with_other_frame_bytes() -> None:
    raw = pushed(TD3).replace(b"\x02", b"\x1c").replace(b"\x03", b"\x1d")
    assert list(LinePushDecoder(start=0x1C, end=0x1D).feed(raw)) == [Document(TD3)]


@given(st.binary(max_size=600), st.sampled_from([decoder for decoder, _ in WIRES]))
def test_any_bytes_are_survived_and_the_buffer_stays_small(noise: bytes, decoder: type) -> None:
    fed = decoder()
    list(fed.feed(noise))
    held = [vars(fed).get(name) for name in ("_frame", "_buffer", "_line")]
    assert sum(len(each or b"") for each in held) <= 200
    assert len(vars(fed).get("_lines", ())) <= 3


@pytest.mark.parametrize(("decoder", "encode"), WIRES)
@pytest.mark.parametrize("lines", [TD1, TD2, TD3])
def test_a_document_without_its_first_line_spoils_no_later_one(
    decoder: type, encode: Encode, lines: tuple[str, ...]
) -> None:
    given = list(decoder().feed(encode(lines[1:]) + encode(lines) * 2))
    assert given[-1] == Document(lines)
    assert {m.lines for m in given if isinstance(m, Document)} <= {lines, lines[1:]}


@pytest.mark.parametrize(("decoder", "encode"), WIRES)
def test_a_frame_cut_anywhere_spoils_no_later_one(decoder: type, encode: Encode) -> None:
    whole = encode(TD3)
    for end in range(len(whole)):
        given = list(decoder().feed(whole[:end] + whole * 3))
        assert given[-1] == Document(TD3), end
        if decoder is not ElyctisDecoder:  # without a byte that ends or checks a frame
            assert {m for m in given if isinstance(m, Document)} == {Document(TD3)}, end


@pytest.mark.parametrize("ending", [b"\r", b"\n", b"\r\n"])
def test_an_imager_may_end_its_lines_in_any_way(ending: bytes) -> None:
    stream = b"REVINF\x06." + bare(TD2, ending) + b"\x15" + bare(TD1, ending)
    documents = [m for m in SynImagerDecoder().feed(stream) if isinstance(m, Document)]
    assert documents[-1] == Document(TD1)


@pytest.mark.parametrize(
    ("check_from", "covered"), [("start", 0), ("length", 1), ("type", 2), ("none", 3)]
)
def test_where_the_check_of_a_native_frame_begins(check_from: str, covered: int) -> None:
    frame = native(TD3)[:-1]
    right = reduce(xor, frame[covered:])
    assert list(RteDecoder(check_from).feed(frame + bytes((right,)))) == [Document(TD3)]
    if check_from != "none":
        wrong = list(RteDecoder(check_from).feed(frame + bytes((right ^ 1,))))
        assert wrong == [Garbled("check byte")]


@given(st.binary(max_size=300).filter(lambda noise: b"\x02" not in noise))
def test_line_push_finds_the_document_behind_any_noise(noise: bytes) -> None:
    assert Document(TD3) in list(LinePushDecoder().feed(noise + pushed(TD3)))


@given(st.binary(max_size=300))
def test_elyctis_finds_a_document_that_is_read_again_behind_any_noise(noise: bytes) -> None:
    # A header in the noise may claim bytes of the first answers; the second is found.
    assert Document(TD3) in list(ElyctisDecoder().feed(noise + answered(TD3) * 2))


@given(st.data(), st.sampled_from(WIRES))
def test_pieces_make_no_difference(data: st.DataObject, wire: tuple) -> None:
    decoder, encode = wire
    stream = data.draw(st.binary(max_size=40)) + encode(TD3) + encode(TD2)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    fed: Decoder = decoder()
    assert [m for p in pieces for m in fed.feed(p)] == list(decoder().feed(stream))


def test_a_document_that_stays_is_given_once() -> None:
    now = [0.0]
    debounce = Debounce(1.0, lambda: now[0])
    seen = []
    for at in (0.0, 0.6, 1.2, 1.8, 2.9):  # read again and again, then away for 1.1 s
        now[0] = at
        seen.append(debounce.is_new(Document(TD3)))
    assert seen == [True, False, False, False, True]
    assert debounce.is_new(Document(TD1))


def test_nothing_of_a_document_is_in_its_repr() -> None:
    assert "ERIKSSON" not in repr(Document(TD3))


@pytest.mark.parametrize(
    ("decoder", "endless"),
    [
        (LinePushDecoder, b"\x02" + b"<" * 5000),
        (RteDecoder, b"\x01\x8dOU\x020" + b"<" * 5000),
        (SynImagerDecoder, b"<" * 5000),
    ],
)
def test_a_frame_without_end_is_bounded_and_hides_nothing(decoder: type, endless: bytes) -> None:
    fed = decoder()
    list(fed.feed(endless))
    held = [vars(fed).get(name) for name in ("_frame", "_buffer", "_line")]
    assert sum(len(each or b"") for each in held) <= 200
    encode = dict(WIRES)[decoder]
    assert list(fed.feed(b"\r" + encode(TD3)))[-1] == Document(TD3)


def test_a_native_frame_behind_one_that_breaks_off_after_its_beginning() -> None:
    assert list(RteDecoder().feed(native(TD3)[:8] + native(TD3)))[-1] == Document(TD3)
