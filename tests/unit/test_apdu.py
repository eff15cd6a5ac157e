"""Command and response APDUs in all their forms (ISO/IEC 7816-3 §12.1)."""

import pytest

from egate.emrtd.crypto.kdf import SmAlgorithm, kdf_enc, kdf_pi
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu


@pytest.mark.parametrize(
    ("command", "wire"),
    [
        (CommandApdu(0, 0x84, 0, 0), "00840000"),
        (CommandApdu(0, 0x84, 0, 0, le=8), "0084000008"),
        (CommandApdu(0, 0xB0, 0, 0, le=256), "00B0000000"),
        (CommandApdu(0, 0xA4, 2, 12, b"\x01\x1e"), "00A4020C02011E"),
        (CommandApdu(0, 0x88, 0, 0, b"\x01\x02", le=256), "0088000002010200"),
        (CommandApdu(0, 0xB0, 0, 0, le=257), "00B00000000101"),
        (CommandApdu(0, 0xB0, 0, 0, le=65536), "00B00000000000"),
        (CommandApdu(0, 0x88, 0, 0, b"\x01", le=256, extended=True), "00880000000001010100"),
        (CommandApdu(0, 0x86, 0, 0, b"\x01", extended=True), "0086000000000101"),
    ],
)
def test_commands_on_the_wire(command: CommandApdu, wire: str) -> None:
    assert command.encode().hex().upper() == wire


def test_more_data_than_255_bytes_are_extended() -> None:
    assert (
        CommandApdu(0, 0x86, 0, 0, bytes(256)).encode().startswith(b"\x00\x86\x00\x00\x00\x01\x00")
    )


@pytest.mark.parametrize("le", [0, 65537])
def test_impossible_lengths(le: int) -> None:
    with pytest.raises(ValueError, match="Le"):
        CommandApdu(0, 0xB0, 0, 0, le=le)
    with pytest.raises(ValueError, match=r"65,535"):
        CommandApdu(0, 0x86, 0, 0, bytes(65536))


def test_responses() -> None:
    response = ResponseApdu.decode(b"ab\x62\x82")
    assert (response.data, response.status.sw1, response.status.sw2) == (b"ab", 0x62, 0x82)
    assert "ab" not in repr(response)
    with pytest.raises(ValueError, match="two bytes"):
        ResponseApdu.decode(b"\x90")


def test_key_lengths_of_each_cipher() -> None:
    assert [len(kdf_enc(b"secret", algorithm)) for algorithm in SmAlgorithm] == [16, 16, 24, 32]
    assert str(SmAlgorithm.TDES) == "3DES"


def test_the_key_of_pace_from_an_mrz() -> None:
    """9303-11 Appendix G."""
    k = bytes.fromhex("7E2D2A41C74EA0B38CD36F863939BFA8E9032AAD")
    assert kdf_pi(k, SmAlgorithm.AES_128).hex().upper() == "89DED1B26624EC1E634C1989302849DD"
