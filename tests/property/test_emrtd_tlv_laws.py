"""Whatever bytes come, data objects end in objects or in TlvMalformed."""

from hypothesis import given
from hypothesis import strategies as st

from egate.emrtd.errors import TlvMalformed
from egate.emrtd.tlv import decode_all, encode

TAGS = st.one_of(
    st.integers(1, 0xFE).filter(lambda tag: tag & 0x1F != 0x1F),
    st.sampled_from([0x5F1F, 0x7F2E, 0x7F60, 0xDF8102]),
)


@given(st.binary(max_size=80))
def test_any_bytes_are_objects_or_malformed(raw: bytes) -> None:
    try:
        objects = list(decode_all(raw))
    except TlvMalformed:
        return
    assert sum(len(value) + 2 for _, value in objects) <= len(raw)


@given(st.lists(st.tuples(TAGS, st.binary(max_size=300)), max_size=6))
def test_objects_survive_the_wire(objects: list[tuple[int, bytes]]) -> None:
    raw = b"".join(encode(tag, value) for tag, value in objects)
    assert list(decode_all(raw)) == objects
