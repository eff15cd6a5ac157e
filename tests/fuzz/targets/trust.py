"""What a trust store takes in: lists, LDIF, PEM, and what servers of such files answer."""

import asyncio
import base64
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

import h11

from egate.trust.audit import Occasion
from egate.trust.content import UnknownContent, items_of
from egate.trust.https import Limits, SourceUnavailable, _answer
from egate.trust.importing import TrustImport
from egate.trust.store import StoreUpdate
from hardware_mocks.pki import certificate as mock
from hardware_mocks.pki import der
from hardware_mocks.pki.signed_data import CSCA_MASTER_LIST, Signer, signed_data
from tests.deviation_forge import DEVIATION_LIST, deviation_lists, list_signer
from tests.fuzz.scratch import scratch
from tests.fuzz.target import Target
from tests.fuzz.text import text_damaged
from tests.trust_forge import NOW, Forge, key
from tests.trust_taking import CSCA, IN

_HOME: Final = Forge()


@cache
def _signer() -> Signer:
    subject = _HOME.subject(mock.name(C=_HOME.country, CN="ML"))
    raw = mock.master_list_signer(subject, key("list"), _HOME.name, _HOME.csca_key)
    return Signer(key("list"), mock.Certificate.parse(raw))


@cache
def _deviation_signer() -> Signer:
    return list_signer(_HOME)


def _listed() -> Sequence[bytes]:
    """Contents of master lists."""
    certificates = [CSCA.raw, IN.csca().raw, _HOME.link(key("new")).raw]
    return (der.sequence(der.integer(0), der.set_of(certificates)),)


def _master_lists() -> Sequence[bytes]:
    return tuple(signed_data(CSCA_MASTER_LIST, each, _signer(), NOW) for each in _listed())


def _files() -> Sequence[bytes]:
    crl = _HOME.crl([1, 2, 3]).raw
    things = (*_master_lists(), CSCA.raw, crl, _HOME.signer().certificate.raw)
    pem = b"".join(
        b"-----BEGIN %s-----\n%s-----END %s-----\n" % (kind, base64.encodebytes(each), kind)
        for kind, each in ((b"CERTIFICATE", CSCA.raw), (b"X509 CRL", crl))
    )
    return (*things, *_listed(), pem, _ldif())


def _ldif() -> bytes:
    named = (
        ("CscaMasterListData", _master_lists()[0]),
        ("userCertificate;binary", _HOME.signer().certificate.raw),
        ("certificateRevocationList;binary", _HOME.crl([7]).raw),
    )
    text = "version: 1\n\n"
    for number, (name, raw) in enumerate(named):
        encoded = base64.b64encode(raw).decode()
        folded = "\n ".join(encoded[at : at + 70] for at in range(0, len(encoded), 70))
        text += f"dn: c=BD,n={number}\nobjectClass: top\n{name}:: {folded}\n\n"
    return text.encode()


def _texts() -> Sequence[bytes]:
    return (_files()[-1], _files()[-2])


def _import(*files: bytes) -> None:
    """Take files into a store that is thrown away, with and without an officer's word."""
    for statement in ("", "received in Dhaka"):
        change = StoreUpdate(scratch() / "no-store", 1)
        try:
            occasion = Occasion(NOW, "officer", statement)
            importing = TrustImport(change, occasion=occasion, anchors=[CSCA])
            importing.add_files([(f"{n}.ml", each) for n, each in enumerate(files)])
        finally:
            change.close()


def _signed_list(content: bytes) -> None:
    _import(signed_data(CSCA_MASTER_LIST, content, _signer(), NOW))


def _signed_deviations(content: bytes) -> None:
    _import(signed_data(DEVIATION_LIST, content, _deviation_signer(), NOW))


def _served(raw: bytes) -> None:
    """Read what a server of such files answers, until it ends the connection."""

    async def answered() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(raw)
        reader.feed_eof()
        connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=16 * 1024)
        connection.send(h11.Request(method="GET", target="/", headers=[("Host", "a")]))
        connection.send(h11.EndOfMessage())
        await _answer(connection, reader, Limits(file_bytes=4096))

    asyncio.run(answered())


_CHUNKED: Final = (
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n"
)


def _answers() -> Sequence[bytes]:
    return (
        b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: "a"\r\n\r\nhello',
        _CHUNKED,
        b"HTTP/1.0 304 Not Modified\r\nLast-Modified: now\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n",
    )


def targets() -> Mapping[str, Target]:
    """Return the targets by name."""
    unknown = (UnknownContent,)
    found = {
        "content of a file": Target(items_of, _files, unknown, share=8),
        "LDIF and PEM": Target(items_of, _texts, unknown, text_damaged),
        "import": Target(_import, _files, unknown, share=2),
        "signed master list": Target(_signed_list, _listed, unknown, share=2),
        "signed deviation list": Target(_signed_deviations, deviation_lists, unknown, share=2),
        "server of files": Target(
            _served, _answers, (SourceUnavailable, h11.ProtocolError), text_damaged
        ),
    }
    return {f"trust/{name}": target for name, target in found.items()}
