"""Files made to exhaust an importer: each ends in one clear line, and what is good is taken.

Every command runs in a process of its own whose memory and processor time are limited; the
limits are guards, far above what is needed, and a breach ends the process.
"""

import base64
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from egate.emrtd import asn1
from egate.emrtd.lds.sod import unwrap
from egate.emrtd.passive_authentication.certificate import Certificate
from hardware_mocks.pki import certificate as mock
from hardware_mocks.pki import der
from hardware_mocks.pki.keys import SigningKey
from hardware_mocks.pki.signed_data import CSCA_MASTER_LIST, Signer, signed_data
from hardware_mocks.tlv import encode
from tests.trust_forge import DG1, NOW, Forge, key, make_sod

ROOT = Path(__file__).resolve().parents[2]
MEMORY_BYTES = 1 << 30
PROCESSOR_SECONDS = 30
DEADLINE_SECONDS = 120
MEGABYTE = 1 << 20

BD, IN = Forge(), Forge(country="IN", csca_key=key("indian"))
CSCA = BD.csca()
SIGNED_DATA = der.oid("1.2.840.113549.1.7.2")


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))


def egate(*words: object) -> "subprocess.CompletedProcess[str]":
    ended = subprocess.run(
        [sys.executable, "-m", "egate.cli", *map(str, words)],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=DEADLINE_SECONDS,
        preexec_fn=limited,
    )
    assert "Traceback" not in ended.stderr
    return ended


def take(folder: Path, *files: Path) -> dict[str, Any]:
    """Import the files before an anchor, and return the report."""
    anchor = folder / "anchor.cer"
    anchor.write_bytes(CSCA.raw)
    store = folder / "store"
    ended = egate("trust", "import", "--json", "--store", store, "--anchor", anchor, *files)
    assert ended.returncode in (0, 1), ended.stderr
    report: dict[str, Any] = json.loads(ended.stdout)
    return report


def master_list(certificates: Sequence[bytes]) -> bytes:
    subject = BD.subject(mock.name(C="BD", CN="ML"))
    raw = mock.master_list_signer(subject, key("list"), BD.name, BD.csca_key)
    signer = Signer(key("list"), mock.Certificate.parse(raw))
    listed = der.sequence(der.integer(0), encode(0x31, *certificates))
    return signed_data(CSCA_MASTER_LIST, listed, signer, NOW)


def in_length(tag: int, content: bytes, length: int | None = None) -> bytes:
    size = len(content) if length is None else length
    return bytes((tag, 0x84)) + size.to_bytes(4, "big") + content


def nested(depth: int) -> bytes:
    content = b""
    for _ in range(depth):
        content = in_length(0x30, content)
    return content


def long_ldif(attribute: bytes) -> bytes:
    return b"version: 1\ndn: c=BD\n" + attribute


NOTHING = {
    "100 MB of zeros": lambda: bytes(100 * MEGABYTE),
    "100 MB of zeros in a SEQUENCE": lambda: in_length(0x30, bytes(100 * MEGABYTE)),
    "30 MB of zeros beside a CMS type": lambda: in_length(
        0x30, SIGNED_DATA + bytes(30 * MEGABYTE)
    ),
    "ten million indefinite lengths": lambda: b"\x30\x80" * 10_000_000,
    "100,000 copies of a certificate": lambda: in_length(
        0x30, b"\x02\x01\x00" + in_length(0x31, CSCA.raw * 100_000)
    ),
    "two million openings of PEM": lambda: b"-----BEGIN CERTIFICATE-----\n" * 2_000_000,
    "ten million comments": lambda: b"#\n" * 10_000_000,
    "50 MB of blanks": lambda: b" " * (50 * MEGABYTE),
    "200,001 attributes": lambda: long_ldif(b"".join(
        b"userCertificate:: %s\n" % base64.b64encode(b"%06d" % n) for n in range(200_001)
    )),
}  # fmt: skip


