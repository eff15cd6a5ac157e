"""Who verifies the signatures of real certificates: we, and three engines that share nothing.

Each engine reads certificate, key and algorithm for itself. It answers True or False, or None
where it refuses the certificate or the key of its issuer. ``python -m tests.trust_engines
FOLDER`` counts that for the folder ``data/trust``.
"""
# ruff: noqa: T201  a command

import base64
import ctypes
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from shutil import which

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from egate.emrtd.lds.sod import unwrap
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.cms import SignedData
from egate.trust.content import ContentKind, items_of
from tests.trust_data import all_cscas, read_certificate

OPENSSL = which("openssl")


@dataclass(frozen=True)
class Signed:
    """A certificate, and the certificate whose key signed it."""

    certificate: Certificate
    issuer: Certificate

    @property
    def is_self_signed(self) -> bool:
        return self.certificate.raw == self.issuer.raw


Engine = Callable[[Signed], bool | None]


def certificates_of(trust: Path) -> list[Certificate]:
    """Every certificate of the data, once: lists, single files, LDIF, signers of SODs."""
    found = [*all_cscas(trust), *map(read_certificate, sorted((trust / "certs").iterdir()))]
    for file in sorted((trust / "ldif").iterdir()):
        for item in items_of(file.read_bytes()):
            if item.kind is ContentKind.CERTIFICATE:
                found.append(Certificate.parse(item.der))
            elif item.kind is ContentKind.MASTER_LIST:
                found += SignedData.parse(item.der).certificates
    for file in sorted((trust / "sods").iterdir()):
        found += SignedData.parse(unwrap(file.read_bytes())).certificates
    for file in sorted((trust / "masterlists").glob("*[0-9].ml")):
        found += SignedData.parse(file.read_bytes()).certificates
    return list({each.raw: each for each in found}.values())


def pairs_of(certificates: Sequence[Certificate]) -> Iterator[Signed]:
    """Every certificate beside its issuer, where that is there: by identifier, else by State."""
    by_identifier: Mapping[bytes | None, list[Certificate]] = defaultdict(list)
    by_state: Mapping[str, list[Certificate]] = defaultdict(list)
    for each in certificates:
        by_identifier[each.ski].append(each)
        by_state[each.country].append(each)
    for each in certificates:
        named = by_identifier[each.aki] if each.aki else by_state[each.country]
        issuers = [each] * each.is_self_issued + [other for other in named if other is not each]
        if issuer := next((other for other in issuers if each.verify_signed_by(other)), None):
            yield Signed(each, issuer)


def ours(signed: Signed) -> bool | None:
    return signed.certificate.verify_signed_by(signed.issuer)


@lru_cache(maxsize=4096)
def _loaded(raw: bytes) -> x509.Certificate | None:
    try:
        return x509.load_der_x509_certificate(raw)
    except ValueError:
        return None


def by_cryptography(signed: Signed) -> bool | None:
    """``cryptography`` as it is: it loads the certificates and finds out the algorithm."""
    certificate, issuer = _loaded(signed.certificate.raw), _loaded(signed.issuer.raw)
    if certificate is None or issuer is None:
        return None
    try:
        key = issuer.public_key()
        how, digest = (
            certificate.signature_algorithm_parameters,
            certificate.signature_hash_algorithm,
        )
        signature, covered = certificate.signature, certificate.tbs_certificate_bytes
        if isinstance(key, rsa.RSAPublicKey) and isinstance(how, padding.PKCS1v15 | padding.PSS):
            key.verify(signature, covered, how, digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and isinstance(how, ec.ECDSA):
            key.verify(signature, covered, how)
        else:
            return None
    except InvalidSignature:
        return False
    except (ValueError, UnsupportedAlgorithm):
        return None
    return True


_POINTER, _LONG = ctypes.c_void_p, ctypes.c_long
_FUNCTIONS = {
    "d2i_X509": (_POINTER, [_POINTER, _POINTER, _LONG]),
    "X509_get0_pubkey": (_POINTER, [_POINTER]),
    "X509_verify": (ctypes.c_int, [_POINTER, _POINTER]),
    "X509_free": (None, [_POINTER]),
    "ERR_clear_error": (None, []),
}


@lru_cache(maxsize=1)
def _libcrypto() -> ctypes.CDLL:
    library = ctypes.CDLL("libcrypto.so.3")
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def by_libcrypto(signed: Signed) -> bool | None:
    """``X509_verify``: OpenSSL's own reading of certificate, parameters and key."""
    library = _libcrypto()
    both = []
    for raw in (signed.certificate.raw, signed.issuer.raw):
        start = ctypes.c_char_p(raw)
        both.append(library.d2i_X509(None, ctypes.byref(start), len(raw)))
    certificate, issuer = both
    try:
        key = issuer and library.X509_get0_pubkey(issuer)
        if not certificate or not key:
            return None
        answer = library.X509_verify(certificate, key)
        return None if answer < 0 else bool(answer)
    finally:
        for each in both:
            library.X509_free(each)
        library.ERR_clear_error()


def by_command(pairs: Iterable[Signed]) -> dict[Signed, bool | None]:
    """``openssl verify``: a chain of one link, its dates and purposes left out.

    It refuses many a chain for its extensions; only error 7 says that a signature is wrong.
    """
    groups: dict[bytes, list[Signed]] = defaultdict(list)
    for signed in pairs:
        groups[b"" if signed.is_self_signed else signed.issuer.raw].append(signed)
    answers: dict[Signed, bool | None] = {}
    with tempfile.TemporaryDirectory() as folder:
        for group in groups.values():
            answers |= _verified_by_command(Path(folder), group)
    return answers


def _verified_by_command(folder: Path, group: Sequence[Signed]) -> dict[Signed, bool | None]:
    trusted = folder / "trusted.pem"
    trusted.write_bytes(b"".join({pem(each.issuer) for each in group}))
    names = []
    for number, each in enumerate(group):
        names.append(folder / f"{number}.pem")
        names[-1].write_bytes(pem(each.certificate))
    command = [str(OPENSSL), "verify", "-no_check_time", "-partial_chain", "-check_ss_sig"]
    command += ["-trusted", str(trusted), *map(str, names)]
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    said = ended.stdout + ended.stderr
    answers: dict[Signed, bool | None] = {}
    for name, each in zip(names, group, strict=True):
        about = re.search(rf"error {re.escape(str(name))}: verification failed", said)
        good = f"{name}: OK" in said
        answers[each] = True if good and not about else None
    if "error 7 at" in said:
        raise AssertionError(said)
    return answers


def pem(certificate: Certificate) -> bytes:
    text = base64.encodebytes(certificate.raw)
    return b"-----BEGIN CERTIFICATE-----\n" + text + b"-----END CERTIFICATE-----\n"


ENGINES: Mapping[str, Engine] = {
    "ours": ours,
    "cryptography as it is": by_cryptography,
    "libcrypto, X509_verify": by_libcrypto,
}


def main() -> None:
    certificates = certificates_of(Path(sys.argv[1]))
    pairs = list(pairs_of(certificates))
    own = sum(each.is_self_signed for each in pairs)
    print(f"{len(certificates)} certificates, {own} signed by themselves,")
    print(
        f"{len(pairs) - own} by another, {len(certificates) - len(pairs)} whose issuer is not there"
    )
    for name, engine in ENGINES.items():
        print(f"{name:24}", dict(Counter(map(engine, pairs))))
    print(f"{'openssl verify':24}", dict(Counter(by_command(pairs).values())))


if __name__ == "__main__":
    main()
