"""Quirks of what is stored and signed: Active Authentication, the SOD, certificates, keys, PACE."""

from typing import Final

from hardware_mocks.chip.chip_key import ChipKeyOrder
from hardware_mocks.chip.pace_offer import PaceOffer
from hardware_mocks.chip.quirks.access import KeyReference
from hardware_mocks.chip.quirks.behaviour import Behaviour
from hardware_mocks.chip.quirks.signatures import CutSignature, SignatureInParts, SilentAtLength
from hardware_mocks.chip.quirks.switch import Switch, always

_RSA_2048: Final = {"active_authentication": "rsa", "aa_bits": 2048}
# Small enough that the many signatures until one begins with a zero take no time.
_RSA_1024: Final = {"active_authentication": "rsa", "aa_bits": 1024}
_SHORT: Final = {"extended_length": False, "max_le": 256}

_SIGNATURES: Final = (
    Switch(
        "aa-cut",
        6,
        "a signature of RSA-2048 is cut to what a short APDU carries, with 9000 (AU)",
        always(CutSignature),
        document=_RSA_2048,
    ),
    Switch(
        "aa-cut-short-only",
        6,
        "the same with a chip without extended APDUs: the whole signature cannot be had",
        always(CutSignature),
        document=_RSA_2048,
        interface=_SHORT,
    ),
    Switch(
        "aa-extended-silent",
        7,
        "an extended Le in Active Authentication is answered with 9000 and nothing (CN)",
        always(lambda: SilentAtLength(Behaviour())),
        document=_RSA_1024,
    ),
    Switch(
        "aa-extended-silent-parts",
        7,
        "the same with RSA-2048, whose signature comes in parts when asked for in short form",
        always(lambda: SilentAtLength(SignatureInParts())),
        document=_RSA_2048,
    ),
    Switch(
        "aa-61xx",
        8,
        "a long signature comes in parts, by 61xx and GET RESPONSE (FI)",
        always(SignatureInParts),
        document=_RSA_2048,
        interface=_SHORT,
    ),
)

_ODD_KEY: Final = ChipKeyOrder(key_id=0x8D)  # in DER 00 8D, with the octet of the sign

_KEYS: Final = (
    Switch(
        "pace-aes-256",
        17,
        "PACE with AES-256: a nonce of 32 bytes, and CMACs of 8 bytes",
        document={"pace": (PaceOffer(cipher="AES-256", parameter_id=16),)},
    ),
    Switch(
        "pace-several",
        12,
        "EF.CardAccess has several PACEInfo, so that MSE:Set AT needs tag 84",
        document={"pace": (PaceOffer(parameter_id=13), PaceOffer(parameter_id=12))},
    ),
    Switch(
        "ca-key-id-bare",
        20,
        "the key of Chip Authentication is named without the octet of the sign",
        always(lambda: KeyReference(b"\x8d")),
        document={"chip_keys": (_ODD_KEY,)},
    ),
    Switch(
        "ca-key-id-signed",
        20,
        "the key of Chip Authentication is named as DG14 has it, with the octet of the sign",
        always(lambda: KeyReference(b"\x00\x8d")),
        document={"chip_keys": (_ODD_KEY,)},
    ),
    Switch(
        "ca-key-id-refused",
        20,
        "the key of Chip Authentication has a number in DG14 and must not be named",
        always(lambda: KeyReference(None)),
        document={"chip_keys": (_ODD_KEY,)},
    ),
    Switch(
        "ca-cipher-unnamed",
        20,
        "DG14 has a key of Chip Authentication and no protocol for it: 3DES is meant",
        document={"chip_keys": (ChipKeyOrder(ciphers=()),)},
    ),
    Switch(
        "dg14-order",
        25,
        "DG14 is no SET OF in DER's order: hashed as it is, not as it would be encoded anew",
        document={
            "active_authentication": "ecdsa",
            "chip_keys": (ChipKeyOrder(),),
            "dg14_reversed": True,
        },
    ),
)

_DOCUMENTS: Final = (
    Switch(
        "sod-pss",
        21,
        "the SOD is signed with RSASSA-PSS, the DSC with ECDSA",
        document={"signer": "rsa-pss"},
    ),
    Switch(
        "sod-pss-defaults",
        21,
        "RSASSA-PSS in the SOD with the mask and the salt that RFC 8017 has as defaults",
        document={"signer": "rsa-pss", "sod_signature": "pss-defaults"},
    ),
    Switch(
        "sod-pkcs1",
        21,
        "the SOD is signed with RSA PKCS #1 v1.5, the DSC with ECDSA",
        document={"signer": "rsa-pss", "sod_signature": "pkcs1"},
    ),
    Switch(
        "sod-rsa-hash-unnamed",
        21,
        "the SOD's signature algorithm is rsaEncryption and its hash stands beside it",
        document={"signer": "rsa-pss", "sod_signature": "pkcs1-hash-unnamed"},
    ),
    Switch(
        "sod-ecdsa-hash-unnamed",
        21,
        "the SOD's signature algorithm is id-ecPublicKey and its hash stands beside it",
        document={"sod_signature": "hash-unnamed"},
    ),
    Switch(
        "dsc-issuer-respelled",
        22,
        "the SOD names the DSC's issuer in other string types than the DSC (UA)",
        document={"sod_issuer_respelled": True},
    ),
    Switch(
        "dsc-explicit-curve",
        23,
        "the DSC's key has explicit EC parameters",
        document={"signer": "standard"},
    ),
    Switch(
        "dsc-named-curve",
        23,
        "the DSC's key names its curve",
        document={"signer": "named-curve"},
    ),
    Switch(
        "dsc-misnamed-curve",
        23,
        "the DSC's key names another curve than its own",
        readable=False,
        document={"signer": "misnamed-curve"},
    ),
    Switch(
        "aa-ecdsa-plain",
        24,
        "a signature of ECDSA is r and s side by side",
        document={"active_authentication": "ecdsa", "aa_der": False},
    ),
    Switch(
        "aa-ecdsa-der",
        24,
        "a signature of ECDSA comes in DER",
        document={"active_authentication": "ecdsa", "aa_der": True},
    ),
    Switch(
        "aa-rsa-zeros-left-out",
        24,
        "a signature of RSA has its leading zeros left out",
        document={**_RSA_1024, "aa_zeros": "cut"},
    ),
    Switch(
        "aa-rsa-zero-put-before",
        24,
        "a signature of RSA has a zero byte before it",
        document={**_RSA_1024, "aa_zeros": "added"},
    ),
)

OF_DOCUMENTS: Final = (*_SIGNATURES, *_KEYS, *_DOCUMENTS)
