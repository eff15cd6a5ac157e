"""One bit of a signed document is flipped: what is signed in it, and what then stands.

``python -m tests.trust_flips SOD FOLDER [DATE]`` flips every bit of a real SOD, one after the
other, before the master lists in the folder ``data/trust``.
"""
# ruff: noqa: T201  a command

import sys
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from egate.emrtd.checks import CheckId
from egate.emrtd.lds.sod import unwrap
from egate.emrtd.passive_authentication.anchors import TrustAnchors
from egate.emrtd.passive_authentication.cms import SignedData
from egate.emrtd.passive_authentication.verify import PassiveAuthentication, verify
from tests.trust_data import Anchors, all_cscas

ELSEWHERE = "elsewhere"


def flipped(content: bytes, bit: int) -> bytes:
    """The same bytes with the bit of this number the other way round."""
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def signed_parts(sod: bytes) -> Mapping[str, range]:
    """Where the bytes are that signatures cover, and the signatures, as offsets into the SOD."""
    signed = SignedData.parse(unwrap(sod))
    (signer,) = signed.signers
    (certificate,) = signed.certificates
    parts = {
        "certificate": certificate.tbs,
        "signature of the certificate": certificate.signature,
        "content": signed.content,
        "signed attributes": signer.signed_attributes or b"",
        "signature": signer.signature,
    }
    assert all(sod.count(part) == 1 for part in parts.values())
    return {
        name: range(sod.index(part), sod.index(part) + len(part)) for name, part in parts.items()
    }


def values_of(sod: bytes) -> tuple[object, ...]:
    """Everything that a signature vouches for."""
    signed = SignedData.parse(unwrap(sod))
    certificate = signed.certificates[0]
    return signed.content, signed.signers[0].signed_attributes, certificate.tbs


def results(answer: PassiveAuthentication) -> dict[CheckId, str]:
    return {check.check_id: check.outcome.value for check in answer.checks}


def stands(answer: PassiveAuthentication) -> bool:
    """Return whether signature and path both do."""
    found = results(answer)
    return {found[CheckId.SOD_SIGNATURE], found[CheckId.CERTIFICATE_PATH]} == {"successful"}


def try_bit(
    sod: bytes, bit: int, parts: Mapping[str, range], anchors: TrustAnchors, at: date
) -> str:
    """Flip one bit and return the part it is in; raise AssertionError if that went unnoticed."""
    part = next((name for name, places in parts.items() if bit // 8 in places), ELSEWHERE)
    changed = flipped(sod, bit)
    answer = verify(changed, {}, anchors, at, clock=lambda: 0.0)
    if part == ELSEWHERE:
        assert not stands(answer) or values_of(changed) == values_of(sod), bit
        return f"{ELSEWHERE}, and still good" if stands(answer) else ELSEWHERE
    assert not stands(answer), (part, bit)
    if not part.endswith("certificate"):
        assert results(answer)[CheckId.SOD_SIGNATURE] == "failed", (part, bit)
    return part


def main() -> None:
    sod, trust = Path(sys.argv[1]).read_bytes(), Path(sys.argv[2])
    at = date.fromisoformat(sys.argv[3] if len(sys.argv) > 3 else "2024-01-01")
    parts = signed_parts(sod)
    (signer,) = SignedData.parse(unwrap(sod)).certificates
    anchors = Anchors([each for each in all_cscas(trust) if each.country == signer.country])
    assert stands(verify(sod, {}, anchors, at, clock=lambda: 0.0))
    tried = Counter(try_bit(sod, bit, parts, anchors, at) for bit in range(len(sod) * 8))
    for part, count in tried.items():
        print(f"{count:6} bits, {part}")


if __name__ == "__main__":
    main()
