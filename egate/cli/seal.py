"""``egate seal verify``: visible digital seals, as a scanner decoded them from their bar codes.

What a seal says is personal: it is the answer, on standard output, and is nowhere else.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from egate.cli.day import parse_day
from egate.cli.input_file import read_file
from egate.cli.json_output import check_as_json, print_json
from egate.cli.mrz import parse_lines, read_lines
from egate.cli.outcome import BadInput
from egate.cli.seal_file import SealFile, read_seal
from egate.emrtd.asn1 import Asn1Malformed
from egate.emrtd.checks import CheckId, CheckResult, Outcome
from egate.emrtd.passive_authentication.anchors import TrustAnchors
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.visible_digital_seal.document_type import document_type_of, features_of
from egate.emrtd.visible_digital_seal.feature import DurationOfStay, Feature, StayRule
from egate.emrtd.visible_digital_seal.seal import VisibleDigitalSeal
from egate.optical.mrz_image.reading import MrzImageReading, MrzImageUnread
from egate.optical.seals.proof import SealProof, SealTrust, prove
from egate.trust.collection import Collection
from egate.trust.content import ContentKind, UnknownContent, items_of
from egate.trust.store import TrustStore, TrustStoreError, signers_of

_MAX_CERTIFICATE_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class _Answer:
    seal: VisibleDigitalSeal
    proof: SealProof
    store_version: str | None


@dataclass(frozen=True, slots=True)
class _Trust:
    """The store, if one was named, and certificates given beside it."""

    anchors: TrustAnchors
    given: Sequence[Certificate]
    folder: Path | None

    def signers_of(self, state: str) -> Sequence[Certificate]:
        kept = () if self.folder is None else signers_of(self.folder, state)
        return (*self.given, *kept)


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="seal_command", required=True, metavar="COMMAND")
    command = commands.add_parser(
        "verify",
        help="verify a visible digital seal",
        description="Verify a visible digital seal, and compare it with the paper it is on.",
    )
    command.add_argument("--store", type=Path, metavar="DIR", help="trust store")
    command.add_argument(
        "--certificate",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="certificate of a seal signer, trusted only by its CSCA; may be given again",
    )
    command.add_argument(
        "--mrz-file",
        type=Path,
        metavar="F",
        help="MRZ lines of the paper, or of the passport; default that of the image",
    )
    command.add_argument(
        "--at", metavar="DATE", help="the day to decide for, YYYY-MM-DD; default today"
    )
    command.add_argument("--json", action="store_true", help="print one JSON document")
    command.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="image of the page, or the bytes of the seal, or their hex or base64",
    )
    command.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    at = parse_day(arguments.at)
    given = read_seal(arguments.file, at)
    certificates = [each for file in arguments.certificate for each in _certificates(file)]
    try:
        store = Collection() if arguments.store is None else TrustStore.open(arguments.store)
        proof = _proof(given, arguments, _Trust(store, certificates, arguments.store), at)
    except TrustStoreError as error:
        raise BadInput(str(error)) from error
    answer = _Answer(given.seal, proof, None if arguments.store is None else store.version)
    if arguments.json:
        print_json(_as_json(answer))
    else:
        _print(answer)
    return 0 if proof.outcome is Outcome.SUCCESSFUL else 1


def _proof(given: SealFile, arguments: argparse.Namespace, trust: SealTrust, at: date) -> SealProof:
    file: Path | None = arguments.mrz_file
    if file is not None:
        return prove(given.seal, parse_lines(read_lines(file), str(file)), trust, at)
    match given.reading:
        case MrzImageReading(mrz=mrz):
            return prove(given.seal, mrz, trust, at)
        case MrzImageUnread(reason=reason):
            detail = f"no MRZ was read on the page ({reason}); give it with --mrz-file"
            missing = CheckResult(CheckId.SEAL_MRZ, Outcome.UNDETERMINED, detail)
            return replace(prove(given.seal, None, trust, at), document=missing)
        case None:
            return prove(given.seal, None, trust, at)


def _certificates(file: Path) -> Sequence[Certificate]:
    try:
        items = items_of(read_file(file, _MAX_CERTIFICATE_BYTES))
        if any(item.kind is not ContentKind.CERTIFICATE for item in items):
            raise BadInput(f"{file}: holds other things than certificates")
        return [Certificate.parse(item.der) for item in items]
    except (UnknownContent, Asn1Malformed) as error:
        raise BadInput(f"{file}: {error}") from error


def _as_json(answer: _Answer) -> dict[str, Any]:
    header, found = answer.seal.header, answer.proof.verification
    kind = document_type_of(header)
    return {
        "result": answer.proof.outcome.value,
        "checks": [check_as_json(check) for check in answer.proof.checks],
        "seal": {
            "version": header.version,
            "issuing_country": header.issuing_country,
            "signer_identifier": header.signer_identifier,
            "certificate_reference": header.certificate_reference,
            "issued_on": header.issued_on.isoformat(),
            "signed_on": header.signed_on.isoformat(),
            "feature_definition": header.feature_definition,
            "document_category": header.document_category,
            "document_type": kind and kind.name,
            "features": [_feature_as_json(each) for each in features_of(answer.seal)],
        },
        "signer": found.signer
        and {"country": found.signer.country, "serial": found.signer.serial_hex},
        "csca": found.csca
        and {"ski": (found.csca.ski or b"").hex(), "country": found.csca.country},
        "store_version": answer.store_version,
    }


def _feature_as_json(feature: Feature) -> dict[str, Any]:
    """Return a feature; bytes without a meaning as ``raw`` in hexadecimal, value null."""
    match feature.value:
        case DurationOfStay(rule, days, months, years):
            value: Any = {"rule": rule.value, "days": days, "months": months, "years": years}
        case bytes():
            value = None
        case tuple(lines):
            value = list(lines)
        case other:
            value = other
    return {
        "name": feature.name.value,
        "tag": feature.tag,
        "value": value,
        "raw": feature.raw.hex(),
        "fault": feature.fault,
    }


def _print(answer: _Answer) -> None:
    # What a seal says is a stranger's: it may not write with the terminal's own commands.
    console = Console(markup=False, highlight=False)
    header, found = answer.seal.header, answer.proof.verification
    kind = document_type_of(header)
    name = kind.name if kind else "unknown kind of document"
    console.print(f"{name} of {header.issuing_country}, issued on {header.issued_on}")
    features = Table("Feature", "Value")
    for feature in features_of(answer.seal):
        features.add_row(feature.name.value, _shown(feature))
    console.print(features)
    checks = Table("Check", "Result", "Detail")
    for check in answer.proof.checks:
        checks.add_row(check.check_id.value, check.outcome.value, check.detail)
    console.print(checks)
    if found.signer:
        reference = f"{header.signer_identifier} {header.certificate_reference}"
        console.print(f"signer {reference}, serial number {found.signer.serial_hex}")
    if found.csca:
        console.print(f"CSCA {found.csca.country}, key {(found.csca.ski or b'').hex()}")
    console.print(f"visible digital seal: {answer.proof.outcome.value}")


def _shown(feature: Feature) -> str:
    match feature.value:
        case DurationOfStay(StayRule.DURATION, days, months, years):
            return f"{days} days, {months} months, {years} years"
        case DurationOfStay(rule):
            return rule.value
        case tuple(lines):
            return "\n".join(lines)
        case str(text):
            return "".join(letter if letter.isprintable() else "?" for letter in text)
        case int(number):
            return str(number)
        case _:
            return feature.raw.hex()
