"""Terminal authentication, version 1: the terminal proves that it may read more (9303-11 §7.1)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from egate.emrtd.conversation import Conversation
from egate.emrtd.crypto.key_agreement import KeyAgreement
from egate.emrtd.iso7816 import status
from egate.emrtd.iso7816.apdu import CommandApdu
from egate.emrtd.iso7816.chaining import chained
from egate.emrtd.mrz.check_digit import check_digit
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.terminal_authentication.chain import ChainRejected, TerminalChain
from egate.emrtd.terminal_authentication.cv_certificate import Authorization, CvCertificate
from egate.emrtd.terminal_authentication.terminal import Terminal
from egate.emrtd.tlv import encode

_MANAGE_SECURITY_ENVIRONMENT: Final = 0x22
_PERFORM_SECURITY_OPERATION: Final = 0x2A
_GET_CHALLENGE: Final = 0x84
_EXTERNAL_AUTHENTICATE: Final = 0x82
_REFERENCE: Final = 0x83
_SIGNATURE: Final = 0x5F37
_CHALLENGE_BYTES: Final = 8
_EC_PUBLIC_KEY: Final = 0x86
_LONGEST: Final = 0xFFFF


@dataclass(frozen=True, slots=True)
class TerminalAuthenticated:
    """The chip accepted the terminal.

    Args:
        trust_point: the reference the chain began at.
        authorization: what the chain allows, as far as it is known here.

    """

    trust_point: str
    authorization: Authorization


@dataclass(frozen=True, slots=True)
class TerminalNotAuthenticated:
    """The chip keeps what needs it; everything else stays readable (§7.1.3 note 2).

    Args:
        reason: why, in plain words.

    """

    reason: str


TerminalAuthentication = TerminalAuthenticated | TerminalNotAuthenticated


@dataclass(frozen=True, slots=True)
class SessionBinding:
    """What ties the terminal's signature to this chip and this channel (§7.1.2).

    Args:
        id_ic: the document number with its check digit after BAC, the chip's compressed
            ephemeral key after PACE.
        ephemeral: the terminal's compressed ephemeral key of chip authentication or of
            PACE-CAM, the newest of them.

    """

    id_ic: bytes = field(repr=False)
    ephemeral: bytes

    @classmethod
    def after_bac(cls, mrz_key: MrzKey, domain: KeyAgreement, ephemeral: bytes) -> "SessionBinding":
        """Bind to the document of ``mrz_key``, in a channel that ``ephemeral`` opened."""
        number = mrz_key.document_number
        id_ic = (number + check_digit(number)).encode("ascii")
        return cls(id_ic, compress(domain, ephemeral))

    @classmethod
    def after_pace(
        cls, opened: tuple[KeyAgreement, bytes], domain: KeyAgreement, ephemeral: bytes
    ) -> "SessionBinding":
        """Bind to the chip that PACE opened, in a channel that ``ephemeral`` opened since.

        Args:
            opened: the domain parameters of PACE, and PK_DH,IC as the chip sent it.
            domain: of chip authentication.
            ephemeral: our key of chip authentication, as it was sent.

        """
        return cls(compress(*opened), compress(domain, ephemeral))


def compress(domain: KeyAgreement, public: bytes) -> bytes:
    """Return Comp of a public key (§7.1.4.1.3, §7.1.4.2.3).

    Args:
        domain: what the key belongs to.
        public: as it went over the wire.

    Returns:
        The x-coordinate for ECDH, the SHA-1 of the public value for DH.

    """
    if domain.public_key_tag == _EC_PUBLIC_KEY:
        return public[1 : 1 + domain.size_bytes]
    return hashlib.sha1(public, usedforsecurity=False).digest()


def authenticate_terminal(
    terminal: Terminal,
    trust_points: Sequence[str],
    binding: SessionBinding,
    *,
    most_bytes: int = _LONGEST,
) -> Conversation[TerminalAuthentication]:
    """Prove the terminal to the chip. Goes inside the channel of chip authentication.

    Args:
        terminal: gives the certificates and signs.
        trust_points: references the chip gave, the newest first; the first that the
            terminal has a chain for is taken.
        binding: of this session.
        most_bytes: the longest plain command data; longer certificates go in a chain.

    """
    try:
        trust_point, chain = _choose(terminal, trust_points)
    except ChainRejected as error:
        return TerminalNotAuthenticated(str(error))
    reference = trust_point
    for certificate in chain.to_send:
        refusal = yield from _verify(certificate, reference, most_bytes)
        if refusal:
            return TerminalNotAuthenticated(refusal)
        reference = certificate.holder
    refusal = yield from _external_authenticate(terminal, reference, binding, most_bytes)
    if refusal:
        return TerminalNotAuthenticated(refusal)
    return TerminalAuthenticated(trust_point, chain.authorization)


def _choose(terminal: Terminal, trust_points: Sequence[str]) -> tuple[str, TerminalChain]:
    for trust_point in trust_points:
        if certificates := terminal.chain_for(trust_point):
            return trust_point, TerminalChain.parse(certificates, trust_point)
    raise ChainRejected("the terminal has no chain from a trust point of the chip")


def _verify(certificate: CvCertificate, reference: str, most_bytes: int) -> Conversation[str]:
    """Have the chip verify ``certificate``; return why it would not, "" if it did."""
    answer = yield _set(0x81B6, reference)
    if answer.status != status.OK:
        return f"the chip does not know the key {reference}, {answer.status}"
    data = certificate.body + encode(_SIGNATURE, certificate.signature)
    command = CommandApdu(0x00, _PERFORM_SECURITY_OPERATION, 0x00, 0xBE, data)
    answer = yield from chained(command, most_bytes=most_bytes)
    if answer.status != status.OK:
        return f"the chip does not accept the certificate {certificate.holder}, {answer.status}"
    return ""


def _external_authenticate(
    terminal: Terminal, reference: str, binding: SessionBinding, most_bytes: int
) -> Conversation[str]:
    answer = yield _set(0x81A4, reference)
    if answer.status != status.OK:
        return f"the chip does not take the terminal's key, {answer.status}"
    challenge = yield CommandApdu(0x00, _GET_CHALLENGE, 0x00, 0x00, le=_CHALLENGE_BYTES)
    if challenge.status != status.OK or len(challenge.data) != _CHALLENGE_BYTES:
        return f"the chip gave no challenge, {challenge.status}"
    signature = terminal.sign(binding.id_ic + challenge.data + binding.ephemeral)
    command = CommandApdu(0x00, _EXTERNAL_AUTHENTICATE, 0x00, 0x00, signature)
    answer = yield from chained(command, most_bytes=most_bytes)
    if answer.status != status.OK:
        return f"the chip does not accept the terminal's signature, {answer.status}"
    return ""


def _set(parameters: int, reference: str) -> CommandApdu:
    """MANAGE SECURITY ENVIRONMENT: set the key ``reference`` for verification."""
    data = encode(_REFERENCE, reference.encode("iso-8859-1"))
    p1, p2 = parameters.to_bytes(2, "big")
    return CommandApdu(0x00, _MANAGE_SECURITY_ENVIRONMENT, p1, p2, data)
