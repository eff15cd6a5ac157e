"""The list of revoked certificates: which are believed, and what holds when it is not renewed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from egate.cli.service_identity import create_authority
from egate.reporting.authority import Authority, RequestUnusable, check_request, make_request
from egate.reporting.revocation import Revocations
from egate.settings import SettingsError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def authority(folder: Path) -> Authority:
    return Authority.from_files(create_authority(folder), folder / "authority.key")


class Listing:
    """An authority, and the file that its lists are put into."""

    def __init__(self, folder: Path) -> None:
        self.own, self.file = authority(folder), folder / "revoked.crl"
        self.ca = folder / "authority.pem"

    def put(self, *serials: str, number: int = 1, by: Authority | None = None) -> None:
        revoked = [(serial, NOW - DAY) for serial in serials]
        self.write((by or self.own).revocation_list(revoked, number, (NOW - DAY, NOW + DAY)))

    def write(self, content: bytes) -> None:
        new = self.file.with_suffix(".new")
        new.write_bytes(content)
        new.replace(self.file)

    def opened(self) -> Revocations:
        return Revocations.required(self.file, self.ca)


@pytest.fixture
def listing(tmp_path: Path) -> Listing:
    return Listing(tmp_path)


def test_what_is_on_the_list_is_revoked(listing: Listing) -> None:
    listing.put("a1", "ffee00")
    revocations = listing.opened()
    assert revocations.is_revoked("ffee00")
    assert not revocations.is_revoked("a")
    assert revocations.fault(NOW) == ""


def test_a_list_in_der(listing: Listing) -> None:
    listing.put("a1")
    crl = x509.load_pem_x509_crl(listing.file.read_bytes())
    listing.write(crl.public_bytes(Encoding.DER))
    assert listing.opened().is_revoked("a1")


def test_a_newer_list_is_taken_by_itself(listing: Listing) -> None:
    listing.put("a1")
    revocations = listing.opened()
    listing.put("b2", number=2)
    assert revocations.is_revoked("b2")
    assert not revocations.is_revoked("a1")


@pytest.mark.parametrize("spoilt", ["forged", "older", "torn", "gone", "garbage"])
def test_the_last_good_list_stays_and_somebody_is_told(
    listing: Listing, tmp_path: Path, spoilt: str
) -> None:
    listing.put("a1", number=5)
    revocations = listing.opened()
    match spoilt:
        case "forged":
            listing.put(number=6, by=authority(tmp_path / "other"))
        case "older":
            listing.put(number=4)
        case "torn":
            listing.write(listing.file.read_bytes()[:-40])
        case "garbage":
            listing.write(b"\x30\x82" * 40)
        case "gone":
            listing.file.unlink()
    assert revocations.is_revoked("a1")
    assert str(listing.file) in revocations.fault(NOW)
    listing.put("c3", number=7)
    assert revocations.is_revoked("c3")
    assert revocations.fault(NOW) == ""


def test_a_list_of_another_authority_of_the_same_name_is_not_believed(listing: Listing) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    forged = Authority(listing.own.certificate, key)
    listing.put("a1", by=forged)
    with pytest.raises(SettingsError, match="not signed by an authority"):
        listing.opened()


def test_a_list_whose_time_is_over_revokes_on_and_is_told(listing: Listing) -> None:
    listing.put("a1")
    revocations = listing.opened()
    assert "a newer one was due on 2026-11-23" in revocations.fault(NOW + 2 * DAY)
    assert revocations.is_revoked("a1")


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN X509 CRL-----\nAA==\n", b"\0" * 64])
def test_without_a_usable_list_nothing_starts(listing: Listing, content: bytes | None) -> None:
    if content is not None:
        listing.write(content)
    with pytest.raises(SettingsError, match=r"revoked\.crl"):
        listing.opened()


def signed(listing: Listing, number: int, *serials: str, by: Authority | None = None) -> bytes:
    revoked = [(serial, NOW - DAY) for serial in serials]
    return (by or listing.own).revocation_list(revoked, number, (NOW - DAY, NOW + DAY))


def test_a_list_that_is_brought_is_used_and_kept(listing: Listing) -> None:
    revocations = Revocations(listing.file, listing.ca)
    assert (revocations.number, revocations.newer_than(-1)) == (-1, b"")
    assert revocations.is_awaited
    assert revocations.fault(NOW) == ""  # none was ever there
    brought = signed(listing, 4, "a1")
    revocations.take(brought)
    assert revocations.is_revoked("a1")
    assert revocations.fault(NOW) == ""
    assert listing.file.read_bytes() == brought
    assert (revocations.number, revocations.newer_than(3)) == (4, brought)
    assert revocations.newer_than(4) == b""
    assert listing.opened().is_revoked("a1")


@pytest.mark.parametrize("spoilt", ["forged", "older", "torn", "large"])
def test_what_is_brought_is_not_believed_for_that(
    listing: Listing, tmp_path: Path, spoilt: str
) -> None:
    revocations = Revocations(listing.file, listing.ca)
    good = signed(listing, 4, "a1")
    revocations.take(good)
    brought = {
        "forged": signed(listing, 5, by=authority(tmp_path / "other")),
        "older": signed(listing, 3),
        "torn": signed(listing, 5)[:-40],
        "large": signed(listing, 5) + b"\n" * (2 << 20),
    }[spoilt]
    with pytest.raises(SettingsError, match=r"revoked\.crl"):
        revocations.take(brought)
    assert revocations.is_revoked("a1")
    assert listing.file.read_bytes() == good


def test_a_list_that_cannot_be_kept_is_told_and_used(listing: Listing) -> None:
    revocations = Revocations(listing.file.parent / "absent" / "revoked.crl", listing.ca)
    with pytest.raises(SettingsError, match="No such file"):
        revocations.take(signed(listing, 1, "a1"))
    assert revocations.is_revoked("a1")
    assert revocations.number == -1  # so it is asked for again


def test_a_request_proves_its_key() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    assert check_request(make_request(key)) == key.public_key()


def test_requests_that_are_refused() -> None:
    good = make_request(ec.generate_private_key(ec.SECP256R1()))
    stolen = good[:-1] + bytes([good[-1] ^ 1])  # a key that somebody has not got
    wide = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    other_curve = wide.sign(ec.generate_private_key(ec.SECP384R1()), hashes.SHA256())
    refused = {
        b"": "not a certificate request",
        b"x" * 9000: "larger than",
        good[:-1]: "not a certificate request",
        other_curve.public_bytes(Encoding.DER): "not on P-256",
        stolen: "not signed with its own key",
    }
    for request, reason in refused.items():
        with pytest.raises(RequestUnusable, match=reason):
            check_request(request)
