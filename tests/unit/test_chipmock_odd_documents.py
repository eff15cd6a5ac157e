"""How odd access, keys and signatures of the simulated chip look, without any reader."""

import pytest

from hardware_mocks.chip.chip import Chip
from hardware_mocks.tlv import elements
from tests.chip_terminal import opened_with_bac
from tests.emrtd_passport import chip_of, passport

SIGN = bytes.fromhex("0088000008") + bytes(8) + b"\x00"
SET_PACE = bytes.fromhex("0022C1A40F800A04007F00070202040202830101")


def pace_chip(quirk: str) -> Chip:
    return chip_of(passport("pace-gm", quirk=quirk), profile="pace-gm", quirk=quirk)


def test_the_domain_parameters_must_be_named() -> None:
    chip = pace_chip("mse-needs-84")
    assert chip.transmit(SET_PACE) == b"\x6a\x80"
    assert chip.transmit(SET_PACE[:4] + b"\x12" + SET_PACE[5:] + b"\x84\x01\x0c") == b"\x90\x00"


def test_pace_is_offered_and_refused() -> None:
    chip = pace_chip("pace-refused")
    assert chip.transmit(bytes.fromhex("00B09C0000"))[-2:] == b"\x90\x00"
    assert chip.transmit(SET_PACE) == b"\x6a\x80"
    opened_with_bac(chip)


@pytest.mark.parametrize("status", ["6300", "6A80"])
def test_pace_ends_in_step_4(status: str) -> None:
    chip = pace_chip(f"pace-step-4-{status.lower()}")
    assert chip.transmit(SET_PACE) == b"\x90\x00"
    assert chip.transmit(bytes.fromhex("10860000027C0000"))[-2:] == b"\x90\x00"
    token = bytes.fromhex("008600000C7C0A8508000000000000000000")
    assert chip.transmit(token) == bytes.fromhex(status)
    opened_with_bac(chip)


@pytest.mark.parametrize("ask", ["00B09C0000", "00A4020C02011C"])
def test_ef_card_access_is_hidden(ask: str) -> None:
    chip = pace_chip("card-access-hidden")
    assert chip.transmit(bytes.fromhex(ask)) == b"\x6a\x82"
    assert 0x010E in chip.document.files
    opened_with_bac(chip)


def chip_with(quirk: str) -> Chip:
    return chip_of(passport("bac", quirk=quirk), quirk=quirk)


@pytest.mark.parametrize(
    ("quirk", "taken", "refused"),
    [
        ("ca-key-id-bare", "84018D", ["8402008D", ""]),
        ("ca-key-id-signed", "8402008D", ["84018D", ""]),
        ("ca-key-id-refused", "", ["84018D", "8402008D"]),
    ],
)
def test_a_key_is_named_in_one_way(quirk: str, taken: str, refused: list[str]) -> None:
    terminal = opened_with_bac(chip_with(quirk))

    def choose(reference: str) -> int:
        data = bytes.fromhex("800A04007F00070202030202" + reference)
        return terminal.send(b"\x00\x22\x41\xa4" + bytes([len(data)]) + data).sw

    assert [choose(each) for each in refused] == [0x6A80, 0x6A80]
    assert choose(taken) == 0x9000


def infos_of_dg14(quirk: str) -> list[bytes]:
    (dg14,) = elements(chip_with(quirk).document.files[0x010E])
    (infos,) = elements(dg14.value)
    return [info.raw for info in elements(infos.value)]


def test_a_key_without_its_protocol() -> None:
    (info,) = infos_of_dg14("ca-cipher-unnamed")
    assert bytes.fromhex("04007F000702020102") in info


def test_dg14_is_not_in_the_order_of_der() -> None:
    infos = infos_of_dg14("dg14-order")
    assert len(infos) == 3
    assert infos != sorted(infos)
    assert infos_of_dg14("ca-key-id-bare") == sorted(infos_of_dg14("ca-key-id-bare"))


def signer_info_of(quirk: str) -> tuple[bytes, bytes]:
    """The SOD's signer certificate and SignerInfo."""
    sod = chip_with(quirk).document.files[0x011D]
    (content_info,) = elements(elements(sod)[0].value)
    signed_data = elements(elements(elements(content_info.value)[1].value)[0].value)
    return signed_data[3].value, signed_data[4].value


RSA_PSS = bytes.fromhex("06092A864886F70D01010A")


@pytest.mark.parametrize(
    ("quirk", "algorithm"),
    [
        ("sod-pss", RSA_PSS),
        ("sod-pss-defaults", RSA_PSS + bytes.fromhex("300FA00D300B0609608648016503040201")),
        ("sod-pkcs1", bytes.fromhex("06092A864886F70D01010B0500")),
        ("sod-rsa-hash-unnamed", bytes.fromhex("06092A864886F70D0101010500")),
        ("sod-ecdsa-hash-unnamed", bytes.fromhex("06072A8648CE3D0201")),
    ],
)
def test_the_sod_is_signed_otherwise_than_the_dsc(quirk: str, algorithm: bytes) -> None:
    certificate, signer_info = signer_info_of(quirk)
    ecdsa_with_sha384 = bytes.fromhex("06082A8648CE3D040303")
    assert algorithm in signer_info
    assert ecdsa_with_sha384 in certificate


def test_the_issuer_is_spelled_otherwise() -> None:
    certificate, signer_info = signer_info_of("dsc-issuer-respelled")
    organisation = b"\x06\x03\x55\x04\x0a"
    assert organisation + b"\x0c\x03GOV" in certificate
    assert organisation + b"\x13\x03GOV" in signer_info


@pytest.mark.parametrize(
    ("quirk", "curve"),
    [
        ("dsc-explicit-curve", "06072A8648CE3D020130"),
        ("dsc-named-curve", "06072A8648CE3D020106092B2403030208010107"),
        ("dsc-misnamed-curve", "06072A8648CE3D020106082A8648CE3D030107"),
    ],
)
def test_the_signer_writes_its_curve(quirk: str, curve: str) -> None:
    assert bytes.fromhex(curve) in signer_info_of(quirk)[0]


@pytest.mark.parametrize(
    ("quirk", "size"),
    [("aa-ecdsa-plain", 64), ("aa-rsa-zeros-left-out", 127), ("aa-rsa-zero-put-before", 129)],
)
def test_the_numbers_of_a_signature(quirk: str, size: int) -> None:
    reply = opened_with_bac(chip_with(quirk)).send(SIGN)
    assert reply.sw == 0x9000
    assert len(reply.data) == size or (quirk.endswith("out") and len(reply.data) < size)


def test_a_signature_in_der() -> None:
    reply = opened_with_bac(chip_with("aa-ecdsa-der")).send(SIGN)
    (signature,) = elements(reply.data)
    assert [part.tag for part in elements(signature.value)] == [0x02, 0x02]