@pytest.mark.parametrize("what", NOTHING)
def test_a_file_that_is_nothing_ends_the_import_in_one_line(tmp_path: Path, what: str) -> None:
    file = tmp_path / "hostile"
    file.write_bytes(NOTHING[what]())
    ended = egate("trust", "import", "--json", "--store", tmp_path / "store", file)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("egate: hostile: ")
    assert ended.stderr.count("\n") == 1
    assert not (tmp_path / "store" / "trust.sqlite3").exists()


def signed_a_thousand_times(encoded: bytes) -> bytes:
    """The same signed data with its one signature a thousand times."""
    kind, wrapper = asn1.decode(encoded).children()
    *fields, signers = next(wrapper.children()).children()
    body = b"".join(field.raw for field in fields) + encode(0x31, signers.content * 1_000)
    return der.sequence(kind.raw, encode(0xA0, encode(0x30, body)))


def revocations(count: int) -> bytes:
    """A CRL that names one serial number so often, under a signature that is none."""
    when = der.time(NOW)
    entries = der.sequence(der.integer(7), when) * count
    tbs = der.sequence(
        der.integer(1), BD.csca_key.algorithm(), BD.name, when, encode(0x30, entries)
    )
    return der.sequence(tbs, BD.csca_key.algorithm(), der.bit_string(bytes(8)))


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a thousand signers": (
        lambda: signed_a_thousand_times(master_list([IN.csca().raw])),
        "by nobody or by too many",
    ),
    "lengths in lengths": (lambda: nested(3_000), "CRL ends early"),
    "a CRL of a million": (lambda: revocations(1_000_000), "more than 8388608 bytes"),
    "20,001 copies in a list": (lambda: master_list([b"\x30\x00"] * 20_001), "more than 20000"),
    "a CRL of 100,001": (lambda: revocations(100_001), "more than 100000"),
    "60 MB on one line": (
        lambda: long_ldif(b"cACertificate:: " + b"QUJD" * (15 * MEGABYTE)),
        "no list, certificate or CRL",
    ),
    "five million pieces of a line": (
        lambda: long_ldif(b"cACertificate:: QUJD" + b"\n QUJD" * 5_000_000),
        "no list, certificate or CRL",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_taken_is_one_rejection_and_the_rest_is_taken(
    tmp_path: Path, what: str
) -> None:
    hostile, good = tmp_path / "hostile", tmp_path / "good.ml"
    make, reason = REFUSED[what]
    hostile.write_bytes(make())
    good.write_bytes(master_list([CSCA.raw, IN.csca().raw]))
    report = take(tmp_path, hostile, good)
    assert [each["file"] for each in report["rejected"]] == ["hostile"]
    assert reason in report["rejected"][0]["reason"]
    assert report["imported"]["csca"] == 2


def with_key(public_info: bytes) -> bytes:
    """A CSCA certificate with this key, signed by another."""
    subject = BD.subject(mock.name(C="BD", CN="odd"))
    return mock._signed_certificate(subject, public_info, BD.name, BD.csca_key, [])


def rsa(modulus: int, exponent: int) -> bytes:
    numbers = der.sequence(der.integer(modulus), der.integer(exponent))
    algorithm = der.sequence(der.oid("1.2.840.113549.1.1.1"), der.NULL)
    return der.sequence(algorithm, der.bit_string(numbers))


def curve(bits: int) -> bytes:
    """Explicit parameters over a field of so many bits."""
    number = (1 << bits) - 1
    coefficient = der.octet_string(number.to_bytes(bits // 8, "big"))
    parameters = der.sequence(
        der.integer(1),
        der.sequence(der.oid("1.2.840.10045.1.1"), der.integer(number)),
        der.sequence(coefficient, coefficient),
        der.octet_string(b"\x04" + bytes(bits // 4)),
        der.integer(number),
    )
    return der.sequence(
        der.sequence(der.oid("1.2.840.10045.2.1"), parameters), der.bit_string(bytes(8))
    )


ENTRIES = {
    "an exponent of 8,000 bits": lambda: with_key(rsa((1 << 2047) + 1, (1 << 8_000) + 1)),
    "a modulus of 16,000 bits": lambda: with_key(rsa((1 << 16_000) + 1, 3)),
    "a modulus of 100,000 bits": lambda: with_key(rsa((1 << 100_000) + 1, 3)),
    "a curve over 16,000 bits": lambda: with_key(curve(16_000)),
    "a curve over 40,000 bits": lambda: with_key(curve(40_000)),
    "lengths in lengths": lambda: nested(1_000),
    "an indefinite length without end": lambda: der.sequence(b"\x30\x80" * 500),
    "zeros": lambda: in_length(0x30, bytes(MEGABYTE)),
    "nothing": lambda: b"\x30\x00",
}


def test_bad_entries_of_a_list_are_one_rejection_each(tmp_path: Path) -> None:
    file = tmp_path / "list.ml"
    bad = [make() for make in ENTRIES.values()]
    file.write_bytes(master_list([CSCA.raw, *bad, IN.csca().raw]))
    report = take(tmp_path, file)
    assert sorted(each["index"] for each in report["rejected"]) == [*range(1, len(bad) + 1)]
    assert report["imported"]["csca"] == 2


def test_copies_are_looked_at_once(tmp_path: Path) -> None:
    file = tmp_path / "list.ml"
    file.write_bytes(master_list([CSCA.raw] * 19_000))
    report = take(tmp_path, file)
    assert (report["imported"]["csca"], report["rejected"]) == (1, [])


def test_cyclic_links_and_one_serial_number_for_all(tmp_path: Path) -> None:
    """A ring of keys, each linked to the next: believed from an anchor on, else not at all."""
    ring = [SigningKey(key(f"ring {number}").private) for number in range(5)]
    links = [
        Forge(csca_key=old).link(new).raw
        for old, new in zip(ring, [*ring[1:], ring[0]], strict=True)
    ]
    serials = [Certificate.parse(link) for link in links]
    same = [
        link.replace(der.integer(each.serial), der.integer(1 << 126))
        for link, each in zip(links, serials, strict=True)
    ]
    files = []
    for number, content in enumerate((*links, *same)):
        files.append(tmp_path / f"{number}.cer")
        files[-1].write_bytes(content)
    report = take(tmp_path, *files)
    assert len(report["rejected"]) == len(files)
    into = tmp_path / "into.cer"
    into.write_bytes(BD.link(ring[0]).raw)
    report = take(tmp_path, *files, into)
    assert report["imported"]["link"] == len(links) + 1
    assert len(report["rejected"]) == len(same)  # changed, so nobody's signature stands


def documents() -> dict[str, bytes]:
    sod = make_sod(BD.signer(), {1: DG1})
    return {
        "zeros": encode(0x77, bytes(MEGABYTE)),
        "lengths in lengths": encode(0x77, nested(3_000)),
        "indefinite lengths": b"\x77\x80" + b"\x30\x80" * 400_000,
        "a thousand signers": encode(0x77, signed_a_thousand_times(unwrap(sod).raw)),
        "bytes behind": sod + bytes(MEGABYTE),
    }


def test_hostile_documents_fail(tmp_path: Path) -> None:
    good = tmp_path / "good.ml"
    good.write_bytes(master_list([CSCA.raw]))
    take(tmp_path, good)
    for name, content in documents().items():
        file = tmp_path / "EF.SOD.bin"
        file.write_bytes(content)
        store = tmp_path / "store"
        ended = egate(
            "pa", "verify", "--json", "--store", store, "--sod", file, "--at", "2026-06-01"
        )
        assert ended.returncode == 1, name
        answer = json.loads(ended.stdout)
        assert answer["result"] == ("undetermined" if name == "bytes behind" else "failed"), name
